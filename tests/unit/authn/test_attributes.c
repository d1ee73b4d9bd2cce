/*
 * From claims to a principal: type, id, attributes of the namespace, and which claims never
 * become one.
 */
#include "authn/attributes.h"

#include <stdio.h>

#include "../core/rows.h"
#include "authn/json.h"

enum { ARENA_CEILING = 1 << 18 };

static struct arena arena;

static enum authn_result
read_claims(const char *name_space, const char *json, const struct principal **principal)
{
	struct arena scratch;
	const struct json_value *claims;
	struct attribute_names names;
	enum authn_result result;

	arena_init(&scratch, 1024, ARENA_CEILING);
	claims = strict_json_object(slice_from(json), &scratch);
	assert_non_null(claims);
	assert_true(attribute_names_make(name_space, &arena, &names));
	*principal = NULL;
	result = attributes_read(claims, &names, &arena, principal);
	arena_done(&scratch); /* the principal must not need it any more */
	assert_int_equal(*principal != NULL, result == AUTHN_OK);
	return result;
}

/* One claim beside `sub`, and what becomes of it. */
struct row {
	const char *name, *member;
	const char *attribute; /* "name=value"; NULL: there is none */
};

static const struct row rows[] = {
	{ "a string", "\"neosofia:clinic_id\":\"clinic-a\"", "clinic_id=clinic-a" },
	{ "an empty string", "\"neosofia:clinic_id\":\"\"", "clinic_id=" },
	{ "an integer", "\"neosofia:level\":-3", "level=-3" },
	{ "the largest integer", "\"neosofia:n\":9223372036854775807", "n=9223372036854775807" },
	{ "minus zero is an integer", "\"neosofia:n\":-0", "n=0" },
	{ "true", "\"neosofia:on_call\":true", "on_call=true" },
	{ "false", "\"neosofia:on_call\":false", "on_call=false" },
	{ "an array of strings", "\"neosofia:actors\":[\"operator\",\"auditor\"]",
	    "actors=[operator,auditor]" },
	{ "an empty array", "\"neosofia:actors\":[]", "actors=[]" },
	{ "the token type in the namespace", "\"neosofia:token_type\":\"user\"",
	    "token_type=user" },
	{ "null is dropped", "\"neosofia:x\":null", NULL },
	{ "a real is dropped", "\"neosofia:x\":1.5", NULL },
	{ "a whole real is dropped", "\"neosofia:x\":1.0", NULL },
	{ "minus zero as a real is dropped", "\"neosofia:x\":-0.0", NULL },
	{ "an object is dropped", "\"neosofia:x\":{\"a\":\"b\"}", NULL },
	{ "an array with a number is dropped", "\"neosofia:x\":[\"a\",1]", NULL },
	{ "actors that are no array are dropped", "\"neosofia:actors\":\"operator\"", NULL },
	{ "actors with a number are dropped", "\"neosofia:actors\":[\"operator\",1]", NULL },
	{ "no namespace", "\"clinic_id\":\"clinic-a\"", NULL },
	{ "another namespace", "\"other:clinic_id\":\"clinic-a\"", NULL },
	{ "a longer namespace", "\"neosofia2:clinic_id\":\"clinic-a\"", NULL },
	{ "the namespace in another case", "\"Neosofia:clinic_id\":\"clinic-a\"", NULL },
	{ "no short name", "\"neosofia:\":\"x\"", NULL },
	{ "a short name with a dash", "\"neosofia:clinic-id\":\"x\"", NULL },
	{ "a short name with a digit first", "\"neosofia:1a\":\"x\"", NULL },
	{ "a short name with a second colon", "\"neosofia:a:b\":\"x\"", NULL },
	{ "the principal type itself", "\"neosofia:principal_type\":\"Patient\"", NULL },
	{ "a registered name: sub", "\"neosofia:sub\":\"root\"", NULL },
	{ "a registered name: exp", "\"neosofia:exp\":1", NULL },
	{ "a registered name: aud", "\"neosofia:aud\":\"x\"", NULL },
	{ "a registered claim", "\"iss\":\"x\"", NULL },
};

