/*
 * The manager with workers that serve nothing: what it does about signals, deaths, storms, hangs,
 * reloads and stops. Each test is a play: a manager in a child process, its log through a pipe.
 */
#include "play.h"

#include <sys/eventfd.h>

#include <postern/service.h>

#include "config/config.h"
#include "log/log.h"
#include "process/generation.h"
#include "process/manager.h"
#include "process/oom_events.h"
#include "process/signals.h"

/*
 * What the workers of a play do. Lives in shared memory, so that the test can change it in the
 * middle.
 */
struct script {
	_Atomic(int) worker;
	_Atomic(int) reload;
	_Atomic(int) is_stale;
	_Atomic(int) stopped_listening;
};

enum { LIVE = 0, FAIL, HANG_BUSY, HANG_STARTING, DEAF, DIE_READY, LINGER, LEAVE_AND_END };
enum { RELOAD_GOOD = 0, RELOAD_BAD, RELOAD_SLOW /* until the cue, and bad then */ };

static struct script *script;
static struct config config;
static int cue_fd; /* eventfd: a worker that lingers takes its next step */

/* Straight into the log of the play. */
static void
say(const char *text)
{
	(void)!write(STDOUT_FILENO, text, strlen(text));
}

static void
tell_ready(const struct crew_seat *seat, enum worker_state state)
{
	const uint64_t one = 1;

	atomic_store(&seat->shared->slots[seat->slot].request_started_us, clock_mono_us());
	atomic_store(&seat->shared->slots[seat->slot].route, 1);
	atomic_store(&seat->shared->slots[seat->slot].state, state);
	say("accepts\n");
	(void)!write(seat->news_fd, &one, sizeof(one));
}

/* Told to stop, it leaves what it does step by step, when the test says so. */
static void
linger(const struct crew_seat *seat)
{
	_Atomic(uint32_t) *leaving = &seat->shared->slots[seat->slot].leaving;
	const uint64_t one = 1;
	uint64_t cue;

	atomic_fetch_or(leaving, LEAVING_CONNECTIONS | LEAVING_BACKLOG);
	(void)!write(seat->news_fd, &one, sizeof(one));
	(void)!read(cue_fd, &cue, sizeof(cue));
	atomic_fetch_or(leaving, LEAVING_REQUESTS);
	(void)!write(seat->news_fd, &one, sizeof(one));
	(void)!read(cue_fd, &cue, sizeof(cue));
}

static int
act(void *context UNUSED, const struct crew_seat *seat)
{
	int stop_fd = eventfd(0, EFD_CLOEXEC), part = atomic_load(&script->worker);
	struct pollfd fds[] = {
		{ .fd = stop_fd, .events = POLLIN },
		{ .fd = seat->wake_fds[seat->slot], .events = POLLIN },
	};
	uint64_t count;

	if (part == FAIL)
		return 70;
	if (!signals_child(stop_fd, 60) || !signals_follow_parent(seat->manager, SIGTERM))
		return 71;
	if (part == DEAF || part == HANG_BUSY)
		(void)signal(SIGTERM, SIG_IGN);
	if (part != HANG_STARTING)
		tell_ready(seat, part == HANG_BUSY ? WORKER_BUSY : WORKER_IDLE);
	if (part == DIE_READY)
		return 1;
	do {
		(void)poll(fds, COUNT_OF(fds), -1);
		if (read(seat->wake_fds[seat->slot], &count, sizeof(count)) > 0)
			say("woken\n");
	} while (fds[0].revents == 0);
	say("told\n");
	if (part == LINGER)
		linger(seat);
	/* So fast that nobody looks in between. */
	if (part == LEAVE_AND_END)
		atomic_fetch_or(&seat->shared->slots[seat->slot].leaving,
		    LEAVING_CONNECTIONS | LEAVING_BACKLOG | LEAVING_REQUESTS);
	return 0;
}

static struct generation *
make_generation(uint32_t number)
{
	static const struct postern_route routes[] = { { .path = "/hang" } };
	static const struct postern_service service = {
		.name = "svc", .routes = routes, .route_count = 1
	};
	struct generation *generation = generation_new(&service, number);

	if (generation == NULL)
		_exit(98);
	generation->config = &config;
	generation->log = log_new(&generation->arena, STDOUT_FILENO, &config);
	return generation;
}

