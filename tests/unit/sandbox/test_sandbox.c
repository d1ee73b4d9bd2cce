/*
 * What a sandbox takes away beside calls and files, what SANDBOX=log lets run and tells, and the
 * self-test: that it finds what does not hold.
 */
#include "bound.h"

#include <grp.h>
#include <linux/capability.h>
#include <pthread.h>
#include <seccomp.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "sandbox/capabilities.h"
#include "sandbox/parts.h"

static unsigned
count_of(const char *text, const char *word)
{
	unsigned count = 0;

	for (; (text = strstr(text, word)) != NULL; text++)
		count++;
	return count;
}

/* In a child, as it changes the process. */
static int
status_of(int (*test)(void))
{
	int status = 0;
	pid_t child;

	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		bound_forget_handlers();
		_exit(test());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* --- log ------------------------------------------------------------------------------------- */

static int
asks_five_times(void)
{
	int i;

	for (i = 0; i < 5; i++)
		if (personality(0xffffffff) < 0)
			return 1;
	return syscall(SYS_getpgid, 0) >= 0 ? 0 : 2;
}

static void
log_lets_run_and_tells_the_1st_2nd_4th(void **state UNUSED)
{
	const struct bound bound = { .mode = CONFIG_SANDBOX_LOG, .role = SANDBOX_WORKER };
	static struct outcome outcome;

	bound_do(&bound, asks_five_times, &outcome);
	if (!WIFEXITED(outcome.status) || WEXITSTATUS(outcome.status) != 0)
		fail_msg("ended with %#x, log: %s", (unsigned)outcome.status, outcome.log);
	if (outcome.log[0] == '\0')
		skip(); /* whoever started us is asked in our place */
	assert_int_equal(count_of(outcome.log, "\"event_type\":\"sandbox.would_end\""), 4);
	assert_int_equal(count_of(outcome.log, "\"system_call\":\"personality\""), 3);
	assert_int_equal(count_of(outcome.log, "\"system_call\":\"getpgid\""), 1);
	assert_int_equal(count_of(outcome.log, "\"count\":1,"), 2);
	assert_int_equal(count_of(outcome.log, "\"count\":2,"), 1);
	assert_int_equal(count_of(outcome.log, "\"count\":4,"), 1);
	assert_int_equal(count_of(outcome.log, "\"count\":5,"), 0);
	assert_int_equal(count_of(outcome.log, "\"route\":\"/things/{thing}\""), 4);
	assert_int_equal(outcome.call, 0);
}

static int
starts_a_child_that_asks(void)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		_exit(personality(0xffffffff) >= 0 ? 0 : 1);
	return child > 0 && waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
}

static void
log_tells_of_children_too(void **state UNUSED)
{
	const struct bound bound = { .mode = CONFIG_SANDBOX_LOG, .role = SANDBOX_LEDGER };
	static struct outcome outcome;

	bound_do(&bound, starts_a_child_that_asks, &outcome);
	assert_true(WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 0);
	if (outcome.log[0] == '\0')
		skip();
	assert_int_equal(count_of(outcome.log, "\"system_call\":\"clone\""), 1);
	assert_int_equal(count_of(outcome.log, "\"system_call\":\"wait4\""), 1);
	assert_int_equal(count_of(outcome.log, "\"system_call\":\"personality\""), 1);
	assert_int_equal(count_of(outcome.log, "\"role\":\"ledger\""), 3);
}

static int
reads_accounts(void)
{
	return open("/etc/passwd", O_RDONLY | O_CLOEXEC) >= 0 ? 0 : 1;
}

static void
log_hides_no_files(void **state UNUSED)
{
	const struct bound bound = { .mode = CONFIG_SANDBOX_LOG, .role = SANDBOX_WORKER };
	static struct outcome outcome;

	bound_do(&bound, reads_accounts, &outcome);
	bound_lives(&outcome);
}

/* Signals are for the thread that serves. */
static int
takes_its_own_signals(void)
{
	sigset_t set;

	return sigprocmask(SIG_SETMASK, NULL, &set) == 0 && sigismember(&set, SIGTERM) == 0 ? 0 : 1;
}

