/*
 * Schemas: what a text resolves to, how complaints about it read, and schemas of several texts. Which
 * texts are taken at all: test_schema_verdicts.c.
 */
#include "cedar/schema_read.h"
#include "schema_dump.h"
#include "world.h"

static const struct resolve_row {
	const char *name, *text, *dump;
} resolve_rows[] = {
	{ "nothing", "", "" },
	{ "built-in types",
	    "entity A { a: Bool, b: Long, c: String, d: decimal, e: ipaddr, f: datetime, g: "
	    "duration };",
	    "entity A {a: Bool, b: Long, c: String, d: decimal, e: ipaddr, f: datetime, "
	    "g: duration}\n" },
	{ "built-in types by their whole names",
	    "entity A { a: __cedar::Bool, b: __cedar::ipaddr };",
	    "entity A {a: Bool, b: ipaddr}\n" },
	{ "attributes are sorted, short names first",
	    "entity A { bb: Long, a: Long, \"\": Long, b?: Long };",
	    "entity A {\"\": Long, a: Long, b?: Long, bb: Long}\n" },
	{ "of a repeated attribute the last one counts",
	    "entity A { a: Long, b: Bool, \"a\"?: String, a: Set<Long> };",
	    "entity A {a: Set<Long>, b: Bool}\n" },
	{ "records and sets within each other", "entity A { a: { b: Set<{ c?: Set<A> }> } };",
	    "entity A {a: {b: Set<{c?: Set<A>}>}}\n" },
	{ "tags", "entity A tags Set<A>; entity B = { a: Long } tags { b: Long };",
	    "entity A tags Set<A>\nentity B {a: Long} tags {b: Long}\n" },
	{ "several names, one declaration", "entity B, A in [A] { a: Long } tags Long;",
	    "entity A in A {a: Long} tags Long\nentity B in A {a: Long} tags Long\n" },
	{ "enums: sorted, an id counts once", "entity A enum [\"bb\", \"a\", \"c\", \"a\"];",
	    "enum A [\"a\", \"c\", \"bb\"]\n" },
	{ "ancestors are closed", "entity A in B; entity B in [C, D]; entity C in E; entity D, E;",
	    "entity A in B, C, D, E\nentity B in C, D, E\nentity C in E\nentity D\nentity E\n" },
	{ "entity types may be in each other in a circle",
	    "entity A in B; entity B in A; entity C in A;",
	    "entity A in A, B\nentity B in A, B\nentity C in A, B\n" },
	{ "an enum may be a parent", "entity A in E; entity E enum [\"x\"];",
	    "entity A in E\nenum E [\"x\"]\n" },
	{ "common types are put in",
	    "type T = { a: U, b?: Set<U> }; type U = V; type V = { c: A }; entity A { t: T };",
	    "entity A {t: {a: {c: A}, b?: Set<{c: A}>}}\n" },
	{ "an action without appliesTo", "action a;", "actions Action\naction Action::\"a\"\n" },
	{ "an action with all of it",
	    "entity U, R, S; action a, \"b c\" in g appliesTo { principal: U, resource: [S, R, S], "
	    "context: { x: Long } }; action g;",
	    "entity R\nentity S\nentity U\nactions Action\n"
	    "action Action::\"a\" in Action::\"g\" for [U] on [R, S] {x: Long}\n"
	    "action Action::\"b c\" in Action::\"g\" for [U] on [R, S] {x: Long}\n"
	    "action Action::\"g\"\n" },
	{ "a context by name",
	    "type C = D; type D = { x?: Bool }; entity A; "
	    "action a appliesTo { principal: A, resource: A, context: C };",
	    "entity A\nactions Action\naction Action::\"a\" for [A] on [A] {x?: Bool}\n" },
	{ "actions are closed",
	    "action a in b; action b in [c]; action c in Action::\"d\"; action d;",
	    "actions Action\naction Action::\"a\" in Action::\"b\", Action::\"c\", Action::\"d\"\n"
	    "action Action::\"b\" in Action::\"c\", Action::\"d\"\n"
	    "action Action::\"c\" in Action::\"d\"\naction Action::\"d\"\n" },
	{ "a bare name: first its own namespace",
	    "namespace N { entity A { a: B, b: N::B, c: M::B }; entity B; } namespace M { entity "
	    "B; }",
	    "entity M::B\nentity N::A {a: N::B, b: N::B, c: M::B}\nentity N::B\n" },
	{ "then the empty one", "entity B; namespace N { entity A in B { a: B }; }",
	    "entity B\nentity N::A in B {a: B}\n" },
	{ "enclosing namespaces are not asked",
	    "namespace N { entity A; } namespace N::M { entity A; entity B { a: A }; }",
	    "entity N::A\nentity N::M::A\nentity N::M::B {a: N::M::A}\n" },
	{ "a common type comes before an entity type",
	    "entity A; type A = Long; entity B in A { a: A };",
	    "entity A\nentity B in A {a: Long}\n" },
	{ "but its own namespace comes first",
	    "namespace N { entity ipaddr; entity A { a: ipaddr, b: __cedar::ipaddr }; }",
	    "entity N::A {a: N::ipaddr, b: ipaddr}\nentity N::ipaddr\n" },
	{ "built-in names come last",
	    "entity Long; type decimal = Bool; entity A { a: Long, b: decimal };",
	    "entity A {a: Long, b: Bool}\nentity Long\n" },
	{ "the type of actions",
	    "action a; namespace N { entity A { a: Action, b: Set<M::Action> }; } "
	    "namespace M { action b; entity A { a: Action }; }",
	    "entity M::A {a: M::Action}\nentity N::A {a: Action, b: Set<M::Action>}\n"
	    "actions Action\nactions M::Action\naction Action::\"a\"\naction M::Action::\"b\"\n" },
	{ "a bare parent: first its own namespace",
	    "namespace N { action a in [b, c]; action b; } action c;",
	    "actions Action\nactions N::Action\naction Action::\"c\"\n"
	    "action N::Action::\"a\" in Action::\"c\", N::Action::\"b\"\naction "
	    "N::Action::\"b\"\n" },
	{ "a parent elsewhere", "action a in N::M::Action::\"b\"; namespace N::M { action b; }",
	    "actions Action\nactions N::M::Action\n"
	    "action Action::\"a\" in N::M::Action::\"b\"\naction N::M::Action::\"b\"\n" },
	{ "the empty namespace is scattered",
	    "entity A; namespace N { entity B; } action a; entity C;",
	    "entity A\nentity C\nentity N::B\nactions Action\naction Action::\"a\"\n" },
	{ "annotations change nothing",
	    "@a @in(\"x\") namespace N { @b entity A { @c a: Long }; @d type T = { @e b: Long }; "
	    "@f action g; }",
	    "entity N::A {a: Long}\nactions N::Action\naction N::Action::\"g\"\n" },
};

