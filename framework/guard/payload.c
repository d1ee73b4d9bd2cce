/*
 * Guard 3: the body, whole and within MAX_CONTENT_LENGTH, before anything looks at it. Applies
 * to every method and path, also to those that will be refused: a body that is too large is the
 * first thing that a sender should hear of.
 *
 * A declared length is believed only as far as it says too much: what arrives is counted.
 * Memory: exactly what was declared, or a first step and then the cap, so that a request
 * without a body costs no room for one. The arena of a request holds MAX_CONTENT_LENGTH and
 * more (REQUEST_ARENA_SPARE). What is left unread after a refusal is drained by the gateway,
 * against its deadline.
 */
#include "guard/answer.h"

enum { FIRST_STEP = 4096 /* bytes for a body of unknown length */ };

enum arrival {
	ARRIVED_BROKEN = 0, /* the source failed or its time was up */
	ARRIVED_WHOLE,
	ARRIVED_TOO_LARGE,
	ARRIVED_SHORT,
	ARRIVED_LONG,
	ARRIVED_NO_MEMORY
};

/* Reads until `*len` is `size` or the body ends. */
static bool
read_up_to(const struct body_source *source, char *room, size_t size, size_t *len)
{
	while (*len < size && source->read != NULL) {
		ssize_t got = source->read(source->context, room + *len, size - *len);

		if (got == 0)
			break;
		if (got < 0 || (size_t)got > size - *len)
			return false;
		*len += (size_t)got;
	}
	return true;
}

/*
 * One byte more than `expected` is asked for, to see whether the sender is done; one byte is
 * for the NUL.
 */
static enum arrival
read_declared(struct request *req, size_t expected)
{
	char *room = arena_alloc(req->arena, expected + 2);
	size_t len = 0;

	if (room == NULL)
		return ARRIVED_NO_MEMORY;
	if (!read_up_to(&req->body_source, room, expected + 1, &len))
		return ARRIVED_BROKEN;
	if (len != expected)
		return len < expected ? ARRIVED_SHORT : ARRIVED_LONG;
	room[len] = '\0';
	req->body = slice_make(room, len);
	return ARRIVED_WHOLE;
}

/* Most of these have none, and shall not pay for room: one byte tells. */
static enum arrival
read_undeclared(struct request *req, size_t cap)
{
	size_t step = cap < FIRST_STEP ? cap : FIRST_STEP, len = 0;
	char *room, *larger, first;

	if (!read_up_to(&req->body_source, &first, 1, &len))
		return ARRIVED_BROKEN;
	if (len == 0)
		return ARRIVED_WHOLE;
	if ((room = arena_alloc(req->arena, step + 2)) == NULL)
		return ARRIVED_NO_MEMORY;
	room[0] = first;
	if (!read_up_to(&req->body_source, room, step + 1, &len))
		return ARRIVED_BROKEN;
	if (len > step && step < cap) {
		larger = arena_alloc(req->arena, cap + 2);
		if (larger == NULL)
			return ARRIVED_NO_MEMORY;
		memcpy(larger, room, len);
		room = larger;
		if (!read_up_to(&req->body_source, room, cap + 1, &len))
			return ARRIVED_BROKEN;
	}
	if (len > cap)
		return ARRIVED_TOO_LARGE;
	room[len] = '\0';
	req->body = slice_make(room, len);
	return ARRIVED_WHOLE;
}

static enum arrival
receive(struct request *req, uint64_t cap)
{
	if (req->content_length < 0)
		return read_undeclared(req, (size_t)cap);
	if ((uint64_t)req->content_length > cap)
		return ARRIVED_TOO_LARGE;
	return read_declared(req, (size_t)req->content_length);
}

static enum guard_verdict
refuse(const struct guard_env *env, const struct request *req, struct response *res,
    enum http_error error, const char *reason)
{
	guard_log_reason(env, req, LOG_PAYLOAD_REFUSED, reason);
	return guard_refuse(res, error);
}

enum guard_verdict
guard_payload(const struct guard_env *env, struct request *req, struct response *res)
{
	req->body = (struct slice) { "", 0 };
	switch (receive(req, env->config->max_content_length)) {
	case ARRIVED_WHOLE:
		return GUARD_PASSED;
	case ARRIVED_TOO_LARGE:
		return refuse(env, req, res, HTTP_ERROR_PAYLOAD_TOO_LARGE, "too_large");
	case ARRIVED_SHORT:
		return refuse(env, req, res, HTTP_ERROR_INVALID_REQUEST, "shorter_than_declared");
	case ARRIVED_LONG:
		return refuse(env, req, res, HTTP_ERROR_INVALID_REQUEST, "longer_than_declared");
	case ARRIVED_NO_MEMORY:
		return refuse(env, req, res, HTTP_ERROR_SERVICE_UNAVAILABLE, "memory");
	case ARRIVED_BROKEN:
		guard_log_reason(env, req, LOG_REQUEST_ABORTED, "body");
		return guard_refuse(res, HTTP_ERROR_INVALID_REQUEST);
	}
	return GUARD_REFUSED;
}
