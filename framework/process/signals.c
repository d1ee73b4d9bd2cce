/* Signal descriptors, dispositions and the tie between child and parent. */
#include "process/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

static const int managed[] = { SIGTERM, SIGQUIT, SIGINT, SIGHUP, SIGCHLD, SIGTTIN, SIGTTOU, SIGUSR1,
	SIGUSR2, SIGWINCH };
static const int ignored_by_children[] = { SIGINT, SIGHUP, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2,
	SIGWINCH, SIGPIPE };

/* For the handler, which has no other way to know. */
static volatile sig_atomic_t child_stop_fd = -1;
static volatile sig_atomic_t child_grace_s;
static volatile sig_atomic_t child_is_stopping;
static timer_t child_end;

int
signals_open(void)
{
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < COUNT_OF(managed); i++)
		sigaddset(&set, managed[i]);
	/*
	 * Whoever started us may have ignored SIGCHLD, and the kernel would then reap in our
	 * place.
	 */
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 || signal(SIGCHLD, SIG_DFL) == SIG_ERR ||
	    signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return -1;
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static void
note(struct signals *signals, uint32_t number)
{
	switch (number) {
	case SIGTERM:
	case SIGQUIT:
		signals->term++;
		break;
	case SIGINT:
		signals->interrupt++;
		break;
	case SIGHUP:
		signals->reload = true;
		break;
	case SIGUSR1:
		signals->reopen = true;
		break;
	case SIGCHLD:
		signals->child = true;
		break;
	case SIGUSR2:
		signals->upgrade = true;
		break;
	case SIGWINCH:
		signals->retire = true;
		break;
	case SIGTTIN:
		signals->more++;
		break;
	case SIGTTOU:
		signals->fewer++;
		break;
	default:
		break;
	}
}

struct signals
signals_take(int fd)
{
	struct signals signals = { 0 };
	struct signalfd_siginfo info;
	ssize_t got;

	/* Ends: a blocked signal is pending once at most, and each read takes one. */
	while ((got = read(fd, &info, sizeof(info))) == (ssize_t)sizeof(info) ||
	       (got < 0 && errno == EINTR))
		if (got > 0)
			note(&signals, info.ssi_signo);
	return signals;
}

/* Calls only what POSIX lists as safe here: timer_settime and write. */
static void
on_stop(int number UNUSED)
{
	const struct itimerspec end = { .it_value = { .tv_sec = child_grace_s } };
	const int saved = errno;
	const uint64_t one = 1;

	/* Told twice, it still has to end by the first word. */
	if (!child_is_stopping)
		(void)timer_settime(child_end, 0, &end, NULL);
	child_is_stopping = 1;
	if (write(child_stop_fd, &one, sizeof(one)) < 0) {
		/* The counter is full: the loop was told often enough. */
	}
	errno = saved;
}

/* Everything that a child does not act upon is ignored; what its parent set up is undone. */
static void
reset(void)
{
	struct sigaction action;
	size_t i;

	memset(&action, 0, sizeof(action));
	sigemptyset(&action.sa_mask);
	action.sa_handler = SIG_DFL;
	(void)sigaction(SIGALRM, &action, NULL);
	(void)sigaction(SIGCHLD, &action, NULL);
	action.sa_handler = SIG_IGN;
	for (i = 0; i < COUNT_OF(ignored_by_children); i++)
		(void)sigaction(ignored_by_children[i], &action, NULL);
}

/*
 * The timer's signal is KILL: nothing that runs in the process by then can block, catch or borrow
 * it.
 */
static bool
stop_by(const int *numbers, size_t count, int stop_fd, unsigned grace_s)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL };
	struct sigaction action;
	sigset_t none;
	size_t i;

	if (timer_create(CLOCK_MONOTONIC, &event, &child_end) != 0)
		return false;
	child_is_stopping = 0;
	child_stop_fd = stop_fd;
	child_grace_s = (sig_atomic_t)(grace_s > 0 ? grace_s : 1);
	memset(&action, 0, sizeof(action));
	sigemptyset(&action.sa_mask);
	for (i = 0; i < count; i++)
		sigaddset(&action.sa_mask, numbers[i]);
	action.sa_handler = on_stop;
	action.sa_flags = SA_RESTART;
	for (i = 0; i < count; i++)
		(void)sigaction(numbers[i], &action, NULL);

	/* Last: what was sent since the fork is delivered now, to the handlers above. */
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	return true;
}

bool
signals_child(int stop_fd, unsigned grace_s)
{
	static const int numbers[] = { SIGTERM, SIGQUIT };

	reset();
	return stop_by(numbers, COUNT_OF(numbers), stop_fd, grace_s);
}

bool
signals_child_told_by(int number, int stop_fd, unsigned grace_s)
{
	reset();
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGQUIT, SIG_IGN);
	return stop_by(&number, 1, stop_fd, grace_s);
}

bool
signals_child_is_told(void)
{
	return child_is_stopping != 0;
}

bool
signals_follow_parent(pid_t parent, int signal)
{
	if (prctl(PR_SET_PDEATHSIG, (unsigned long)signal, 0, 0, 0) != 0)
		return false;
	return getppid() == parent;
}
