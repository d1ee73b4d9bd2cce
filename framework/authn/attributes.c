/*
 * Copies what a policy may see out of the JSON tree into the request's arena. Claims of a type
 * that a policy can not have are dropped, never turned into text; claims above a bound refuse the
 * token, never cut short.
 */
#include "authn/attributes.h"

#include "core/ascii.h"

/*
 * Never an attribute, under a namespace neither: a policy that reads `principal.exp` means the
 * real one.
 */
static const char *const registered[] = { "iss", "sub", "aud", "exp", "nbf", "iat", "jti" };
/* What a service token may not have: both are for people. */
static const char *const personal[] = { "actors", "roles", "role" };

struct reader {
	struct arena *arena;
	struct slice prefix;
	bool is_service;
	struct claim *claims; /* PRINCIPAL_MAX_CLAIMS */
	size_t count;
};

static bool
is_one_of(struct slice name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (slice_is(name, names[i]))
			return true;
	return false;
}

/* [A-Za-z_][A-Za-z0-9_]* */
static bool
is_identifier(struct slice s)
{
	if (s.len == 0 || s.len > PRINCIPAL_MAX_STRING)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.data[i];

		if (!ascii_is_alpha(c) && c != '_' && !(i > 0 && ascii_is_digit(c)))
			return false;
	}
	return true;
}

/* Copies; data == NULL in the result means that it is too long or memory is out. */
static struct slice
copy_string(const struct reader *reader, struct slice text)
{
	if (text.len > PRINCIPAL_MAX_STRING)
		return slice_make(NULL, 0);
	return arena_dup_slice(reader->arena, text);
}

static bool
is_array_of_strings(const struct json_value *value)
{
	if (value->kind != JSON_KIND_ARRAY)
		return false;
	for (uint32_t i = 0; i < value->count; i++)
		if (value->as.elements[i].kind != JSON_KIND_STRING)
			return false;
	return true;
}

static bool
copy_strings(const struct reader *reader, const struct json_value *array, struct claim *claim)
{
	struct slice *items;

	if (array->count > PRINCIPAL_MAX_ITEMS)
		return false;
	items = arena_calloc(reader->arena, array->count, sizeof(*items));
	if (items == NULL)
		return false;
	for (uint32_t i = 0; i < array->count; i++) {
		items[i] = copy_string(reader, array->as.elements[i].as.string);
		if (items[i].data == NULL)
			return false;
	}
	claim->kind = CLAIM_STRINGS;
	claim->as.strings.items = items;
	claim->as.strings.count = array->count;
	return true;
}

static bool
copy_value(const struct reader *reader, const struct json_value *value, struct claim *claim)
{
	if (value->kind == JSON_KIND_STRING) {
		claim->kind = CLAIM_STRING;
		claim->as.string = copy_string(reader, value->as.string);
		return claim->as.string.data != NULL;
	}
	if (value->kind == JSON_KIND_INTEGER) {
		claim->kind = CLAIM_INTEGER;
		claim->as.integer = value->as.integer;
		return true;
	}
	if (value->kind == JSON_KIND_BOOL) {
		claim->kind = CLAIM_BOOLEAN;
		claim->as.boolean = value->as.boolean;
		return true;
	}
	return copy_strings(reader, value, claim);
}

/* Whether a claim of this name and value is for policies at all; if not, it is dropped. */
static bool
is_attribute(const struct reader *reader, struct slice name, const struct json_value *value)
{
	if (!is_identifier(name) || slice_is(name, "principal_type") ||
	    is_one_of(name, registered, COUNT_OF(registered)))
		return false;
	if (reader->is_service && is_one_of(name, personal, COUNT_OF(personal)))
		return false;
	if (slice_is(name, "actors"))
		return is_array_of_strings(value); /* the framework reads it itself */
	return value->kind == JSON_KIND_STRING || value->kind == JSON_KIND_INTEGER ||
	       value->kind == JSON_KIND_BOOL || is_array_of_strings(value);
}

