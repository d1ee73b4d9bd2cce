/*
 * The `postern` command, called as a function: what it prints, what it writes, what it exits
 * with.
 */
#include "tool/tool.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../core/rows.h"
#include "authn/authn.h"
#include "core/clock.h"

enum { MAX_ARGUMENTS = 16 };

static char folder[64];

/* Runs `postern` with words separated by spaces; "@name" is a file in the test's folder. */
static enum tool_exit
run(const char *words, char **ret_out, char **ret_err)
{
	char text[512], *arguments[MAX_ARGUMENTS + 1] = { NULL }, paths[MAX_ARGUMENTS][96];
	char *rest = text, *word, name[] = "postern";
	size_t out_len, err_len;
	FILE *out = open_memstream(ret_out, &out_len), *err = open_memstream(ret_err, &err_len);
	enum tool_exit result;
	int count = 0;

	assert_non_null(out);
	assert_non_null(err);
	(void)snprintf(text, sizeof(text), "%s", words);
	arguments[count++] = name;
	while ((word = strsep(&rest, " ")) != NULL && count < MAX_ARGUMENTS) {
		arguments[count] = word;
		if (word[0] == '@') {
			(void)snprintf(
			    paths[count], sizeof(paths[count]), "%s/%s", folder, word + 1);
			arguments[count] = paths[count];
		}
		count += word[0] != '\0';
	}
	arguments[count] = NULL;
	result = tool_run(count, arguments, out, err);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(fclose(err), 0);
	return result;
}

static char *
path_of(const char *name, char path[96])
{
	(void)snprintf(path, 96, "%s/%s", folder, name);
	return path;
}

static char *
read_text(const char *name)
{
	char path[96], *text = calloc(1, 65536);
	FILE *file = fopen(path_of(name, path), "r");

	assert_non_null(text);
	assert_non_null(file);
	assert_true(fread(text, 1, 65535, file) > 0);
	assert_int_equal(fclose(file), 0);
	return text;
}

/* Words, what comes of them, and a piece of what is printed on either stream. */
struct row {
	const char *name, *words;
	enum tool_exit result;
	const char *out, *err;
};

static const struct row rows[] = {
	{ "no command", "", TOOL_USAGE, "", "usage: postern" },
	{ "an unknown command", "frobnicate", TOOL_USAGE, "", "no such command" },
	{ "status of nothing", "status", TOOL_USAGE, "", "status of what?" },
	{ "status with help", "status --help", TOOL_OK, "usage: postern status", "" },
	{ "status with two addresses", "status /a /b", TOOL_USAGE, "", "argument 2 is not" },
	{ "status of nobody", "status @nobody.sock", TOOL_UNREACHABLE, "", "cannot be asked" },
	{ "status of no address", "status --socket nowhere", TOOL_UNREACHABLE, "",
	    "the address: entry 1" },
	{ "status of a descriptor", "status fd:7", TOOL_UNREACHABLE, "", "cannot be asked" },
	{ "top of nothing", "top", TOOL_USAGE, "", "top of what?" },
	{ "top with help", "top --help", TOOL_OK, "usage: postern top", "" },
	{ "top of nobody", "top @nobody.sock", TOOL_UNREACHABLE, "", "cannot be asked" },
	{ "top without a pause", "top /x --interval 0", TOOL_USAGE, "", "1 to 3600" },
	{ "top without a look", "top /x --count x", TOOL_USAGE, "", "--count is 1" },
	{ "check of nothing", "check", TOOL_USAGE, "", "check what?" },
	{ "check of something else", "check mate", TOOL_USAGE, "", "check what?" },
	{ "check, explained", "check --help", TOOL_OK, "usage: postern check sandbox", "" },
	{ "check of the sandbox", "check sandbox", TOOL_OK, "worker    strict holds", "" },
	{ "help", "help", TOOL_OK, "usage: postern", "" },
	{ "--help", "--help", TOOL_OK, "usage: postern", "" },
	{ "version", "version", TOOL_OK, "postern " POSTERN_VERSION "\n", "" },
	{ "--version", "--version", TOOL_OK, "postern " POSTERN_VERSION "\n", "" },
	{ "token --help", "token --help", TOOL_OK, "--lifetime", "" },
	{ "token keygen --help", "token keygen --help", TOOL_OK, "--force", "" },
	{ "a token without a key", "token --sub p1", TOOL_USAGE, "", "--key" },
	{ "an option without its value", "token --key", TOOL_USAGE, "", "needs a value" },
	{ "a value for a flag", "token --help=yes", TOOL_USAGE, "", "takes no value" },
	{ "an unknown option", "token --kez @i.pem", TOOL_USAGE, "", "argument 1" },
	{ "an abbreviated option", "token --ke @i.pem", TOOL_USAGE, "", "argument 1" },
	{ "a word that is no option", "token --key @i.pem p1", TOOL_USAGE, "", "argument 3" },
	{ "a key that is not there", "token --key @missing", TOOL_FAILED, "", "could not be read" },
	{ "a key that is a folder", "token --key @.", TOOL_FAILED, "", "could not be read" },
	{ "a key that never ends", "token --key /dev/zero", TOOL_FAILED, "", "could not be read" },
	{ "a key that is a public one", "token --key @i.pub.pem", TOOL_FAILED, "", "no token" },
	{ "a lifetime of zero", "token --key @i.pem --lifetime 0", TOOL_USAGE, "", "--lifetime" },
	{ "a lifetime of a word", "token --key @i.pem --lifetime day", TOOL_USAGE, "",
	    "--lifetime" },
	{ "a lifetime above the bound", "token --key @i.pem --lifetime 315360001", TOOL_USAGE, "",
	    "--lifetime" },
	{ "a claim without a value", "token --key @i.pem --claim x", TOOL_USAGE, "", "NAME=VALUE" },
	{ "a claim without a name", "token --key @i.pem --claim =x", TOOL_USAGE, "", "NAME=VALUE" },
	{ "a claim that is no UTF-8", "token --key @i.pem --claim x=\xff", TOOL_USAGE, "",
	    "UTF-8" },
	{ "a JSON claim that is no JSON", "token --key @i.pem --claim-json x=[", TOOL_USAGE, "",
	    "not JSON" },
	{ "keygen without paths", "token keygen", TOOL_USAGE, "", "two files" },
	{ "keygen with one path", "token keygen --private @x", TOOL_USAGE, "", "two files" },
	{ "keygen with the same path twice", "token keygen --private @x --public @x", TOOL_USAGE,
	    "", "two files" },
	{ "keygen with an unknown option", "token keygen --bits 512", TOOL_USAGE, "",
	    "argument 1" },
	{ "keygen into a folder that is not there", "token keygen --private @no/x --public @y",
	    TOOL_FAILED, "", "could not be written" },
	{ "keygen over a private key", "token keygen --private @i.pem --public @new", TOOL_FAILED,
	    "", "--force" },
	{ "keygen over a public key", "token keygen --private @new --public @i.pub.pem",
	    TOOL_FAILED, "", "--force" },
	{ "a forced keygen into a folder that is not there",
	    "token keygen --private @no/x --public @y --force", TOOL_FAILED, "",
	    "could not be written" },
};

