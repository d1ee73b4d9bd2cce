/*
 * The worker's part of its renewal: it counts what it answers, and looks at its memory. What it
 * wishes stands in the scoreboard; when to go it is told by the manager, once another one accepts.
 *
 * A request counts from its beginning: one that is only half there when the last but one is
 * answered is the last one. Nothing that has begun is lost, and nothing else begins.
 */
#ifndef POSTERN_PROCESS_RETIRING_H
#define POSTERN_PROCESS_RETIRING_H

#include <stdbool.h>
#include <stdint.h>

#include "core/compiler.h"

struct held;
struct worker;

enum { RETIRING_LOOK_US = 1000 * 1000 /* between two looks at the memory */ };

/* Before the sandbox. False: its memory cannot be looked at as ordered. */
bool retiring_prepare(struct worker *w) MUST_USE;
void retiring_done(struct worker *w);

/* Whether another request may begin. At a stop, whatever was promised. */
bool retiring_may_begin(const struct worker *w);
/* Whether what has come on a connection is for those who get it. */
bool retiring_passes_on(const struct worker *w, const struct held *held);

/* A request was answered, at monotonic `now_us`. */
void retiring_note_answer(struct worker *w, int64_t now_us);
/* At the end of each turn. */
void retiring_step(struct worker *w);

#endif
