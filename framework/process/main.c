/* postern_main: the first decision of every process, and nothing else. */
#include <postern/service.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "config/config.h"
#include "gateway/gateway.h"
#include "process/abi.h"
#include "process/arguments.h"
#include "process/cgi.h"
#include "process/server.h"
#include "process/startup.h"
#include "process/title.h"

enum { ABI_ARENA = 1024 * 1024 };

/*
 * A socket or database must not become "standard output" because somebody started us without one.
 */
static bool
has_standard_descriptors(void)
{
	int fd;

	/* The lowest number is taken first. Where all are there, /dev/null need not be. */
	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			return false;
	return true;
}

static int
check(const struct postern_service *service)
{
	struct startup startup;
	bool is_valid = startup_run(&startup, service, STARTUP_CHECK, STDOUT_FILENO);

	if (is_valid) {
		generation_print_warnings(startup.generation);
		puts("ok");
	} else if (startup.generation != NULL) {
		generation_print_faults(startup.generation);
	}
	startup_done(&startup);
	return is_valid ? EX_OK : EX_CONFIG;
}

static int
run_command(const struct postern_service *service, const struct postern_command *command, int argc,
    char **argv)
{
	struct startup startup;
	int status = EX_CONFIG;

	if (startup_run(&startup, service, STARTUP_COMMAND, STDERR_FILENO))
		status = command->run(argc - 1, argv + 1);
	else if (startup.generation != NULL)
		generation_print_faults(startup.generation);
	startup_done(&startup);
	return status;
}

static int
run(const struct postern_service *service, int argc, char **argv)
{
	const struct postern_command *command = NULL;

	if (gateway_is_cgi())
		return cgi_run(service);
	switch (arguments_parse(service, argc, argv, &command)) {
	case ARGUMENTS_USAGE:
		arguments_print_usage(stderr, service);
		return EX_USAGE;
	case ARGUMENTS_SERVE:
		return server_run(service, argv);
	case ARGUMENTS_HELP:
		arguments_print_usage(stdout, service);
		return EX_OK;
	case ARGUMENTS_VERSION:
		printf("%s %s\n", service->name, service->version != NULL ? service->version : "0");
		return EX_OK;
	case ARGUMENTS_HELP_SETTINGS:
		config_print_help(stdout, service);
		return EX_OK;
	case ARGUMENTS_CHECK:
		return check(service);
	case ARGUMENTS_COMMAND:
		return run_command(service, command, argc, argv);
	}
	return EX_USAGE;
}

int
postern_main(const struct postern_service *service, int argc, char **argv)
{
	const struct postern_service *adopted;
	const char *text = NULL;
	struct arena arena;
	int status = EX_SOFTWARE;

	title_find(argc, argv);
	if (!has_standard_descriptors())
		return EX_OSERR;
	/* Whoever reads our output may go at any time, and a write then fails like any other. */
	(void)signal(SIGPIPE, SIG_IGN);
	/* And so it does where a file, the log's for one, has reached the size that it may have. */
	(void)signal(SIGXFSZ, SIG_IGN);
	arena_init(&arena, 16 * 1024, ABI_ARENA);
	adopted = abi_adopt(&arena, service, &abi_oldest, &text);
	if (adopted != NULL)
		status = run(adopted, argc, argv);
	else
		fprintf(stderr, "postern: %s\n", text);
	arena_done(&arena);
	return status;
}
