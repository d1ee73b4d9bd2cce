/*
 * Policies against a fixed schema: the validator ends, says the same twice, and every finding can be
 * shown. What is valid at a level is valid without. And its promise: a policy that is valid meets no
 * value of a wrong type, no missing attribute and no missing tag, whatever conforms to the schema.
 */
#include <stdlib.h>

#include "cedar/entities_json.h"
#include "cedar/schema_read.h"
#include "cedar/validator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_STEPS = 3000000 }; /* so that an input takes no seconds */

static const char schema_text[] =
    "entity Group in [Group];\n"
    "entity User in [Group] {\n"
    "  age: Long, name: String, admin: Bool, nick?: String, friend?: User, boss: User,\n"
    "  address: { city: String, zip?: Long, geo?: { lat: decimal } },\n"
    "  langs: Set<String>, since: datetime, quota: duration, home?: ipaddr, duty?: Action\n"
    "} tags String;\n"
    "entity Photo in [Album] { owner: User, kind: Kind, size: Long, open?: Bool, title: String };\n"
    "entity Album { owner: User } tags Set<String>;\n"
    "entity Kind enum [\"raw\", \"jpeg\"];\n"
    "action read;\n"
    "action view in [read] appliesTo { principal: [User], resource: [Photo], context: {\n"
    "  n: Long, ip: ipaddr, token?: String, place?: { city: String, zip?: Long },\n"
    "  from: Set<ipaddr> } };\n"
    "action list in [read] appliesTo { principal: [User], resource: [Album], context: {} };\n"
    "action join appliesTo { principal: [User, Group], resource: [Group], context: { n: Long } "
    "};\n";

/* One of each type that has all that may be there, one that has nothing more than it must. */
static const char entities_text[] =
    "[{\"uid\": {\"type\": \"User\", \"id\": \"a\"}, \"attrs\": {\"age\": 9223372036854775807, "
    "\"name\": \"a\", \"admin\": true, \"nick\": \"n\", \"friend\": {\"type\": \"User\", \"id\": "
    "\"b\"}, \"boss\": {\"type\": \"User\", \"id\": \"a\"}, \"address\": {\"city\": \"c\", "
    "\"zip\": "
    "1, \"geo\": {\"lat\": \"1.5\"}}, \"langs\": [\"a\", \"k\"], \"since\": \"2024-01-01\", "
    "\"quota\": \"1d\", \"home\": \"10.0.0.1\", \"duty\": {\"type\": \"Action\", \"id\": "
    "\"view\"}}, "
    "\"parents\": [{\"type\": \"Group\", \"id\": \"g\"}], \"tags\": {\"k\": \"v\", \"a\": \"b\"}}, "
    "{\"uid\": {\"type\": \"User\", \"id\": \"b\"}, \"attrs\": {\"age\": 0, \"name\": \"\", "
    "\"admin\": false, \"boss\": {\"type\": \"User\", \"id\": \"gone\"}, \"address\": {\"city\": "
    "\"\"}, \"langs\": [], \"since\": \"1970-01-01\", \"quota\": \"0ms\"}, \"parents\": []}, "
    "{\"uid\": {\"type\": \"Photo\", \"id\": \"a\"}, \"attrs\": {\"owner\": {\"type\": \"User\", "
    "\"id\": \"a\"}, \"kind\": {\"type\": \"Kind\", \"id\": \"raw\"}, \"size\": 1, \"open\": true, "
    "\"title\": \"t\"}, \"parents\": [{\"type\": \"Album\", \"id\": \"a\"}]}, "
    "{\"uid\": {\"type\": \"Photo\", \"id\": \"b\"}, \"attrs\": {\"owner\": {\"type\": \"User\", "
    "\"id\": \"b\"}, \"kind\": {\"type\": \"Kind\", \"id\": \"jpeg\"}, \"size\": -1, \"title\": "
    "\"\"}, \"parents\": []}, "
    "{\"uid\": {\"type\": \"Album\", \"id\": \"a\"}, \"attrs\": {\"owner\": {\"type\": \"User\", "
    "\"id\": \"b\"}}, \"parents\": [], \"tags\": {\"a\": [\"x\"], \"k\": []}}, "
    "{\"uid\": {\"type\": \"Group\", \"id\": \"g\"}, \"attrs\": {}, \"parents\": []}]";

static const char full_context[] =
    "{\"n\": 1, \"ip\": \"::1\", \"token\": \"t\", \"place\": {\"city\": \"c\", \"zip\": 1}, "
    "\"from\": [\"10.0.0.0/8\"]}";
static const char bare_context[] = "{\"n\": 0, \"ip\": \"10.0.0.1\", \"from\": []}";

