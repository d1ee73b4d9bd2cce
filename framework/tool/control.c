/* Finding a manager, telling it, and watching it. See control.h. */
#include "tool/control.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/clock.h"
#include "core/slice.h"
#include "process/pidfile.h"
#include "tool/ask.h"
#include "tool/options.h"

enum { OPT_WORD, OPT_PID, OPT_PID_FILE, OPT_STATUS, OPT_TIMEOUT, OPT_NO_WAIT, OPT_HELP };

enum { ANSWER_ARENA = 3 * ASK_MAX_ANSWER, MAX_PID = 0x3fffffff };

static const struct option_kind kinds[] = {
	[OPT_WORD] = { "", true, 0 },
	[OPT_PID] = { "--pid", true, 0 },
	[OPT_PID_FILE] = { "--pid-file", true, 0 },
	[OPT_STATUS] = { "--status", true, 0 },
	[OPT_TIMEOUT] = { "--timeout", true, 0 },
	[OPT_NO_WAIT] = { "--no-wait", false, 0 },
	[OPT_HELP] = { "--help", false, 0 },
};

static const char options_help[] =
    "  --pid-file PATH    the service's PID_FILE (default: PID_FILE of the environment)\n"
    "  --pid N            its manager's process id\n"
    "  --status ADDRESS   its STATUS_LISTEN (default: STATUS_LISTEN of the environment)\n"
    "  --timeout SECONDS  how long to wait, 1 to 86400 (default: 60)\n"
    "  --no-wait          tell it and do not wait\n"
    "  --help             print this text\n";

enum tool_exit
control_fail(const struct control *control, const char *text)
{
	fprintf(control->err, "postern: %s\n", text);
	return TOOL_FAILED;
}

/* --- the command line ------------------------------------------------------------------------ */

static bool
take_word(struct control *control, const char *value)
{
	if (control->command->word == NULL || control->word != NULL)
		return false;
	control->word = value;
	return true;
}

static bool
take(struct control *control, int option, const char *value)
{
	uint64_t number = 0;

	switch (option) {
	case OPT_WORD:
		return take_word(control, value);
	case OPT_PID:
		if (!slice_to_u64(slice_from(value), MAX_PID, &number) || number <= 1)
			return false;
		control->pid = (pid_t)number;
		return true;
	case OPT_PID_FILE:
		control->pid_file = value;
		return true;
	case OPT_STATUS:
		control->address = value;
		return true;
	case OPT_TIMEOUT:
		if (!slice_to_u64(slice_from(value), CONTROL_MAX_TIMEOUT_S, &number) || number == 0)
			return false;
		control->timeout_s = (unsigned)number;
		return true;
	default:
		control->is_waiting = control->is_waiting && option != OPT_NO_WAIT;
		return true;
	}
}

