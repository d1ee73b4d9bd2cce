/* See calls.h. */
#include "cedar/calls.h"

static const struct call_traits calls[CALL_COUNT] = {
#define METHOD(name, spelling, operands) [CALL_##name] = { spelling, operands, true, false },
#define EXTENSION_METHOD(name, spelling, operands) \
	[CALL_##name] = { spelling, operands, true, true },
#define EXTENSION_FUNCTION(name, spelling, operands) \
	[CALL_##name] = { spelling, operands, false, true },
#include "cedar/calls.def"
};

const struct call_traits *
call_traits(enum call call)
{
	return &calls[call];
}

enum call
call_find(struct slice name)
{
	enum call call = 0;

	while (call < CALL_COUNT && !slice_is(name, calls[call].name))
		call++;
	return call;
}
