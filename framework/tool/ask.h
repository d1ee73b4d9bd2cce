/*
 * One question to a FastCGI socket, asked as a front server would: GET, no body, a connection of
 * its own. What answers is a service of ours, but may be anything: no byte of it is believed.
 */
#ifndef POSTERN_TOOL_ASK_H
#define POSTERN_TOOL_ASK_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/compiler.h"
#include "core/slice.h"

enum {
	ASK_MAX_ANSWER = 16 * 1024 * 1024, /* bytes, records included */
	ASK_PATIENCE_US = 5 * 1000 * 1000, /* for all of it */
};

struct ask_answer {
	int status;
	struct slice body; /* in the arena */
};

/*
 * `address` is an entry in the grammar of STATUS_LISTEN, of several the first, or the path of a
 * unix socket. `target` is a path with its query. NULL, or why there is no answer; a constant, or
 * in the arena.
 */
const char *ask(struct arena *arena, const char *address, const char *target,
    struct ask_answer *ret_answer) MUST_USE;

/* All that was received, as FastCGI records of request 1, to the answer in it. False: it is none. */
bool ask_parse(struct arena *arena, struct slice received, struct ask_answer *ret_answer) MUST_USE;

#endif