static void
resolves_to(void **state)
{
	const struct resolve_row *row = *state;
	const struct cedar_schema *schema;
	struct world world;

	world_init(&world);
	schema = schema_read_text(&world.arena, "x", slice_from(row->text), &world.complaints);
	if (schema == NULL)
		fail_msg("%s", cedar_complaint_text(&world.arena, &world.complaints.items[0]));
	assert_string_equal(schema_dump(&world.arena, schema), row->dump);
	world_done(&world);
}

/* All complaints about a text, one a line: "LINE:COLUMN: message [hint]". */
static const char *
list_complaints(struct world *world)
{
	const struct cedar_complaints *complaints = &world->complaints;
	struct buffer out;

	buffer_init(&out, &world->arena, 256, 65536);
	for (size_t i = 0; i < complaints->count && i < CEDAR_MAX_ERRORS; i++) {
		const struct cedar_complaint *each = &complaints->items[i];

		buffer_printf(&out, "%u:%u: %s", each->line, each->column, each->message);
		if (each->hint != NULL)
			buffer_printf(&out, " [%s]", each->hint);
		buffer_byte(&out, '\n');
	}
	buffer_byte(&out, '\0');
	assert_false(buffer_failed(&out));
	return out.data;
}

static const struct complaint_row {
	const char *name, *text, *complaints;
} complaint_rows[] = {
	{ "a missing semicolon", "entity A\nentity B;\n",
	    "1:9: expected ';' at the end of the entity type [put a ; here]\n" },
	{ "a semicolon between attributes", "entity A { a: Long; b: Long };",
	    "1:19: expected ',' or '}', found ';' [attributes are parted by ',']\n" },
	{ "a semicolon behind a namespace", "namespace N { entity A; };",
	    "1:26: unexpected ';' [no ; stands behind a namespace]\n" },
	{ "namespaces within each other", "namespace N { namespace M { entity A; } }",
	    "1:15: namespaces do not stand within each other "
	    "[write namespace Outer::Inner { .. } beside it]\n" },
	{ "no declaration", "enttiy A;",
	    "1:1: expected 'entity', 'action', 'type' or 'namespace', found 'enttiy'\n" },
	{ "a reserved word as an attribute", "entity A { in: Long };",
	    "1:12: expected an attribute or '}', but 'in' is a reserved word "
	    "[in double quotes it is fine]\n" },
	{ "a list for a set", "entity A { a: [Long] };",
	    "1:15: expected a type, found '[' [a set is written Set<String>]\n" },
	{ "a set without its elements", "entity A { a: Set };",
	    "1:15: there is no type 'Set' [a set is written Set<String>]\n" },
	{ "an entity for a type", "entity A { a: B::\"x\" };",
	    "1:15: expected a type, found an entity\n" },
	{ "attributes without braces", "entity A = Long;",
	    "1:12: expected '{' before the attributes, found 'Long'\n" },
	{ "a colon is missing", "entity A { a Long };",
	    "1:14: expected ':' or '?' behind the attribute's name, found 'Long'\n" },
	{ "single quotes", "entity A { 'a': Long };",
	    "1:12: single quotes do not begin a string [write \"double quotes\"]\n" },
	{ "half of appliesTo", "entity A; action a\n  appliesTo { principal: A };",
	    "2:3: appliesTo needs 'resource'\n" },
	{ "an empty list of principals",
	    "entity A; action a appliesTo { principal: [], resource: A };",
	    "1:43: the list of 'principal' is empty "
	    "[an action that applies to nothing has no appliesTo at all]\n" },
	{ "principals", "entity A; action a appliesTo { principals: A, resource: A };",
	    "1:32: expected 'principal', 'resource' or 'context', found 'principals'\n" },
	{ "twice the principal", "entity A; action a appliesTo { principal: A, principal: A };",
	    "1:46: 'principal' stands here twice [one list may name several types]\n" },
	{ "a parent with a path", "action a in N::b;",
	    "1:13: expected an action, found a path "
	    "[an action of another namespace is Path::Action::\"id\"]\n" },
	{ "attributes of an action", "action a attributes { x: Long };",
	    "1:23: actions have no attributes\n" },
	{ "an annotation twice", "@a @b @a entity A;",
	    "1:8: the annotation 'a' stands here twice\n" },
	{ "everything twice",
	    "entity A; entity A; type T = Long; type T = Long; action a, a;\n"
	    "namespace N {} namespace N {}",
	    "1:18: the entity type 'A' is declared twice\n1:41: the type 'T' is declared twice\n"
	    "1:61: the action 'a' is declared twice\n2:26: the namespace 'N' is declared twice\n" },
	{ "names that may not be declared",
	    "entity Action; type Set = Long; entity __cedar; namespace N::__cedar {}",
	    "1:8: the type 'Action' is not declared [it is there wherever actions are]\n"
	    "1:21: no common type may be called 'Set'\n"
	    "1:40: the name __cedar is reserved\n1:59: the name __cedar is reserved\n" },
	{ "names of other languages",
	    "entity A { a: Boolean, b: string, c: int, d: DateTime, e: ip };",
	    "1:15: there is no type 'Boolean' [the type is called Bool]\n"
	    "1:27: there is no type 'string' [the type is called String]\n"
	    "1:38: there is no type 'int' [the type is called Long]\n"
	    "1:46: there is no type 'DateTime' [the type is called datetime]\n"
	    "1:59: there is no type 'ip' [the type is called ipaddr]\n" },
	{ "a type of another namespace", "namespace N { entity A; } namespace M { entity B in A; }",
	    "1:53: there is no entity type 'A' [there is N::A]\n" },
	{ "a common type as a parent", "type T = {}; entity A in [T, Long];",
	    "1:27: there is no entity type 'T' [this is a type of values, not of entities]\n"
	    "1:30: there is no entity type 'Long' [this is a type of values, not of entities]\n" },
	{ "the type of actions as a parent", "entity A in Action; action a;",
	    "1:13: the type of actions cannot stand here\n" },
	{ "shadowing",
	    "entity A; type T = Long; action a;\nnamespace N { type A = Long; entity T; action a; "
	    "}",
	    "2:20: 'A' is also a type of the empty namespace "
	    "[rename one of the two, or move the other one into a namespace]\n"
	    "2:37: 'T' is also a type of the empty namespace "
	    "[rename one of the two, or move the other one into a namespace]\n"
	    "2:47: 'a' is also an action of the empty namespace "
	    "[rename one of the two, or move the other one into a namespace]\n" },
	{ "a type that contains itself", "type T = Set<U>; type U = { a: T }; entity A { a: T };",
	    "1:6: the type 'T' contains itself [through U, T]\n" },
	{ "an action that is in itself", "action a in b; action b in c; action c in b;",
	    "1:23: the action 'b' is in itself\n" },
	{ "no such action", "action a in [b, N::Action::\"c\"];",
	    "1:14: there is no action Action::\"b\"\n1:17: there is no action N::Action::\"c\"\n" },
	{ "no record",
	    "type T = Long; entity A; action a appliesTo { principal: A, resource: A, context: T "
	    "};",
	    "1:83: the context of an action must be a record\n" },
	{ "what is declared together is complained about once", "entity A, B, C in D;",
	    "1:19: there is no entity type 'D'\n" },
	{ "a wrong common type is complained about once",
	    "type T = Nope; entity A { a: T }; entity B { b: Set<T> };",
	    "1:10: there is no type 'Nope'\n" },
	{ "after a wrong declaration the next one is read",
	    "entity A { a: }; entity B C; type T = ;\naction in;\nentity D {\n  a: Long;\n"
	    "  type: Long\n};\nentity E\n{ b: [Long] };\nnamespace N {\n  entity F ;;\n  foo\n"
	    "  entity G\n}\nentity H,;",
	    "1:15: expected a type, found '}'\n"
	    "1:26: expected ';' at the end of the entity type [put a ; here]\n"
	    "1:39: expected a type, found ';'\n"
	    "2:8: expected the name of an action, but 'in' is a reserved word "
	    "[in double quotes it is fine]\n"
	    "4:10: expected ',' or '}', found ';' [attributes are parted by ',']\n"
	    "8:6: expected a type, found '[' [a set is written Set<String>]\n"
	    "10:13: unexpected ';' [one is enough]\n"
	    "11:3: expected 'entity', 'action', 'type' or '}', found 'foo'\n"
	    "12:11: expected ';' at the end of the entity type [put a ; here]\n"
	    "14:10: expected the name of an entity type, found ';'\n" },
	{ "an open namespace", "namespace N {\n  entity A;\n",
	    "3:1: expected '}' at the end of the namespace, found the end of the text\n" },
};