static void
print_claim(const struct claim *claim, char *text, size_t size)
{
	size_t at = (size_t)snprintf(text, size, "%.*s=", SLICE_ARGS(claim->name));

	switch (claim->kind) {
	case CLAIM_STRING:
		assert_int_equal(claim->as.string.data[claim->as.string.len], '\0');
		(void)snprintf(text + at, size - at, "%s", claim->as.string.data);
		break;
	case CLAIM_INTEGER:
		(void)snprintf(text + at, size - at, "%lld", (long long)claim->as.integer);
		break;
	case CLAIM_BOOLEAN:
		(void)snprintf(text + at, size - at, "%s", claim->as.boolean ? "true" : "false");
		break;
	case CLAIM_STRINGS:
		text[at++] = '[';
		for (size_t i = 0; i < claim->as.strings.count; i++)
			at += (size_t)snprintf(text + at, size - at, "%s%s", i > 0 ? "," : "",
			    claim->as.strings.items[i].data);
		(void)snprintf(text + at, size - at, "]");
		break;
	}
}

static void
attribute(void **state)
{
	const struct row *row = *state;
	const struct principal *principal;
	char json[512], text[512];

	(void)snprintf(json, sizeof(json), "{\"sub\":\"p1\",%s}", row->member);
	assert_int_equal(read_claims("neosofia", json, &principal), AUTHN_OK);
	assert_int_equal(principal->claim_count, row->attribute == NULL ? 0 : 1);
	if (row->attribute != NULL) {
		print_claim(&principal->claims[0], text, sizeof(text));
		assert_string_equal(text, row->attribute);
	}
	arena_reset(&arena);
}

static void
type_and_id(void **state)
{
	const struct principal *principal;

	(void)state;
	assert_int_equal(read_claims("neosofia", "{\"sub\":\"p1\"}", &principal), AUTHN_OK);
	assert_string_equal(principal->type.data, "User");
	assert_string_equal(principal->id.data, "p1");
	assert_false(principal->is_service);
	assert_int_equal(
	    read_claims("neosofia", "{\"sub\":\"p1\",\"neosofia:principal_type\":\"Clinician\"}",
		&principal),
	    AUTHN_OK);
	assert_string_equal(principal->type.data, "Clinician");
	arena_reset(&arena);
}

static void
claims_keep_the_order_of_the_token(void **state)
{
	static const char *const names[] = { "zulu", "alpha", "mike", "bravo" };
	const struct principal *principal;

	(void)state;
	assert_int_equal(read_claims("neosofia",
			     "{\"neosofia:zulu\":1,\"neosofia:alpha\":2,\"sub\":\"p1\","
			     "\"neosofia:mike\":3,\"neosofia:bravo\":4}",
			     &principal),
	    AUTHN_OK);
	assert_int_equal(principal->claim_count, COUNT_OF(names));
	for (size_t i = 0; i < COUNT_OF(names); i++)
		assert_string_equal(principal->claims[i].name.data, names[i]);
	arena_reset(&arena);
}

static void
the_namespace_is_a_setting(void **state)
{
	const char *json = "{\"sub\":\"p1\",\"acme:principal_type\":\"Robot\",\"acme:a\":\"x\","
			   "\"neosofia:b\":\"y\",\":c\":\"z\"}";
	const struct principal *principal;

	(void)state;
	assert_int_equal(read_claims("acme", json, &principal), AUTHN_OK);
	assert_string_equal(principal->type.data, "Robot");
	assert_int_equal(principal->claim_count, 1);
	assert_non_null(principal_claim(principal, SLICE_OF("a")));
	assert_null(principal_claim(principal, SLICE_OF("b")));
	assert_int_equal(read_claims("", json, &principal), AUTHN_OK);
	assert_string_equal(principal->type.data, "User");
	assert_int_equal(principal->claim_count, 0);
	assert_int_equal(read_claims(NULL, json, &principal), AUTHN_OK);
	assert_int_equal(principal->claim_count, 0);
	arena_reset(&arena);
}

static void
service_tokens_have_neither_actors_nor_roles(void **state)
{
	static const char *const types[] = { "\"token_type\":\"service\"",
		"\"neosofia:token_type\":\"service\"",
		"\"token_type\":\"user\",\"neosofia:token_type\":\"service\"" };
	const struct principal *principal;
	char json[512];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(types); i++) {
		(void)snprintf(json, sizeof(json),
		    "{\"sub\":\"s\",\"neosofia:actors\":[\"operator\"],\"neosofia:roles\":[\"a\"],"
		    "\"neosofia:role\":\"a\",\"neosofia:clinic_id\":\"c\",%s}",
		    types[i]);
		assert_int_equal(read_claims("neosofia", json, &principal), AUTHN_OK);
		assert_true(principal->is_service);
		assert_null(principal_claim(principal, SLICE_OF("actors")));
		assert_null(principal_claim(principal, SLICE_OF("roles")));
		assert_null(principal_claim(principal, SLICE_OF("role")));
		assert_non_null(principal_claim(principal, SLICE_OF("clinic_id")));
	}
	assert_int_equal(read_claims("neosofia",
			     "{\"sub\":\"s\",\"token_type\":\"Service\","
			     "\"neosofia:actors\":[\"operator\"]}",
			     &principal),
	    AUTHN_OK);
	assert_false(principal->is_service);
	arena_reset(&arena);
}

