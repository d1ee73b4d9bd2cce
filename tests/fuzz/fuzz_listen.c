/* LISTEN: any text is parsed or refused with a fault; nothing is opened. */
#include <stdint.h>
#include <string.h>

#include "process/listener.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config_faults faults = { .count = 0 };
	struct listeners listeners;
	struct arena arena;
	char *text;

	arena_init(&arena, 4096, 1024 * 1024);
	text = arena_dup(&arena, data, size);
	if (text != NULL && strlen(text) == size &&
	    listeners_parse(&listeners, &arena, "LISTEN", text, "documents", 0, 0, &faults) !=
		(faults.count == 0))
		__builtin_trap();
	arena_done(&arena);
	return 0;
}
