/*
 * A contract and a body for it, with a NUL between: loading either gives a contract without
 * faults or faults without a contract, and a contract can be asked about any body. The routes
 * are those of the seeds.
 */
#include <stdint.h>
#include <stdlib.h>

#include "openapi/contract.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct postern_route routes[] = {
	{ .methods = POSTERN_GET, .path = "/health" },
	{ .methods = POSTERN_PUT, .path = "/notes/{note_id}" },
};

static void
ask(const struct contract *contract, struct arena *arena, size_t route, struct slice body)
{
	struct router_match match = {
		.route = &routes[route],
		.route_index = route,
		.params = { { "note_id", SLICE("n1") } },
		.param_count = route == 1 ? 1 : 0,
	};
	const struct request req = {
		.arena = arena,
		.method = routes[route].methods,
		.match = &match,
		.query = body,
		.content_type = SLICE("application/json"),
		.body = body,
	};

	(void)!contract_check(contract, &req);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct postern_service service = { .routes = routes, .route_count = POSTERN_COUNT(routes) };
	struct config_faults faults = { .count = 0 };
	struct contract *contract;
	struct arena arena;
	struct slice body;
	char *text;

	arena_init(&arena, 32768, 64u << 20);
	text = arena_dup(&arena, data, size);
	if (text == NULL)
		abort();
	body = slice_skip(slice_make(text, size), strlen(text) + 1);
	service.contract = text;
	contract = contract_new(&arena, &service, &faults);
	if ((contract == NULL) != (faults.count > 0))
		abort();
	for (size_t i = 0; contract != NULL && i < service.route_count; i++)
		ask(contract, &arena, i, body);
	arena_done(&arena);
	return 0;
}
