/*
 * Kept connections go where there is time. A front decides on which of them a request comes, so
 * one worker may have several requests at once while another one, just started for them, holds no
 * connection and hears of nothing. So who finds requests waiting behind one another, and sees an
 * idle worker that holds clearly fewer connections, hands some over that nobody has looked at yet.
 * Between workers that hold about as many it never happens.
 */
#ifndef POSTERN_PROCESS_SHARING_H
#define POSTERN_PROCESS_SHARING_H

#include <sys/epoll.h>

struct worker;

/*
 * Looks at what has just been waited for: shows how many requests wait behind the first, and takes
 * those out of `events` that are somebody else's from now on.
 */
void sharing_look(struct worker *w, struct epoll_event *events, int count);

#endif
