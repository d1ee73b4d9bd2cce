/*
 * What a callback of a service says about a request.
 *
 * Every value but POSTERN_OK, POSTERN_CREATED and POSTERN_NO_CONTENT discards the body that the
 * handler began and answers with the generic error `{"error":"<code>"}` of schemas/error.json.
 * Zero is a failure, so a callback that forgets to decide does not succeed.
 */
#ifndef POSTERN_STATUS_H
#define POSTERN_STATUS_H

enum postern_status {
	POSTERN_FAILED = 0,      /* 500 internal_server_error, and the event handler.failed */
	POSTERN_OK,              /* 200 */
	POSTERN_CREATED,         /* 201 */
	POSTERN_NO_CONTENT,      /* 204, without a body */
	POSTERN_INVALID_REQUEST, /* 400 invalid_request */
	POSTERN_FORBIDDEN,       /* 403 forbidden */
	POSTERN_NOT_FOUND,       /* 404 not_found */
	POSTERN_UNAVAILABLE      /* 503 service_unavailable */
};

#endif
