/*
 * `postern cedar`, called as a function in a folder with a few files: what it prints, what it
 * writes, what it exits with; and the batch forms with what they are given on standard input.
 */
#include "tool/tool.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../core/rows.h"
#include "tool/cedar_batch.h"

enum { MAX_ARGUMENTS = 20 };

static const struct file {
	const char *name, *text;
} files[] = {
	{ "p.cedar", "permit (principal == User::\"alice\", action, resource);\n"
		     "@id(\"named\") permit (principal, action == Action::\"view\", resource)\n"
		     "when { principal.age > 17 };\n"
		     "forbid (principal, action, resource) when { context.nope };\n" },
	{ "t.cedar",
	    "@id(\"t\")\npermit (principal == ?principal, action, resource in ?resource);\n" },
	{ "twice.cedar", "@id(\"a\") permit (principal, action, resource);\n"
			 "@id(\"a\") permit (principal, action, resource);\n" },
	{ "wrong.cedar",
	    "permit (principal, action, resource)\nwhen { 1 = 2 };\nforbid (principal);\n" },
	{ "good.cedar", "permit (principal, action, resource) when { principal.age > 17 };\n" },
	{ "bad.cedar", "permit (principal, action, resource) when { principal.name == \"x\" };\n" },
	{ "never.cedar",
	    "permit (principal, action, resource) when { principal.age > 17 && false };\n" },
	{ "ugly.cedar", "permit(principal,action,resource)when{1<2};" },
	{ "one.json", "{\"effect\": \"permit\", \"principal\": {\"op\": \"All\"}, \"action\": "
		      "{\"op\": \"All\"},"
		      " \"resource\": {\"op\": \"All\"}, \"conditions\": []}" },
	{ "template.json",
	    "{\"effect\": \"permit\", \"principal\": {\"op\": \"==\", \"slot\": \"?principal\"},"
	    " \"action\": {\"op\": \"All\"}, \"resource\": {\"op\": \"All\"}, \"conditions\": "
	    "[]}" },
	{ "both.json", "{\"effect\": \"permit\", \"templates\": {}}" },
	{ "set.json", "{\"staticPolicies\": {}, \"templates\": {}, \"templateLinks\": []}" },
	{ "links.json", "[{\"template_id\": \"t\", \"link_id\": \"l\", \"args\": {\"?principal\":"
			" \"User::\\\"bob\\\"\", \"?resource\": \"Album::\\\"a\\\"\"}}]" },
	{ "badlinks.json", "[{\"template_id\": \"t\", \"args\": {}}]" },
	{ "nolinks.json", "" },
	{ "s.cedarschema", "entity Album; entity User { age: Long }; entity Photo in Album;\n"
			   "action view appliesTo { principal: User, resource: Photo, context: { "
			   "ip?: ipaddr } };\n" },
	{ "s.json",
	    "{\"\": {\"entityTypes\": {\"User\": {}}, \"actions\": {\"view\": {\"appliesTo\":"
	    " {\"principalTypes\": [\"User\"], \"resourceTypes\": [\"User\"]}}}}}" },
	{ "shadow.cedarschema", "entity Long;\n" },
	{ "bad.cedarschema", "entity User {;\n" },
	{ "e.json",
	    "[{\"uid\": {\"type\": \"User\", \"id\": \"bob\"}, \"attrs\": {\"age\": 20},"
	    " \"parents\": []},\n {\"uid\": {\"type\": \"Photo\", \"id\": \"p\"}, \"attrs\": {},"
	    " \"parents\": [{\"type\": \"Album\", \"id\": \"a\"}]}]" },
	{ "bad.json", "[{\"uid\": {\"type\": \"User\", \"id\": \"bob\"}, \"attrs\": {\"age\": 1.5},"
		      " \"parents\": []}]" },
	{ "c.json", "{\"nope\": false}" },
	{ "ip.json", "{\"ip\": \"10.0.0.1\"}" },
	{ "r.json", "{\"principal\": \"User::\\\"bob\\\"\", \"action\": \"Action::\\\"view\\\"\","
		    " \"resource\": \"Photo::\\\"p\\\"\", \"context\": {}}" },
	{ "r1.json", "{\"principal\": \"User::\\\"bob\\\"\", \"action\": {}, \"resource\": \"\"}" },
	{ "r2.json", "{\"principal\": \"User::\\\"bob\\\"\", \"action\": \"Action::\\\"view\\\"\","
		     " \"resource\": \"Photo::\\\"p\\\"\"}" },
	{ "empty", "" },
};

/* Runs `postern cedar` with the words up to NULL. */
static enum tool_exit
run(const char *const words[], const char *in, char **ret_out, char **ret_err)
{
	char *arguments[MAX_ARGUMENTS + 3] = { NULL }, name[] = "postern", cedar[] = "cedar";
	size_t out_len, err_len;
	FILE *out = open_memstream(ret_out, &out_len), *err = open_memstream(ret_err, &err_len);
	FILE *from = tmpfile();
	int count = 2, saved = dup(STDIN_FILENO);
	enum tool_exit result;

	assert_non_null(out);
	assert_non_null(err);
	assert_non_null(from);
	assert_int_equal(fwrite(in, 1, strlen(in), from), strlen(in));
	assert_int_equal(fflush(from), 0);
	rewind(from);
	assert_true(dup2(fileno(from), STDIN_FILENO) >= 0);
	arguments[0] = name;
	arguments[1] = cedar;
	for (size_t i = 0; i < MAX_ARGUMENTS && words[i] != NULL; i++)
		arguments[count++] = strdup(words[i]);
	result = tool_run(count, arguments, out, err);
	for (int i = 2; i < count; i++)
		free(arguments[i]);
	if (saved >= 0) {
		assert_true(dup2(saved, STDIN_FILENO) >= 0);
		(void)close(saved);
	}
	(void)fclose(from);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(fclose(err), 0);
	return result;
}

/* What comes of a command line: a piece of what is printed on either stream; "" is nothing. */
struct row {
	const char *name;
	const char *words[MAX_ARGUMENTS];
	enum tool_exit result;
	const char *out, *err;
	const char *in; /* NULL: "" */
};

#define ASK "-l", "User::\"bob\"", "-a", "Action::\"view\"", "-r", "Photo::\"p\""
#define ALICE "-l", "User::\"alice\"", "-a", "Action::\"x\"", "-r", "Photo::\"p\""

