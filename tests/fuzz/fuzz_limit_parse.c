/*
 * Any bytes as a limit: what is accepted is within the bounds, and says the same again when it is
 * spelled out plainly.
 */
#include <stdio.h>
#include <stdlib.h>

#include "limits/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = { (const char *)data, size };
	struct limit limit;
	struct limit again;
	char plain[64];

	if (!limit_parse(text, &limit))
		return 0;
	if (limit.amount < 1 || limit.amount > 1000000 || limit.window_s < 1 ||
	    limit.window_s > LIMIT_MAX_WINDOW_S)
		abort();
	snprintf(plain, sizeof(plain), "%u per %u seconds", limit.amount, limit.window_s);
	if (!limit_parse(slice_from(plain), &again) || again.amount != limit.amount ||
	    again.window_s != limit.window_s)
		abort();
	return 0;
}