static void
log_leaves_the_signals_to_who_serves(void **state UNUSED)
{
	const struct bound bound = { .mode = CONFIG_SANDBOX_LOG, .role = SANDBOX_WORKER };
	static struct outcome outcome;

	bound_do(&bound, takes_its_own_signals, &outcome);
	bound_lives(&outcome);
}

/* --- limits and capabilities ----------------------------------------------------------------- */

static int
looks_at_limits(void)
{
	static const int resources[] = { RLIMIT_MSGQUEUE, RLIMIT_NICE, RLIMIT_NPROC,
		RLIMIT_RTPRIO };
	struct rlimit limit;
	size_t i;

	for (i = 0; i < COUNT_OF(resources); i++)
		if (syscall(SYS_prlimit64, 0, resources[i], NULL, &limit) != 0 ||
		    limit.rlim_max != 0)
			return (int)i + 1;
	return 0;
}

static void
strict_leaves_neither_children_nor_queues(void **state UNUSED)
{
	const struct bound bound = { .mode = CONFIG_SANDBOX_STRICT, .role = SANDBOX_WORKER };
	static struct outcome outcome;

	bound_do(&bound, looks_at_limits, &outcome);
	bound_lives(&outcome);
}

static bool
has_capabilities(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[2] = { 0 };
	const struct __user_cap_data_struct none = { 0 };

	return syscall(SYS_capget, &head, sets) != 0 ||
	       memcmp(&sets[0], &none, sizeof(none)) != 0 ||
	       memcmp(&sets[1], &none, sizeof(none)) != 0;
}

static int
gives_up_capabilities(void)
{
	if (!capabilities_bound() || capabilities_bounding() != 0)
		return 1;
	if (!capabilities_drop() || has_capabilities())
		return 2;
	/* Root without its power: it may not even become somebody else. */
	return setgroups(0, NULL) == 0 ? 3 : 0;
}

static void
root_without_capabilities_is_nobody(void **state UNUSED)
{
	if (geteuid() != 0)
		skip();
	assert_int_equal(status_of(gives_up_capabilities), 0);
}

static int
gives_up_what_it_has_not(void)
{
	if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
		return 1;
	return capabilities_bound() && capabilities_drop() && !has_capabilities() ? 0 : 2;
}

static void
others_have_none_to_give_up(void **state UNUSED)
{
	assert_int_equal(status_of(gives_up_what_it_has_not), 0);
}

static int
has_no_capabilities(void)
{
	return has_capabilities() ? 1 : 0;
}

static void
entering_takes_them(void **state UNUSED)
{
	const struct bound bound = { .mode = CONFIG_SANDBOX_LOG, .role = SANDBOX_WORKER };
	static struct outcome outcome;

	/* capget is none of the calls that are listed, but log lets it run. */
	bound_do(&bound, has_no_capabilities, &outcome);
	assert_true(WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 0);
}

/* --- threads --- */

static void *
waits_for_ever(void *unused)
{
	(void)pause();
	return unused;
}

static int
enters_with_a_thread(void)
{
	static struct sandbox_entry entry;
	static struct arena place;
	struct sandbox *sandbox;
	const char *failed;
	pthread_t thread;

	arena_init(&place, 65536, 1024 * 1024);
	sandbox = sandbox_new(&place, CONFIG_SANDBOX_STRICT, &(struct sandbox_needs) { 0 });
	if (sandbox == NULL || pthread_create(&thread, NULL, waits_for_ever, NULL) != 0)
		return 1;
	failed = sandbox_enter(sandbox, &entry);
	return failed != NULL && strcmp(failed, "threads") == 0 ? 0 : 2;
}

/* It would not be bound, and shares all memory with what is. */
static void
a_thread_that_is_there_already_keeps_it_out(void **state UNUSED)
{
	assert_int_equal(status_of(enters_with_a_thread), 0);
}

/* --- the self-test --------------------------------------------------------------------------- */

static struct arena arena;
static const struct sandbox_needs no_needs;

