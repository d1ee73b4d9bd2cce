/*
 * One request and its response, from parameters to bytes: the one place where request, guards and
 * response meet, used by workers and by a CGI process alike. The storage is kept from request to
 * request; nothing that was in it is.
 */
#ifndef POSTERN_PROCESS_EXCHANGE_H
#define POSTERN_PROCESS_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/compiler.h"
#include "core/slice.h"
#include "guard/guard.h"
#include "http/request.h"
#include "http/response.h"
#include "process/generation.h"

struct exchange {
	struct guard_env env;
	struct arena arena; /* of the request in hand */
	struct postern_request req;
	struct postern_response res;
	size_t body_len;
};

/* `limits`, `expire_us` and `worker_data` as in guard_env; all must outlive the exchange. */
void exchange_init(struct exchange *exchange, const struct generation *generation,
    struct limit_store *limits, const _Atomic(int64_t) *expire_us, void *worker_data);
void exchange_done(struct exchange *exchange);

/*
 * The bytes to send. They live, with `params` and `body`, until exchange_end. `started_us` is
 * monotonic.
 */
struct slice exchange_answer(struct exchange *exchange, const struct params *params,
    struct body_source body, int64_t started_us) MUST_USE;
/* The same for a request that waited too long: guard_line_turn_away. */
struct slice exchange_turn_away(struct exchange *exchange, const struct params *params,
    int64_t started_us, int64_t waited_us, const char *where) MUST_USE;
/*
 * Writes the access line and forgets the request. `sent` false: the front server had gone. `ended_us` is
 * monotonic.
 */
void exchange_end(struct exchange *exchange, bool sent, int64_t ended_us);

#endif
