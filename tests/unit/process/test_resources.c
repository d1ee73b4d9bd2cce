/* Which scheduler a worker runs under: asked for in a process of its own, which then tells. */
#include "../core/rows.h"
#include "check.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
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

/* As some containers do. */
static bool
forbid_scheduling(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

	return filter != NULL &&
	       seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(sched_setscheduler), 0) ==
		   0 &&
	       seccomp_load(filter) == 0;
}

static int
scheduler_where_it_is_forbidden(void)
{
	const struct config config = { .worker_scheduling = SCHEDULING_BATCH };

	if (!forbid_scheduling() || !resources_take(&config, 0))
		return CHILD_FAILED;
	return sched_getscheduler(0);
}

static int
scheduler_of_a_worker(const struct row *row)
{
	const struct sched_param none = { .sched_priority = 0 };
	const struct config config = { .worker_scheduling = row->scheduling };

	if (sched_setscheduler(0, row->started_with, &none) != 0 || !resources_take(&config, 0))
		return CHILD_FAILED;
	return sched_getscheduler(0);
}

/* What the child says before it goes. */
static int
answer_of(pid_t child)
{
	int status;

	assert_int_not_equal(child, -1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
check_row(void **state)
{
	const struct row *row = *state;
	pid_t child = fork();

	if (child == 0)
		_exit(scheduler_of_a_worker(row));
	assert_int_equal(answer_of(child), row->expected);
}

static void
where_it_is_forbidden_the_worker_serves_as_it_is(void **state UNUSED)
{
	const int before = sched_getscheduler(0);
	pid_t child = fork();

	if (child == 0)
		_exit(scheduler_where_it_is_forbidden());
	assert_int_equal(answer_of(child), before);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(where_it_is_forbidden_the_worker_serves_as_it_is),
	};

	return RUN_ROWS(rows, check_row) + cmocka_run_group_tests(others, NULL, NULL);
}
