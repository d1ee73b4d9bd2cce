/*
 * Policies in JSON: whatever the bytes, the reader ends and complains, or makes a set. A set is
 * written as JSON that reads back as the same JSON, and as text that reads back as the same text; what
 * both readers make can be asked.
 */
#include <stdlib.h>

#include "cedar/policies.h"
#include "cedar/policy_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_PRINTED = 8 * 1024 * 1024 };

static const struct cedar_policies *
read_set(struct arena *arena, struct slice text, unsigned max_depth, enum policy_json_set takes,
    struct cedar_complaints *complaints)
{
	struct cedar_builder *builder = cedar_builder_new(arena);
	struct cedar_json_document document;

	complaints->count = 0;
	if (builder == NULL ||
	    !cedar_json_read(arena, "fuzz", text, max_depth, complaints, &document))
		return NULL;
	if (policy_json_add_set(builder, takes, &document, document.root)) {
		if (complaints->count != 0)
			abort();
		return cedar_builder_take(builder);
	}
	if (complaints->count == 0)
		abort();
	/* It may be one policy as well. */
	if (!policy_json_add(builder, CEDAR_STATIC, SLICE_OF("a"), &document, document.root) &&
	    !policy_json_add(builder, CEDAR_TEMPLATE, SLICE_OF("a"), &document, document.root))
		return NULL;
	return cedar_builder_take(builder);
}

static void
check_complaints(struct arena *arena, const struct cedar_complaints *complaints)
{
	size_t shown = complaints->count < CEDAR_MAX_ERRORS ? complaints->count : CEDAR_MAX_ERRORS;

	if (complaints->count == 0)
		abort();
	for (size_t i = 0; i < shown; i++)
		if (complaints->items[i].line == 0 || complaints->items[i].column == 0 ||
		    cedar_complaint_text(arena, &complaints->items[i]) == NULL)
			abort();
}

static void
check_json(struct arena *arena, const struct cedar_policies *policies)
{
	struct cedar_complaints complaints;
	const struct cedar_policies *again;
	struct buffer once, twice;

	buffer_init(&once, arena, 4096, MAX_PRINTED);
	buffer_init(&twice, arena, 4096, MAX_PRINTED);
	if (!policy_json_write_set(&once, policies) || once.len > CEDAR_MAX_TEXT)
		return;
	again = read_set(arena, buffer_content(&once), 1024, POLICY_JSON_STRICT, &complaints);
	if (again == NULL) {
		if (complaints.count > 0 && !complaints.items[0].is_limit)
			abort();
		return;
	}
	if (!policy_json_write_set(&twice, again) ||
	    !slice_equal(buffer_content(&once), buffer_content(&twice)))
		abort();
}

static void
check_text(struct arena *arena, const struct policy *policy)
{
	struct cedar_builder *builder = cedar_builder_new(arena);
	struct cedar_complaints complaints;
	const struct cedar_policies *again;
	struct buffer once, twice;

	buffer_init(&once, arena, 4096, MAX_PRINTED);
	buffer_init(&twice, arena, 4096, MAX_PRINTED);
	if (builder == NULL || !policy_text_write(&once, policy) || once.len > CEDAR_MAX_TEXT)
		return;
	if (!cedar_builder_add_text(builder, "fuzz", buffer_content(&once), &complaints)) {
		if (!complaints.items[0].is_limit)
			abort();
		return;
	}
	again = cedar_builder_take(builder);
	if (again->count + again->template_count != 1 ||
	    !policy_text_write(&twice, again->count == 1 ? again->items[0] : again->templates[0]) ||
	    !slice_equal(buffer_content(&once), buffer_content(&twice)))
		abort();
}

static void
ask(struct arena *arena, const struct cedar_policies *policies)
{
	struct cedar_request request = {
		.principal = { SLICE("User"), SLICE("alice") },
		.action = { SLICE("Action"), SLICE("view") },
		.resource = { SLICE("Photo"), SLICE("p") },
	};
	struct cedar_entities *entities = cedar_entities_new(arena);
	struct cedar_answer answer;

	if (entities == NULL || !cedar_record_make(arena, NULL, 0, &request.context) ||
	    !cedar_entities_close(entities))
		return;
	if (cedar_authorize(policies, entities, &request, arena, &answer) == CEDAR_DECIDED &&
	    answer.reason_count + answer.error_count > cedar_policies_count(policies))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cedar_complaints complaints;
	const struct cedar_policies *policies;
	struct arena arena;

	arena_init(&arena, 16 * 1024, 256 * 1024 * 1024);
	policies = read_set(&arena, slice_make((const char *)data, size), CEDAR_MAX_JSON_DEPTH,
	    POLICY_JSON_TEXTS_TOO, &complaints);
	if (policies == NULL) {
		check_complaints(&arena, &complaints);
	} else {
		check_json(&arena, policies);
		for (uint32_t i = 0; i < policies->count; i++)
			check_text(&arena, policies->items[i]);
		for (uint32_t i = 0; i < policies->template_count; i++)
			check_text(&arena, policies->templates[i]);
		ask(&arena, policies);
	}
	arena_done(&arena);
	return 0;
}
