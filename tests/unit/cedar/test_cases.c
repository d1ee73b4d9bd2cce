/*
 * Policies with their expectations: every file of cases/ is one policy text that says in comments
 * what it expects.
 *
 *     // entity: User::"alice" | {age: 30} | [Group::"staff"] | {tag: 1}   uid, attributes, parents, tags
 *     // request: User::"alice" | Action::"view" | Photo::"p" | {}  and the context
 *     // expect: allow policy0, policy2             of the request above: decision, reasons
 *     // expect: deny; errors policy1 type          and which policies fail, and how
 *     // expect error: 3:14 expected ';' | put a ;  line:column, parts of message and hint
 *
 * With `expect error` the text must be refused, with exactly these errors in this order.
 */
#include <dirent.h>
#include <stdio.h>

#include "fixture.h"
#include "world.h"

enum { MAX_CASES = 256, MAX_PARTS = 4 };

struct file_row {
	const char *name;
	char room[256];
};

struct running {
	struct world world;
	struct slice text;
	const struct cedar_policies *policies; /* NULL: refused */
	struct cedar_complaints complaints;
	size_t errors_seen, requests_seen;
	struct cedar_answer answer;
};

/* "a | b | c" as NUL-terminated texts; absent ones are "". */
static void
split(struct arena *arena, struct slice line, const char *ret_parts[MAX_PARTS])
{
	size_t i = 0;

	for (; line.data != NULL && i < MAX_PARTS; i++) {
		struct slice part = slice_trim(slice_cut(&line, '|'));

		ret_parts[i] = arena_dup(arena, part.data, part.len);
	}
	assert_null(line.data);
	for (; i < MAX_PARTS; i++)
		ret_parts[i] = "";
}

/* The names of the answer, as an expectation spells them. */
static const char *
describe_answer(struct running *running)
{
	const struct cedar_answer *answer = &running->answer;
	const char *text = answer->decision == CEDAR_ALLOW ? "allow" : "deny";
	struct arena *arena = &running->world.arena;

	for (size_t i = 0; i < answer->reason_count; i++)
		text = arena_printf(arena, "%s%s %.*s", text, i == 0 ? "" : ",",
		    SLICE_ARGS(cedar_policy_id(running->policies, answer->reasons[i])));
	for (size_t i = 0; i < answer->error_count; i++)
		text = arena_printf(arena, "%s%s %.*s %s", text, i == 0 ? "; errors" : ",",
		    SLICE_ARGS(cedar_policy_id(running->policies, answer->errors[i].policy)),
		    cedar_error_name(answer->errors[i].error));
	return text;
}

static void
take_request(struct running *running, const char *const parts[MAX_PARTS])
{
	struct world *world = &running->world;

	assert_non_null(running->policies);
	if (running->requests_seen++ == 0)
		assert_true(cedar_entities_close(world->entities));
	world_request(world, parts[0], parts[1], parts[2], *parts[3] == '\0' ? "{}" : parts[3]);
	assert_int_equal(cedar_authorize(running->policies, world->entities, &world->request,
			     &world->arena, &running->answer),
	    CEDAR_DECIDED);
}

static void
expect_error(struct running *running, const char *const parts[MAX_PARTS])
{
	const struct cedar_complaint *complaint;
	unsigned line, column;
	int message_at = 0;

	assert_int_equal(sscanf(parts[0], "%u:%u %n", &line, &column, &message_at), 2);
	if (running->errors_seen >= running->complaints.count)
		fail_msg("no such error: %s", parts[0]);
	complaint = &running->complaints.items[running->errors_seen++];
	if (complaint->line != line || complaint->column != column ||
	    strstr(complaint->message, parts[0] + message_at) == NULL)
		fail_msg("%s", cedar_complaint_text(&running->world.arena, complaint));
	if (*parts[1] != '\0')
		assert_non_null(strstr(complaint->hint == NULL ? "" : complaint->hint, parts[1]));
}

static void
take_line(struct running *running, struct slice line)
{
	const char *parts[MAX_PARTS];
	struct slice verb;

	if (!slice_starts(line, SLICE_OF("// ")) || slice_find(line, ':') == line.len)
		return;
	verb = slice_skip(slice_cut(&line, ':'), 3);
	line = slice_trim(line);
	if (slice_is(verb, "expect")) {
		assert_true(running->requests_seen > 0);
		assert_string_equal(describe_answer(running),
		    arena_dup(&running->world.arena, line.data, line.len));
		return;
	}
	if (!slice_is(verb, "entity") && !slice_is(verb, "request") &&
	    !slice_is(verb, "expect error"))
		return;
	split(&running->world.arena, line, parts);
	if (slice_is(verb, "entity"))
		world_entity(&running->world, parts[0], *parts[1] == '\0' ? "{}" : parts[1],
		    *parts[2] == '\0' ? NULL : parts[2], *parts[3] == '\0' ? NULL : parts[3]);
	else if (slice_is(verb, "request"))
		take_request(running, parts);
	else
		expect_error(running, parts);
}

static void
behaves_as_it_says(void **state)
{
	const struct file_row *row = *state;
	struct running running = { 0 };
	struct cedar_builder *builder;

	world_init(&running.world);
	running.text = fixture_read(
	    &running.world.arena, arena_printf(&running.world.arena, "cases/%s", row->name));
	builder = cedar_builder_new(&running.world.arena);
	assert_non_null(builder);
	if (cedar_builder_add_text(builder, row->name, running.text, &running.complaints))
		running.policies = cedar_builder_take(builder);
	for (struct slice rest = running.text; rest.data != NULL;)
		take_line(&running, slice_cut(&rest, '\n'));
	if (running.errors_seen < running.complaints.count)
		fail_msg("%s", cedar_complaint_text(&running.world.arena,
				   &running.complaints.items[running.errors_seen]));
	assert_true(running.complaints.count <= CEDAR_MAX_ERRORS);
	assert_true(running.errors_seen + running.requests_seen > 0);
	world_done(&running.world);
}

static int
name_order_of_rows(const void *a, const void *b)
{
	return strcmp(((const struct file_row *)a)->room, ((const struct file_row *)b)->room);
}

int
main(void)
{
	static struct file_row rows[MAX_CASES];
	const char *source = getenv("srcdir");
	const struct dirent *entry;
	char folder[512];
	size_t count = 0;
	DIR *stream;

	(void)snprintf(
	    folder, sizeof(folder), "%s/tests/unit/cedar/cases", source == NULL ? "." : source);
	stream = opendir(folder);
	if (stream == NULL) {
		perror(folder);
		return 1;
	}
	while ((entry = readdir(stream)) != NULL && count < MAX_CASES) {
		if (strstr(entry->d_name, ".cedar") == NULL)
			continue;
		(void)snprintf(rows[count].room, sizeof(rows[count].room), "%s", entry->d_name);
		count++;
	}
	(void)closedir(stream);
	qsort(rows, count, sizeof(rows[0]), name_order_of_rows);
	for (size_t i = 0; i < count; i++)
		rows[i].name = rows[i].room;
	if (count < 10) {
		(void)fprintf(stderr, "%s holds only %zu cases\n", folder, count);
		return 1;
	}
	return run_rows("cases", rows, sizeof(rows[0]), count, behaves_as_it_says);
}
