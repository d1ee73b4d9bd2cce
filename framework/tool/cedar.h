/*
 * `postern cedar`: what its subcommands share. The options and exit statuses are those of the
 * official `cedar` command (cedar-policy-cli 4.x), results go to standard output, everything that
 * is wrong to standard error.
 */
#ifndef POSTERN_TOOL_CEDAR_H
#define POSTERN_TOOL_CEDAR_H

#include "cedar/cedar.h"
#include "cedar/schema.h"
#include "tool/options.h"
#include "tool/tool.h"

enum {
	CEDAR_TOOL_BLOCK = 64 * 1024,           /* bytes of an arena's block */
	CEDAR_TOOL_MEMORY = 1024 * 1024 * 1024, /* bytes of one command, or one line */
};

/* The subcommands; argv[0] is the subcommand's name. */
command_fn cedar_authorize_command;
command_fn cedar_check_parse_command;
command_fn cedar_evaluate_command;
command_fn cedar_format_command;
command_fn cedar_link_command;
command_fn cedar_translate_command;
command_fn cedar_translate_policy_command;
command_fn cedar_translate_schema_command;
command_fn cedar_validate_command;

/* Options that several subcommands have; a subcommand's own ones count on from CEDAR_OPT_COUNT. */
enum cedar_option {
	CEDAR_OPT_HELP,
	CEDAR_OPT_ERROR_FORMAT,
	CEDAR_OPT_POLICIES,
	CEDAR_OPT_POLICY_FORMAT,
	CEDAR_OPT_LINKS,
	CEDAR_OPT_SCHEMA,
	CEDAR_OPT_SCHEMA_FORMAT,
	CEDAR_OPT_ENTITIES,
	CEDAR_OPT_PRINCIPAL,
	CEDAR_OPT_ACTION,
	CEDAR_OPT_RESOURCE,
	CEDAR_OPT_CONTEXT,
	CEDAR_OPT_REQUEST,
	CEDAR_OPT_REQUEST_VALIDATION,
	CEDAR_OPT_COUNT
};

/* Rows of a subcommand's table. */
#define CEDAR_OPTIONS_ALL                                                         \
	[CEDAR_OPT_HELP] = { "--help", false, 'h' }, [CEDAR_OPT_ERROR_FORMAT] = { \
		"--error-format", true, 'f'                                       \
	}
#define CEDAR_OPTIONS_POLICIES                                      \
	[CEDAR_OPT_POLICIES] = { "--policies", true, 'p' },         \
	[CEDAR_OPT_POLICY_FORMAT] = { "--policy-format", true, 0 }, \
	[CEDAR_OPT_LINKS] = { "--template-linked", true, 'k' }
#define CEDAR_OPTIONS_SCHEMA                                                          \
	[CEDAR_OPT_SCHEMA] = { "--schema", true, 's' }, [CEDAR_OPT_SCHEMA_FORMAT] = { \
		"--schema-format", true, 0                                            \
	}
#define CEDAR_OPTIONS_ENTITIES [CEDAR_OPT_ENTITIES] = { "--entities", true, 0 }
#define CEDAR_OPTIONS_REQUEST                                 \
	[CEDAR_OPT_PRINCIPAL] = { "--principal", true, 'l' }, \
	[CEDAR_OPT_ACTION] = { "--action", true, 'a' },       \
	[CEDAR_OPT_RESOURCE] = { "--resource", true, 'r' },   \
	[CEDAR_OPT_CONTEXT] = { "--context", true, 'c' },     \
	[CEDAR_OPT_REQUEST] = { "--request-json", true, 0 },  \
	[CEDAR_OPT_REQUEST_VALIDATION] = { "--request-validation", true, 0 }

enum cedar_error_format { CEDAR_ERRORS_HUMAN, CEDAR_ERRORS_PLAIN, CEDAR_ERRORS_JSON };

/* One run of a subcommand: its options, its memory, where it writes. */
struct cedar_run {
	struct arena arena;
	FILE *out, *err;
	enum cedar_error_format error_format;
	const char *policies, *links, *schema, *entities; /* files; NULL: not given */
	const char *principal, *action, *resource;        /* as the language writes them */
	const char *context, *request;                    /* files */
	bool policies_are_json, schema_is_json, skips_request_validation;
	struct cedar_complaints complaints; /* of what is read at the moment */
};

/* What a subcommand does with an option of its own. False: its value will not do; said on `err`. */
typedef bool cedar_option_fn(void *own, int option, const char *value, FILE *err);

struct cedar_subcommand {
	const struct option_kind *kinds;
	size_t kind_count;
	const char *help;
	cedar_option_fn *take; /* NULL: it has no options of its own */
	enum tool_exit (*work)(struct cedar_run *run, void *own);
};

/*
 * Reads all options, those of CEDAR_OPT_COUNT and above with `take`, prints the help or does the
 * work. `own` is the subcommand's.
 */
enum tool_exit cedar_subcommand_run(const struct cedar_subcommand *subcommand, void *own, int argc,
    char **argv, FILE *out, FILE *err) MUST_USE;

/* --- what went wrong: on standard error, in the format that was asked for */

/* All of run->complaints. Always false. */
bool cedar_report_complaints(struct cedar_run *run);
void cedar_report(
    struct cedar_run *run, const char *severity, const struct cedar_complaint *complaint);
/* Something that has no place in a text. Always false. */
bool cedar_report_text(struct cedar_run *run, const char *format, ...) PRINTF_LIKE(2, 3);

/* --- reading what the options name; every failure is reported. cedar_inputs.c */

/* A file, or standard input where `path` is NULL. `what` is for the message: "policy set". */
bool cedar_read_file(
    struct cedar_run *run, const char *path, const char *what, struct slice *ret_text) MUST_USE;
/* How complaints call it: the path, or "<stdin>". */
const char *cedar_file_name(const char *path);

/* A uid as the language writes it; `what` is "principal" and so on. */
bool cedar_read_uid(
    struct cedar_run *run, const char *what, struct slice text, struct cedar_uid *ret_uid) MUST_USE;

/*
 * The policies with their @id as ids, links not yet made; NULL: reported. From standard input where
 * no file is given.
 */
struct cedar_builder *cedar_read_builder(struct cedar_run *run) MUST_USE;
/* The links of the -k file, if one is given. */
bool cedar_read_links(struct cedar_run *run, struct cedar_builder *builder) MUST_USE;
/* Both, and taken. */
const struct cedar_policies *cedar_read_policies(struct cedar_run *run) MUST_USE;

/* NULL where no schema is given. */
bool cedar_read_schema(struct cedar_run *run, const struct cedar_schema **ret_schema) MUST_USE;
/* An empty store where no file is given (with a schema: its actions). */
const struct cedar_entities *cedar_read_entities(
    struct cedar_run *run, const struct cedar_schema *schema) MUST_USE;
/* Checked against the schema, if there is one. */
bool cedar_read_request(struct cedar_run *run, const struct cedar_schema *schema,
    struct cedar_request *ret_request) MUST_USE;

#endif
