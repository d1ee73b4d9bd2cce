/*
 * Reading and writing entities, contexts and requests in JSON: what the store holds afterwards,
 * what is said about a text that is wrong, bounds, and memory that ends at any step. Which texts are
 * taken is test_json_verdicts.c' part.
 */
#include "../core/rows.h"

#include <stdio.h>

#include "cedar/entities_check.h"
#include "cedar/entities_json.h"
#include "cedar/entity_store.h"
#include "cedar/schema_read.h"
#include "cedar/value.h"

static const char schema_text[] =
    "entity User in [Team] { age?: Long, home?: { street: String, at?: ipaddr },\n"
    "  friends?: Set<User>, color?: Color } tags Set<Long>;\n"
    "entity Team in [Team];\n"
    "entity Color enum [\"red\"];\n"
    "action view in [read] appliesTo {\n"
    "  principal: [User], resource: [Team, Color], context: { count: Long, from?: ipaddr,\n"
    "    list?: Set<Set<Long>>, where?: { street: String }, who?: User, flag?: Bool } };\n"
    "action read in [all];\n"
    "action all;\n";

struct fixture {
	struct arena arena;
	struct cedar_complaints complaints;
	const struct cedar_schema *schema;
};

static void
setup(struct fixture *fixture)
{
	memset(fixture, 0, sizeof(*fixture));
	arena_init(&fixture->arena, 64 * 1024, 512 * 1024 * 1024);
	fixture->schema = schema_read_text(
	    &fixture->arena, "schema", slice_from(schema_text), &fixture->complaints);
	assert_non_null(fixture->schema);
}

static void
teardown(struct fixture *fixture)
{
	arena_done(&fixture->arena);
}

static const struct cedar_entities *
read_entities(struct fixture *fixture, const char *text, bool has_schema)
{
	return entities_json_read_text(&fixture->arena, "e.json", slice_from(text),
	    has_schema ? fixture->schema : NULL, &fixture->complaints);
}

static const struct cedar_entities *
must_read(struct fixture *fixture, const char *text, bool has_schema)
{
	const struct cedar_entities *entities = read_entities(fixture, text, has_schema);

	if (entities == NULL)
		fail_msg(
		    "%s", cedar_complaint_text(&fixture->arena, &fixture->complaints.items[0]));
	return entities;
}

static const struct entity *
find(const struct cedar_entities *entities, const char *type, const char *id)
{
	const struct cedar_uid uid = { slice_from(type), slice_from(id) };

	return entity_find(entities, &uid);
}

/* Complaints */

struct complaint_row {
	const char *name;
	bool has_schema;
	const char *text;
	const char *said[3]; /* "LINE:COLUMN MESSAGE" of each complaint, all of them */
};

#define USER(rest) "[{\"uid\": {\"type\": \"User\", \"id\": \"a\"}, " rest "}]"

