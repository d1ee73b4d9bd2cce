/*
 * The contract: an OpenAPI 3.1 text that a service carries. At start it must name exactly the
 * service's routes; at run time the path parameters are checked against their schemas, and a
 * JSON body against the operation's. What a schema says in a keyword that is not known here is
 * a fault at start, never skipped.
 */
#ifndef POSTERN_OPENAPI_CONTRACT_H
#define POSTERN_OPENAPI_CONTRACT_H

#include <stdbool.h>

#include <postern/service.h>

#include "config/config.h"
#include "core/arena.h"
#include "core/compiler.h"
#include "http/request.h"
#include "http/router.h"

struct contract;

/*
 * NULL with faults when the text is no contract for these routes. Without service->contract: an
 * empty one that accepts all.
 */
struct contract *contract_new(struct arena *arena, const struct postern_service *service,
    struct config_faults *faults) MUST_USE;

enum contract_verdict {
	CONTRACT_REFUSED = 0 /* 400 */,
	CONTRACT_KEPT,
	CONTRACT_MEDIA_TYPE /* 415 */
};

enum contract_verdict contract_check(
    const struct contract *contract, const struct request *req) MUST_USE;

#endif