static const struct row rows[] = {
	{ "no command", { NULL }, TOOL_USAGE, "", "usage: postern cedar", NULL },
	{ "help", { "help" }, TOOL_OK, "usage: postern cedar", "", NULL },
	{ "--help", { "--help" }, TOOL_OK, "usage: postern cedar", "", NULL },
	{ "-h", { "-h" }, TOOL_OK, "usage: postern cedar", "", NULL },
	{ "an unknown command", { "decide" }, TOOL_USAGE, "", "no such command", NULL },
	{ "help of a command", { "authorize", "-h" }, TOOL_OK, "Exit status: 0 ALLOW", "", NULL },

	{ "authorize: allow", { "authorize", "-p", "good.cedar", "--entities", "e.json", ASK },
	    TOOL_OK, "ALLOW\n", "", NULL },
	{ "authorize: deny", { "authorize", "-p", "empty", "--entities", "e.json", ASK },
	    TOOL_DENIED, "DENY\n", "", NULL },
	{ "authorize: policies on standard input", { "authorize", "--entities", "e.json", ASK },
	    TOOL_OK, "ALLOW\n", "", "permit (principal, action, resource);" },
	{ "authorize: an erring policy is told by its id",
	    { "authorize", "-p", "p.cedar", "--entities", "e.json", ASK }, TOOL_OK,
	    "ALLOW\n\nerror while evaluating policy `policy2`: missing_attribute\n", "", NULL },
	{ "authorize: the policies that decided, with their @id",
	    { "authorize", "-vp", "p.cedar", "-c", "c.json", "--entities", "e.json", ASK }, TOOL_OK,
	    "note: this decision was due to the following policies:\n  named\n", "", NULL },
	{ "authorize: no policies decided",
	    { "authorize", "-v", "-p", "empty", "--entities", "e.json", ASK }, TOOL_DENIED,
	    "note: no policies applied to this request\n", "", NULL },
	{ "authorize: timing",
	    { "authorize", "-t", "-p", "good.cedar", "--entities", "e.json", ASK }, TOOL_OK,
	    "Authorization Time (micro seconds) : ", "", NULL },
	{ "authorize: a request in a file",
	    { "authorize", "-p", "good.cedar", "--entities", "e.json", "--request-json", "r.json" },
	    TOOL_OK, "ALLOW\n", "", NULL },
	{ "authorize: a request in a file and options",
	    { "authorize", "-p", "good.cedar", "--entities", "e.json", "--request-json", "r.json",
		"-c", "c.json" },
	    TOOL_USAGE, "", "stands alone", NULL },
	{ "authorize: a request without strings",
	    { "authorize", "-p", "good.cedar", "--entities", "e.json", "--request-json",
		"r1.json" },
	    TOOL_FAILED, "", "must be there, as strings", NULL },
	{ "authorize: a request without a context",
	    { "authorize", "-p", "good.cedar", "--entities", "e.json", "--request-json",
		"r2.json" },
	    TOOL_FAILED, "", "\"context\" is missing", NULL },
	{ "authorize: half a request",
	    { "authorize", "-p", "good.cedar", "--entities", "e.json", "-l", "User::\"bob\"" },
	    TOOL_FAILED, "", "--principal, --action and --resource must be given", NULL },
	{ "authorize: a principal that is none",
	    { "authorize", "-p", "good.cedar", "--entities", "e.json", "-l", "bob", "-a", "x", "-r",
		"y" },
	    TOOL_FAILED, "", "this is no entity", NULL },
	{ "authorize: without entities", { "authorize", "-p", "good.cedar", ASK }, TOOL_USAGE, "",
	    "--entities must be given", NULL },
	{ "authorize: everything that is wrong is said",
	    { "authorize", "-p", "wrong.cedar", "--entities", "bad.json", "-l", "bob", "-a", "x",
		"-r", "y" },
	    TOOL_FAILED, "", "error: principal:1:1: this is no entity", NULL },
	{ "authorize: a file that is not there",
	    { "authorize", "-p", "missing", "--entities", "e.json", ASK }, TOOL_FAILED, "",
	    "could not be read from missing: No such file", NULL },
	{ "authorize: with a schema",
	    { "authorize", "-p", "good.cedar", "-s", "s.cedarschema", "--entities", "e.json", "-c",
		"ip.json", ASK },
	    TOOL_OK, "ALLOW\n", "", NULL },
	{ "authorize: a request that the schema does not know",
	    { "authorize", "-p", "p.cedar", "-s", "s.cedarschema", "--entities", "e.json", ALICE },
	    TOOL_FAILED, "", "declares no action", NULL },
	{ "authorize: a request that does not fit",
	    { "authorize", "-p", "p.cedar", "-s", "s.cedarschema", "--entities", "e.json", "-l",
		"Photo::\"p\"", "-a", "Action::\"view\"", "-r", "Photo::\"p\"" },
	    TOOL_FAILED, "", "principal", NULL },
	{ "authorize: a request that does not fit, unchecked",
	    { "authorize", "-p", "empty", "-s", "s.cedarschema", "--entities", "e.json",
		"--request-validation", "false", "-l", "Photo::\"p\"", "-a", "Action::\"view\"",
		"-r", "Photo::\"p\"" },
	    TOOL_DENIED, "DENY\n", "", NULL },
	{ "authorize: a schema that is none",
	    { "authorize", "-p", "p.cedar", "-s", "bad.cedarschema", "--entities", "e.json", ASK },
	    TOOL_FAILED, "", "bad.cedarschema:1:14", NULL },
	{ "authorize: policies in JSON",
	    { "authorize", "-p", "one.json", "--policy-format", "json", "-v", "--entities",
		"e.json", ASK },
	    TOOL_OK, "  JSON policy\n", "", NULL },
	{ "authorize: a set in JSON",
	    { "authorize", "-p", "set.json", "--policy-format=json", "--entities", "e.json", ASK },
	    TOOL_DENIED, "DENY\n", "", NULL },
	{ "authorize: neither policy nor set",
	    { "authorize", "-p", "both.json", "--policy-format=json", "--entities", "e.json", ASK },
	    TOOL_FAILED, "", "a policy or a policy set", NULL },
	{ "authorize: links",
	    { "authorize", "-v", "-p", "t.cedar", "-k", "links.json", "--entities", "e.json", ASK },
	    TOOL_OK, "  l\n", "", NULL },
	{ "authorize: no links",
	    { "authorize", "-p", "t.cedar", "-k", "nolinks.json", "--entities", "e.json", ASK },
	    TOOL_DENIED, "DENY\n", "", NULL },
	{ "authorize: links that are none",
	    { "authorize", "-p", "t.cedar", "-k", "badlinks.json", "--entities", "e.json", ASK },
	    TOOL_FAILED, "", "\"link_id\"", NULL },
	{ "authorize: links of another template",
	    { "authorize", "-p", "p.cedar", "-k", "links.json", "--entities", "e.json", ASK },
	    TOOL_FAILED, "", "no template with the id 't'", NULL },
	{ "authorize: links that are no list",
	    { "authorize", "-p", "t.cedar", "-k", "c.json", "--entities", "e.json", ASK },
	    TOOL_FAILED, "", "a list of links", NULL },
	{ "authorize: two policies of one @id",
	    { "authorize", "-p", "twice.cedar", "--entities", "e.json", ASK }, TOOL_FAILED, "",
	    "twice.cedar:2:10: another policy has the id 'a' too", NULL },
	{ "an unknown policy format", { "authorize", "--policy-format", "xml" }, TOOL_USAGE, "",
	    "--policy-format is one of cedar json", NULL },
	{ "an unknown schema format", { "validate", "--schema-format", "xml" }, TOOL_USAGE, "",
	    "--schema-format is one of cedar json", NULL },
	{ "an unknown truth", { "authorize", "--request-validation", "yes" }, TOOL_USAGE, "",
	    "--request-validation is one of false true", NULL },
	{ "an unknown error format", { "authorize", "-f", "xml" }, TOOL_USAGE, "",
	    "--error-format is one of human plain json", NULL },

	{ "errors for people", { "check-parse", "-p", "wrong.cedar" }, TOOL_FAILED, "",
	    "error: wrong.cedar:2:10: expected '}' behind the condition, found '='\n"
	    "  when { 1 = 2 };\n"
	    "           ^ write == to compare\n"
	    "error: wrong.cedar:3:18: ",
	    NULL },
	{ "errors in one line", { "check-parse", "-f", "plain", "-p", "wrong.cedar" }, TOOL_FAILED,
	    "",
	    "wrong.cedar:2:10: error: expected '}' behind the condition, found '='; write == to",
	    NULL },
	{ "errors in JSON", { "check-parse", "-fjson", "-p", "wrong.cedar" }, TOOL_FAILED, "",
	    "{\"severity\":\"error\",\"message\":\"expected '}' behind the condition, found '='\","
	    "\"hint\":\"write == to compare\",\"file\":\"wrong.cedar\",\"line\":2,\"column\":10}\n",
	    NULL },
	{ "an error without a place in JSON", { "check-parse", "-fjson", "-p", "missing" },
	    TOOL_FAILED, "", "{\"severity\":\"error\",\"message\":\"the policy set could not",
	    NULL },

	{ "check-parse: standard input", { "check-parse" }, TOOL_OK, "", "",
	    "permit (principal, action, resource);" },
	{ "check-parse: standard input that is wrong", { "check-parse" }, TOOL_FAILED, "",
	    "<stdin>:1:7", "permit" },
	{ "check-parse: all at once",
	    { "check-parse", "-p", "p.cedar", "-s", "s.cedarschema", "--entities", "e.json",
		"--expression", "1 < 2" },
	    TOOL_OK, "", "", NULL },
	{ "check-parse: an expression that is none", { "check-parse", "--expression", "1 <" },
	    TOOL_FAILED, "", "expression:1:4", NULL },
	{ "check-parse: entities that do not fit",
	    { "check-parse", "-s", "s.json", "--schema-format", "json", "--entities", "e.json" },
	    TOOL_FAILED, "", "e.json:1:", NULL },
	{ "check-parse: a schema that is no JSON",
	    { "check-parse", "-s", "s.cedarschema", "--schema-format", "json" }, TOOL_FAILED, "",
	    "s.cedarschema:1:1", NULL },

	{ "validate: valid", { "validate", "-s", "s.cedarschema", "-p", "good.cedar" }, TOOL_OK,
	    "policy set validation passed\n", "", NULL },
	{ "validate: not valid", { "validate", "-s", "s.cedarschema", "-p", "bad.cedar" },
	    TOOL_INVALID, "policy set validation failed\n", "for policy `policy0`, ", NULL },
	{ "validate: a warning", { "validate", "-s", "s.cedarschema", "-p", "never.cedar" },
	    TOOL_OK, "policy set validation passed\n", "warning: never.cedar:1:1: for policy",
	    NULL },
	{ "validate: a warning is too much",
	    { "validate", "-s", "s.cedarschema", "-p", "never.cedar", "--deny-warnings" },
	    TOOL_INVALID, "policy set validation failed\n", "warning: ", NULL },
	{ "validate: a schema that may surprise",
	    { "validate", "-s", "shadow.cedarschema", "-p", "empty" }, TOOL_OK,
	    "policy set validation passed\n", "warning: shadow.cedarschema:1:8: ", NULL },
	{ "validate: a level",
	    { "validate", "-s", "s.cedarschema", "-p", "good.cedar", "--level=0" }, TOOL_INVALID,
	    "failed", "level", NULL },
	{ "validate: a level that is none", { "validate", "--level", "-1" }, TOOL_USAGE, "",
	    "--level is a number, 0 to 1000", NULL },
	{ "validate: the strict mode",
	    { "validate", "-s", "s.cedarschema", "-p", "good.cedar", "--validation-mode",
		"strict" },
	    TOOL_OK, "passed", "", NULL },
	{ "validate: another mode", { "validate", "--validation-mode", "permissive" }, TOOL_USAGE,
	    "", "there is no other", NULL },
	{ "validate: without a schema", { "validate", "-p", "good.cedar" }, TOOL_USAGE, "",
	    "--schema must be given", NULL },
	{ "validate: policies that are none",
	    { "validate", "-s", "s.cedarschema", "-p", "wrong.cedar" }, TOOL_FAILED, "",
	    "wrong.cedar:2:10", NULL },

	{ "format: standard input", { "format" }, TOOL_OK,
	    "permit (principal, action, resource)\nwhen { 1 < 2 };\n", "",
	    "permit(principal,action,resource)when{1<2};" },
	{ "format: a narrow line", { "format", "-l", "20", "-i4", "-p", "ugly.cedar" }, TOOL_OK,
	    "permit\n(principal, action, resource)\n", "", NULL },
	{ "format: a check that fails", { "format", "-cp", "ugly.cedar" }, TOOL_FAILED,
	    "permit (principal", "", NULL },
	{ "format: a text that is wrong", { "format", "-p", "wrong.cedar" }, TOOL_FAILED, "",
	    "wrong.cedar:2:10", NULL },
	{ "format: a width that is none", { "format", "-l", "wide" }, TOOL_USAGE, "",
	    "--line-width is a number", NULL },
	{ "format: an indentation that is none", { "format", "-i", "65" }, TOOL_USAGE, "",
	    "--indent-width is a number", NULL },
	{ "format: writing standard input", { "format", "-w" }, TOOL_USAGE, "",
	    "--write goes with --policies", NULL },
	{ "format: writing and checking", { "format", "-wc", "-p", "ugly.cedar" }, TOOL_USAGE, "",
	    "without --check", NULL },

	{ "translate: policies to JSON",
	    { "translate", "--direction", "cedar-to-json", "-p", "t.cedar" }, TOOL_OK,
	    "\"t\":{\"effect\":\"permit\"", "", NULL },
	{ "translate: policies from JSON",
	    { "translate-policy", "--direction", "json-to-cedar", "-p", "one.json" }, TOOL_OK,
	    "permit(principal, action, resource)", "", NULL },
	{ "translate: a template from JSON",
	    { "translate", "--direction", "json-to-cedar", "-p", "template.json" }, TOOL_OK,
	    "?principal", "", NULL },
	{ "translate: a schema to JSON",
	    { "translate", "--direction", "cedar-to-json", "-s", "s.cedarschema" }, TOOL_OK,
	    "\"memberOfTypes\":[\"Album\"]", "", NULL },
	{ "translate: a schema from JSON",
	    { "translate-schema", "--direction", "json-to-cedar", "-s", "s.json" }, TOOL_OK,
	    "entity User", "", NULL },
	{ "translate: a schema to JSON with its types resolved",
	    { "translate", "--direction", "cedar-to-json-with-resolved-types", "-s",
		"s.cedarschema" },
	    TOOL_OK, "\"ip\":{\"type\":\"ipaddr\",\"required\":false}", "", NULL },
	{ "translate: a schema whose types are nothing",
	    { "translate-schema", "--direction", "cedar-to-json-with-resolved-types" }, TOOL_FAILED,
	    "", "<stdin>:1:14: there is no type 'B'", "entity A {b: B};" },
	{ "translate: a schema on standard input",
	    { "translate-schema", "--direction", "cedar-to-json" }, TOOL_OK, "\"entityTypes\"", "",
	    "entity A;" },
	{ "translate: without a direction", { "translate", "-p", "t.cedar" }, TOOL_USAGE, "",
	    "--direction must be given", NULL },
	{ "translate: an unknown direction", { "translate", "--direction", "up" }, TOOL_USAGE, "",
	    "--direction is cedar-to-json", NULL },
	{ "translate: a direction of schemas",
	    { "translate", "-p", "t.cedar", "--direction", "cedar-to-json-with-resolved-types" },
	    TOOL_USAGE, "", "is for schemas", NULL },
	{ "translate: both",
	    { "translate", "-p", "t.cedar", "-s", "s.json", "--direction", "cedar-to-json" },
	    TOOL_USAGE, "", "not both", NULL },
	{ "translate: a schema by the command for policies",
	    { "translate-policy", "-s", "s.json", "--direction", "cedar-to-json" }, TOOL_USAGE, "",
	    "not both", NULL },
	{ "translate: policies that are none",
	    { "translate", "--direction", "cedar-to-json", "-p", "wrong.cedar" }, TOOL_FAILED, "",
	    "wrong.cedar:2:10", NULL },
	{ "translate: a schema that is none",
	    { "translate", "--direction", "json-to-cedar", "-s", "s.cedarschema" }, TOOL_FAILED, "",
	    "s.cedarschema:1:1", NULL },

	{ "link: printed, and kept nowhere",
	    { "link", "-p", "t.cedar", "--template-id", "t", "-n", "new", "-a",
		"{\"?principal\": \"User::\\\"bob\\\"\", \"?resource\": \"Album::\\\"a\\\"\"}" },
	    TOOL_OK, "Template-linked policy added: ", "", NULL },
	{ "link: a slot that is missing",
	    { "link", "-p", "t.cedar", "--template-id", "t", "-n", "new", "-a",
		"{\"?principal\": \"User::\\\"bob\\\"\"}" },
	    TOOL_FAILED, "", "no value is given for the slot ?resource", NULL },
	{ "link: a slot that there is not",
	    { "link", "-p", "t.cedar", "--template-id", "t", "-n", "new", "-a",
		"{\"?action\": \"User::\\\"bob\\\"\"}" },
	    TOOL_FAILED, "", "a string for ?principal or ?resource", NULL },
	{ "link: arguments that are no object",
	    { "link", "-p", "t.cedar", "--template-id", "t", "-n", "new", "-a", "[]" }, TOOL_FAILED,
	    "", "an object of slots", NULL },
	{ "link: arguments that are no JSON",
	    { "link", "-p", "t.cedar", "--template-id", "t", "-n", "new", "-a", "{" }, TOOL_FAILED,
	    "", "arguments:1:2", NULL },
	{ "link: a value that is no entity",
	    { "link", "-p", "t.cedar", "--template-id", "t", "-n", "new", "-a",
		"{\"?principal\": \"bob\"}" },
	    TOOL_FAILED, "", "this is no entity", NULL },
	{ "link: an id that is taken",
	    { "link", "-p", "t.cedar", "-k", "links.json", "--template-id", "t", "-n", "l", "-a",
		"{\"?principal\": \"User::\\\"bob\\\"\", \"?resource\": \"Album::\\\"a\\\"\"}" },
	    TOOL_FAILED, "", "already a policy with the id 'l'", NULL },
	{ "link: without arguments", { "link", "-p", "t.cedar", "--template-id", "t", "-n", "x" },
	    TOOL_USAGE, "", "must be given", NULL },

	{ "evaluate: a number", { "evaluate", ASK, "1 + 2 * 3" }, TOOL_OK, "7\n", "", NULL },
	{ "evaluate: an attribute", { "evaluate", ASK, "--entities", "e.json", "principal.age" },
	    TOOL_OK, "20\n", "", NULL },
	{ "evaluate: an expression that begins with a hyphen",
	    { "evaluate", ASK, "--", "-(1 + 2)" }, TOOL_OK, "-3\n", "", NULL },
	{ "evaluate: the actions of a schema",
	    { "evaluate", "--request-json", "r.json", "-s", "s.cedarschema", "action in [action]" },
	    TOOL_OK, "true\n", "", NULL },
	{ "evaluate: an error", { "evaluate", ASK, "context.x" }, TOOL_FAILED, "",
	    "no value: missing_attribute", NULL },
	{ "evaluate: no expression", { "evaluate", ASK }, TOOL_USAGE, "",
	    "an expression must be given", NULL },
	{ "evaluate: two expressions", { "evaluate", "1", "+" }, TOOL_USAGE, "",
	    "quote it as one argument", NULL },
	{ "evaluate: a wrong expression", { "evaluate", ASK, "1 +" }, TOOL_FAILED, "",
	    "expression:1:4", NULL },
	{ "evaluate: without a request", { "evaluate", "1" }, TOOL_FAILED, "",
	    "--principal, --action and --resource must be given", NULL },
};