static const struct complaint_row complaint_rows[] = {
	{ "no list", false, "{}", { "1:1 expected an array of entities, found an object" } },
	{ "no entity", false, "[1]",
	    { "1:2 expected an entity, which is an object, found a number" } },
	{ "a part is missing", false, "[{\"uid\": [\"T\", \"a\"], \"attrs\": {}}]",
	    { "1:2 this entity has no \"parents\"" } },
	{ "a uid as text", false,
	    "[{\"uid\": \"User::\\\"a\\\"\", \"attrs\": {}, \"parents\": []}]",
	    { "1:10 expected an entity, found a string" } },
	{ "a type that is none", false,
	    "[{\"uid\": {\"type\": \"A B\", \"id\": \"a\"}, \"attrs\": {}, \"parents\": []}]",
	    { "1:19 \"A B\" is no entity type" } },
	{ "a long name is cut between characters", false,
	    "[{\"uid\": [\"xéééééééééééééééééééééééééééééééééééééééé\", \"a\"], \"attrs\": {}, "
	    "\"parents\": []}]",
	    { "1:11 \"xééééééééééééééééééééééééééééééé\" is no entity type" } },
	{ "several at once", false,
	    USER("\"attrs\": {\"a\": null,\n \"b\": [1.5, null]}, \"parents\": []"),
	    { "1:54 null is no value of Cedar", "2:8 this number is no value of Cedar",
		"2:13 null is no value of Cedar" } },
	{ "of several entities", false, "[{},\n{}]",
	    { "1:2 this entity has no \"uid\"", "2:1 this entity has no \"uid\"" } },
	{ "an expression", false, USER("\"attrs\": {\"a\": {\"__expr\": \"1\"}}, \"parents\": []"),
	    { "1:54 \"__expr\" is no longer part of the language" } },
	{ "a literal that is none", false,
	    USER("\"attrs\": {\"a\": {\"__extn\": {\"fn\": \"ip\", \"arg\": \"x\"}}}, "
		 "\"parents\": []"),
	    { "1:54 ip has no value for this" } },
	{ "a function that is none", false,
	    USER("\"attrs\": {\"a\": {\"__extn\": {\"fn\": \"if\", \"arg\": \"x\"}}}, "
		 "\"parents\": []"),
	    { "1:72 there is no extension function \"if\"" } },
	{ "too many arguments", false,
	    USER("\"attrs\": {\"a\": {\"__extn\": {\"fn\": \"ip\", \"args\": []}}}, "
		 "\"parents\": []"),
	    { "1:72 ip takes 1 argument, not 0" } },
	{ "an argument of another kind", false,
	    USER("\"attrs\": {\"a\": {\"__extn\": {\"fn\": \"ip\", \"arg\": 1}}}, "
		 "\"parents\": []"),
	    { "1:54 ip does not take arguments of this kind" } },
	{ "twice, and different", false,
	    "[{\"uid\": [\"T\", \"a\"], \"attrs\": {}, \"parents\": []},\n"
	    "{\"uid\": [\"T\", \"a\"], \"attrs\": {\"x\": 1}, \"parents\": []}]",
	    { "2:9 this entity is in the list already, with other attributes, parents or tags" } },
	{ "in itself", false,
	    "[{\"uid\": [\"T\", \"a\"], \"attrs\": {}, \"parents\": []},\n"
	    "{\"uid\": [\"T\", \"b\"], \"attrs\": {}, \"parents\": [[\"T\", \"b\"]]}]",
	    { "2:9 this entity is in itself by its parents" } },
	{ "an action in a team", false,
	    "[{\"uid\": [\"Action\", \"a\"], \"attrs\": {}, \"parents\": [[\"Team\", \"b\"]]}]",
	    { "1:52 an action can only be in other actions" } },
	{ "control characters do not reach a terminal", true,
	    USER("\"attrs\": {\"\\u001b[31m\\u0007\": 1}, \"parents\": []"),
	    { "1:49 the schema has no attribute ` [31m ` here" } },
	{ "an undeclared type", true, "[{\"uid\": [\"T\", \"a\"], \"attrs\": {}, \"parents\": []}]",
	    { "1:10 the schema declares no entity type T" } },
	{ "an undeclared attribute", true, USER("\"attrs\": {\"b\": 1}, \"parents\": []"),
	    { "1:49 the schema has no attribute `b` here" } },
	{ "a value of another type", true, USER("\"attrs\": {\"age\": \"1\"}, \"parents\": []"),
	    { "1:56 expected Long, found a String" } },
	{ "deep inside", true,
	    USER("\"attrs\": {\"home\": {\"street\": [1],\n\"at\": {\"fn\": \"decimal\", "
		 "\"arg\": \"1.0\"}}}, \"parents\": []"),
	    { "1:68 expected String, found a set", "2:7 expected ipaddr, found a decimal" } },
	{ "missing inside", true, USER("\"attrs\": {\"home\": {}}, \"parents\": []"),
	    { "1:57 the attribute `street` is missing" } },
	{ "no set", true, USER("\"attrs\": {\"friends\": 1}, \"parents\": []"),
	    { "1:60 expected a set, which is an array, found a number" } },
	{ "no record", true, USER("\"attrs\": {\"home\": 1}, \"parents\": []"),
	    { "1:57 expected a record, which is an object, found a number" } },
	{ "no address", true,
	    USER("\"attrs\": {\"home\": {\"street\": \"\", \"at\": 1}}, \"parents\": []"),
	    { "1:78 expected ipaddr, found a number" } },
	{ "an entity of another type", true,
	    USER("\"attrs\": {\"friends\": [[\"Team\", \"a\"]]}, \"parents\": []"),
	    { "1:61 expected User, found an entity of type Team" } },
	{ "an id that an enumeration lacks", true,
	    USER("\"attrs\": {\"color\": [\"Color\", \"blue\"]}, \"parents\": []"),
	    { "1:58 \"blue\" is none of the ids of Color" } },
	{ "no tags for this type", true,
	    "[{\"uid\": [\"Team\", \"a\"], \"attrs\": {}, \"parents\": [], \"tags\": {\"x\": 1}}]",
	    { "1:61 the schema gives the type Team no tags" } },
	{ "tags of another type", true,
	    USER("\"attrs\": {}, \"parents\": [], \"tags\": {\"x\": [\"1\"]}"),
	    { "1:82 expected Long, found a String" } },
	{ "parents of another type", true, USER("\"attrs\": {}, \"parents\": [[\"User\", \"b\"]]"),
	    { "1:64 by the schema User cannot be in User" } },
	{ "an undeclared action", true,
	    "[{\"uid\": [\"Action\", \"x\"], \"attrs\": {}, \"parents\": []}]",
	    { "1:10 the schema declares no action Action::\"x\"" } },
	{ "an action that is otherwise", true,
	    "[{\"uid\": [\"Action\", \"all\"], \"attrs\": {}, \"parents\": []},\n"
	    "{\"uid\": [\"Action\", \"view\"], \"attrs\": {}, \"parents\": [[\"Action\", "
	    "\"read\"]]}]",
	    { "2:9 this action is not as the schema declares it" } },
};

