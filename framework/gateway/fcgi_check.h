/*
 * What is it that lies in a connection's buffer? A pure function over bytes (FastCGI 1.0 §3, §5),
 * so that it can be fuzzed; knows no descriptor. Nothing is read of a request that it has not found
 * legal: lengths and counts within the limits, records of one request in their order, every pair a
 * NAME=VALUE string.
 *
 * A request that arrives in pieces is looked at again from its start with every piece. The window
 * and the reader's deadline bound that: at worst one pass over 128 KiB per arrival.
 */
#ifndef POSTERN_GATEWAY_FCGI_CHECK_H
#define POSTERN_GATEWAY_FCGI_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/slice.h"
#include "gateway/fcgi_params.h"
#include "gateway/fcgi_reply.h"

enum {
	FCGI_CHECK_MAX_PARAM_BYTES = FCGI_PARAMS_MAX_BYTES, /* names and values of one request */
	FCGI_CHECK_MAX_PARAMS = FCGI_PARAMS_MAX_COUNT,
	/*
	 * Bytes looked at for one request: all parameters, a waited-for body, one header and
	 * padding per record.
	 */
	FCGI_CHECK_WINDOW = 128 * 1024,
	/* A body up to this size is waited for. */
	FCGI_CHECK_MAX_WAITED_BODY = 32 * 1024,
};

enum fcgi_check {
	/* No FastCGI, or not for us: close. */
	FCGI_CHECK_REFUSE = 0,
	/* Legal so far, not whole. */
	FCGI_CHECK_MORE,
	/*
	 * A request: BEGIN_REQUEST and PARAMS (`head_len`), and behind them the body, or as much of
	 * it as has come of one that is too long to be waited for. Nothing follows a whole one.
	 */
	FCGI_CHECK_REQUEST,
	/* Begins with a whole management record: take `consumed` off and answer `reply`. */
	FCGI_CHECK_MANAGEMENT,
	/* A request that its own ABORT_REQUEST ends: take `consumed` off and answer `reply`. */
	FCGI_CHECK_ABORTED,
	/* Not a responder: answer `reply` (FCGI_UNKNOWN_ROLE) and close. */
	FCGI_CHECK_BAD_ROLE,
	/* A second request before the first is answered: `reply` (FCGI_CANT_MPX_CONN), close. */
	FCGI_CHECK_MULTIPLEX,
	/* Parameters above the limits: answer 431 through `reply` and close. */
	FCGI_CHECK_TOO_LARGE,
	/* A parameter that is no NAME=VALUE string: answer 400 through `reply` and close. */
	FCGI_CHECK_BAD_PARAM
};

struct fcgi_check_result {
	enum fcgi_check verdict;
	uint16_t request_id;    /* of BEGIN_REQUEST; 0 before it is there */
	bool keep;              /* FCGI_KEEP_CONN of BEGIN_REQUEST */
	int64_t content_length; /* CONTENT_LENGTH; -1: not (yet) there, repeated or no number */
	size_t head_len;        /* bytes of BEGIN_REQUEST and PARAMS; 0 before they are all there */
	size_t consumed;        /* with MANAGEMENT and ABORTED; else 0 */
	struct fcgi_reply reply;   /* len 0: none */
	struct fcgi_params params; /* as far as they have come */
};

/* `data` may be up to FCGI_CHECK_WINDOW bytes; more are not looked at. */
void fcgi_check(const unsigned char *data, size_t len, struct fcgi_check_result *ret_result);

#endif