static void
is_complained_about(void **state)
{
	const struct complaint_row *row = *state;
	struct world world;

	world_init(&world);
	assert_null(schema_read_text(&world.arena, "x", slice_from(row->text), &world.complaints));
	assert_string_equal(list_complaints(&world), row->complaints);
	world_done(&world);
}

/* What is right and may surprise; `complaints` are the warnings. */
static const struct complaint_row warning_rows[] = {
	{ "nothing", "entity A; namespace N { type T = Long; } action Long;", "" },
	{ "a common type over an entity type", "entity A; namespace N { entity B; type B = Long; }",
	    "1:40: the common type 'B' hides the entity type of that name\n" },
	{ "over built-in types",
	    "entity Long, decimal; type ipaddr = __cedar::Long;\n"
	    "namespace N { type datetime = String; entity Bool; }",
	    "1:8: 'Long' hides a built-in type [the built-in type is __cedar::Long]\n"
	    "1:14: 'decimal' hides a built-in type [the built-in type is __cedar::decimal]\n"
	    "1:28: 'ipaddr' hides a built-in type [the built-in type is __cedar::ipaddr]\n"
	    "2:20: 'datetime' hides a built-in type [the built-in type is __cedar::datetime]\n"
	    "2:46: 'Bool' hides a built-in type [the built-in type is __cedar::Bool]\n" },
};