static struct generation *
reload(void *context UNUSED, const struct generation *current)
{
	uint64_t cue;

	if (atomic_load(&script->reload) == RELOAD_SLOW) {
		say("reads\n");
		(void)!read(cue_fd, &cue, sizeof(cue));
	}
	return atomic_load(&script->reload) == RELOAD_GOOD ? make_generation(current->number + 1)
							   : NULL;
}

static bool
is_stale(const struct generation *current UNUSED)
{
	return atomic_load(&script->is_stale) != 0;
}

static void
stop_listening(void *context UNUSED)
{
	atomic_fetch_add(&script->stopped_listening, 1);
}

static void
on_start(void *context UNUSED, const struct generation *current)
{
	log_plain(current->log, LOG_SERVICE_STARTUP);
}

static void
on_renewed(void *context UNUSED, const struct generation *current UNUSED)
{
}

static int
keep_ledger(void *context UNUSED, pid_t manager)
{
	int stop_fd = eventfd(0, EFD_CLOEXEC);
	struct pollfd stop = { .fd = stop_fd, .events = POLLIN };

	if (!signals_child_told_by(SIGUSR2, stop_fd, 60) ||
	    !signals_follow_parent(manager, SIGUSR2))
		return 71;
	say("ledger open\n");
	while (poll(&stop, 1, -1) < 0)
		;
	say("ledger closed\n");
	return 0;
}

static struct shared *shared;

static void
start(struct play *play, keeper_work *ledger)
{
	static struct oom_events oom_events = { .fd = -1 };
	static struct death death;
	const struct manager_plan plan = {
		.shared = shared,
		.oom_events = &oom_events,
		.ret_death = &death,
		.work = act,
		.ledger = ledger,
		.reload = reload,
		.is_stale = is_stale,
		.free_generation = generation_free,
		.stop_listening = stop_listening,
		.on_start = on_start,
		.on_renewed = on_renewed,
	};
	struct manager_plan own = plan;

	if (!play_fork(play))
		return;
	own.first = make_generation(1);
	exit(manager_run(&own));
}

static int
set_up(void **state)
{
	shared = shared_new();
	assert_non_null(shared);
	script = (struct script *)(void *)&shared->slots[SHARED_MAX_SLOTS - 1];
	_Static_assert(
	    sizeof(struct script) <= sizeof(struct scoreboard_slot), "the script has one slot");
	config = (struct config) {
		.service_name = "svc",
		.environment = ENVIRONMENT_TEST,
		.log_level = LEVEL_INFO,
		.workers = 2,
		.worker_timeout_s = 30,
		.graceful_timeout_s = 30,
	};
	cue_fd = eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE);
	assert_true(cue_fd >= 0);
	*state = calloc(1, sizeof(struct play));
	assert_non_null(*state);
	return 0;
}

static int
tear_down(void **state)
{
	struct play *play = *state;

	if (play->pid > 0) {
		(void)kill(play->pid, SIGKILL);
		(void)waitpid(play->pid, NULL, 0);
	}
	free(play);
	close(cue_fd);
	shared_free(shared);
	return 0;
}

static void
ask(const struct play *play, int number)
{
	assert_int_equal(kill(play->pid, number), 0);
}

static void
cue(uint64_t steps)
{
	assert_int_equal(write(cue_fd, &steps, sizeof(steps)), sizeof(steps));
}

/*
 * --- the plays ---------------------------------------------------------------------------------
 */

static void
starts_serves_and_stops(void **state)
{
	struct play *play = *state;

	start(play, NULL);
	play_wait(play, "service.startup", NULL);
	ask(play, SIGTERM);
	play_wait(play, "service.stopping", NULL);
	play_wait(play, "service.shutdown", NULL);
	assert_int_equal(play_end(play), 0);
	assert_int_equal(play_count(play, "worker.started"), 2);
	assert_int_equal(play_count(play, "worker.stopped"), 2);
	assert_int_equal(play_count(play, "worker.died"), 0);
	assert_int_equal(atomic_load(&script->stopped_listening), 1);
	assert_int_equal(atomic_load(&shared->slots[0].state), WORKER_EMPTY);
}