static void
command(void **state)
{
	const struct row *row = *state;
	char *out = NULL, *err = NULL;

	assert_int_equal(run(row->words, &out, &err), row->result);
	if (row->out[0] == '\0')
		assert_string_equal(out, "");
	assert_non_null(strstr(out, row->out));
	if (row->err[0] == '\0')
		assert_string_equal(err, "");
	assert_non_null(strstr(err, row->err));
	free(out);
	free(err);
}

static void
check_mode(const char *name, unsigned mode)
{
	struct stat status;
	char path[96];

	assert_int_equal(stat(path_of(name, path), &status), 0);
	assert_int_equal(status.st_mode & 07777, mode);
}

static void
a_pair_is_made_and_replaced_only_by_force(void **state)
{
	char *before = read_text("i.pem"), *after, *out, *err, path[96];

	(void)state;
	check_mode("i.pem", 0600);
	check_mode("i.pub.pem", 0644);
	assert_int_equal(
	    run("token keygen --private @i.pem --public @i.pub.pem", &out, &err), TOOL_FAILED);
	after = read_text("i.pem");
	assert_string_equal(before, after);
	free(out);
	free(err);
	free(after);
	assert_int_equal(
	    run("token keygen --private @i.pem --public @i.pub.pem --force", &out, &err), TOOL_OK);
	after = read_text("i.pem");
	assert_string_not_equal(before, after);
	check_mode("i.pem", 0600);
	free(out);
	free(err);
	free(after);
	free(before);
	/* The public half can not be written: the private one does not stay behind. */
	assert_int_equal(
	    run("token keygen --private @lonely --public @no/x", &out, &err), TOOL_FAILED);
	assert_int_not_equal(access(path_of("lonely", path), F_OK), 0);
	free(out);
	free(err);
}

