/*
 * From verified claims to a principal: its type, its id, and the namespaced claims as typed
 * attributes.
 */
#ifndef POSTERN_AUTHN_ATTRIBUTES_H
#define POSTERN_AUTHN_ATTRIBUTES_H

#include "authn/authn.h"
#include "core/json_read.h"

/*
 * The names to look for, put together once. Each is NUL-terminated; empty: there is no namespace.
 */
struct attribute_names {
	struct slice prefix;         /* "neosofia:" */
	struct slice principal_type; /* "neosofia:principal_type" */
	struct slice token_type;     /* "neosofia:token_type" */
};

/* `name_space` may be NULL or empty. False when the arena is full. */
bool attribute_names_make(
    const char *name_space, struct arena *arena, struct attribute_names *ret_names) MUST_USE;

/*
 * `claims` has passed claims_check. Of the claims `<namespace>:<name>` those with an identifier
 * for a name become attributes; AUTHN_BAD_CLAIM when one exceeds the bounds of principal.h,
 * AUTHN_BAD_PRINCIPAL_TYPE when `principal_type` is no identifier. On AUTHN_OK all of
 * `*ret_principal` lives in `arena`.
 */
enum authn_result attributes_read(const struct json_value *claims,
    const struct attribute_names *names, struct arena *arena,
    const struct principal **ret_principal) MUST_USE;

#endif
