/* What answers `postern status`: any bytes are an answer, whose body lies in the arena, or none. */
#include <stdint.h>

#include "tool/ask_parse.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ask_answer answer;
	struct arena arena;
	unsigned sum = 0;
	size_t i;

	arena_init(&arena, 4096, 4 * 1024 * 1024);
	if (ask_parse(&arena, slice_make((const char *)data, size), &answer)) {
		if (answer.status < FIRST_STATUS || answer.status > LAST_STATUS ||
		    answer.body.len > size)
			__builtin_trap();
		for (i = 0; i < answer.body.len; i++)
			sum += (unsigned char)answer.body.data[i];
	}
	arena_done(&arena);
	return sum == UINT32_MAX;
}
