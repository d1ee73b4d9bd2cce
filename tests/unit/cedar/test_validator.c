/*
 * Strict validation: verdicts, words and places. Every verdict in the tables is that of the official
 * engine 4.13.0.
 */
#include <stdio.h>

#include "../core/rows.h"

#include "cedar/policy_json.h"
#include "cedar/schema_read.h"
#include "cedar/validator.h"

static const char photos[] =
    "entity Group in [Group];\n"
    "entity User in [Group] {\n"
    "  age: Long, name: String, admin: Bool, nick?: String, friend?: User, boss: User,\n"
    "  address: { city: String, zip?: Long, geo?: { lat: decimal } },\n"
    "  langs: Set<String>, since: datetime, quota: duration, home?: ipaddr, duty?: Action\n"
    "} tags String;\n"
    "entity Photo in [Album] { owner: User, kind: Kind, size: Long, open?: Bool, title: String };\n"
    "entity Album { owner: User } tags Set<String>;\n"
    "entity Kind enum [\"raw\", \"jpeg\"];\n"
    "entity Lone;\n"
    "action read;\n"
    "action view in [read] appliesTo { principal: [User], resource: [Photo], context: {\n"
    "  n: Long, ip: ipaddr, token?: String, place?: { city: String, zip?: Long },\n"
    "  from: Set<ipaddr> } };\n"
    "action list in [read] appliesTo { principal: [User], resource: [Album], context: {} };\n"
    "action join appliesTo { principal: [User, Group], resource: [Group], context: { n: Long } };\n"
    "namespace Other { entity Person; action scan, look; }\n";

static const char never[] =
    "this policy is never satisfied: it is false for every request that the schema allows";

struct validated {
	struct arena arena;
	struct validator_result result;
	enum validator_outcome outcome;
};

static const struct cedar_schema *
schema_of(struct arena *arena, const char *text)
{
	struct cedar_complaints complaints;
	const struct cedar_schema *schema =
	    schema_read_text(arena, "schema", slice_from(text), &complaints);

	if (schema == NULL)
		fail_msg("%s", cedar_complaint_text(arena, &complaints.items[0]));
	return schema;
}

static const struct cedar_policies *
policies_of(struct arena *arena, const char *text)
{
	struct cedar_builder *builder = cedar_builder_new(arena);
	struct cedar_complaints complaints;

	assert_non_null(builder);
	if (!cedar_builder_add_text(builder, "policies.cedar", slice_from(text), &complaints))
		fail_msg("%s", cedar_complaint_text(arena, &complaints.items[0]));
	return cedar_builder_take(builder);
}

static void
validate_at(struct validated *validated, const char *schema, const char *text, int level)
{
	struct arena *arena = &validated->arena;

	arena_init(arena, 64 * 1024, 256 * 1024 * 1024);
	validated->outcome = validator_check(
	    policies_of(arena, text), schema_of(arena, schema), level, arena, &validated->result);
	assert_true(
	    validated->outcome == VALIDATOR_VALID || validated->outcome == VALIDATOR_INVALID);
	assert_int_equal(
	    validated->outcome == VALIDATOR_INVALID, validated->result.error_count > 0);
}

static void
validate(struct validated *validated, const char *schema, const char *text)
{
	validate_at(validated, schema, text, VALIDATOR_NO_LEVEL);
}

/* "policy0: MESSAGE", a line each. */
static const char *
list(struct arena *arena, const struct validator_finding *findings, size_t count)
{
	const char *text = "";

	for (size_t i = 0; i < count; i++)
		text = arena_printf(arena, "%s%s%.*s: %s", text, i == 0 ? "" : "\n",
		    SLICE_ARGS(findings[i].policy), findings[i].complaint.message);
	return text;
}

static const struct condition_row {
	const char *condition, *error;
	bool is_never;
} condition_rows[] = {
#define VALID(condition) { condition, NULL, false },
#define NEVER(condition) { condition, NULL, true },
#define WRONG(condition, error) { condition, error, false },
#define NEVER_WRONG(condition, error) { condition, error, true },
#include "validator_conditions.def"
};

static const struct condition_row json_rows[] = {
#include "validator_json.def"
#undef VALID
#undef NEVER
#undef WRONG
#undef NEVER_WRONG
};

static void
check_row(const struct condition_row *row, const struct validated *validated)
{
	if (row->error == NULL)
		assert_int_equal(validated->outcome, VALIDATOR_VALID);
	else if (validated->result.error_count == 0)
		fail_msg("valid");
	else
		assert_string_equal(validated->result.errors[0].complaint.message, row->error);
	assert_int_equal(validated->result.warning_count, row->is_never ? 1 : 0);
	if (row->is_never)
		assert_string_equal(validated->result.warnings[0].complaint.message, never);
}

static void
is_typed_so(void **state)
{
	const struct condition_row *row = *state;
	struct validated validated;
	char text[1024];

	(void)snprintf(text, sizeof(text),
	    "permit (principal, action == Action::\"view\", resource) when { %s };",
	    row->condition);
	validate(&validated, photos, text);
	check_row(row, &validated);
	arena_done(&validated.arena);
}

