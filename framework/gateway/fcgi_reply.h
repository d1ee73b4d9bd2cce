/*
 * The few records that the gateway writes itself, because they answer what never becomes a request:
 * FastCGI 1.0 §4.1, §4.2 and §5.5, and an error response for parameters that nobody may read.
 */
#ifndef POSTERN_GATEWAY_FCGI_REPLY_H
#define POSTERN_GATEWAY_FCGI_REPLY_H

#include <stddef.h>
#include <stdint.h>

#include "core/slice.h"
#include "http/error.h"

enum { FCGI_REPLY_SIZE = 768 /* bytes that hold any of them */ };

struct fcgi_reply {
	unsigned char data[FCGI_REPLY_SIZE];
	size_t len;
};

/* FCGI_END_REQUEST with one of the FCGI_ protocol statuses. */
void fcgi_reply_end(struct fcgi_reply *reply, uint16_t request_id, unsigned char status);
/* FCGI_UNKNOWN_TYPE. */
void fcgi_reply_unknown_type(struct fcgi_reply *reply, uint8_t type);
/*
 * FCGI_GET_VALUES_RESULT for the names in `content`, each at most once however often it is asked
 * for; names that we do not know are left out. False when `content` is no sequence of pairs.
 */
bool fcgi_reply_values(struct fcgi_reply *reply, struct slice content);
/*
 * The whole answer to a request: STDOUT with the error's response and security headers,
 * END_REQUEST.
 */
void fcgi_reply_error(struct fcgi_reply *reply, uint16_t request_id, enum http_error error);

#endif
