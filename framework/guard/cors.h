/*
 * What a browser of another origin may read: the fields that go onto every response, errors
 * included.
 */
#ifndef POSTERN_GUARD_CORS_H
#define POSTERN_GUARD_CORS_H

#include "guard/guard.h"

/*
 * Vary where there are origins at all; the origin's own fields when the request came from one
 * of them. Called for every response by guard/line.c, so that a page can read a 413 as well as
 * a 200.
 */
void guard_cors_fields(
    const struct guard_env *env, const struct request *req, struct response *res);

#endif