static void
is_typed_so_in_json(void **state)
{
	const struct condition_row *row = *state;
	struct validated validated;
	struct arena *arena = &validated.arena;
	struct cedar_complaints complaints;
	struct cedar_json_document document;
	struct cedar_builder *builder;
	char text[1024];

	(void)snprintf(text, sizeof(text),
	    "{\"effect\": \"permit\", \"principal\": {\"op\": \"is\", \"entity_type\": \"User\"}, "
	    "\"action\": {\"op\": \"==\", \"entity\": {\"type\": \"Action\", \"id\": \"view\"}}, "
	    "\"resource\": {\"op\": \"All\"}, \"conditions\": [{\"kind\": \"when\", \"body\": "
	    "%s}]}",
	    row->condition);
	arena_init(arena, 64 * 1024, 256 * 1024 * 1024);
	builder = cedar_builder_new(arena);
	assert_true(cedar_json_read(
	    arena, "policy.json", slice_from(text), CEDAR_MAX_JSON_DEPTH, &complaints, &document));
	assert_true(
	    policy_json_add(builder, CEDAR_STATIC, SLICE_OF("policy0"), &document, document.root));
	validated.outcome = validator_check(cedar_builder_take(builder), schema_of(arena, photos),
	    VALIDATOR_NO_LEVEL, arena, &validated.result);
	check_row(row, &validated);
	arena_done(arena);
}

#define NEVER_SAID                                                                         \
	"policy0: this policy is never satisfied: it is false for every request that the " \
	"schema allows"
#define NO_ACTION \
	"policy0: the schema has no action that goes with this principal, action and resource"

