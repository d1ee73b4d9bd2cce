/*
 * The command line of a service: at most one word says what to do; a command of the service's own
 * takes the rest.
 */
#ifndef POSTERN_PROCESS_ARGUMENTS_H
#define POSTERN_PROCESS_ARGUMENTS_H

#include <stdio.h>

#include <postern/service.h>

enum arguments_task {
	ARGUMENTS_USAGE = 0, /* not understood */
	ARGUMENTS_SERVE,
	ARGUMENTS_HELP,
	ARGUMENTS_VERSION,
	ARGUMENTS_HELP_SETTINGS,
	ARGUMENTS_CHECK,
	ARGUMENTS_COMMAND
};

/*
 * `*ret_command` is given for ARGUMENTS_COMMAND; its arguments begin with its own name, at
 * argv[1].
 */
enum arguments_task arguments_parse(const struct postern_service *service, int argc,
    char *const *argv, const struct postern_command **ret_command);

void arguments_print_usage(FILE *out, const struct postern_service *service);

#endif