static int
set_up(void **state UNUSED)
{
	arena_init(&arena, 65536, 1024 * 1024);
	return 0;
}

static int
tear_down(void **state UNUSED)
{
	arena_done(&arena);
	return 0;
}

static void
a_good_one_passes_in_every_mode_and_role(void **state UNUSED)
{
	static const enum config_sandbox modes[] = { CONFIG_SANDBOX_OFF, CONFIG_SANDBOX_LOG,
		CONFIG_SANDBOX_STRICT };
	size_t i;
	int role;

	for (i = 0; i < COUNT_OF(modes); i++) {
		struct sandbox *sandbox = sandbox_new(&arena, modes[i], &no_needs);

		assert_non_null(sandbox);
		for (role = 0; role < SANDBOX_ROLE_COUNT; role++)
			assert_null(sandbox_test(sandbox, (enum sandbox_role)role, NULL, 0));
	}
}

/* What a service asks for is not held against it. */
static void
a_service_with_needs_passes(void **state UNUSED)
{
	static const char *const calls[] = { "kill", "mprotect", "execve", "socket", "clone" };
	const struct sandbox_needs needs = {
		.calls = calls, .call_count = COUNT_OF(calls), .reads = true, .writes = true
	};
	struct sandbox *sandbox = sandbox_new(&arena, CONFIG_SANDBOX_STRICT, &needs);

	assert_null(sandbox_test(sandbox, SANDBOX_WORKER, NULL, 0));
}

/* A filter with a hole in it. */
static void
make_hole(struct sandbox *sandbox, const char *call)
{
	const char *const calls[] = { call };

	assert_true(
	    filter_compile(&arena, FILTER_WORKER, calls, 1, &sandbox->filters[SANDBOX_WORKER]));
}

static void
it_finds_a_hole_in_the_filter(void **state UNUSED)
{
	static const struct {
		const char *call, *word;
	} holes[] = { { "ptrace", "calls" }, { "mount", "calls" }, { "unshare", "calls" },
		{ "kill", "signals" }, { "mprotect", "memory" } };
	size_t i;

	for (i = 0; i < COUNT_OF(holes); i++) {
		struct sandbox *sandbox = sandbox_new(&arena, CONFIG_SANDBOX_STRICT, &no_needs);

		make_hole(sandbox, holes[i].call);
		assert_string_equal(sandbox_test(sandbox, SANDBOX_WORKER, NULL, 0), holes[i].word);
	}
}

static void
it_finds_files_that_stay_in_reach(void **state UNUSED)
{
	const struct sandbox_path everything = { "/", SANDBOX_READ };
	struct sandbox *sandbox = sandbox_new(&arena, CONFIG_SANDBOX_STRICT, &no_needs);

	if (sandbox_landlock_abi(sandbox) == 0)
		skip();
	assert_string_equal(sandbox_test(sandbox, SANDBOX_WORKER, &everything, 1), "files");
}

static void
it_finds_a_filter_that_lets_nothing_through(void **state UNUSED)
{
	struct sandbox *sandbox = sandbox_new(&arena, CONFIG_SANDBOX_STRICT, &no_needs);

	assert_true(filter_compile(&arena, 0, NULL, 0, &sandbox->filters[SANDBOX_WORKER]));
	assert_string_equal(sandbox_test(sandbox, SANDBOX_WORKER, NULL, 0), "killed");
}

static void
it_finds_a_filter_that_the_kernel_refuses(void **state UNUSED)
{
	struct sandbox *sandbox = sandbox_new(&arena, CONFIG_SANDBOX_STRICT, &no_needs);

	sandbox->filters[SANDBOX_WORKER].length = 1; /* a load, and no answer */
	assert_string_equal(sandbox_test(sandbox, SANDBOX_WORKER, NULL, 0), "seccomp");
}

