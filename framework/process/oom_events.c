#include "process/oom_events.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- the files' grammar ------------------------------------------------------------------------ */

/* Whether one of the names between the commas is that. */
static bool
has_controller(struct slice list, const char *name)
{
	while (list.data != NULL)
		if (slice_is(slice_cut(&list, ','), name))
			return true;
	return false;
}

/* Lines of NUMBER:CONTROLLERS:PATH, where a path may hold a colon (cgroups(7)). */
bool
oom_events_path(struct slice groups, unsigned version, char ret_path[OOM_EVENTS_PATH_SIZE])
{
	const char *folder = version == 2 ? "" : "memory/";
	const char *file = version == 2 ? "memory.events" : "memory.oom_control";
	int len;

	while (groups.data != NULL && groups.len > 0) {
		struct slice path = slice_cut(&groups, '\n');
		const struct slice number = slice_cut(&path, ':');
		const struct slice controllers = slice_cut(&path, ':');

		if (path.data == NULL || path.len == 0 || path.data[0] != '/')
			continue;
		if (version == 2 ? !slice_is(number, "0") || controllers.len > 0
				 : !has_controller(controllers, "memory"))
			continue;
		len = snprintf(ret_path, OOM_EVENTS_PATH_SIZE, "%s%.*s/%s", folder,
		    SLICE_ARGS(slice_skip(path, 1)), file);
		return len > 0 && len < OOM_EVENTS_PATH_SIZE;
	}
	return false;
}

bool
oom_events_count(struct slice text, uint64_t *ret_count)
{
	while (text.data != NULL) {
		struct slice value = slice_cut(&text, '\n');

		if (slice_is(slice_cut(&value, ' '), "oom_kill"))
			return slice_to_u64(value, UINT64_MAX, ret_count);
	}
	return false;
}

/* --- the files --------------------------------------------------------------------------------- */

static struct slice
read_from(int fd, char room[OOM_EVENTS_FILE_MAX])
{
	const ssize_t len = pread(fd, room, OOM_EVENTS_FILE_MAX, 0);

	return slice_make(room, len > 0 ? (size_t)len : 0);
}

static struct slice
read_groups(const char *root, char room[OOM_EVENTS_FILE_MAX])
{
	char path[OOM_EVENTS_PATH_SIZE];
	struct slice groups = slice_make(room, 0);
	int fd;

	(void)snprintf(path, sizeof(path), "%s/proc/self/cgroup", root);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return groups;
	groups = read_from(fd, room);
	(void)close(fd);
	return groups;
}

static bool
try_file(struct oom_events *events, const char *root, const char *within)
{
	char path[2 * OOM_EVENTS_PATH_SIZE];
	char room[OOM_EVENTS_FILE_MAX];

	(void)snprintf(path, sizeof(path), "%s/sys/fs/cgroup/%s", root, within);
	if ((events->fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return false;
	if (oom_events_count(read_from(events->fd, room), &events->seen))
		return true;
	oom_events_close(events);
	return false;
}

/*
 * A container may see its own group as the root of the mount, whatever path it is told. Where both
 * versions are in use, the second has a mount of its own, without memory.
 */
void
oom_events_open(struct oom_events *events, const char *root)
{
	static const char *const own_root[] = { "memory.events", "memory/memory.oom_control" };
	char room[OOM_EVENTS_FILE_MAX], within[OOM_EVENTS_PATH_SIZE];
	const struct slice groups = read_groups(root, room);
	unsigned version;

	*events = (struct oom_events) { .fd = -1 };
	for (version = 2; version > 0; version--)
		if (oom_events_path(groups, version, within) &&
		    (try_file(events, root, within) ||
			try_file(events, root, own_root[2 - version])))
			return;
}

void
oom_events_close(struct oom_events *events)
{
	if (events->fd >= 0)
		(void)close(events->fd);
	events->fd = -1;
}

bool
oom_events_is_cause(struct oom_events *events, int status)
{
	char room[OOM_EVENTS_FILE_MAX];
	uint64_t count;

	if (events->fd < 0 || !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		return false;
	/* The kernel counts before it kills, so a death that we see is counted. */
	if (oom_events_count(read_from(events->fd, room), &count) && count > events->seen) {
		events->untold += count - events->seen;
		events->seen = count;
	}
	if (events->untold == 0)
		return false;
	events->untold--;
	return true;
}