static void
check_stream(const char *stream, const char *wanted)
{
	if (wanted[0] == '\0')
		assert_string_equal(stream, "");
	if (strstr(stream, wanted) == NULL)
		print_error("printed: %s\n", stream);
	assert_non_null(strstr(stream, wanted));
}

static void
command(void **state)
{
	const struct row *row = *state;
	char *out = NULL, *err = NULL;

	assert_int_equal(run(row->words, row->in == NULL ? "" : row->in, &out, &err), row->result);
	check_stream(out, row->out);
	check_stream(err, row->err);
	free(out);
	free(err);
}

/* --- batches: each line and its answer; a question mark ends what must be equal */

struct line_row {
	const char *name, *batch, *line, *answer;
};

#define PERMIT "\"policies\":\"permit(principal,action,resource);\""
#define UIDS                                                                                  \
	"\"principal\":{\"type\":\"User\",\"id\":\"a\"},\"action\":\"Action::\\\"view\\\"\"," \
	"\"resource\":{\"__entity\":{\"type\":\"User\",\"id\":\"b\"}}"
#define SCHEMA                                                                            \
	"\"schema\":\"entity User { n?: Long }; action view appliesTo {principal: User, " \
	"resource: User, context: {n?: Long}};\""

static const struct line_row line_rows[] = {
	{ "the least", "authorize", "{" PERMIT "," UIDS "}",
	    "{\"decision\":\"allow\",\"reason\":[\"policy0\"],\"errors\":[]}" },
	{ "all parts", "authorize",
	    "{" PERMIT "," UIDS "," SCHEMA
	    ",\"entities\":[],\"context\":{\"n\":1},\"validateRequest\":true}",
	    "{\"decision\":\"allow\",\"reason\":[\"policy0\"],\"errors\":[]}" },
	{ "raw texts", "authorize",
	    "{" PERMIT "," UIDS ",\"entitiesText\":\"[]\",\"contextText\":\"{\\\"a\\\":1}\"}",
	    "{\"decision\":\"allow\"?" },
	{ "a deny with an error", "authorize",
	    "{\"policies\":\"permit(principal,action,resource) when { context.x };\"," UIDS "}",
	    "{\"decision\":\"deny\",\"reason\":[],\"errors\":[\"policy0\"]}" },
	{ "a policy set", "authorize",
	    "{\"policies\":{\"staticPolicies\":{\"a\":\"permit(principal,action,resource);\"}}"
	    "," UIDS "}",
	    "{\"decision\":\"allow\",\"reason\":[\"a\"],\"errors\":[]}" },
	{ "templates and links", "authorize",
	    "{\"policies\":{\"staticPolicies\":\"\",\"templates\":{\"t\":"
	    "\"permit(principal==?principal,action,resource);\"},\"templateLinks\":[{"
	    "\"templateId\":"
	    "\"t\",\"newId\":\"l\",\"values\":{\"?principal\":{\"type\":\"User\",\"id\":\"a\"}}}]}"
	    "," UIDS "}",
	    "{\"decision\":\"allow\",\"reason\":[\"l\"],\"errors\":[]}" },
	{ "wrong policies", "authorize", "{\"policies\":\"permit(\"," UIDS "}",
	    "{\"rejected\":\"policies\",\"message\":\"policies:1:8: ?" },
	{ "no policies", "authorize", "{" UIDS "}",
	    "{\"rejected\":\"policies\",\"message\":\"line:1:1: \\\"policies\\\" is missing\"}" },
	{ "a wrong schema", "authorize", "{" PERMIT "," UIDS ",\"schema\":\"entity\"}",
	    "{\"rejected\":\"schema\",\"message\":\"schema:1:7: ?" },
	{ "a wrong schema in JSON", "authorize", "{" PERMIT "," UIDS ",\"schema\":[]}",
	    "{\"rejected\":\"schema\",?" },
	{ "no schema is null too", "authorize", "{" PERMIT "," UIDS ",\"schema\":null}",
	    "{\"decision\":\"allow\"?" },
	{ "wrong entities", "authorize", "{" PERMIT "," UIDS ",\"entities\":{}}",
	    "{\"rejected\":\"entities\",?" },
	{ "wrong entities as text", "authorize", "{" PERMIT "," UIDS ",\"entitiesText\":\"[-0]\"}",
	    "{\"rejected\":\"entities\",\"message\":\"entitiesText:1:2: ?" },
	{ "a text that is none", "authorize", "{" PERMIT "," UIDS ",\"entitiesText\":[]}",
	    "{\"rejected\":\"entities\",\"message\":\"?" },
	{ "entities in both forms", "authorize",
	    "{" PERMIT "," UIDS ",\"entitiesText\":\"[]\",\"entities\":[]}",
	    "{\"rejected\":\"entities\",?" },
	{ "a wrong context", "authorize", "{" PERMIT "," UIDS ",\"context\":[]}",
	    "{\"rejected\":\"context\",?" },
	{ "a context that does not fit", "authorize",
	    "{" PERMIT "," UIDS "," SCHEMA ",\"context\":{\"n\":true}}",
	    "{\"rejected\":\"context\",?" },
	{ "a context that does not fit, unchecked", "authorize",
	    "{" PERMIT "," UIDS "," SCHEMA ",\"context\":{\"n\":true},\"validateRequest\":false}",
	    "{\"decision\":\"allow\"?" },
	{ "a flag that is none", "authorize", "{" PERMIT "," UIDS ",\"validateRequest\":1}",
	    "{\"rejected\":\"request\",?" },
	{ "no principal", "authorize", "{" PERMIT "}",
	    "{\"rejected\":\"request\",\"message\":\"line:1:1: \\\"principal\\\" is missing\"}" },
	{ "a principal that is none", "authorize",
	    "{" PERMIT ",\"principal\":\"alice\",\"action\":\"\",\"resource\":\"\"}",
	    "{\"rejected\":\"request\",\"message\":\"line:1:?" },
	{ "an action that is not declared", "authorize",
	    "{" PERMIT ",\"schema\":\"entity User;\"," UIDS "}", "{\"rejected\":\"request\",?" },
	{ "a principal that does not fit", "authorize",
	    "{" PERMIT
	    ",\"schema\":\"entity User, A; action view appliesTo {principal: A, resource:"
	    " A};\"," UIDS "}",
	    "{\"rejected\":\"request\",\"message\":\"line:1:1: principal: ?" },
	{ "no JSON", "authorize", "permit", "{\"rejected\":\"request\",\"message\":\"line:1:1: ?" },
	{ "an empty line", "authorize", "", "{\"rejected\":\"request\",?" },
	{ "no object", "authorize", "[]",
	    "{\"rejected\":\"request\",\"message\":\"line:1:1: expected an object, found an "
	    "array\"}" },
	{ "a member twice in the entities", "authorize",
	    "{" PERMIT "," UIDS ",\"entities\":[{\"uid\":{\"type\":\"T\",\"id\":\"\xc3\xa9\"},"
	    "\"attrs\":{\"a\":1,\"a\":2},\"parents\":[]}],\"context\":{}}",
	    "{\"rejected\":\"entities\",?" },
	{ "a member twice in the context", "authorize",
	    "{" PERMIT "," UIDS ",\"entities\":[\"\\\"\"],\"context\":{\"a\":1,\"a\":2}}",
	    "{\"rejected\":\"context\",?" },
	{ "a member twice in the policies", "authorize",
	    "{\"policies\":{\"a\":1,\"a\":2}," UIDS "}", "{\"rejected\":\"policies\",?" },
	{ "a member twice in the schema", "authorize", "{\"schema\":{\"a\":1,\"a\":2}," UIDS "}",
	    "{\"rejected\":\"schema\",?" },
	{ "a member twice in the question", "authorize", "{" PERMIT "," PERMIT "}",
	    "{\"rejected\":\"policies\",?" },
	{ "half a line", "authorize", "{" PERMIT ",\"contextText\":\"{",
	    "{\"rejected\":\"context\",?" },

	{ "valid", "validate", "{" PERMIT "," SCHEMA "}",
	    "{\"ok\":true,\"policies\":[],\"warnings\":[],\"errors\":[]}" },
	{ "not valid", "validate",
	    "{\"policies\":\"permit(principal,action,resource) when { principal.x && principal.y };"
	    "permit(principal,action,resource) when { 1 == true };\"," SCHEMA "}",
	    "{\"ok\":false,\"policies\":[\"policy0\"],\"warnings\":[{\"policy\":\"policy1\","
	    "\"message\":\"?" },
	{ "no schema", "validate", "{" PERMIT "}", "{\"rejected\":\"schema\",?" },
	{ "wrong policies to validate", "validate", "{\"policies\":1," SCHEMA "}",
	    "{\"rejected\":\"policies\",?" },
	{ "no question to validate", "validate", "1", "{\"rejected\":\"request\",?" },

	{ "policies", "check-parse", "{\"kind\":\"policies\",\"text\":\"\"}", "{\"ok\":true}" },
	{ "policies as a set", "check-parse", "{\"kind\":\"policies\",\"policies\":{}}",
	    "{\"ok\":true}" },
	{ "policies that are wrong", "check-parse", "{\"kind\":\"policies\",\"text\":\"permit\"}",
	    "{\"ok\":false,\"message\":\"policies:1:7: ?" },
	{ "policies in JSON", "check-parse", "{\"kind\":\"policies-json\",\"text\":\"{}\"}",
	    "{\"ok\":true}" },
	{ "policies that are no object", "check-parse",
	    "{\"kind\":\"policies-json\",\"text\":\"1\"}", "{\"ok\":false,?" },
	{ "a schema", "check-parse", "{\"kind\":\"schema\",\"text\":\"entity A;\"}",
	    "{\"ok\":true}" },
	{ "a schema as an object", "check-parse", "{\"kind\":\"schema\",\"schema\":{}}",
	    "{\"ok\":true}" },
	{ "a schema that is missing", "check-parse", "{\"kind\":\"schema\"}",
	    "{\"ok\":false,\"message\":\"line:1:1: \\\"schema\\\" is missing\"}" },
	{ "a schema in JSON", "check-parse", "{\"kind\":\"schema-json\",\"text\":\"{}\"}",
	    "{\"ok\":true}" },
	{ "a schema in JSON that is none", "check-parse",
	    "{\"kind\":\"schema-json\",\"text\":\"{\\\"\\\":1}\"}", "{\"ok\":false,?" },
	{ "entities", "check-parse", "{\"kind\":\"entities\",\"text\":\"[]\"}", "{\"ok\":true}" },
	{ "entities as JSON, with a schema", "check-parse",
	    "{\"kind\":\"entities\"," SCHEMA ",\"entities\":[{\"uid\":{\"type\":\"X\",\"id\":\"\"},"
	    "\"attrs\":{},\"parents\":[]}]}",
	    "{\"ok\":false,?" },
	{ "entities that are missing", "check-parse", "{\"kind\":\"entities\"}",
	    "{\"ok\":false,?" },
	{ "an expression", "check-parse", "{\"kind\":\"expression\",\"text\":\"1\"}",
	    "{\"ok\":true}" },
	{ "an expression that is missing", "check-parse", "{\"kind\":\"expression\"}",
	    "{\"ok\":false,?" },
	{ "no kind", "check-parse", "{}",
	    "{\"ok\":false,\"message\":\"line:1:1: \\\"kind\\\" is ?" },

	{ "policies to JSON", "translate",
	    "{\"kind\":\"policies\",\"direction\":\"cedar-to-json\",\"text\":\"@id(\\\"x\\\") "
	    "permit(principal,action,resource);\"}",
	    "{\"ok\":true,\"text\":\"{\\\"templates\\\":{},\\\"staticPolicies\\\":{\\\"policy0\\\":"
	    "?" },
	{ "policies from JSON", "translate",
	    "{\"kind\":\"policies\",\"direction\":\"json-to-cedar\",\"text\":\"{\\\"staticPolicies"
	    "\\\":{}}\"}",
	    "{\"ok\":true,\"text\":\"\"}" },
	{ "policies with links from JSON", "translate",
	    "{\"kind\":\"policies\",\"direction\":\"json-to-cedar\",\"text\":\"{\\\"templates\\\":"
	    "{\\\"t\\\":{\\\"effect\\\":\\\"permit\\\",\\\"principal\\\":{\\\"op\\\":\\\"==\\\","
	    "\\\"slot\\\":\\\"?principal\\\"},\\\"action\\\":{\\\"op\\\":\\\"All\\\"},\\\"resource"
	    "\\\":{\\\"op\\\":\\\"All\\\"},\\\"conditions\\\":[]}},\\\"templateLinks\\\":[{"
	    "\\\"templateId\\\":\\\"t\\\",\\\"newId\\\":\\\"l\\\",\\\"values\\\":{\\\"?principal"
	    "\\\":{\\\"type\\\":\\\"T\\\",\\\"id\\\":\\\"\\\"}}}]}\"}",
	    "{\"ok\":false,\"message\":\"text:1:1: policies that are links ?" },
	{ "formatted", "translate",
	    "{\"kind\":\"policies\",\"direction\":\"format\",\"text\":\"\"}",
	    "{\"ok\":true,\"text\":\"?" },
	{ "a schema to JSON", "translate",
	    "{\"kind\":\"schema\",\"direction\":\"cedar-to-json\",\"text\":\"\"}",
	    "{\"ok\":true,\"text\":\"{?" },
	{ "an unknown direction", "translate",
	    "{\"kind\":\"policies\",\"direction\":\"up\",\"text\":\"\"}", "{\"ok\":false,?" },
	{ "no direction", "translate", "{\"kind\":\"policies\",\"text\":\"\"}", "{\"ok\":false,?" },
	{ "an unknown kind", "translate", "{\"kind\":\"x\",\"text\":\"\"}", "{\"ok\":false,?" },
	{ "no text", "translate", "{\"kind\":\"x\"}", "{\"ok\":false,?" },
};