static void
complains_as_said(void **state)
{
	const struct complaint_row *row = *state;
	struct fixture fixture;
	size_t count = 0;

	setup(&fixture);
	assert_null(read_entities(&fixture, row->text, row->has_schema));
	for (; count < COUNT_OF(row->said) && row->said[count] != NULL; count++) {
		const struct cedar_complaint *complaint = &fixture.complaints.items[count];

		assert_true(count < fixture.complaints.count);
		assert_string_equal(arena_printf(&fixture.arena, "%u:%u %s", complaint->line,
					complaint->column, complaint->message),
		    row->said[count]);
		assert_string_equal(complaint->file, "e.json");
		assert_false(complaint->is_limit);
	}
	assert_int_equal(fixture.complaints.count, count);
	teardown(&fixture);
}

static void
no_more_complaints_than_there_is_room_for(void **state)
{
	struct fixture fixture;
	struct buffer text;

	(void)state;
	setup(&fixture);
	buffer_init(&text, &fixture.arena, 1024, 1024 * 1024);
	buffer_text(&text, "[0");
	for (int i = 0; i < 1000; i++)
		buffer_text(&text, ",null");
	buffer_append(&text, "]", 2);
	assert_null(read_entities(&fixture, text.data, false));
	assert_int_equal(fixture.complaints.count, CEDAR_MAX_ERRORS);
	teardown(&fixture);
}

/* Stores */

static void
the_schemas_actions_are_in_the_store(void **state)
{
	const struct cedar_uid all = { SLICE("Action"), SLICE("all") };
	const struct cedar_uid read = { SLICE("Action"), SLICE("read") };
	struct cedar_json_document document;
	const struct cedar_entities *entities;
	const struct entity *view;
	struct fixture fixture;

	(void)state;
	setup(&fixture);
	assert_true(
	    cedar_json_read(&fixture.arena, "x", SLICE_OF("1"), 1, &fixture.complaints, &document));
	for (int has_list = 0; has_list < 2; has_list++) {
		entities = has_list
			       ? must_read(&fixture,
				     "[{\"uid\":[\"Action\",\"view\"],\"attrs\":{},\"parents\":"
				     "[[\"Action\",\"all\"],[\"Action\",\"read\"]]}]",
				     true)
			       : entities_json_read(&document, NULL, fixture.schema);
		assert_non_null(entities);
		view = find(entities, "Action", "view");
		assert_non_null(view);
		assert_true(view->is_present);
		assert_int_equal(view->ancestor_count, 2);
		assert_true(entity_has_ancestor(entities, view, &all));
		assert_true(entity_has_ancestor(entities, view, &read));
		assert_true(find(entities, "Action", "all")->is_present);
		assert_int_equal(find(entities, "Action", "all")->ancestor_count, 0);
	}
	assert_null(find(must_read(&fixture, "[]", false), "Action", "view"));
	teardown(&fixture);
}

