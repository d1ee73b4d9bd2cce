/*
 * Invariant: `is_torn` says whether the byte last written by this process was no newline. Whoever
 * writes next then begins with one, so that two lines never become one.
 */
#include "log/sink.h"

#include <errno.h>
#include <unistd.h>

enum { MAX_INTERRUPTIONS = 8 }; /* of one write, by signals, before the line is given up */

static ssize_t
write_once(int fd, struct slice line)
{
	ssize_t written = -1;

	for (int i = 0; i < MAX_INTERRUPTIONS; i++) {
		written = write(fd, line.data, line.len);
		if (written >= 0 || errno != EINTR)
			break;
	}
	return written;
}

void
sink_lose(struct sink *sink)
{
	sink->dropped++;
	sink->lost++;
}

bool
sink_write(struct sink *sink, struct slice line)
{
	ssize_t written = write_once(sink->fd, line);

	if (written > 0)
		sink->is_torn = line.data[written - 1] != '\n';
	if (written == (ssize_t)line.len)
		return true;
	sink_lose(sink);
	return false;
}
