/*
 * `postern cedar translate`, `translate-policy`, `translate-schema`: one format into the other.
 * Comments do not survive.
 */
#include "tool/cedar.h"
#include "tool/cedar_batch.h"

#include <string.h>

#include "tool/cedar_convert.h"

enum { OPT_DIRECTION = CEDAR_OPT_COUNT, OPT_BATCH };

static const struct option_kind kinds[] = {
	CEDAR_OPTIONS_ALL,
	[CEDAR_OPT_POLICIES] = { "--policies", true, 'p' },
	[CEDAR_OPT_SCHEMA] = { "--schema", true, 's' },
	[OPT_DIRECTION] = { "--direction", true, 0 },
	[OPT_BATCH] = { "--batch", false, 0 },
};

static const char help[] =
    "usage: postern cedar translate --direction DIRECTION [-p FILE | -s FILE] [OPTION]...\n"
    "       postern cedar translate-policy --direction DIRECTION [-p FILE] [OPTION]...\n"
    "       postern cedar translate-schema --direction DIRECTION [-s FILE] [OPTION]...\n"
    "       postern cedar translate --batch\n"
    "\n"
    "Prints policies or a schema in the other format, without comments.\n"
    "\n"
    "      --direction DIRECTION    cedar-to-json or json-to-cedar; of a schema also\n"
    "                               cedar-to-json-with-resolved-types\n"
    "  -p, --policies FILE          policies (default: standard input)\n"
    "  -s, --schema FILE            a schema\n"
    "  -f, --error-format FORMAT    human, plain or json (default: human)\n"
    "      --batch                  questions as JSON lines on standard input, an answer on a\n"
    "                               line each; see postern-cedar(1)\n"
    "  -h, --help                   print this text\n"
    "\n"
    "Exit status: 0 done, 1 failed, 64 the command line is wrong.\n";

struct own {
	bool is_given, is_batch;
	enum cedar_subject subject;
	bool is_bound; /* by the name of the command: to `subject` */
	enum cedar_direction direction;
};

static bool
take(void *data, int option, const char *value, FILE *err)
{
	struct own *own = data;

	if (option == OPT_BATCH) {
		own->is_batch = true;
		return true;
	}
	own->is_given = true;
	if (cedar_direction_find(slice_from(value), &own->direction))
		return true;
	fputs("postern: --direction is cedar-to-json, json-to-cedar or "
	      "cedar-to-json-with-resolved-types\n",
	    err);
	return false;
}

static bool
check(const struct cedar_run *run, struct own *own)
{
	if (!own->is_bound && run->schema != NULL)
		own->subject = CEDAR_SUBJECT_SCHEMA;
	if (!own->is_given) {
		fputs("postern: --direction must be given\n", run->err);
		return false;
	}
	if (own->subject == CEDAR_SUBJECT_SCHEMA ? run->policies != NULL : run->schema != NULL) {
		fputs("postern: policies or a schema, not both\n", run->err);
		return false;
	}
	if (own->subject == CEDAR_SUBJECT_POLICIES && own->direction == CEDAR_TO_RESOLVED_JSON) {
		fputs("postern: cedar-to-json-with-resolved-types is for schemas\n", run->err);
		return false;
	}
	return true;
}

static enum tool_exit
work(struct cedar_run *run, void *data)
{
	struct own *own = data;
	struct cedar_conversion conversion = { .arena = &run->arena,
		.complaints = &run->complaints };
	const char *path;
	struct buffer out;
	struct slice text;

	if (own->is_batch)
		return cedar_batch(&cedar_batch_translate, run->out, run->err);
	if (!check(run, own))
		return TOOL_USAGE;
	path = own->subject == CEDAR_SUBJECT_SCHEMA ? run->schema : run->policies;
	if (!cedar_read_file(run, path, "text", &text))
		return TOOL_FAILED;
	conversion.file = cedar_file_name(path);
	conversion.renames = true;
	buffer_init(&out, &run->arena, text.len * 2 + 256, CEDAR_TOOL_MEMORY / 4);
	if (!cedar_convert(&conversion, own->subject, own->direction, text, &out)) {
		(void)cedar_report_complaints(run);
		return TOOL_FAILED;
	}
	(void)fwrite(out.data, 1, out.len, run->out);
	fputs("\n", run->out);
	return tool_finish(run->out, run->err);
}

static enum tool_exit
translate(struct own own, int argc, char **argv, FILE *out, FILE *err)
{
	static const struct cedar_subcommand subcommand = { kinds, COUNT_OF(kinds), help, take,
		work };

	return cedar_subcommand_run(&subcommand, &own, argc, argv, out, err);
}

enum tool_exit
cedar_translate_command(int argc, char **argv, FILE *out, FILE *err)
{
	return translate((struct own) { .subject = CEDAR_SUBJECT_POLICIES }, argc, argv, out, err);
}

enum tool_exit
cedar_translate_policy_command(int argc, char **argv, FILE *out, FILE *err)
{
	return translate((struct own) { .subject = CEDAR_SUBJECT_POLICIES, .is_bound = true }, argc,
	    argv, out, err);
}

enum tool_exit
cedar_translate_schema_command(int argc, char **argv, FILE *out, FILE *err)
{
	return translate((struct own) { .subject = CEDAR_SUBJECT_SCHEMA, .is_bound = true }, argc,
	    argv, out, err);
}