static void
is_warned_about(void **state)
{
	const struct complaint_row *row = *state;
	const struct cedar_schema *schema;
	struct world world;

	world_init(&world);
	schema = schema_read_text(&world.arena, "x", slice_from(row->text), &world.complaints);
	assert_non_null(schema);
	world.complaints = *schema->warnings;
	assert_string_equal(list_complaints(&world), row->complaints);
	world_done(&world);
}

static void
json_is_not_warned_about(void **state)
{
	const char *json = "{\"\": {\"entityTypes\": {\"Long\": {}}, \"actions\": {}}}";
	struct cedar_json_document document;
	const struct cedar_schema *schema;
	struct world world;

	(void)state;
	world_init(&world);
	assert_true(cedar_json_read(&world.arena, "x", slice_from(json), CEDAR_MAX_JSON_DEPTH,
	    &world.complaints, &document));
	schema = schema_read_json(&document, document.root);
	assert_non_null(schema);
	assert_int_equal(schema->warnings->count, 0);
	world_done(&world);
}

static const struct complaint_row json_complaint_rows[] = {
	{ "no object", "[]", "1:1: expected an object of namespaces, found an array\n" },
	{ "members are missing", "{\"N\": {}}", "1:7: a namespace needs \"entityTypes\"\n" },
	{ "a member that nobody knows",
	    "{\"N\": {\"entityTypes\": {}, \"actions\": {}, \"types\": {}}}",
	    "1:42: a namespace has no \"types\" [there are \"commonTypes\", \"entityTypes\", "
	    "\"actions\", \"annotations\"]\n" },
	{ "all that is wrong",
	    "{\"\": {\"entityTypes\": {\"A\": {\"memberOf\": []}, \"B C\": {}, \"D\": {\"shape\": "
	    "{\"type\": \"Record\"}},\n \"E\": {\"tags\": {\"type\": \"Set\", \"name\": \"x\"}}, "
	    "\"F\": {\"enum\": []}},\n \"actions\": {\"a\": {\"attributes\": {}}, \"b\": null}, "
	    "\"commonTypes\": {\"Long\": {\"type\": \"Long\"}}}}",
	    "1:29: an entity type has no \"memberOf\" [there are \"memberOfTypes\", \"shape\", "
	    "\"tags\", \"enum\", \"annotations\"]\n"
	    "1:46: \"B C\" is no identifier, or a reserved one\n"
	    "1:72: this type needs \"attributes\"\n"
	    "2:16: this type needs \"element\"\n"
	    "2:61: the list of ids is empty\n"
	    "3:34: actions have no attributes\n3:44: expected an action, found null\n"
	    "3:67: no common type may be called 'Long'\n" },
	{ "what does not resolve",
	    "{\"\": {\"entityTypes\": {\"A\": {\"memberOfTypes\": [\"B\"], \"shape\": {\"type\": "
	    "\"T\"}, \"tags\": {\"type\": \"Extension\", \"name\": \"ip\"}}}, \"actions\": {}}}",
	    "1:47: there is no entity type 'B'\n1:62: there is no common type 'T'\n"
	    "1:85: there is no extension type 'ip' [there are ipaddr, decimal, datetime and "
	    "duration]\n" },
	{ "open records",
	    "{\"\": {\"entityTypes\": {\"A\": {\"shape\": {\"type\": \"Record\", \"attributes\": "
	    "{}, "
	    "\"additionalAttributes\": true}}}, \"actions\": {}}}",
	    "1:38: records that are open to further attributes are not supported\n" },
	{ "names with spaces",
	    "{\"N :: M\": {\"entityTypes\": {}, \"actions\": {\"a\": {\"appliesTo\": "
	    "{\"principalTypes\": [\"A \"], \"resourceTypes\": []}}}}}",
	    "1:2: \"N :: M\" is no name of a namespace [identifiers joined by ::, without "
	    "spaces]\n" },
};

