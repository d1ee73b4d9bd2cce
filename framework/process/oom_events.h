/*
 * How often the kernel has ended a process of our control group because memory was out. A process
 * that ends by KILL does not say by whom; when this count has risen, it was the kernel. Of the group
 * as a whole: in one that is shared with other programs, their ends count as well.
 */
#ifndef POSTERN_PROCESS_OOM_EVENTS_H
#define POSTERN_PROCESS_OOM_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/slice.h"

enum {
	OOM_EVENTS_PATH_SIZE = 4096,
	OOM_EVENTS_FILE_MAX = 4096, /* bytes that are looked at of any of the files */
};

struct oom_events {
	int fd;          /* -1: this machine does not tell */
	uint64_t seen;   /* the count at the last look */
	uint64_t untold; /* deaths that it stands for, and that were not reaped yet */
};

/*
 * Finds the file, while the root of the file system is still the machine's, and takes the count.
 * `root`: "" but in tests. Version 2 of control groups: memory.events; version 1: memory.oom_control.
 */
void oom_events_open(struct oom_events *events, const char *root);
void oom_events_close(struct oom_events *events);

/*
 * A child was reaped, and waitpid says `status`: whether the kernel ended it for its memory. Each
 * rise of the count is good for one death.
 */
bool oom_events_is_cause(struct oom_events *events, int status);

/*
 * Pure: the path of the file below /sys/fs/cgroup by /proc/self/cgroup; false: there is no such group.
 * `version` is 1 or 2.
 */
bool oom_events_path(struct slice groups, unsigned version, char ret_path[OOM_EVENTS_PATH_SIZE]);
/* Pure: the number behind oom_kill in such a file; false: there is none (Linux before 4.13). */
bool oom_events_count(struct slice text, uint64_t *ret_count);

#endif
