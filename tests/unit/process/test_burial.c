/* Ends of workers, told apart by name. */
#include "check.h"

#include <signal.h>

#include "process/burial.h"
#include "sandbox/sandbox.h"

#define EXIT(status) ((status) << 8)

static const struct row {
	const char *name;
	int status; /* waitpid's */
	enum death_cause killed_for;
	bool is_oom;
	uint32_t system_call;
	enum worker_state state;
	uint32_t route;
	const char *last_event;
	enum death_cause cause;
	const char *text;
} rows[] = {
	{ "of its own will", EXIT(0), DEATH_NONE, false, 0, WORKER_IDLE, 0, "", DEATH_NONE,
	    "exit status 0" },
	{ "exit", EXIT(69), DEATH_NONE, false, 0, WORKER_STARTING, 0, "notes.store_unreadable",
	    DEATH_EXIT, "exit status 69, last event notes.store_unreadable" },
	{ "signal, in a request", SIGSEGV, DEATH_NONE, false, 0, WORKER_BUSY, 2, "", DEATH_SIGNAL,
	    "ended by signal 11 (SIGSEGV)" },
	{ "signal with a core", SIGABRT | 0x80, DEATH_NONE, false, 0, WORKER_BUSY, 1, "",
	    DEATH_SIGNAL, "ended by signal 6 (SIGABRT)" },
	{ "a signal without a name", 40, DEATH_NONE, false, 0, WORKER_IDLE, 0, "", DEATH_SIGNAL,
	    "ended by signal 40 (SIG?)" },
	{ "somebody's KILL", SIGKILL, DEATH_NONE, false, 0, WORKER_IDLE, 1, "", DEATH_SIGNAL,
	    "ended by signal 9 (SIGKILL)" },
	{ "the kernel's KILL", SIGKILL, DEATH_NONE, true, 0, WORKER_BUSY, 1, "", DEATH_OOM,
	    "ended by signal 9 (SIGKILL), the kernel was out of memory" },
	{ "the manager's KILL", SIGKILL, DEATH_TIMEOUT, true, 0, WORKER_BUSY, 1, "", DEATH_TIMEOUT,
	    "ended by signal 9 (SIGKILL), it did not accept within WORKER_TIMEOUT" },
	{ "a violation", SIGSYS, DEATH_NONE, false, 1, WORKER_BUSY, 1, "sandbox.violation",
	    DEATH_SECCOMP, NULL },
	{ "a violation that ends by exit", EXIT(SANDBOX_EXIT), DEATH_NONE, false, 1, WORKER_BUSY, 1,
	    "", DEATH_SECCOMP, NULL },
	{ "that exit without one", EXIT(SANDBOX_EXIT), DEATH_NONE, false, 0, WORKER_BUSY, 1, "",
	    DEATH_EXIT, "exit status 159" },
	{ "an event that is none", EXIT(1), DEATH_NONE, false, 0, WORKER_STARTING, 0,
	    "x\nforged line", DEATH_EXIT, "exit status 1" },
	{ "an event without end", EXIT(1), DEATH_NONE, false, 0, WORKER_STARTING, 0,
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	    DEATH_EXIT, "exit status 1" },
};

static struct shared *shared;

static void
check_row(void **state)
{
	const struct row *row = *state;
	struct scoreboard_slot *line = &shared->slots[3];
	char text[BURIAL_TEXT_SIZE];
	struct death death;

	atomic_store(&line->system_call, row->system_call);
	atomic_store(&line->state, row->state);
	atomic_store(&line->route, row->route);
	memcpy(shared->last_events[3], row->last_event,
	    strnlen(row->last_event, SHARED_EVENT_SIZE - 1) + 1);
	if (strlen(row->last_event) >= SHARED_EVENT_SIZE)
		memset(shared->last_events[3], 'a', SHARED_EVENT_SIZE);
	death = burial_find(row->status, row->killed_for, row->is_oom, shared, 3);
	assert_int_equal(death.cause, row->cause);
	assert_int_equal(death.route, row->state == WORKER_BUSY ? row->route : 0);
	burial_describe(&death, text);
	if (row->text != NULL)
		assert_string_equal(text, row->text);
	else
		assert_non_null(strstr(text, "is not allowed"));
}

static int
make_shared(void **state UNUSED)
{
	shared = shared_new();
	return shared == NULL;
}

static int
free_shared(void **state UNUSED)
{
	shared_free(shared);
	return 0;
}

int
main(void)
{
	struct CMUnitTest tests[COUNT_OF(rows)] = { { 0 } };
	size_t i;

	for (i = 0; i < COUNT_OF(rows); i++)
		tests[i] = (struct CMUnitTest) { .name = rows[i].name,
			.test_func = check_row,
			.initial_state = (void *)(uintptr_t)&rows[i] };
	return cmocka_run_group_tests(tests, make_shared, free_shared);
}
