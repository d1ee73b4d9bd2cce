/* See world.h. */
#include "world.h"

#include "cedar/value.h"

void
world_init(struct world *world)
{
	memset(world, 0, sizeof(*world));
	arena_init(&world->arena, 64 * 1024, 256 * 1024 * 1024);
	world->entities = cedar_entities_new(&world->arena);
	assert_non_null(world->entities);
	assert_true(cedar_record_make(&world->arena, NULL, 0, &world->request.context));
}

void
world_done(struct world *world)
{
	arena_done(&world->arena);
}

struct cedar_value
world_value(struct world *world, const char *text)
{
	const struct node *node =
	    expression_parse(&world->arena, "value", slice_from(text), &world->complaints);

	if (node == NULL || node->constant == NULL)
		fail_msg("not a value: %s", text);
	return *node->constant;
}

const struct cedar_uid *
world_uid(struct world *world, const char *text)
{
	struct cedar_value value = world_value(world, text);

	assert_int_equal(value.kind, CEDAR_ENTITY);
	return value.as.entity;
}

static const struct cedar_value *
kept_value(struct world *world, const char *text)
{
	struct cedar_value *value = arena_alloc(&world->arena, sizeof(*value));

	assert_non_null(value);
	*value = world_value(world, text);
	return value;
}

void
world_entity(struct world *world, const char *uid, const char *attributes, const char *parents,
    const char *tags)
{
	struct cedar_value set = world_value(world, parents == NULL ? "[]" : parents);
	struct cedar_uid *uids = arena_calloc(&world->arena, set.as.set->count + 1u, sizeof(*uids));

	assert_non_null(uids);
	for (uint32_t i = 0; i < set.as.set->count; i++)
		uids[i] = *set.as.set->elements[i].as.entity;
	assert_true(cedar_entities_add(
	    world->entities, &(struct cedar_entity) { .uid = world_uid(world, uid),
				 .attributes = kept_value(world, attributes),
				 .tags = tags == NULL ? NULL : kept_value(world, tags),
				 .parents = uids,
				 .parent_count = set.as.set->count }));
}

void
world_request(struct world *world, const char *principal, const char *action, const char *resource,
    const char *context)
{
	world->request.principal = *world_uid(world, principal);
	world->request.action = *world_uid(world, action);
	world->request.resource = *world_uid(world, resource);
	world->request.context = world_value(world, context);
}

void
world_fill(struct world *world)
{
	world_entity(world, "User::\"alice\"",
	    "{ age: 30, name: \"Alice\", nested: { a: { b: 1 } }, friend: User::\"bob\","
	    "  list: [1, 2, 3], \"odd name\": true, big: 9223372036854775807,"
	    "  address: ip(\"10.1.2.3\"), born: datetime(\"1996-02-29\"),"
	    "  share: decimal(\"0.25\"), session: duration(\"1h30m\") }",
	    "[Group::\"staff\"]", "{ role: \"admin\", \"\": [1], n: 5, on: true, key: \"n\" }");
	world_entity(world, "User::\"bob\"", "{}", NULL, NULL);
	world_entity(world, "Group::\"staff\"", "{}", "[Group::\"all\"]", NULL);
	world_entity(world, "Photo::\"p\"", "{ owner: User::\"alice\" }", NULL, "{ \"k\": 1 }");
	world_entity(world, "Action::\"view\"", "{}", "[Action::\"read\"]", NULL);
	world_request(world, "User::\"alice\"", "Action::\"view\"", "Photo::\"p\"",
	    "{ n: 5, flag: true, text: \"a.b\", from: ip(\"192.0.2.7\"),"
	    "  now: datetime(\"2026-07-30T08:09:10.123Z\") }");
	assert_true(cedar_entities_close(world->entities));
}

const struct cedar_policies *
world_policies(struct world *world, const char *text)
{
	struct cedar_builder *builder = cedar_builder_new(&world->arena);

	assert_non_null(builder);
	if (!cedar_builder_add_text(builder, "text", slice_from(text), &world->complaints))
		fail_msg("%s", cedar_complaint_text(&world->arena, &world->complaints.items[0]));
	return cedar_builder_take(builder);
}

struct cedar_answer
world_ask(struct world *world, const struct cedar_policies *policies)
{
	struct cedar_answer answer;

	assert_int_equal(
	    cedar_authorize(policies, world->entities, &world->request, &world->arena, &answer),
	    CEDAR_DECIDED);
	return answer;
}

enum cedar_error
world_evaluate(struct world *world, const char *text, struct cedar_value *ret_value)
{
	const struct node *node =
	    expression_parse(&world->arena, "text", slice_from(text), &world->complaints);
	struct evaluation evaluation;
	enum cedar_error error;

	if (node == NULL)
		fail_msg("%s", cedar_complaint_text(&world->arena, &world->complaints.items[0]));
	evaluation_init(&evaluation, world->entities, &world->request, &world->arena);
	error = cedar_evaluate(&evaluation, node, ret_value);
	assert_false(evaluation.is_stopped);
	return error;
}

void
world_complains(const struct world *world, const char *message)
{
	assert_int_equal(world->complaints.count, 1);
	if (strstr(world->complaints.items[0].message, message) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", world->complaints.items[0].message, message);
}
