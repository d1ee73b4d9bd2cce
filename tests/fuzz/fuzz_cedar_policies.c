/*
 * Policy texts: whatever the bytes, the parser ends, complains with places inside the text, or
 * makes a set that can be asked. A text that is taken is taken again, with the same number of
 * policies.
 */
#include <stdlib.h>

#include "cedar/cedar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct cedar_policies *
parse(struct arena *arena, struct slice text)
{
	struct cedar_builder *builder = cedar_builder_new(arena);
	struct cedar_complaints complaints;
	size_t shown;

	if (builder == NULL)
		return NULL;
	if (cedar_builder_add_text(builder, "fuzz", text, &complaints))
		return cedar_builder_take(builder);
	if (complaints.count == 0)
		abort();
	shown = complaints.count < CEDAR_MAX_ERRORS ? complaints.count : CEDAR_MAX_ERRORS;
	for (size_t i = 0; i < shown; i++)
		if (complaints.items[i].line == 0 || complaints.items[i].column == 0 ||
		    cedar_complaint_text(arena, &complaints.items[i]) == NULL)
			abort();
	return NULL;
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
	    !cedar_entities_add(entities,
		&(struct cedar_entity) {
		    .uid = &request.principal, .parents = &request.resource, .parent_count = 1 }) ||
	    !cedar_entities_close(entities))
		return;
	if (cedar_authorize(policies, entities, &request, arena, &answer) == CEDAR_DECIDED &&
	    answer.reason_count + answer.error_count > cedar_policies_count(policies))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make((const char *)data, size);
	const struct cedar_policies *first, *second;
	struct arena arena;

	arena_init(&arena, 16 * 1024, 64 * 1024 * 1024);
	first = parse(&arena, text);
	second = parse(&arena, text);
	if ((first == NULL) != (second == NULL))
		abort();
	if (first != NULL) {
		if (cedar_policies_count(first) != cedar_policies_count(second))
			abort();
		ask(&arena, first);
	}
	arena_done(&arena);
	return 0;
}
