/*
 * What one Cedar decision costs, in nanoseconds, without any process around it: the service's own
 * policies; one policy that decides among 10, 100, 1,000 and 10,000 that name other entities; deep
 * hierarchies. Entities are given, as they are for a service that keeps them; the arena is rolled
 * back after each decision. The argument is the file of the service's policies. Prints the median
 * of several rounds, a line a case.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cedar/cedar.h"

enum {
	ROUNDS = 9,
	ROUND_US = 20000,
	BATCH = 64, /* decisions between two looks at the clock */
	OTHER_ENTITIES = 1000,
	MAX_FILE = 65536,
};

struct bench {
	struct arena arena;
	struct cedar_builder *builder;
	struct cedar_entities *entities;
	struct cedar_request request;
	struct cedar_complaints complaints;
};

static void
fail(const char *what)
{
	(void)fprintf(stderr, "decisions: %s\n", what);
	exit(1);
}

static void
bench_init(struct bench *bench)
{
	memset(bench, 0, sizeof(*bench));
	arena_init(&bench->arena, 1024 * 1024, 1024u * 1024 * 1024);
	bench->builder = cedar_builder_new(&bench->arena);
	bench->entities = cedar_entities_new(&bench->arena);
	if (bench->builder == NULL || bench->entities == NULL ||
	    !cedar_record_make(&bench->arena, NULL, 0, &bench->request.context))
		fail("out of memory");
}

static void
add_text(struct bench *bench, struct slice text)
{
	if (!cedar_builder_add_text(bench->builder, "bench", text, &bench->complaints))
		fail(cedar_complaint_text(&bench->arena, &bench->complaints.items[0]));
}

/* Type::"LETTER NUMBER" */
static struct cedar_uid
uid_of(struct bench *bench, const char *type, char letter, unsigned number)
{
	return (struct cedar_uid) { slice_from(type),
		slice_from(arena_printf(&bench->arena, "%c%u", letter, number)) };
}

static const struct cedar_uid *
keep(struct bench *bench, struct cedar_uid uid)
{
	struct cedar_uid *kept = arena_alloc(&bench->arena, sizeof(*kept));

	if (kept == NULL)
		fail("out of memory");
	*kept = uid;
	return kept;
}

static void
add_entity(struct bench *bench, struct cedar_uid uid, const struct cedar_member *members,
    size_t count, const struct cedar_uid *parent)
{
	struct cedar_value *attributes = arena_alloc(&bench->arena, sizeof(*attributes));

	if (attributes == NULL || !cedar_record_make(&bench->arena, members, count, attributes) ||
	    !cedar_entities_add(
		bench->entities, &(struct cedar_entity) { .uid = keep(bench, uid),
				     .attributes = attributes,
				     .parents = parent == NULL ? NULL : keep(bench, *parent),
				     .parent_count = parent == NULL ? 0 : 1 }))
		fail("an entity is not taken");
}

static int
time_order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Of processor time, so that others on the machine do not count. */
static int64_t
cpu_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Nanoseconds of one decision, over at least ROUND_US. */
static double
measure_round(
    struct bench *bench, const struct cedar_policies *policies, enum cedar_decision expected)
{
	int64_t began = cpu_us(), now = began;
	struct arena_mark mark = arena_mark(&bench->arena);
	uint64_t count = 0;

	for (; now - began < ROUND_US; now = cpu_us(), count += BATCH)
		for (int i = 0; i < BATCH; i++) {
			struct cedar_answer answer;

			if (cedar_authorize(policies, bench->entities, &bench->request,
				&bench->arena, &answer) != CEDAR_DECIDED ||
			    answer.decision != expected || answer.error_count > 0)
				fail("not the decision that was expected");
			arena_rollback(&bench->arena, mark);
		}
	return (double)(now - began) * 1000 / (double)count;
}

static void
measure(struct bench *bench, const char *name, enum cedar_decision expected)
{
	const struct cedar_policies *policies = cedar_builder_take(bench->builder);
	double times[ROUNDS];

	if (policies == NULL || !cedar_entities_close(bench->entities))
		fail("out of memory");
	for (int i = 0; i < ROUNDS; i++)
		times[i] = measure_round(bench, policies, expected);
	qsort(times, ROUNDS, sizeof(times[0]), time_order);
	printf("%-44s %8.0f ns\n", name, times[ROUNDS / 2]);
	arena_done(&bench->arena);
}

/* A clinician, a document of the same clinic, and the policies of the service. */
static void
measure_service(
    struct slice policies, const char *name, const char *action, enum cedar_decision expected)
{
	struct cedar_value roles[1] = { { CEDAR_STRING, .as.string = SLICE("clinician") } }, actors;
	struct bench bench;

	bench_init(&bench);
	add_text(&bench, policies);
	bench.request.principal = (struct cedar_uid) { SLICE("demo::Clinician"),
		SLICE("7f3c2a10-55aa-4e0e-8f7e-1d2b3c4d5e6f") };
	bench.request.action = (struct cedar_uid) { SLICE("demo::Action"), slice_from(action) };
	bench.request.resource = (struct cedar_uid) { SLICE("demo::Document"),
		SLICE("0b9c1d2e-3f40-4a5b-8c6d-7e8f90a1b2c3") };
	if (!cedar_set_make(&bench.arena, roles, 1, &actors))
		fail("out of memory");
	add_entity(&bench, bench.request.principal,
	    (struct cedar_member[]) {
		{ SLICE("clinic_id"), { CEDAR_STRING, .as.string = SLICE("clinic-a") } },
		{ SLICE("role"), { CEDAR_STRING, .as.string = SLICE("registered_nurse") } },
		{ SLICE("actors"), actors } },
	    3, NULL);
	add_entity(&bench, bench.request.resource,
	    (struct cedar_member[]) {
		{ SLICE("owner"),
		    { CEDAR_ENTITY, .as.entity = &(struct cedar_uid) { SLICE("demo::Patient"),
					SLICE("p1") } } },
		{ SLICE("clinic_id"), { CEDAR_STRING, .as.string = SLICE("clinic-a") } } },
	    2, NULL);
	add_entity(&bench, bench.request.action, NULL, 0, NULL);
	measure(&bench, name, expected);
}

