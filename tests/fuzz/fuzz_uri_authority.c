/*
 * Authorities and addresses. A host that comes out of an authority is again a host, and the same;
 * an address lies in itself. The input is one text, or an address and a network with a newline
 * between.
 */
#include <stdint.h>
#include <stdlib.h>

#include "http/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_authority(struct arena *arena, struct slice text)
{
	struct slice host = uri_authority_host(arena, text), again;

	if (uri_is_authority(text) != (host.data != NULL))
		abort();
	if (host.data == NULL)
		return;
	if (host.len == 0 || host.len > text.len || host.data[host.len] != '\0')
		abort();
	if (slice_find(host, ':') < host.len)
		return; /* an IPv6 address has lost its brackets */
	again = uri_authority_host(arena, host);
	if (again.data == NULL || !slice_equal(host, again))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = { (const char *)data, size };
	struct slice text = slice_cut(&rest, '\n');
	struct uri_address address;
	struct arena arena;

	arena_init(&arena, 1024, 65536);
	check_authority(&arena, text);
	if (uri_address_parse(text, &address)) {
		(void)uri_address_in(&address, rest);
		if (slice_find(text, '[') == text.len && slice_find(text, ':') == text.len &&
		    !uri_address_in(&address, text))
			abort();
	}
	arena_done(&arena);
	return 0;
}
