/*
 * The log's contract and its sources agree: schemas/log.json knows the events and fields of the
 * .def files and no others, real lines keep to it, and every call in the sources gives a field by
 * the call of its kind.
 */
#include "log/log.h"

#include <fts.h>
#include <jansson.h>
#include <regex.h>
#include <stdio.h>
#include <unistd.h>

#include "../core/rows.h"

enum { MAX_PATH = 4096, MAX_SOURCE = 1 << 20 };

static const char *const field_names[] = {
#define FIELD(id, name, kind) name,
#include "log/fields.def"
#undef FIELD
};

static const char *const field_ids[] = {
#define FIELD(id, name, kind) #id,
#include "log/fields.def"
#undef FIELD
};

static const char *const field_kinds[] = {
#define FIELD(id, name, kind) #kind,
#include "log/fields.def"
#undef FIELD
};

static const char *const event_types[] = {
#define EVENT(id, type, level, message) type,
#include "log/events.def"
#undef EVENT
};

static const char *const event_messages[] = {
#define EVENT(id, type, level, message) message,
#include "log/events.def"
#undef EVENT
};

static void
path_make(char ret_path[MAX_PATH], const char *name)
{
	const char *base = getenv("srcdir");

	(void)snprintf(ret_path, MAX_PATH, "%s/%s", base == NULL ? "." : base, name);
}

static json_t *schema;

static int
schema_up(void **state)
{
	char path[MAX_PATH];
	json_error_t error;

	(void)state;
	path_make(path, "schemas/log.json");
	schema = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (schema == NULL)
		print_error("%s:%d: %s\n", path, error.line, error.text);
	return schema == NULL ? -1 : 0;
}

static int
schema_down(void **state)
{
	(void)state;
	json_decref(schema);
	return 0;
}

static json_t *
definition(const char *name)
{
	return json_object_get(json_object_get(schema, "$defs"), name);
}

static bool
matches(const char *pattern, const char *text)
{
	regex_t regex;
	bool is_match;

	assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
	is_match = regexec(&regex, text, 0, NULL, 0) == 0;
	regfree(&regex);
	return is_match;
}

static void
it_is_strict(void **state)
{
	(void)state;
	assert_true(json_is_false(json_object_get(schema, "additionalProperties")));
	assert_string_equal(json_string_value(json_object_get(schema, "$schema")),
	    "https://json-schema.org/draft/2020-12/schema");
	assert_int_equal(json_array_size(json_object_get(schema, "required")), 5);
}

static void
events_are_those_of_the_table(void **state)
{
	json_t *list = json_object_get(definition("frameworkEvents"), "enum");
	const char *pattern =
	    json_string_value(json_object_get(definition("serviceEvents"), "pattern"));

	(void)state;
	assert_int_equal(json_array_size(list), LOG_EVENT_COUNT);
	for (size_t i = 0; i < LOG_EVENT_COUNT; i++) {
		assert_string_equal(json_string_value(json_array_get(list, i)), event_types[i]);
		assert_string_equal(log_event_type((enum log_event)i), event_types[i]);
		assert_true(matches(pattern, event_types[i]));
		assert_true(strlen(event_messages[i]) <= 400);
	}
	assert_false(matches(pattern, "single"));
	assert_false(matches(pattern, "Store.down"));
}

static void
fields_are_those_of_the_table(void **state)
{
	static const char *const envelope[] = { "timestamp", "level", "message", "event_type",
		"service", "trace_id", "span_id" };
	json_t *properties = json_object_get(schema, "properties");

	(void)state;
	for (size_t i = 0; i < COUNT_OF(envelope); i++)
		assert_non_null(json_object_get(properties, envelope[i]));
	for (size_t i = 0; i < LOG_FIELD_COUNT; i++) {
		json_t *property = json_object_get(properties, field_names[i]);
		const char *reference = json_string_value(json_object_get(property, "$ref"));
		const char *type = json_string_value(json_object_get(property, "type"));

		if (property == NULL)
			fail_msg("the schema has no %s", field_names[i]);
		if (strcmp(field_kinds[i], "NUMBER") == 0)
			assert_string_equal(type, "integer");
		if (strcmp(field_kinds[i], "PSEUDONYM") == 0)
			assert_string_equal(reference, "#/$defs/pseudonym");
	}
	assert_int_equal(json_object_size(properties), COUNT_OF(envelope) + LOG_FIELD_COUNT);
}

/* --- real lines ------------------------------------------------------------------------------ */

/* The property with a reference followed. */
static json_t *
property_get(const char *name)
{
	json_t *property = json_object_get(json_object_get(schema, "properties"), name);
	const char *reference = json_string_value(json_object_get(property, "$ref"));

	return reference == NULL ? property : definition(reference + strlen("#/$defs/"));
}

/* What this schema says of one member with pattern and range. */
static void
member_check(const char *name, json_t *value)
{
	json_t *property = property_get(name);
	const char *pattern = json_string_value(json_object_get(property, "pattern"));

	assert_non_null(property);
	/* POSIX has no \u in its patterns. */
	if (json_is_string(value) && pattern != NULL && strstr(pattern, "\\u") == NULL)
		assert_true(matches(pattern, json_string_value(value)));
	if (json_is_integer(value)) {
		json_t *minimum = json_object_get(property, "minimum");
		json_t *maximum = json_object_get(property, "maximum");

		assert_true(json_integer_value(value) >= json_integer_value(minimum));
		assert_true(json_integer_value(value) <= json_integer_value(maximum));
	}
}