static void
line(void **state)
{
	const struct line_row *row = *state;
	const char *const words[] = { row->batch, "--batch", NULL };
	size_t len = strlen(row->answer);
	char in[2048], *out = NULL, *err = NULL;

	(void)snprintf(in, sizeof(in), "%s\n", row->line);
	assert_int_equal(run(words, in, &out, &err), TOOL_OK);
	assert_string_equal(err, "");
	assert_true(strlen(out) > 0 && strchr(out, '\n') == out + strlen(out) - 1);
	if (row->answer[len - 1] == '?')
		out[len > strlen(out) ? strlen(out) : len - 1] = '\0';
	else
		out[strlen(out) - 1] = '\0';
	assert_int_equal(strncmp(out, row->answer, len - (row->answer[len - 1] == '?')), 0);
	assert_int_equal(strlen(out), len - (row->answer[len - 1] == '?'));
	free(out);
	free(err);
}

static void
a_batch_answers_every_line_in_order(void **state)
{
	static const char *const words[] = { "check-parse", "--batch", NULL };
	char *out = NULL, *err = NULL;

	(void)state;
	assert_int_equal(run(words,
			     "{\"kind\":\"policies\",\"text\":\"\"}\n\n\xff\n{\"kind\":\"schema\","
			     "\"text\":\"\"}\r\n{\"kind\":\"schema\",\"text\":\"\"}",
			     &out, &err),
	    TOOL_OK);
	assert_non_null(strstr(out, "{\"ok\":true}\n{\"ok\":false,\"message\":\"line:1:1:"));
	assert_non_null(strstr(out, "\"}\n{\"ok\":true}\n{\"ok\":true}\n"));
	free(out);
	free(err);
	assert_int_equal(run(words, "", &out, &err), TOOL_OK);
	assert_string_equal(out, "");
	free(out);
	free(err);
}

