/* `postern stop`: TERM, and the end of the manager, who ends last. */
#include "tool/tool.h"

#include <signal.h>

#include "tool/control.h"

static const struct control_command command = {
	.name = "stop",
	.help =
	    "usage: postern stop [OPTION]...\n"
	    "\n"
	    "Has a running service finish its requests, save its counters and end, and waits for\n"
	    "that. The exit status is 0 when it has ended, 1 when it has not in time, 2 when it "
	    "is\n"
	    "not there.\n"
	    "\n",
};

enum tool_exit
stop_command(int argc, char **argv, FILE *out, FILE *err)
{
	enum tool_exit result = TOOL_FAILED;
	struct control control;

	if (!control_open(&control, &command, argc, argv, out, err, &result))
		return result;
	result = TOOL_FAILED;
	if (!control_tell(&control, SIGTERM)) {
		/* That is said. */
	} else if (!control.is_waiting) {
		result = TOOL_OK;
	} else if (control_wait_end(&control)) {
		fputs("stopped\n", out);
		result = tool_finish(out, err);
	} else {
		fprintf(err, "postern: the service has not ended within %u s\n", control.timeout_s);
	}
	control_close(&control);
	return result;
}
