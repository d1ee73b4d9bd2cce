/*
 * What a generation loads: a key and policies only where a route asks for them, and every fault
 * of one reading.
 */
#include "../core/rows.h"
#include "check.h"

#include <sys/stat.h>

#include <postern/service.h>

#include "config/config.h"
#include "process/generation.h"

static const struct postern_route routes[] = {
	{ .methods = POSTERN_GET, .path = "/health", .handler = postern_health, .is_public = true },
	{ .methods = POSTERN_GET,
	    .path = "/things",
	    .handler = postern_health,
	    .action = "look",
	    .resource = "Thing::all" },
};

static char no_key[] = "ENV=development";
static char no_policies[] = "AUTHORIZATION_POLICIES_DIR=/nonexistent";
static char a_limit[] = "RATE_LIMIT_STORAGE_URI=memory://";
static char bad_store[] = "RATE_LIMIT_STORAGE_URI=carrier-pigeon://";
static char bad_key[] = "JWT_PUBLIC_KEY=sesame";

static const struct row {
	const char *name;
	size_t route_count; /* of those above */
	char *environment[4];
	const char *faults[3]; /* a word of each */
} rows[] = {
	{ "public routes alone need neither key nor policies", 1, { no_key, no_policies, a_limit },
	    { NULL } },
	{ "a guarded one needs both", 2, { no_key, no_policies, a_limit },
	    { "JWT_PUBLIC_KEY", "AUTHORIZATION_POLICIES_DIR" } },
	{ "what else is wrong is found all the same", 2, { bad_key, no_policies, bad_store },
	    { "JWT_PUBLIC_KEY", "AUTHORIZATION_POLICIES_DIR", "RATE_LIMIT_STORAGE_URI" } },
	{ "with public routes as well", 1, { no_key, no_policies, bad_store },
	    { "RATE_LIMIT_STORAGE_URI" } },
};

static bool
has_fault(const struct generation *generation, const char *word)
{
	for (size_t i = 0; i < generation->faults.count; i++)
		if (strstr(generation->faults.texts[i], word) != NULL)
			return true;
	return false;
}

static void
check_row(void **state)
{
	const struct row *row = *state;
	const struct postern_service service = { POSTERN_SERVICE_ABI, .name = "svc",
		.cedar_namespace = "demo", .routes = routes, .route_count = row->route_count };
	struct generation *generation = generation_new(&service, 1);
	const bool is_good = row->faults[0] == NULL;
	bool is_read, is_loaded;
	size_t i;

	assert_non_null(generation);
	is_read = generation_read(generation, row->environment);
	assert_non_null(generation->config);
	is_loaded = generation_load(generation, STDOUT_FILENO);
	assert_int_equal(is_read && is_loaded && generation->faults.count == 0, is_good);
	for (i = 0; i < COUNT_OF(row->faults) && row->faults[i] != NULL; i++)
		assert_true(has_fault(generation, row->faults[i]));
	if (row->route_count == 1) { /* it decides nothing, so nothing of it grows old */
		assert_null(generation->authn);
		assert_null(generation->authz);
		assert_false(generation_is_stale(generation));
	}
	if (is_good)
		assert_non_null(generation->log);
	generation_free(generation);
}

static void
nothing_is_freed_as_well(void **state UNUSED)
{
	generation_free(NULL);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(nothing_is_freed_as_well),
	};

	return RUN_ROWS(rows, check_row) + cmocka_run_group_tests(others, NULL, NULL);
}
