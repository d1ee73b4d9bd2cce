/*
 * The inspector: a process of its own that answers /status, /metrics, /ping and /ready on the
 * sockets of STATUS_LISTEN. Not the manager, which reads nothing that somebody sent; not the
 * workers, who may all be busy when somebody asks why. It reads shared memory and writes none; it
 * has neither the service's sockets nor its stores.
 *
 * One request at a time and one for each connection; whoever does not send it whole in time, or
 * does not take the answer, is cut off. No request is logged.
 */
#ifndef POSTERN_PROCESS_INSPECTOR_H
#define POSTERN_PROCESS_INSPECTOR_H

#include <sys/types.h>

#include "core/compiler.h"
#include "core/slice.h"
#include "http/request.h"
#include "http/response.h"
#include "process/inspection.h"

struct current;
struct sandbox;

enum {
	INSPECTOR_CONNECTIONS = 64,
	INSPECTOR_READ_US = 10 * 1000 * 1000, /* for a request to arrive whole */
	INSPECTOR_SEND_US = 2 * 1000 * 1000,  /* for its answer to be taken */
	INSPECTOR_ARENA = 32 * 1024 * 1024,   /* bytes for one answer, with what it grew from */
};

struct inspector {
	const struct current *current;
	const struct shared *shared;
	const struct tally *tally;
	const struct sandbox *sandbox;
	struct listeners *listeners; /* its own */
	struct queue_watch queues;   /* of the workers' sockets */
};

/*
 * Answers one request that was parsed; `res` is complete afterwards, security headers included.
 * Memory is the request's arena.
 */
void inspector_answer(const struct inspector *inspector, struct request *req, struct response *res);

/* The life of the process, up to its exit status. */
int inspector_life(struct inspector *inspector, pid_t manager) MUST_USE;

#endif
