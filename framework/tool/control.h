/*
 * What the commands share that tell a service to do something, `reload`, `scale` and the others:
 * finding its manager, telling it by a signal, and waiting until it is done.
 *
 * Who is told is held by a descriptor of the process from the first look on, so that no signal goes to
 * another process that was given the number meanwhile. What has become of it is read from /status.
 */
#ifndef POSTERN_TOOL_CONTROL_H
#define POSTERN_TOOL_CONTROL_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include <jansson.h>

#include "core/compiler.h"
#include "tool/tool.h"

enum { CONTROL_TIMEOUT_S = 60, CONTROL_MAX_TIMEOUT_S = 86400, CONTROL_PAUSE_MS = 20 };

struct control_command {
	const char *name;
	const char *help;  /* ends with the blank line before the options */
	const char *word;  /* what its one argument is; NULL: it takes none */
	bool needs_status; /* to see what has become of it */
};

struct control {
	const struct control_command *command;
	const char *word;    /* NULL: it takes none */
	const char *address; /* of its STATUS_LISTEN; NULL: not known */
	const char *pid_file;
	pid_t pid; /* 0: not known yet */
	int process_fd;
	int64_t end_us; /* of our patience */
	unsigned timeout_s;
	bool is_waiting;   /* not --no-wait */
	bool is_pid_asked; /* it was not given on the command line */
	json_t *status;    /* the last answer of /status; NULL: none yet */
	FILE *err;
};

/*
 * Reads the command line, finds the manager and, where there is a STATUS_LISTEN, how it is. False:
 * `*ret_exit` is said already, and there is nothing to be done.
 */
bool control_open(struct control *ret_control, const struct control_command *command, int argc,
    char **argv, FILE *out, FILE *err, enum tool_exit *ret_exit) MUST_USE;
void control_close(struct control *control);

/* False: it could not be told, and that is said. */
bool control_tell(const struct control *control, int signal) MUST_USE;
/*
 * Lets a moment pass and asks how it is. False, with `*ret_exit` and the reason said: it has
 * ended, or our patience has.
 */
bool control_look(struct control *control, enum tool_exit *ret_exit) MUST_USE;
/* Waits for its end. False: it has not come in time. */
bool control_wait_end(struct control *control) MUST_USE;
/* The number at `object`.`name` of the last answer; without an object of the answer itself. */
json_int_t control_number(const struct control *control, const char *object, const char *name);

/* "postern: ", the text, and TOOL_FAILED. */
enum tool_exit control_fail(const struct control *control, const char *text);

#endif
