/*
 * postern_main from outside: a small service in a child process, and a front server of thirty
 * lines that speaks FastCGI to it byte by byte. What comes out of the log pipe tells when
 * something has happened.
 */
#include "play.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <postern/postern.h>

/*
 * --- the service -------------------------------------------------------------------------------
 */

static int gate[2]; /* a handler that waits reads a byte from it */
static bool is_store_broken, is_check_negative;

static enum postern_status
who(struct postern_request *req UNUSED, struct postern_response *res)
{
	postern_json_integer(res, "pid", getpid());
	postern_json_string(res, "greeting", postern_setting("GREETING"));
	return POSTERN_OK;
}

static enum postern_status
wait_at_gate(struct postern_request *req, struct postern_response *res)
{
	static const struct postern_event begun = { "gate.reached", "a request waits",
		POSTERN_INFO };
	char byte;

	postern_log(req, &begun);
	while (read(gate[0], &byte, 1) != 1)
		;
	postern_json_boolean(res, "passed", true);
	return POSTERN_OK;
}

static enum postern_status
hang(struct postern_request *req UNUSED, struct postern_response *res UNUSED)
{
	while (poll(NULL, 0, -1) <= 0)
		;
	return POSTERN_FAILED;
}

static enum postern_status
die(struct postern_request *req UNUSED, struct postern_response *res UNUSED)
{
	(void)raise(SIGKILL);
	return POSTERN_OK;
}

static enum postern_status
refuse_teapots(struct postern_request *req, struct postern_response *res UNUSED)
{
	return postern_header(req, "Teapot") != NULL ? POSTERN_FORBIDDEN : POSTERN_OK;
}

static bool
open_store(void **ret_data)
{
	*ret_data = &is_store_broken;
	return !is_store_broken;
}

static void
close_store(void *data)
{
	static const struct postern_event closed = { "store.closed", "the store is closed",
		POSTERN_INFO };

	assert_ptr_equal(data, &is_store_broken);
	postern_log_number(NULL, &closed, 1);
}

static bool
look(void)
{
	return !is_check_negative && postern_setting("GREETING") != NULL;
}

static int
tell(int argc, char **argv)
{
	printf("%s has %d arguments, says %s as %d\n", argv[0], argc - 1,
	    postern_setting("GREETING"), (int)geteuid());
	return 3;
}

static const struct postern_route routes[] = {
	{ .methods = POSTERN_GET, .path = "/health", .handler = postern_health, .is_public = true },
	{ .methods = POSTERN_GET, .path = "/who", .handler = who, .is_public = true },
	{ .methods = POSTERN_GET, .path = "/gate", .handler = wait_at_gate, .is_public = true },
	{ .methods = POSTERN_GET, .path = "/hang", .handler = hang, .is_public = true },
	{ .methods = POSTERN_GET, .path = "/die", .handler = die, .is_public = true },
	{ .methods = POSTERN_GET,
	    .path = "/private",
	    .handler = who,
	    .action = "look",
	    .resource = "Thing::all" },
	{ .methods = POSTERN_GET,
	    .path = "/limited",
	    .handler = who,
	    .is_public = true,
	    .limit = { "LIMITED_RATE_LIMIT", "2 per hour" } },
};
static const struct postern_setting settings[] = {
	{ .name = "GREETING",
	    .type = POSTERN_SETTING_TEXT,
	    .otherwise = "hello",
	    .help = "what is said" },
};
static const struct postern_command commands[] = { { "tell", "tell what is known", tell } };
static const struct postern_service service = {
	POSTERN_SERVICE_ABI,
	.name = "playhouse",
	.version = "1.2.3",
	.cedar_namespace = "demo",
	.routes = routes,
	.route_count = COUNT_OF(routes),
	.settings = settings,
	.setting_count = COUNT_OF(settings),
	.commands = commands,
	.command_count = COUNT_OF(commands),
	.check = look,
	.worker_start = open_store,
	.worker_stop = close_store,
	.before = refuse_teapots,
};

/*
 * --- the stage ---------------------------------------------------------------------------------
 */

struct stage {
	struct play play;
	char folder[256], socket[300], policies[300], greeting[300], database[300];
};

static char *public_pem;

static int
make_key(void **state UNUSED)
{
	EVP_PKEY *key = EVP_RSA_gen(2048);
	BIO *out = BIO_new(BIO_s_mem());
	char *data;
	long len;

	assert_non_null(key);
	assert_int_equal(PEM_write_bio_PUBKEY(out, key), 1);
	len = BIO_get_mem_data(out, &data);
	public_pem = strndup(data, (size_t)len);
	BIO_free(out);
	EVP_PKEY_free(key);
	return 0;
}

