/*
 * Where lines go: one descriptor (pipe, socket, file or terminal), one write(2) a line. What
 * could not be written whole is counted, never tried again: a log that cannot keep up must not
 * hold up requests.
 *
 * The descriptor's flags are left as they are, for others share it. In blocking mode a write
 * waits for its reader; in non-blocking mode the line is dropped. SIGPIPE must be ignored by the
 * process.
 */
#ifndef POSTERN_LOG_SINK_H
#define POSTERN_LOG_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/slice.h"

struct sink {
	int fd;
	bool is_torn;     /* the last thing written was a part of a line */
	uint64_t dropped; /* lines lost since the count was last told */
	uint64_t lost;    /* all of them, since the process began */
};

/* Counts a line that is given up. */
void sink_lose(struct sink *sink);
/* Writes a line that ends in a newline. False when it did not get out whole; it is then counted. */
bool sink_write(struct sink *sink, struct slice line);

#endif