/* A line of this many bytes, with a short one behind it. */
static void
check_length(size_t len, const char *wanted)
{
	static const char *const words[] = { "check-parse", "--batch", NULL };
	static const char next[] = "\n{\"kind\":\"policies\",\"text\":\"\"}\n";
	static const char begin[] = "{\"kind\":\"policies\",\"text\":\"\"";
	char *in = malloc(len + sizeof(next)), *out = NULL, *err = NULL;

	assert_non_null(in);
	memset(in, ' ', len);
	memcpy(in, begin, sizeof(begin) - 1);
	in[len - 1] = '}';
	memcpy(in + len, next, sizeof(next));
	assert_int_equal(run(words, in, &out, &err), TOOL_OK);
	assert_string_equal(out, wanted);
	free(in);
	free(out);
	free(err);
}

static void
a_line_that_is_too_long_is_answered_and_the_next_too(void **state)
{
	(void)state;
	check_length(CEDAR_BATCH_MAX_LINE, "{\"ok\":true}\n{\"ok\":true}\n");
	check_length(CEDAR_BATCH_MAX_LINE + 1,
	    "{\"ok\":false,\"message\":\"line:1:1: the line is longer than 4194304 bytes\"}\n"
	    "{\"ok\":true}\n");
	check_length(3 * CEDAR_BATCH_MAX_LINE,
	    "{\"ok\":false,\"message\":\"line:1:1: the line is longer than 4194304 bytes\"}\n"
	    "{\"ok\":true}\n");
}