static int
drop_key(void **state UNUSED)
{
	free(public_pem);
	return 0;
}

static void
write_file(const char *folder, const char *name, const char *text)
{
	char path[600];
	FILE *file;

	assert_true(
	    snprintf(path, sizeof(path), "%s%s%s", folder, *name != '\0' ? "/" : "", name) < 600);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int
set_up(void **state)
{
	struct stage *stage = calloc(1, sizeof(*stage));

	assert_non_null(stage);
	*state = stage;
	is_store_broken = is_check_negative = false;
	check_folder_make(stage->folder);
	(void)snprintf(stage->socket, sizeof(stage->socket), "%s/s.sock", stage->folder);
	(void)snprintf(stage->policies, sizeof(stage->policies), "%s/policies", stage->folder);
	(void)snprintf(stage->greeting, sizeof(stage->greeting), "%s/greeting", stage->folder);
	(void)snprintf(
	    stage->database, sizeof(stage->database), "sqlite:///%s/limits.db", stage->folder);
	assert_int_equal(mkdir(stage->policies, 0755), 0);
	write_file(stage->policies, "all.cedar", "permit(principal, action, resource);\n");
	write_file(stage->greeting, "", "hello\n");
	assert_int_equal(pipe2(gate, O_CLOEXEC), 0);
	return 0;
}

static int
tear_down(void **state)
{
	struct stage *stage = *state;
	char command[600];

	if (stage->play.pid > 0) {
		(void)kill(stage->play.pid, SIGKILL);
		while (play_read(&stage->play, PLAY_PATIENCE_MS))
			;
		(void)waitpid(stage->play.pid, NULL, 0);
		close(stage->play.log_fd);
	}
	close(gate[0]);
	close(gate[1]);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", stage->folder);
	assert_int_equal(system(command), 0);
	free(stage);
	return 0;
}

static void
dress(const struct stage *stage)
{
	char text[600];

	(void)unsetenv("GATEWAY_INTERFACE");
	(void)snprintf(text, sizeof(text), "unix:%s", stage->socket);
	(void)setenv("LISTEN", text, 1);
	(void)setenv("ENV", "development", 1);
	if (geteuid() == 0)
		(void)setenv("SERVICE_USER", "root", 1);
	else
		(void)unsetenv("SERVICE_USER");
	(void)setenv("JWT_PUBLIC_KEY", public_pem, 1);
	(void)setenv("AUTHORIZATION_POLICIES_DIR", stage->policies, 1);
	(void)setenv("RATE_LIMIT_STORAGE_URI", "memory://", 1);
	(void)setenv("GREETING_FILE", stage->greeting, 1);
	(void)setenv("WEB_CONCURRENCY", "2", 1);
}

/* `changes`: name, value, name, value... NULL; a NULL-like "-" takes the name away. */
static void
perform(struct stage *stage, const char *const *changes, int argc, const char *const *argv,
    bool with_errors)
{
	char *arguments[8] = { NULL };
	int i;

	if (!play_fork(&stage->play))
		return;
	dress(stage);
	for (; changes != NULL && changes[0] != NULL; changes += 2)
		(void)(strcmp(changes[1], "-") == 0 ? unsetenv(changes[0])
						    : setenv(changes[0], changes[1], 1));
	for (i = 0; i < argc; i++)
		arguments[i] = strdup(argv[i]);
	if (with_errors)
		(void)dup2(STDOUT_FILENO, STDERR_FILENO);
	i = postern_main(&service, argc, arguments);
	while (argc-- > 0)
		free(arguments[argc]);
	free(public_pem);
	free(stage);
	exit(i);
}

#define PERFORM(stage, changes, ...)                                        \
	do {                                                                \
		const char *const words[] = { "playhouse", ##__VA_ARGS__ }; \
		perform(stage, changes, (int)COUNT_OF(words), words, true); \
	} while (0)

static void
serve(struct stage *stage, const char *const *changes)
{
	const char *const words[] = { "playhouse" };

	perform(stage, changes, 1, words, false);
	play_wait(&stage->play, "service.startup", NULL);
}

static void
end(struct stage *stage)
{
	assert_int_equal(kill(stage->play.pid, SIGTERM), 0);
	assert_int_equal(play_end(&stage->play), 0);
	assert_int_equal(play_count(&stage->play, "service.shutdown"), 1);
}

/*
 * --- the front server --------------------------------------------------------------------------
 */

enum { BEGIN = 1, END = 3, PARAMS = 4, INPUT = 5, OUTPUT = 6 };

static size_t
put_record(unsigned char *to, unsigned char type, const void *content, size_t len)
{
	const unsigned char head[8] = { 1, type, 0, 1, (unsigned char)(len >> 8),
		(unsigned char)len, 0, 0 };

	memcpy(to, head, 8);
	if (len > 0)
		memcpy(to + 8, content, len);
	return 8 + len;
}

static size_t
put_param(unsigned char *to, const char *name, const char *value)
{
	size_t name_len = strlen(name), value_len = strlen(value);

	to[0] = (unsigned char)name_len;
	to[1] = (unsigned char)value_len;
	memcpy(to + 2, name, name_len);
	memcpy(to + 2 + name_len, value, value_len);
	return 2 + name_len + value_len;
}

static size_t
put_request(unsigned char *to, const char *path, bool keep)
{
	const unsigned char begin[8] = { 0, 1, keep };
	unsigned char params[1024];
	size_t len = 0, at = 0;

	len += put_param(params + len, "REQUEST_METHOD", "GET");
	len += put_param(params + len, "REQUEST_URI", path);
	len += put_param(params + len, "HTTP_HOST", "localhost");
	len += put_param(params + len, "REMOTE_ADDR", "127.0.0.1");
	at += put_record(to + at, BEGIN, begin, sizeof(begin));
	at += put_record(to + at, PARAMS, params, len);
	at += put_record(to + at, PARAMS, NULL, 0);
	at += put_record(to + at, INPUT, NULL, 0);
	return at;
}

static int
front_connect(const struct stage *stage)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(strlen(stage->socket) < sizeof(address.sun_path));
	strcpy(address.sun_path, stage->socket);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void
front_ask(int fd, const char *path, bool keep)
{
	unsigned char request[2048];
	size_t len = put_request(request, path, keep);

	assert_int_equal(send(fd, request, len, MSG_NOSIGNAL), (ssize_t)len);
}

static bool
read_all(int fd, void *room, size_t size)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	size_t done = 0;
	ssize_t got;

	while (done < size) {
		if (poll(&ready, 1, PLAY_PATIENCE_MS) <= 0)
			return false;
		if ((got = read(fd, (char *)room + done, size - done)) <= 0)
			return false;
		done += (size_t)got;
	}
	return true;
}

/* The whole response, or NULL when the connection ended before. */
static const char *
front_hear(int fd)
{
	static char text[65536];
	unsigned char head[8], padding[256];
	size_t len = 0, part;

	for (;;) {
		if (!read_all(fd, head, sizeof(head)))
			return NULL;
		part = (size_t)head[4] << 8 | head[5];
		assert_true(len + part < sizeof(text));
		if (!read_all(fd, text + len, part) || !read_all(fd, padding, head[6]))
			return NULL;
		if (head[1] == OUTPUT)
			len += part;
		text[len] = '\0';
		if (head[1] == END)
			return text;
	}
}

static const char *
front_exchange(const struct stage *stage, const char *path)
{
	int fd = front_connect(stage);
	const char *text;

	front_ask(fd, path, false);
	text = front_hear(fd);
	close(fd);
	return text;
}

static bool
is_closed(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char byte;

	return poll(&ready, 1, PLAY_PATIENCE_MS) == 1 && read(fd, &byte, 1) <= 0;
}

/*
 * --- what is not serving
 * ------------------------------------------------------------------------
 */

static void
check_says_ok(void **state)
{
	struct stage *stage = *state;

	PERFORM(stage, NULL, "--check");
	assert_int_equal(play_end(&stage->play), 0);
	assert_non_null(strstr(stage->play.log, "ok\n"));
	assert_int_not_equal(access(stage->socket, F_OK), 0);
}

static void
check_names_all_faults(void **state)
{
	struct stage *stage = *state;
	const char *const changes[] = { "LISTEN", "unix:relative 8.8.8.8:9000", "WEB_CONCURRENCY",
		"no-number", "RATE_LIMIT_STORAGE_URI", "paper://secret-place", "LIMITED_RATE_LIMIT",
		"hourly-or-so", "JWT_PUBLIC_KEY", "no-key-at-all", NULL };

	is_check_negative = true;
	write_file(stage->policies, "bad.cedar", "permit(principal");
	PERFORM(stage, changes, "--check");
	assert_int_equal(play_end(&stage->play), 78);
	assert_non_null(strstr(stage->play.log, "WEB_CONCURRENCY"));
	assert_non_null(strstr(stage->play.log, "JWT_PUBLIC_KEY"));
	assert_non_null(strstr(stage->play.log, "bad.cedar"));
	assert_non_null(strstr(stage->play.log, "own check"));
	assert_null(strstr(stage->play.log, "no-number"));
	assert_null(strstr(stage->play.log, "no-key-at-all"));
	assert_non_null(strstr(stage->play.log, "LISTEN: entry 1"));
	assert_non_null(strstr(stage->play.log, "LISTEN: entry 2"));
	assert_non_null(strstr(stage->play.log, "LIMITED_RATE_LIMIT"));
	assert_non_null(strstr(stage->play.log, "RATE_LIMIT_STORAGE_URI"));
	assert_null(strstr(stage->play.log, "secret-place"));
	assert_null(strstr(stage->play.log, "hourly-or-so"));
	assert_null(strstr(stage->play.log, "ok\n"));
}

static void
the_service_s_own_check_counts(void **state)
{
	struct stage *stage = *state;

	is_check_negative = true;
	PERFORM(stage, NULL, "--check");
	assert_int_equal(play_end(&stage->play), 78);
	assert_non_null(strstr(stage->play.log, "own check"));
}

static void
bad_policies_do_not_start(void **state)
{
	struct stage *stage = *state;

	write_file(stage->policies, "bad.cedar", "permit(principal, action\n");
	PERFORM(stage, NULL);
	assert_int_equal(play_end(&stage->play), 78);
	assert_non_null(strstr(stage->play.log, "bad.cedar:"));
	assert_int_equal(play_count(&stage->play, "service.start_failed"), 1);
	assert_int_not_equal(access(stage->socket, F_OK), 0);
}

static void
words_are_understood(void **state)
{
	struct stage *stage = *state;

	PERFORM(stage, NULL, "--help");
	assert_int_equal(play_end(&stage->play), 0);
	assert_non_null(strstr(stage->play.log, "usage: playhouse"));
	PERFORM(stage, NULL, "--version");
	assert_int_equal(play_end(&stage->play), 0);
	assert_non_null(strstr(stage->play.log, "playhouse 1.2.3"));
	PERFORM(stage, NULL, "--help-settings");
	assert_int_equal(play_end(&stage->play), 0);
	assert_non_null(strstr(stage->play.log, "GREETING"));
	PERFORM(stage, NULL, "encore");
	assert_int_equal(play_end(&stage->play), 64);
	assert_non_null(strstr(stage->play.log, "usage: playhouse"));
}

static void
a_command_has_settings_and_no_root(void **state)
{
	struct stage *stage = *state;
	const char *const changes[] = { "SERVICE_USER", "nobody", "GREETING_FILE", "-", "GREETING",
		"good day", NULL };
	const char *said;

	PERFORM(stage, geteuid() == 0 ? changes : NULL, "tell", "a", "b");
	assert_int_equal(play_end(&stage->play), 3);
	said = strstr(stage->play.log, "tell has 2 arguments, says ");
	assert_non_null(said);
	assert_null(strstr(said, "as 0\n"));
}

static void
a_command_needs_good_settings(void **state)
{
	struct stage *stage = *state;
	const char *const changes[] = { "WEB_CONCURRENCY", "many", NULL };

	PERFORM(stage, changes, "tell");
	assert_int_equal(play_end(&stage->play), 78);
	assert_null(strstr(stage->play.log, "tell has"));
}

static void
a_service_of_another_shape_does_not_run(void **state UNUSED)
{
	struct postern_service strange = service;
	char name[] = "playhouse", *argv[] = { name, NULL };

	strange.abi.service_size = 8;
	assert_int_equal(postern_main(&strange, 1, argv), 70);
}

/*
 * --- serving
 * ------------------------------------------------------------------------------------
 */

static void
a_request_is_answered(void **state)
{
	struct stage *stage = *state;
	const char *answer;

	serve(stage, NULL);
	answer = front_exchange(stage, "/who");
	assert_non_null(answer);
	assert_non_null(strstr(answer, "Status: 200"));
	assert_non_null(strstr(answer, "\"greeting\":\"hello\""));
	assert_non_null(strstr(answer, "X-Content-Type-Options: nosniff"));
	assert_non_null(strstr(front_exchange(stage, "/private"), "Status: 401"));
	assert_non_null(strstr(front_exchange(stage, "/nowhere"), "Status: 404"));
	play_wait(&stage->play, "http.access", "\"route\":\"/who\"");
	end(stage);
	assert_int_equal(play_count(&stage->play, "settings.accepted"), 1);
	assert_int_equal(play_count(&stage->play, "policies_loaded"), 1);
	assert_int_equal(play_count(&stage->play, "store.closed"), 2);
	assert_int_not_equal(access(stage->socket, F_OK), 0); /* the socket went with the service */
}

static void
a_connection_serves_many_requests(void **state)
{
	struct stage *stage = *state;
	const char *answer;
	long pid = 0;
	int fd, i;

	serve(stage, NULL);
	fd = front_connect(stage);
	for (i = 0; i < 20; i++) {
		front_ask(fd, "/who", true);
		assert_non_null(answer = front_hear(fd));
		if (i > 0)
			assert_int_equal(play_number(answer, "\"pid\""), pid);
		pid = play_number(answer, "\"pid\"");
	}
	end(stage);
	assert_true(is_closed(fd));
	close(fd);
}

/* Two requests in one write: the second must not be forgotten behind the first. */
static void
requests_that_come_at_once_are_answered(void **state)
{
	struct stage *stage = *state;
	unsigned char both[4096];
	size_t len;
	int fd;

	serve(stage, NULL);
	fd = front_connect(stage);
	len = put_request(both, "/who", true);
	assert_int_equal(send(fd, both, len, 0), (ssize_t)len);
	assert_non_null(front_hear(fd));
	len = put_request(both, "/who", true);
	assert_int_equal(send(fd, both, 30, 0), 30); /* the beginning, then the rest */
	assert_int_equal(send(fd, both + 30, len - 30, 0), (ssize_t)len - 30);
	assert_non_null(front_hear(fd));
	close(fd);
	end(stage);
}

/* The first worker is busy at the gate: who answers now is the second. */
static void
wait_for_both_workers(struct stage *stage)
{
	int fd = front_connect(stage);

	front_ask(fd, "/gate", false);
	play_wait(&stage->play, "gate.reached", NULL);
	assert_non_null(front_exchange(stage, "/who"));
	assert_int_equal(write(gate[1], "x", 1), 1);
	assert_non_null(front_hear(fd));
	close(fd);
}

enum { KEPT = 64 };

/* Keeps connections, one opened after the other; returns how many the first one's worker holds. */
static int
open_kept(struct stage *stage, int fds[KEPT])
{
	long pid, first = 0;
	int of_first = 0;

	for (int i = 0; i < KEPT; i++) {
		const char *answer;

		fds[i] = front_connect(stage);
		front_ask(fds[i], "/who", true);
		assert_non_null(answer = front_hear(fds[i]));
		pid = play_number(answer, "\"pid\"");
		first = first == 0 ? pid : first;
		of_first += pid == first;
	}
	return of_first;
}

/* All of them are still served. */
static void
close_kept(const int fds[KEPT])
{
	for (int i = 0; i < KEPT; i++) {
		front_ask(fds[i], "/health", true);
		assert_non_null(front_hear(fds[i]));
		close(fds[i]);
	}
}

/*
 * No worker may end with nearly all connections. Where the machine gives the other worker no time
 * for the milliseconds that its turn lasts, the first may take them: then it is tried again.
 */
static void
kept_connections_are_shared_out(void **state)
{
	struct stage *stage = *state;
	int fds[KEPT], of_first = 0;

	serve(stage, NULL);
	wait_for_both_workers(stage);
	for (int tries = 0; tries < 20; tries++) {
		of_first = open_kept(stage, fds);
		close_kept(fds);
		if (of_first >= KEPT * 3 / 8 && of_first <= KEPT * 5 / 8)
			break;
	}
	assert_in_range(of_first, KEPT * 3 / 8, KEPT * 5 / 8);
	end(stage);
}

static void
idle_connections_do_not_pin_the_only_worker(void **state)
{
	struct stage *stage = *state;
	const char *const changes[] = { "WEB_CONCURRENCY", "1", NULL };
	int idle[8], i;

	serve(stage, changes);
	for (i = 0; i < 8; i++) {
		idle[i] = front_connect(stage);
		if (i % 2 == 0) { /* some have asked before, some have only connected */
			front_ask(idle[i], "/health", true);
			assert_non_null(front_hear(idle[i]));
		}
	}
	assert_non_null(front_exchange(stage, "/who"));
	for (i = 0; i < 8; i++)
		close(idle[i]);
	assert_non_null(front_exchange(stage, "/who"));
	end(stage);
}

static void
a_request_that_stalls_is_given_up(void **state)
{
	struct stage *stage = *state;
	const char *const changes[] = { "WEB_CONCURRENCY", "1", "REQUEST_READ_TIMEOUT", "1", NULL };
	unsigned char request[2048];
	int fd;

	serve(stage, changes);
	fd = front_connect(stage);
	assert_true(put_request(request, "/who", true) > 40);
	assert_int_equal(send(fd, request, 40, 0), 40);
	assert_non_null(front_exchange(stage, "/who")); /* the worker serves others meanwhile */
	assert_non_null(
	    strstr(play_wait(&stage->play, "http.aborted", NULL), "\"reason\":\"timeout\""));
	assert_true(is_closed(fd));
	assert_non_null(front_exchange(stage, "/who")); /* and afterwards */
	close(fd);
	end(stage);
	assert_int_equal(play_count(&stage->play, "worker.died"), 0);
}

static void
rubbish_is_refused(void **state)
{
	struct stage *stage = *state;
	int fd;

	serve(stage, NULL);
	fd = front_connect(stage);
	assert_int_equal(send(fd, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27, 0), 27);
	assert_true(is_closed(fd));
	close(fd);
	play_wait(&stage->play, "gateway.protocol_refused", NULL);
	assert_non_null(front_exchange(stage, "/who"));
	end(stage);
	assert_int_equal(play_count(&stage->play, "worker.died"), 0);
}

static void
term_lets_the_request_in_hand_finish(void **state)
{
	struct stage *stage = *state;
	const char *answer;
	int fd;

	serve(stage, NULL);
	fd = front_connect(stage);
	front_ask(fd, "/gate", true);
	play_wait(&stage->play, "gate.reached", NULL);
	assert_int_equal(kill(stage->play.pid, SIGTERM), 0);
	play_wait(&stage->play, "service.stopping", NULL);
	assert_int_equal(write(gate[1], "x", 1), 1);
	assert_non_null(answer = front_hear(fd));
	assert_non_null(strstr(answer, "\"passed\":true"));
	assert_true(is_closed(fd));
	close(fd);
	assert_int_equal(play_end(&stage->play), 0);
	assert_int_equal(play_count(&stage->play, "worker.died"), 0);
}

static void
a_reload_reads_files_anew_and_loses_nothing(void **state)
{
	struct stage *stage = *state;
	const char *answer;
	long before, after;
	int kept, waiting;

	serve(stage, NULL);
	kept = front_connect(stage);
	front_ask(kept, "/who", true);
	assert_non_null(answer = front_hear(kept));
	before = play_number(answer, "\"pid\"");
	waiting = front_connect(stage);
	front_ask(waiting, "/gate", true);
	play_wait(&stage->play, "gate.reached", NULL);

	write_file(stage->greeting, "", "good evening");
	assert_int_equal(kill(stage->play.pid, SIGHUP), 0);
	play_wait(&stage->play, "service.reloaded", NULL);
	play_wait(&stage->play, "worker.stopped", NULL); /* the old one that had nothing to do */
	assert_non_null(answer = front_exchange(stage, "/who"));
	assert_non_null(strstr(answer, "good evening"));
	after = play_number(answer, "\"pid\"");
	assert_int_not_equal(before, after);

	assert_int_equal(write(gate[1], "x", 1), 1); /* the old worker finishes what it has */
	assert_non_null(answer = front_hear(waiting));
	assert_non_null(strstr(answer, "\"passed\":true"));
	assert_true(is_closed(waiting));
	assert_true(is_closed(kept)); /* the idle one was closed, after a while of its own */
	close(kept);
	close(waiting);
	play_wait(&stage->play, "worker.stopped", NULL);
	end(stage);
	assert_int_equal(play_count(&stage->play, "worker.died"), 0);
}

/* What arrives on a kept connection in the moment of a reload is answered, not cut off. */
static void
a_request_on_its_way_survives_the_reload(void **state)
{
	struct stage *stage = *state;
	int kept;

	serve(stage, NULL);
	kept = front_connect(stage);
	front_ask(kept, "/health", true);
	assert_non_null(front_hear(kept));
	assert_int_equal(kill(stage->play.pid, SIGHUP), 0);
	play_wait(&stage->play, "service.reloaded", NULL);
	front_ask(kept, "/health", true);
	assert_non_null(front_hear(kept));
	assert_true(is_closed(kept));
	close(kept);
	end(stage);
}

static void
a_reload_with_faults_is_refused(void **state)
{
	struct stage *stage = *state;
	char listen_file[300], text[400];
	const char *const changes[] = { "LISTEN", "-", "LISTEN_FILE", listen_file, NULL };

	(void)snprintf(listen_file, sizeof(listen_file), "%.200s/listen", stage->folder);
	(void)snprintf(text, sizeof(text), "unix:%s", stage->socket);
	write_file(listen_file, "", text);
	PERFORM(stage, changes);
	play_wait(&stage->play, "service.startup", NULL);
	write_file(listen_file, "", "127.0.0.1:1");
	write_file(stage->policies, "bad.cedar", "forbid(principal");
	assert_int_equal(kill(stage->play.pid, SIGHUP), 0);
	play_wait(&stage->play, "LISTEN: only a restart", NULL);
	play_wait(&stage->play, "bad.cedar", NULL);
	play_wait(&stage->play, "service.reload_refused", NULL);
	assert_non_null(front_exchange(stage, "/who"));
	end(stage);
	assert_int_equal(play_count(&stage->play, "worker.started"), 2);
}

static void
a_death_costs_one_request(void **state)
{
	struct stage *stage = *state;

	serve(stage, NULL);
	assert_null(front_exchange(stage, "/die"));
	play_wait(&stage->play, "worker.died", "\"signal\":9");
	assert_non_null(front_exchange(stage, "/who"));
	end(stage);
}

static void
a_handler_without_end_is_ended(void **state)
{
	struct stage *stage = *state;
	const char *const changes[] = { "WORKER_TIMEOUT", "1", NULL };

	serve(stage, changes);
	assert_null(front_exchange(stage, "/hang"));
	assert_non_null(
	    strstr(play_wait(&stage->play, "worker.timeout", NULL), "\"route\":\"/hang\""));
	assert_non_null(front_exchange(stage, "/who"));
	end(stage);
}

static void
a_broken_store_does_not_start(void **state)
{
	struct stage *stage = *state;

	is_store_broken = true;
	PERFORM(stage, NULL);
	assert_int_equal(play_end(&stage->play), 70);
	assert_int_equal(play_count(&stage->play, "service.start_failed"), 1);
	assert_int_not_equal(access(stage->socket, F_OK), 0);
}

static void
a_socket_in_use_does_not_start(void **state)
{
	struct stage *stage = *state;
	struct stage *second = calloc(1, sizeof(*second));
	int status;

	assert_non_null(second);
	serve(stage, NULL);
	*second = *stage;
	PERFORM(second, NULL);
	status = play_end(&second->play);
	assert_int_equal(status, 78);
	assert_non_null(strstr(second->play.log, "in use"));
	free(second);
	assert_non_null(front_exchange(stage, "/who"));
	end(stage);
}

/* spawn-fcgi and lighttpd: the socket is on descriptor 0, and LISTEN is not given. */
static void
an_inherited_socket_is_served(void **state)
{
	struct stage *stage = *state;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *const changes[] = { "LISTEN", "-", NULL };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0),
	    saved = fcntl(0, F_DUPFD_CLOEXEC, 10);

	strcpy(address.sun_path, stage->socket);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_true(saved >= 0);
	assert_int_equal(dup2(fd, 0), 0);
	serve(stage, changes);
	assert_int_equal(dup2(saved, 0), 0);
	close(fd);
	close(saved);
	assert_non_null(front_exchange(stage, "/who"));
	end(stage);
	assert_int_equal(access(stage->socket, F_OK), 0); /* not ours to remove */
}

