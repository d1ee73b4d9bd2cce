/*
 * The Cedar engine against the official one: its recorded decisions, reasons and errors, and
 * which texts it accepts. The data is found in $POSTERN_SHARED/cedar (default: ../shared beside
 * the source tree) and described there.
 *
 * Cases that use what this version of the engine does not know are counted as skipped; everything
 * that runs must agree. Where the data is there, fewer than the recorded number of cases that ran
 * is a failure too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "cedar/cedar.h"
#include "core/compiler.h"

enum {
	CORPUS_CASES = 4616, /* in the data */
	CORPUS_FLOOR = 3088, /* that ran when this was last changed: raise it, never lower it */
	HANDWRITTEN_CASES = 22,
	HANDWRITTEN_FLOOR = 17,
	PARSE_CASES = 88,
	PARSE_FLOOR = 74,
	MAX_JSON_DEPTH = 128,
	MAX_SHOWN = 10, /* disagreements that are printed */
};

struct tally {
	const char *name;
	size_t cases, ran, requests;
	size_t unsupported_policy, extension_value, unreadable_json;
	size_t disagreed;
};

/* One case while it is read. */
struct reading {
	struct arena *arena;
	bool has_implicit_references; /* {"type", "id"} where the schema says entity */
	bool has_extension_value;
};

static struct slice
text_of(struct reading *reading, const json_t *json)
{
	return slice_make(
	    arena_dup(reading->arena, json_string_value(json), json_string_length(json)),
	    json_string_length(json));
}

static bool
read_uid(struct reading *reading, const json_t *json, struct cedar_uid *ret_uid)
{
	const json_t *wrapped = json_object_get(json, "__entity");
	const json_t *object = wrapped == NULL ? json : wrapped;
	const json_t *type = json_object_get(object, "type"), *id = json_object_get(object, "id");

	if (!json_is_string(type) || !json_is_string(id))
		return false;
	ret_uid->type = text_of(reading, type);
	ret_uid->id = text_of(reading, id);
	return true;
}

static bool read_value(
    struct reading *reading, const json_t *json, unsigned depth, struct cedar_value *ret_value);

static bool
is_reference(const struct reading *reading, const json_t *json)
{
	if (json_object_size(json) == 1 && json_object_get(json, "__entity") != NULL)
		return true;
	return reading->has_implicit_references && json_object_size(json) == 2 &&
	       json_is_string(json_object_get(json, "type")) &&
	       json_is_string(json_object_get(json, "id"));
}

static bool
read_object(struct reading *reading, json_t *json, unsigned depth, struct cedar_value *ret_value)
{
	struct cedar_member *members;
	size_t count = 0;

	if (json_object_get(json, "__extn") != NULL) {
		reading->has_extension_value = true;
		return false;
	}
	if (is_reference(reading, json)) {
		struct cedar_uid *uid = arena_alloc(reading->arena, sizeof(*uid));

		*ret_value = (struct cedar_value) { CEDAR_ENTITY, .as.entity = uid };
		return read_uid(reading, json, uid);
	}
	members = arena_calloc(reading->arena, json_object_size(json) + 1, sizeof(*members));
	for (void *at = json_object_iter(json); at != NULL; at = json_object_iter_next(json, at)) {
		size_t len = json_object_iter_key_len(at);

		members[count].name =
		    slice_make(arena_dup(reading->arena, json_object_iter_key(at), len), len);
		if (!read_value(
			reading, json_object_iter_value(at), depth + 1, &members[count++].value))
			return false;
	}
	return cedar_record_make(reading->arena, members, count, ret_value);
}

static bool
read_array(
    struct reading *reading, const json_t *json, unsigned depth, struct cedar_value *ret_value)
{
	size_t count = json_array_size(json);
	struct cedar_value *elements = arena_calloc(reading->arena, count + 1, sizeof(*elements));

	for (size_t i = 0; i < count; i++)
		if (!read_value(reading, json_array_get(json, i), depth + 1, &elements[i]))
			return false;
	return cedar_set_make(reading->arena, elements, count, ret_value);
}

