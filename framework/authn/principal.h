/* Who calls: the verified claims of a token in a form that carries no JSON library. */
#ifndef POSTERN_AUTHN_PRINCIPAL_H
#define POSTERN_AUTHN_PRINCIPAL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/slice.h"

enum { PRINCIPAL_MAX_CLAIMS = 32, PRINCIPAL_MAX_ITEMS = 64, PRINCIPAL_MAX_STRING = 1024 };

enum claim_kind { CLAIM_STRING, CLAIM_INTEGER, CLAIM_BOOLEAN, CLAIM_STRINGS };

struct claim {
	struct slice name; /* short: "clinic_id" of "neosofia:clinic_id" */
	enum claim_kind kind;
	union {
		struct slice string; /* NUL behind it */
		int64_t integer;
		bool boolean;
		struct {
			const struct slice *items;
			size_t count;
		} strings;
	} as;
};

struct principal {
	struct slice type; /* "Patient": an identifier [A-Za-z_][A-Za-z0-9_]*, default "User" */
	struct slice id;   /* sub; NUL behind it */
	bool is_service;   /* token_type "service": has neither actors nor roles */
	const struct claim *claims;
	size_t claim_count;
};

/* NULL when there is none. */
const struct claim *principal_claim(const struct principal *principal, struct slice name);

#endif
