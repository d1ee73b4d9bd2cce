/* postern_main from outside: what does not serve, what is served, and CGI. */
#include "stage.h"

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
	open_gate(gate);
	assert_non_null(front_hear(fd));
	close(fd);
}

/* Sixty-four connections, kept, one after the other: no worker may end with nearly all of them. */
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
		play_skip(&stage->play);
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

/* Nothing of it asks who calls: it needs neither a key nor policies, and none that it may have. */
static void
a_public_service_needs_no_key(void **state)
{
	static const struct postern_route open_routes[] = {
		{ .methods = POSTERN_GET, .path = "/who", .handler = who, .is_public = true },
	};
	static const char *const changes[] = { "JWT_PUBLIC_KEY", "-", "AUTHORIZATION_POLICIES_DIR",
		"/nonexistent", "AUTHORIZATION_POLICY_CACHE_TTL", "1", NULL };
	struct stage *stage = *state;
	struct postern_service public_service = service;
	const char *answer;

	public_service.routes = open_routes;
	public_service.route_count = COUNT_OF(open_routes);
	played = &public_service;
	serve(stage, changes);
	assert_non_null(answer = front_exchange(stage, "/who"));
	assert_non_null(strstr(answer, "hello"));
	assert_non_null(answer = front_exchange(stage, "/private"));
	assert_non_null(strstr(answer, "404"));
	write_file(stage->greeting, "", "good evening");
	assert_int_equal(kill(stage->play.pid, SIGHUP), 0);
	play_wait(&stage->play, "service.reloaded", NULL);
	assert_non_null(answer = front_exchange(stage, "/who"));
	assert_non_null(strstr(answer, "good evening"));
	end(stage);
	assert_int_equal(play_count(&stage->play, "authorization.policies_loaded"), 0);
	assert_int_equal(play_count(&stage->play, "service.reload_refused"), 0);
}

static void
one_guarded_route_needs_a_key(void **state)
{
	static const char *const changes[] = { "JWT_PUBLIC_KEY", "-", NULL };
	struct stage *stage = *state;

	PERFORM(stage, changes, "--check");
	assert_int_equal(play_end(&stage->play), 78);
	assert_non_null(strstr(stage->play.log, "JWT_PUBLIC_KEY"));
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

/*
 * --- inspection ----------------------------------------------------------------------------------
 */

static bool
open_store_at_gate(void **ret_data)
{
	char byte;

	while (read(gate[0], &byte, 1) != 1)
		;
	return open_store(ret_data);
}

/* The stage whose socket is the inspector's. */
static struct stage
inspector_of(const struct stage *stage, char setting[350])
{
	struct stage other = *stage;

	(void)snprintf(other.socket, sizeof(other.socket), "%s/status.sock", stage->folder);
	(void)snprintf(setting, 350, "unix:%s", other.socket);
	return other;
}

/* The workers of this service take their time: nobody can be sent to it, and the inspector knows. */
static void
a_service_that_starts_is_not_ready(void **state)
{
	struct stage *stage = *state, inspector;
	struct postern_service slow = service;
	char setting[350];
	const char *const words[] = { "playhouse" };
	const char *changes[] = { "STATUS_LISTEN", setting, NULL };

	inspector = inspector_of(stage, setting);
	slow.worker_start = open_store_at_gate;
	played = &slow;
	perform(stage, changes, 1, words, false);
	play_wait(&stage->play, "worker.started", NULL);
	assert_non_null(strstr(front_exchange(&inspector, "/ping"), "pong"));
	assert_non_null(strstr(front_exchange(&inspector, "/ready"), "Status: 503"));
	assert_non_null(strstr(front_exchange(&inspector, "/status"), "\"state\":\"starting\""));
	open_gate(gate);
	open_gate(gate);
	play_wait(&stage->play, "service.startup", NULL);
	assert_non_null(strstr(front_exchange(&inspector, "/ready"), "Status: 200"));
	end(stage);
	assert_int_not_equal(access(inspector.socket, F_OK), 0);
}

static void
all_workers_are_busy_and_the_inspector_says_with_what(void **state)
{
	struct stage *stage = *state, inspector;
	char setting[350];
	const char *changes[] = { "STATUS_LISTEN", setting, "WEB_CONCURRENCY", "1", NULL };
	int waiting;

	inspector = inspector_of(stage, setting);
	serve(stage, changes);
	waiting = front_connect(stage);
	front_ask(waiting, "/gate", false);
	play_wait(&stage->play, "gate.reached", NULL);
	assert_non_null(strstr(
	    front_exchange(&inspector, "/status?full"), "\"state\":\"busy\",\"requests\":0,"));
	assert_non_null(
	    strstr(front_exchange(&inspector, "/status?full"), "\"route\":\"/gate\"}]}"));
	assert_non_null(
	    strstr(front_exchange(&inspector, "/metrics"), "postern_workers{state=\"busy\"} 1\n"));
	assert_non_null(strstr(front_exchange(&inspector, "/ready"), "Status: 200"));
	open_gate(gate);
	assert_non_null(front_hear(waiting));
	close(waiting);
	end(stage);
}

static void
two_settings_cannot_share_a_socket(void **state)
{
	struct stage *stage = *state;
	char setting[350];
	const char *changes[] = { "STATUS_LISTEN", setting, NULL };

	(void)snprintf(setting, sizeof(setting), "unix:%s", stage->socket);
	PERFORM(stage, changes);
	assert_int_equal(play_end(&stage->play), 78);
	assert_non_null(strstr(stage->play.log, "STATUS_LISTEN: entry 1: the socket is in use"));
	assert_int_not_equal(access(stage->socket, F_OK), 0);
}

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
		ON_STAGE(a_public_service_needs_no_key),
		ON_STAGE(one_guarded_route_needs_a_key),
		ON_STAGE(a_death_costs_one_request),
		ON_STAGE(a_handler_without_end_is_ended),
		ON_STAGE(a_broken_store_does_not_start),
		ON_STAGE(a_socket_in_use_does_not_start),
		ON_STAGE(an_inherited_socket_is_served),
		ON_STAGE(a_spent_budget_survives_a_restart),
		ON_STAGE(a_store_that_cannot_be_had_does_not_start),
		ON_STAGE(a_service_that_starts_is_not_ready),
		ON_STAGE(all_workers_are_busy_and_the_inspector_says_with_what),
		ON_STAGE(two_settings_cannot_share_a_socket),
		ON_STAGE(one_request_by_cgi),
		ON_STAGE(budgets_hold_by_cgi),
		ON_STAGE(cgi_without_settings_answers_an_error),
		ON_STAGE(cgi_without_its_stores_answers_an_error),
	};

	return cmocka_run_group_tests(tests, make_key, drop_key);
}