static bool
read_value(
    struct reading *reading, const json_t *json, unsigned depth, struct cedar_value *ret_value)
{
	if (depth > MAX_JSON_DEPTH)
		return false;
	switch (json_typeof(json)) {
	case JSON_TRUE:
	case JSON_FALSE:
		*ret_value = (struct cedar_value) { CEDAR_BOOL, .as.boolean = json_is_true(json) };
		return true;
	case JSON_INTEGER:
		*ret_value =
		    (struct cedar_value) { CEDAR_LONG, .as.number = json_integer_value(json) };
		return true;
	case JSON_STRING:
		*ret_value =
		    (struct cedar_value) { CEDAR_STRING, .as.string = text_of(reading, json) };
		return true;
	case JSON_ARRAY:
		return read_array(reading, json, depth, ret_value);
	case JSON_OBJECT:
		return read_object(reading, (json_t *)(uintptr_t)json, depth, ret_value);
	case JSON_REAL:
	case JSON_NULL:
		return false;
	}
	return false;
}

static bool
read_entity(struct reading *reading, const json_t *json, struct cedar_entities *entities)
{
	const json_t *parents = json_object_get(json, "parents");
	size_t parent_count = json_array_size(parents);
	struct cedar_uid *uid = arena_alloc(reading->arena, sizeof(*uid));
	struct cedar_uid *parent_uids =
	    arena_calloc(reading->arena, parent_count + 1, sizeof(*parent_uids));
	struct cedar_value *attributes = arena_alloc(reading->arena, sizeof(*attributes));

	if (!read_uid(reading, json_object_get(json, "uid"), uid) ||
	    !read_object(reading, json_object_get(json, "attrs"), 1, attributes))
		return false;
	for (size_t i = 0; i < parent_count; i++)
		if (!read_uid(reading, json_array_get(parents, i), &parent_uids[i]))
			return false;
	return cedar_entities_add(entities, &(struct cedar_entity) { .uid = uid,
						.attributes = attributes,
						.parents = parent_uids,
						.parent_count = parent_count });
}

static struct cedar_entities *
read_entities(struct reading *reading, const json_t *json)
{
	struct cedar_entities *entities = cedar_entities_new(reading->arena);

	for (size_t i = 0; i < json_array_size(json); i++)
		if (!read_entity(reading, json_array_get(json, i), entities))
			return NULL;
	return cedar_entities_close(entities) ? entities : NULL;
}

static bool
only_unsupported(const struct cedar_complaints *complaints)
{
	size_t count = complaints->count < CEDAR_MAX_ERRORS ? complaints->count : CEDAR_MAX_ERRORS;

	for (size_t i = 0; i < count; i++)
		if (strstr(complaints->items[i].message, "is not supported by this version") ==
		    NULL)
			return false;
	return count > 0;
}

static bool
names_policy(const json_t *ids, struct slice id)
{
	for (size_t i = 0; i < json_array_size(ids); i++) {
		const json_t *item = json_array_get(ids, i);

		if (slice_equal(id, slice_make(json_string_value(item), json_string_length(item))))
			return true;
	}
	return false;
}

/* All cases name each policy once, so equal counts and inclusion are equality of sets. */
static bool
agrees(const struct cedar_policies *policies, const struct cedar_answer *answer, const json_t *json)
{
	const json_t *reasons = json_object_get(json, "reason");
	const json_t *errors = json_object_get(json, "errors");
	bool allows = strcmp(json_string_value(json_object_get(json, "decision")), "allow") == 0;

	if ((answer->decision == CEDAR_ALLOW) != allows ||
	    answer->reason_count != json_array_size(reasons) ||
	    answer->error_count != json_array_size(errors))
		return false;
	for (size_t i = 0; i < answer->reason_count; i++)
		if (!names_policy(reasons, cedar_policy_id(policies, answer->reasons[i])))
			return false;
	for (size_t i = 0; i < answer->error_count; i++)
		if (!names_policy(errors, cedar_policy_id(policies, answer->errors[i].policy)))
			return false;
	return true;
}

