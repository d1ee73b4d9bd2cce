/*
 * System calls under SANDBOX=strict: what must end the process, what must not. Each row is one deed
 * in a child of its own.
 */
#include "bound.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>

#include "sandbox/filter.h"

#define DEED(name, expression)               \
	static int name(void)                \
	{                                    \
		return (expression) ? 0 : 1; \
	}

static char *const no_words[] = { NULL };

/* --- ways to other programs and processes --- */
DEED(runs_a_program, execve("/bin/true", no_words, no_words) == 0)
DEED(forks, fork() >= 0)
DEED(forks_the_old_way, syscall(SYS_clone, SIGCHLD, 0L, 0L, 0L, 0L) >= 0)
DEED(traces, ptrace(PTRACE_ATTACH, getppid(), 0, 0) == 0)
DEED(lets_be_traced, ptrace(PTRACE_TRACEME, 0, 0, 0) == 0)
DEED(kills_its_parent, kill(getppid(), SIGKILL) == 0)
DEED(asks_whether_its_parent_lives, kill(getppid(), 0) == 0)
DEED(kills_everybody, kill(-1, SIGKILL) == 0)
DEED(kills_its_group, kill(0, SIGCONT) == 0)
DEED(kills_a_thread_of_its_parent, syscall(SYS_tgkill, getppid(), getppid(), SIGKILL) == 0)
DEED(queues_a_signal, sigqueue(getppid(), SIGUSR1, (union sigval) { 0 }) == 0)
DEED(has_signals_sent, fcntl(STDOUT_FILENO, F_SETOWN, getppid()) == 0)
DEED(chooses_what_is_sent, fcntl(STDOUT_FILENO, F_SETSIG, SIGKILL) == 0)
DEED(opens_a_process, syscall(SYS_pidfd_open, getppid(), 0) >= 0)
DEED(limits_its_parent, prlimit(getppid(), RLIMIT_NOFILE, NULL, NULL) == 0)
DEED(raises_its_limits, setrlimit(RLIMIT_NPROC, &(struct rlimit) { 0, 0 }) == 0)

static int
reads_its_parents_memory(void)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { &byte, 1 };

	return process_vm_readv(getppid(), &here, 1, &there, 1, 0) == 1 ? 0 : 1;
}

static void *
nothing(void *unused)
{
	return unused;
}

static int
starts_a_thread(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, nothing, NULL) == 0 ? 0 : 1;
}

/* --- ways to the network --- */
DEED(makes_a_tcp_socket, socket(AF_INET, SOCK_STREAM, 0) >= 0)
DEED(makes_a_udp_socket, socket(AF_INET6, SOCK_DGRAM, 0) >= 0)
DEED(makes_a_unix_socket, socket(AF_UNIX, SOCK_STREAM, 0) >= 0)
DEED(makes_a_raw_socket, socket(AF_PACKET, SOCK_RAW, 0) >= 0)
DEED(makes_a_pair, socketpair(AF_UNIX, SOCK_STREAM, 0, (int[2]) { 0 }) == 0)

static int
connects(void)
{
	const struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "/nowhere" };

	return connect(STDIN_FILENO, (const struct sockaddr *)&name, sizeof(name)) == 0 ? 0 : 1;
}

DEED(listens, listen(STDIN_FILENO, 1) == 0)

/* --- ways out of one's rights --- */
DEED(becomes_somebody, setuid(0) == 0)
DEED(becomes_somebody_in_full, setresuid(0, 0, 0) == 0)
DEED(takes_a_group, setgroups(0, NULL) == 0)
DEED(changes_the_root, chroot("/") == 0)
DEED(mounts, mount("none", "/mnt", "tmpfs", 0, NULL) == 0)
DEED(unshares, unshare(CLONE_NEWUSER) == 0)
DEED(joins_a_namespace, setns(STDIN_FILENO, 0) == 0)
DEED(can_be_dumped, prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0)
DEED(outlives_its_parent, prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0) == 0)
DEED(adds_a_filter, syscall(SYS_seccomp, 1, 0, NULL) == 0)
DEED(loads_bpf, syscall(SYS_bpf, 0, NULL, 0) == 0)
DEED(queues_io, syscall(SYS_io_uring_setup, 1, NULL) >= 0)
DEED(asks_for_keys, syscall(SYS_keyctl, 0, 0, 0) >= 0)
DEED(handles_faults, syscall(SYS_userfaultfd, 0) >= 0)
DEED(types_for_others, ioctl(STDIN_FILENO, TIOCSTI, "x") == 0)
DEED(writes_code, mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0) != MAP_FAILED)

