/*
 * What ps(1) shows of a process: `documents: manager`, `documents: worker 3 (busy)`.
 *
 * The kernel reads the command line of a process from its memory, where it laid argv and behind it
 * the environment: whoever writes there has changed what is shown. That a worker is busy or idle is a store
 * of four bytes, and nothing is asked of the kernel. argv and environ point to copies afterwards, so that
 * both may still be used, also to start the program again.
 */
#ifndef POSTERN_PROCESS_TITLE_H
#define POSTERN_PROCESS_TITLE_H

#include <stddef.h>

#include "core/compiler.h"

enum { TITLE_MAX = 256 };

/*
 * First thing in a process, before anything leaves the environment: how much memory there is.
 * Without effect when `argv` is not what the kernel gave; then there are no titles.
 */
void title_find(int argc, char **argv);
/* Takes the memory, after the secrets have gone from it; what is left there is moved and wiped. */
void title_take(void);

/* "SERVICE: ROLE"; cut to the room that there is. */
void title_set(const char *service, const char *role);
/* "SERVICE: worker NUMBER (idle)"; busy and idle take turns from then on. */
void title_set_worker(const char *service, unsigned number);
/* Before and after a request. Without a worker's title: nothing. */
void title_show_busy(void);
void title_show_idle(void);
/* Of a worker: (leaving), for good. */
void title_show_leaving(void);

/* The bytes of `argv` and `environment` that lie in one piece from argv[0] on. */
size_t title_room(int argc, char *const *argv, char *const *environment);

#endif
