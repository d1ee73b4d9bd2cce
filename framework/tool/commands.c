/*
 * The table of subcommands, and what `postern` says of itself. A new command is one file and one
 * line here.
 */
#include "tool/tool.h"

#include <string.h>

static command_fn help_command, version_command;

static const struct command {
	const char *name;
	command_fn *run;
	const char *help;
} commands[] = {
	{ "token", token_command,
	    "make a token for development, or with `token keygen` a key pair" },
	{ "cedar", cedar_command,
	    "the Cedar policy language: decide, validate, format, translate" },
	{ "check", check_command, "with `check sandbox` try what this machine has of the sandbox" },
	{ "status", status_command, "ask a running service what it is doing" },
	{ "top", top_command, "watch the workers of a running service" },
	{ "reload", reload_command, "have a service read settings and policies anew, and wait" },
	{ "reopen", reopen_command, "have it go on logging in a new file, and wait" },
	{ "scale", scale_command, "have it run another number of workers, and wait" },
	{ "stop", stop_command, "have it finish its requests and end, and wait" },
	{ "upgrade", upgrade_command, "have it exchange its binary under way, and wait" },
	{ "version", version_command, "print the version" },
	{ "help", help_command, "print this text" },
};

static void
print_help(FILE *to)
{
	fputs("usage: postern COMMAND [ARGUMENT]...\n\n", to);
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].help);
	fputs("\n`postern COMMAND --help` tells more.\n", to);
}

static enum tool_exit
help_command(int argc UNUSED, char **argv UNUSED, FILE *out, FILE *err)
{
	print_help(out);
	return tool_finish(out, err);
}

static enum tool_exit
version_command(int argc UNUSED, char **argv UNUSED, FILE *out, FILE *err)
{
	fputs("postern " POSTERN_VERSION "\n", out);
	return tool_finish(out, err);
}

enum tool_exit
tool_finish(FILE *out, FILE *err)
{
	if (fflush(out) == 0 && ferror(out) == 0)
		return TOOL_OK;
	fputs("postern: the output could not be written\n", err);
	return TOOL_FAILED;
}

enum tool_exit
tool_run(int argc, char **argv, FILE *out, FILE *err)
{
	const char *name = argc > 1 ? argv[1] : NULL;

	if (name == NULL) {
		print_help(err);
		return TOOL_USAGE;
	}
	if (strncmp(name, "--", 2) == 0)
		name += 2; /* --help and --version, as everywhere */
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return commands[i].run(argc - 1, argv + 1, out, err);
	fputs("postern: there is no such command; `postern help` lists them\n", err);
	return TOOL_USAGE;
}
