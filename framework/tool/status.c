/*
 * `postern status`: asks the inspector of a service (STATUS_LISTEN) and prints what it says, for
 * people or as it came.
 */
#include "tool/tool.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "tool/ask.h"
#include "tool/options.h"
#include "tool/status.h"

enum { OPT_SOCKET, OPT_JSON, OPT_FULL, OPT_HELP };

enum { STATUS_ARENA = 3 * ASK_MAX_ANSWER /* the bytes, the response in them, and their growth */ };

static const struct option_kind kinds[] = {
	[OPT_SOCKET] = { "--socket", true, 0 },
	[OPT_JSON] = { "--json", false, 0 },
	[OPT_FULL] = { "--full", false, 0 },
	[OPT_HELP] = { "--help", false, 0 },
};

static const char help[] =
    "usage: postern status [ADDRESS] [OPTION]...\n"
    "\n"
    "Asks a running service what it is doing. ADDRESS is its STATUS_LISTEN: unix:/PATH, /PATH or\n"
    "HOST:PORT; without one, STATUS_LISTEN of the environment counts. The exit status is 0 when "
    "the\n"
    "service is ready, 1 when it is not, 2 when it cannot be asked.\n"
    "\n"
    "  --socket ADDRESS  the same as ADDRESS\n"
    "  --full            and each worker\n"
    "  --json            the answer as it came\n"
    "  --help            print this text\n";

struct wishes {
	const char *address;
	bool wants_json, wants_full, wants_help;
};

static bool
read_options(struct wishes *wishes, int argc, char **argv, FILE *err)
{
	const bool has_address = argc > 1 && argv[1][0] != '-';
	struct options options = options_of(kinds, COUNT_OF(kinds), argc, argv);
	const char *value = NULL;
	int option;

	if (has_address) {
		wishes->address = argv[1];
		options.at = 2;
	}
	while ((option = options_next(&options, &value, err)) != OPTION_END) {
		if (option == OPTION_BAD)
			return false;
		if (option == OPT_SOCKET)
			wishes->address = value;
		wishes->wants_json |= option == OPT_JSON;
		wishes->wants_full |= option == OPT_FULL;
		wishes->wants_help |= option == OPT_HELP;
	}
	if (wishes->address == NULL)
		wishes->address = getenv("STATUS_LISTEN");
	return true;
}

static enum tool_exit
print_answer(const struct ask_answer *answer, bool is_raw, FILE *out, FILE *err)
{
	json_t *status =
	    json_loadb(answer->body.data, answer->body.len, JSON_REJECT_DUPLICATES, NULL);
	enum tool_exit result = TOOL_UNREACHABLE;

	if (answer->status != 200 || !json_is_object(status)) {
		fputs("postern: what answers is no Postern service\n", err);
	} else {
		result = json_is_true(json_object_get(status, "ready")) ? TOOL_OK : TOOL_FAILED;
		if (is_raw)
			fprintf(out, "%.*s\n", SLICE_ARGS(answer->body));
		else
			status_print(status, out);
		if (tool_finish(out, err) != TOOL_OK)
			result = TOOL_UNREACHABLE;
	}
	json_decref(status);
	return result;
}

enum tool_exit
status_command(int argc, char **argv, FILE *out, FILE *err)
{
	struct wishes wishes = { 0 };
	struct ask_answer answer;
	enum tool_exit result = TOOL_UNREACHABLE;
	struct arena arena;
	const char *failed;

	if (!read_options(&wishes, argc, argv, err))
		return TOOL_USAGE;
	if (wishes.wants_help) {
		fputs(help, out);
		return tool_finish(out, err);
	}
	if (wishes.address == NULL) {
		fputs("postern: status of what? `postern status --help` tells more\n", err);
		return TOOL_USAGE;
	}
	arena_init(&arena, 64 * 1024, STATUS_ARENA);
	failed =
	    ask(&arena, wishes.address, wishes.wants_full ? "/status?full" : "/status", &answer);
	if (failed != NULL)
		fprintf(err, "postern: the service cannot be asked: %s\n", failed);
	else
		result = print_answer(&answer, wishes.wants_json, out, err);
	arena_done(&arena);
	return result;
}