static void
is_complained_about_in_json(void **state)
{
	const struct complaint_row *row = *state;
	struct cedar_json_document document;
	struct world world;

	world_init(&world);
	assert_true(cedar_json_read(&world.arena, "x", slice_from(row->text), CEDAR_MAX_JSON_DEPTH,
	    &world.complaints, &document));
	assert_null(schema_read_json(&document, document.root));
	assert_string_equal(list_complaints(&world), row->complaints);
	world_done(&world);
}

/* Names are looked up when all texts are there; each may go on with a namespace of another. */
static void
several_texts_are_one_schema(void **state)
{
	const char *json = "{\"N\": {\"entityTypes\": {\"C\": {\"memberOfTypes\": [\"A\"]}}, "
			   "\"actions\": {\"b\": {\"memberOf\": [{\"id\": \"a\"}]}}}}";
	struct schema_builder *builder;
	const struct cedar_schema *schema;
	struct cedar_json_document document;
	struct world world;

	(void)state;
	world_init(&world);
	builder = schema_builder_new(&world.arena);
	assert_non_null(builder);
	assert_true(schema_builder_add_text(builder, "1",
	    SLICE_OF("namespace N { entity A in B; action a; } type T = N::A;"),
	    &world.complaints));
	assert_false(
	    schema_builder_add_text(builder, "2", SLICE_OF("entity Z; entity"), &world.complaints));
	assert_true(schema_builder_add_text(
	    builder, "3", SLICE_OF("namespace N { entity B { t: T }; }"), &world.complaints));
	assert_true(cedar_json_read(&world.arena, "4", slice_from(json), CEDAR_MAX_JSON_DEPTH,
	    &world.complaints, &document));
	assert_true(schema_builder_add_json(builder, &document, document.root));
	schema = schema_builder_take(builder, &world.complaints);
	assert_int_equal(world.complaints.count, 0);
	assert_string_equal(schema_dump(&world.arena, schema),
	    "entity N::A in N::B\nentity N::B {t: N::A}\nentity N::C in N::A, N::B\n"
	    "actions N::Action\naction N::Action::\"a\"\n"
	    "action N::Action::\"b\" in N::Action::\"a\"\n");
	world_done(&world);
}

