/* A worker's life: its store. */
#ifndef DOCUMENTS_WORKER_H
#define DOCUMENTS_WORKER_H

#include <stdbool.h>

/*
 * At start, before the fork: is the store there, and of this program's version? Leaves nothing
 * open.
 */
bool worker_check(void);
bool worker_start(void **ret_data);
/* Between the requests that had come and those that will: see worker_rest in <postern/service.h>. */
void worker_rest(void *data);
void worker_stop(void *data);

#endif
