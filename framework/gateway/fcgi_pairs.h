/*
 * The name-value pairs of a request whose head is whole and checked: they stay where they lie, and
 * each value gets its NUL.
 */
#ifndef POSTERN_GATEWAY_FCGI_PAIRS_H
#define POSTERN_GATEWAY_FCGI_PAIRS_H

#include "gateway/fcgi_params.h"
#include "http/param.h"

/*
 * `head` holds BEGIN_REQUEST and PARAMS to their end, which fcgi_check found legal, and `params` is
 * what it found. Writes into both: where a pair lies in several records their contents are moved
 * together and taken apart again, and the byte behind each value, which is the framing of what
 * follows, becomes a NUL.
 */
void fcgi_pairs_take(unsigned char *head, size_t len, struct fcgi_params *params);

#endif
