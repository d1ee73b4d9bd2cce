/*
 * The `postern` command. Each subcommand is one file with one function, listed in the table of
 * commands.c. Commands write to the two streams they are given and return what the process exits
 * with, so that tests can call them.
 */
#ifndef POSTERN_TOOL_TOOL_H
#define POSTERN_TOOL_TOOL_H

#include <stdio.h>

#include "core/compiler.h"

/*
 * The numbers are those of sysexits.h where it has one; 2 and 3 those of the official `cedar`
 * command.
 */
enum tool_exit {
	TOOL_OK = 0,
	TOOL_FAILED = 1,
	TOOL_DENIED = 2,      /* cedar authorize: the decision is deny */
	TOOL_UNREACHABLE = 2, /* status, top: the service could not be asked */
	TOOL_INVALID = 3,     /* cedar validate: the policies do not fit the schema */
	TOOL_USAGE = 64
};

typedef enum tool_exit command_fn(int argc, char **argv, FILE *out, FILE *err);

/* argv[0] is the program's name, argv[1] the command's. */
enum tool_exit tool_run(int argc, char **argv, FILE *out, FILE *err) MUST_USE;

/* The subcommands; argv[0] is the command's own name. */
command_fn token_command;
command_fn keygen_command;
command_fn cedar_command;
command_fn check_command;
command_fn status_command;
command_fn top_command;
command_fn reload_command;
command_fn reopen_command;
command_fn scale_command;
command_fn stop_command;
command_fn upgrade_command;

/* Flushes `out`: a result that did not reach its reader is a failure. */
enum tool_exit tool_finish(FILE *out, FILE *err) MUST_USE;

#endif