static void
disagree(struct tally *tally, const json_t *json, const char *about)
{
	if (tally->disagreed++ < MAX_SHOWN)
		print_error("%s: %s: %s\n%s\n", tally->name,
		    json_string_value(json_object_get(json, "name")), about,
		    json_string_value(json_object_get(json, "policies")));
}

static void
run_request(struct tally *tally, struct reading *reading, const json_t *test, const json_t *json,
    const struct cedar_policies *policies, const struct cedar_entities *entities)
{
	struct cedar_request request;
	struct cedar_answer answer;

	if (!read_uid(reading, json_object_get(json, "principal"), &request.principal) ||
	    !read_uid(reading, json_object_get(json, "action"), &request.action) ||
	    !read_uid(reading, json_object_get(json, "resource"), &request.resource) ||
	    !read_object(reading, json_object_get(json, "context"), 1, &request.context)) {
		disagree(tally, test, "a request cannot be read");
		return;
	}
	tally->requests++;
	if (cedar_authorize(policies, entities, &request, reading->arena, &answer) != CEDAR_DECIDED)
		disagree(tally, test, "no decision");
	else if (!agrees(policies, &answer, json))
		disagree(tally, test, json_string_value(json_object_get(json, "description")));
}

/* Whether any context holds an extension value: then nothing of the case is run. */
static bool
contexts_are_readable(struct reading *reading, const json_t *requests)
{
	for (size_t i = 0; i < json_array_size(requests); i++) {
		struct cedar_value context;

		if (!read_object(reading, json_object_get(json_array_get(requests, i), "context"),
			1, &context))
			return false;
	}
	return true;
}

static void
run_case(struct tally *tally, const json_t *json, struct arena *arena)
{
	const json_t *text = json_object_get(json, "policies");
	const char *schema = json_string_value(json_object_get(json, "schema"));
	const json_t *requests = json_object_get(json, "requests");
	struct cedar_builder *builder = cedar_builder_new(arena);
	struct reading reading = { .arena = arena };
	const struct cedar_policies *policies;
	const struct cedar_entities *entities;
	struct cedar_complaints complaints;

	tally->cases++;
	/*
	 * Without an attribute called `type` in the schema, such an object can only be a
	 * reference.
	 */
	reading.has_implicit_references = strstr(schema, " type:") == NULL &&
					  strstr(schema, " type?:") == NULL &&
					  strstr(schema, "\"type\"") == NULL;
	if (!cedar_builder_add_text(builder, "policies",
		slice_make(json_string_value(text), json_string_length(text)), &complaints)) {
		if (only_unsupported(&complaints))
			tally->unsupported_policy++;
		else
			disagree(tally, json, complaints.items[0].message);
		return;
	}
	policies = cedar_builder_take(builder);
	entities = read_entities(&reading, json_object_get(json, "entities"));
	if (entities == NULL || !contexts_are_readable(&reading, requests)) {
		if (reading.has_extension_value)
			tally->extension_value++;
		else
			disagree(tally, json, "the entities cannot be read");
		return;
	}
	tally->ran++;
	for (size_t i = 0; i < json_array_size(requests); i++)
		run_request(tally, &reading, json, json_array_get(requests, i), policies, entities);
}

static void
run_text(struct tally *tally, const json_t *json, struct arena *arena)
{
	const json_t *text = json_object_get(json, "text");
	bool should_parse = json_is_true(json_object_get(json, "ok"));
	struct cedar_builder *builder = cedar_builder_new(arena);
	struct cedar_complaints complaints;
	bool parses;

	if (strcmp(json_string_value(json_object_get(json, "kind")), "policies") != 0)
		return;
	tally->cases++;
	parses = cedar_builder_add_text(builder, "text",
	    slice_make(json_string_value(text), json_string_length(text)), &complaints);
	if (!parses && only_unsupported(&complaints)) {
		tally->unsupported_policy++;
		return;
	}
	tally->ran++;
	if (parses != should_parse)
		disagree(tally, json,
		    parses ? "accepted" : cedar_complaint_text(arena, &complaints.items[0]));
}