/* Stores that were made without the schema, and what it says of them. */
struct store_row {
	const char *name, *text;
	const char *said; /* NULL: they conform */
};

static const struct store_row store_rows[] = {
	{ "nobody", "[]", NULL },
	{ "all that there may be",
	    "[[[\"User\",\"a\"],{\"age\":1,\"friends\":[{\"__entity\":{\"type\":\"User\",\"id\":"
	    "\"b\"}}]},"
	    "[[\"Team\",\"t\"]],{\"x\":[1]}],[[\"Color\",\"red\"],{},[]]]",
	    NULL },
	{ "an undeclared type", "[[[\"X\",\"a\"],{},[]]]",
	    "X::\"a\": the schema does not declare its type" },
	{ "an id that an enumeration lacks", "[[[\"Color\",\"blue\"],{},[]]]",
	    "Color::\"blue\": \"blue\" is none of the ids of Color" },
	{ "an attribute of another type", "[[[\"User\",\"a\"],{\"age\":\"1\"},[]]]",
	    "User::\"a\": `age`: expected Long, found a String" },
	{ "a parent of another type", "[[[\"User\",\"a\"],{},[[\"User\",\"b\"]]]]",
	    "User::\"a\": by the schema User cannot be in User" },
	{ "an undeclared parent", "[[[\"User\",\"a\"],{},[[\"Action\",\"x\"]]]]",
	    "User::\"a\": the schema declares no action Action::\"x\"" },
	{ "tags of another type", "[[[\"User\",\"a\"],{},[],{\"x\":1}]]",
	    "User::\"a\": expected Set<Long>, found a Long" },
	{ "tags where there are none", "[[[\"Team\",\"a\"],{},[],{\"x\":1}]]",
	    "Team::\"a\": the schema gives the type Team no tags" },
	{ "an action as declared", "[[[\"Action\",\"read\"],{},[[\"Action\",\"all\"]]]]", NULL },
	{ "an action in nothing", "[[[\"Action\",\"read\"],{},[]]]",
	    "Action::\"read\": this action is not as the schema declares it" },
	{ "an action in another", "[[[\"Action\",\"read\"],{},[[\"Action\",\"view\"]]]]",
	    "Action::\"read\": this action is not as the schema declares it" },
	{ "an action with attributes", "[[[\"Action\",\"all\"],{\"x\":1},[]]]",
	    "Action::\"all\": this action is not as the schema declares it" },
	{ "an undeclared action", "[[[\"Action\",\"x\"],{},[]]]",
	    "Action::\"x\": the schema declares no action Action::\"x\"" },
};

static void
a_store_is_judged_as_said(void **state)
{
	const struct store_row *row = *state;
	struct fixture fixture;
	const char *said;

	setup(&fixture);
	said =
	    entities_check(&fixture.arena, must_read(&fixture, row->text, false), fixture.schema);
	if (row->said == NULL)
		assert_null(said);
	else
		assert_string_equal(said, row->said);
	/* read with the schema, it is taken or not just the same */
	assert_int_equal(read_entities(&fixture, row->text, true) != NULL, row->said == NULL);
	teardown(&fixture);
}

/* JSON, and what the language would write for it. */
struct value_row {
	const char *name, *json, *text;
	const char *again; /* the JSON that is written; NULL: as `json` */
};

