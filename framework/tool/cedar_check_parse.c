/* `postern cedar check-parse`: whether texts can be read at all, or with --batch many. */
#include "tool/cedar.h"
#include "tool/cedar_batch.h"

#include "cedar/parser.h"

enum { OPT_EXPRESSION = CEDAR_OPT_COUNT, OPT_BATCH };

static const struct option_kind kinds[] = {
	CEDAR_OPTIONS_ALL,
	CEDAR_OPTIONS_POLICIES,
	CEDAR_OPTIONS_SCHEMA,
	CEDAR_OPTIONS_ENTITIES,
	[OPT_EXPRESSION] = { "--expression", true, 0 },
	[OPT_BATCH] = { "--batch", false, 0 },
};

static const char help[] =
    "usage: postern cedar check-parse [OPTION]...\n"
    "       postern cedar check-parse --batch\n"
    "\n"
    "Checks that whatever is given can be read. Without any option it reads policies from\n"
    "standard input.\n"
    "\n"
    "  -p, --policies FILE          policies\n"
    "      --policy-format FORMAT   cedar or json (default: cedar)\n"
    "  -k, --template-linked FILE   links of templates among the policies\n"
    "      --expression TEXT        one expression\n"
    "  -s, --schema FILE            a schema\n"
    "      --schema-format FORMAT   cedar or json (default: cedar)\n"
    "      --entities FILE          entities, checked against the schema if one is given\n"
    "  -f, --error-format FORMAT    human, plain or json (default: human)\n"
    "      --batch                  questions as JSON lines on standard input, an answer on a\n"
    "                               line each; see postern-cedar(1)\n"
    "  -h, --help                   print this text\n"
    "\n"
    "Exit status: 0 all of it can be read, 1 not, 64 the command line is wrong.\n";

struct own {
	const char *expression;
	bool is_batch;
};

static bool
take(void *data, int option, const char *value, FILE *err)
{
	struct own *own = data;

	(void)err;
	if (option == OPT_EXPRESSION)
		own->expression = value;
	own->is_batch |= option == OPT_BATCH;
	return true;
}

static bool
check_expression(struct cedar_run *run, const char *text)
{
	return expression_parse(&run->arena, "expression", slice_from(text), &run->complaints) !=
		   NULL ||
	       cedar_report_complaints(run);
}

/* Everything that is given is looked at, whatever the others are like. */
static enum tool_exit
work(struct cedar_run *run, void *data)
{
	const struct own *own = data;
	const struct cedar_schema *schema = NULL;
	bool is_good = true;

	if (own->is_batch)
		return cedar_batch(&cedar_batch_check_parse, run->out, run->err);
	if (run->policies != NULL ||
	    (run->schema == NULL && run->entities == NULL && own->expression == NULL))
		is_good = cedar_read_policies(run) != NULL;
	if (own->expression != NULL)
		is_good = check_expression(run, own->expression) && is_good;
	is_good = cedar_read_schema(run, &schema) && is_good;
	if (run->entities != NULL)
		is_good = cedar_read_entities(run, schema) != NULL && is_good;
	return is_good ? TOOL_OK : TOOL_FAILED;
}

enum tool_exit
cedar_check_parse_command(int argc, char **argv, FILE *out, FILE *err)
{
	static const struct cedar_subcommand subcommand = { kinds, COUNT_OF(kinds), help, take,
		work };
	struct own own = { NULL, false };

	return cedar_subcommand_run(&subcommand, &own, argc, argv, out, err);
}