static const struct policy_row {
	const char *text, *errors, *warnings;
} policy_rows[] = {
	{ "permit (principal, action, resource);", "", "" },
	{ "permit (principal == User::\"u\", action, resource == Photo::\"p\");", "", "" },
	{ "permit (principal == Group::\"g\", action, resource);", "", "" },
	{ "permit (principal == Group::\"g\", action == Action::\"view\", resource);", "",
	    NO_ACTION "\n" NEVER_SAID },
	{ "permit (principal in Group::\"g\", action == Action::\"view\", resource);", "", "" },
	{ "permit (principal in User::\"g\", action == Action::\"view\", resource);", "", "" },
	{ "permit (principal in Album::\"a\", action, resource);", "", NO_ACTION "\n" NEVER_SAID },
	{ "permit (principal is User, action, resource);", "", "" },
	{ "permit (principal is Photo, action, resource);", "", NO_ACTION "\n" NEVER_SAID },
	{ "permit (principal is User in Group::\"g\", action, resource);", "", "" },
	{ "permit (principal is User in Album::\"g\", action, resource);", "",
	    NO_ACTION "\n" NEVER_SAID },
	{ "permit (principal is Group in User::\"g\", action, resource);", "",
	    NO_ACTION "\n" NEVER_SAID },
	{ "permit (principal, action, resource is Photo in Album::\"a\");", "", "" },
	{ "permit (principal, action, resource == Lone::\"l\");", "", NO_ACTION "\n" NEVER_SAID },
	{ "permit (principal, action, resource in Album::\"a\");", "", "" },
	{ "permit (principal is Usr, action, resource);",
	    "policy0: the schema has no entity type Usr", NO_ACTION "\n" NEVER_SAID },
	{ "permit (principal == Usr::\"u\", action, resource);",
	    "policy0: the schema has no entity type Usr", NO_ACTION },
	{ "permit (principal in Usr::\"u\", action, resource);",
	    "policy0: the schema has no entity type Usr", NO_ACTION },
	{ "permit (principal is User in Usr::\"u\", action, resource);",
	    "policy0: the schema has no entity type Usr", NO_ACTION },
	{ "permit (principal, action, resource == Kind::\"tiff\");",
	    "policy0: Kind is an enum without \"tiff\"", NO_ACTION "\n" NEVER_SAID },
	{ "permit (principal, action, resource == Action::\"view\");", "",
	    NO_ACTION "\n" NEVER_SAID },
	/* actions */
	{ "permit (principal, action == Action::\"view\", resource);", "", "" },
	{ "permit (principal, action == Action::\"read\", resource);", "",
	    NO_ACTION "\n" NEVER_SAID },
	{ "permit (principal, action == Action::\"read\", resource) when { 1 };", "",
	    NO_ACTION "\n" NEVER_SAID },
	{ "permit (principal, action in Action::\"read\", resource);", "", "" },
	{ "permit (principal, action in Action::\"view\", resource);", "", "" },
	{ "permit (principal, action == Action::\"veiw\", resource);",
	    "policy0: the schema has no action Action::\"veiw\"", NO_ACTION "\n" NEVER_SAID },
	{ "permit (principal, action in Action::\"veiw\", resource);",
	    "policy0: the schema has no action Action::\"veiw\"", NO_ACTION },
	{ "permit (principal, action in [Action::\"view\", Action::\"list\"], resource);", "", "" },
	{ "permit (principal, action in [Action::\"view\", Action::\"veiw\"], resource);",
	    "policy0: the schema has no action Action::\"veiw\"", NO_ACTION },
	{ "permit (principal, action in [Action::\"view\", Other::Action::\"scan\"], resource);",
	    "policy0: the actions of one list must be of one type, these are of Action and "
	    "Other::Action",
	    "" },
	{ "permit (principal, action in [], resource);",
	    "policy0: this list of actions is empty, so the policy never applies", NO_ACTION },
	{ "permit (principal is Photo, action in [], resource);", "", NO_ACTION "\n" NEVER_SAID },
	{ "permit (principal, action in [], resource is Lone);",
	    "policy0: this list of actions is empty, so the policy never applies",
	    NO_ACTION "\n" NEVER_SAID },
	{ "permit (principal, action == Other::Action::\"scan\", resource);", "",
	    NO_ACTION "\n" NEVER_SAID },
	{ "permit (principal, action == Other::Action::\"view\", resource);",
	    "policy0: the schema has no action Other::Action::\"view\"",
	    NO_ACTION "\n" NEVER_SAID },
	/* conditions */
	{ "permit (principal, action, resource) when { true } unless { false };", "", "" },
	{ "permit (principal, action, resource) unless { true };", "", NEVER_SAID },
	{ "permit (principal, action, resource) when { 1 } unless { \"a\" };",
	    "policy0: expected Bool, found Long\npolicy0: expected Bool, found String", "" },
	{ "permit (principal, action, resource) when { false } when { 1 };", "", NEVER_SAID },
	{ "permit (principal, action, resource) when { 1 } when { false };",
	    "policy0: expected Bool, found Long", "" },
	{ "permit (principal, action, resource) unless { 1 } when { false };",
	    "policy0: expected Bool, found Long", NEVER_SAID },
	{ "permit (principal is User, action, resource) when { principal has nick } when { "
	  "principal.nick == \"a\" };",
	    "", "" },
	{ "permit (principal is User, action, resource) unless { principal has nick } when { "
	  "principal.nick == \"a\" };",
	    "policy0: the attribute 'nick' of User is optional and may not be there", "" },
	{ "permit (principal is User, action, resource) unless { !(principal has nick) } when { "
	  "principal.nick == \"a\" };",
	    "policy0: the attribute 'nick' of User is optional and may not be there", "" },
	/* environments */
	{ "permit (principal, action, resource) when { principal.admin };",
	    "policy0: Group has no attribute 'admin'", "" },
	{ "permit (principal, action, resource) when { principal is User && principal.admin };", "",
	    "" },
	{ "permit (principal, action in Action::\"read\", resource) when { resource.owner.admin };",
	    "", "" },
	{ "permit (principal, action in Action::\"read\", resource) when { context.n > 1 };",
	    "policy0: the context of Action::\"list\" has no attribute 'n'", "" },
	{ "permit (principal, action, resource) when { action != Action::\"list\" && context.n > 1 "
	  "};",
	    "", "" },
	{ "permit (principal, action, resource) when { context has n && context.n > 1 };", "", "" },
	{ "permit (principal, action, resource) when { resource is Photo && resource.size > "
	  "context.n };",
	    "", "" },
	{ "permit (principal, action, resource) when { action in Action::\"read\" && "
	  "principal.admin };",
	    "", "" },
	{ "forbid (principal, action, resource) when { if action == Action::\"join\" then true "
	  "else "
	  "principal.admin };",
	    "", "" },
	/* templates */
	{ "permit (principal == ?principal, action, resource in ?resource);", "", "" },
	{ "permit (principal in ?principal, action, resource == ?resource) when { "
	  "resource.owner == principal };",
	    "policy0: Group has no attribute 'owner'", "" },
	{ "permit (principal is Photo in ?principal, action, resource);", "",
	    NO_ACTION "\n" NEVER_SAID },
	{ "permit (principal is User in ?principal, action == Action::\"view\", resource) when { "
	  "principal.admin };",
	    "", "" },
	{ "permit (principal is Usr in ?principal, action, resource);",
	    "policy0: the schema has no entity type Usr", NO_ACTION "\n" NEVER_SAID },
	/* texts that look like others */
	{ "permit (principal, action, resource == Photo::\"say_\u04bbello\");", "",
	    "policy0: the name 'say_\u04bbello' mixes scripts" },
	{ "permit (principal is User, action, resource) when { principal.name == "
	  "\"say_\u04bbello\" };",
	    "", "policy0: the string 'say_\u04bbello' mixes scripts" },
	{ "permit (principal is User, action, resource) when { principal.name like "
	  "\"*_\u04bbello\" };",
	    "", "policy0: the pattern '_\u04bbello' mixes scripts" },
	{ "permit (principal is User, action, resource) when { principal.name == \"\u202eabc\" };",
	    "", "policy0: this string holds U+202E, which changes the direction of writing" },
	{ "permit (principal is User, action, resource) when { principal.name like \"\u202eabc\" "
	  "};",
	    "", "" },
	{ "permit (principal is User, action, resource) when { principal has \"is\u200bAdmin\" };",
	    "",
	    "policy0: this policy is never satisfied: it is false for every request that the "
	    "schema allows\n"
	    "policy0: the name 'is\u200bAdmin' holds U+200B, which is not for identifiers" },
	{ "permit (principal == User::\"\xf0\x9f\x8d\x8c\", action, resource);", "",
	    "policy0: the name '\xf0\x9f\x8d\x8c' holds U+1F34C, which is not for identifiers" },
	{ "permit (principal == User::\"a b/{c}?d=e&f\", action, resource);", "", "" },
	{ "permit (principal is User, action, resource) when { {\"a\\nb\": true} == {\"a\\nb\": "
	  "false} };",
	    "",
	    "policy0: the name 'a b' holds U+000A, which is not for identifiers\n"
	    "policy0: the name 'a b' holds U+000A, which is not for identifiers" },
	{ "permit (principal is User, action, resource) when { principal.name == "
	  "\"\u6771\u4eac\u30bf\u30ef\u30fc\u3068\" || principal.name == \"\uc11c\uc6b8 "
	  "\u5927\u97d3\" };",
	    "", "" },
	{ "permit (principal is User, action, resource) when { principal.name == "
	  "\"\uc11c\uc6b8\u30bf\" };",
	    "", "policy0: the string '\uc11c\uc6b8\u30bf' mixes scripts" },
};