static int
makes_memory_code(void)
{
	void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return mprotect(memory, 4096, PROT_READ | PROT_EXEC) == 0 ? 0 : 1;
}

/* --- files, beside those that Landlock looks at --- */
DEED(makes_a_device, mknod("/nowhere", S_IFCHR, 0) == 0)
DEED(changes_a_mode, chmod("/", 0777) == 0)
DEED(changes_an_owner, chown("/", 0, 0) == 0)
DEED(links, link("/nowhere", "/elsewhere") == 0)
DEED(makes_a_symbolic_link, symlink("/", "/elsewhere") == 0)
DEED(renames, rename("/nowhere", "/elsewhere") == 0)
DEED(cuts_by_name, truncate("/nowhere", 0) == 0)
DEED(opens_a_file, open("/nowhere", O_RDONLY | O_CLOEXEC) >= 0)
DEED(makes_a_folder, mkdir("/nowhere/new", 0700) == 0)

/* --- what goes on --- */
DEED(knows_the_time, syscall(SYS_clock_gettime, CLOCK_REALTIME, &(struct timespec) { 0 }) == 0)
DEED(sleeps, nanosleep(&(struct timespec) { .tv_nsec = 1 }, NULL) == 0)
DEED(waits, poll(NULL, 0, 0) == 0)
DEED(has_random_bytes, getrandom((char[8]) { 0 }, 8, 0) == 8)
DEED(maps_memory, mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
DEED(names_its_thread, prctl(PR_SET_NAME, "name", 0, 0, 0) == 0)
DEED(looks_at_its_limits, prlimit(0, RLIMIT_NOFILE, NULL, &(struct rlimit) { 0 }) == 0)
DEED(duplicates, fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3) > 2)
DEED(asks_whether_it_is_a_terminal, isatty(STDIN_FILENO) == 0 || 1)
DEED(signals_itself, signal(SIGUSR1, SIG_IGN) != SIG_ERR && raise(SIGUSR1) == 0)
DEED(kills_itself_softly, signal(SIGUSR1, SIG_IGN) != SIG_ERR && kill(getpid(), SIGUSR1) == 0)
DEED(sets_its_alarm, alarm(10) > 0)
DEED(finds_no_clone3, syscall(SYS_clone3, NULL, 0) < 0 && errno == ENOSYS)
DEED(makes_a_file_in_memory, memfd_create("name", 0) >= 0)

static int
sorts(void)
{
	time_t now = 0;
	struct tm day;
	void *memory = malloc(1 << 20);

	free(memory);
	return localtime_r(&now, &day) != NULL && memory != NULL ? 0 : 1;
}

static int
has_a_timer(void)
{
	timer_t timer;
	struct sigevent event = { .sigev_notify = SIGEV_NONE };

	if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0)
		return 1;
	return timer_settime(timer, 0, &(struct itimerspec) { 0 }, NULL) == 0 &&
		       timer_delete(timer) == 0
		   ? 0
		   : 1;
}

#define W SANDBOX_WORKER
#define L SANDBOX_LEDGER
#define I SANDBOX_INSPECTOR

