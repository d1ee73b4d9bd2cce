/* Guard 4: what is answered in place of a handler that does not exist. */
#include "setup.h"

#include "../core/rows.h"

static const struct postern_route route = { .methods = POSTERN_GET };

enum where { NOWHERE, OTHER_METHOD, FOUND };

static const struct row {
	const char *name;
	unsigned method;
	enum uri_fault fault;
	enum where where;
	int status; /* 0: passes */
} rows[] = {
	{ "a route", POSTERN_GET, URI_OK, FOUND, 0 },
	{ "no template", POSTERN_GET, URI_OK, NOWHERE, 404 },
	{ "no template for OPTIONS", POSTERN_OPTIONS, URI_OK, NOWHERE, 404 },
	{ "another method", POSTERN_DELETE, URI_OK, OTHER_METHOD, 405 },
	{ "TRACE on a template", 0, URI_OK, OTHER_METHOD, 405 },
	{ "TRACE cannot use a route", 0, URI_OK, FOUND, 405 },
	{ "OPTIONS goes on to CORS", POSTERN_OPTIONS, URI_OK, OTHER_METHOD, 0 },
	{ "a malformed path", POSTERN_GET, URI_MALFORMED, NOWHERE, 400 },
	{ "an ambiguous path", POSTERN_GET, URI_AMBIGUOUS, NOWHERE, 400 },
	{ "a path that is too long", POSTERN_GET, URI_TOO_LONG, NOWHERE, 414 },
	{ "no memory for a path", POSTERN_GET, URI_NO_MEMORY, NOWHERE, 503 },
};

static void
check(void **state)
{
	const struct row *row = *state;
	enum guard_verdict verdict;
	struct setup setup;

	setup_begin(&setup);
	setup_request(&setup, NULL);
	setup.req.in.method = row->method;
	setup.req.in.path_fault = row->fault;
	if (row->where != NOWHERE)
		setup_route(&setup, row->where == FOUND ? &route : NULL, &route);
	verdict = guard_route(&setup.env, &setup.req.in, &setup.res.out);
	assert_int_equal(verdict, row->status == 0 ? GUARD_PASSED : GUARD_REFUSED);
	assert_int_equal(setup.res.out.status, row->status);
	if (row->status == 405)
		assert_string_equal(setup_header(&setup, "Allow"), "GET, HEAD, OPTIONS");
	else
		assert_null(setup_header(&setup, "Allow"));
	setup_end(&setup);
}

int
main(void)
{
	return RUN_ROWS(rows, check);
}
