/* `postern reload`: HUP, and the end of the reload that it brings about. */
#include "tool/tool.h"

#include <signal.h>
#include <string.h>

#include "tool/control.h"

static const struct control_command command = {
	.name = "reload",
	.needs_status = true,
	.help = "usage: postern reload [OPTION]...\n"
		"\n"
		"Has a running service read its settings and policies anew, and waits until no "
		"request\n"
		"is begun with the old ones any more. The exit status is 0 then, 1 when the reload "
		"was\n"
		"refused or is not complete in time, 2 when the service is not there.\n"
		"\n",
};

static json_int_t
count(const struct control *control, const char *name)
{
	return control_number(control, "reloads", name);
}

static json_int_t
ended(const struct control *control)
{
	return count(control, "done") + count(control, "refused");
}

static enum tool_exit
tell_refusal(const struct control *control)
{
	const char *reason = json_string_value(
	    json_object_get(json_object_get(control->status, "reloads"), "last_refusal"));

	if (reason != NULL && strcmp(reason, "workers") == 0)
		return control_fail(control, "the reload was refused: a new worker could not "
					     "start; the service's log tells why, "
					     "and the old state is in force");
	return control_fail(control,
	    "the reload was refused: what was read is invalid; the service's standard error tells "
	    "what, and the old state is in force");
}

/*
 * One that is under way has begun before we spoke: ours is the next one after it. They end in the
 * order in which they begin.
 */
static enum tool_exit
wait_for_it(struct control *control, FILE *out)
{
	const json_int_t ours = count(control, "begun") + 1;
	enum tool_exit result = TOOL_FAILED;
	json_int_t refused;

	do {
		refused = count(control, "refused");
		if (!control_look(control, &result))
			return result;
	} while (ended(control) < ours);
	if (count(control, "refused") > refused)
		return tell_refusal(control);
	fprintf(out, "reloaded: generation %" JSON_INTEGER_FORMAT "\n",
	    control_number(control, NULL, "generation"));
	return tool_finish(out, control->err);
}

enum tool_exit
reload_command(int argc, char **argv, FILE *out, FILE *err)
{
	enum tool_exit result = TOOL_FAILED;
	struct control control;

	if (!control_open(&control, &command, argc, argv, out, err, &result))
		return result;
	result = TOOL_FAILED;
	if (control_tell(&control, SIGHUP))
		result = control.is_waiting ? wait_for_it(&control, out) : TOOL_OK;
	control_close(&control);
	return result;
}
