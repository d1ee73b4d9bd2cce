/*
 * Sockets that a service manager has opened and hands over (sd_listen_fds(3), without its library):
 * descriptors from 3 on, LISTEN_FDS of them, for the process LISTEN_PID alone, and their names in
 * LISTEN_FDNAMES.
 */
#include "process/listener.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/slice.h"

enum { FIRST_DESCRIPTOR = 3, MAX_PID = 0x3fffffff };

const char *
listener_handed_parse(struct listener_handed *ret_handed, const char *pid, const char *fds,
    const char *names, pid_t self)
{
	struct listener_handed handed = { .count = 0 };
	struct slice rest = names != NULL ? slice_from(names) : slice_make(NULL, 0);
	uint64_t whose, count;
	size_t i;

	*ret_handed = handed;
	/* What was meant for another process came along by accident. */
	if (pid == NULL || fds == NULL || !slice_to_u64(slice_from(pid), MAX_PID, &whose) ||
	    (pid_t)whose != self)
		return NULL;
	if (!slice_to_u64(slice_from(fds), LISTENER_MAX, &count))
		return "LISTEN_FDS of the environment is no number of at most 16";
	for (i = 0; i < count; i++)
		handed.names[i] = rest.data != NULL ? slice_cut(&rest, ':') : SLICE_OF("unknown");
	handed.count = (size_t)count;
	if (names != NULL && rest.data != NULL)
		return "LISTEN_FDNAMES of the environment has more names than there are sockets";
	*ret_handed = handed;
	return NULL;
}

const char *
listener_handed_read(struct listener_handed *ret_handed)
{
	return listener_handed_parse(ret_handed, getenv("LISTEN_PID"), getenv("LISTEN_FDS"),
	    getenv("LISTEN_FDNAMES"), getpid());
}

void
listener_handed_forget(void)
{
	(void)unsetenv("LISTEN_PID");
	(void)unsetenv("LISTEN_FDS");
	(void)unsetenv("LISTEN_FDNAMES");
}

int
listener_handed_next(const struct listener_handed *handed, struct slice name, size_t *at)
{
	for (; *at < handed->count; (*at)++)
		if (name.data == NULL || slice_equal(handed->names[*at], name))
			return FIRST_DESCRIPTOR + (int)(*at)++;
	return -1;
}

static bool
takes(const struct listeners *listeners, int fd)
{
	size_t i;

	for (i = 0; i < listeners->count; i++)
		if (listeners->items[i].kind == LISTENER_INHERITED && listeners->items[i].fd == fd)
			return true;
	return false;
}

bool
listeners_check_handed(const struct listeners *listeners, const struct listeners *status,
    struct arena *arena, struct config_faults *faults)
{
	const size_t faults_before = faults->count;
	struct listener_handed handed;
	const char *failed = listener_handed_read(&handed);
	size_t i;

	if (failed != NULL)
		config_fault(faults, arena, "LISTEN: %s", failed);
	for (i = 0; i < handed.count; i++) {
		const int fd = FIRST_DESCRIPTOR + (int)i;

		if (takes(listeners, fd) && takes(status, fd))
			config_fault(faults, arena,
			    "STATUS_LISTEN: socket %zu that systemd handed over is one of LISTEN, "
			    "too",
			    i + 1);
		else if (!takes(listeners, fd) && !takes(status, fd))
			config_fault(faults, arena,
			    "LISTEN: socket %zu that systemd handed over is used neither here nor "
			    "by STATUS_LISTEN",
			    i + 1);
	}
	return faults->count == faults_before;
}