static const struct row {
	const char *name;
	enum sandbox_role role;
	bound_deed *deed;
	const char *violation; /* the call's name; NULL: it lives */
} rows[] = {
	{ "a program", W, runs_a_program, "execve" },
	{ "a fork", W, forks, "clone" },
	{ "a clone", W, forks_the_old_way, "clone" },
	{ "tracing", W, traces, "ptrace" },
	{ "being traced", W, lets_be_traced, "ptrace" },
	{ "killing the parent", W, kills_its_parent, "kill" },
	{ "signal 0 to the parent", W, asks_whether_its_parent_lives, "kill" },
	{ "killing everybody", W, kills_everybody, "kill" },
	{ "a signal to the group", W, kills_its_group, "kill" },
	{ "a signal to the parent's thread", W, kills_a_thread_of_its_parent, "tgkill" },
	{ "a queued signal", W, queues_a_signal, "rt_sigqueueinfo" },
	{ "signals by way of a descriptor", W, has_signals_sent, "fcntl" },
	{ "which signal by way of a descriptor", W, chooses_what_is_sent, "fcntl" },
	{ "a descriptor of a process", W, opens_a_process, "pidfd_open" },
	{ "limits of the parent", W, limits_its_parent, "prlimit64" },
	{ "limits of one's own", W, raises_its_limits, "prlimit64" },
	{ "memory of the parent", W, reads_its_parents_memory, "process_vm_readv" },
	{ "a TCP socket", W, makes_a_tcp_socket, "socket" },
	{ "a UDP socket", W, makes_a_udp_socket, "socket" },
	{ "a unix socket", W, makes_a_unix_socket, "socket" },
	{ "a raw socket", W, makes_a_raw_socket, "socket" },
	{ "a pair of sockets", W, makes_a_pair, "socketpair" },
	{ "a connection", W, connects, "connect" },
	{ "a listening socket", W, listens, "listen" },
	{ "setuid", W, becomes_somebody, "setuid" },
	{ "setresuid", W, becomes_somebody_in_full, "setresuid" },
	{ "setgroups", W, takes_a_group, "setgroups" },
	{ "chroot", W, changes_the_root, "chroot" },
	{ "mount", W, mounts, "mount" },
	{ "a namespace of one's own", W, unshares, "unshare" },
	{ "another's namespace", W, joins_a_namespace, "setns" },
	{ "memory dumps", W, can_be_dumped, "prctl" },
	{ "outliving the manager", W, outlives_its_parent, "prctl" },
	{ "one more filter", W, adds_a_filter, "seccomp" },
	{ "bpf", W, loads_bpf, "bpf" },
	{ "io_uring", W, queues_io, "io_uring_setup" },
	{ "the kernel's keys", W, asks_for_keys, "keyctl" },
	{ "page faults", W, handles_faults, "userfaultfd" },
	{ "typing into a terminal", W, types_for_others, "ioctl" },
	{ "memory to write and run", W, writes_code, "mmap" },
	{ "written memory to run", W, makes_memory_code, "mprotect" },
	{ "a device", W, makes_a_device, "mknodat" },
	{ "a mode", W, changes_a_mode, "chmod" },
	{ "an owner", W, changes_an_owner, "chown" },
	{ "a link", W, links, "link" },
	{ "a symbolic link", W, makes_a_symbolic_link, "symlink" },
	{ "a new name", W, renames, "rename" },
	{ "a file's length by its name", W, cuts_by_name, "truncate" },
	{ "a folder", W, makes_a_folder, "mkdir" },

	{ "a program, of the ledger", L, runs_a_program, "execve" },
	{ "a socket, of the ledger", L, makes_a_tcp_socket, "socket" },
	{ "killing the manager, of the ledger", L, kills_its_parent, "kill" },
	{ "a file in memory", W, makes_a_file_in_memory, "memfd_create" },
	{ "a file in memory, of the ledger", L, makes_a_file_in_memory, "memfd_create" },
	{ "a file in memory, of the inspector", I, makes_a_file_in_memory, "memfd_create" },

	{ "a program, of the inspector", I, runs_a_program, "execve" },
	{ "a socket, of the inspector", I, makes_a_tcp_socket, "socket" },
	{ "killing the manager, of the inspector", I, kills_its_parent, "kill" },
	{ "a file, of the inspector", I, opens_a_file, "openat" },

	{ "the time", W, knows_the_time, NULL },
	{ "sleep", W, sleeps, NULL },
	{ "waiting", W, waits, NULL },
	{ "random bytes", W, has_random_bytes, NULL },
	{ "memory", W, maps_memory, NULL },
	{ "a name of one's own", W, names_its_thread, NULL },
	{ "a look at one's limits", W, looks_at_its_limits, NULL },
	{ "one more descriptor", W, duplicates, NULL },
	{ "whether it is a terminal", W, asks_whether_it_is_a_terminal, NULL },
	{ "a signal to oneself", W, signals_itself, NULL },
	{ "a signal to one's own number", W, kills_itself_softly, NULL },
	{ "an alarm", W, sets_its_alarm, NULL },
	{ "libc looks for clone3 and goes on", W, finds_no_clone3, NULL },
	{ "what libc does for itself", W, sorts, NULL },
	{ "a timer", W, has_a_timer, NULL },
	{ "what libc does for itself, of the inspector", I, sorts, NULL },
	{ "what libc does for itself, of the ledger", L, sorts, NULL },
	{ "a timer, of the ledger", L, has_a_timer, NULL },
	{ "waiting, of the ledger", L, waits, NULL },
	{ "a signal to oneself, of the ledger", L, signals_itself, NULL },
};

