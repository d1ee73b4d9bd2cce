/*
 * From one request to one Cedar question to one answer. Loads a directory of policies (every
 * .cedar file below it, sorted by path) into one immutable set; asks it with the principal, the
 * route's action and resource, and their attributes. Anything that keeps it from deciding is
 * AUTHZ_UNAVAILABLE, never a permit.
 */
#ifndef POSTERN_AUTHZ_AUTHZ_H
#define POSTERN_AUTHZ_AUTHZ_H

#include <stdbool.h>
#include <stdint.h>

#include <postern/entity.h>
#include <postern/service.h>

#include "authn/principal.h"
#include "config/config.h"
#include "core/arena.h"
#include "core/compiler.h"
#include "core/slice.h"
#include "http/request.h"

enum { AUTHZ_MAX_FILES = 1024, AUTHZ_MAX_FILE_BYTES = 1024 * 1024, AUTHZ_MAX_REPORTED = 4 };

/* The policies of one generation: immutable, shared by workers copy-on-write. */
struct authz;

/*
 * Reads and parses the policies. Faults carry file:line:column and the compiler's message (an
 * operator reads them). Also faults: no policy at all; a file that is unreadable or too large;
 * where there is a schema, a policy that does not validate and a route that the schema does not
 * know; a file or folder that the effective user (geteuid) may write to, unless that is root or ENV
 * is development or test; a route whose action has no resource or whose resource type is no Cedar
 * type. NULL on any.
 */
struct authz *authz_new(struct arena *arena, const struct config *config,
    const struct postern_service *service, struct config_faults *faults) MUST_USE;

/* SHA-256 of names and contents, first 16 hex digits: the version of the set in force. */
const char *authz_digest(const struct authz *authz);
size_t authz_policy_count(const struct authz *authz);
/*
 * What the schema gives to think about, as validation has it: policies that can never hold,
 * identifiers that look like others. Texts for an operator, with their places.
 */
size_t authz_warning_count(const struct authz *authz);
const char *authz_warning(const struct authz *authz, size_t index);

/*
 * A cheap stamp (names, sizes, times of change) of a policy directory, to see whether it changed.
 * 0: cannot be read.
 */
uint64_t authz_directory_stamp(const char *directory);

/* The resource while the service's `load` fills it. Opaque to the service; made per request. */
struct postern_entity *authz_resource_new(struct arena *arena, const struct authz *authz) MUST_USE;

enum authz_verdict { AUTHZ_DENIED = 0, AUTHZ_ALLOWED, AUTHZ_UNAVAILABLE };

struct authz_answer {
	enum authz_verdict verdict;
	/* For the log: policies named by @id or "policy0", that decided or that erred. */
	struct slice reasons[AUTHZ_MAX_REPORTED];
	size_t reason_count; /* may exceed AUTHZ_MAX_REPORTED */
	struct slice errors[AUTHZ_MAX_REPORTED];
	const char *error_names[AUTHZ_MAX_REPORTED]; /* constant words: "missing_attribute" */
	size_t error_count;
	bool denied_by_error;       /* AUTHORIZATION_ON_FORBID_ERROR=deny took effect */
	struct slice resource_type; /* "demo::Document", without id */
};

/*
 * `entity` is what `load` filled, or NULL. The route's resource id comes from the match's
 * parameters.
 */
struct authz_answer authz_ask(const struct authz *authz, const struct postern_route *route,
    const struct request *req, struct postern_entity *entity) MUST_USE;

#endif