/* What the schema asks of one field alone. */
static struct slice
template_of(enum log_field field)
{
	if (field == FIELD_FRAMES)
		return SLICE_OF("libc.so.6+0xd5361(clock_nanosleep) notes+0x1f ? ...");
	if (field == FIELD_LAST_EVENT)
		return SLICE_OF("notes.store_unreadable");
	return SLICE_OF("/x");
}

static void
fill_line(struct log_line *line)
{
	for (size_t i = 0; i < LOG_FIELD_COUNT; i++) {
		enum log_field field = (enum log_field)i;

		if (strcmp(field_kinds[i], "NUMBER") == 0)
			log_number(line, field, field == FIELD_STATUS ? 200 : 1);
		else if (strcmp(field_kinds[i], "PSEUDONYM") == 0)
			log_pseudonym(line, field, SLICE_OF("value"));
		else if (strcmp(field_kinds[i], "WORD") == 0)
			log_word(line, field, field == FIELD_METHOD ? "GET" : "test");
		else
			log_template(line, field, template_of(field));
	}
}

static void
a_line_with_all_fields_keeps_to_it(void **state)
{
	static const struct config config = { .service_name = "notes",
		.log_pseudonym_key = "0123456789abcdef0123456789abcdef",
		.log_pseudonym_key_len = 32 };
	char text[LOG_LINE_MAX + 1];
	struct arena arena;
	struct log_line line;
	struct log_trace trace;
	const char *name;
	json_t *object, *value;
	int ends[2];
	ssize_t len;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	arena_init(&arena, 16384, 1 << 20);
	line.log = log_new(&arena, ends[1], &config);
	assert_non_null(line.log);
	log_trace_start(line.log, slice_make(NULL, 0), &trace);
	assert_true(log_begin(&line, line.log, LOG_HTTP_ACCESS));
	log_trace(&line, &trace);
	fill_line(&line);
	log_end(&line);
	len = read(ends[0], text, LOG_LINE_MAX);
	assert_true(len > 0);
	object = json_loadb(text, (size_t)len, JSON_REJECT_DUPLICATES, NULL);
	assert_int_equal(json_object_size(object), 7 + LOG_FIELD_COUNT);
	json_object_foreach(object, name, value) member_check(name, value);
	json_decref(object);
	log_done(line.log);
	arena_done(&arena);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

/* --- the sources ----------------------------------------------------------------------------- */

static const char *
kind_of(const char *id, size_t len)
{
	for (size_t i = 0; i < LOG_FIELD_COUNT; i++)
		if (strlen(field_ids[i]) == len && memcmp(field_ids[i], id, len) == 0)
			return field_kinds[i];
	return "none";
}

/*
 * "log_word(&line, FIELD_X" for every X that is not a WORD, and so on. Returns the calls that
 * were seen.
 */
static size_t
calls_check(const char *path, const char *text)
{
	static const struct {
		const char *pattern, *kind;
	} calls[] = {
		{ "log_word\\([^;,]*,[[:space:]]*FIELD_([A-Z_]+)", "WORD" },
		{ "log_number\\([^;,]*,[[:space:]]*FIELD_([A-Z_]+)", "NUMBER" },
		{ "log_template\\([^;,]*,[[:space:]]*FIELD_([A-Z_]+)", "TEMPLATE" },
		{ "log_pseudonym\\([^;,]*,[[:space:]]*FIELD_([A-Z_]+)", "PSEUDONYM" },
	};
	size_t count = 0;

	for (size_t i = 0; i < COUNT_OF(calls); i++) {
		regmatch_t found[2];
		regex_t regex;

		assert_int_equal(regcomp(&regex, calls[i].pattern, REG_EXTENDED), 0);
		for (const char *at = text; regexec(&regex, at, 2, found, 0) == 0;
		     at += found[0].rm_eo) {
			size_t len = (size_t)(found[1].rm_eo - found[1].rm_so);
			const char *id = at + found[1].rm_so;

			if (strcmp(kind_of(id, len), calls[i].kind) != 0)
				fail_msg("%s gives FIELD_%.*s as a %s", path, (int)len, id,
				    calls[i].kind);
			count++;
		}
		regfree(&regex);
	}
	return count;
}

static size_t
file_check(const char *path)
{
	static char text[MAX_SOURCE];
	FILE *file = fopen(path, "r");
	size_t len;

	assert_non_null(file);
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	(void)fclose(file);
	return calls_check(path, text);
}

static bool
is_source(const FTSENT *entry)
{
	return entry->fts_info == FTS_F && entry->fts_namelen > 2 &&
	       strcmp(entry->fts_name + entry->fts_namelen - 2, ".c") == 0;
}

static void
every_field_is_given_by_the_call_of_its_kind(void **state)
{
	char path[MAX_PATH];
	char *roots[] = { path, NULL };
	size_t count = 0;
	FTSENT *entry;
	FTS *tree;

	(void)state;
	path_make(path, "framework");
	tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	assert_non_null(tree);
	while ((entry = fts_read(tree)) != NULL)
		if (is_source(entry))
			count += file_check(entry->fts_path);
	assert_int_equal(fts_close(tree), 0);
	assert_true(count > 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_strict),
		cmocka_unit_test(events_are_those_of_the_table),
		cmocka_unit_test(fields_are_those_of_the_table),
		cmocka_unit_test(a_line_with_all_fields_keeps_to_it),
		cmocka_unit_test(every_field_is_given_by_the_call_of_its_kind),
	};

	return cmocka_run_group_tests(tests, schema_up, schema_down);
}