/* Under somebody else's filter, which kills where ours would only tell. */
static int
is_tried_under_a_stricter_one(void)
{
	struct sandbox *sandbox = sandbox_new(&arena, CONFIG_SANDBOX_STRICT, &no_needs);
	scmp_filter_ctx stricter = seccomp_init(SCMP_ACT_ALLOW);

	if (sandbox == NULL || stricter == NULL ||
	    seccomp_rule_add(stricter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(ptrace), 0) != 0 ||
	    seccomp_load(stricter) != 0)
		return 1;
	if (sandbox_test(sandbox, SANDBOX_WORKER, NULL, 0) != NULL)
		return 2;
	make_hole(sandbox, "kill");
	return strcmp(sandbox_test(sandbox, SANDBOX_WORKER, NULL, 0), "signals") == 0 ? 0 : 3;
}

static void
a_stricter_filter_around_it_is_no_fault(void **state UNUSED)
{
	assert_int_equal(status_of(is_tried_under_a_stricter_one), 0);
}

/* As systemd's @system-service has it: neither seccomp nor Landlock's calls, errors instead. */
static int
is_tried_in_a_unit(void)
{
	static const int withheld[] = { SCMP_SYS(seccomp), SCMP_SYS(landlock_create_ruleset),
		SCMP_SYS(landlock_add_rule), SCMP_SYS(landlock_restrict_self), SCMP_SYS(ptrace),
		SCMP_SYS(mount) };
	static const enum config_sandbox modes[] = { CONFIG_SANDBOX_STRICT, CONFIG_SANDBOX_LOG };
	scmp_filter_ctx unit = seccomp_init(SCMP_ACT_ALLOW);
	struct sandbox_kernel kernel;
	size_t i;

	for (i = 0; i < COUNT_OF(withheld); i++)
		if (seccomp_rule_add(unit, SCMP_ACT_ERRNO(EPERM), withheld[i], 0) != 0)
			return 1;
	if (seccomp_load(unit) != 0)
		return 2;
	sandbox_look(&kernel);
	if (!kernel.has_filters || kernel.asks || kernel.landlock_abi != 0)
		return 3;
	for (i = 0; i < COUNT_OF(modes); i++) {
		struct sandbox *sandbox = sandbox_new(&arena, modes[i], &no_needs);

		if (sandbox == NULL || sandbox_test(sandbox, SANDBOX_WORKER, NULL, 0) != NULL)
			return 4 + (int)i;
	}
	return 0;
}

static void
a_unit_that_withholds_the_means_leaves_the_filter(void **state UNUSED)
{
	assert_int_equal(status_of(is_tried_in_a_unit), 0);
}

static void
it_needs_nothing_of_a_kernel_without_landlock(void **state UNUSED)
{
	struct sandbox *sandbox = sandbox_new(&arena, CONFIG_SANDBOX_STRICT, &no_needs);

	sandbox->landlock_abi = 0;
	assert_null(sandbox_test(sandbox, SANDBOX_WORKER, NULL, 0));
}

static void
without_memory_there_is_none(void **state UNUSED)
{
	struct arena small;

	arena_init(&small, 256, 1024);
	assert_null(sandbox_new(&small, CONFIG_SANDBOX_STRICT, &no_needs));
	arena_done(&small);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(log_lets_run_and_tells_the_1st_2nd_4th),
		TEST(log_tells_of_children_too),
		TEST(log_hides_no_files),
		TEST(log_leaves_the_signals_to_who_serves),
		TEST(strict_leaves_neither_children_nor_queues),
		TEST(root_without_capabilities_is_nobody),
		TEST(others_have_none_to_give_up),
		TEST(entering_takes_them),
		TEST(a_thread_that_is_there_already_keeps_it_out),
		TEST(a_good_one_passes_in_every_mode_and_role),
		TEST(a_service_with_needs_passes),
		TEST(it_finds_a_hole_in_the_filter),
		TEST(it_finds_files_that_stay_in_reach),
		TEST(it_finds_a_filter_that_lets_nothing_through),
		TEST(it_finds_a_filter_that_the_kernel_refuses),
		TEST(a_stricter_filter_around_it_is_no_fault),
		TEST(a_unit_that_withholds_the_means_leaves_the_filter),
		TEST(it_needs_nothing_of_a_kernel_without_landlock),
		TEST(without_memory_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
