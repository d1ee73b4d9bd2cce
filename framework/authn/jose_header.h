/*
 * The JOSE header of a token (RFC 7515 §4): which of the algorithms it names, and whether it asks
 * for anything that we do not do. It never selects a key and never causes a request.
 */
#ifndef POSTERN_AUTHN_JOSE_HEADER_H
#define POSTERN_AUTHN_JOSE_HEADER_H

#include "authn/algorithm.h"
#include "authn/authn.h"
#include "core/arena.h"

enum jose_typ {
	JOSE_TYP_NONE = 0, /* absent */
	JOSE_TYP_JWT,      /* exactly "JWT" */
	JOSE_TYP_RELATED /* another accepted spelling: "jwt", "at+jwt", "application/at+jwt", ... */
};

struct jose_header {
	enum algorithm_id algorithm;
	enum jose_typ typ;
};

/*
 * AUTHN_OK, AUTHN_MALFORMED, AUTHN_BAD_HEADER or AUTHN_BAD_ALGORITHM. What is read meanwhile lies in
 * `arena`, and nothing of it afterwards.
 */
enum authn_result jose_header_parse(
    struct slice json, struct arena *arena, struct jose_header *ret_header) MUST_USE;

#endif
