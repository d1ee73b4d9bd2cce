/*
 * Connections whose time is up: a request that does not arrive whole (REQUEST_READ_TIMEOUT), one that
 * is kept open and not used (KEEPALIVE_TIMEOUT).
 */
#ifndef POSTERN_PROCESS_OVERDUE_H
#define POSTERN_PROCESS_OVERDUE_H

#include <stdint.h>

struct held;
struct worker;

/* A held connection is idle from now on. Costs nothing unless somebody asks for that. */
void overdue_begin_idle(struct worker *w, struct held *held);
/* Closes those whose time is up. */
void overdue_close(struct worker *w);
/* When the next one's is; 0: nobody's. */
int64_t overdue_next_us(const struct worker *w);

#endif