static const char *
given(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

/* OPTION_END, or OPTION_BAD with the reason said, or OPT_HELP. */
static int
read_options(struct control *control, int argc, char **argv)
{
	struct options options = options_of(kinds, COUNT_OF(kinds), argc, argv);
	const char *value = NULL;
	int option;

	while ((option = options_next(&options, &value, control->err)) != OPTION_END) {
		if (option == OPTION_BAD || option == OPT_HELP)
			return option;
		if (!take(control, option, value)) {
			fprintf(control->err, "postern: %s does not take that; --help tells more\n",
			    option == OPT_WORD ? control->command->name : kinds[option].name);
			return OPTION_BAD;
		}
	}
	if (control->pid_file == NULL && control->pid == 0)
		control->pid_file = given("PID_FILE");
	if (control->address == NULL)
		control->address = given("STATUS_LISTEN");
	return OPTION_END;
}

/* NULL, or what the command line lacks. */
static const char *
find_lack(const struct control *control)
{
	if (control->command->word != NULL && control->word == NULL)
		return control->command->word;
	if (control->pid == 0 && control->pid_file == NULL && control->address == NULL)
		return "--pid-file, --pid or --status";
	if (control->command->needs_status && control->address == NULL && control->is_waiting)
		return "--status, to see what becomes of it, or --no-wait";
	return NULL;
}

/* --- the service ----------------------------------------------------------------------------- */

/* NULL, or why there is no answer; what was known before is kept then. */
static const char *
ask_status(struct control *control)
{
	struct ask_answer answer = { 0 };
	struct arena arena;
	const char *failed;
	static char reason[128]; /* the arena's texts end with it */
	json_t *status = NULL;

	arena_init(&arena, 64 * 1024, ANSWER_ARENA);
	failed = ask(&arena, control->address, "/status", &answer);
	if (failed != NULL) {
		(void)snprintf(reason, sizeof(reason), "%s", failed);
		failed = reason;
	} else {
		status =
		    json_loadb(answer.body.data, answer.body.len, JSON_REJECT_DUPLICATES, NULL);
		if (answer.status != 200 || !json_is_object(status))
			failed = "what answers is no Postern service";
	}
	arena_done(&arena);
	if (failed != NULL) {
		json_decref(status);
		return failed;
	}
	json_decref(control->status);
	control->status = status;
	return NULL;
}

json_int_t
control_number(const struct control *control, const char *object, const char *name)
{
	const json_t *in =
	    object != NULL ? json_object_get(control->status, object) : control->status;

	return json_integer_value(json_object_get(in, name));
}

/* Who can be found and watched without it may be told although nobody answers there. */
static bool
uses_status(const struct control *control)
{
	return (control->command->needs_status && control->is_waiting) ||
	       (control->pid_file == NULL && control->is_pid_asked);
}

static bool
find_pid(struct control *control)
{
	const char *failed = NULL;

	if (control->pid == 0 && control->pid_file != NULL) {
		failed = pidfile_ask(control->pid_file, &control->pid);
		if (failed != NULL)
			fprintf(control->err, "postern: PID_FILE: %s\n", failed);
	} else if (control->pid == 0) {
		control->pid = (pid_t)control_number(control, NULL, "pid");
		if (control->pid <= 1) {
			failed = "the service does not say who its manager is";
			(void)control_fail(control, failed);
		}
	}
	return failed == NULL;
}

/* Whether the number still means who it meant before we took hold of the process. */
static bool
is_still(struct control *control)
{
	pid_t again = 0;

	if (uses_status(control)) {
		if (ask_status(control) != NULL)
			return false;
		return control_number(control, NULL, "pid") == control->pid;
	}
	if (control->pid_file != NULL)
		return pidfile_ask(control->pid_file, &again) == NULL && again == control->pid;
	return true;
}

static enum tool_exit
find_manager(struct control *control)
{
	const char *failed = uses_status(control) ? ask_status(control) : NULL;

	if (failed != NULL) {
		fprintf(control->err, "postern: the service cannot be asked: %s\n", failed);
		return TOOL_UNREACHABLE;
	}
	if (!find_pid(control))
		return TOOL_UNREACHABLE;
	control->process_fd = pidfd_open(control->pid, 0);
	if (control->process_fd < 0) {
		(void)control_fail(control,
		    errno == ESRCH ? "there is no such process" : "the process cannot be watched");
		return TOOL_UNREACHABLE;
	}
	if (!is_still(control)) {
		(void)control_fail(
		    control, "the process is not the manager of the service that answers");
		return TOOL_UNREACHABLE;
	}
	return TOOL_OK;
}

bool
control_open(struct control *ret_control, const struct control_command *command, int argc,
    char **argv, FILE *out, FILE *err, enum tool_exit *ret_exit)
{
	struct control control = {
		.command = command,
		.process_fd = -1,
		.timeout_s = CONTROL_TIMEOUT_S,
		.is_waiting = true,
		.err = err,
	};
	const int option = read_options(&control, argc, argv);
	const char *lack = option == OPTION_END ? find_lack(&control) : NULL;

	control.is_pid_asked = control.pid == 0;
	*ret_exit = TOOL_USAGE;
	if (option == OPT_HELP) {
		fprintf(out, "%s%s", command->help, options_help);
		*ret_exit = tool_finish(out, err);
	}
	if (lack != NULL)
		fprintf(err, "postern: %s needs %s; --help tells more\n", command->name, lack);
	if (option != OPTION_END || lack != NULL)
		return false;
	control.end_us = clock_mono_us() + (int64_t)control.timeout_s * 1000 * 1000;
	*ret_exit = find_manager(&control);
	if (*ret_exit == TOOL_OK)
		*ret_control = control;
	else
		control_close(&control);
	return *ret_exit == TOOL_OK;
}

void
control_close(struct control *control)
{
	if (control->process_fd >= 0)
		close(control->process_fd);
	control->process_fd = -1;
	json_decref(control->status);
	control->status = NULL;
}

/* --- telling and waiting --------------------------------------------------------------------- */

bool
control_tell(const struct control *control, int signal)
{
	if (pidfd_send_signal(control->process_fd, signal, NULL, 0) == 0)
		return true;
	(void)control_fail(control, errno == EPERM   ? "the service belongs to somebody else"
				    : errno == ESRCH ? "the service has ended"
						     : "the service cannot be told");
	return false;
}

static int
left_ms(const struct control *control)
{
	return clock_left_ms(control->end_us);
}

static bool
has_ended(const struct control *control, int patience_ms)
{
	struct pollfd process = { .fd = control->process_fd, .events = POLLIN };

	return poll(&process, 1, patience_ms) > 0;
}

bool
control_look(struct control *control, enum tool_exit *ret_exit)
{
	if (has_ended(control, CONTROL_PAUSE_MS)) {
		*ret_exit = control_fail(control, "the service has ended");
		return false;
	}
	if (left_ms(control) == 0) {
		fprintf(control->err,
		    "postern: %s was not done within %u s; the service goes on with it\n",
		    control->command->name, control->timeout_s);
		*ret_exit = TOOL_FAILED;
		return false;
	}
	/* Who answers there may be busy, or be dying with the rest: the next look tells. */
	(void)ask_status(control);
	return true;
}

bool
control_wait_end(struct control *control)
{
	int left;

	while ((left = left_ms(control)) > 0)
		if (has_ended(control, left))
			return true;
	return has_ended(control, 0);
}
