/* `postern cedar validate`: policies against a schema, or with --batch many. */
#include "tool/cedar.h"
#include "tool/cedar_batch.h"

#include <string.h>

#include "cedar/validator.h"

enum { OPT_DENY_WARNINGS = CEDAR_OPT_COUNT, OPT_MODE, OPT_LEVEL, OPT_BATCH };
enum { MAX_LEVEL = 1000 }; /* more than any policy can nest */

static const struct option_kind kinds[] = {
	CEDAR_OPTIONS_ALL,
	CEDAR_OPTIONS_POLICIES,
	CEDAR_OPTIONS_SCHEMA,
	[OPT_DENY_WARNINGS] = { "--deny-warnings", false, 0 },
	[OPT_MODE] = { "--validation-mode", true, 0 },
	[OPT_LEVEL] = { "--level", true, 0 },
	[OPT_BATCH] = { "--batch", false, 0 },
};

static const char help[] =
    "usage: postern cedar validate -s FILE [-p FILE] [OPTION]...\n"
    "       postern cedar validate --batch\n"
    "\n"
    "Checks policies against a schema.\n"
    "\n"
    "  -s, --schema FILE            the schema\n"
    "      --schema-format FORMAT   cedar or json (default: cedar)\n"
    "  -p, --policies FILE          the policies (default: standard input)\n"
    "      --policy-format FORMAT   cedar or json (default: cedar)\n"
    "  -k, --template-linked FILE   links of templates among the policies\n"
    "      --deny-warnings          fail for warnings too\n"
    "      --validation-mode strict the only mode there is\n"
    "      --level N                also check that no policy follows entities further than this\n"
    "  -f, --error-format FORMAT    human, plain or json (default: human)\n"
    "      --batch                  questions as JSON lines on standard input, an answer on a\n"
    "                               line each; see postern-cedar(1)\n"
    "  -h, --help                   print this text\n"
    "\n"
    "Exit status: 0 valid, 3 not valid, 1 it could not be checked, 64 the command line is wrong.\n";

struct own {
	bool denies_warnings, is_batch;
	int level;
};

static bool
take(void *data, int option, const char *value, FILE *err)
{
	struct own *own = data;
	uint64_t level;

	if (option == OPT_MODE) {
		if (strcmp(value, "strict") == 0)
			return true;
		fputs("postern: --validation-mode is strict; there is no other\n", err);
		return false;
	}
	if (option == OPT_LEVEL) {
		if (!slice_to_u64(slice_from(value), MAX_LEVEL, &level)) {
			fprintf(err, "postern: --level is a number, 0 to %d\n", MAX_LEVEL);
			return false;
		}
		own->level = (int)level;
	}
	own->denies_warnings |= option == OPT_DENY_WARNINGS;
	own->is_batch |= option == OPT_BATCH;
	return true;
}

static void
report(struct cedar_run *run, const char *severity, const struct validator_finding *finding)
{
	struct cedar_complaint complaint = finding->complaint;
	const char *message = arena_printf(
	    &run->arena, "for policy `%.*s`, %s", SLICE_ARGS(finding->policy), complaint.message);

	if (message != NULL)
		complaint.message = message;
	cedar_report(run, severity, &complaint);
}

static enum tool_exit
judge(struct cedar_run *run, const struct own *own, const struct validator_result *result)
{
	bool is_valid =
	    result->error_count == 0 && (!own->denies_warnings || result->warning_count == 0);
	enum tool_exit written;

	for (size_t i = 0; i < result->error_count; i++)
		report(run, "error", &result->errors[i]);
	for (size_t i = 0; i < result->warning_count; i++)
		report(run, "warning", &result->warnings[i]);
	fprintf(run->out, "policy set validation %s\n", is_valid ? "passed" : "failed");
	written = tool_finish(run->out, run->err);
	if (written != TOOL_OK)
		return written;
	return is_valid ? TOOL_OK : TOOL_INVALID;
}

static enum tool_exit
validate(struct cedar_run *run, const struct own *own)
{
	const struct cedar_policies *policies = cedar_read_policies(run);
	const struct cedar_schema *schema;
	struct validator_result result;

	if (!cedar_read_schema(run, &schema) || policies == NULL)
		return TOOL_FAILED;
	switch (validator_check(policies, schema, own->level, &run->arena, &result)) {
	case VALIDATOR_NO_MEMORY:
		(void)cedar_report_text(run, "out of memory");
		return TOOL_FAILED;
	case VALIDATOR_NO_STEPS:
		(void)cedar_report_text(run,
		    "the validation needs more than %d steps: a policy or the schema is too large",
		    CEDAR_MAX_CHECK_STEPS);
		return TOOL_FAILED;
	case VALIDATOR_INVALID:
	case VALIDATOR_VALID:
		break;
	}
	return judge(run, own, &result);
}

static enum tool_exit
work(struct cedar_run *run, void *data)
{
	const struct own *own = data;

	if (own->is_batch)
		return cedar_batch(&cedar_batch_validate, run->out, run->err);
	if (run->schema == NULL) {
		fputs("postern: --schema must be given\n", run->err);
		return TOOL_USAGE;
	}
	return validate(run, own);
}

enum tool_exit
cedar_validate_command(int argc, char **argv, FILE *out, FILE *err)
{
	static const struct cedar_subcommand subcommand = { kinds, COUNT_OF(kinds), help, take,
		work };
	struct own own = { false, false, VALIDATOR_NO_LEVEL };

	return cedar_subcommand_run(&subcommand, &own, argc, argv, out, err);
}