static void
quit_is_term(void **state)
{
	struct play *play = *state;

	start(play, NULL);
	play_wait(play, "service.startup", NULL);
	ask(play, SIGQUIT);
	assert_int_equal(play_end(play), 0);
	assert_int_equal(play_count(play, "worker.died"), 0);
}

static void
signals_without_meaning_are_harmless(void **state)
{
	struct play *play = *state;

	start(play, NULL);
	play_wait(play, "service.startup", NULL);
	ask(play, SIGUSR1);
	ask(play, SIGUSR2);
	ask(play, SIGWINCH);
	ask(play, SIGPIPE);
	ask(play, SIGHUP);
	play_wait(play, "service.reloaded", NULL);
	ask(play, SIGTERM);
	assert_int_equal(play_end(play), 0);
}

static void
a_killed_worker_is_replaced(void **state)
{
	struct play *play = *state;
	long victim;

	start(play, NULL);
	victim = play_number(play_wait(play, "worker.started", NULL), "\"pid\"");
	play_wait(play, "service.startup", NULL);
	assert_int_equal(kill((pid_t)victim, SIGKILL), 0);
	assert_non_null(
	    strstr(play_wait(play, "worker.died", "\"cause\":\"signal\""), "\"signal\":9"));
	assert_int_not_equal(
	    play_number(play_wait(play, "worker.started", NULL), "\"pid\""), victim);
	ask(play, SIGTERM);
	assert_int_equal(play_end(play), 0);
	assert_int_equal(play_count(play, "worker.storm"), 0);
	/* The other one looked: the victim may have died with a connection to accept. */
	assert_int_equal(play_count(play, "woken"), 1);
}

/* Who waits in a queue that the dead one has left is not forgotten with it. */
static void
what_a_worker_left_outlives_it(void **state)
{
	struct play *play = *state;

	atomic_store(&script->worker, LEAVE_AND_END);
	start(play, NULL);
	play_until(play, "accepts", 2);
	ask(play, SIGTTOU);
	play_wait(play, "worker.stopped", NULL);
	play_until(play, "woken", 1);
	ask(play, SIGTERM);
	assert_int_equal(play_end(play), 0);
}

/* Someone ended one worker by hand: no death, but a replacement. */
static void
a_worker_told_by_others_is_replaced(void **state)
{
	struct play *play = *state;
	long victim;

	start(play, NULL);
	victim = play_number(play_wait(play, "worker.started", NULL), "\"pid\"");
	play_wait(play, "service.startup", NULL);
	assert_int_equal(kill((pid_t)victim, SIGTERM), 0);
	play_wait(play, "worker.stopped", NULL);
	play_wait(play, "worker.started", NULL);
	ask(play, SIGTERM);
	assert_int_equal(play_end(play), 0);
}

static void
a_storm_is_slowed_down(void **state)
{
	struct play *play = *state;

	config.workers = 1;
	start(play, NULL);
	play_wait(play, "service.startup", NULL);
	atomic_store(&script->worker, DIE_READY);
	assert_int_equal(
	    kill((pid_t)play_number(strstr(play->log, "worker.started"), "\"pid\""), SIGKILL), 0);
	assert_int_equal(play_number(play_wait(play, "worker.storm", NULL), "\"delay_ms\""), 100);
	assert_int_equal(play_number(play_wait(play, "worker.storm", NULL), "\"delay_ms\""), 200);
	assert_in_range(play_count(play, "worker.died"), 6, 8);
	atomic_store(&script->worker, LIVE);
	play_wait(play, "worker.started", NULL);
	ask(play, SIGTERM);
	assert_int_equal(play_end(play), 0);
}

