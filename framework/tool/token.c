/*
 * `postern token`: a token for development, signed with a private key of one's own. Claims given
 * on the command line come last and win over the usual ones, so that a broken token (expired, for
 * nobody) can be made for a test.
 */
#include "tool/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "authn/mint.h"
#include "core/clock.h"
#include "core/slice.h"
#include "tool/options.h"

enum {
	TOKEN_MAX_KEY = 16384,            /* bytes of the key file */
	TOKEN_LIFETIME_S = 3600,          /* the default */
	TOKEN_MAX_LIFETIME_S = 315360000, /* ten years of 365 days */
};

enum { OPT_KEY, OPT_SUB, OPT_AUD, OPT_ISS, OPT_LIFETIME, OPT_CLAIM, OPT_CLAIM_JSON, OPT_HELP };

static const struct option_kind kinds[] = {
	[OPT_KEY] = { "--key", true, 0 },
	[OPT_SUB] = { "--sub", true, 0 },
	[OPT_AUD] = { "--aud", true, 0 },
	[OPT_ISS] = { "--iss", true, 0 },
	[OPT_LIFETIME] = { "--lifetime", true, 0 },
	[OPT_CLAIM] = { "--claim", true, 0 },
	[OPT_CLAIM_JSON] = { "--claim-json", true, 0 },
	[OPT_HELP] = { "--help", false, 0 },
};

static const char help[] =
    "usage: postern token --key ISSUER.PEM [OPTION]...\n"
    "       postern token keygen --private ISSUER.PEM --public ISSUER.PUB.PEM [--force]\n"
    "\n"
    "Prints a JSON Web Token, signed with RS256, on standard output. For development and tests.\n"
    "\n"
    "  --key FILE              the private RSA key, PEM, not encrypted\n"
    "  --sub NAME              who the token is for (default: developer)\n"
    "  --aud NAME              the service it is for (default: documents); several make a list\n"
    "  --iss NAME              who issued it (default: no such claim)\n"
    "  --lifetime SECONDS      from now (default: 3600; at most ten years)\n"
    "  --claim NAME=VALUE      one more claim, its value a string\n"
    "  --claim-json NAME=JSON  one more claim, its value any JSON\n"
    "  --help                  print this text\n"
    "\n"
    "Claims come last and win: --claim-json exp=1 makes a token that has expired.\n";

struct request {
	const char *key_path;
	uint64_t lifetime_s;
	json_t *claims;
	json_t *extra; /* of --claim and --claim-json */
};

static bool
set_string(json_t *object, const char *name, const char *value, FILE *err)
{
	if (json_object_set_new(object, name, json_string(value)) == 0)
		return true;
	fprintf(err, "postern: a claim's name and value are UTF-8 text\n");
	return false;
}

/* One audience is a string, several are a list. */
static bool
add_audience(json_t *claims, const char *value, FILE *err)
{
	json_t *present = json_object_get(claims, "aud");

	if (present == NULL)
		return set_string(claims, "aud", value, err);
	if (json_is_string(present)) {
		json_t *list = json_pack("[O]", present);

		if (json_object_set_new(claims, "aud", list) != 0)
			return false;
		present = json_object_get(claims, "aud");
	}
	return json_array_append_new(present, json_string(value)) == 0;
}

static bool
add_claim(json_t *extra, const char *text, bool is_json, FILE *err)
{
	const char *equals = strchr(text, '=');
	char *name;
	bool is_added;

	if (equals == NULL || equals == text) {
		fprintf(err, "postern: a claim has the form NAME=VALUE\n");
		return false;
	}
	name = strndup(text, (size_t)(equals - text));
	if (name == NULL)
		return false;
	if (is_json) {
		json_t *value =
		    json_loads(equals + 1, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);

		is_added = json_object_set_new(extra, name, value) == 0;
		if (!is_added)
			fprintf(err, "postern: the value of --claim-json is not JSON\n");
	} else {
		is_added = set_string(extra, name, equals + 1, err);
	}
	free(name);
	return is_added;
}

