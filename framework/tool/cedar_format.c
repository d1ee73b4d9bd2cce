/* `postern cedar format`: policies laid out anew, comments kept. */
#include "tool/cedar.h"

#include <errno.h>
#include <string.h>

#include "cedar/format_text.h"
#include "tool/file.h"

enum { OPT_LINE_WIDTH = CEDAR_OPT_COUNT, OPT_INDENT_WIDTH, OPT_WRITE, OPT_CHECK };
enum { DEFAULT_LINE_WIDTH = 80, DEFAULT_INDENT_WIDTH = 2, MAX_WIDTH = 10000, MAX_INDENT = 64 };

static const struct option_kind kinds[] = {
	CEDAR_OPTIONS_ALL,
	[CEDAR_OPT_POLICIES] = { "--policies", true, 'p' },
	[OPT_LINE_WIDTH] = { "--line-width", true, 'l' },
	[OPT_INDENT_WIDTH] = { "--indent-width", true, 'i' },
	[OPT_WRITE] = { "--write", false, 'w' },
	[OPT_CHECK] = { "--check", false, 'c' },
};

static const char help[] =
    "usage: postern cedar format [-p FILE] [OPTION]...\n"
    "\n"
    "Prints policies laid out anew: the same policies, with their comments.\n"
    "\n"
    "  -p, --policies FILE          the policies (default: standard input)\n"
    "  -l, --line-width N           columns of a line (default: 80)\n"
    "  -i, --indent-width N         columns of an indentation (default: 2)\n"
    "  -w, --write                  write the file anew instead of printing\n"
    "  -c, --check                  status 1 when the policies are not laid out like this\n"
    "  -f, --error-format FORMAT    human, plain or json (default: human)\n"
    "  -h, --help                   print this text\n"
    "\n"
    "Exit status: 0 done, 1 failed, 64 the command line is wrong.\n";

struct own {
	unsigned line_width, indent_width;
	bool is_write, is_check;
};

static bool
take_width(const char *name, const char *value, unsigned max, unsigned *ret_width, FILE *err)
{
	uint64_t width;

	if (!slice_to_u64(slice_from(value), max, &width)) {
		fprintf(err, "postern: %s is a number, 0 to %u\n", name, max);
		return false;
	}
	*ret_width = (unsigned)width;
	return true;
}

static bool
take(void *data, int option, const char *value, FILE *err)
{
	struct own *own = data;

	if (option == OPT_LINE_WIDTH)
		return take_width("--line-width", value, MAX_WIDTH, &own->line_width, err);
	if (option == OPT_INDENT_WIDTH)
		return take_width("--indent-width", value, MAX_INDENT, &own->indent_width, err);
	own->is_write |= option == OPT_WRITE;
	own->is_check |= option == OPT_CHECK;
	return true;
}

static enum tool_exit
put(struct cedar_run *run, const struct own *own, struct slice before, struct slice after)
{
	bool is_same = slice_equal(before, after);
	enum tool_exit written;

	if (own->is_write) {
		if (!is_same && !file_rewrite(run->policies, after.data, after.len)) {
			(void)cedar_report_text(
			    run, "%s could not be written: %s", run->policies, strerror(errno));
			return TOOL_FAILED;
		}
		return TOOL_OK;
	}
	if (after.len > 0)
		(void)fwrite(after.data, 1, after.len, run->out);
	written = tool_finish(run->out, run->err);
	return own->is_check && !is_same ? TOOL_FAILED : written;
}

static enum tool_exit
work(struct cedar_run *run, void *data)
{
	const struct own *own = data;
	struct buffer out;
	struct slice text;

	if (own->is_write && (own->is_check || run->policies == NULL)) {
		fputs("postern: --write goes with --policies and without --check\n", run->err);
		return TOOL_USAGE;
	}
	if (!cedar_read_file(run, run->policies, "policy set", &text))
		return TOOL_FAILED;
	buffer_init(&out, &run->arena, text.len + 256, CEDAR_TOOL_MEMORY / 4);
	if (!policy_text_format(&run->arena, cedar_file_name(run->policies), text, own->line_width,
		own->indent_width, &run->complaints, &out)) {
		(void)cedar_report_complaints(run);
		return TOOL_FAILED;
	}
	return put(run, own, text, buffer_content(&out));
}

enum tool_exit
cedar_format_command(int argc, char **argv, FILE *out, FILE *err)
{
	static const struct cedar_subcommand subcommand = { kinds, COUNT_OF(kinds), help, take,
		work };
	struct own own = { DEFAULT_LINE_WIDTH, DEFAULT_INDENT_WIDTH, false, false };

	return cedar_subcommand_run(&subcommand, &own, argc, argv, out, err);
}
