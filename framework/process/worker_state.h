/*
 * A worker's state, and what its two files do for each other: worker.c is its days of work,
 * leaving.c its end.
 */
#ifndef POSTERN_PROCESS_WORKER_STATE_H
#define POSTERN_PROCESS_WORKER_STATE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <postern/service.h>

#include "process/crew.h"
#include "process/exchange.h"
#include "process/handover.h"
#include "process/held.h"
#include "process/listener.h"
#include "process/memory.h"
#include "process/peers.h"
#include "process/tally.h"
#include "process/worker.h"

/* It takes nobody any more: there is room for what is handed over at once, and not more. */
enum {
	WORKER_FULL = HELD_MAX - HANDOVER_BATCH,
	WORKER_EVENTS = HELD_MAX + LISTENER_MAX + 3, /* all that there can be at once */
};

enum source { SOURCE_STOP, SOURCE_WAKE, SOURCE_LISTENER, SOURCE_HANDED, SOURCE_HELD };

struct worker {
	const struct crew_seat *seat;
	struct listeners *listeners;
	struct scoreboard_slot *line;
	const struct tally *tally;
	struct slot_tally *counts;      /* of this slot */
	uint64_t lines_lost_before;     /* by those who sat in this slot before */
	struct postern_service service; /* as the author's, with our hook before its own */
	struct exchange exchange;
	struct held_table held;
	int64_t now_us;    /* at the last look or the end of the last request */
	int64_t looked_us; /* when the kernel was last asked who has sent something */
	int epoll_fd, stop_fd;
	bool is_listening;
	bool has_peers[LISTENER_MAX];   /* they are asked who they are */
	struct peers peers;             /* who may connect to those */
	bool has_backlog[LISTENER_MAX]; /* there may be somebody to accept */
	unsigned backlog_count;
	bool is_news;             /* somebody came since we last left one to another worker */
	int64_t accept_again_us;  /* not before; 0: at once */
	unsigned ended_in_row;    /* connections that ended with their request since one was kept */
	bool is_handed;           /* there may be somebody whom another worker handed over */
	uint64_t quota, answered; /* requests until it is renewed (0: without end); so far */
	struct memory_meter memory;
	int64_t memory_seen_us;
	bool is_retiring; /* it begins no request any more, and waits to be told */
	bool is_draining;
	const struct held *in_hand;        /* whose request is being served; NULL: a new one's */
	volatile sig_atomic_t has_rescued; /* some of those that are held are others' now */
	bool is_handover_full; /* at the last attempt: we go on with our connections ourselves */
	int64_t linger_end_us, drain_end_us;
};

/* Whether the kernel wakes us for new connections, on the sockets or handed over. */
void worker_set_listening(struct worker *w, bool listens);
/* Serves what has come on a connection that is held. */
void worker_serve_held(struct worker *w, struct held *held);
/*
 * Serves what comes on a connection that was just accepted, by when it had come (a future time: nobody
 * knows). True when it stays.
 */
bool worker_serve_new(struct worker *w, int fd, int64_t since_us);
/* Closes a connection that is held. */
void worker_close_held(struct worker *w, struct held *held);

/* Whether what was begun at `since_us` may go on, by the clock of the last request. */
static inline bool
worker_has_time(const struct worker *w, int64_t since_us)
{
	return w->now_us - since_us < WORKER_TURN_US;
}

/* Whether there may be somebody to accept on a listening socket. */
void worker_note_backlog(struct worker *w, size_t i, bool is_there);
/* This turn's share of those who wait. */
void worker_accept(struct worker *w);
enum taken { TAKEN_NOBODY = 0, TAKEN_ENDED, TAKEN_KEPT, TAKEN_FAILED };
/* Accepts the next connection of a backlog and serves what it brings. */
enum taken worker_take_next(struct worker *w, size_t index);
/* Takes a batch that another worker has handed over. False: there is none. */
bool worker_take_handed(struct worker *w);

/* There is something new for the manager in our line of the scoreboard. */
void worker_tell_news(const struct worker *w);

#endif
