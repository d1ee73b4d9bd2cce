/* One run of a subcommand of `postern cedar`: its options, and how it says what is wrong. */
#include "tool/cedar.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/buffer.h"

enum { MAX_LINE = 4096 }; /* bytes of a message that has no place */

/* One of two or three words as an index; false: it is none of them. */
static bool
take_word(struct cedar_run *run, const char *option, const char *value, const char *const words[],
    int *ret)
{
	for (int i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], value) == 0) {
			*ret = i;
			return true;
		}
	}
	fprintf(run->err, "postern: %s is one of", option);
	for (int i = 0; words[i] != NULL; i++)
		fprintf(run->err, " %s", words[i]);
	fputs("\n", run->err);
	return false;
}

static bool
take_choice(struct cedar_run *run, int option, const char *value)
{
	static const char *const formats[] = { "human", "plain", "json", NULL };
	static const char *const languages[] = { "cedar", "json", NULL };
	static const char *const truths[] = { "false", "true", NULL };
	int choice;

	if (option == CEDAR_OPT_ERROR_FORMAT) {
		if (!take_word(run, "--error-format", value, formats, &choice))
			return false;
		run->error_format = (enum cedar_error_format)choice;
	} else if (option == CEDAR_OPT_REQUEST_VALIDATION) {
		if (!take_word(run, "--request-validation", value, truths, &choice))
			return false;
		run->skips_request_validation = choice == 0;
	} else if (option == CEDAR_OPT_POLICY_FORMAT) {
		if (!take_word(run, "--policy-format", value, languages, &choice))
			return false;
		run->policies_are_json = choice == 1;
	} else {
		if (!take_word(run, "--schema-format", value, languages, &choice))
			return false;
		run->schema_is_json = choice == 1;
	}
	return true;
}

static bool
take_shared(struct cedar_run *run, int option, const char *value)
{
	const char **const texts[CEDAR_OPT_COUNT] = {
		[CEDAR_OPT_POLICIES] = &run->policies,
		[CEDAR_OPT_LINKS] = &run->links,
		[CEDAR_OPT_SCHEMA] = &run->schema,
		[CEDAR_OPT_ENTITIES] = &run->entities,
		[CEDAR_OPT_PRINCIPAL] = &run->principal,
		[CEDAR_OPT_ACTION] = &run->action,
		[CEDAR_OPT_RESOURCE] = &run->resource,
		[CEDAR_OPT_CONTEXT] = &run->context,
		[CEDAR_OPT_REQUEST] = &run->request,
	};

	if (texts[option] == NULL)
		return take_choice(run, option, value);
	*texts[option] = value;
	return true;
}

/* The official command takes its error format from here too. */
static bool
take_environment(struct cedar_run *run)
{
	const char *format = getenv("CEDAR_ERROR_FORMAT");

	return format == NULL || *format == '\0' ||
	       take_choice(run, CEDAR_OPT_ERROR_FORMAT, format);
}

static bool
check_together(const struct cedar_run *run)
{
	if (run->request == NULL || (run->principal == NULL && run->action == NULL &&
					run->resource == NULL && run->context == NULL))
		return true;
	fputs("postern: --request-json stands alone, without --principal, --action, --resource "
	      "and --context\n",
	    run->err);
	return false;
}

static enum tool_exit
read_and_work(const struct cedar_subcommand *subcommand, struct cedar_run *run, void *own,
    struct options options)
{
	const char *value = NULL;
	int option;

	if (!take_environment(run))
		return TOOL_USAGE;
	while ((option = options_next(&options, &value, run->err)) != OPTION_END) {
		if (option == OPTION_BAD)
			return TOOL_USAGE;
		if (option == CEDAR_OPT_HELP) {
			fputs(subcommand->help, run->out);
			return tool_finish(run->out, run->err);
		}
		if (option < CEDAR_OPT_COUNT ? !take_shared(run, option, value)
					     : !subcommand->take(own, option, value, run->err))
			return TOOL_USAGE;
	}
	return check_together(run) ? subcommand->work(run, own) : TOOL_USAGE;
}

enum tool_exit
cedar_subcommand_run(const struct cedar_subcommand *subcommand, void *own, int argc, char **argv,
    FILE *out, FILE *err)
{
	struct cedar_run run = { .out = out, .err = err };
	enum tool_exit result;

	arena_init(&run.arena, CEDAR_TOOL_BLOCK, CEDAR_TOOL_MEMORY);
	result = read_and_work(subcommand, &run, own,
	    options_of(subcommand->kinds, subcommand->kind_count, argc, argv));
	arena_done(&run.arena);
	return result;
}

/* One line of JSON; members that there are no values for are left out. */
static void
report_json(struct cedar_run *run, const char *severity, const struct cedar_complaint *complaint)
{
	struct buffer line;

	buffer_init(&line, &run->arena, 512, MAX_LINE * 8);
	buffer_text(&line, "{\"severity\":");
	buffer_json_string(&line, slice_from(severity));
	buffer_text(&line, ",\"message\":");
	buffer_json_string(&line, slice_from(complaint->message));
	if (complaint->hint != NULL) {
		buffer_text(&line, ",\"hint\":");
		buffer_json_string(&line, slice_from(complaint->hint));
	}
	if (complaint->line > 0) {
		buffer_text(&line, ",\"file\":");
		buffer_json_string(&line, slice_from(complaint->file));
		buffer_printf(
		    &line, ",\"line\":%u,\"column\":%u", complaint->line, complaint->column);
	}
	buffer_text(&line, "}\n");
	if (!buffer_failed(&line))
		(void)fwrite(line.data, 1, line.len, run->err);
}

void
cedar_report(struct cedar_run *run, const char *severity, const struct cedar_complaint *complaint)
{
	const char *text;

	if (run->error_format == CEDAR_ERRORS_JSON) {
		report_json(run, severity, complaint);
	} else if (complaint->line == 0) {
		fprintf(run->err, "%s: %s\n", severity, complaint->message);
		if (complaint->hint != NULL)
			fprintf(run->err, "  hint: %s\n", complaint->hint);
	} else if (run->error_format == CEDAR_ERRORS_PLAIN || complaint->source.len == 0) {
		fprintf(run->err, "%s:%u:%u: %s: %s%s%s\n", complaint->file, complaint->line,
		    complaint->column, severity, complaint->message,
		    complaint->hint == NULL ? "" : "; ",
		    complaint->hint == NULL ? "" : complaint->hint);
	} else {
		text = cedar_complaint_text(&run->arena, complaint);
		fprintf(run->err, "%s: %s\n", severity, text == NULL ? complaint->message : text);
	}
}

bool
cedar_report_complaints(struct cedar_run *run)
{
	size_t shown =
	    run->complaints.count < CEDAR_MAX_ERRORS ? run->complaints.count : CEDAR_MAX_ERRORS;

	for (size_t i = 0; i < shown; i++)
		cedar_report(run, "error", &run->complaints.items[i]);
	if (run->complaints.count > shown)
		(void)cedar_report_text(
		    run, "there are %zu more errors", run->complaints.count - shown);
	return false;
}

bool
cedar_report_text(struct cedar_run *run, const char *format, ...)
{
	struct cedar_complaint complaint = { .message = NULL };
	va_list args;

	va_start(args, format);
	complaint.message = arena_vprintf(&run->arena, format, args);
	va_end(args);
	if (complaint.message == NULL)
		complaint.message = "out of memory";
	cedar_report(run, "error", &complaint);
	return false;
}