/* The one that dies and dies waits for its turn; the other one is replaced at once. */
static void
a_storm_in_one_slot_is_nothing_to_the_others(void **state)
{
	struct play *play = *state;
	const char *line;
	long other;

	start(play, NULL);
	play_until(play, "accepts", 2);
	play_wait(play, "worker.started", "\"worker\":1");
	other = play_number(play_wait(play, "worker.started", "\"worker\":2"), "\"pid\"");
	atomic_store(&script->worker, DIE_READY);
	assert_int_equal(
	    kill((pid_t)play_number(strstr(play->log, "\"worker\":1"), "\"pid\""), SIGKILL), 0);
	do
		line = play_wait(play, "worker.storm", "\"worker\":1");
	while (play_number(line, "\"delay_ms\"") < 1600);
	/* There is more than a second of quiet in slot 1 now, in which the other one has its turn. */
	atomic_store(&script->worker, LIVE);
	assert_int_equal(kill((pid_t)other, SIGKILL), 0);
	play_wait(play, "worker.died", "\"worker\":2");
	play_wait(play, "worker.started", "\"worker\":2");
	ask(play, SIGTERM);
	assert_int_equal(play_end(play), 0);
}

static void
a_start_that_cannot_succeed_ends(void **state)
{
	struct play *play = *state;

	atomic_store(&script->worker, FAIL);
	start(play, NULL);
	assert_int_equal(play_end(play), 70);
	assert_int_equal(play_count(play, "worker.started"), 2);
	assert_int_equal(play_count(play, "\"exit_status\":70"), 2);
	assert_int_equal(play_count(play, "service.startup"), 0);
	assert_int_equal(play_count(play, "service.shutdown"), 0);
	assert_int_equal(atomic_load(&script->stopped_listening), 1);
}

/* On demand nobody is needed yet, but it is known in time that nobody could come. */
static void
a_start_on_demand_that_cannot_succeed_ends(void **state)
{
	struct play *play = *state;

	config.worker_mode = WORKER_MODE_ONDEMAND;
	atomic_store(&script->worker, FAIL);
	start(play, NULL);
	assert_int_equal(play_end(play), 70);
	assert_int_equal(play_count(play, "worker.started"), 1);
}

static void
an_idle_worker_goes_on_demand(void **state)
{
	struct play *play = *state;

	config.worker_mode = WORKER_MODE_ONDEMAND;
	config.worker_idle_timeout_s = 1;
	config.worker_spawn_rate = 1;
	start(play, NULL);
	play_wait(play, "worker.started", NULL);
	play_wait(play, "told", NULL);
	play_wait(play, "worker.stopped", NULL);
	assert_int_equal(atomic_load(&shared->manager.wanted), 0);
	ask(play, SIGHUP); /* new settings are tried by one, too */
	play_wait(play, "worker.started", NULL);
	play_wait(play, "service.reloaded", NULL);
	ask(play, SIGTERM);
	assert_int_equal(play_end(play), 0);
	assert_int_equal(play_count(play, "worker.died"), 0);
}

static void
some_workers_are_always_idle(void **state)
{
	struct play *play = *state;

	config.worker_mode = WORKER_MODE_DYNAMIC;
	config.workers = 4;
	config.worker_start = 2;
	config.worker_min_spare = config.worker_max_spare = 2;
	config.worker_spawn_rate = 32;
	start(play, NULL);
	play_until(play, "accepts", 2);
	play_wait(play, "service.startup", NULL);
	atomic_store(&shared->slots[0].state, WORKER_BUSY);
	atomic_store(&shared->slots[1].state, WORKER_BUSY);
	ask(play, SIGTTOU); /* the manager comes round; three may be there from now on */
	play_until(play, "worker.started", 3);
	play_wait(play, "worker.max_reached", "\"workers\":3");
	atomic_store(&shared->slots[0].state, WORKER_IDLE);
	atomic_store(&shared->slots[1].state, WORKER_IDLE);
	play_wait(play, "worker.stopped", NULL);
	ask(play, SIGTERM);
	assert_int_equal(play_end(play), 0);
	assert_int_equal(play_count(play, "worker.started"), 3);
}

static void
a_start_that_hangs_ends(void **state)
{
	struct play *play = *state;

	config.worker_timeout_s = 1;
	atomic_store(&script->worker, HANG_STARTING);
	start(play, NULL);
	assert_int_equal(play_end(play), 70);
	assert_int_equal(play_count(play, "worker.timeout"), 2);
}