static const struct {
	struct cedar_uid principal, action, resource;
	const char *context;
} requests[] = {
	{ { SLICE("User"), SLICE("a") }, { SLICE("Action"), SLICE("view") },
	    { SLICE("Photo"), SLICE("a") }, full_context },
	{ { SLICE("User"), SLICE("b") }, { SLICE("Action"), SLICE("view") },
	    { SLICE("Photo"), SLICE("b") }, bare_context },
	{ { SLICE("User"), SLICE("gone") }, { SLICE("Action"), SLICE("view") },
	    { SLICE("Photo"), SLICE("gone") }, bare_context },
	{ { SLICE("User"), SLICE("a") }, { SLICE("Action"), SLICE("list") },
	    { SLICE("Album"), SLICE("a") }, "{}" },
	{ { SLICE("User"), SLICE("b") }, { SLICE("Action"), SLICE("list") },
	    { SLICE("Album"), SLICE("gone") }, "{}" },
	{ { SLICE("Group"), SLICE("g") }, { SLICE("Action"), SLICE("join") },
	    { SLICE("Group"), SLICE("h") }, "{\"n\": 2}" },
	{ { SLICE("User"), SLICE("b") }, { SLICE("Action"), SLICE("join") },
	    { SLICE("Group"), SLICE("g") }, "{\"n\": -2}" },
};

/* Made once; the process ends with it. */
static struct arena world;
static const struct cedar_schema *schema;
static const struct cedar_entities *entities;
static struct cedar_request asked[COUNT_OF(requests)];

static void
make_world(void)
{
	struct cedar_complaints complaints;

	arena_init(&world, 64 * 1024, 16 * 1024 * 1024);
	schema = schema_read_text(&world, "schema", slice_from(schema_text), &complaints);
	if (schema == NULL)
		abort();
	entities = entities_json_read_text(
	    &world, "entities", slice_from(entities_text), schema, &complaints);
	if (entities == NULL)
		abort();
	for (size_t i = 0; i < COUNT_OF(requests); i++) {
		asked[i].principal = requests[i].principal;
		asked[i].action = requests[i].action;
		asked[i].resource = requests[i].resource;
		if (!context_json_read_text(&world, "context", slice_from(requests[i].context),
			schema, &asked[i].action, &complaints, &asked[i].context) ||
		    request_check(&world, schema, &asked[i]) != NULL)
			abort();
	}
}

static void
check_promise(struct arena *arena, const struct cedar_policies *policies)
{
	for (size_t i = 0; i < COUNT_OF(asked); i++) {
		struct cedar_answer answer;

		if (cedar_authorize(policies, entities, &asked[i], arena, &answer) != CEDAR_DECIDED)
			continue;
		for (size_t k = 0; k < answer.error_count; k++) {
			enum cedar_error error = answer.errors[k].error;

			if (error == CEDAR_ERROR_TYPE || error == CEDAR_ERROR_MISSING_ATTRIBUTE ||
			    error == CEDAR_ERROR_MISSING_TAG || error == CEDAR_ERROR_ARITY)
				abort();
		}
	}
}

static void
check_findings(struct arena *arena, const struct validator_finding *findings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (findings[i].complaint.line == 0 || findings[i].complaint.column == 0 ||
		    validator_finding_text(arena, &findings[i]) == NULL)
			abort();
}

static enum validator_outcome
validate(struct arena *arena, const struct cedar_policies *policies, int level)
{
	struct validator_result result;
	enum validator_outcome outcome =
	    validator_check_within(MAX_STEPS, policies, schema, level, arena, &result);

	if (outcome != VALIDATOR_VALID && outcome != VALIDATOR_INVALID)
		return outcome;
	if ((outcome == VALIDATOR_INVALID) != (result.error_count > 0))
		abort();
	check_findings(arena, result.errors, result.error_count);
	check_findings(arena, result.warnings, result.warning_count);
	return outcome;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cedar_complaints complaints;
	struct cedar_builder *builder;
	struct arena arena;

	if (schema == NULL)
		make_world();
	arena_init(&arena, 16 * 1024, 64 * 1024 * 1024);
	builder = cedar_builder_new(&arena);
	if (builder != NULL && cedar_builder_add_text(builder, "fuzz",
				   slice_make((const char *)data, size), &complaints)) {
		const struct cedar_policies *policies = cedar_builder_take(builder);
		enum validator_outcome outcome = validate(&arena, policies, VALIDATOR_NO_LEVEL);
		enum validator_outcome levelled = validate(&arena, policies, 1);

		if (outcome == VALIDATOR_VALID)
			check_promise(&arena, policies);
		if (outcome == VALIDATOR_INVALID && levelled == VALIDATOR_VALID)
			abort();
	}
	arena_done(&arena);
	return 0;
}