static void
what_is_beyond_a_bound_is_rejected_as_such(void **state)
{
	static const char *const words[] = { "authorize", "--batch", NULL };
	char in[8192] = "{\"policies\":\"permit(principal,action,resource) when { ", *out, *err;

	(void)state;
	for (int i = 0; i < 1000; i++)
		(void)strncat(in, "(", sizeof(in) - strlen(in) - 1);
	(void)strncat(in, "\"," UIDS "}\n", sizeof(in) - strlen(in) - 1);
	assert_int_equal(run(words, in, &out, &err), TOOL_OK);
	check_stream(out, "{\"rejected\":\"limit\",\"message\":\"policies:1:");
	free(out);
	free(err);
}

static void
check_file(const char *name, const char *wanted)
{
	char text[1024] = "";
	FILE *file = fopen(name, "r");

	assert_non_null(file);
	assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
	(void)fclose(file);
	assert_string_equal(text, wanted);
}

static void
a_file_is_formatted_in_place(void **state)
{
	static const char *const write[] = { "format", "-wp", "own.cedar", NULL };
	static const char *const check[] = { "format", "-c", "-p", "own.cedar", NULL };
	FILE *file = fopen("own.cedar", "w");
	char *out, *err;

	(void)state;
	assert_non_null(file);
	assert_true(fputs("permit(principal,action,resource);", file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(run(write, "", &out, &err), TOOL_OK);
	assert_string_equal(out, "");
	free(out);
	free(err);
	check_file("own.cedar", "permit (principal, action, resource);\n");
	assert_int_equal(run(check, "", &out, &err), TOOL_OK);
	free(out);
	free(err);
	assert_int_equal(unlink("own.cedar"), 0);
}

static void
links_are_kept_in_their_file(void **state)
{
	static const char *const first[] = { "link", "-p", "t.cedar", "-k", "own.json",
		"--template-id", "t", "-n", "one", "-a",
		"{\"?principal\": \"User::\\\"bob\\\"\", \"?resource\": \"Album::\\\"a\\\"\"}",
		NULL };
	static const char *const second[] = { "link", "-p", "t.cedar", "-k", "own.json",
		"--template-id", "t", "-n", "two", "-a",
		"{\"?resource\": \"Album::\\\"a\\\"\", \"?principal\": \"User::\\\"eve\\\"\"}",
		NULL };
	static const char *const ask[] = { "authorize", "-v", "-p", "t.cedar", "-k", "own.json",
		"--entities", "e.json", "-l", "User::\"eve\"", "-a", "Action::\"x\"", "-r",
		"Photo::\"p\"", NULL };
	char *out, *err;

	(void)state;
	assert_int_equal(run(first, "", &out, &err), TOOL_OK);
	free(out);
	free(err);
	assert_int_equal(run(second, "", &out, &err), TOOL_OK);
	check_stream(out, "User::\"eve\"");
	free(out);
	free(err);
	check_file("own.json",
	    "[{\"template_id\":\"t\",\"link_id\":\"one\",\"args\":{\"?principal\":\"User::"
	    "\\\"bob\\\"\",\"?resource\":\"Album::\\\"a\\\"\"}},{\"template_id\":\"t\",\"link_id\":"
	    "\"two\",\"args\":{\"?principal\":\"User::\\\"eve\\\"\",\"?resource\":\"Album::"
	    "\\\"a\\\"\"}}]\n");
	assert_int_equal(run(ask, "", &out, &err), TOOL_OK);
	check_stream(out, "  two\n");
	free(out);
	free(err);
	assert_int_equal(unlink("own.json"), 0);
}

static void
errors_may_be_formatted_by_the_environment(void **state)
{
	static const char *const words[] = { "check-parse", "-p", "wrong.cedar", NULL };
	char *out, *err;

	(void)state;
	assert_int_equal(setenv("CEDAR_ERROR_FORMAT", "plain", 1), 0);
	assert_int_equal(run(words, "", &out, &err), TOOL_FAILED);
	check_stream(err, "wrong.cedar:2:10: error: ");
	free(out);
	free(err);
	assert_int_equal(setenv("CEDAR_ERROR_FORMAT", "xml", 1), 0);
	assert_int_equal(run(words, "", &out, &err), TOOL_USAGE);
	free(out);
	free(err);
	assert_int_equal(unsetenv("CEDAR_ERROR_FORMAT"), 0);
}

static void
an_answer_that_can_not_be_written_ends_the_batch(void **state)
{
	char name[] = "postern", cedar[] = "cedar", check[] = "check-parse", batch[] = "--batch";
	char *arguments[] = { name, cedar, check, batch, NULL };
	FILE *full = fopen("/dev/full", "w"), *err = tmpfile(), *in = tmpfile();
	int saved = dup(STDIN_FILENO);

	(void)state;
	assert_non_null(full);
	assert_non_null(err);
	assert_non_null(in);
	for (int i = 0; i < 100000; i++)
		assert_true(fputs("{}\n", in) >= 0);
	rewind(in);
	assert_true(dup2(fileno(in), STDIN_FILENO) >= 0);
	assert_int_equal(tool_run(4, arguments, full, err), TOOL_FAILED);
	assert_true(dup2(saved, STDIN_FILENO) >= 0);
	(void)close(saved);
	(void)fclose(in);
	(void)fclose(full);
	(void)fclose(err);
}

static void
write_files(void)
{
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		FILE *file = fopen(files[i].name, "w");

		assert_non_null(file);
		assert_true(fputs(files[i].text, file) >= 0);
		assert_int_equal(fclose(file), 0);
	}
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(a_batch_answers_every_line_in_order),
		cmocka_unit_test(a_line_that_is_too_long_is_answered_and_the_next_too),
		cmocka_unit_test(what_is_beyond_a_bound_is_rejected_as_such),
		cmocka_unit_test(a_file_is_formatted_in_place),
		cmocka_unit_test(links_are_kept_in_their_file),
		cmocka_unit_test(errors_may_be_formatted_by_the_environment),
		cmocka_unit_test(an_answer_that_can_not_be_written_ends_the_batch),
	};
	const char *base = getenv("TMPDIR");
	char folder[64];
	int failures;

	(void)umask(022);
	(void)unsetenv("CEDAR_ERROR_FORMAT");
	(void)snprintf(folder, sizeof(folder), "%s/postern-cedar-XXXXXX",
	    base == NULL || strlen(base) > 30 ? "/tmp" : base);
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	write_files();
	failures = RUN_ROWS(rows, command) + RUN_ROWS(line_rows, line) +
		   cmocka_run_group_tests(others, NULL, NULL);
	for (size_t i = 0; i < COUNT_OF(files); i++)
		(void)unlink(files[i].name);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(folder), 0); /* nothing else was left in it */
	return failures;
}
