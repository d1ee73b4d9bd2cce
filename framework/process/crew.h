/*
 * The crew: the manager's own record of its workers, one per slot of the scoreboard. Starts,
 * stops, kills and buries them; decides nothing about when. It believes the scoreboard about
 * states and times, which cost a wrongly killed worker at worst, and never about process ids.
 */
#ifndef POSTERN_PROCESS_CREW_H
#define POSTERN_PROCESS_CREW_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/compiler.h"
#include "process/burial.h"
#include "process/handover.h"
#include "process/log_renewal.h"
#include "process/shared.h"
#include "process/storm.h"
#include "process/watchdog.h"

struct generation;

/* What a worker finds in its hands after the fork. */
struct crew_seat {
	struct shared *shared;
	unsigned slot;
	const struct generation *generation;
	int news_fd;         /* eventfd: write 1 when accepting, and when `leaving` changes */
	const int *wake_fds; /* per slot, an eventfd: look at the sockets; -1: none */
	const struct handover *handover;
	const struct log_renewal *log_renewal;
	unsigned core; /* number + 1 of the one that it is bound to; 0: to none */
	pid_t manager;
};

/* The life of a worker, in its own process. Returns the exit status. */
typedef int crew_work(void *context, const struct crew_seat *seat);

struct crew_member {
	pid_t pid; /* 0: the slot is free */
	struct generation *generation;
	int64_t started_us;
	int64_t kill_us;        /* when patience ends; 0: not told to stop */
	enum death_cause cause; /* why it was killed; DEATH_NONE: it was not */
	struct watchdog dog;
	int64_t renewed_us; /* when it was told because it is renewed; 0: it was not */
	unsigned core;      /* as the seat's */
	bool is_ready;      /* has been seen accepting */
	bool is_followed;   /* others were told to look for the connections that it left behind */
	/* Of the slot, whoever sits in it. */
	struct storm storm;
	int64_t wait_us; /* it stays empty until then; 0: it need not */
};

/* Who was buried. */
struct crew_leaver {
	struct generation *generation;
	unsigned slot;
	bool was_told; /* to end */
};

struct crew {
	struct shared *shared;
	struct crew_member *members; /* SHARED_MAX_SLOTS */
	int *wake_fds;               /* SHARED_MAX_SLOTS */
	int news_fd;
	struct handover handover;
	struct log_renewal log_renewal;
	struct death last_death;
	crew_work *work;
	void *context;
	bool has_backlog_of_dead; /* of those who were buried before others were told of it */
};

/* How a process of the crew ended. */
enum crew_end {
	CREW_STRANGER = 0, /* not of the crew */
	CREW_STOPPED,      /* as it was told, or of its own will with status 0 */
	CREW_DIED
};

bool crew_init(struct crew *crew, struct shared *shared, crew_work *work, void *context) MUST_USE;
void crew_done(struct crew *crew);
/* Before the first is hired: connections change hands with another manager's workers, too. */
void crew_share_handover(struct crew *crew, struct handover handover);

/*
 * Makes what the next `count` workers need, so that each of them knows of all. False: no room or
 * descriptors.
 */
bool crew_prepare(struct crew *crew, unsigned count, int64_t now_us) MUST_USE;
/* Forks one worker of `generation`. False: no slot, or the system refuses. */
bool crew_hire(struct crew *crew, struct generation *generation, int64_t now_us) MUST_USE;

/* Workers of `generation` (NULL: of all): alive; not told to stop; accepting. */
unsigned crew_count(const struct crew *crew, const struct generation *generation);
unsigned crew_count_staying(const struct crew *crew, const struct generation *generation);
unsigned crew_count_ready(struct crew *crew, const struct generation *generation);
/* Workers of `generation` that may still begin a request. */
unsigned crew_count_taking(const struct crew *crew, const struct generation *generation);

/*
 * Tells `count` workers of `generation`, the newest first, to finish; after `kill_us` they are
 * killed. Others go on in their place, and get what they have not begun.
 */
void crew_dismiss(
    struct crew *crew, const struct generation *generation, unsigned count, int64_t kill_us);
/* The same for the one in a slot, who was not told before. */
void crew_dismiss_slot(struct crew *crew, unsigned slot, int64_t kill_us);
/* Tells all to finish, and nobody goes on. */
void crew_dismiss_all(struct crew *crew, int64_t kill_us);
/* All that were told to stop have until `kill_us` and no longer. */
void crew_hurry(struct crew *crew, int64_t kill_us);

/*
 * The kernel wakes one worker for a connection. When that one dies before it accepts, or was told
 * to stop and leaves it in the queue, no other hears of it before the next one comes.
 */
/* Has all workers of `generation` that stay look at the sockets. */
void crew_wake(const struct crew *crew, const struct generation *generation);
/* Descriptor 1 is another file now: all workers are to have it, too. */
void crew_renew_log(struct crew *crew);
/* Goes on with that; at each turn. */
void crew_go_on_renewing_log(struct crew *crew);
/* Whether somebody has left connections in the queue since the last call. */
bool crew_left_backlog(struct crew *crew);

/*
 * A child was reaped: frees the slot and logs how it ended. `is_oom`: for its memory, as far as the
 * kernel tells.
 */
enum crew_end crew_bury(
    struct crew *crew, pid_t pid, int status, bool is_oom, struct crew_leaver *ret_leaver);

/*
 * Somebody died in a slot who was not told to end. Returns the milliseconds that the slot stays
 * empty; 0: it need not. Its place counts as taken meanwhile, and other slots are filled.
 */
unsigned crew_mourn(struct crew *crew, unsigned slot, int64_t now_us);
/* Slots that stay empty after deaths, and until when the first of them does (0: there is none). */
unsigned crew_count_waiting(const struct crew *crew, int64_t now_us, int64_t *ret_next_us);
/* With new settings everybody begins afresh. */
void crew_forget_deaths(struct crew *crew);

/*
 * Takes the watchdog's steps with who is slow or overdue: to end, to answer its request, to begin
 * accepting. Returns when to look again; 0: never.
 */
int64_t crew_watch(struct crew *crew, int64_t now_us);

#endif
