#include "gateway/deadline.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"

#ifndef sigev_notify_thread_id /* glibc before 2.38 has the member under this name alone */
#define sigev_notify_thread_id _sigev_un._tid
#endif

/*
 * Shared with the handler, which runs in the same thread: fences against the compiler are all
 * that is needed. The handler reads `fd` and `at_us` only while `running` is set, and they are
 * written only while it is not.
 */
static struct {
	timer_t timer;
	pid_t owner; /* the process whose timer it is; 0: none */
	struct sigaction former;
	int fd;
	int64_t at_us;
	_Atomic(int64_t) armed_us; /* when the timer goes off; 0: it is at rest */
	_Atomic(bool) running, expired;
} deadline;

static void
arm(int64_t at_us)
{
	/* An absolute time in the past goes off at once; zero would mean "at rest". */
	int64_t when_us = at_us > 0 ? at_us : 1;
	struct itimerspec when = {
		.it_value = { .tv_sec = (time_t)(when_us / 1000000),
		    .tv_nsec = (long)(when_us % 1000000) * 1000 },
	};

	deadline.armed_us = when_us;
	(void)timer_settime(deadline.timer, TIMER_ABSTIME, &when, NULL);
}

/* Calls only what POSIX lists as safe here: clock_gettime, timer_settime and shutdown. */
static void
on_timer(int signo)
{
	int former_errno = errno;

	(void)signo;
	deadline.armed_us = 0;
	atomic_signal_fence(memory_order_seq_cst);
	if (deadline.running) {
		if (clock_mono_us() >= deadline.at_us) {
			(void)shutdown(deadline.fd, SHUT_RDWR);
			deadline.expired = true;
		} else {
			arm(deadline.at_us);
		}
	}
	errno = former_errno;
}

static bool
take_signal(void)
{
	struct sigaction action = { .sa_handler = on_timer, .sa_flags = SA_RESTART };
	sigset_t set;

	sigemptyset(&action.sa_mask);
	sigemptyset(&set);
	sigaddset(&set, DEADLINE_SIGNAL);
	return sigaction(DEADLINE_SIGNAL, &action, &deadline.former) == 0 &&
	       pthread_sigmask(SIG_UNBLOCK, &set, NULL) == 0;
}

/* The signal goes to this thread, whatever threads a service starts. */
static bool
make_timer(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = DEADLINE_SIGNAL };

	event.sigev_notify_thread_id = gettid();
	return timer_create(CLOCK_MONOTONIC, &event, &deadline.timer) == 0;
}

bool
deadline_open(void)
{
	bool is_childs = deadline.owner != 0 && deadline.owner != getpid();

	if (deadline.owner == getpid())
		return true;
	deadline.running = false;
	deadline.expired = false;
	deadline.armed_us = 0;
	deadline.owner = 0;
	if (!make_timer())
		return false;
	/*
	 * The parent's handler is here already; what was before it is what deadline_close gives
	 * back.
	 */
	if (!is_childs && !take_signal()) {
		timer_delete(deadline.timer);
		return false;
	}
	deadline.owner = getpid();
	return true;
}

void
deadline_close(void)
{
	deadline.running = false;
	if (deadline.owner != getpid())
		return;
	timer_delete(deadline.timer);
	(void)sigaction(DEADLINE_SIGNAL, &deadline.former, NULL);
	deadline.owner = 0;
}

void
deadline_start(int fd, int64_t at_us)
{
	deadline.fd = fd;
	deadline.at_us = at_us;
	deadline.expired = false;
	atomic_signal_fence(memory_order_seq_cst);
	deadline.running = true;
	/*
	 * A timer that goes off earlier is left alone: its handler moves it here. Should it go
	 * off between these two lines, it already has.
	 */
	if (deadline.armed_us == 0 || at_us < deadline.armed_us)
		arm(at_us);
}

bool
deadline_stop(void)
{
	deadline.running = false;
	atomic_signal_fence(memory_order_seq_cst);
	return deadline.expired;
}