/* Counters are kept by the ledger: a restart is no new budget. */
static void
a_spent_budget_survives_a_restart(void **state)
{
	struct stage *stage = *state;
	const char *const changes[] = { "RATE_LIMIT_STORAGE_URI", stage->database, NULL };

	serve(stage, changes);
	assert_non_null(strstr(front_exchange(stage, "/limited"), "Status: 200"));
	assert_non_null(strstr(front_exchange(stage, "/limited"), "Status: 200"));
	assert_non_null(strstr(front_exchange(stage, "/limited"), "Status: 429"));
	end(stage);
	serve(stage, changes);
	assert_int_equal(play_count(&stage->play, "rate_limit.restored"), 1);
	assert_non_null(strstr(front_exchange(stage, "/limited"), "Status: 429"));
	end(stage);
}

static void
a_store_that_cannot_be_had_does_not_start(void **state)
{
	struct stage *stage = *state;
	const char *const changes[] = { "RATE_LIMIT_STORAGE_URI",
		"sqlite:////nonexistent-folder/x.db", NULL };

	PERFORM(stage, changes);
	assert_int_equal(play_end(&stage->play), 78);
	assert_int_equal(play_count(&stage->play, "RATE_LIMIT_STORAGE_URI:"), 1);
	assert_null(strstr(stage->play.log, "nonexistent-folder"));
}