static void
several_texts_may_not_declare_the_same(void **state)
{
	struct schema_builder *builder;
	struct world world;

	(void)state;
	world_init(&world);
	builder = schema_builder_new(&world.arena);
	assert_non_null(builder);
	assert_true(schema_builder_add_text(builder, "1",
	    SLICE_OF("namespace N { entity A; type T = Long; action a; }"), &world.complaints));
	assert_true(schema_builder_add_text(builder, "2",
	    SLICE_OF("namespace N { entity A, B; type T = Long;\naction a; }"), &world.complaints));
	assert_null(schema_builder_take(builder, &world.complaints));
	assert_string_equal(list_complaints(&world),
	    "1:22: 'A' is declared in another schema text already\n"
	    "1:33: 'T' is declared in another schema text already\n"
	    "2:8: 'a' is declared in another schema text already\n");
	assert_string_equal(world.complaints.items[0].file, "2");
	world_done(&world);
}

static void
without_a_text_the_schema_is_empty(void **state)
{
	const struct cedar_schema *schema;
	struct schema_builder *builder;
	struct world world;

	(void)state;
	world_init(&world);
	builder = schema_builder_new(&world.arena);
	assert_non_null(builder);
	schema = schema_builder_take(builder, &world.complaints);
	assert_non_null(schema);
	assert_int_equal(schema->type_count + schema->action_count, 0);
	assert_null(schema_find_type(schema, SLICE_OF("A")));
	assert_null(
	    schema_find_action(schema, &(struct cedar_uid) { SLICE("Action"), SLICE("a") }));
	world_done(&world);
}

