/*
 * A worker says where it is, when it is asked by a signal: `worker.stack` or `request.slow`, with the
 * route and the stack. Nobody traces it, so it works in a sandbox; and it works whatever the worker
 * is in the middle of, be it a loop, a system call or malloc(3) with its lock held. What it cannot
 * do is interrupt a thread that blocks the signal, or sleeps without end inside the kernel.
 *
 * The signal is URG: whoever does not expect it (a worker before it is ready, a program that a
 * service has started) ignores it by default. It carries what it is about, so that a request which
 * ends meanwhile is not confused with the next one.
 */
#ifndef POSTERN_PROCESS_STACK_TOLD_H
#define POSTERN_PROCESS_STACK_TOLD_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/compiler.h"

struct crew_seat;

enum { STACK_SIGNAL = SIGURG };

enum stack_reason { STACK_OVERDUE = 0, STACK_SLOW = 1 };

/*
 * The manager's: asks the main thread of `pid` about the request that began at `request_us` by the
 * scoreboard, whatever that says while the worker starts. Does not wait.
 */
void stack_ask(pid_t pid, enum stack_reason reason, int64_t request_us);

/*
 * The worker's: from now on it answers. `seat` lasts as long as the process. Before the sandbox;
 * false: no memory. Calls stack_look. `on_overdue` is called in the handler, when it has told of a
 * request that is overdue.
 */
bool stack_told_prepare(
    const struct crew_seat *seat, void (*on_overdue)(void *context), void *context) MUST_USE;

#endif