static bool
read_lifetime(const char *text, uint64_t *ret_s, FILE *err)
{
	if (slice_to_u64(slice_from(text), TOKEN_MAX_LIFETIME_S, ret_s) && *ret_s > 0)
		return true;
	fprintf(err, "postern: --lifetime is a number of seconds, 1 to %d\n", TOKEN_MAX_LIFETIME_S);
	return false;
}

static bool
apply(struct request *request, int option, const char *value, FILE *err)
{
	switch (option) {
	case OPT_KEY:
		request->key_path = value;
		return true;
	case OPT_SUB:
		return set_string(request->claims, "sub", value, err);
	case OPT_AUD:
		return add_audience(request->claims, value, err);
	case OPT_ISS:
		return set_string(request->claims, "iss", value, err);
	case OPT_LIFETIME:
		return read_lifetime(value, &request->lifetime_s, err);
	case OPT_CLAIM:
		return add_claim(request->extra, value, false, err);
	case OPT_CLAIM_JSON:
		return add_claim(request->extra, value, true, err);
	default:
		return false;
	}
}

/* The whole file into `room`; the number of bytes, or -1 with errno. */
static ssize_t
read_file(const char *path, char *room, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	size_t len = 0;
	ssize_t got = -1;

	if (fd < 0)
		return -1;
	while (len < size) {
		got = read(fd, room + len, size - len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		len += (size_t)got;
	}
	if (got > 0)
		errno = EFBIG;
	(void)close(fd);
	return got == 0 ? (ssize_t)len : -1;
}

/* Fills in what was not given, then lets the extra claims win. The text is malloc'ed. */
static char *
complete(struct request *request)
{
	json_int_t now_s = clock_wall_us() / 1000000;
	json_t *usual = json_pack("{s:I, s:I, s:s, s:s}", "iat", now_s, "exp",
	    now_s + (json_int_t)request->lifetime_s, "sub", "developer", "aud", "documents");
	char *text = NULL;

	if (usual != NULL && json_object_update(usual, request->claims) == 0 &&
	    json_object_update(usual, request->extra) == 0)
		text = json_dumps(usual, JSON_COMPACT);
	json_decref(usual);
	return text;
}

static enum tool_exit
mint(struct request *request, FILE *out, FILE *err)
{
	const char *fault = "out of memory";
	char pem[TOKEN_MAX_KEY], *claims, *token = NULL;
	ssize_t len = read_file(request->key_path, pem, sizeof(pem));

	if (len < 0) {
		fprintf(err, "postern: the key could not be read: %s\n", strerror(errno));
		return TOOL_FAILED;
	}
	claims = complete(request);
	if (claims != NULL)
		token = mint_token(slice_make(pem, (size_t)len), claims, &fault);
	explicit_bzero(pem, sizeof(pem));
	free(claims);
	if (token == NULL) {
		fprintf(err, "postern: no token: %s\n", fault);
		return TOOL_FAILED;
	}
	fprintf(out, "%s\n", token);
	free(token);
	return tool_finish(out, err);
}

static enum tool_exit
run(struct request *request, int argc, char **argv, FILE *out, FILE *err)
{
	struct options options = options_of(kinds, COUNT_OF(kinds), argc, argv);
	const char *value = NULL;
	int option;

	if (request->claims == NULL || request->extra == NULL)
		return TOOL_FAILED;
	while ((option = options_next(&options, &value, err)) != OPTION_END) {
		if (option == OPT_HELP) {
			fputs(help, out);
			return tool_finish(out, err);
		}
		if (option == OPTION_BAD || !apply(request, option, value, err))
			return TOOL_USAGE;
	}
	if (request->key_path == NULL) {
		fputs("postern: --key is needed; `postern token --help` tells more\n", err);
		return TOOL_USAGE;
	}
	return mint(request, out, err);
}

enum tool_exit
token_command(int argc, char **argv, FILE *out, FILE *err)
{
	struct request request = { .lifetime_s = TOKEN_LIFETIME_S };
	enum tool_exit result;

	if (argc > 1 && strcmp(argv[1], "keygen") == 0)
		return keygen_command(argc - 1, argv + 1, out, err);
	request.claims = json_object();
	request.extra = json_object();
	result = run(&request, argc, argv, out, err);
	json_decref(request.claims);
	json_decref(request.extra);
	return result;
}
