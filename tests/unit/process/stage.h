/*
 * A stage for postern_main: a small service in a child process, and a front server of thirty lines
 * that speaks FastCGI to it byte by byte. What comes out of the log pipe tells when something has
 * happened.
 */
#ifndef TESTS_PROCESS_STAGE_H
#define TESTS_PROCESS_STAGE_H

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

static int gate[2], back_gate[2]; /* a handler that waits reads a byte from one of them */
static bool is_store_broken, is_check_negative;

static inline enum postern_status
who(struct postern_request *req UNUSED, struct postern_response *res)
{
	postern_json_integer(res, "pid", getpid());
	postern_json_string(res, "greeting", postern_setting("GREETING"));
	return POSTERN_OK;
}

static inline enum postern_status
wait_at(int fd, struct postern_request *req, struct postern_response *res)
{
	static const struct postern_event begun = { "gate.reached", "a request waits",
		POSTERN_INFO };
	char byte;

	postern_log(req, &begun);
	while (read(fd, &byte, 1) != 1)
		;
	postern_json_boolean(res, "passed", true);
	postern_json_string(res, "greeting", postern_setting("GREETING"));
	return POSTERN_OK;
}

static inline enum postern_status
wait_at_gate(struct postern_request *req, struct postern_response *res)
{
	return wait_at(gate[0], req, res);
}

static inline enum postern_status
wait_at_back_gate(struct postern_request *req, struct postern_response *res)
{
	return wait_at(back_gate[0], req, res);
}

static inline enum postern_status
hang(struct postern_request *req UNUSED, struct postern_response *res UNUSED)
{
	while (poll(NULL, 0, -1) <= 0)
		;
	return POSTERN_FAILED;
}

static inline enum postern_status
die(struct postern_request *req UNUSED, struct postern_response *res UNUSED)
{
	(void)raise(SIGKILL);
	return POSTERN_OK;
}

static inline enum postern_status
refuse_teapots(struct postern_request *req, struct postern_response *res UNUSED)
{
	return postern_header(req, "Teapot") != NULL ? POSTERN_FORBIDDEN : POSTERN_OK;
}

static inline bool
open_store(void **ret_data)
{
	*ret_data = &is_store_broken;
	return !is_store_broken;
}

static inline void
close_store(void *data)
{
	static const struct postern_event closed = { "store.closed", "the store is closed",
		POSTERN_INFO };

	assert_ptr_equal(data, &is_store_broken);
	postern_log_number(NULL, &closed, 1);
}

static inline bool
look(void)
{
	return !is_check_negative && postern_setting("GREETING") != NULL;
}

static inline int
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
	{ .methods = POSTERN_GET,
	    .path = "/back-gate",
	    .handler = wait_at_back_gate,
	    .is_public = true },
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

/* What is played. */
static const struct postern_service *played = &service;

/*
 * --- the stage ---------------------------------------------------------------------------------
 */

struct stage {
	struct play play;
	char folder[256], socket[300], policies[300], greeting[300], database[300];
};

static char *public_pem;

static inline int
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

static inline int
drop_key(void **state UNUSED)
{
	free(public_pem);
	return 0;
}

static inline void
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

static inline int
set_up(void **state)
{
	struct stage *stage = calloc(1, sizeof(*stage));

	assert_non_null(stage);
	*state = stage;
	is_store_broken = is_check_negative = false;
	played = &service;
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
	assert_int_equal(pipe2(back_gate, O_CLOEXEC), 0);
	return 0;
}

static inline int
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
	close(back_gate[0]);
	close(back_gate[1]);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", stage->folder);
	assert_int_equal(system(command), 0);
	free(stage);
	return 0;
}

static inline void
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
static inline void
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
	i = postern_main(played, argc, arguments);
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

static inline void
serve(struct stage *stage, const char *const *changes)
{
	const char *const words[] = { "playhouse" };

	perform(stage, changes, 1, words, false);
	play_wait(&stage->play, "service.startup", NULL);
}

static inline void
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

static inline size_t
put_record(unsigned char *to, unsigned char type, const void *content, size_t len)
{
	const unsigned char head[8] = { 1, type, 0, 1, (unsigned char)(len >> 8),
		(unsigned char)len, 0, 0 };

	memcpy(to, head, 8);
	if (len > 0)
		memcpy(to + 8, content, len);
	return 8 + len;
}

static inline size_t
put_param(unsigned char *to, const char *name, const char *value)
{
	size_t name_len = strlen(name), value_len = strlen(value);

	to[0] = (unsigned char)name_len;
	to[1] = (unsigned char)value_len;
	memcpy(to + 2, name, name_len);
	memcpy(to + 2 + name_len, value, value_len);
	return 2 + name_len + value_len;
}

static inline size_t
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

static inline int
front_connect(const struct stage *stage)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(strlen(stage->socket) < sizeof(address.sun_path));
	strcpy(address.sun_path, stage->socket);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static inline bool
front_try(int fd, const char *path, bool keep)
{
	unsigned char request[2048];
	size_t len = put_request(request, path, keep);

	return send(fd, request, len, MSG_NOSIGNAL) == (ssize_t)len;
}

static inline void
front_ask(int fd, const char *path, bool keep)
{
	assert_true(front_try(fd, path, keep));
}

static inline bool
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
static inline const char *
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

static inline const char *
front_exchange(const struct stage *stage, const char *path)
{
	int fd = front_connect(stage);
	const char *text;

	front_ask(fd, path, false);
	text = front_hear(fd);
	close(fd);
	return text;
}

static inline bool
is_closed(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char byte;

	return poll(&ready, 1, PLAY_PATIENCE_MS) == 1 && read(fd, &byte, 1) <= 0;
}

/* Lets one request through. */
static inline void
open_gate(const int fds[2])
{
	assert_int_equal(write(fds[1], "x", 1), 1);
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
