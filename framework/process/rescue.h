/*
 * A worker that is stuck in a request holds kept connections on which others wait for an answer. It
 * gives them away itself, from the signal handler that tells where it is stuck: what has come on them
 * has not been taken off, so whoever gets one goes on with it.
 */
#ifndef POSTERN_PROCESS_RESCUE_H
#define POSTERN_PROCESS_RESCUE_H

struct worker;

/*
 * In the handler, while a request is being served: hands idle connections over, when others go on in
 * this worker's place. Nothing that the interrupted code uses is changed but `rescued`, in the table.
 */
void rescue_idle(void *worker);
/* The request has come to an end after all: forgets those that others have now. */
void rescue_end(struct worker *w);

#endif