static const struct value_row value_rows[] = {
	{ "true", "true", "true", NULL },
	{ "false", "false", "false", NULL },
	{ "the least number", "-9223372036854775808", "-9223372036854775808", NULL },
	{ "the largest number", "9223372036854775807", "9223372036854775807", NULL },
	{ "a string", "\"a \\\"b\\\" \\\\ \\u0000\"", "\"a \\\"b\\\" \\\\ \\0\"", NULL },
	{ "an entity", "{\"__entity\":{\"type\":\"A::B\",\"id\":\"x\\n\"}}", "A::B::\"x\\n\"",
	    NULL },
	{ "an empty set", "[]", "[]", NULL },
	{ "a set", "[2, 1, 2]", "[1, 2]", "[1,2]" },
	{ "an empty record", "{}", "{}", NULL },
	{ "a record", "{\"b\":1,\"aa\":2,\"if\":{},\"\":3}", "{\"\": 3, aa: 2, b: 1, \"if\": {}}",
	    "{\"\":3,\"aa\":2,\"b\":1,\"if\":{}}" },
	{ "an address", "{\"__extn\":{\"fn\":\"ip\",\"arg\":\"10.0.0.0/8\"}}", "ip(\"10.0.0.0/8\")",
	    NULL },
	{ "a decimal", "{\"__extn\":{\"fn\":\"decimal\",\"args\":[\"-0.50\"]}}",
	    "decimal(\"-0.5\")", "{\"__extn\":{\"fn\":\"decimal\",\"arg\":\"-0.5\"}}" },
	{ "a duration", "{\"__extn\":{\"fn\":\"duration\",\"arg\":\"1s\"}}", "duration(\"1000ms\")",
	    "{\"__extn\":{\"fn\":\"duration\",\"arg\":\"1000ms\"}}" },
	{ "a datetime", "{\"__extn\":{\"fn\":\"datetime\",\"arg\":\"2024-10-15\"}}",
	    "datetime(\"2024-10-15T00:00:00.000Z\")",
	    "{\"__extn\":{\"fn\":\"datetime\",\"arg\":\"2024-10-15T00:00:00.000Z\"}}" },
	{ "a datetime after the year 9999",
	    "{\"__extn\":{\"fn\":\"offset\",\"args\":["
	    "{\"__extn\":{\"fn\":\"datetime\",\"arg\":\"1970-01-01\"}},"
	    "{\"__extn\":{\"fn\":\"duration\",\"arg\":\"9223372036854775807ms\"}}]}}",
	    "datetime(\"1970-01-01\").offset(duration(\"9223372036854775807ms\"))", NULL },
	{ "a call that is evaluated",
	    "{\"__extn\":{\"fn\":\"toDays\",\"arg\":{\"__extn\":{\"fn\":\"duration\",\"arg\":"
	    "\"49h\"}}}}",
	    "2", "2" },
	{ "what only looks like an escape", "{\"__entity\":{\"type\":\"A\"}}",
	    "{__entity: {type: \"A\"}}", "" },
};

static void
a_value_is_written_as_said(void **state)
{
	const struct value_row *row = *state;
	const char *frame, *json = row->again == NULL ? row->json : row->again;
	const struct cedar_value *value;
	struct buffer text, written;
	struct fixture fixture;

	setup(&fixture);
	frame = arena_printf(&fixture.arena,
	    "[{\"uid\":[\"T\",\"t\"],\"attrs\":{\"a\":%s},\"parents\":[]}]", row->json);
	value = record_find(
	    find(must_read(&fixture, frame, false), "T", "t")->attributes, SLICE_OF("a"));
	assert_non_null(value);
	buffer_init(&text, &fixture.arena, 16, 4096);
	buffer_init(&written, &fixture.arena, 16, 4096);
	assert_true(value_text_write(&text, *value));
	buffer_byte(&text, '\0');
	assert_string_equal(text.data, row->text);
	assert_int_equal(value_json_write(&written, *value), json[0] != '\0');
	if (json[0] != '\0') {
		buffer_byte(&written, '\0');
		assert_string_equal(written.data, json);
	}
	teardown(&fixture);
}

static const char store_text[] =
    "[{\"uid\":{\"type\":\"User\",\"id\":\"a\"},\"attrs\":{\"__entity\":1,\"x\":[{\"y\":true}]},"
    "\"parents\":[{\"type\":\"Team\",\"id\":\"t\"},{\"type\":\"Team\",\"id\":\"u\"}],"
    "\"tags\":{\"k\":\"v\"}},\n"
    " {\"uid\":{\"type\":\"Team\",\"id\":\"u\"},\"attrs\":{},\"parents\":[]}]\n";

