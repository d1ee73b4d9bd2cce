/*
 * How a worker leaves that was told to stop. Others go on when it is relieved (a reload, one worker
 * less): they get the queues of the sockets, and its kept connections. When nobody does (a stop),
 * it takes all who wait, and leaves idle connections a moment for a request that is on its way.
 */
#ifndef POSTERN_PROCESS_LEAVING_H
#define POSTERN_PROCESS_LEAVING_H

#include <stdbool.h>

struct held;
struct worker;

/* It was told. Harmless when it was told before. */
void leaving_begin(struct worker *w);
/*
 * Whether others go on in its place, and what is kept now is not lost: workers of our manager, or, when that is gone,
 * those of another one beside it (upgrade.h).
 */
bool leaving_is_relieved(const struct worker *w);
/* Whether what has come on a connection is for those who get it. */
bool leaving_passes_on(const struct worker *w, const struct held *held);
/* Nothing has begun on a connection, so that another can go on with it. */
bool leaving_is_idle(const struct held *held);
/* Hands idle connections over, as many as there is room for. */
void leaving_hand_over(struct worker *w);
/* Has the manager wake others, if somebody waits in the queues. */
void leaving_tell_backlog(struct worker *w);
/* One turn of it. True: nothing is left to do. */
bool leaving_is_done(struct worker *w);

#endif