/*
 * --- CGI
 * ----------------------------------------------------------------------------------------
 */

#define CGI_REQUEST(path)                                                                          \
	"GATEWAY_INTERFACE", "CGI/1.1", "REQUEST_METHOD", "GET", "REQUEST_URI", path, "HTTP_HOST", \
	    "localhost", "REMOTE_ADDR", "127.0.0.1"

static void
one_request_by_cgi(void **state)
{
	struct stage *stage = *state;
	const char *const changes[] = { CGI_REQUEST("/who"), "RATE_LIMIT_STORAGE_URI",
		stage->database, NULL };
	const char *const words[] = { "playhouse",
		"--help" }; /* a query string, as some servers pass it */

	perform(stage, changes, 2, words, false);
	assert_int_equal(play_end(&stage->play), 0);
	assert_ptr_equal(strstr(stage->play.log, "Status: 200"), stage->play.log);
	assert_non_null(strstr(stage->play.log, "\"greeting\":\"hello\""));
	assert_null(strstr(stage->play.log, "usage"));
	assert_null(strstr(stage->play.log, "event_type")); /* the log is not the answer */
}

static void
budgets_hold_by_cgi(void **state)
{
	struct stage *stage = *state;
	const char *const changes[] = { CGI_REQUEST("/limited"), "RATE_LIMIT_STORAGE_URI",
		stage->database, NULL };
	const char *const words[] = { "playhouse" };
	int i;

	for (i = 0; i < 3; i++) {
		perform(stage, changes, 1, words, false);
		assert_int_equal(play_end(&stage->play), 0);
		assert_non_null(strstr(stage->play.log, i < 2 ? "Status: 200" : "Status: 429"));
	}
}