/* A policy that names somebody else, in one of the forms of a scope. */
static const char *
other_policy(struct bench *bench, unsigned number)
{
	struct arena *arena = &bench->arena;

	switch (number % 5) {
	case 0:
		return arena_printf(arena,
		    "permit (principal == User::\"x%u\", action == Action::\"view\", resource);",
		    number);
	case 1:
		return arena_printf(arena,
		    "permit (principal in Team::\"x%u\", action, resource)"
		    " when { resource.shared == true };",
		    number);
	case 2:
		return arena_printf(arena,
		    "forbid (principal, action in [Action::\"view\", Action::\"edit\"],"
		    " resource == Photo::\"x%u\");",
		    number);
	case 3:
		return arena_printf(arena,
		    "permit (principal, action == Action::\"view\", resource in Album::\"x%u\");",
		    number);
	default:
		return arena_printf(arena,
		    "permit (principal is Robot in Team::\"x%u\", action, resource is Photo);",
		    number);
	}
}

/* alice may view photos of the album that `p` is in; `count - 1` policies are about others. */
static void
measure_among(unsigned count, enum cedar_decision expected)
{
	struct cedar_uid team, album;
	struct bench bench;
	char name[64];

	bench_init(&bench);
	if (expected == CEDAR_ALLOW)
		add_text(&bench, SLICE_OF("permit (principal in Team::\"t7\", action == "
					  "Action::\"view\", resource in Album::\"a7\")"
					  " when { principal.age >= 18 };\n"));
	for (unsigned i = 1; i < count; i++)
		add_text(&bench, slice_from(other_policy(&bench, i)));
	for (unsigned i = 0; i < OTHER_ENTITIES / 4; i++) {
		struct cedar_member age = { SLICE("age"), { CEDAR_LONG, .as.number = 30 } };

		team = uid_of(&bench, "Team", 't', i % 50);
		album = uid_of(&bench, "Album", 'a', i % 50);
		add_entity(&bench, uid_of(&bench, "User", 'u', i), &age, 1, &team);
		add_entity(&bench, uid_of(&bench, "Photo", 'p', i), NULL, 0, &album);
		add_entity(&bench, uid_of(&bench, "Team", 'q', i), NULL, 0, &team);
		add_entity(&bench, uid_of(&bench, "Album", 'b', i), NULL, 0, &album);
	}
	bench.request.principal = uid_of(&bench, "User", 'u', 57);
	bench.request.action = (struct cedar_uid) { SLICE("Action"), SLICE("view") };
	bench.request.resource = uid_of(&bench, "Photo", 'p', 107);
	(void)snprintf(name, sizeof(name), "%s among %u policies",
	    expected == CEDAR_ALLOW ? "allow" : "deny", count);
	measure(&bench, name, expected);
}

/* A user below `depth` groups, a photo below as many albums. */
static void
measure_depth(unsigned depth)
{
	struct bench bench;
	char name[64];

	bench_init(&bench);
	add_text(&bench, SLICE_OF("permit (principal in Team::\"n0\", action, resource in "
				  "Album::\"n0\") when { principal in Team::\"n1\" };"));
	for (unsigned i = 1; i < 50; i++)
		add_text(&bench, slice_from(other_policy(&bench, i)));
	for (unsigned i = 1; i <= depth; i++) {
		struct cedar_uid team = uid_of(&bench, "Team", 'n', i - 1);
		struct cedar_uid album = uid_of(&bench, "Album", 'n', i - 1);

		add_entity(&bench, uid_of(&bench, "Team", 'n', i), NULL, 0, &team);
		add_entity(&bench, uid_of(&bench, "Album", 'n', i), NULL, 0, &album);
	}
	bench.request.principal = uid_of(&bench, "Team", 'n', depth);
	bench.request.action = (struct cedar_uid) { SLICE("Action"), SLICE("view") };
	bench.request.resource = uid_of(&bench, "Album", 'n', depth);
	(void)snprintf(name, sizeof(name), "hierarchies %u deep, 50 policies", depth);
	measure(&bench, name, CEDAR_ALLOW);
}

static struct slice
read_policies(const char *path, char room[MAX_FILE])
{
	FILE *file = fopen(path, "r");
	size_t len;

	if (file == NULL)
		fail("the policies cannot be read");
	len = fread(room, 1, MAX_FILE, file);
	(void)fclose(file);
	return slice_make(room, len);
}

int
main(int argc, char **argv)
{
	static char room[MAX_FILE];
	struct slice policies;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: %s policies/documents.cedar\n", argv[0]);
		return 64;
	}
	policies = read_policies(argv[1], room);
	measure_service(policies, "service: a clinician reads", "readDocument", CEDAR_ALLOW);
	measure_service(
	    policies, "service: a clinician may not delete", "deleteDocument", CEDAR_DENY);
	for (unsigned count = 10; count <= 10000; count *= 10)
		measure_among(count, CEDAR_ALLOW);
	for (unsigned count = 10; count <= 10000; count *= 10)
		measure_among(count, CEDAR_DENY);
	for (unsigned depth = 10; depth <= 1000; depth *= 10)
		measure_depth(depth);
	return 0;
}