static void
a_request_without_end_costs_one_worker(void **state)
{
	struct play *play = *state;

	config.workers = 1;
	config.worker_timeout_s = 1;
	atomic_store(&script->worker, HANG_BUSY);
	start(play, NULL);
	play_wait(play, "service.startup", NULL);
	atomic_store(&script->worker, LIVE);
	assert_non_null(strstr(play_wait(play, "worker.timeout", NULL), "\"route\":\"/hang\""));
	play_wait(play, "worker.started", NULL); /* before the other one is gone */
	play_wait(play, "worker.died", "\"cause\":\"timeout\"");
	ask(play, SIGTERM);
	assert_int_equal(play_end(play), 0);
}

static void
a_deaf_worker_is_killed_after_the_grace(void **state)
{
	struct play *play = *state;

	config.graceful_timeout_s = 1;
	config.workers =
	    1; /* the service has started when the first accepts: then this one is deaf */
	atomic_store(&script->worker, DEAF);
	start(play, NULL);
	play_wait(play, "service.startup", NULL);
	ask(play, SIGTERM);
	assert_int_equal(play_end(play), 0);
	assert_int_equal(play_count(play, "\"cause\":\"grace_over\""), 1);
}

static void
int_is_quick(void **state)
{
	struct play *play = *state;
	int64_t before_us;

	config.workers =
	    1; /* the service has started when the first accepts: then this one is deaf */
	atomic_store(&script->worker, DEAF); /* and the grace is half a minute */
	start(play, NULL);
	play_wait(play, "service.startup", NULL);
	before_us = clock_mono_us();
	ask(play, SIGINT);
	assert_int_equal(play_end(play), 0);
	assert_true(clock_mono_us() - before_us < 15 * 1000000);
	assert_int_equal(play_count(play, "\"cause\":\"grace_over\""), 1);
}

static void
a_second_term_is_quick(void **state)
{
	struct play *play = *state;

	config.workers =
	    1; /* the service has started when the first accepts: then this one is deaf */
	atomic_store(&script->worker, DEAF);
	start(play, NULL);
	play_wait(play, "service.startup", NULL);
	ask(play, SIGTERM);
	play_wait(play, "service.stopping", NULL);
	ask(play, SIGTERM);
	assert_int_equal(play_end(play), 0);
	assert_int_equal(play_count(play, "service.stopping"), 1);
}

static void
new_workers_accept_before_old_ones_drain(void **state)
{
	struct play *play = *state;

	start(play, NULL);
	play_until(
	    play, "accepts", 2); /* or the second of the old ones may come after the new ones */
	ask(play, SIGHUP);
	play_wait(play, "service.reload\"", NULL);
	play_until(play, "told", 2);
	assert_true(play_find(play, "told", 1) > play_find(play, "accepts", 4));
	assert_int_equal(play_number(play_wait(play, "service.reloaded", NULL), "\"workers\""), 2);
	ask(play, SIGTERM);
	assert_int_equal(play_end(play), 0);
	assert_int_equal(play_count(play, "worker.started"), 4);
	assert_int_equal(play_count(play, "worker.died"), 0);
}

/* The word that a reload is complete is the word that nothing begins under the old settings. */
static void
a_reload_is_told_of_when_the_old_ones_begin_nothing(void **state)
{
	struct play *play = *state;

	config.workers = 1;
	atomic_store(&script->worker, LINGER);
	start(play, NULL);
	play_wait(play, "service.startup", NULL);
	atomic_store(&script->worker, LIVE);
	ask(play, SIGHUP);
	play_wait(play, "told", NULL);
	assert_int_equal(atomic_load(&shared->slots[0].is_relieved), 1);
	assert_int_equal(atomic_load(&shared->slots[1].is_relieved), 0);
	play_wait(
	    play, "woken", NULL); /* the new one: the old one has left connections in the queue */
	ask(play, SIGTTIN);       /* the manager comes round */
	play_wait(play, "worker.started", NULL);
	assert_int_equal(play_count(play, "service.reloaded"), 0);
	cue(1);
	play_wait(play, "service.reloaded", NULL);
	assert_int_equal(play_count(play, "worker.stopped"), 0);
	cue(1);
	play_wait(play, "worker.stopped", NULL);
	ask(play, SIGTERM);
	assert_int_equal(play_end(play), 0);
	assert_int_equal(play_count(play, "service.reloaded"), 1);
}

