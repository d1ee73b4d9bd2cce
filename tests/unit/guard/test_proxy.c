/* Guard 1: what a request looks like once the proxies' words have been weighed. */
#include "guard/forwarded.h"
#include "setup.h"

#include "../core/rows.h"

static const struct row {
	const char *name;
	unsigned hops;
	const char *trusted; /* TRUSTED_PROXIES */
	enum config_environment environment;
	const char *params[10];
	const char *client, *host, *prefix;
	bool is_https;
} rows[] = {
	{ "nothing forwarded", 1, NULL, ENVIRONMENT_PRODUCTION, { NULL }, "192.0.2.1",
	    "api.example", "", false },
	{ "all four fields", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTP_X_FORWARDED_FOR=203.0.113.9", "HTTP_X_FORWARDED_PROTO=https",
		"HTTP_X_FORWARDED_HOST=notes.example:8443", "HTTP_X_FORWARDED_PREFIX=/v2" },
	    "203.0.113.9", "notes.example:8443", "/v2", true },
	{ "zero hops trust nothing", 0, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTP_X_FORWARDED_FOR=203.0.113.9", "HTTP_X_FORWARDED_PROTO=https",
		"HTTP_X_FORWARDED_HOST=notes.example", "HTTP_X_FORWARDED_PREFIX=/v2" },
	    "192.0.2.1", "api.example", "", false },
	{ "staging trusts as production does", 1, NULL, ENVIRONMENT_STAGING,
	    { "HTTP_X_FORWARDED_FOR=203.0.113.9" }, "203.0.113.9", "api.example", "", false },
	{ "development trusts nothing", 1, NULL, ENVIRONMENT_DEVELOPMENT,
	    { "HTTP_X_FORWARDED_FOR=203.0.113.9", "HTTP_X_FORWARDED_PROTO=https" }, "192.0.2.1",
	    "api.example", "", false },
	{ "test trusts nothing", 1, NULL, ENVIRONMENT_TEST,
	    { "HTTP_X_FORWARDED_FOR=203.0.113.9", "HTTP_X_FORWARDED_HOST=h" }, "192.0.2.1",
	    "api.example", "", false },
	{ "a forged first value is not the client", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTP_X_FORWARDED_FOR=10.9.9.9, 203.0.113.9" }, "203.0.113.9", "api.example", "",
	    false },
	{ "repeated fields are one list", 2, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTP_X_FORWARDED_FOR=10.9.9.9, 203.0.113.9", "HTTP_X_FORWARDED_FOR=192.0.2.8" },
	    "203.0.113.9", "api.example", "", false },
	{ "each field counts alone", 2, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTP_X_FORWARDED_FOR=203.0.113.9, 192.0.2.8", "HTTP_X_FORWARDED_PROTO=https" },
	    "203.0.113.9", "api.example", "", false },
	{ "a port at the address goes", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTP_X_FORWARDED_FOR=203.0.113.9:5555" }, "203.0.113.9", "api.example", "", false },
	{ "brackets and port of IPv6 go", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTP_X_FORWARDED_FOR=\"[2001:DB8:0::1]:443\"" }, "2001:db8::1", "api.example", "",
	    false },
	{ "a mapped IPv4 address is the IPv4 address", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTP_X_FORWARDED_FOR=::ffff:203.0.113.9" }, "203.0.113.9", "api.example", "",
	    false },
	{ "what is no address leaves the peer", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTP_X_FORWARDED_FOR=unknown" }, "192.0.2.1", "api.example", "", false },
	{ "an open quote cannot choose an address", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTP_X_FORWARDED_FOR=\"10.9.9.9, 203.0.113.9" }, "192.0.2.1", "api.example", "",
	    false },
	{ "a scheme other than https is plain", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTPS=on", "HTTP_X_FORWARDED_PROTO=wss" }, "192.0.2.1", "api.example", "", false },
	{ "HTTPS in capitals is plain", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTP_X_FORWARDED_PROTO=HTTPS" }, "192.0.2.1", "api.example", "", false },
	{ "the front's own HTTPS counts alone", 1, NULL, ENVIRONMENT_PRODUCTION, { "HTTPS=on" },
	    "192.0.2.1", "api.example", "", true },
	{ "the front's own HTTPS counts without hops", 0, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTPS=on", "HTTP_X_FORWARDED_PROTO=http" }, "192.0.2.1", "api.example", "", true },
	{ "a forwarded http beats the front's HTTPS", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTPS=on", "HTTP_X_FORWARDED_PROTO=http" }, "192.0.2.1", "api.example", "", false },
	{ "an empty proto says nothing", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTPS=on", "HTTP_X_FORWARDED_PROTO=" }, "192.0.2.1", "api.example", "", true },
	{ "what is no host leaves none", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTP_X_FORWARDED_HOST=evil.example/x" }, "192.0.2.1", NULL, "", false },
	{ "userinfo is no host", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTP_X_FORWARDED_HOST=a@evil.example" }, "192.0.2.1", NULL, "", false },
	{ "a prefix loses its last slash", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTP_X_FORWARDED_PREFIX=/v2/" }, "192.0.2.1", "api.example", "/v2", false },
	{ "a prefix of only a slash is none", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTP_X_FORWARDED_PREFIX=/" }, "192.0.2.1", "api.example", "", false },
	{ "a prefix without a slash", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTP_X_FORWARDED_PREFIX=v2" }, "192.0.2.1", "api.example", "", false },
	{ "a prefix that names a host", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTP_X_FORWARDED_PREFIX=//evil.example" }, "192.0.2.1", "api.example", "", false },
	{ "a prefix with a dot segment", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTP_X_FORWARDED_PREFIX=/a/../b" }, "192.0.2.1", "api.example", "", false },
	{ "a prefix of one dot", 1, NULL, ENVIRONMENT_PRODUCTION, { "HTTP_X_FORWARDED_PREFIX=/." },
	    "192.0.2.1", "api.example", "", false },
	{ "a prefix with a line break", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTP_X_FORWARDED_PREFIX=/a\r\nSet-Cookie:x" }, "192.0.2.1", "api.example", "",
	    false },
	{ "a prefix with an escape", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTP_X_FORWARDED_PREFIX=/%2e%2e" }, "192.0.2.1", "api.example", "", false },
	{ "fields that are never read", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "HTTP_FORWARDED=for=10.9.9.9;proto=https;host=evil.example",
		"HTTP_X_REAL_IP=10.9.9.9", "HTTP_X_FORWARDED_PORT=1", "HTTP_X_FORWARDED_SSL=on",
		"HTTP_X_CLIENT_IP=10.9.9.9" },
	    "192.0.2.1", "api.example", "", false },
	{ "a peer in the trusted network", 1, "10.0.0.0/8 192.0.2.0/24", ENVIRONMENT_PRODUCTION,
	    { "HTTP_X_FORWARDED_FOR=203.0.113.9" }, "203.0.113.9", "api.example", "", false },
	{ "a peer outside the trusted networks", 1, "10.0.0.0/8 fd00::/8", ENVIRONMENT_PRODUCTION,
	    { "HTTP_X_FORWARDED_FOR=203.0.113.9", "HTTP_X_FORWARDED_PROTO=https" }, "192.0.2.1",
	    "api.example", "", false },
	{ "a unix peer is in no network", 1, "10.0.0.0/8", ENVIRONMENT_PRODUCTION,
	    { "REMOTE_ADDR=", "HTTP_X_FORWARDED_FOR=203.0.113.9" }, "", "api.example", "", false },
	{ "a unix peer counts by hops", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "REMOTE_ADDR=", "HTTP_X_FORWARDED_FOR=203.0.113.9" }, "203.0.113.9", "api.example",
	    "", false },
	{ "a peer in another spelling", 1, NULL, ENVIRONMENT_PRODUCTION,
	    { "REMOTE_ADDR=2001:DB8:0:0::1" }, "2001:db8::1", "api.example", "", false },
};

static void
resolve(void **state)
{
	const struct row *row = *state;
	const struct request *req;
	struct setup setup;

	setup_begin(&setup);
	setup.config.environment = row->environment;
	setup.config.is_hardened =
	    row->environment == ENVIRONMENT_PRODUCTION || row->environment == ENVIRONMENT_STAGING;
	setup.config.trusted_proxy_hops = row->hops;
	setup.config.trusted_proxies = setup_list(&setup, row->trusted);
	setup_request(&setup, row->params);
	req = &setup.req.in;

	assert_int_equal(guard_proxy(&setup.env, &setup.req.in, &setup.res.out), GUARD_PASSED);
	assert_true(slice_is(req->client, row->client));
	assert_true(slice_is(req->prefix, row->prefix));
	assert_int_equal(req->is_https, row->is_https);
	if (row->host == NULL)
		assert_null(req->host.data);
	else
		assert_true(slice_is(req->host, row->host));
	setup_end(&setup);
}

/* A proxy's word that cannot be read for lack of memory must not turn into the peer's. */
static void
no_memory_refuses(void **state)
{
	static const char *const repeated[] = { "HTTP_X_FORWARDED_PROTO=https",
		"HTTP_X_FORWARDED_PROTO=http", NULL };
	static const char *const escaped[] = { "HTTP_X_FORWARDED_PROTO=\"ht\\tp\"", NULL };
	static const char *const *const all[] = { repeated, escaped };
	struct setup setup;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(all); i++) {
		setup_begin(&setup);
		setup_request(&setup, all[i]);
		setup.arena.ceiling = setup.arena.used;
		expect_refused(&setup, guard_proxy(&setup.env, &setup.req.in, &setup.res.out),
		    HTTP_ERROR_SERVICE_UNAVAILABLE);
		setup_end(&setup);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_memory_refuses),
	};

	return RUN_ROWS(rows, resolve) + cmocka_run_group_tests(tests, NULL, NULL);
}
