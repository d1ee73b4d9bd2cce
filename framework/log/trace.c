/*
 * Ids for traces. The generator is seeded once per process and after each fork, so that no
 * request pays for a system call and no two workers make the same ids.
 */
#include "log/trace.h"

#include <endian.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "core/clock.h"

/*
 * Positions in "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" (W3C Trace Context
 * §3.2.2).
 */
enum {
	TRACE_AT = 3,
	TRACE_LEN = 32,
	SPAN_AT = 36,
	SPAN_LEN = 16,
	FLAGS_AT = 53,
	FLAGS_LEN = 2,
	PARENT_LEN = 55
};

void
trace_random_seed(struct trace_random *random)
{
	if (getrandom(random->s, sizeof(random->s), 0) != (ssize_t)sizeof(random->s)) {
		random->s[0] = (uint64_t)clock_wall_us();
		random->s[1] = (uint64_t)clock_mono_us();
		random->s[2] = (uint64_t)getpid();
	}
	random->s[3] |= 1; /* all zero would stay so for ever */
}

static uint64_t
rotate(uint64_t word, unsigned bits)
{
	return (word << bits) | (word >> (64 - bits));
}

static uint64_t
next(struct trace_random *random)
{
	uint64_t *s = random->s;
	uint64_t result = rotate(s[1] * 5, 7) * 9;
	uint64_t shifted = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= shifted;
	s[3] = rotate(s[3], 45);
	return result;
}

/*
 * Eight hex digits at once: each nibble gets a byte of its own, the first digit's the highest, and
 * those above 9 are moved up to the letters.
 */
static void
spell(uint32_t word, char ret_digits[8])
{
	static const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t bytes = word, letters;

	bytes = (bytes << 16 | bytes) & UINT64_C(0x0000ffff0000ffff);
	bytes = (bytes << 8 | bytes) & UINT64_C(0x00ff00ff00ff00ff);
	bytes = (bytes << 4 | bytes) & (0x0f * ones);
	letters = (bytes + 6 * ones) >> 4 & ones;
	bytes = htobe64(bytes + '0' * ones + letters * ('a' - '0' - 10));
	memcpy(ret_digits, &bytes, sizeof(bytes));
}

void
trace_random_id(struct trace_random *random, size_t digits, char *ret_id)
{
	for (size_t i = 0; i < digits; i += 16) {
		uint64_t word = next(random);

		if (word == 0)
			word = 1;
		spell((uint32_t)(word >> 32), ret_id + i);
		spell((uint32_t)word, ret_id + i + 8);
	}
	ret_id[digits] = '\0';
}

static bool
is_hex(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.data[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return false;
	}
	return true;
}

/* Hex digits of which at least one is not zero. */
static bool
is_id(struct slice s)
{
	static const char zeros[] = "00000000000000000000000000000000";

	return is_hex(s) && memcmp(s.data, zeros, s.len) != 0;
}

bool
trace_parent_parse(struct slice parent, struct slice *ret_trace_id)
{
	struct slice trace_id;

	if (parent.len != PARENT_LEN || !slice_starts(parent, SLICE_OF("00-")))
		return false;
	if (parent.data[SPAN_AT - 1] != '-' || parent.data[FLAGS_AT - 1] != '-')
		return false;
	trace_id = slice_make(parent.data + TRACE_AT, TRACE_LEN);
	if (!is_id(trace_id) || !is_id(slice_make(parent.data + SPAN_AT, SPAN_LEN)) ||
	    !is_hex(slice_make(parent.data + FLAGS_AT, FLAGS_LEN)))
		return false;
	*ret_trace_id = trace_id;
	return true;
}
