/*
 * What a front server writes, for tests: records and whole requests into one growing run of
 * bytes.
 */
#ifndef POSTERN_TESTS_GATEWAY_FRONT_H
#define POSTERN_TESTS_GATEWAY_FRONT_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <fastcgi.h>

#include "core/compiler.h"
#include "core/slice.h"

enum { FRONT_SIZE = 512 * 1024 };

/* Too large for a stack: declare it static. */
struct front {
	unsigned char bytes[FRONT_SIZE];
	size_t len;
};

static inline void
front_bytes(struct front *f, const void *data, size_t len)
{
	assert_true(len <= sizeof(f->bytes) - f->len);
	memcpy(f->bytes + f->len, data, len);
	f->len += len;
}

static inline void
front_padded(
    struct front *f, uint8_t type, uint16_t id, const void *content, size_t len, uint8_t padding)
{
	const unsigned char head[] = { FCGI_VERSION_1, type, (unsigned char)(id >> 8),
		(unsigned char)(id & 0xff), (unsigned char)(len >> 8), (unsigned char)(len & 0xff),
		padding, 0 };
	/* What would do harm if somebody took it for a record: a query that repeats its names. */
	static const char bait[255] = "\1\11\0\0\0\x50\0\0"
				      "\x0e\0FCGI_MAX_CONNS\x0e\0FCGI_MAX_CONNS\x0e\0FCGI_MAX_CONNS"
				      "\x0e\0FCGI_MAX_CONNS\x0e\0FCGI_MAX_CONNS";

	front_bytes(f, head, sizeof(head));
	if (len > 0)
		front_bytes(f, content, len);
	front_bytes(f, bait, padding);
}

static inline void
front_record(struct front *f, uint8_t type, uint16_t id, const void *content, size_t len)
{
	front_padded(f, type, id, content, len, 0);
}

static inline void
front_begin(struct front *f, uint16_t id, uint16_t role, uint8_t flags)
{
	const unsigned char body[8] = { (unsigned char)(role >> 8), (unsigned char)(role & 0xff),
		flags };

	front_record(f, FCGI_BEGIN_REQUEST, id, body, sizeof(body));
}

/* One pair in its shortest spelling. Returns its bytes. */
static inline size_t
front_pair(char *room, const char *name, size_t name_len, const char *value, size_t value_len)
{
	const size_t lens[] = { name_len, value_len };
	size_t at = 0;

	for (size_t i = 0; i < COUNT_OF(lens); i++) {
		if (lens[i] > 127)
			for (int shift = 24; shift > 0; shift -= 8)
				room[at++] = (char)(lens[i] >> shift | (shift == 24 ? 0x80 : 0));
		room[at++] = (char)(lens[i] & 0xff);
	}
	memcpy(room + at, name, name_len);
	memcpy(room + at + name_len, value, value_len);
	return at + name_len + value_len;
}

static inline void
front_param(struct front *f, uint16_t id, const char *name, const char *value)
{
	static char room[FRONT_SIZE];

	front_record(
	    f, FCGI_PARAMS, id, room, front_pair(room, name, strlen(name), value, strlen(value)));
}

static inline void
front_end(struct front *f, uint8_t type, uint16_t id)
{
	front_record(f, type, id, NULL, 0);
}

/* BEGIN_REQUEST and PARAMS with two parameters and CONTENT_LENGTH (NULL: none), ended. */
static inline void
front_head(struct front *f, uint16_t id, bool keep, const char *content_length)
{
	front_begin(f, id, FCGI_RESPONDER, keep ? FCGI_KEEP_CONN : 0);
	front_param(f, id, "REQUEST_METHOD", "GET");
	front_param(f, id, "REQUEST_URI", "/health");
	if (content_length != NULL)
		front_param(f, id, "CONTENT_LENGTH", content_length);
	front_end(f, FCGI_PARAMS, id);
}

/* Content in records of at most 65 535 bytes, and the end of the stream. */
static inline void
front_stdin(struct front *f, uint16_t id, const char *body, size_t len)
{
	while (len > 0) {
		size_t piece = len < FCGI_MAX_LENGTH ? len : FCGI_MAX_LENGTH;

		front_record(f, FCGI_STDIN, id, body, piece);
		body += piece;
		len -= piece;
	}
	front_end(f, FCGI_STDIN, id);
}

/* A whole request. */
static inline void
front_request(struct front *f, uint16_t id, bool keep, const char *body, size_t len)
{
	char length[24];

	snprintf(length, sizeof(length), "%zu", len);
	front_head(f, id, keep, len > 0 ? length : NULL);
	front_stdin(f, id, body, len);
}

#endif