/* At a stop nobody goes on, not even for a worker that was relieved before. */
static void
a_stop_relieves_nobody(void **state)
{
	struct play *play = *state;

	config.workers = 1;
	atomic_store(&script->worker, LINGER);
	start(play, NULL);
	play_wait(play, "service.startup", NULL);
	ask(play, SIGHUP);
	play_until(play, "told", 1);
	assert_int_equal(atomic_load(&shared->slots[0].is_relieved), 1);
	ask(play, SIGTERM);
	play_until(play, "told", 2);
	assert_int_equal(atomic_load(&shared->slots[0].is_relieved), 0);
	assert_int_equal(atomic_load(&shared->slots[1].is_relieved), 0);
	cue(4);
	assert_int_equal(play_end(play), 0);
	assert_int_equal(play_count(play, "service.reloaded"), 0);
}

/* Whose policies had expired must not decide by them again while it drains. */
static void
fresh_policies_do_not_freshen_the_old_ones(void **state)
{
	struct play *play = *state;

	config.workers = 1;
	atomic_store(&script->worker, LINGER);
	start(play, NULL);
	play_wait(play, "service.startup", NULL);
	atomic_store(&script->worker, LIVE);
	atomic_store(shared_policies_expire_us(shared, 1), 1);
	atomic_store(shared_policies_expire_us(shared, 2), 1); /* of an attempt long ago */
	ask(play, SIGHUP);
	play_wait(play, "told", NULL);
	assert_int_equal(atomic_load(shared_policies_expire_us(shared, 1)), 1);
	assert_int_equal(atomic_load(shared_policies_expire_us(shared, 2)), 0);
	cue(2);
	play_wait(play, "service.reloaded", NULL);
	ask(play, SIGTERM);
	assert_int_equal(play_end(play), 0);
}

/* Asked again while the old workers still drain, it is done when they are gone. */
static void
a_second_reload_waits_for_the_first(void **state)
{
	struct play *play = *state;

	config.graceful_timeout_s = 1;
	config.workers =
	    1; /* the service has started when the first accepts: then this one is deaf */
	atomic_store(&script->worker, DEAF);
	start(play, NULL);
	play_wait(play, "service.startup", NULL);
	atomic_store(&script->worker, LIVE);
	ask(play, SIGHUP);
	play_wait(play, "accepts", NULL);
	ask(play, SIGHUP);
	play_wait(play, "worker.died", "grace_over");
	play_wait(play, "service.reloaded", NULL);
	play_wait(play, "service.reload\"", NULL);
	play_wait(play, "service.reloaded", NULL);
	ask(play, SIGTERM);
	assert_int_equal(play_end(play), 0);
}

static void
bad_settings_leave_everything_as_it_was(void **state)
{
	struct play *play = *state;

	start(play, NULL);
	play_wait(play, "service.startup", NULL);
	atomic_store(&script->reload, RELOAD_BAD);
	ask(play, SIGHUP);
	play_wait(play, "service.reload_refused", "\"reason\":\"settings\"");
	assert_int_equal(atomic_load(shared_policies_expire_us(shared, 1)), 0);
	ask(play, SIGTERM);
	assert_int_equal(play_end(play), 0);
	assert_int_equal(play_count(play, "worker.started"), 2);
}

static void
new_workers_that_cannot_start_leave_the_old_ones(void **state)
{
	struct play *play = *state;

	start(play, NULL);
	play_wait(play, "service.startup", NULL);
	atomic_store(&script->worker, FAIL);
	ask(play, SIGHUP);
	play_wait(play, "service.reload_refused", "\"reason\":\"workers\"");
	atomic_store(&script->worker, LIVE);
	ask(play, SIGHUP);
	play_wait(play, "service.reloaded", NULL);
	ask(play, SIGTERM);
	assert_int_equal(play_end(play), 0);
}

