/* `postern cedar evaluate`: the value of one expression. */
#include "tool/cedar.h"

#include "cedar/entities_json.h"
#include "cedar/evaluator.h"
#include "cedar/parser.h"

enum { OPT_EXPRESSION = CEDAR_OPT_COUNT };

static const struct option_kind kinds[] = {
	CEDAR_OPTIONS_ALL,
	CEDAR_OPTIONS_SCHEMA,
	CEDAR_OPTIONS_ENTITIES,
	CEDAR_OPTIONS_REQUEST,
	[OPT_EXPRESSION] = { "", true, 0 },
};

static const char help[] =
    "usage: postern cedar evaluate -l UID -a UID -r UID [OPTION]... [--] EXPRESSION\n"
    "\n"
    "Evaluates an expression and prints its value.\n"
    "\n"
    "  -l, --principal UID          what principal, action and resource stand for, as in\n"
    "  -a, --action UID             User::\"alice\"\n"
    "  -r, --resource UID\n"
    "  -c, --context FILE           the context, a JSON object (default: {})\n"
    "      --request-json FILE      principal, action, resource and context in one JSON object\n"
    "      --request-validation B   true or false: check the request against the schema\n"
    "                               (default: true)\n"
    "      --entities FILE          the entities, JSON (default: none)\n"
    "  -s, --schema FILE            the schema that entities and request must fit\n"
    "      --schema-format FORMAT   cedar or json (default: cedar)\n"
    "  -f, --error-format FORMAT    human, plain or json (default: human)\n"
    "  -h, --help                   print this text\n"
    "\n"
    "Exit status: 0 there is a value, 1 there is none, 64 the command line is wrong.\n";

struct own {
	const char *expression;
};

static bool
take(void *data, int option, const char *value, FILE *err)
{
	struct own *own = data;

	(void)option;
	if (own->expression != NULL) {
		fputs("postern: there is one expression; quote it as one argument\n", err);
		return false;
	}
	own->expression = value;
	return true;
}

static enum tool_exit
print(struct cedar_run *run, struct cedar_value value)
{
	struct buffer text;

	buffer_init(&text, &run->arena, 256, CEDAR_TOOL_MEMORY / 4);
	if (!value_text_write(&text, value) || !buffer_byte(&text, '\n')) {
		(void)cedar_report_text(run, "the value is too large to print");
		return TOOL_FAILED;
	}
	(void)fwrite(text.data, 1, text.len, run->out);
	return tool_finish(run->out, run->err);
}

static enum tool_exit
evaluate(struct cedar_run *run, const struct node *node, const struct cedar_entities *entities,
    const struct cedar_request *request)
{
	struct evaluation evaluation;
	struct cedar_value value;
	enum cedar_error error;

	evaluation_init(&evaluation, entities, request, &run->arena);
	error = cedar_evaluate(&evaluation, node, &value);
	if (evaluation.is_stopped)
		(void)cedar_report_text(
		    run, "no value: the memory or the steps of an evaluation are out");
	else if (error != CEDAR_ERROR_NONE)
		(void)cedar_report_text(run, "no value: %s", cedar_error_name(error));
	else
		return print(run, value);
	return TOOL_FAILED;
}

static enum tool_exit
work(struct cedar_run *run, void *data)
{
	const struct own *own = data;
	const struct cedar_schema *schema;
	const struct cedar_entities *entities;
	struct cedar_request request;
	const struct node *node;

	if (own->expression == NULL) {
		fputs("postern: an expression must be given\n", run->err);
		return TOOL_USAGE;
	}
	if (!cedar_read_schema(run, &schema) || !cedar_read_request(run, schema, &request))
		return TOOL_FAILED;
	node = expression_parse(
	    &run->arena, "expression", slice_from(own->expression), &run->complaints);
	if (node == NULL) {
		(void)cedar_report_complaints(run);
		return TOOL_FAILED;
	}
	entities = cedar_read_entities(run, schema);
	return entities == NULL ? TOOL_FAILED : evaluate(run, node, entities, &request);
}

enum tool_exit
cedar_evaluate_command(int argc, char **argv, FILE *out, FILE *err)
{
	static const struct cedar_subcommand subcommand = { kinds, COUNT_OF(kinds), help, take,
		work };
	struct own own = { NULL };

	return cedar_subcommand_run(&subcommand, &own, argc, argv, out, err);
}
