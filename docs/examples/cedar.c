/*
 * The policy engine alone, without a service around it. Build it with
 *
 *     cc -o cedar cedar.c $(pkg-config --cflags --libs postern)
 *
 * and run it: it checks its policies against a schema and decides who may see a photo.
 */
#include <stdio.h>
#include <stdlib.h>

#include <postern/cedar.h>

static const char schema_text[] = "entity Group;\n"
				  "entity User in Group { age: Long };\n"
				  "entity Photo { owner: User, private: Bool };\n"
				  "action view appliesTo { principal: User, resource: Photo,\n"
				  "                        context: { from: ipaddr } };\n";

static const char policies_text[] =
    "permit (principal, action == Action::\"view\", resource)\n"
    "when { resource.owner == principal };\n"
    "\n"
    "permit (principal in Group::\"friends\", action == Action::\"view\", resource)\n"
    "unless { resource.private };\n"
    "\n"
    "forbid (principal, action, resource)\n"
    "when { context.from.isMulticast() };\n";

/* Everything that was wrong, with its place, the line and a caret. */
static void
complain(const struct postern_cedar_problems *problems)
{
	for (size_t i = 0; i < postern_cedar_problems_count(problems); i++)
		fprintf(stderr, "%s\n", postern_cedar_problems_get(problems, i)->text);
}

static struct postern_cedar_policies *
read_policies(struct postern_cedar_problems *problems)
{
	struct postern_cedar_builder *builder = postern_cedar_builder_new();

	if (builder == NULL)
		return NULL;
	if (postern_cedar_builder_text(
		builder, "photos.cedar", postern_cedar_text_of(policies_text), problems))
		return postern_cedar_builder_take(builder);
	postern_cedar_builder_free(builder);
	return NULL;
}

/* A photo of alice's; bob is a friend, eve is not. */
static struct postern_cedar_entities *
make_entities(struct postern_cedar_problems *problems)
{
	static const char *const names[] = { "alice", "bob", "eve" };
	struct postern_cedar_entities *entities = postern_cedar_entities_new();
	struct postern_cedar_entity *entity;
	struct postern_cedar_record *record;

	if (entities == NULL)
		return NULL;
	for (size_t i = 0; i < POSTERN_COUNT(names); i++) {
		entity =
		    postern_cedar_entities_add(entities, postern_cedar_uid_of("User", names[i]));
		postern_cedar_record_long(postern_cedar_entity_attributes(entity),
		    postern_cedar_text_of("age"), 30 + (int64_t)i);
		if (i < 2)
			postern_cedar_entity_parent(
			    entity, postern_cedar_uid_of("Group", "friends"));
	}
	entity = postern_cedar_entities_add(entities, postern_cedar_uid_of("Photo", "sea.jpg"));
	record = postern_cedar_entity_attributes(entity);
	postern_cedar_record_entity(
	    record, postern_cedar_text_of("owner"), postern_cedar_uid_of("User", "alice"));
	postern_cedar_record_bool(record, postern_cedar_text_of("private"), false);
	if (postern_cedar_entities_close(entities, problems))
		return entities;
	postern_cedar_entities_free(entities);
	return NULL;
}

/* What one example needs; each may be NULL. */
struct world {
	struct postern_cedar_problems *problems;
	struct postern_cedar_schema *schema;
	struct postern_cedar_policies *policies;
	struct postern_cedar_entities *entities;
	struct postern_cedar_request *request;
	struct postern_cedar_answer *answer;
};

static bool
open_world(struct world *world)
{
	world->problems = postern_cedar_problems_new();
	world->request = postern_cedar_request_new();
	world->answer = postern_cedar_answer_new();
	if (world->problems == NULL || world->request == NULL || world->answer == NULL)
		return false;
	world->schema = postern_cedar_schema_parse("photos.cedarschema",
	    postern_cedar_text_of(schema_text), POSTERN_CEDAR_FORMAT_CEDAR, world->problems);
	if (world->schema == NULL)
		return false;
	world->policies = read_policies(world->problems);
	if (world->policies == NULL)
		return false;
	if (postern_cedar_validate(world->policies, world->schema, POSTERN_CEDAR_ANY_LEVEL,
		world->problems) != POSTERN_CEDAR_VALID)
		return false;
	world->entities = make_entities(world->problems);
	return world->entities != NULL;
}

static void
close_world(struct world *world)
{
	postern_cedar_answer_free(world->answer);
	postern_cedar_request_free(world->request);
	postern_cedar_entities_free(world->entities);
	postern_cedar_policies_free(world->policies);
	postern_cedar_schema_free(world->schema);
	postern_cedar_problems_free(world->problems);
}

static bool
may_view(struct world *world, const char *name, const char *from)
{
	struct postern_cedar_record *context;

	postern_cedar_request_begin(world->request, postern_cedar_uid_of("User", name),
	    postern_cedar_uid_of("Action", "view"), postern_cedar_uid_of("Photo", "sea.jpg"));
	context = postern_cedar_request_context(world->request);
	postern_cedar_record_extension(
	    context, postern_cedar_text_of("from"), "ip", postern_cedar_text_of(from));
	if (!postern_cedar_request_check(world->request, world->schema, world->problems))
		return false;
	return postern_cedar_authorize(
	    world->policies, world->entities, world->request, world->answer);
}

int
main(void)
{
	struct world world = { NULL, NULL, NULL, NULL, NULL, NULL };
	int status = EXIT_SUCCESS;

	if (open_world(&world)) {
		printf("alice %s\n", may_view(&world, "alice", "10.0.0.1") ? "may" : "may not");
		printf("bob %s\n", may_view(&world, "bob", "10.0.0.1") ? "may" : "may not");
		printf("bob from everywhere %s\n",
		    may_view(&world, "bob", "224.0.0.1") ? "may" : "may not");
		printf("eve %s\n", may_view(&world, "eve", "::1") ? "may" : "may not");
	} else {
		if (world.problems != NULL)
			complain(world.problems);
		status = EXIT_FAILURE;
	}
	close_world(&world);
	return status;
}
