/*
 * A service whose handlers reach for what a sandbox denies; test_sandbox.py builds it and asks. Built
 * with WIDE it asks for some of it by its table. A handler answers the errno of what it tried.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <unistd.h>

#include <postern/postern.h>

static enum postern_status
says(struct postern_response *res, int is_done)
{
	postern_json_integer(res, "errno", is_done ? 0 : errno);
	return POSTERN_OK;
}

#define TRIES(name, expression)                                                                    \
	static enum postern_status name(struct postern_request *req, struct postern_response *res) \
	{                                                                                          \
		(void)req;                                                                         \
		return says(res, (expression));                                                    \
	}

static char *const no_words[] = { NULL };

static int
opens(const char *path, int flags)
{
	const int fd = open(path, flags | O_CLOEXEC, 0600);

	return fd >= 0 && close(fd) == 0;
}

static const char *
in_folder(const char *name)
{
	static char path[4096];

	(void)snprintf(path, sizeof(path), "%s/%s", postern_setting("REACHING_FOLDER"), name);
	return path;
}

/* A connection to a port where nobody is: what comes of it says how far it got. */
static int
connects(void)
{
	const struct sockaddr_in name = {
		.sin_family = AF_INET, .sin_port = htons(1), .sin_addr = { htonl(INADDR_LOOPBACK) }
	};
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const int is_connected =
	    fd >= 0 && connect(fd, (const struct sockaddr *)&name, sizeof(name)) == 0;
	const int error = errno;

	if (fd >= 0)
		(void)close(fd);
	errno = error;
	return is_connected;
}

static void *
nothing(void *unused)
{
	return unused;
}

static int
starts_a_thread(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, nothing, NULL) == 0 && pthread_join(thread, NULL) == 0;
}

TRIES(reads_accounts, opens("/etc/passwd", O_RDONLY))
TRIES(reads_folder, opens(in_folder("."), O_RDONLY | O_DIRECTORY))
TRIES(reads_file, opens(in_folder("there"), O_RDONLY))
TRIES(writes_file, opens(in_folder("there"), O_WRONLY))
TRIES(makes_file, opens(in_folder("new"), O_WRONLY | O_CREAT | O_EXCL))
TRIES(renames_file, rename(in_folder("there"), "/tmp/postern-nowhere") == 0)
TRIES(runs_a_program, execve("/bin/true/not", no_words, no_words) == 0)
TRIES(looks_at_its_group, getpgid(0) >= 0)
TRIES(kills_the_manager, kill(getppid(), SIGKILL) == 0)
TRIES(looks_at_the_manager, kill(getppid(), 0) == 0)
TRIES(is_traced, ptrace(PTRACE_TRACEME, 0, 0, 0) == 0)
TRIES(mounts, mount("none", "/nowhere", "tmpfs", 0, NULL) == 0)
TRIES(makes_a_socket, connects())
TRIES(has_a_thread, starts_a_thread())
TRIES(finds_a_secret, getenv("REACHING_SECRET") != NULL)
TRIES(knows_its_setting, getenv("REACHING_FOLDER") != NULL)

#define ROUTE(at, what)                                                                    \
	{                                                                                  \
		.methods = POSTERN_GET, .path = "/" at, .handler = what, .is_public = true \
	}

static const struct postern_route routes[] = {
	ROUTE("accounts", reads_accounts),
	ROUTE("folder", reads_folder),
	ROUTE("read", reads_file),
	ROUTE("write", writes_file),
	ROUTE("make", makes_file),
	ROUTE("rename", renames_file),
	ROUTE("execve", runs_a_program),
	ROUTE("getpgid", looks_at_its_group),
	ROUTE("kill", kills_the_manager),
	ROUTE("kill-0", looks_at_the_manager),
	ROUTE("ptrace", is_traced),
	ROUTE("mount", mounts),
	ROUTE("socket/{what}", makes_a_socket),
	ROUTE("thread", has_a_thread),
	ROUTE("secret", finds_a_secret),
	ROUTE("setting", knows_its_setting),
	ROUTE("health", postern_health),
};

static const struct postern_setting settings[] = {
	{ .name = "REACHING_FOLDER", .type = POSTERN_SETTING_TEXT, .otherwise = "/nowhere" },
};

#ifdef WIDE
static const char *const calls[] = { "socket", "connect", "getpgid" };
static const char *const read_paths[] = { "/etc/passwd", "/nowhere/at/all" };
#endif

int
main(int argc, char **argv)
{
	static const struct postern_service service = {
		POSTERN_SERVICE_ABI,
		.name = "reaching",
		.version = "1.0",
		.routes = routes,
		.route_count = POSTERN_COUNT(routes),
		.settings = settings,
		.setting_count = POSTERN_COUNT(settings),
#ifdef WIDE
		.sandbox_calls = calls,
		.sandbox_call_count = POSTERN_COUNT(calls),
		.sandbox_read_paths = read_paths,
		.sandbox_read_path_count = POSTERN_COUNT(read_paths),
#endif
	};

	return postern_main(&service, argc, argv);
}
