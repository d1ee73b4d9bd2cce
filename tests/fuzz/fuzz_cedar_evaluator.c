/*
 * Expressions over a small world: whatever parses, evaluates to a value or an error within the
 * steps, twice the same; a value is equal to itself, and one of the extension types is read again
 * from its canonical text.
 */
#include <stdlib.h>

#include "cedar/evaluator.h"
#include "cedar/extension.h"
#include "cedar/parser.h"
#include "cedar/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct cedar_uid alice = { SLICE("User"), SLICE("a") };
static const struct cedar_uid staff = { SLICE("Group"), SLICE("g") };
static const struct cedar_uid all = { SLICE("Group"), SLICE("h") };

static const struct cedar_ip address = { { 10, 1, 2, 3 }, 24, false };

static bool
make_attributes(struct arena *arena, struct cedar_value *ret_value)
{
	struct cedar_value elements[4] = { value_long(1), value_string(SLICE_OF("x")),
		value_entity(&staff), { CEDAR_IPADDR, .as.ip = &address } };
	struct cedar_member members[] = { { SLICE("n"), value_long(INT64_MAX) },
		{ SLICE("s"), value_string(SLICE_OF("a*b\0c")) }, { .name = SLICE("l") },
		{ SLICE("e"), value_entity(&alice) },
		{ SLICE("ip"), { CEDAR_IPADDR, .as.ip = &address } },
		{ SLICE("d"), { CEDAR_DECIMAL, .as.number = -5000 } },
		{ SLICE("t"), { CEDAR_DATETIME, .as.number = INT64_MIN } },
		{ SLICE("u"), { CEDAR_DURATION, .as.number = INT64_MAX } } };

	return cedar_set_make(arena, elements, COUNT_OF(elements), &members[2].value) &&
	       cedar_record_make(arena, members, COUNT_OF(members), ret_value);
}

/* A value of the extension types is written so that it is read again. */
static void
check_text(struct cedar_value value)
{
	enum call constructor = extension_constructor(value.kind);
	char room[EXTENSION_MAX_TEXT];
	size_t len = extension_text(value, room);
	struct cedar_value text = value_string(slice_make(room, len)), again;
	struct cedar_ip ip;

	if (constructor == CALL_UNKNOWN || (len == 0 && value.kind == CEDAR_DATETIME))
		return;
	if (extension_apply(constructor, &text, 1, &ip, &again) != CEDAR_ERROR_NONE ||
	    !cedar_value_equal(value, again))
		abort();
}

static void
evaluate_twice(struct arena *arena, const struct node *node, const struct cedar_entities *entities,
    const struct cedar_request *request)
{
	struct cedar_value values[2];
	enum cedar_error errors[2];

	for (int i = 0; i < 2; i++) {
		struct evaluation evaluation;

		evaluation_init(&evaluation, entities, request, arena);
		errors[i] = cedar_evaluate(&evaluation, node, &values[i]);
		if (evaluation.is_stopped)
			return;
	}
	if (errors[0] != errors[1])
		abort();
	if (errors[0] != CEDAR_ERROR_NONE)
		return;
	if (!cedar_value_equal(values[0], values[1]))
		abort();
	check_text(values[0]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cedar_request request = {
		.principal = alice, .action = { SLICE("Action"), SLICE("v") }, .resource = staff
	};
	struct cedar_complaints complaints;
	struct cedar_entities *entities;
	struct cedar_value attributes;
	const struct node *node;
	struct arena arena;

	arena_init(&arena, 16 * 1024, 64 * 1024 * 1024);
	entities = cedar_entities_new(&arena);
	node = expression_parse(&arena, "fuzz", slice_make((const char *)data, size), &complaints);
	if (node == NULL && complaints.count == 0)
		abort();
	if (entities != NULL && node != NULL && make_attributes(&arena, &attributes) &&
	    cedar_entities_add(entities, &(struct cedar_entity) { .uid = &alice,
					     .attributes = &attributes,
					     .tags = &attributes,
					     .parents = &staff,
					     .parent_count = 1 }) &&
	    cedar_entities_add(entities,
		&(struct cedar_entity) { .uid = &staff, .parents = &all, .parent_count = 1 }) &&
	    cedar_entities_close(entities)) {
		request.context = attributes;
		evaluate_twice(&arena, node, entities, &request);
	}
	arena_done(&arena);
	return 0;
}