/* What is not declared is not found, and what is not an id or an attribute neither. */
static void
lookups_tell_what_is_not_there(void **state)
{
	const struct schema_entity_type *entity, *other;
	const struct cedar_schema *schema;
	struct world world;

	(void)state;
	world_init(&world);
	schema = schema_read_text(&world.arena, "x",
	    SLICE_OF("entity A in C { a: Long, bb: Long }; entity C; entity E enum [\"b\", \"aa\"];"
		     "action x;"),
	    &world.complaints);
	assert_non_null(schema);
	assert_null(schema_find_type(schema, SLICE_OF("B")));
	assert_null(schema_find_type(schema, SLICE_OF("")));
	assert_non_null(schema_find_type(schema, SLICE_OF("Action")));
	assert_null(schema_find_action(schema, &(struct cedar_uid) { SLICE("A"), SLICE("x") }));
	assert_null(
	    schema_find_action(schema, &(struct cedar_uid) { SLICE("Action"), SLICE("y") }));
	entity = schema_find_type(schema, SLICE_OF("A"));
	other = schema_find_type(schema, SLICE_OF("C"));
	assert_non_null(schema_find_attribute(entity->attributes, SLICE_OF("bb")));
	assert_null(schema_find_attribute(entity->attributes, SLICE_OF("b")));
	assert_null(schema_find_attribute(other->attributes, SLICE_OF("a")));
	assert_true(schema_may_be_in(entity, other));
	assert_false(schema_may_be_in(other, entity));
	assert_false(schema_may_be_in(entity, entity));
	entity = schema_find_type(schema, SLICE_OF("E"));
	assert_true(schema_has_id(entity, SLICE_OF("aa")));
	assert_false(schema_has_id(entity, SLICE_OF("a")));
	world_done(&world);
}

/* The caller's text may go as soon as it has been read. */
static void
a_schema_does_not_need_its_text(void **state)
{
	char text[] = "entity A { a: Long }; action b;";
	const struct cedar_schema *schema;
	struct world world;

	(void)state;
	world_init(&world);
	schema = schema_read_text(&world.arena, "x", slice_from(text), &world.complaints);
	memset(text, 'x', sizeof(text));
	assert_non_null(schema);
	assert_string_equal(schema_dump(&world.arena, schema),
	    "entity A {a: Long}\nactions Action\naction Action::\"b\"\n");
	world_done(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_is_not_warned_about),
		cmocka_unit_test(several_texts_are_one_schema),
		cmocka_unit_test(several_texts_may_not_declare_the_same),
		cmocka_unit_test(without_a_text_the_schema_is_empty),
		cmocka_unit_test(lookups_tell_what_is_not_there),
		cmocka_unit_test(a_schema_does_not_need_its_text),
	};

	return RUN_ROWS(resolve_rows, resolves_to) + RUN_ROWS(complaint_rows, is_complained_about) +
	       RUN_ROWS(warning_rows, is_warned_about) +
	       RUN_ROWS(json_complaint_rows, is_complained_about_in_json) +
	       cmocka_run_group_tests_name("schemas", tests, NULL, NULL);
}
