/*
 * A worker writes its own line of the scoreboard: shared.h says who reads it. A few stores, none of
 * which waits.
 */
#ifndef POSTERN_PROCESS_SCOREBOARD_H
#define POSTERN_PROCESS_SCOREBOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "process/shared.h"

/* The manager's, between two workers: all is as nobody had sat there. */
void scoreboard_clear(struct scoreboard_slot *line, enum worker_state state, uint32_t generation);
void scoreboard_show_state(struct scoreboard_slot *line, enum worker_state state);
/* A request has begun at monotonic `now_us`; its route is not known yet. */
void scoreboard_show_request(struct scoreboard_slot *line, int64_t now_us);
void scoreboard_show_route(struct scoreboard_slot *line, size_t route_index);
/* It is answered, at monotonic `now_us`; `state` is what the worker goes back to. */
void scoreboard_show_answered(
    struct scoreboard_slot *line, enum worker_state state, int64_t now_us);
void scoreboard_show_connections(struct scoreboard_slot *line, unsigned count);
/* So many requests wait on kept connections behind the one that comes next. */
void scoreboard_show_pending(struct scoreboard_slot *line, unsigned count);
/* Adds bits of enum worker_leaving or worker_wish. True: one of them is new. */
bool scoreboard_leave(struct scoreboard_slot *line, uint32_t bits);

#endif