static bool
add_claim(struct reader *reader, struct slice key, const struct json_value *value)
{
	struct slice name = slice_skip(key, reader->prefix.len);
	struct claim claim = { .kind = CLAIM_STRING };

	if (!slice_starts(key, reader->prefix) || !is_attribute(reader, name, value))
		return true;
	if (reader->count == PRINCIPAL_MAX_CLAIMS || name.len > PRINCIPAL_MAX_STRING)
		return false;
	claim.name = arena_dup_slice(reader->arena, name);
	if (claim.name.data == NULL || !copy_value(reader, value, &claim))
		return false;
	reader->claims[reader->count++] = claim;
	return true;
}

static const struct json_value *
find_claim(const struct json_value *claims, struct slice key)
{
	return key.len == 0 ? NULL : json_find_name(claims, key);
}

/*
 * `token_type` stands bare or in the namespace. One that is no string is refused: it might have
 * meant "service".
 */
static bool
read_token_type(const struct json_value *type, bool *is_service)
{
	if (type == NULL)
		return true;
	if (type->kind != JSON_KIND_STRING)
		return false;
	if (json_is(type, "service"))
		*is_service = true;
	return true;
}

static enum authn_result
read_type(const struct reader *reader, const struct json_value *type, struct slice *ret_type)
{
	*ret_type = SLICE_OF("User");
	if (type == NULL)
		return AUTHN_OK;
	if (type->kind != JSON_KIND_STRING || !is_identifier(type->as.string))
		return AUTHN_BAD_PRINCIPAL_TYPE;
	*ret_type = copy_string(reader, type->as.string);
	return ret_type->data == NULL ? AUTHN_REFUSED : AUTHN_OK;
}

static bool
add_claims(struct reader *reader, const struct json_value *claims)
{
	for (uint32_t i = 0; i < claims->count; i++)
		if (!add_claim(reader, claims->as.members[i].name, &claims->as.members[i].value))
			return false;
	return true;
}

static enum authn_result
read_all(struct reader *reader, const struct json_value *claims,
    const struct attribute_names *names, struct principal *principal)
{
	enum authn_result result =
	    read_type(reader, find_claim(claims, names->principal_type), &principal->type);

	if (result != AUTHN_OK)
		return result;
	if (!read_token_type(json_find(claims, "token_type"), &reader->is_service) ||
	    !read_token_type(find_claim(claims, names->token_type), &reader->is_service))
		return AUTHN_BAD_CLAIM;
	if (reader->prefix.len > 0 && !add_claims(reader, claims))
		return AUTHN_BAD_CLAIM;
	principal->id = copy_string(reader, json_find(claims, "sub")->as.string);
	if (principal->id.data == NULL)
		return AUTHN_REFUSED;
	principal->is_service = reader->is_service;
	principal->claims = reader->claims;
	principal->claim_count = reader->count;
	return AUTHN_OK;
}

bool
attribute_names_make(const char *name_space, struct arena *arena, struct attribute_names *ret_names)
{
	struct attribute_names names = { .prefix = SLICE("") };

	if (name_space != NULL && name_space[0] != '\0') {
		names.prefix = slice_from(arena_printf(arena, "%s:", name_space));
		names.principal_type =
		    slice_from(arena_printf(arena, "%s:principal_type", name_space));
		names.token_type = slice_from(arena_printf(arena, "%s:token_type", name_space));
		if (names.prefix.data == NULL || names.principal_type.data == NULL ||
		    names.token_type.data == NULL)
			return false;
	}
	*ret_names = names;
	return true;
}

enum authn_result
attributes_read(const struct json_value *claims, const struct attribute_names *names,
    struct arena *arena, const struct principal **ret_principal)
{
	struct principal *principal = arena_calloc(arena, 1, sizeof(*principal));
	struct reader reader = {
		.arena = arena,
		.prefix = names->prefix,
		.claims = arena_calloc(arena, PRINCIPAL_MAX_CLAIMS, sizeof(*reader.claims)),
	};
	enum authn_result result;

	if (principal == NULL || reader.claims == NULL)
		return AUTHN_REFUSED;
	result = read_all(&reader, claims, names, principal);
	if (result == AUTHN_OK)
		*ret_principal = principal;
	return result;
}