static void
changed_policies_are_loaded_by_themselves(void **state)
{
	struct play *play = *state;

	config.policy_cache_ttl_s = 1;
	atomic_store(&script->is_stale, 1);
	atomic_store(&script->reload, RELOAD_BAD);
	start(play, NULL);
	play_wait(play, "service.startup", NULL);
	play_wait(play, "service.reload_refused", NULL);
	assert_true(atomic_load(shared_policies_expire_us(shared, 1)) >
		    clock_mono_us() + 290 * (int64_t)1000000);
	atomic_store(&script->reload, RELOAD_GOOD);
	play_wait(play, "service.reloaded", NULL);
	assert_int_equal(atomic_load(shared_policies_expire_us(shared, 2)), 0);
	ask(play, SIGTERM);
	assert_int_equal(play_end(play), 0);
}

static void
old_policies_expire(void **state)
{
	struct play *play = *state;

	start(play, NULL);
	play_wait(play, "service.startup", NULL);
	atomic_store(&script->is_stale, 1);
	atomic_store(&script->reload, RELOAD_BAD);
	atomic_store(shared_policies_expire_us(shared, 1),
	    clock_mono_us() + 1000); /* five minutes have passed */
	ask(play, SIGHUP);
	play_wait(play, "authorization.policies_expired", NULL);
	ask(play, SIGTERM);
	assert_int_equal(play_end(play), 0);
	assert_int_equal(play_count(play, "policies_expired"), 1);
}

static void
ttin_and_ttou_change_the_number(void **state)
{
	struct play *play = *state;

	start(play, NULL);
	play_wait(play, "service.startup", NULL);
	ask(play, SIGTTIN);
	assert_int_equal(play_number(play_wait(play, "worker.started", NULL), "\"worker\""), 3);
	ask(play, SIGTTOU);
	assert_int_equal(play_number(play_wait(play, "worker.stopped", NULL), "\"worker\""), 3);
	ask(play, SIGTTOU);
	play_wait(play, "worker.stopped", NULL);
	ask(play, SIGTTOU); /* one stays */
	ask(play, SIGHUP);
	play_wait(play, "service.reloaded", NULL);
	ask(play, SIGTERM);
	assert_int_equal(play_end(play), 0);
}

static const struct number_row {
	const char *name;
	unsigned workers;
	int first, second;
	unsigned expected;
} number_rows[] = {
	{ "one less and one more at the least number is one more", 1, SIGTTOU, SIGTTIN, 2 },
	{ "the same when one more was sent first: nobody can tell", 1, SIGTTIN, SIGTTOU, 2 },
	{ "between the ends they undo each other", 2, SIGTTOU, SIGTTIN, 2 },
	{ "in either order", 2, SIGTTIN, SIGTTOU, 2 },
};

static const struct number_row *number_row;

static int
set_up_number(void **state)
{
	number_row = *state;
	return set_up(state);
}

/* TTIN and TTOU that are pending together, because the manager is busy when they come. */
static void
check_number(void **state)
{
	const struct number_row *row = number_row;
	struct play *play = *state;

	config.workers = row->workers;
	start(play, NULL);
	play_wait(play, "service.startup", NULL);
	atomic_store(&script->reload, RELOAD_SLOW);
	ask(play, SIGHUP);
	play_wait(play, "reads", NULL);
	ask(play, row->first);
	ask(play, row->second);
	cue(1);
	play_wait(play, "service.reload_refused", NULL);
	atomic_store(&script->reload, RELOAD_GOOD);
	ask(play, SIGHUP); /* what was asked for is done before or with the reload */
	play_wait(play, "service.reloaded", NULL);
	assert_int_equal(play_count(play, "worker.started"), row->expected + row->workers);
	ask(play, SIGTERM);
	assert_int_equal(play_end(play), 0);
}