static void
a_store_is_written_as_it_was_read(void **state)
{
	struct fixture fixture;
	struct buffer out;

	(void)state;
	setup(&fixture);
	buffer_init(&out, &fixture.arena, 16, 4096);
	assert_true(entities_json_write(&out, must_read(&fixture, store_text, false)));
	buffer_byte(&out, '\0');
	assert_string_equal(out.data, store_text);
	/* one that cannot be written, and no room */
	assert_false(entities_json_write(
	    &out, must_read(&fixture,
		      "[{\"uid\":[\"T\",\"t\"],\"attrs\":{\"a\":{\"__extn\":1}},\"parents\":[]}]",
		      false)));
	buffer_init(&out, &fixture.arena, 16, 64);
	assert_false(entities_json_write(&out, must_read(&fixture, store_text, false)));
	teardown(&fixture);
}

/* Requests */

struct request_row {
	const char *name;
	struct cedar_uid principal, action, resource;
	const char *context; /* read without the schema */
	const char *said;    /* NULL: it is taken */
};

#define ALICE                             \
	{                                 \
		SLICE("User"), SLICE("a") \
	}
#define VIEW                                   \
	{                                      \
		SLICE("Action"), SLICE("view") \
	}
#define TEAM                              \
	{                                 \
		SLICE("Team"), SLICE("t") \
	}

static const struct request_row request_rows[] = {
	{ "as declared", ALICE, VIEW, TEAM, "{\"count\":1}", NULL },
	{ "an undeclared action", ALICE, { SLICE("Action"), SLICE("x") }, TEAM, "{\"count\":1}",
	    "action: the schema declares no action Action::\"x\"" },
	{ "an action for nobody", ALICE, { SLICE("Action"), SLICE("all") }, TEAM, "{}",
	    "principal: the action \"all\" does not apply to the type User" },
	{ "another principal", TEAM, VIEW, TEAM, "{\"count\":1}",
	    "principal: the action \"view\" does not apply to the type Team" },
	{ "an undeclared principal", { SLICE("X"), SLICE("x") }, VIEW, TEAM, "{\"count\":1}",
	    "principal: the schema declares no entity type X" },
	{ "an action as principal", VIEW, VIEW, TEAM, "{\"count\":1}",
	    "principal: the schema declares no entity type Action" },
	{ "another resource", ALICE, VIEW, ALICE, "{\"count\":1}",
	    "resource: the action \"view\" does not apply to the type User" },
	{ "an id that an enumeration has", ALICE, VIEW, { SLICE("Color"), SLICE("red") },
	    "{\"count\":1}", NULL },
	{ "an id that it lacks", ALICE, VIEW, { SLICE("Color"), SLICE("blue") }, "{\"count\":1}",
	    "resource: \"blue\" is none of the ids of Color" },
	{ "no context", ALICE, VIEW, TEAM, "{}", "context: the attribute `count` is missing" },
	{ "too much context", ALICE, VIEW, TEAM, "{\"count\":1,\"x\":1}",
	    "context: the schema has no attribute `x` here" },
	{ "another context", ALICE, VIEW, TEAM, "{\"count\":\"1\"}",
	    "context: `count`: expected Long, found a String" },
	{ "a number as a set", ALICE, VIEW, TEAM, "{\"count\":1,\"list\":1}",
	    "context: `list`: expected Set<Set<Long>>, found a Long" },
	{ "a set of numbers as a set of sets", ALICE, VIEW, TEAM, "{\"count\":1,\"list\":[1]}",
	    "context: `list`: expected Set<Long>, found a Long" },
	{ "sets", ALICE, VIEW, TEAM, "{\"count\":1,\"list\":[[],[1]]}", NULL },
	{ "a string as a record", ALICE, VIEW, TEAM, "{\"count\":1,\"where\":\"x\"}",
	    "context: `where`: expected a record, found a String" },
	{ "deep inside", ALICE, VIEW, TEAM, "{\"count\":1,\"where\":{\"street\":true}}",
	    "context: `where`: `street`: expected String, found a Bool" },
	{ "a string as an entity", ALICE, VIEW, TEAM, "{\"count\":1,\"who\":\"User\"}",
	    "context: `who`: expected User, found a String" },
	{ "an entity of another type", ALICE, VIEW, TEAM,
	    "{\"count\":1,\"who\":{\"__entity\":{\"type\":\"Team\",\"id\":\"x\"}}}",
	    "context: `who`: expected User, found an entity of type Team" },
	{ "a number as a Bool", ALICE, VIEW, TEAM, "{\"count\":1,\"flag\":0}",
	    "context: `flag`: expected Bool, found a Long" },
	{ "an address as a string", ALICE, VIEW, TEAM, "{\"count\":1,\"from\":\"10.0.0.1\"}",
	    "context: `from`: expected ipaddr, found a String" },
};

