/* `postern scale`: TTIN or TTOU, one at a time, as often as it takes. */
#include "tool/tool.h"

#include <signal.h>

#include "core/slice.h"
#include "process/shared.h"
#include "tool/control.h"

static const struct control_command command = {
	.name = "scale",
	.word = "the number of workers",
	.needs_status = true,
	.help =
	    "usage: postern scale N [OPTION]...\n"
	    "\n"
	    "Has a running service run N workers, 1 to 512, until its next reload or restart, and\n"
	    "waits until all of them accept and no other does. With WORKER_MODE dynamic or "
	    "ondemand\n"
	    "N is the most that there may be. The exit status is 0 then, 1 when that is not so in\n"
	    "time, 2 when the service is not there.\n"
	    "\n",
};

static json_int_t
workers(const struct control *control, const char *state)
{
	return control_number(control, "workers", state);
}

/* Of one kind only one signal can be pending: the next waits for the effect of the last. */
static bool
step(struct control *control, json_int_t number, enum tool_exit *ret_exit)
{
	const json_int_t before = workers(control, "max_children");

	if (!control_tell(control, before < number ? SIGTTIN : SIGTTOU)) {
		*ret_exit = TOOL_FAILED;
		return false;
	}
	while (workers(control, "max_children") == before)
		if (!control_look(control, ret_exit))
			return false;
	return true;
}

static enum tool_exit
change(struct control *control, json_int_t number, FILE *out)
{
	enum tool_exit result = TOOL_FAILED;

	while (workers(control, "max_children") != number)
		if (!step(control, number, &result))
			return result;
	while (workers(control, "max_children") != number ||
	       workers(control, "idle") + workers(control, "busy") != workers(control, "wanted"))
		if (!control_look(control, &result))
			return result;
	fprintf(out, "workers: %" JSON_INTEGER_FORMAT "\n", number);
	return tool_finish(out, control->err);
}

enum tool_exit
scale_command(int argc, char **argv, FILE *out, FILE *err)
{
	enum tool_exit result = TOOL_FAILED;
	struct control control;
	uint64_t number = 0;

	if (!control_open(&control, &command, argc, argv, out, err, &result))
		return result;
	result = TOOL_USAGE;
	if (!control.is_waiting)
		(void)control_fail(&control, "scale has to wait: it takes one step after another");
	else if (!slice_to_u64(slice_from(control.word), SHARED_MAX_WORKERS, &number) ||
		 number == 0)
		(void)control_fail(&control, "the number of workers is 1 to 512");
	else
		result = change(&control, (json_int_t)number, out);
	control_close(&control);
	return result;
}
