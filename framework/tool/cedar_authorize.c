/* `postern cedar authorize`: one request, or with --batch one after the other; cedar_batch.h. */
#include "tool/cedar.h"
#include "tool/cedar_batch.h"

#include "core/clock.h"

enum { OPT_VERBOSE = CEDAR_OPT_COUNT, OPT_TIMING, OPT_BATCH };

static const struct option_kind kinds[] = {
	CEDAR_OPTIONS_ALL,
	CEDAR_OPTIONS_POLICIES,
	CEDAR_OPTIONS_SCHEMA,
	CEDAR_OPTIONS_ENTITIES,
	CEDAR_OPTIONS_REQUEST,
	[OPT_VERBOSE] = { "--verbose", false, 'v' },
	[OPT_TIMING] = { "--timing", false, 't' },
	[OPT_BATCH] = { "--batch", false, 0 },
};

static const char help[] =
    "usage: postern cedar authorize [-p FILE] --entities FILE -l UID -a UID -r UID [OPTION]...\n"
    "       postern cedar authorize --batch\n"
    "\n"
    "Decides a request and prints ALLOW or DENY.\n"
    "\n"
    "  -p, --policies FILE          the policies (default: standard input)\n"
    "      --policy-format FORMAT   cedar or json (default: cedar)\n"
    "  -k, --template-linked FILE   links of templates among the policies\n"
    "  -s, --schema FILE            the schema that entities and request must fit\n"
    "      --schema-format FORMAT   cedar or json (default: cedar)\n"
    "      --entities FILE          the entities, JSON\n"
    "  -l, --principal UID          who asks, as in User::\"alice\"\n"
    "  -a, --action UID             for what, as in Action::\"view\"\n"
    "  -r, --resource UID           of which\n"
    "  -c, --context FILE           the context, a JSON object (default: {})\n"
    "      --request-json FILE      principal, action, resource and context in one JSON object\n"
    "      --request-validation B   true or false: check the request against the schema\n"
    "                               (default: true)\n"
    "  -v, --verbose                say which policies decided\n"
    "  -t, --timing                 say how long the decision took\n"
    "  -f, --error-format FORMAT    human, plain or json (default: human)\n"
    "      --batch                  questions as JSON lines on standard input, an answer on a\n"
    "                               line each; see postern-cedar(1)\n"
    "  -h, --help                   print this text\n"
    "\n"
    "Exit status: 0 ALLOW, 2 DENY, 1 no decision, 64 the command line is wrong.\n";

struct own {
	bool is_verbose, is_timed, is_batch;
};

static bool
take(void *data, int option, const char *value, FILE *err)
{
	struct own *own = data;

	(void)value;
	(void)err;
	own->is_verbose |= option == OPT_VERBOSE;
	own->is_timed |= option == OPT_TIMING;
	own->is_batch |= option == OPT_BATCH;
	return true;
}

/* Ids may hold anything; nobody's terminal shall obey it. */
static void
print_id(FILE *out, struct slice id)
{
	for (size_t i = 0; i < id.len; i++)
		fputc(
		    (unsigned char)id.data[i] < 0x20 || id.data[i] == 0x7f ? ' ' : id.data[i], out);
}

static void
print_errors(FILE *out, const struct cedar_policies *policies, const struct cedar_answer *answer)
{
	if (answer->error_count > 0)
		fputs("\n", out);
	for (size_t i = 0; i < answer->error_count; i++) {
		fputs("error while evaluating policy `", out);
		print_id(out, cedar_policy_id(policies, answer->errors[i].policy));
		fprintf(out, "`: %s\n", cedar_error_name(answer->errors[i].error));
	}
}

static void
print_reasons(FILE *out, const struct cedar_policies *policies, const struct cedar_answer *answer)
{
	if (answer->reason_count == 0) {
		fputs("\nnote: no policies applied to this request\n", out);
		return;
	}
	fputs("\nnote: this decision was due to the following policies:\n", out);
	for (size_t i = 0; i < answer->reason_count; i++) {
		fputs("  ", out);
		print_id(out, cedar_policy_id(policies, answer->reasons[i]));
		fputs("\n", out);
	}
}

static enum tool_exit
decide(struct cedar_run *run, const struct own *own, const struct cedar_policies *policies,
    const struct cedar_entities *entities, const struct cedar_request *request)
{
	struct cedar_answer answer;
	int64_t began_us = clock_mono_us();
	enum tool_exit written;

	if (cedar_authorize(policies, entities, request, &run->arena, &answer) != CEDAR_DECIDED) {
		(void)cedar_report_text(
		    run, "no decision: the memory or the steps of an evaluation are out");
		return TOOL_FAILED;
	}
	if (own->is_timed)
		fprintf(run->out, "Authorization Time (micro seconds) : %lld\n",
		    (long long)(clock_mono_us() - began_us));
	fputs(answer.decision == CEDAR_ALLOW ? "ALLOW\n" : "DENY\n", run->out);
	print_errors(run->out, policies, &answer);
	if (own->is_verbose)
		print_reasons(run->out, policies, &answer);
	written = tool_finish(run->out, run->err);
	if (written != TOOL_OK)
		return written;
	return answer.decision == CEDAR_ALLOW ? TOOL_OK : TOOL_DENIED;
}

/* Everything that is wrong is said, not only the first of it. */
static enum tool_exit
authorize(struct cedar_run *run, const struct own *own)
{
	const struct cedar_policies *policies = cedar_read_policies(run);
	const struct cedar_schema *schema = NULL;
	const struct cedar_entities *entities;
	struct cedar_request request;
	bool is_read;

	if (!cedar_read_schema(run, &schema))
		return TOOL_FAILED; /* nothing can be said of what it is for */
	entities = cedar_read_entities(run, schema);
	is_read = cedar_read_request(run, schema, &request);
	if (!is_read || policies == NULL || entities == NULL)
		return TOOL_FAILED;
	return decide(run, own, policies, entities, &request);
}

static enum tool_exit
work(struct cedar_run *run, void *data)
{
	const struct own *own = data;

	if (own->is_batch)
		return cedar_batch(&cedar_batch_authorize, run->out, run->err);
	if (run->entities == NULL) {
		fputs("postern: --entities must be given\n", run->err);
		return TOOL_USAGE;
	}
	return authorize(run, own);
}

enum tool_exit
cedar_authorize_command(int argc, char **argv, FILE *out, FILE *err)
{
	static const struct cedar_subcommand subcommand = { kinds, COUNT_OF(kinds), help, take,
		work };
	struct own own = { false, false, false };

	return cedar_subcommand_run(&subcommand, &own, argc, argv, out, err);
}