static void
cgi_without_settings_answers_an_error(void **state)
{
	struct stage *stage = *state;
	const char *const changes[] = { CGI_REQUEST("/who"), "WEB_CONCURRENCY", "many", NULL };
	const char *const words[] = { "playhouse" };

	perform(stage, changes, 1, words, false);
	assert_int_equal(play_end(&stage->play), 0);
	assert_non_null(strstr(stage->play.log, "Status: 500"));
	assert_non_null(strstr(stage->play.log, "{\"error\":\"internal_server_error\"}"));
	assert_non_null(strstr(stage->play.log, "X-Content-Type-Options: nosniff"));
}

static void
cgi_without_its_stores_answers_an_error(void **state)
{
	struct stage *stage = *state;
	const char *const no_counters[] = { CGI_REQUEST("/who"), "RATE_LIMIT_STORAGE_URI",
		"sqlite:////nonexistent-folder/x.db", NULL };
	const char *const no_store[] = { CGI_REQUEST("/who"), NULL };
	const char *const words[] = { "playhouse" };

	perform(stage, no_counters, 1, words, false);
	assert_int_equal(play_end(&stage->play), 0);
	assert_non_null(strstr(stage->play.log, "Status: 503"));
	is_store_broken = true;
	perform(stage, no_store, 1, words, false);
	assert_int_equal(play_end(&stage->play), 0);
	assert_non_null(strstr(stage->play.log, "Status: 503"));
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_STAGE(check_says_ok),
		ON_STAGE(check_names_all_faults),
		ON_STAGE(the_service_s_own_check_counts),
		ON_STAGE(bad_policies_do_not_start),
		ON_STAGE(words_are_understood),
		ON_STAGE(a_command_has_settings_and_no_root),
		ON_STAGE(a_command_needs_good_settings),
		ON_STAGE(a_service_of_another_shape_does_not_run),
		ON_STAGE(a_request_is_answered),
		ON_STAGE(a_connection_serves_many_requests),
		ON_STAGE(requests_that_come_at_once_are_answered),
		ON_STAGE(kept_connections_are_shared_out),
		ON_STAGE(idle_connections_do_not_pin_the_only_worker),
		ON_STAGE(a_request_that_stalls_is_given_up),
		ON_STAGE(rubbish_is_refused),
		ON_STAGE(term_lets_the_request_in_hand_finish),
		ON_STAGE(a_reload_reads_files_anew_and_loses_nothing),
		ON_STAGE(a_request_on_its_way_survives_the_reload),
		ON_STAGE(a_reload_with_faults_is_refused),
		ON_STAGE(a_death_costs_one_request),
		ON_STAGE(a_handler_without_end_is_ended),
		ON_STAGE(a_broken_store_does_not_start),
		ON_STAGE(a_socket_in_use_does_not_start),
		ON_STAGE(an_inherited_socket_is_served),
		ON_STAGE(a_spent_budget_survives_a_restart),
		ON_STAGE(a_store_that_cannot_be_had_does_not_start),
		ON_STAGE(one_request_by_cgi),
		ON_STAGE(budgets_hold_by_cgi),
		ON_STAGE(cgi_without_settings_answers_an_error),
		ON_STAGE(cgi_without_its_stores_answers_an_error),
	};

	return cmocka_run_group_tests(tests, make_key, drop_key);
}
