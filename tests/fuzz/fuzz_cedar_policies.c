/*
 * Policy texts: whatever the bytes, the parser ends, complains with places inside the text, or
 * makes a set that can be asked. A text that is taken is taken again, with the same policies;
 * its templates can be linked; and the index changes no answer.
 */
#include <stdlib.h>

#include "cedar/policies.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct cedar_uid alice = { SLICE("User"), SLICE("alice") };
static const struct cedar_uid photo = { SLICE("Photo"), SLICE("p") };
static const struct cedar_uid view = { SLICE("Action"), SLICE("view") };

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

/* Puts a link beside every template of `of`, which was made of the same text. */
static void
link_all(struct arena *arena, struct cedar_builder *builder, const struct cedar_policies *of)
{
	for (size_t i = 0; i < cedar_templates_count(of); i++) {
		bool has_principal, has_resource;
		struct cedar_complaints complaints;
		const char *id = arena_printf(arena, "link%zu", i);

		cedar_template_slots(of, i, &has_principal, &has_resource);
		if (id != NULL &&
		    !cedar_builder_link(builder, cedar_template_id(of, i), slice_from(id),
			has_principal ? &alice : NULL, has_resource ? &photo : NULL, "fuzz",
			&complaints) &&
		    !complaints.items[0].is_limit)
			abort();
	}
}

/* NULL: the text was refused. `links` NULL: without links. */
static const struct cedar_policies *
parse(struct arena *arena, struct slice text, const struct cedar_policies *links)
{
	struct cedar_builder *builder = cedar_builder_new(arena);
	struct cedar_complaints complaints;

	if (builder == NULL)
		return NULL;
	if (!cedar_builder_add_text(builder, "fuzz", text, &complaints)) {
		check_complaints(arena, &complaints);
		return NULL;
	}
	if (links != NULL)
		link_all(arena, builder, links);
	return cedar_builder_take(builder);
}

static bool
ask(struct arena *arena, const struct cedar_policies *policies,
    const struct cedar_entities *entities, struct cedar_answer *ret_answer)
{
	struct cedar_request request = { .principal = alice, .action = view, .resource = photo };

	return cedar_record_make(arena, NULL, 0, &request.context) &&
	       cedar_authorize(policies, entities, &request, arena, ret_answer) == CEDAR_DECIDED;
}

static void
compare(const struct cedar_answer *a, const struct cedar_answer *b)
{
	if (a->decision != b->decision || a->reason_count != b->reason_count ||
	    a->error_count != b->error_count)
		abort();
	for (size_t i = 0; i < a->reason_count; i++)
		if (a->reasons[i] != b->reasons[i])
			abort();
	for (size_t i = 0; i < a->error_count; i++)
		if (a->errors[i].policy != b->errors[i].policy ||
		    a->errors[i].error != b->errors[i].error)
			abort();
}

static void
ask_both_ways(struct arena *arena, const struct cedar_policies *policies)
{
	struct cedar_entities *entities = cedar_entities_new(arena);
	struct cedar_policies all = *policies;
	struct cedar_answer found, wanted;

	all.index = NULL;
	if (entities == NULL ||
	    !cedar_entities_add(entities,
		&(struct cedar_entity) { .uid = &alice, .parents = &photo, .parent_count = 1 }) ||
	    !cedar_entities_close(entities))
		return;
	if (ask(arena, policies, entities, &found) && ask(arena, &all, entities, &wanted))
		compare(&found, &wanted);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make((const char *)data, size);
	const struct cedar_policies *first, *second;
	struct arena arena;

	arena_init(&arena, 16 * 1024, 64 * 1024 * 1024);
	first = parse(&arena, text, NULL);
	second = parse(&arena, text, first);
	if ((first == NULL) != (second == NULL))
		abort();
	if (first != NULL) {
		if (cedar_policies_count(first) + cedar_templates_count(first) !=
			cedar_policies_count(second) ||
		    cedar_templates_count(first) != cedar_templates_count(second))
			abort();
		ask_both_ways(&arena, second);
	}
	arena_done(&arena);
	return 0;
}
