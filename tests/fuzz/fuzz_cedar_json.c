/*
 * Cedar's JSON: what is refused is complained about once, with a place in the text and words that
 * can be shown. What is taken and as what is fuzz_json_read's.
 */
#include <stdlib.h>

#include "cedar/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_DEPTH = 64 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make((const char *)data, size);
	struct cedar_complaints complaints;
	struct cedar_json_document document;
	struct arena arena;

	arena_init(&arena, 16 * 1024, 64 * 1024 * 1024);
	if (cedar_json_read(&arena, "fuzz", text, MAX_DEPTH, &complaints, &document)) {
		if (complaints.count != 0 || document.root->end > text.len)
			abort();
	} else if (complaints.count != 1 || complaints.items[0].line == 0 ||
		   complaints.items[0].column == 0 ||
		   cedar_complaint_text(&arena, &complaints.items[0]) == NULL) {
		abort();
	}
	arena_done(&arena);
	return 0;
}
