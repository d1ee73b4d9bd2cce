/*
 * The handler may have interrupted anything, the log's own code included: so it has a pen of its own,
 * and its room is static, as there may be little left of the stack.
 */
#include "process/stack_told.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <postern/service.h>

#include "core/arena.h"
#include "core/clock.h"
#include "log/log.h"
#include "process/crew.h"
#include "process/generation.h"
#include "process/stack.h"

enum {
	PEN_ARENA_BLOCK = 4 * 1024,
	PEN_ARENA = 16 * 1024,
	SIGNAL_STACK = 64 * 1024, /* touched when it is needed, and not before */
};

/* For the handler, which has no other way to know. */
static const struct crew_seat *seat;
static void (*on_overdue)(void *context);
static void *overdue_context;
static struct log *pen;
static struct log_line line;
static char frames[STACK_TEXT_MAX];
static char signal_stack[SIGNAL_STACK];

/* --- what is asked ----------------------------------------------------------------------------- */

/* Which request, as far as a signal can carry it: of one slot, two alike are half an hour apart. */
static int
question_of(enum stack_reason reason, int64_t request_us)
{
	return (int)((uint32_t)request_us << 1 | (uint32_t)reason);
}

void
stack_ask(pid_t pid, enum stack_reason reason, int64_t request_us)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_signo = STACK_SIGNAL;
	info.si_code = SI_QUEUE;
	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_value.sival_int = question_of(reason, request_us);
	(void)syscall(SYS_rt_tgsigqueueinfo, pid, pid, STACK_SIGNAL, &info);
}

/* --- what is answered -------------------------------------------------------------------------- */

static void
write_line(enum log_event event, enum worker_state state, int64_t request_us)
{
	const struct postern_service *service = seat->generation->service;
	const struct scoreboard_slot *mine = &seat->shared->slots[seat->slot];
	const uint32_t route = state == WORKER_BUSY ? atomic_load(&mine->route) : 0;

	if (!log_begin(&line, pen, event))
		return;
	log_number(&line, FIELD_WORKER, seat->slot + 1);
	log_number(&line, FIELD_PID, getpid());
	if (route > 0 && route <= service->route_count)
		log_template(&line, FIELD_ROUTE, slice_from(service->routes[route - 1].path));
	if (state == WORKER_BUSY)
		log_number(&line, FIELD_DURATION_US, clock_mono_us() - request_us);
	log_template(&line, FIELD_FRAMES, slice_make(frames, stack_write(frames, sizeof(frames))));
	log_end(&line);
}

static void
answer(int question)
{
	const struct scoreboard_slot *mine = &seat->shared->slots[seat->slot];
	const enum worker_state state = (enum worker_state)atomic_load(&mine->state);
	const int64_t request_us = atomic_load(&mine->request_started_us);

	if (state != WORKER_BUSY && state != WORKER_STARTING)
		return;
	if (question == question_of(STACK_OVERDUE, request_us)) {
		write_line(LOG_WORKER_STACK, state, request_us);
		if (state == WORKER_BUSY)
			on_overdue(overdue_context);
	} else if (question == question_of(STACK_SLOW, request_us))
		write_line(LOG_REQUEST_SLOW, state, request_us);
}

static void
on_asked(int number UNUSED, siginfo_t *info, void *context UNUSED)
{
	const int saved = errno;

	if (info->si_code == SI_QUEUE)
		answer(info->si_value.sival_int);
	errno = saved;
}

/* --- before ------------------------------------------------------------------------------------ */

/* Of its own, unless somebody (AddressSanitizer, a service) has one already. */
static bool
take_signal_stack(void)
{
	const stack_t own = { .ss_sp = signal_stack, .ss_size = sizeof(signal_stack) };
	stack_t there;

	if (sigaltstack(NULL, &there) != 0)
		return false;
	return (there.ss_flags & SS_DISABLE) == 0 || sigaltstack(&own, NULL) == 0;
}

/* Nothing comes between: the request's deadline and the word to end wait for the line. */
static bool
take_signal(void)
{
	struct sigaction action = { .sa_sigaction = on_asked,
		.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK };

	sigfillset(&action.sa_mask);
	sigdelset(&action.sa_mask, SIGSYS);
	sigdelset(&action.sa_mask, SIGSEGV); /* stack.c knows what to do */
	sigdelset(&action.sa_mask, SIGBUS);
	return sigaction(STACK_SIGNAL, &action, NULL) == 0;
}

bool
stack_told_prepare(const struct crew_seat *of, void (*overdue)(void *context), void *context)
{
	static struct arena arena;

	arena_init(&arena, PEN_ARENA_BLOCK, PEN_ARENA);
	seat = of;
	on_overdue = overdue;
	overdue_context = context;
	pen = log_second_pen(of->generation->log, &arena);
	stack_look();
	return pen != NULL && take_signal_stack() && take_signal();
}
