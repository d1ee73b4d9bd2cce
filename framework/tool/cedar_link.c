/* `postern cedar link`: a policy of a template, kept in the file of links. */
#include "tool/cedar.h"
#include "tool/cedar_links.h"

#include <errno.h>
#include <unistd.h>

#include "cedar/policies.h"
#include "cedar/policy_json.h"

enum { OPT_TEMPLATE_ID = CEDAR_OPT_COUNT, OPT_NEW_ID, OPT_ARGUMENTS };

static const struct option_kind kinds[] = {
	CEDAR_OPTIONS_ALL,
	CEDAR_OPTIONS_POLICIES,
	[OPT_TEMPLATE_ID] = { "--template-id", true, 0 },
	[OPT_NEW_ID] = { "--new-id", true, 'n' },
	[OPT_ARGUMENTS] = { "--arguments", true, 'a' },
};

static const char help[] =
    "usage: postern cedar link [-p FILE] [-k FILE] --template-id ID -n ID -a JSON [OPTION]...\n"
    "\n"
    "Fills the slots of a template, prints the policy and adds the link to the file of links.\n"
    "\n"
    "  -p, --policies FILE          the templates (default: standard input)\n"
    "      --policy-format FORMAT   cedar or json (default: cedar)\n"
    "  -k, --template-linked FILE   the links there are; made when it is not there\n"
    "      --template-id ID         which template: its @id, or policy0, policy1, ...\n"
    "  -n, --new-id ID              the id of the new policy\n"
    "  -a, --arguments JSON         as in {\"?principal\": \"User::\\\"alice\\\"\"}\n"
    "  -f, --error-format FORMAT    human, plain or json (default: human)\n"
    "  -h, --help                   print this text\n"
    "\n"
    "Exit status: 0 done, 1 failed, 64 the command line is wrong.\n";

struct own {
	const char *template_id, *new_id, *arguments;
};

static bool
take(void *data, int option, const char *value, FILE *err)
{
	struct own *own = data;

	(void)err;
	if (option == OPT_TEMPLATE_ID)
		own->template_id = value;
	else if (option == OPT_NEW_ID)
		own->new_id = value;
	else
		own->arguments = value;
	return true;
}

/* The links there are, with one more; into the builder too. */
static bool
add(struct cedar_run *run, const struct own *own, struct cedar_builder *builder,
    struct cedar_links *links, struct cedar_link *link)
{
	bool is_there = run->links != NULL && (access(run->links, F_OK) == 0 || errno != ENOENT);

	link->template_id = slice_from(own->template_id);
	link->new_id = slice_from(own->new_id);
	*links = (struct cedar_links) { NULL, 0 };
	if (is_there &&
	    (!cedar_links_read(run, run->links, links) || !cedar_links_add(run, links, builder)))
		return false;
	return cedar_link_arguments(run, own->arguments, link) &&
	       cedar_link_add(run, "arguments", link, builder);
}

static enum tool_exit
print(struct cedar_run *run, const struct cedar_policies *policies)
{
	struct buffer text;

	buffer_init(&text, &run->arena, 1024, CEDAR_TOOL_MEMORY / 4);
	if (policies == NULL || policies->count == 0 ||
	    !policy_text_write(&text, policies->items[policies->count - 1])) {
		(void)cedar_report_text(run, "out of memory");
		return TOOL_FAILED;
	}
	fprintf(run->out, "Template-linked policy added: %.*s\n", (int)text.len, text.data);
	return tool_finish(run->out, run->err);
}

static enum tool_exit
work(struct cedar_run *run, void *data)
{
	const struct own *own = data;
	struct cedar_link link = { .template_id = { NULL, 0 } };
	struct cedar_builder *builder;
	struct cedar_links links;

	if (own->template_id == NULL || own->new_id == NULL || own->arguments == NULL) {
		fputs("postern: --template-id, --new-id and --arguments must be given\n", run->err);
		return TOOL_USAGE;
	}
	builder = cedar_read_builder(run);
	if (builder == NULL || !add(run, own, builder, &links, &link))
		return TOOL_FAILED;
	if (run->links != NULL && !cedar_links_write(run, run->links, &links, &link))
		return TOOL_FAILED;
	return print(run, cedar_builder_take(builder));
}

enum tool_exit
cedar_link_command(int argc, char **argv, FILE *out, FILE *err)
{
	static const struct cedar_subcommand subcommand = { kinds, COUNT_OF(kinds), help, take,
		work };
	struct own own = { NULL, NULL, NULL };

	return cedar_subcommand_run(&subcommand, &own, argc, argv, out, err);
}
