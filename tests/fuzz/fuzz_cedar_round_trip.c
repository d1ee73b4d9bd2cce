/*
 * Whatever text parses: printed in both formats it reads back as the same, and laid out anew it is
 * the same set of policies, which laying out again does not change. Where a bound ends the way back,
 * since what is printed has more parentheses or nesting, that must be what is said.
 */
#include <stdlib.h>

#include "cedar/format_text.h"
#include "cedar/policies.h"
#include "cedar/policy_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_PRINTED = 8 * 1024 * 1024, MAX_DEPTH = 4096 };

/* NULL: refused, by a bound when `must_parse`. */
static const struct cedar_policies *
parse(struct arena *arena, struct slice text, bool must_parse)
{
	struct cedar_builder *builder = cedar_builder_new(arena);
	struct cedar_complaints complaints;

	if (builder == NULL)
		return NULL;
	if (cedar_builder_add_text(builder, "fuzz", text, &complaints))
		return cedar_builder_take(builder);
	if (must_parse && !complaints.items[0].is_limit)
		abort();
	return NULL;
}

/* data NULL: a bound. */
static struct slice
as_json(struct arena *arena, const struct cedar_policies *policies)
{
	struct buffer out;

	buffer_init(&out, arena, 4096, MAX_PRINTED);
	return policy_json_write_set(&out, policies) ? buffer_content(&out) : slice_make(NULL, 0);
}

static struct slice
as_text(struct arena *arena, const struct cedar_policies *policies)
{
	bool is_written = true;
	struct buffer out;

	buffer_init(&out, arena, 4096, MAX_PRINTED);
	for (uint32_t i = 0; i < policies->count && is_written; i++)
		is_written = policy_text_write(&out, policies->items[i]);
	for (uint32_t i = 0; i < policies->template_count && is_written; i++)
		is_written = policy_text_write(&out, policies->templates[i]);
	return is_written ? buffer_content(&out) : slice_make(NULL, 0);
}

static void
check_text(struct arena *arena, const struct cedar_policies *policies)
{
	struct slice text = as_text(arena, policies), again;
	const struct cedar_policies *read_back;

	if (text.data == NULL || text.len > CEDAR_MAX_TEXT)
		return;
	read_back = parse(arena, text, true);
	if (read_back == NULL)
		return;
	again = as_text(arena, read_back);
	if (!slice_equal(text, again) || read_back->count != policies->count)
		abort();
	/* The ids are others when templates stood between policies. */
	if (policies->template_count == 0 &&
	    !slice_equal(as_json(arena, policies), as_json(arena, read_back)))
		abort();
}

static void
check_json(struct arena *arena, const struct cedar_policies *policies)
{
	struct slice json = as_json(arena, policies);
	struct cedar_complaints complaints;
	struct cedar_json_document document;
	struct cedar_builder *builder = cedar_builder_new(arena);

	if (json.data == NULL || builder == NULL || json.len > CEDAR_MAX_TEXT)
		return;
	if (!cedar_json_read(arena, "fuzz", json, MAX_DEPTH, &complaints, &document) ||
	    !policy_json_add_set(builder, POLICY_JSON_STRICT, &document, document.root)) {
		if (!complaints.items[0].is_limit)
			abort();
		return;
	}
	if (!slice_equal(json, as_json(arena, cedar_builder_take(builder))))
		abort();
}

static void
check_formatted(struct arena *arena, struct slice text, const struct cedar_policies *policies,
    unsigned line_width)
{
	struct cedar_complaints complaints;
	const struct cedar_policies *read_back;
	struct buffer once, twice;

	buffer_init(&once, arena, 4096, MAX_PRINTED);
	buffer_init(&twice, arena, 4096, MAX_PRINTED);
	if (!policy_text_format(arena, "fuzz", text, line_width, 2, &complaints, &once)) {
		if (!complaints.items[0].is_limit)
			abort();
		return;
	}
	if (once.len > CEDAR_MAX_TEXT)
		return;
	read_back = parse(arena, buffer_content(&once), true);
	if (read_back == NULL)
		return;
	if (!slice_equal(as_json(arena, policies), as_json(arena, read_back)))
		abort();
	if (policy_text_format(
		arena, "fuzz", buffer_content(&once), line_width, 2, &complaints, &twice) &&
	    !slice_equal(buffer_content(&once), buffer_content(&twice)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make((const char *)data, size);
	const struct cedar_policies *policies;
	struct arena arena;

	arena_init(&arena, 16 * 1024, 256 * 1024 * 1024);
	policies = parse(&arena, text, false);
	if (policies != NULL) {
		check_text(&arena, policies);
		check_json(&arena, policies);
		check_formatted(&arena, text, policies, size % 100);
	}
	arena_done(&arena);
	return 0;
}
