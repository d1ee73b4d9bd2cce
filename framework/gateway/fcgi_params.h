/*
 * Name-value pairs (FastCGI 1.0 §3.4), looked at as they come: a pair may be spread over any
 * number of records, so the reader keeps its place between pieces. It copies nothing but the one
 * value that the gateway itself needs, and knows the limits before the bytes are there: a length
 * field that promises two gigabytes is refused when the field is read.
 *
 * Nearly always each pair lies in one piece: it is then taken apart in one step, and remembered.
 */
#ifndef POSTERN_GATEWAY_FCGI_PARAMS_H
#define POSTERN_GATEWAY_FCGI_PARAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/slice.h"
#include "http/param.h"

enum fcgi_params_verdict {
	FCGI_PARAMS_BAD = 0,  /* a name that is empty or holds '=', or a NUL anywhere */
	FCGI_PARAMS_GOOD,     /* legal so far */
	FCGI_PARAMS_TOO_LARGE /* more pairs or bytes than allowed */
};

enum { FCGI_PARAMS_MAX_BYTES = 64 * 1024, FCGI_PARAMS_MAX_COUNT = 256 };

struct fcgi_params {
	enum { PARAMS_NAME_LEN = 0, PARAMS_VALUE_LEN, PARAMS_NAME, PARAMS_VALUE } part;
	unsigned char length[4]; /* a length field that is not whole yet */
	size_t length_have;
	size_t name_len, value_len;
	size_t left; /* bytes of the present name or value still to come */
	size_t count, bytes;
	/* CONTENT_LENGTH, which says how much body to wait for. */
	bool maybe_content_length; /* the present name agrees with it so far */
	uint64_t number;           /* digits of its value so far */
	unsigned content_lengths;  /* how often it came */
	int64_t content_length; /* its value; -1: absent, repeated or no number of 1 to 10 digits */
	bool is_split;          /* some pair did not lie in one piece */
	/* While none did, all `count` of them where they lie; last, as they need no zeroes. */
	struct param pairs[FCGI_PARAMS_MAX_COUNT];
};

void fcgi_params_init(struct fcgi_params *params);
/* Looks at the next piece. After anything but GOOD the reader must not be used again. */
enum fcgi_params_verdict fcgi_params_feed(struct fcgi_params *params, struct slice piece);
/* Whether the last pair is whole. */
bool fcgi_params_at_end(const struct fcgi_params *params);

/*
 * A length of 1 or 4 bytes at the start of `bytes`. Returns how many bytes it took; 0: not all
 * there. The one place where these are decoded.
 */
size_t fcgi_length_decode(struct slice bytes, size_t *ret_length);
/* Cuts a pair off a run of bytes. False: the run is at its end, or the pair is not all there. */
bool fcgi_pair_cut(struct slice *rest, struct slice *ret_name, struct slice *ret_value);

#endif
