/*
 * Trace and span ids (W3C Trace Context): taken over from a `traceparent` that keeps to the
 * grammar, else made. They tell lines apart; they are no secrets and grant nothing.
 */
#ifndef POSTERN_LOG_TRACE_H
#define POSTERN_LOG_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/slice.h"

/* The state of xoshiro256** (Blackman, Vigna 2018). Each process has its own. */
struct trace_random {
	uint64_t s[4];
};

/* One system call; where that fails, the clock and the process's number must do. */
void trace_random_seed(struct trace_random *random);
/* `digits` lower-case hex digits (a multiple of 16), not all zero, and a NUL. */
void trace_random_id(struct trace_random *random, size_t digits, char *ret_id);
/* "00-<32 hex>-<16 hex>-<2 hex>", ids not all zero: its trace id. Version 00 alone. */
bool trace_parent_parse(struct slice traceparent, struct slice *ret_trace_id);

#endif
