/* Options and commands, and the text that explains them. */
#include "process/arguments.h"

#include <string.h>

#include "core/compiler.h"

static const struct {
	const char *name;
	enum arguments_task task;
	const char *help;
} options[] = {
	{ "--help", ARGUMENTS_HELP, "print this" },
	{ "--version", ARGUMENTS_VERSION, "print name and version" },
	{ "--help-settings", ARGUMENTS_HELP_SETTINGS,
	    "print every setting with its type and default" },
	{ "--check", ARGUMENTS_CHECK,
	    "check settings, policies, routes, contract and key; print all faults" },
};

enum arguments_task
arguments_parse(const struct postern_service *service, int argc, char *const *argv,
    const struct postern_command **ret_command)
{
	size_t i;

	if (argc <= 1)
		return ARGUMENTS_SERVE;
	for (i = 0; i < COUNT_OF(options); i++)
		if (strcmp(argv[1], options[i].name) == 0)
			return argc == 2 ? options[i].task : ARGUMENTS_USAGE;
	for (i = 0; i < service->command_count; i++)
		if (strcmp(argv[1], service->commands[i].name) == 0) {
			*ret_command = &service->commands[i];
			return ARGUMENTS_COMMAND;
		}
	return ARGUMENTS_USAGE;
}

void
arguments_print_usage(FILE *out, const struct postern_service *service)
{
	size_t i;

	fprintf(out, "usage: %s                 serve, with settings from the environment\n",
	    service->name);
	for (i = 0; i < COUNT_OF(options); i++)
		fprintf(
		    out, "       %s %-16s %s\n", service->name, options[i].name, options[i].help);
	for (i = 0; i < service->command_count; i++)
		fprintf(out, "       %s %-16s %s\n", service->name, service->commands[i].name,
		    service->commands[i].help != NULL ? service->commands[i].help : "");
}