static void
is_judged_so(void **state)
{
	const struct policy_row *row = *state;
	struct validated validated;

	validate(&validated, photos, row->text);
	assert_string_equal(
	    list(&validated.arena, validated.result.errors, validated.result.error_count),
	    row->errors);
	assert_string_equal(
	    list(&validated.arena, validated.result.warnings, validated.result.warning_count),
	    row->warnings);
	arena_done(&validated.arena);
}

static const struct shown_row {
	const char *name, *text, *shown;
} shown_rows[] = {
	{ "an attribute that may be meant",
	    "permit (principal is User, action, resource)\n  when { principal.adress.city == \"\" "
	    "};",
	    "policy \"policy0\": policies.cedar:2:20: User has no attribute 'adress'\n"
	    "    when { principal.adress.city == \"\" };\n"
	    "                     ^ did you mean address?" },
	{ "what to do about an optional attribute",
	    "permit (principal is User, action, resource) when { principal.nick == \"\" };",
	    "policy \"policy0\": policies.cedar:1:63: the attribute 'nick' of User is optional and "
	    "may not be there\n"
	    "  permit (principal is User, action, resource) when { principal.nick == \"\" };\n"
	    "                                                                ^ test for it first: "
	    "x "
	    "has name && x.name .." },
	{ "an action that may be meant",
	    "permit (principal, action == Action::\"veiw\", resource);",
	    "policy \"policy0\": policies.cedar:1:27: the schema has no action Action::\"veiw\"\n"
	    "  permit (principal, action == Action::\"veiw\", resource);\n"
	    "                            ^ did you mean view?" },
	{ "a type that nothing is near", "permit (principal is Elephant, action, resource);",
	    "policy \"policy0\": policies.cedar:1:19: the schema has no entity type Elephant\n"
	    "  permit (principal is Elephant, action, resource);\n"
	    "                    ^" },
	{ "lines are counted over policies",
	    "permit (principal, action, resource);\n\n// a remark\n@a(\"b\")\npermit\n(principal, "
	    "action,\n resource)\nwhen { 1 };",
	    "policy \"policy1\": policies.cedar:8:8: expected Bool, found Long\n"
	    "  when { 1 };\n"
	    "         ^" },
	{ "entities of two types",
	    "permit (principal is User, action, resource) when { principal.boss == {a: 1} || "
	    "[principal].contains(resource) };",
	    "policy \"policy0\": policies.cedar:1:68: the two sides of this comparison have no "
	    "common "
	    "type: User and {a: Long}\n"
	    "  permit (principal is User, action, resource) when { principal.boss == {a: 1} || "
	    "[principal].contains(resource) };\n"
	    "                                                                     ^ an entity is "
	    "no "
	    "record, even with the same attributes" },
};

static void
is_shown_so(void **state)
{
	const struct shown_row *row = *state;
	struct validated validated;

	validate(&validated, photos, row->text);
	assert_true(validated.result.error_count > 0);
	assert_string_equal(
	    validator_finding_text(&validated.arena, &validated.result.errors[0]), row->shown);
	arena_done(&validated.arena);
}

/*
 * What is known of an expression is known of those that have the same tree in the official engine:
 * here of one that holds the first condition, and one that holds the second.
 */
