/*
 * An end for what libfcgi waits for: it writes with plain write(2), which a peer that does not
 * read can hold for ever. When the time of the operation in hand is up, a timer's handler shuts
 * its connection down, and the blocked call returns.
 *
 * Why not SO_SNDTIMEO: it costs a system call per connection, bounds each write alone (a peer
 * that takes one byte at a time never meets it) and makes calls fail with EINTR on any signal.
 * This timer costs none per request: it stays armed behind the operation that armed it and is
 * moved only by its own handler, which runs about once per deadline's length while there is
 * traffic and not at all without.
 *
 * One operation at a time, in the one thread that opened it. The handler restarts system calls
 * (SA_RESTART).
 */
#ifndef POSTERN_GATEWAY_DEADLINE_H
#define POSTERN_GATEWAY_DEADLINE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/compiler.h"

enum { DEADLINE_SIGNAL = SIGALRM };

/*
 * Makes this process's timer and takes DEADLINE_SIGNAL. Once per process: timers do not cross a
 * fork, so a child calls it anew. False: no timer; nothing has changed then.
 */
bool deadline_open(void) MUST_USE;
/* Gives the timer and the signal's former handler back. Harmless when not open. */
void deadline_close(void);

/* From now on `fd` is shut down when `at_us` (monotonic) has come. */
void deadline_start(int fd, int64_t at_us);
/*
 * The operation is over and its descriptor may be closed. True: the time was up and it has been
 * shut down.
 */
bool deadline_stop(void);

#endif
