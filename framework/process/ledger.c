/*
 * The life of the ledger process: wait a second or for the end, save, and say once in a while
 * when that fails.
 */
#include "process/ledger.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/clock.h"
#include "limits/limits.h"
#include "log/log.h"
#include "process/confine.h"
#include "process/current.h"
#include "process/signals.h"

enum { EXIT_CANNOT_OPEN = 70 };

/*
 * Failures between two lines of the log double, so that a full disk does not fill what is left of
 * it.
 */
struct complaint {
	uint32_t failures, next;
};

static void
note_failure(struct complaint *complaint, struct log *log)
{
	UNINITIALIZED struct log_line line;

	complaint->failures++;
	if (complaint->failures < complaint->next)
		return;
	complaint->next =
	    complaint->failures > UINT32_MAX / 2 ? UINT32_MAX : complaint->failures * 2;
	if (!log_begin(&line, log, LOG_RATE_LIMIT_NOT_SAVED))
		return;
	log_number(&line, FIELD_COUNT, complaint->failures);
	log_end(&line);
}

static void
save(struct limit_ledger *ledger, struct log *log, struct complaint *complaint)
{
	uint32_t written = 0;

	if (limit_ledger_save(ledger, clock_wall_us(), &written))
		*complaint = (struct complaint) { 0, 1 };
	else
		note_failure(complaint, log);
}

int
ledger_run(struct limit_store *store, struct log *log, int stop_fd)
{
	struct pollfd stop = { .fd = stop_fd, .events = POLLIN };
	struct complaint complaint = { 0, 1 };
	struct limit_ledger *ledger = NULL;
	int ready;

	if (limit_ledger_open(store, &ledger) != LIMIT_STORE_OK) {
		note_failure(&complaint, log);
		return EXIT_CANNOT_OPEN;
	}
	do {
		ready = poll(&stop, 1, LEDGER_INTERVAL_MS);
		if (ready < 0 && errno != EINTR)
			break;
		save(ledger, log, &complaint);
	} while (ready <= 0);
	limit_ledger_close(ledger);
	return complaint.failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
ledger_life(struct limit_store *store, const struct current *current, const struct sandbox *sandbox,
    pid_t manager)
{
	int stop_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), status;

	if (stop_fd < 0 || !signals_child_told_by(SIGUSR2, stop_fd, LEDGER_STOP_US / (1000 * 1000)))
		return EXIT_CANNOT_OPEN;
	if (!signals_follow_parent(manager, SIGUSR2))
		(void)raise(SIGUSR2);
	log_after_fork(current->log);
	if (sandbox != NULL && !confine(sandbox, CONFINED_LEDGER, current, NULL))
		return EXIT_CANNOT_OPEN;
	status = ledger_run(store, current->log, stop_fd);
	close(stop_fd);
	return status;
}
