/*
 * A number in shared memory that one process adds to and others read: a plain load and store, no
 * lock and no locked instruction. A process that is killed leaves the value before or after, never
 * a part of it.
 */
#ifndef POSTERN_CORE_COUNTER_H
#define POSTERN_CORE_COUNTER_H

#include <stdatomic.h>
#include <stdint.h>

typedef _Atomic(uint64_t) counter;

/* The only writer's call. */
static inline void
counter_add(counter *number, uint64_t amount)
{
	uint64_t before = atomic_load_explicit(number, memory_order_relaxed);

	atomic_store_explicit(number, before + amount, memory_order_relaxed);
}

static inline void
counter_set(counter *number, uint64_t value)
{
	atomic_store_explicit(number, value, memory_order_relaxed);
}

static inline uint64_t
counter_get(const counter *number)
{
	return atomic_load_explicit(number, memory_order_relaxed);
}

#endif
