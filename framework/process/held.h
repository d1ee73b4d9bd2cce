/*
 * The connections that a worker holds: kept alive and idle, or in the middle of sending a
 * request. A fixed table; those in the middle stand in a list in order of their time, so that the
 * first is the next to be overdue. Those that are idle do so as well, where somebody asks for it. Those
 * that have sent something stand in another one, in the order that the kernel told of them: who waits
 * longest is served next, however many there are.
 */
#ifndef POSTERN_PROCESS_HELD_H
#define POSTERN_PROCESS_HELD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/compiler.h"

struct gateway_connection;

enum { HELD_MAX = 1024 };

struct held {
	struct gateway_connection *gateway; /* NULL: the entry is free */
	int64_t partial_since_us;           /* 0: idle; else when its request began to arrive */
	int64_t idle_since_us;              /* 0: not, or nobody asks */
	int64_t ready_since_us;             /* 0: has sent nothing; else when that was seen */
	struct held *next, *previous; /* partial or idle; `next` also in the list of free ones */
	struct held *next_ready, *previous_ready;
	bool is_rescued; /* another worker has it now (rescue.c) */
};

struct held_list {
	struct held *first, *last;
};

struct held_table {
	struct held *entries; /* HELD_MAX */
	struct held *free;
	struct held_list partial, idle;
	struct held *first_ready, *last_ready;
	unsigned count;
};

bool held_init(struct held_table *table) MUST_USE;
/* The connections themselves must have been closed. */
void held_done(struct held_table *table);

/* NULL when the table is full. */
struct held *held_add(struct held_table *table, struct gateway_connection *connection);
void held_remove(struct held_table *table, struct held *held);

/* A request begins to arrive at `now_us`; nothing changes when it began before. */
void held_begin_partial(struct held_table *table, struct held *held, int64_t now_us);
/* It is whole. */
void held_end_partial(struct held_table *table, struct held *held);
/* The one that has been sending for longest; NULL: none is. */
struct held *held_first_partial(const struct held_table *table);

/* It was seen at `now_us` to have sent something; nothing changes when it was before. */
void held_begin_ready(struct held_table *table, struct held *held, int64_t now_us);
/* It is being looked at. */
void held_end_ready(struct held_table *table, struct held *held);
/* The one that has waited for longest; NULL: nobody has sent anything. */
struct held *held_first_ready(const struct held_table *table);
/* It is idle from `now_us` on, whatever it was before; not for one in the middle of a request. */
void held_rest(struct held_table *table, struct held *held, int64_t now_us);
/* The one that has been idle for longest, of those that held_rest was called for; NULL: none. */
struct held *held_first_idle(const struct held_table *table);

#endif