/* A call has another name where its old one was never there: on aarch64, say. */
static bool
is_alike(const char *found, const char *expected)
{
	const size_t len = strlen(expected);

	return strncmp(found, expected, len) == 0 ||
	       (strcmp(expected, "symlink") == 0 && strcmp(found, "symlinkat") == 0);
}

static void
call(void **state)
{
	const struct row *row = *state;
	const struct bound bound = { .mode = CONFIG_SANDBOX_STRICT, .role = row->role };
	static struct outcome outcome;
	const char *found;

	bound_do(&bound, row->deed, &outcome);
	if (row->violation == NULL) {
		bound_lives(&outcome);
		return;
	}
	found = sandbox_call_name((int)outcome.call - 1);
	bound_violates(&outcome, sandbox_role_name(row->role),
	    is_alike(found, row->violation) ? found : row->violation);
}

/* --- what a service asks for ----------------------------------------------------------------- */

static void
a_service_gets_what_it_asks_for_and_no_more(void **state UNUSED)
{
	static const char *const calls[] = { "socket", "clone" };
	const struct sandbox_needs needs = { .calls = calls, .call_count = COUNT_OF(calls) };
	struct bound bound = {
		.mode = CONFIG_SANDBOX_STRICT, .role = SANDBOX_WORKER, .needs = &needs
	};
	static struct outcome outcome;

	bound_do(&bound, makes_a_tcp_socket, &outcome);
	bound_lives(&outcome);
	bound_do(&bound, forks, &outcome);
	bound_lives(&outcome);
	bound_do(&bound, connects, &outcome);
	bound_violates(&outcome, "worker", "connect");
	bound.role = SANDBOX_LEDGER;
	bound_do(&bound, makes_a_tcp_socket, &outcome);
	bound_violates(&outcome, "ledger", "socket");
}

/* Named, a call is let through whatever its arguments are. */
static void
what_is_asked_for_has_no_conditions(void **state UNUSED)
{
	static const char *const calls[] = { "mmap", "prctl", "rename" };
	const struct sandbox_needs needs = { .calls = calls, .call_count = COUNT_OF(calls) };
	const struct bound bound = {
		.mode = CONFIG_SANDBOX_STRICT, .role = SANDBOX_WORKER, .needs = &needs
	};
	static struct outcome outcome;

	bound_do(&bound, writes_code, &outcome);
	bound_lives(&outcome);
	bound_do(&bound, can_be_dumped, &outcome);
	bound_lives(&outcome);
	bound_do(&bound, makes_memory_code, &outcome);
	bound_violates(&outcome, "worker", "mprotect");
}

static void
folders_of_ones_own_bring_the_calls_for_them(void **state UNUSED)
{
	const struct sandbox_needs needs = { .reads = true, .writes = true };
	const struct bound bound = {
		.mode = CONFIG_SANDBOX_STRICT, .role = SANDBOX_WORKER, .needs = &needs
	};
	static struct outcome outcome;

	bound_do(&bound, makes_a_folder, &outcome);
	assert_true(WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 1);
	bound_do(&bound, renames, &outcome);
	assert_true(WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 1);
	bound_do(&bound, changes_a_mode, &outcome);
	assert_true(WIFSIGNALED(outcome.status));
}

static void
some_calls_nobody_gets(void **state UNUSED)
{
	assert_null(sandbox_refuse_call("socket"));
	assert_null(sandbox_refuse_call("clone3"));
	assert_string_equal(sandbox_refuse_call("ptrace"), "is never let through");
	assert_string_equal(sandbox_refuse_call("io_uring_setup"), "is never let through");
	assert_string_equal(sandbox_refuse_call("Socket"), "is no system call");
	assert_string_equal(sandbox_refuse_call(""), "is no system call");
	assert_string_equal(sandbox_refuse_call(NULL), "is no system call");
	assert_string_equal(
	    sandbox_refuse_call("a_name_that_is_longer_than_any_call"), "is no system call");
}

