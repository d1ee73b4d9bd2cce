/*
 * The name-value pairs of a request whose head is whole and checked: taken apart where they lie,
 * without a copy.
 */
#ifndef POSTERN_GATEWAY_FCGI_PAIRS_H
#define POSTERN_GATEWAY_FCGI_PAIRS_H

#include "gateway/fcgi_params.h"
#include "http/param.h"

/*
 * `head` holds BEGIN_REQUEST and PARAMS to their end, as fcgi_check found them legal. Writes into
 * them: contents of several records are moved together, and the byte behind each value, which is
 * the framing of what follows, becomes a NUL. Returns how many pairs there are in `ret_params`.
 */
size_t fcgi_pairs_take(
    unsigned char *head, size_t len, struct param ret_params[FCGI_PARAMS_MAX_COUNT]);

#endif