static const struct shape_row {
	const char *first, *second;
	bool is_same;
} shape_rows[] = {
	{ "principal.admin", "principal[\"admin\"]", true },
	{ "principal.admin", "principal.boss.admin", false },
	{ "principal.age > 1", "!(principal.age <= 1)", true },
	{ "principal.age >= 1", "!(principal.age < 1)", true },
	{ "principal.age > 1", "1 < principal.age", false },
	{ "principal.age > 1", "principal.age >= 1", false },
	{ "principal.age != 1", "!(principal.age == 1)", true },
	{ "principal.age == 1", "1 == principal.age", false },
	{ "principal.age < 1", "principal.age < 2", false },
	{ "principal.age <= 1", "(principal.age) <= (1)", true },
	{ "principal.name like \"a*b\"", "principal.name like \"a*b\"", true },
	{ "principal.name like \"a*b\"", "principal.name like \"a*c\"", false },
	{ "principal.name like \"a*b\"", "principal.name like \"a*b*\"", false },
	{ "principal.name like \"a*\"", "principal.boss.name like \"a*\"", false },
	{ "[1, 2].contains(principal.age)", "[1, 2].contains(principal.age)", true },
	{ "[1, 2].contains(principal.age)", "[2, 1].contains(principal.age)", false },
	{ "[1, 2].contains(principal.age)", "[1, 2, 3].contains(principal.age)", false },
	{ "{a: 1, b: 2} == {a: principal.age, b: 2}", "{b: 2, a: 1} == {b: 2, a: principal.age}",
	    true },
	{ "{a: 1} == {a: principal.age}", "{b: 1} == {b: principal.age}", false },
	{ "{a: 1} == {a: principal.age}", "{a: 1, b: 2} == {a: principal.age, b: 2}", false },
	{ "context.ip.isInRange(ip(\"10.0.0.0/8\"))", "context.ip.isInRange(ip(\"10.0.0.0/8\"))",
	    true },
	{ "context.ip.isInRange(ip(\"10.0.0.0/8\"))", "context.ip.isInRange(ip(\"10.0.0.0/9\"))",
	    false },
	{ "context.ip.isIpv4()", "context.ip.isIpv6()", false },
	{ "-principal.age < 0", "-(principal.age) < 0", true },
	{ "-principal.age < 0", "principal.age < 0", false },
	{ "-5 < principal.age", "-(5) < principal.age", false },
	{ "principal.age - 1 - 2 == 0", "(principal.age - 1) - 2 == 0", true },
	{ "principal.age - 1 - 2 == 0", "principal.age - (1 - 2) == 0", false },
	{ "principal.age * 2 + 1 == 0", "(principal.age * 2) + 1 == 0", true },
	{ "principal.age * 2 == 0", "principal.age + 2 == 0", false },
	{ "principal in Group::\"g\"", "principal in Group::\"g\"", true },
	{ "principal in Group::\"g\"", "principal in Group::\"h\"", false },
	{ "principal is User in Group::\"g\"", "principal is User && principal in Group::\"g\"",
	    true },
	{ "principal is User in Group::\"g\"", "principal in Group::\"g\"", false },
	{ "principal.admin || resource.owner.admin || true",
	    "(principal.admin || resource.owner.admin) || true", true },
	{ "principal.admin || resource.owner.admin || principal.boss.admin",
	    "(principal.admin || resource.owner.admin) || principal.boss.admin", true },
	{ "principal.admin || resource.owner.admin || principal.boss.admin",
	    "principal.admin || (resource.owner.admin || principal.boss.admin)", false },
	{ "principal.admin && resource.owner.admin && principal.boss.admin",
	    "(principal.admin && resource.owner.admin) && principal.boss.admin", true },
	{ "principal.admin && resource.owner.admin && principal.boss.admin",
	    "principal.admin && (resource.owner.admin && principal.boss.admin)", false },
	{ "principal.admin && resource.owner.admin", "principal.admin || resource.owner.admin",
	    false },
	{ "principal has address.zip", "principal has address && principal.address has zip",
	    false },
	{ "principal has address.geo.lat",
	    "(principal has address && principal.address has geo) && principal.address.geo has lat",
	    false },
	{ "principal has address.geo.lat",
	    "principal has address && (principal.address has geo && principal.address.geo has lat)",
	    false },
	{ "principal has address.geo.lat",
	    "principal has address.geo && principal.address.geo has lat", false },
	{ "principal has address.geo", "principal has address.zip", false },
	{ "principal has \"friend\"", "principal has friend", true },
	{ "!principal.admin", "!(principal.admin)", true },
	{ "!principal.admin", "!!principal.admin", false },
	{ "if principal.admin then true else resource.owner.admin",
	    "if principal.admin then true else resource.owner.admin", true },
	{ "if principal.admin then true else resource.owner.admin",
	    "if principal.admin then resource.owner.admin else true", false },
	{ "User::\"a\".admin", "User::\"a\"[\"admin\"]", true },
	{ "User::\"a\".admin", "User::\"b\".admin", false },
	{ "principal.langs.contains(\"a\")", "principal.langs.contains(\"\\u{61}\")", true },
	{ "principal.hasTag(\"a\")", "principal.hasTag(\"b\")", false },
	{ "principal.langs.containsAll([\"a\"])", "principal.langs.containsAny([\"a\"])", false },
};