static void
every_name_of_the_list_is_one(void **state UNUSED)
{
	static const char *const names[] = {
#define CALL(name, groups, condition) #name,
#include "sandbox/calls.def"
	};
	unsigned unknown = 0;
	size_t i, j;

	for (i = 0; i < COUNT_OF(names); i++) {
		const char *refused = sandbox_refuse_call(names[i]);

		if (refused != NULL && strcmp(refused, "is no system call") != 0)
			fail_msg("%s %s", names[i], refused);
		unknown += refused != NULL;
		for (j = 0; j < i; j++)
			assert_string_not_equal(names[i], names[j]);
	}
	/* A misspelt name would be passed over in silence; a call of next year, too. */
	assert_int_equal(unknown, 0);
}

/* --- how a process ends ---------------------------------------------------------------------- */

static int
aborts(void)
{
	abort();
}

static int
crashes(void)
{
	return raise(SIGSEGV);
}

static void
other_ends_stay_what_they_are(void **state UNUSED)
{
	const struct bound bound = { .mode = CONFIG_SANDBOX_STRICT, .role = SANDBOX_WORKER };
	static struct outcome outcome;

	bound_do(&bound, aborts, &outcome);
	assert_true(WIFSIGNALED(outcome.status) && WTERMSIG(outcome.status) == SIGABRT);
	bound_do(&bound, crashes, &outcome);
	assert_true(WIFSIGNALED(outcome.status) && WTERMSIG(outcome.status) == SIGSEGV);
	assert_string_equal(outcome.log, "");
}

static int
gets_the_signal_from_somebody(void)
{
	return raise(SIGSYS);
}

/* Anybody may send SIGSYS: it ends the process, but nothing is said that was not so. */
static void
a_signal_that_is_not_the_kernels_names_no_call(void **state UNUSED)
{
	const struct bound bound = { .mode = CONFIG_SANDBOX_STRICT, .role = SANDBOX_WORKER };
	static struct outcome outcome;

	bound_do(&bound, gets_the_signal_from_somebody, &outcome);
	assert_true(WIFSIGNALED(outcome.status) && WTERMSIG(outcome.status) == SIGSYS);
	assert_string_equal(outcome.log, "");
	assert_int_equal(outcome.call, 0);
}

static int
blocks_all_signals(void)
{
	sigset_t all;

	sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : 1;
}

/* Without a word, though: no handler can run. pthread_create(3) is such a one. */
static void
a_blocked_signal_ends_it_all_the_same(void **state UNUSED)
{
	const struct bound bound = { .mode = CONFIG_SANDBOX_STRICT, .role = SANDBOX_WORKER };
	static struct outcome outcome;

	bound_do(&bound, blocks_all_signals, &outcome);
	assert_true(WIFSIGNALED(outcome.status) && WTERMSIG(outcome.status) == SIGSYS);
	bound_do(&bound, starts_a_thread, &outcome);
	assert_true(WIFSIGNALED(outcome.status) && WTERMSIG(outcome.status) == SIGSYS);
	assert_string_equal(outcome.log, "");
}

static void
off_binds_nobody(void **state UNUSED)
{
	const struct bound bound = { .mode = CONFIG_SANDBOX_OFF, .role = SANDBOX_WORKER };
	static struct outcome outcome;

	bound_do(&bound, makes_a_unix_socket, &outcome);
	bound_lives(&outcome);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_service_gets_what_it_asks_for_and_no_more),
		cmocka_unit_test(what_is_asked_for_has_no_conditions),
		cmocka_unit_test(folders_of_ones_own_bring_the_calls_for_them),
		cmocka_unit_test(some_calls_nobody_gets),
		cmocka_unit_test(every_name_of_the_list_is_one),
		cmocka_unit_test(other_ends_stay_what_they_are),
		cmocka_unit_test(a_signal_that_is_not_the_kernels_names_no_call),
		cmocka_unit_test(a_blocked_signal_ends_it_all_the_same),
		cmocka_unit_test(off_binds_nobody),
	};

	return RUN_ROWS(rows, call) + cmocka_run_group_tests(tests, NULL, NULL);
}
