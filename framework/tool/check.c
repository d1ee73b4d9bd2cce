/*
 * `postern check sandbox`: what this kernel offers of the sandbox, and whether it holds. The trials
 * are those of a service's start, without a service's paths and calls.
 */
#include "tool/tool.h"

#include <string.h>
#include <sys/utsname.h>

#include "core/arena.h"
#include "sandbox/sandbox.h"

enum { CHECK_ARENA = 1024 * 1024 };

static const char help[] =
    "usage: postern check sandbox\n"
    "\n"
    "Prints what this kernel offers of the sandbox of workers and ledger, enters it in throwaway\n"
    "processes and tries what must fail there. Run it as the user and in the place (container,\n"
    "unit) where the service runs. The exit status is 0 when SANDBOX=strict holds.\n";

static const struct {
	int since;
	const char *what;
} landlock_parts[] = {
	{ 1, "files" },
	{ 2, "renames between folders" },
	{ 3, "truncation" },
	{ 4, "TCP" },
	{ 5, "devices" },
	{ 6, "signals and abstract sockets" },
};

static void
print_landlock(int abi, FILE *out)
{
	const char *between = "";
	size_t i;

	if (abi == 0) {
		fputs("landlock         no: all files of the service's user stay in reach\n", out);
		return;
	}
	fprintf(out, "landlock         version %d: ", abi);
	for (i = 0; i < COUNT_OF(landlock_parts); i++, between = ", ")
		if (landlock_parts[i].since <= abi)
			fprintf(out, "%s%s", between, landlock_parts[i].what);
	if (abi < SANDBOX_LANDLOCK_ABI)
		fputs("\n                 not offered: ", out);
	for (i = 0, between = ""; i < COUNT_OF(landlock_parts); i++)
		if (landlock_parts[i].since > abi) {
			fprintf(out, "%s%s", between, landlock_parts[i].what);
			between = ", ";
		}
	fputc('\n', out);
}

static void
print_kernel(FILE *out)
{
	struct sandbox_kernel kernel;
	struct utsname name;

	if (uname(&name) == 0)
		fprintf(out, "kernel           %s %s\n", name.release, name.machine);
	sandbox_look(&kernel);
	fprintf(out, "seccomp          %s\n", kernel.has_filters ? "yes" : "no");
	fprintf(out, "seccomp asks     %s\n",
	    kernel.asks ? "yes" : "no: SANDBOX=log tells no names but to the kernel's log");
	print_landlock(kernel.landlock_abi, out);
	fprintf(out, "capabilities     %u in the bounding set%s\n", kernel.capabilities,
	    kernel.capabilities > 0 ? "; a service started by root empties it" : "");
}

/* True when both roles hold. */
static bool
try_mode(enum config_sandbox mode, FILE *out)
{
	static const struct sandbox_needs no_needs;
	struct sandbox *sandbox;
	struct arena arena;
	bool holds = true;
	int role;

	arena_init(&arena, 64 * 1024, CHECK_ARENA);
	sandbox = sandbox_new(&arena, mode, &no_needs);
	for (role = 0; role < SANDBOX_ROLE_COUNT; role++) {
		const char *failed = sandbox == NULL
					 ? "memory"
					 : sandbox_test(sandbox, (enum sandbox_role)role, NULL, 0);

		fprintf(out, "%-9s %-6s %s%s\n", sandbox_role_name((enum sandbox_role)role),
		    sandbox_mode_name(mode),
		    failed == NULL ? "holds" : "does not hold: ", failed == NULL ? "" : failed);
		holds = holds && failed == NULL;
	}
	arena_done(&arena);
	return holds;
}

enum tool_exit
check_command(int argc, char **argv, FILE *out, FILE *err)
{
	bool is_strict_good;

	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		fputs(help, out);
		return tool_finish(out, err);
	}
	if (argc != 2 || strcmp(argv[1], "sandbox") != 0) {
		fputs("postern: check what? `postern check --help` tells more\n", err);
		return TOOL_USAGE;
	}
	print_kernel(out);
	is_strict_good = try_mode(CONFIG_SANDBOX_STRICT, out);
	(void)try_mode(CONFIG_SANDBOX_LOG, out);
	return tool_finish(out, err) == TOOL_OK && is_strict_good ? TOOL_OK : TOOL_FAILED;
}
