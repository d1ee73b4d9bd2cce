/* The table of subcommands of `postern cedar`. A new one is a file and a line here. */
#include "tool/cedar.h"

#include <string.h>

static const struct command {
	const char *name;
	command_fn *run;
	const char *help;
} commands[] = {
	{ "authorize", cedar_authorize_command, "decide a request" },
	{ "validate", cedar_validate_command, "check policies against a schema" },
	{ "check-parse", cedar_check_parse_command,
	    "check that policies, schemas, entities or an expression can be read" },
	{ "format", cedar_format_command, "lay policies out anew" },
	{ "translate", cedar_translate_command,
	    "policies (-p) or a schema (-s) from one format into the other" },
	{ "translate-policy", cedar_translate_policy_command, "the same, of policies" },
	{ "translate-schema", cedar_translate_schema_command, "the same, of a schema" },
	{ "link", cedar_link_command, "make a policy of a template" },
	{ "evaluate", cedar_evaluate_command, "evaluate an expression" },
};

static void
print_help(FILE *to)
{
	fputs("usage: postern cedar COMMAND [ARGUMENT]...\n"
	      "\n"
	      "The Cedar policy language, with the options of the official `cedar` command.\n\n",
	    to);
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		fprintf(to, "  %-17s %s\n", commands[i].name, commands[i].help);
	fputs("\n`postern cedar COMMAND --help` tells more; so does postern-cedar(1).\n", to);
}

enum tool_exit
cedar_command(int argc, char **argv, FILE *out, FILE *err)
{
	const char *name = argc > 1 ? argv[1] : NULL;

	if (name == NULL) {
		print_help(err);
		return TOOL_USAGE;
	}
	if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
		print_help(out);
		return tool_finish(out, err);
	}
	for (size_t i = 0; i < COUNT_OF(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return commands[i].run(argc - 1, argv + 1, out, err);
	fputs("postern: there is no such command; `postern cedar help` lists them\n", err);
	return TOOL_USAGE;
}