static void
is_the_same_or_not(void **state)
{
	const struct shape_row *row = *state;
	struct validated validated;
	char text[1024];

	(void)snprintf(text, sizeof(text),
	    "permit (principal, action == Action::\"view\", resource) when {\n"
	    "  (if %s then principal else principal.boss) has nick &&\n"
	    "  (if %s then principal else principal.boss).nick == \"a\" };",
	    row->first, row->second);
	validate(&validated, photos, text);
	assert_int_equal(validated.outcome == VALIDATOR_VALID, row->is_same);
	arena_done(&validated.arena);
}

/* Levels are not asked of the official engine, its WebAssembly build has no door for them. */
static const struct level_row {
	const char *condition;
	int level; /* the least that is enough */
} level_rows[] = {
	{ "true", 0 },
	{ "context.n > 1", 0 },
	{ "principal == resource.owner", 1 },
	{ "principal is User", 0 },
	{ "principal has nick", 1 },
	{ "principal.admin", 1 },
	{ "principal.address.city == \"\"", 1 },
	{ "principal.boss == principal", 1 },
	{ "principal.boss.admin", 2 },
	{ "principal.boss.boss.boss.admin", 4 },
	{ "principal has friend.friend", 2 },
	{ "principal has friend.address.zip", 2 },
	{ "principal has address.geo.lat", 1 },
	{ "principal in Group::\"g\"", 1 },
	{ "principal.boss in Group::\"g\"", 2 },
	{ "resource.owner in principal.boss", 2 },
	{ "principal is User in Group::\"g\"", 1 },
	{ "action in Action::\"read\"", 1 },
	{ "principal.hasTag(\"a\")", 1 },
	{ "principal.hasTag(\"a\") && principal.getTag(\"a\") == \"b\"", 1 },
	{ "principal.boss.hasTag(resource.owner.name)", 2 },
	{ "(if principal.admin then principal else principal.boss).admin", 2 },
	{ "(if true then principal else principal.boss).admin", 1 },
	{ "{a: principal, b: principal.boss}.a.admin", 1 },
	{ "{a: principal, b: principal.boss.boss}.a.admin", 2 },
	{ "{a: principal, b: principal.boss}.b.admin", 2 },
	{ "{a: {c: principal.boss}}.a.c.admin", 2 },
	{ "false && principal.boss.admin", 0 },
	{ "principal.langs.contains(principal.boss.name)", 2 },
	{ "[principal.boss.age].contains(1)", 2 },
	{ "decimal(\"1.0\").lessThan(decimal(\"2.0\"))", 0 },
	{ "User::\"a\".admin", INT32_MAX },
	{ "User::\"a\" in Group::\"g\"", INT32_MAX },
	{ "User::\"a\" == principal", 0 },
	{ "Action::\"view\" in Action::\"read\"", 1 },
	{ "Action::\"list\" in Action::\"read\"", INT32_MAX },
	{ "principal in Group::\"g\" || resource.owner == principal", 1 },
};

static void
needs_this_level(void **state)
{
	const struct level_row *row = *state;
	char text[512];

	(void)snprintf(text, sizeof(text),
	    "permit (principal, action == Action::\"view\", resource) when { %s };",
	    row->condition);
	for (int level = 0; level < 6; level++) {
		struct validated validated;

		validate_at(&validated, photos, text, level);
		assert_int_equal(validated.outcome == VALIDATOR_VALID, level >= row->level);
		arena_done(&validated.arena);
	}
}

/* At level 0 a scope may not say `in`; above it may. */
static const struct scope_row {
	const char *policy;
	int level; /* the least that is enough */
} scope_rows[] = {
	{ "permit (principal in Group::\"g\", action, resource);", 1 },
	{ "permit (principal, action in Action::\"read\", resource);", 1 },
	{ "permit (principal, action, resource in Album::\"a\");", 1 },
	{ "permit (principal is User in Group::\"g\", action, resource);", 1 },
	{ "permit (principal in ?principal, action, resource);", 1 },
	{ "permit (principal == User::\"u\", action == Action::\"view\", resource is Photo);", 0 },
};

static void
needs_this_level_for_its_scope(void **state)
{
	const struct scope_row *row = *state;

	for (int level = 0; level < 2; level++) {
		struct validated validated;

		validate_at(&validated, photos, row->policy, level);
		assert_int_equal(validated.outcome == VALIDATOR_VALID, level >= row->level);
		arena_done(&validated.arena);
	}
}

/* A link is judged by what fills its slots. */
static const struct link_row {
	const char *name;
	struct cedar_uid uid;
	const char *errors, *warnings;
} link_rows[] = {
	{ "a group", { SLICE("Group"), SLICE("g") }, "", "" },
	{ "a user", { SLICE("User"), SLICE("u") }, "", "" },
	{ "what nothing applies to", { SLICE("Lone"), SLICE("l") }, "",
	    "link: the schema has no action that goes with this principal, action and resource" },
	{ "what is not declared", { SLICE("Nobody"), SLICE("n") },
	    "link: the schema has no entity type Nobody",
	    "link: the schema has no action that goes with this principal, action and resource" },
};