typedef void case_runner(struct tally *tally, const json_t *json, struct arena *arena);

static const char *
data_path(const char *name, char room[4096])
{
	const char *shared = getenv("POSTERN_SHARED"), *source = getenv("srcdir");

	if (shared != NULL)
		(void)snprintf(room, 4096, "%s/cedar/%s", shared, name);
	else
		(void)snprintf(
		    room, 4096, "%s/../shared/cedar/%s", source == NULL ? "." : source, name);
	return room;
}

static void
run_lines(FILE *file, struct tally *tally, case_runner *run)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, file)) > 0) {
		struct arena arena;
		json_error_t error;
		json_t *json =
		    json_loadb(line, (size_t)len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);

		if (json == NULL) {
			/* The one thing of the data that jansson does not take. */
			assert_non_null(strstr(error.text, "NUL byte in object key"));
			tally->cases++;
			tally->unreadable_json++;
			continue;
		}
		arena_init(&arena, 64 * 1024, 256 * 1024 * 1024);
		run(tally, json, &arena);
		arena_done(&arena);
		json_decref(json);
	}
	free(line);
}

/* gzip reads from an open file, so that no path passes through a shell. */
static FILE *
open_compressed(const char *path)
{
	int saved = dup(STDIN_FILENO);
	FILE *raw = fopen(path, "r"), *file;

	assert_non_null(raw);
	assert_true(dup2(fileno(raw), STDIN_FILENO) >= 0);
	file = popen("gzip -dc", "r");
	if (saved >= 0) {
		(void)dup2(saved, STDIN_FILENO);
		(void)close(saved);
	} else {
		(void)close(STDIN_FILENO);
	}
	(void)fclose(raw);
	assert_non_null(file);
	return file;
}

static void
run_file(const char *name, size_t cases, size_t floor, case_runner *run)
{
	bool is_compressed = strstr(name, ".gz") != NULL;
	struct tally tally = { .name = name };
	char room[4096];
	const char *path = data_path(name, room);
	FILE *file;

	if (access(path, R_OK) != 0) {
		print_message("%s: not here, %zu cases skipped\n", name, cases);
		return;
	}
	file = is_compressed ? open_compressed(path) : fopen(path, "r");
	assert_non_null(file);
	run_lines(file, &tally, run);
	assert_int_equal(is_compressed ? pclose(file) : fclose(file), 0);
	print_message(
	    "%s: %zu of %zu cases ran (%zu requests), %zu skipped: "
	    "%zu policies and %zu values beyond this version, %zu with NUL in a JSON key; "
	    "%zu disagree\n",
	    name, tally.ran, tally.cases, tally.requests, tally.cases - tally.ran,
	    tally.unsupported_policy, tally.extension_value, tally.unreadable_json,
	    tally.disagreed);
	assert_int_equal(tally.disagreed, 0);
	assert_int_equal(tally.cases, cases);
	assert_true(tally.ran >= floor);
}

static void
the_corpus_is_decided_as_recorded(void **state)
{
	(void)state;
	run_file("corpus.jsonl.gz", CORPUS_CASES, CORPUS_FLOOR, run_case);
}

static void
the_handwritten_cases_are_decided_as_recorded(void **state)
{
	(void)state;
	run_file("handwritten.jsonl", HANDWRITTEN_CASES, HANDWRITTEN_FLOOR, run_case);
}

static void
the_official_policy_files_parse_as_recorded(void **state)
{
	(void)state;
	run_file("parse.jsonl", PARSE_CASES, PARSE_FLOOR, run_text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_official_policy_files_parse_as_recorded),
		cmocka_unit_test(the_handwritten_cases_are_decided_as_recorded),
		cmocka_unit_test(the_corpus_is_decided_as_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
