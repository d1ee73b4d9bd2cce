/*
 * The Authorization value: what is accepted is `Bearer`, one space and visible ASCII without a
 * comma.
 */
#include <stdint.h>
#include <stdlib.h>

#include "authn/bearer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice value = { (const char *)data, size }, token = { NULL, 0 };

	if (!bearer_parse(value, &token))
		return 0;
	if (token.data != value.data + 7 || token.len == 0 || token.len != value.len - 7)
		abort();
	for (size_t i = 0; i < token.len; i++)
		if (token.data[i] <= ' ' || token.data[i] > '~' || token.data[i] == ',')
			abort();
	return 0;
}
