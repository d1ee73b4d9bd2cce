/*
 * Renewing workers: how many requests one answers, and who goes when. A worker that comes to its
 * end is replaced before it goes: first another one accepts, then it is told. At most a quarter of
 * them (at least one) is on its way at a time. Pure arithmetic; the caller brings clock, chance and
 * what it saw.
 *
 *     near its last request ─▶ a successor is hired, for whoever comes to the end first
 *     its last request has begun: it begins no other, hands its connections over, waits
 *         ─ the successor accepts ─▶ told to go
 *     too old, or too large: works on ─ the successor accepts ─▶ told to go behind its request
 */
#ifndef POSTERN_PROCESS_RENEWAL_H
#define POSTERN_PROCESS_RENEWAL_H

#include <stdint.h>

enum {
	RENEWAL_SHARE = 4,         /* one in so many workers at a time */
	RENEWAL_NOTICE_MOST = 100, /* requests before its last that a worker says so, at most... */
	RENEWAL_NOTICE_SHARE = 4,  /* ...and as a part of all: one in so many */
	RENEWAL_PACE_US = 1000 * 1000, /* who was told holds its place so long, and no longer */
};

/* The requests that a worker answers; `chance` is any number. 0: without end. */
uint64_t renewal_quota(uint64_t max_requests, uint64_t jitter, uint64_t chance);
/* How many of them it has answered when its successor is hired. */
uint64_t renewal_notice(uint64_t quota);

/* Workers that were not told to go, and `going`: those that were a moment ago. */
struct renewal_view {
	unsigned wanted;
	unsigned starting;
	unsigned serving; /* they accept */
	unsigned near;    /* of the serving: those that will go, and not yet */
	unsigned due;     /* of the serving: those that go as soon as they may */
	unsigned done;    /* they serve nobody any more: they go as soon as they may */
	unsigned going;
};

struct renewal_step {
	unsigned hire;
	unsigned dismiss; /* of those that are done, then of those that are due */
	unsigned reserve; /* so many more than wanted may be there */
};

struct renewal_step renewal_decide(const struct renewal_view *view);

#endif
