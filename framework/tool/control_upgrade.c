/*
 * `postern upgrade`: USR2, and WINCH and QUIT to the old manager once the new one is ready. Until
 * the QUIT a new one that will not do is taken back.
 */
#include "tool/tool.h"

#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "tool/control.h"

static const struct control_command command = {
	.name = "upgrade",
	.needs_status = true,
	.help =
	    "usage: postern upgrade [OPTION]...\n"
	    "\n"
	    "Has a running service start the binary that lies at its path by now, waits until "
	    "that\n"
	    "one is ready and serves, and has the old one finish its requests and end. The exit\n"
	    "status is 0 then, 1 when the new one does not start or is not ready (the old one "
	    "goes\n"
	    "on) or the old one has not ended in time, 2 when the service is not there.\n"
	    "\n",
};

static bool
is_in_state(const struct control *control, const char *state)
{
	const char *found = json_string_value(
	    json_object_get(json_object_get(control->status, "upgrade"), "state"));

	return found != NULL && strcmp(found, state) == 0;
}

static pid_t
who_answers(const struct control *control)
{
	return (pid_t)control_number(control, NULL, "pid");
}

/* Returns a descriptor of the new manager, which serves beside the old one; -1: there is none. */
static int
start_new(struct control *control, pid_t *ret_new)
{
	const json_int_t refused = control_number(control, "upgrade", "refused");
	enum tool_exit ignored;
	int fd;

	if (!control_tell(control, SIGUSR2))
		return -1;
	while (who_answers(control) == control->pid) {
		if (control_number(control, "upgrade", "refused") > refused) {
			(void)control_fail(control,
			    "the new program did not start: the service's log and standard error "
			    "say why, and the old one goes on");
			return -1;
		}
		if (!control_look(control, &ignored))
			return -1;
	}
	*ret_new = who_answers(control);
	fd = pidfd_open(*ret_new, 0);
	if (fd < 0)
		(void)control_fail(control, "the new program has ended; the old one goes on");
	return fd;
}

/* Nothing has been given up yet: the old workers still serve. */
static enum tool_exit
take_back(const struct control *control, int new_fd)
{
	(void)pidfd_send_signal(new_fd, SIGQUIT, NULL, 0);
	return control_fail(control,
	    "the new program was not ready in time and is taken back; the old one goes on");
}

static enum tool_exit
change_over(struct control *control, pid_t new, int new_fd, FILE *out)
{
	enum tool_exit result = TOOL_FAILED;

	while (!is_in_state(control, "beside") || who_answers(control) != new ||
	       !json_is_true(json_object_get(control->status, "ready"))) {
		if (who_answers(control) == control->pid)
			return control_fail(
			    control, "the new program has ended; the old one goes on");
		if (!control_look(control, &result))
			return take_back(control, new_fd);
	}
	if (!control_tell(control, SIGWINCH) || !control_tell(control, SIGQUIT))
		return TOOL_FAILED;
	if (!control_wait_end(control))
		return control_fail(control,
		    "the new program serves, but the old one has not ended in time: it still has "
		    "requests to finish");
	/* From here on it is the new one that we watch. */
	close(control->process_fd);
	control->process_fd = dup(new_fd);
	control->pid = new;
	while (!is_in_state(control, "none") || who_answers(control) != new)
		if (!control_look(control, &result))
			return result;
	fprintf(out, "upgraded: pid %ld\n", (long)new);
	return tool_finish(out, control->err);
}

static enum tool_exit
upgrade(struct control *control, FILE *out)
{
	enum tool_exit result = TOOL_FAILED;
	pid_t new = 0;
	int new_fd;

	if (!control->is_waiting) {
		(void)control_fail(control, "upgrade has to wait: it takes one step after another");
		return TOOL_USAGE;
	}
	if (!is_in_state(control, "none"))
		return control_fail(control, "an upgrade is under way already");
	new_fd = start_new(control, &new);
	if (new_fd < 0)
		return TOOL_FAILED;
	result = change_over(control, new, new_fd, out);
	close(new_fd);
	return result;
}

enum tool_exit
upgrade_command(int argc, char **argv, FILE *out, FILE *err)
{
	enum tool_exit result = TOOL_FAILED;
	struct control control;

	if (!control_open(&control, &command, argc, argv, out, err, &result))
		return result;
	result = upgrade(&control, out);
	control_close(&control);
	return result;
}