static void
a_request_is_judged_as_said(void **state)
{
	const struct request_row *row = *state;
	struct cedar_request request = { row->principal, row->action, row->resource, { 0 } };
	struct fixture fixture;
	const char *said;

	setup(&fixture);
	assert_true(context_json_read_text(&fixture.arena, "c.json", slice_from(row->context), NULL,
	    NULL, &fixture.complaints, &request.context));
	said = request_check(&fixture.arena, fixture.schema, &request);
	if (row->said == NULL)
		assert_null(said);
	else
		assert_string_equal(said, row->said);
	request.context = value_long(1);
	said = request_check(&fixture.arena, fixture.schema, &request);
	assert_non_null(said);
	teardown(&fixture);
}

/* Bounds */

static const char *
nested(struct fixture *fixture, const char *open, const char *close, unsigned depth)
{
	struct buffer text;

	buffer_init(&text, &fixture->arena, 1024, 1024 * 1024);
	buffer_text(&text, "[{\"uid\":[\"T\",\"t\"],\"parents\":[],\"attrs\":{\"a\":");
	for (unsigned i = 0; i < depth; i++)
		buffer_text(&text, open);
	buffer_text(&text, "1");
	for (unsigned i = 0; i < depth; i++)
		buffer_text(&text, close);
	buffer_append(&text, "}}]", 4);
	return text.data;
}

/* Three levels are around the value: 127 are taken, as by the official reader. */
static void
values_nest_as_deep_as_json_may(void **state)
{
	enum { MOST = CEDAR_MAX_JSON_DEPTH - 3 };
	struct fixture fixture;

	(void)state;
	setup(&fixture);
	(void)must_read(&fixture, nested(&fixture, "[", "]", MOST), false);
	(void)must_read(&fixture, nested(&fixture, "{\"x\":", "}", MOST), false);
	assert_null(read_entities(&fixture, nested(&fixture, "[", "]", MOST + 1), false));
	assert_true(fixture.complaints.items[0].is_limit);
	teardown(&fixture);
}

/* A document that was read with more depth than that: the readers of values have a bound too. */
static void
values_of_a_deep_document_do_not_nest_deeper(void **state)
{
	static const char *const openings[] = { "[",
		"{\"x\":", "{\"__extn\":{\"fn\":\"toDate\",\"arg\":" };
	static const char *const closings[] = { "]", "}", "}}" };
	struct cedar_json_document document;
	struct fixture fixture;

	(void)state;
	setup(&fixture);
	for (size_t i = 0; i < COUNT_OF(openings); i++) {
		fixture.complaints.count = 0;
		assert_true(cedar_json_read(&fixture.arena, "e.json",
		    slice_from(nested(&fixture, openings[i], closings[i], 400)), 1024,
		    &fixture.complaints, &document));
		assert_null(entities_json_read(&document, document.root, NULL));
		assert_int_equal(fixture.complaints.count, 1);
		assert_true(fixture.complaints.items[0].is_limit);
	}
	teardown(&fixture);
}

/* `per_entity` parents that nobody else has. */
static const char *
many(struct fixture *fixture, unsigned entities, unsigned per_entity)
{
	struct buffer text;

	buffer_init(&text, &fixture->arena, 1024 * 1024, 16 * 1024 * 1024);
	for (unsigned i = 0; i < entities; i++) {
		buffer_printf(&text, "%s[[\"T\",\"%u\"],{},[", i == 0 ? "[" : ",\n", i);
		for (unsigned k = 0; k < per_entity; k++)
			buffer_printf(&text, "%s[\"P\",\"%u.%u\"]", k == 0 ? "" : ",", i, k);
		buffer_text(&text, "]]");
	}
	buffer_append(&text, "]", 2);
	assert_false(buffer_failed(&text));
	return text.data;
}

