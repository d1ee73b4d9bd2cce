/*
 * The slips of people who write policies: what they wrote, where it is wrong, what is said, and what
 * is proposed.
 */
#include "world.h"

struct slip_row {
	const char *name; /* the text */
	unsigned column;
	const char *message, *hint; /* hint NULL: none */
};

static const struct slip_row slip_rows[] = {
	{ "permit (principal = User::\"a\", action, resource);", 19,
	    "expected ',' behind the scope of 'principal', found '='", "write == to compare" },
	{ "permit (principal, action == \"view\", resource);", 30,
	    "expected an entity: Type::\"id\", found a string",
	    "write its type before it: Type::\"id\"" },
	{ "permit (principal == alice, action, resource);", 22, "expected an entity: Type::\"id\"",
	    "put the id in double quotes behind ::" },
	{ "permit (\"principal\", action, resource);", 9, "expected 'principal', found a string",
	    "write it without quotes" },
	{ "permit (action, principal, resource);", 9, "expected 'principal', found 'action'",
	    "the head of a policy is (principal, action, resource)" },
	{ "permit (principal, action);", 26, "expected ',' behind the action, found ')'", NULL },
	{ "permit ();", 9, "expected 'principal', found ')'",
	    "the head of a policy is (principal, action, resource)" },
	{ "allow (principal, action, resource);", 1, "expected 'permit' or 'forbid', found 'allow'",
	    "write permit" },
	{ "Forbid (principal, action, resource);", 1,
	    "expected 'permit' or 'forbid', found 'Forbid'", "write forbid" },
	{ "deny (principal, action, resource);", 1, "expected 'permit' or 'forbid', found 'deny'",
	    "write forbid" },
	{ "permit (principal, action, resource) when { true }; unless { false };", 53,
	    "expected 'permit' or 'forbid', found 'unless'",
	    "the policy that this belongs to has ended with a ;" },
	{ "permit (principal, action, resource) when (true);", 43,
	    "expected '{' before the condition, found '('", "conditions stand in braces: { .. }" },
	{ "permit (principal, action, resource) if { true };", 38,
	    "expected ';' at the end of the policy, found 'if'",
	    "conditions begin with when or unless" },
	{ "permit (principal, action, resource) where { true };", 38,
	    "expected ';' at the end of the policy, found 'where'",
	    "conditions begin with when or unless" },
	{ "permit (principal, action, resource) { true };", 38,
	    "expected ';' at the end of the policy, found '{'",
	    "conditions begin with when or unless" },
	{ "permit (principal, action, resource) when { true and true };", 50,
	    "expected '}' behind the condition, found 'and'", "write && for \"and\"" },
	{ "permit (principal, action, resource) when { true or true };", 50,
	    "expected '}' behind the condition, found 'or'", "write || for \"or\"" },
	{ "permit (principal, action, resource) when { not true };", 45,
	    "not is none of principal, action, resource, context", "write ! for \"not\"" },
	{ "permit (principal, action, resource) when { true & true };", 50, "unexpected '&'",
	    "write && for \"and\"" },
	{ "permit (principal, action, resource) when { true | true };", 50, "unexpected '|'",
	    "write || for \"or\"" },
	{ "permit (principal, action, resource) when { principal is not User };", 62,
	    "expected '}' behind the condition, found 'User'", NULL },
	{ "permit (principal, action, resource) when { 1 === 1 };", 49,
	    "expected an expression, found '='", "write == to compare" },
	{ "permit (principal, action, resource) when { 1 !== 1 };", 49,
	    "expected an expression, found '='", "write != to compare" },
	{ "permit (principal, action, resource) when { 1 => 1 };", 47,
	    "expected '}' behind the condition, found '='", "write >= for \"at least\"" },
	{ "permit (principal, action, resource) when { 1 =< 1 };", 47,
	    "expected '}' behind the condition, found '='", "write <= for \"at most\"" },
	{ "permit (principal, action, resource) when { 1 <> 1 };", 48,
	    "expected an expression, found '>'", "write != for \"unequal\"" },
	{ "permit (principal, action, resource) when { principal == 'a' };", 58,
	    "single quotes do not begin a string", "write \"double quotes\"" },
	{ "permit (principal, action, resource) when { User::'a' == principal };", 51,
	    "single quotes do not begin a string", "write \"double quotes\"" },
	{ "permit (principal, action, resource) when { context.x == null };", 58,
	    "null is none of principal, action, resource, context",
	    "there is no null: ask with has whether an attribute is there" },
	{ "permit (principal, action, resource) when { True };", 45,
	    "True is none of principal, action, resource, context", "write true" },
	{ "permit (principal, action, resource) when { Principal == resource };", 45,
	    "Principal is none of principal, action, resource, context", "write principal" },
	{ "permit (principal, action, resource) when { alice == principal };", 45,
	    "alice is none of principal, action, resource, context",
	    "an entity is Type::\"id\", a string is in double quotes" },
	{ "permit (principal, action, resource) when { context.a.containsall([1]) };", 55,
	    "there is no method 'containsall'", "did you mean containsAll?" },
	{ "permit (principal, action, resource) when { context.a.contain(1) };", 55,
	    "there is no method 'contain'", "did you mean contains?" },
	{ "permit (principal, action, resource) when { context.a.size() == 1 };", 55,
	    "there is no method 'size'", "ask with isEmpty() or contains()" },
	{ "permit (principal, action, resource) when { IP(\"1.1.1.1\") == context.ip };", 45,
	    "there is no function 'IP'", "did you mean ip?" },
	{ "permit (principal, action, resource) when { lower(\"A\") == \"a\" };", 45,
	    "there is no function 'lower'",
	    "the functions are ip, decimal, datetime and duration" },
	{ "permit (principal, action, resource) when { context.a[0] == 1 };", 55,
	    "expected an attribute name in double quotes, found '0'",
	    "sets have no order and no index" },
	{ "permit (principal, action, resource) when { 1.5 == context.n };", 47,
	    "expected an attribute or a method, found '5'",
	    "there are no fractions but decimal(\"1.5\")" },
	{ "permit (principal, action, resource) when { 1 / 2 == 0 };", 47,
	    "expected '}' behind the condition, found '/'", "there is no division" },
	{ "permit (principal, action, resource) /* all */;", 38,
	    "expected ';' at the end of the policy, found '/'", "a comment begins with //" },
	{ "permit (principal, action, resource) when { context.n > 1 ? true : false };", 59,
	    "unexpected '?'", "write if .. then .. else .." },
	{ "permit (principal, action, resource) when { principal is \"User\" };", 58,
	    "expected an entity type, found a string", "write it without quotes" },
	{ "permit (principal is \"User\", action, resource);", 22,
	    "expected an entity type, found a string", "write it without quotes" },
	{ "permit (principal, action, resource) when { if true { 1 } };", 53,
	    "expected 'then' behind the condition, found '{'", NULL },
	{ "permit (principal, action, resource) when { context.name matches \"a\" };", 58,
	    "expected '}' behind the condition, found 'matches'",
	    "write like, with * for any run of characters" },
	{ "permit (principal in [\"a\"], action, resource);", 22,
	    "'principal' takes one entity here, no list", NULL },
	{ "permit (principal: User, action, resource);", 18, "a type cannot be given with ':'",
	    "write is to test the type" },
	{ "permit (principal, action, resource),", 37,
	    "expected ';' at the end of the policy, found ','", NULL },
	{ "permit (principal, action, resource) when { true }", 51,
	    "expected ';' at the end of the policy", "put a ; here" },
};

static void
is_explained(void **state)
{
	const struct slip_row *row = *state;
	const struct cedar_complaint *complaint;
	struct cedar_builder *builder;
	struct world world;

	world_init(&world);
	builder = cedar_builder_new(&world.arena);
	assert_non_null(builder);
	assert_false(cedar_builder_add_text(
	    builder, "slip.cedar", slice_from(row->name), &world.complaints));
	complaint = &world.complaints.items[0];
	assert_string_equal(complaint->message, row->message);
	if (row->hint == NULL)
		assert_null(complaint->hint);
	else
		assert_string_equal(complaint->hint, row->hint);
	assert_int_equal(complaint->line, 1);
	assert_int_equal(complaint->column, row->column);
	assert_false(complaint->is_limit);
	world_done(&world);
}

int
main(void)
{
	return RUN_ROWS(slip_rows, is_explained);
}
