/*
 * One response as a value: status, header fields and a JSON body, and how they become the bytes of
 * a CGI response (RFC 3875 §6). An error replaces whatever was there by its constant body.
 */
#ifndef POSTERN_HTTP_RESPONSE_H
#define POSTERN_HTTP_RESPONSE_H

#include <stdbool.h>
#include <stdint.h>

#include <postern/response.h>

#include "core/arena.h"
#include "core/buffer.h"
#include "http/error.h"

enum {
	RESPONSE_MAX_HEADERS = 32,
	RESPONSE_MAX_SERVICE_HEADERS =
	    12, /* of these, a handler's: the framework's own always find room */
	RESPONSE_MAX_HEADER_VALUE = 8192,
	RESPONSE_MAX_BODY = 1024 * 1024,
	RESPONSE_MAX_DEPTH = 32,
	RESPONSE_MAX_NAMES = 4096, /* of members in all objects that are open at once */
};

/* A member's name: where its JSON text stands in the body. */
struct response_name {
	uint32_t at, len;
};

struct response {
	struct arena *arena;
	int status; /* 0: nothing decided yet */
	size_t header_count;
	struct slice lines;     /* header fields that are ready, each with its CRLF */
	struct slice text;      /* a body that is no JSON; data NULL: it is */
	const char *media_type; /* of `text` */
	struct buffer body;     /* JSON text */
	struct buffer names;    /* of members, for response_json.c */
	bool is_head;           /* HEAD: Content-Length of the body, but no body */
	bool has_body;          /* false: 204, 302 and the like */
	bool failed; /* sticks: memory, depth, mismatched ends, a name twice, a bad header */
	enum http_error error; /* valid when is_error */
	bool is_error;
	unsigned depth; /* open objects and arrays, the outermost included */
	bool needs_comma;

	/* Filled as far as header_count and depth say; response_init leaves them alone. */
	struct {
		struct slice name; /* NUL-terminated too */
		struct slice value;
		bool is_service; /* a handler's: an error drops it */
	} headers[RESPONSE_MAX_HEADERS];
	bool is_array[RESPONSE_MAX_DEPTH];
	size_t names_before[RESPONSE_MAX_DEPTH]; /* bytes of `names` when it was opened */
};

struct postern_response {
	struct response out;
};

void response_init(struct response *res, struct arena *arena);

/*
 * Replaces status, body and JSON state by the error's, a failure included. Header fields that
 * guards set before stay (Allow, Retry-After); those of a handler go, for they may tell what the
 * error does not.
 */
void response_error(struct response *res, enum http_error error);
/* An empty response with a status: 204 and 304 without, all others with Content-Length: 0. */
void response_empty(struct response *res, int status);

/* A success whose body is `text`, which must live as long as the response; the type is a literal. */
void response_text(struct response *res, const char *media_type, struct slice text);

/*
 * `name` must be a literal; `value` is copied. A control character other than a tab in it, or too
 * many fields: the response fails. Replaces an equal name.
 */
void response_header(struct response *res, const char *name, struct slice value);
/* Adds a member to Vary without repeating it; a literal, which is not copied. */
void response_vary(struct response *res, const char *field);

/*
 * postern_set_header, whose name and value are a handler's: checked, copied, and the framework's
 * own names refused.
 */
void response_service_header(struct response *res, const char *name, const char *value);

/*
 * Begins and ends the JSON object around what a handler adds. response_json_end fails on open
 * nesting.
 */
void response_json_begin(struct response *res);
void response_json_end(struct response *res);
/*
 * Values inside it (the postern_json_* calls): `name` is NULL in an array and only there, and new
 * to its object, or the response fails.
 */
void response_json_string(struct response *res, const char *name, const char *value);
void response_json_integer(struct response *res, const char *name, int64_t value);
void response_json_literal(struct response *res, const char *name, const char *literal);
void response_json_nest(struct response *res, const char *name, bool is_array);
void response_json_unnest(struct response *res, bool is_array);

/*
 * The bytes to send: "Status: ...", fields, empty line, body. A response that failed or has no
 * status becomes 500 first. Never fails: the last resort is a constant 500. `*ret_body_len` (may
 * be NULL) is how many of the bytes are body: 0 for HEAD.
 */
struct slice response_bytes(struct response *res, size_t *ret_body_len);

#endif