static void
a_store_has_a_largest_size(void **state)
{
	struct fixture fixture;

	(void)state;
	setup(&fixture);
	assert_int_equal(
	    entities_count(must_read(&fixture, many(&fixture, CEDAR_MAX_ENTITIES, 0), false)),
	    CEDAR_MAX_ENTITIES);
	assert_int_equal(
	    entities_count(must_read(&fixture, many(&fixture, CEDAR_MAX_ENTITIES / 2, 1), false)),
	    CEDAR_MAX_ENTITIES);
	assert_null(read_entities(&fixture, many(&fixture, CEDAR_MAX_ENTITIES + 1, 0), false));
	assert_true(fixture.complaints.items[0].is_limit);
	fixture.complaints.count = 0;
	assert_null(read_entities(&fixture, many(&fixture, CEDAR_MAX_ENTITIES / 2 + 1, 1), false));
	assert_string_equal(fixture.complaints.items[0].message, "more than 65536 entities");
	assert_true(fixture.complaints.items[0].is_limit);
	teardown(&fixture);
}

/* Whatever step the memory ends at, the text is refused, a limit is the reason, nothing breaks. */
static void
memory_may_end_at_any_step(void **state)
{
	static const char text[] =
	    "[{\"uid\":[\"User\",\"a\"],\"attrs\":{\"age\":{\"__extn\":{\"fn\":\"toDays\",\"arg\":"
	    "{\"__extn\":{\"fn\":\"duration\",\"arg\":\"1d\"}}}},\"home\":{\"street\":\"\\n\","
	    "\"at\":\"10.0.0.1\"},\"friends\":[[\"User\",\"b\"],{\"__entity\":[\"User\",\"c\"]}],"
	    "\"color\":{\"type\":\"Color\",\"id\":\"red\"}},\"parents\":[[\"Team\",\"t\"]],"
	    "\"tags\":{\"x\":[1,2,1]}},{\"uid\":[\"Team\",\"t\"],\"attrs\":{},\"parents\":"
	    "[[\"Team\",\"u\"]]},{\"uid\":[\"Action\",\"all\"],\"attrs\":{},\"parents\":[]}]";
	struct fixture fixture;
	bool done = false;

	(void)state;
	setup(&fixture);
	for (size_t ceiling = 0; !done; ceiling += 16) {
		struct cedar_complaints complaints = { .count = 0 };
		struct arena arena;

		assert_true(ceiling < 65536);
		arena_init(&arena, 4096, ceiling);
		done = entities_json_read_text(
			   &arena, "e.json", slice_from(text), fixture.schema, &complaints) != NULL;
		assert_int_equal(complaints.count > 0, !done);
		for (size_t i = 0; i < complaints.count; i++)
			assert_true(complaints.items[i].is_limit);
		arena_done(&arena);
	}
	teardown(&fixture);
}

/* The same of the check of a request, which must never say yes for want of memory. */
static void
a_request_is_not_taken_for_want_of_memory(void **state)
{
	struct cedar_request request = { ALICE, VIEW, TEAM, { 0 } };
	struct fixture fixture;

	(void)state;
	setup(&fixture);
	assert_true(context_json_read_text(&fixture.arena, "c.json", SLICE_OF("{\"count\":\"x\"}"),
	    NULL, NULL, &fixture.complaints, &request.context));
	for (size_t ceiling = 0; ceiling < 512; ceiling++) {
		struct arena arena;

		arena_init(&arena, 4096, ceiling);
		assert_non_null(request_check(&arena, fixture.schema, &request));
		arena_done(&arena);
	}
	teardown(&fixture);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_more_complaints_than_there_is_room_for),
		cmocka_unit_test(the_schemas_actions_are_in_the_store),
		cmocka_unit_test(a_store_is_written_as_it_was_read),
		cmocka_unit_test(values_nest_as_deep_as_json_may),
		cmocka_unit_test(values_of_a_deep_document_do_not_nest_deeper),
		cmocka_unit_test(a_store_has_a_largest_size),
		cmocka_unit_test(memory_may_end_at_any_step),
		cmocka_unit_test(a_request_is_not_taken_for_want_of_memory),
	};

	return RUN_ROWS(complaint_rows, complains_as_said) +
	       RUN_ROWS(store_rows, a_store_is_judged_as_said) +
	       RUN_ROWS(value_rows, a_value_is_written_as_said) +
	       RUN_ROWS(request_rows, a_request_is_judged_as_said) +
	       cmocka_run_group_tests_name("entities in JSON", tests, NULL, NULL);
}