/* Makes a token with the words, and verifies it with the public half; the reason word. */
static const char *
verify(const char *words, struct arena *arena, const struct principal **principal)
{
	static const struct slice audience[] = { SLICE("documents"), SLICE("second") };
	static const struct slice algorithms[] = { SLICE("RS256") };
	struct config_faults faults = { .count = 0 };
	char *pem = read_text("i.pub.pem"), *out, *err, *value;
	const struct config config = {
		.jwt_public_key = pem,
		.jwt_audience = { audience, 2 },
		.jwt_algorithms = { algorithms, 1 },
		.jwt_claim_namespace = "neosofia",
		.jwt_max_bytes = 8192,
		.jwt_second_opinion = true,
	};
	struct authn *authn = authn_new(arena, &config, &faults);
	enum authn_result result;

	assert_non_null(authn);
	assert_int_equal(run(words, &out, &err), TOOL_OK);
	assert_string_equal(err, "");
	assert_int_equal(out[strlen(out) - 1], '\n');
	out[strlen(out) - 1] = '\0';
	value = arena_printf(arena, "Bearer %s", out);
	*principal = NULL;
	result = authn_verify(authn, slice_from(value), 1, clock_wall_us(), arena, principal);
	authn_free(authn);
	free(out);
	free(err);
	free(pem);
	return authn_reason(result);
}

struct token_row {
	const char *name, *words, *reason;
};

static const struct token_row token_rows[] = {
	{ "the key alone", "token --key @i.pem", "ok" },
	{ "a value behind an equals sign", "token --key @i.pem --lifetime=60", "ok" },
	{ "another audience", "token --key @i.pem --aud other", "audience" },
	{ "several audiences", "token --key @i.pem --aud other --aud third --aud second", "ok" },
	{ "an issuer", "token --key @i.pem --iss https://id.example", "ok" },
	{ "expired on purpose", "token --key @i.pem --claim-json exp=1", "expired" },
	{ "expired on purpose, order does not matter",
	    "token --claim-json exp=1 --lifetime 60 --key @i.pem", "expired" },
	{ "a string for a number", "token --key @i.pem --claim exp=1", "claim_type" },
	{ "nobody", "token --key @i.pem --sub=", "claim_type" },
	{ "the longest lifetime", "token --key @i.pem --lifetime 315360000", "ok" },
};

static void
token(void **state)
{
	const struct token_row *row = *state;
	const struct principal *principal;
	struct arena arena;

	arena_init(&arena, 16384, 1 << 20);
	assert_string_equal(verify(row->words, &arena, &principal), row->reason);
	arena_done(&arena);
}

static void
claims_reach_the_principal(void **state)
{
	const struct principal *principal;
	struct arena arena;

	(void)state;
	arena_init(&arena, 16384, 1 << 20);
	assert_string_equal(verify("token --key @i.pem --sub clinician-a "
				   "--claim neosofia:principal_type=Clinician "
				   "--claim neosofia:clinic_id=a=b "
				   "--claim-json neosofia:actors=[\"operator\"]",
				&arena, &principal),
	    "ok");
	assert_string_equal(principal->type.data, "Clinician");
	assert_string_equal(principal->id.data, "clinician-a");
	assert_string_equal(
	    principal_claim(principal, SLICE_OF("clinic_id"))->as.string.data, "a=b");
	assert_int_equal(principal_claim(principal, SLICE_OF("actors"))->as.strings.count, 1);
	arena_done(&arena);
}

static void
an_output_that_can_not_be_written_is_a_failure(void **state)
{
	char name[] = "postern", help[] = "help", *arguments[] = { name, help, NULL };
	FILE *full = fopen("/dev/full", "w"), *err = tmpfile();

	(void)state;
	assert_non_null(full);
	assert_non_null(err);
	assert_int_equal(tool_run(2, arguments, full, err), TOOL_FAILED);
	(void)fclose(full);
	(void)fclose(err);
}

static void
make_folder(void)
{
	const char *base = getenv("TMPDIR");
	char *out, *err;

	(void)umask(022);
	(void)snprintf(folder, sizeof(folder), "%s/postern-tool-XXXXXX",
	    base == NULL || strlen(base) > 40 ? "/tmp" : base);
	assert_non_null(mkdtemp(folder));
	assert_int_equal(
	    run("token keygen --private @i.pem --public @i.pub.pem", &out, &err), TOOL_OK);
	free(out);
	free(err);
}

static void
remove_folder(void)
{
	static const char *const names[] = { "i.pem", "i.pub.pem" };
	char path[96];

	for (size_t i = 0; i < COUNT_OF(names); i++)
		(void)unlink(path_of(names[i], path));
	assert_int_equal(rmdir(folder), 0); /* nothing else was left in it */
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(a_pair_is_made_and_replaced_only_by_force),
		cmocka_unit_test(claims_reach_the_principal),
		cmocka_unit_test(an_output_that_can_not_be_written_is_a_failure),
	};
	int failures;

	make_folder();
	failures = RUN_ROWS(rows, command) + RUN_ROWS(token_rows, token) +
		   cmocka_run_group_tests(others, NULL, NULL);
	remove_folder();
	return failures;
}