/* `count` claims a0, a1, ..., or one array of `items` strings, or one string of `len` bytes. */
static char *
many(size_t count, size_t items, size_t len)
{
	char *json = malloc(65536);
	size_t at;

	assert_non_null(json);
	at = (size_t)sprintf(json, "{\"sub\":\"p1\"");
	for (size_t i = 0; i < count; i++)
		at += (size_t)sprintf(json + at, ",\"neosofia:a%zu\":1", i);
	if (items > 0) {
		at += (size_t)sprintf(json + at, ",\"neosofia:x\":[\"0\"");
		for (size_t i = 1; i < items; i++)
			at += (size_t)sprintf(json + at, ",\"%zu\"", i);
		at += (size_t)sprintf(json + at, "]");
	}
	if (len > 0)
		at += (size_t)sprintf(json + at, ",\"neosofia:y\":\"%0*d\"", (int)len, 0);
	(void)sprintf(json + at, "}");
	return json;
}

struct bound_row {
	const char *name;
	size_t count, items, len;
	enum authn_result result;
};

static const struct bound_row bound_rows[] = {
	{ "as many claims as there may be", PRINCIPAL_MAX_CLAIMS, 0, 0, AUTHN_OK },
	{ "too_many_claims", PRINCIPAL_MAX_CLAIMS + 1, 0, 0, AUTHN_BAD_CLAIM },
	{ "as many items as there may be", 0, PRINCIPAL_MAX_ITEMS, 0, AUTHN_OK },
	{ "too_many_items", 0, PRINCIPAL_MAX_ITEMS + 1, 0, AUTHN_BAD_CLAIM },
	{ "as long a string as there may be", 0, 0, PRINCIPAL_MAX_STRING, AUTHN_OK },
	{ "too_long_string", 0, 0, PRINCIPAL_MAX_STRING + 1, AUTHN_BAD_CLAIM },
};

static void
bound(void **state)
{
	const struct bound_row *row = *state;
	char *json = many(row->count, row->items, row->len);
	const struct principal *principal;

	assert_int_equal(read_claims("neosofia", json, &principal), row->result);
	free(json);
	arena_reset(&arena);
}

static void
too_long_string_in_an_array(void **state)
{
	const struct principal *principal;
	char json[4096];

	(void)state;
	(void)snprintf(json, sizeof(json), "{\"sub\":\"p\",\"neosofia:a\":[\"x\",\"%0*d\"]}",
	    PRINCIPAL_MAX_STRING + 1, 0);
	assert_int_equal(read_claims("neosofia", json, &principal), AUTHN_BAD_CLAIM);
	(void)snprintf(json, sizeof(json), "{\"sub\":\"p\",\"neosofia:principal_type\":\"a%0*d\"}",
	    PRINCIPAL_MAX_STRING, 0);
	assert_int_equal(read_claims("neosofia", json, &principal), AUTHN_BAD_PRINCIPAL_TYPE);
	(void)snprintf(
	    json, sizeof(json), "{\"sub\":\"p\",\"neosofia:a%0*d\":1}", PRINCIPAL_MAX_STRING, 0);
	assert_int_equal(read_claims("neosofia", json, &principal), AUTHN_OK);
	assert_int_equal(principal->claim_count, 0); /* no identifier that a policy could name */
	arena_reset(&arena);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(type_and_id),
		cmocka_unit_test(claims_keep_the_order_of_the_token),
		cmocka_unit_test(the_namespace_is_a_setting),
		cmocka_unit_test(service_tokens_have_neither_actors_nor_roles),
		cmocka_unit_test(too_long_string_in_an_array),
	};
	int failures;

	arena_init(&arena, 16384, ARENA_CEILING);
	failures = RUN_ROWS(rows, attribute) + RUN_ROWS(bound_rows, bound) +
		   cmocka_run_group_tests(others, NULL, NULL);
	arena_done(&arena);
	return failures;
}
