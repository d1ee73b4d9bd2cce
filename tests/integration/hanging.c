/*
 * A service whose handlers and whose start hang, crash and eat in every way that a watchdog must deal
 * with; test_watchdog.py builds it. What waits looks for a file that the play makes, HANGING_GATE.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <postern/postern.h>

#ifdef OWN_MALLOC
/*
 * Once a handler is in it for good, this malloc is what a real one is that was interrupted with its lock
 * held: nobody gets anything from it any more.
 */
extern void *__libc_malloc(size_t size);
static volatile sig_atomic_t is_malloc_stuck;

void *
malloc(size_t size)
{
	while (is_malloc_stuck)
		(void)usleep(1000);
	return __libc_malloc(size);
}
#endif

static bool
is_gate_open(void)
{
	const char *gate = postern_setting("HANGING_GATE");

	return gate != NULL && access(gate, F_OK) == 0;
}

/* --- handlers that hang --- */

static const volatile bool for_ever = true;

static enum postern_status
loops(struct postern_request *req, struct postern_response *res)
{
	volatile unsigned turns = 0;

	(void)req;
	(void)res;
	while (for_ever)
		turns++;
	return POSTERN_OK;
}

static enum postern_status
sleeps(struct postern_request *req, struct postern_response *res)
{
	(void)req;
	(void)res;
	while (for_ever)
		(void)sleep(3600);
	return POSTERN_OK;
}

static enum postern_status
locks(struct postern_request *req, struct postern_response *res)
{
	static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

	(void)req;
	(void)res;
	while (for_ever)
		(void)pthread_mutex_lock(&mutex);
	return POSTERN_OK;
}

static enum postern_status
mallocs(struct postern_request *req, struct postern_response *res)
{
	(void)req;
	(void)res;
#ifdef OWN_MALLOC
	is_malloc_stuck = 1;
#endif
	while (for_ever)
		free(malloc(100));
	return POSTERN_OK;
}

static enum postern_status
is_deaf(struct postern_request *req, struct postern_response *res)
{
	sigset_t all;

	sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	return sleeps(req, res);
}

static __attribute__((noinline)) int
go_down(int depth)
{
	const volatile int below = depth;

	while (depth == 0 && for_ever)
		(void)usleep(1000);
	return depth == 0 ? 0 : go_down(depth - 1) + below;
}

static enum postern_status
is_deep(struct postern_request *req, struct postern_response *res)
{
	(void)req;
	(void)res;
	return go_down(1000) > 0 ? POSTERN_OK : POSTERN_FAILED;
}

/* --- handlers that take their time --- */

static enum postern_status
waits(struct postern_request *req, struct postern_response *res)
{
	(void)req;
	while (!is_gate_open())
		(void)usleep(1000);
	postern_json_string(res, "gate", "open");
	return POSTERN_OK;
}

static enum postern_status
takes(struct postern_request *req, struct postern_response *res)
{
	size_t len;

	(void)postern_body(req, &len);
	postern_json_integer(res, "bytes", (int64_t)len);
	return POSTERN_OK;
}

/* --- handlers that end --- */

static enum postern_status
aborts(struct postern_request *req, struct postern_response *res)
{
	(void)req;
	(void)res;
	abort();
}

static enum postern_status
exits(struct postern_request *req, struct postern_response *res)
{
	(void)req;
	(void)res;
	_exit(3);
}

static enum postern_status
kills_itself(struct postern_request *req, struct postern_response *res)
{
	(void)req;
	(void)res;
	(void)signal(SIGSEGV, SIG_DFL);
	(void)raise(SIGSEGV);
	return POSTERN_FAILED;
}

/* Until the kernel has had enough, or a gigabyte is gone. */
static enum postern_status
eats(struct postern_request *req, struct postern_response *res)
{
	size_t i;

	(void)req;
	(void)res;
	for (i = 0; i < 1024; i++) {
		char *memory = malloc(1 << 20);

		if (memory == NULL)
			break;
		memset(memory, 1, 1 << 20);
		__asm__ volatile("" : : "r"(memory) : "memory");
	}
	return POSTERN_FAILED;
}

/* --- starts --- */

static bool
start(void **ret_data)
{
	static const struct postern_event failed = { "hanging.not_started", "the play has it so",
		POSTERN_ERROR };
	const char *how = postern_setting("HANGING_START");

	*ret_data = NULL;
	if (how == NULL)
		return true;
	if (strcmp(how, "fails") == 0) {
		postern_log(NULL, &failed);
		return false;
	}
	if (strcmp(how, "exits") == 0)
		_exit(3);
	if (strcmp(how, "crashes") == 0) {
		(void)signal(SIGSEGV, SIG_DFL);
		(void)raise(SIGSEGV);
	}
	while (strcmp(how, "hangs") == 0)
		(void)sleep(3600);
	return true;
}

#define ROUTE(at, what)                                                                    \
	{                                                                                  \
		.methods = POSTERN_GET, .path = "/" at, .handler = what, .is_public = true \
	}

static const struct postern_route routes[] = {
	ROUTE("loops", loops),
	ROUTE("sleeps", sleeps),
	ROUTE("locks", locks),
	ROUTE("mallocs", mallocs),
	ROUTE("deaf", is_deaf),
	ROUTE("deep", is_deep),
	ROUTE("waits/{what}", waits),
	ROUTE("aborts/{what}", aborts),
	ROUTE("exits", exits),
	ROUTE("kills", kills_itself),
	ROUTE("eats", eats),
	{ .methods = POSTERN_POST, .path = "/takes", .handler = takes, .is_public = true },
	ROUTE("health", postern_health),
};

static const struct postern_setting settings[] = {
	{ .name = "HANGING_GATE", .type = POSTERN_SETTING_TEXT, .help = "a file" },
	{ .name = "HANGING_START", .type = POSTERN_SETTING_TEXT, .help = "how it goes wrong" },
};

int
main(int argc, char **argv)
{
	static const struct postern_service service = {
		POSTERN_SERVICE_ABI,
		.name = "hanging",
		.version = "1.0",
		.routes = routes,
		.route_count = POSTERN_COUNT(routes),
		.settings = settings,
		.setting_count = POSTERN_COUNT(settings),
		.worker_start = start,
	};

	return postern_main(&service, argc, argv);
}
