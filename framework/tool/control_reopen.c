/* `postern reopen`: USR1, and the moment when nobody writes to the old file any more. */
#include "tool/tool.h"

#include <signal.h>

#include "tool/control.h"

static const struct control_command command = {
	.name = "reopen",
	.needs_status = true,
	.help =
	    "usage: postern reopen [OPTION]...\n"
	    "\n"
	    "Has a running service go on logging in a new file under the name of its LOG_FILE, "
	    "when\n"
	    "the old one was moved away, and waits until none of its workers writes to the old "
	    "one\n"
	    "any more. The exit status is 0 then, 1 when there is no LOG_FILE, it cannot be "
	    "opened,\n"
	    "or a worker still has the old one when the time is over, 2 when the service is not\n"
	    "there.\n"
	    "\n",
};

static json_int_t
count(const struct control *control, const char *name)
{
	return control_number(control, "log", name);
}

static enum tool_exit
wait_for_it(struct control *control, json_int_t reopened, json_int_t failed, FILE *out)
{
	enum tool_exit result = TOOL_FAILED;

	while (count(control, "reopened") == reopened || count(control, "workers_behind") > 0) {
		if (count(control, "not_reopened") > failed)
			return control_fail(control, "the log file cannot be opened by the "
						     "service's user; the log goes on in the old "
						     "one");
		if (!control_look(control, &result))
			return result;
	}
	fputs("reopened\n", out);
	return tool_finish(out, control->err);
}

enum tool_exit
reopen_command(int argc, char **argv, FILE *out, FILE *err)
{
	enum tool_exit result = TOOL_FAILED;
	struct control control;

	if (!control_open(&control, &command, argc, argv, out, err, &result))
		return result;
	result = TOOL_FAILED;
	if (control.is_waiting &&
	    !json_is_true(json_object_get(json_object_get(control.status, "log"), "file")))
		(void)control_fail(&control,
		    "the service logs to its standard output; whoever reads that has the file");
	else if (control_tell(&control, SIGUSR1))
		result = !control.is_waiting ? TOOL_OK
					     : wait_for_it(&control, count(&control, "reopened"),
						   count(&control, "not_reopened"), out);
	control_close(&control);
	return result;
}