static void
is_judged_so_in_a_slot(void **state)
{
	const struct link_row *row = *state;
	struct cedar_complaints complaints;
	struct validator_result result;
	struct cedar_builder *builder;
	enum validator_outcome outcome;
	struct arena arena;

	arena_init(&arena, 64 * 1024, 64 * 1024 * 1024);
	builder = cedar_builder_new(&arena);
	assert_true(cedar_builder_add_one(builder, CEDAR_TEMPLATE, SLICE_OF("template"), "t",
	    SLICE_OF("permit (principal in ?principal, action, resource);"), &complaints));
	assert_true(cedar_builder_link(
	    builder, SLICE_OF("template"), SLICE_OF("link"), &row->uid, NULL, "t", &complaints));
	outcome = validator_check(cedar_builder_take(builder), schema_of(&arena, photos),
	    VALIDATOR_NO_LEVEL, &arena, &result);
	assert_int_equal(outcome, row->errors[0] == '\0' ? VALIDATOR_VALID : VALIDATOR_INVALID);
	assert_string_equal(list(&arena, result.errors, result.error_count), row->errors);
	assert_string_equal(list(&arena, result.warnings, result.warning_count), row->warnings);
	arena_done(&arena);
}

/* Actions of several namespaces are in each other's hierarchy. */
static const char namespaces[] =
    "namespace A { entity U { m: Action }; action go appliesTo { principal: [U], resource: [U] }; "
    "}\n"
    "namespace B { action all; action stop in [all, A::Action::\"go\"] appliesTo {\n"
    "  principal: [A::U], resource: [A::U], context: { \"odd key\"?: Long } }; }\n";

static const struct namespace_row {
	const char *condition, *error;
} namespace_rows[] = {
	{ "A::Action::\"go\" == B::Action::\"stop\" || 1", "expected Bool, found Long" },
	{ "B::Action::\"stop\" in A::Action::\"go\" || 1", NULL },
	{ "A::Action::\"go\" in B::Action::\"stop\" && 1", NULL },
	{ "principal.m in B::Action::\"all\" && 1", NULL },
	{ "principal.m in A::Action::\"go\" && 1", "expected Bool, found Long" },
	{ "action in [A::Action::\"go\"] || 1", NULL },
	{ "principal is U", "the schema has no entity type U" },
	{ "principal is A::U", NULL },
	{ "action is B::Action || action is A::Action || 1", NULL },
	{ "context has \"odd key\" && context[\"odd key\"] > 1", NULL },
	{ "context[\"odd key\"] > 1", "the attribute 'odd key' of the context of "
				      "B::Action::\"stop\" is optional and may not be "
				      "there" },
};

static void
is_typed_so_across_namespaces(void **state)
{
	const struct namespace_row *row = *state;
	struct validated validated;
	char text[512];

	(void)snprintf(text, sizeof(text),
	    "permit (principal, action == B::Action::\"stop\", resource) when { %s };",
	    row->condition);
	validate(&validated, namespaces, text);
	if (row->error == NULL)
		assert_int_equal(validated.result.error_count, 0);
	else
		assert_string_equal(validated.result.errors[0].complaint.message, row->error);
	arena_done(&validated.arena);
}

static void
a_schema_without_actions_lets_anything_be_never(void **state)
{
	struct validated validated;

	(void)state;
	validate(&validated, "entity User;",
	    "permit (principal, action in [], resource) when { 1 + principal.nope };");
	assert_int_equal(validated.outcome, VALIDATOR_VALID);
	assert_int_equal(validated.result.warning_count, 2);
	arena_done(&validated.arena);
}

/* However many environments show a fault, and however many faults a policy has. */
static void
a_fault_is_told_once_and_not_too_many_of_them(void **state)
{
	struct validated validated;
	struct arena arena;
	struct buffer text;

	(void)state;
	validate(&validated, photos,
	    "permit (principal, action, resource) when { context.nope == 1 && context.nope == 2 "
	    "};");
	assert_int_equal(validated.result.error_count, 2);
	arena_done(&validated.arena);
	arena_init(&arena, 64 * 1024, 64 * 1024 * 1024);
	buffer_init(&text, &arena, 1024, 1024 * 1024);
	buffer_text(&text, "permit (principal, action, resource) when { ");
	for (int i = 0; i < 100; i++)
		buffer_text(&text, "context.nope || ");
	buffer_text(&text, "false };");
	buffer_byte(&text, '\0');
	validate(&validated, photos, buffer_content(&text).data);
	assert_int_equal(validated.result.error_count, CEDAR_MAX_ERRORS);
	arena_done(&validated.arena);
	arena_done(&arena);
}

