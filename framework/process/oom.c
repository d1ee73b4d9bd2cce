/* The file belongs to root while a process must not be traced, so that is allowed for a moment. */
#include "process/oom.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

static const char file[] = "/proc/self/oom_score_adj";

static bool
write_score(int score)
{
	char text[16];
	const int len = snprintf(text, sizeof(text), "%d", score);
	const int fd = open(file, O_WRONLY | O_CLOEXEC);
	bool is_written;

	if (fd < 0)
		return false;
	is_written = write(fd, text, (size_t)len) == len;
	(void)close(fd);
	return is_written;
}

static bool
read_score(int *ret_score)
{
	char text[16];
	const int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return false;
	len = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	if (len <= 0)
		return false;
	text[len] = '\0';
	*ret_score = (int)strtol(text, NULL, 10);
	return true;
}

bool
oom_prepare(struct arena *arena, const struct config *config, struct config_faults *faults)
{
	const size_t faults_before = faults->count;
	int score = 0;

	if (config->oom_score_adj.is_given && !write_score(config->oom_score_adj.value))
		config_fault(faults, arena,
		    "OOM_SCORE_ADJ: the kernel refuses; only root goes below what was inherited");
	if (config->worker_oom_score_adj.is_given &&
	    (!read_score(&score) || config->worker_oom_score_adj.value < score))
		config_fault(faults, arena,
		    "WORKER_OOM_SCORE_ADJ: below the manager's, which workers cannot have");
	return faults->count == faults_before;
}

bool
oom_is_in_reach(struct arena *arena, const struct config *config, struct config_faults *faults)
{
	if (!config->worker_oom_score_adj.is_given || access(file, F_OK) == 0)
		return true;
	config_fault(faults, arena, "WORKER_OOM_SCORE_ADJ: there is no /proc in SERVICE_CHROOT");
	return false;
}

bool
oom_adjust_worker(const struct config *config)
{
	const int was_dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
	bool is_written;

	if (!config->worker_oom_score_adj.is_given)
		return true;
	if (was_dumpable == 0 && prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0)
		return false;
	is_written = write_score(config->worker_oom_score_adj.value);
	return (was_dumpable != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0) && is_written;
}