static void
the_ledger_is_replaced_and_ends_last(void **state)
{
	struct play *play = *state;
	char path[64];
	FILE *children;
	long first = 0;

	start(play, keep_ledger);
	play_until(play, "ledger open", 1);
	play_until(play, "service.startup", 1);
	assert_true(
	    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", play->pid, play->pid) > 0);
	children = fopen(path, "r");
	if (children != NULL) { /* the oldest child is the ledger */
		assert_int_equal(fscanf(children, "%ld", &first), 1);
		fclose(children);
		assert_int_equal(kill((pid_t)first, SIGTERM), 0); /* means nothing to it */
		assert_int_equal(kill((pid_t)first, SIGKILL), 0);
		play_wait(play, "worker.died", "\"reason\":\"ledger\"");
		play_until(play, "ledger open", 2);
	}
	ask(play, SIGTERM);
	play_wait(play, "worker.stopped", NULL);
	play_wait(play, "worker.stopped", NULL);
	play_wait(play, "ledger closed", NULL);
	play_wait(play, "service.shutdown", NULL);
	assert_int_equal(play_end(play), 0);
}

/*
 * Killed itself, the manager takes all with it: the log ends, because nobody holds it open any
 * more.
 */
static void
a_killed_manager_takes_all_with_it(void **state)
{
	struct play *play = *state;

	start(play, keep_ledger);
	play_wait(play, "service.startup", NULL);
	ask(play, SIGKILL);
	assert_int_equal(play_end(play), 128 + SIGKILL);
	assert_int_equal(play_count(play, "ledger closed"), play_count(play, "ledger open"));
}

/*
 * --- the crew without a manager ----------------------------------------------------------------
 */

static void
the_crew_has_an_end(void **state UNUSED)
{
	struct crew crew;
	struct crew_leaver found;

	assert_true(crew_init(&crew, shared, act, NULL));
	assert_false(crew_prepare(&crew, SHARED_MAX_SLOTS + 1, 1));
	assert_int_equal(crew_bury(&crew, 12345, 0, false, &found), CREW_STRANGER);
	assert_int_equal(
	    crew_bury(&crew, 0, 0, false, &found), CREW_STRANGER); /* free slots have no process */
	assert_int_equal(crew_watch(&crew, 1), 0);
	assert_int_equal(crew_count(&crew, NULL), 0);
	crew_done(&crew);
}

#define PLAY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest plays[] = {
		PLAY(starts_serves_and_stops),
		PLAY(quit_is_term),
		PLAY(signals_without_meaning_are_harmless),
		PLAY(a_killed_worker_is_replaced),
		PLAY(what_a_worker_left_outlives_it),
		PLAY(a_worker_told_by_others_is_replaced),
		PLAY(a_storm_is_slowed_down),
		PLAY(a_storm_in_one_slot_is_nothing_to_the_others),
		PLAY(a_start_that_cannot_succeed_ends),
		PLAY(a_start_on_demand_that_cannot_succeed_ends),
		PLAY(an_idle_worker_goes_on_demand),
		PLAY(some_workers_are_always_idle),
		PLAY(a_start_that_hangs_ends),
		PLAY(a_request_without_end_costs_one_worker),
		PLAY(a_deaf_worker_is_killed_after_the_grace),
		PLAY(int_is_quick),
		PLAY(a_second_term_is_quick),
		PLAY(new_workers_accept_before_old_ones_drain),
		PLAY(a_reload_is_told_of_when_the_old_ones_begin_nothing),
		PLAY(a_stop_relieves_nobody),
		PLAY(fresh_policies_do_not_freshen_the_old_ones),
		PLAY(a_second_reload_waits_for_the_first),
		PLAY(bad_settings_leave_everything_as_it_was),
		PLAY(new_workers_that_cannot_start_leave_the_old_ones),
		PLAY(changed_policies_are_loaded_by_themselves),
		PLAY(old_policies_expire),
		PLAY(ttin_and_ttou_change_the_number),
		PLAY(the_ledger_is_replaced_and_ends_last),
		PLAY(a_killed_manager_takes_all_with_it),
		PLAY(the_crew_has_an_end),
	};
	struct CMUnitTest tests[COUNT_OF(plays) + COUNT_OF(number_rows)];
	size_t i;

	memset(tests, 0, sizeof(tests));
	memcpy(tests, plays, sizeof(plays));
	for (i = 0; i < COUNT_OF(number_rows); i++)
		tests[COUNT_OF(plays) + i] = (struct CMUnitTest) {
			.name = number_rows[i].name,
			.test_func = check_number,
			.setup_func = set_up_number,
			.teardown_func = tear_down,
			.initial_state = (void *)(uintptr_t)&number_rows[i],
		};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