static const char every_kind[] =
    "permit (principal is User, action in [Action::\"view\"], resource is Photo) when { principal "
    "has "
    "nick && principal.nick like \"a*\" && (if principal.admin then {a: [1, 2]} else {a: [3]}).a"
    ".contains(principal.age + 1 - 2 * 3) || principal.nope || principal.hasTag(\"k\") && "
    "principal.getTag(\"k\") == \"v\" || ip(\"1.2.3.4\").isInRange(context.ip) && "
    "[{a: true}, {a: false}].containsAll([{a: principal.admin}]) || Kind::\"x\" == resource.kind };"
    "permit (principal == Usr::\"u\", action, resource) unless { -principal.age < 1 };";

static void
memory_may_end_at_any_step(void **state)
{
	struct arena store;
	const struct cedar_policies *policies;
	const struct cedar_schema *schema;
	size_t refused = 0;

	(void)state;
	arena_init(&store, 64 * 1024, 64 * 1024 * 1024);
	policies = policies_of(&store, every_kind);
	schema = schema_of(&store, photos);
	for (size_t ceiling = 0; ceiling < 1024 * 1024; ceiling += 48) {
		struct validator_result result;
		enum validator_outcome outcome;
		struct arena arena;

		arena_init(&arena, 4096, ceiling);
		outcome =
		    validator_check(policies, schema, (int)(ceiling % 3) - 1, &arena, &result);
		arena_done(&arena);
		if (outcome == VALIDATOR_INVALID)
			break;
		assert_int_equal(outcome, VALIDATOR_NO_MEMORY);
		refused++;
	}
	assert_in_range(refused, 100, 10000);
	arena_done(&store);
}

static void
steps_may_end_anywhere(void **state)
{
	const struct cedar_policies *policies;
	const struct cedar_schema *schema;
	struct arena store;
	uint64_t steps = 0;

	(void)state;
	arena_init(&store, 64 * 1024, 64 * 1024 * 1024);
	policies = policies_of(&store, every_kind);
	schema = schema_of(&store, photos);
	for (;; steps++) {
		struct validator_result result;
		enum validator_outcome outcome;
		struct arena arena;

		arena_init(&arena, 64 * 1024, 64 * 1024 * 1024);
		outcome = validator_check_within(
		    steps, policies, schema, VALIDATOR_NO_LEVEL, &arena, &result);
		arena_done(&arena);
		if (outcome == VALIDATOR_INVALID)
			break;
		assert_int_equal(outcome, VALIDATOR_NO_STEPS);
		assert_true(steps < 100000);
	}
	assert_true(steps > 500);
	arena_done(&store);
}

/* x has a.a.a.. is long, not deep; so are chains. */
static const struct chain_row {
	const char *name, *head, *part, *tail;
} chain_rows[] = {
	{ "names behind has", "principal has friend", ".friend", "" },
	{ "&&", "true", " && principal.admin", "" },
	{ "||", "false", " || principal.admin", "" },
	{ "+", "1", " + principal.age", " > 1" },
	{ "elements", "[1", ", principal.age", "].contains(1)" },
	{ "what was tested for", "principal has nick", " && principal.nick == \"a\"", "" },
};

static void
is_long_and_no_nesting(void **state)
{
	const struct chain_row *row = *state;
	struct validated validated;
	struct arena arena;
	struct buffer text;

	arena_init(&arena, 64 * 1024, 64 * 1024 * 1024);
	buffer_init(&text, &arena, 1024, 1024 * 1024);
	buffer_text(&text, "permit (principal is User, action, resource) when { ");
	buffer_text(&text, row->head);
	for (int i = 0; i < 5000; i++)
		buffer_text(&text, row->part);
	buffer_text(&text, row->tail);
	buffer_text(&text, " };");
	buffer_byte(&text, '\0');
	assert_false(buffer_failed(&text));
	validate(&validated, photos, buffer_content(&text).data);
	assert_int_equal(validated.outcome, VALIDATOR_VALID);
	arena_done(&validated.arena);
	arena_done(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_schema_without_actions_lets_anything_be_never),
		cmocka_unit_test(a_fault_is_told_once_and_not_too_many_of_them),
		cmocka_unit_test(memory_may_end_at_any_step),
		cmocka_unit_test(steps_may_end_anywhere),
	};

	return RUN_ROWS(condition_rows, is_typed_so) + RUN_ROWS(json_rows, is_typed_so_in_json) +
	       RUN_ROWS(policy_rows, is_judged_so) + RUN_ROWS(shown_rows, is_shown_so) +
	       RUN_ROWS(shape_rows, is_the_same_or_not) + RUN_ROWS(level_rows, needs_this_level) +
	       RUN_ROWS(scope_rows, needs_this_level_for_its_scope) +
	       RUN_ROWS(link_rows, is_judged_so_in_a_slot) +
	       RUN_ROWS(namespace_rows, is_typed_so_across_namespaces) +
	       RUN_ROWS(chain_rows, is_long_and_no_nesting) +
	       cmocka_run_group_tests_name("validator", tests, NULL, NULL);
}
