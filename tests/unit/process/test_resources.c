/* Which scheduler a worker runs under: asked for in a process of its own, which then tells. */
#include "../core/rows.h"
#include "check.h"

#include <sched.h>
#include <sys/wait.h>

#include "process/resources.h"

enum { CHILD_FAILED = 99 };

static const struct row {
	const char *name;
	int started_with;
	enum config_scheduling scheduling;
	int expected;
} rows[] = {
	{ "the ordinary one becomes batch", SCHED_OTHER, SCHEDULING_BATCH, SCHED_BATCH },
	{ "unless it is to be inherited", SCHED_OTHER, SCHEDULING_INHERITED, SCHED_OTHER },
	{ "batch stays", SCHED_BATCH, SCHEDULING_BATCH, SCHED_BATCH },
	{ "batch is inherited", SCHED_BATCH, SCHEDULING_INHERITED, SCHED_BATCH },
	{ "idle had its reason", SCHED_IDLE, SCHEDULING_BATCH, SCHED_IDLE },
	{ "idle is inherited", SCHED_IDLE, SCHEDULING_INHERITED, SCHED_IDLE },
};

static int
scheduler_of_a_worker(const struct row *row)
{
	const struct sched_param none = { .sched_priority = 0 };
	const struct config config = { .worker_scheduling = row->scheduling };

	if (sched_setscheduler(0, row->started_with, &none) != 0 || !resources_take(&config, 0))
		return CHILD_FAILED;
	return sched_getscheduler(0);
}

static void
check_row(void **state)
{
	const struct row *row = *state;
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(scheduler_of_a_worker(row));
	assert_int_not_equal(child, -1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), row->expected);
}

int
main(void)
{
	return RUN_ROWS(rows, check_row);
}
