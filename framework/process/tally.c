/* The memory of the counters, and which one a request belongs to. */
#include "process/tally.h"

#include <sys/mman.h>

static const int64_t bounds_us[TALLY_BUCKETS] = {
	100,
	500,
	1000,
	5000,
	10 * 1000,
	50 * 1000,
	100 * 1000,
	500 * 1000,
	1000 * 1000,
	5000 * 1000,
	INT64_MAX,
};

_Static_assert(sizeof(struct route_tally) == 128, "as OPERATIONS.md says");
_Static_assert(sizeof(struct slot_tally) == 512, "as OPERATIONS.md says");

static size_t
routes_size(const struct tally *tally)
{
	return (tally->route_count + 1) * SHARED_MAX_SLOTS * sizeof(*tally->routes);
}

static size_t
slots_size(void)
{
	return SHARED_MAX_SLOTS * sizeof(struct slot_tally);
}

static void *
map(size_t size)
{
	void *memory = mmap(
	    NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

bool
tally_init(struct tally *tally, size_t route_count)
{
	*tally = (struct tally) { .route_count = route_count };
	tally->slots = map(slots_size());
	tally->routes = map(routes_size(tally));
	if (tally->slots != NULL && tally->routes != NULL)
		return true;
	tally_done(tally);
	return false;
}

bool
tally_seal(const struct tally *tally)
{
	return mprotect(tally->slots, slots_size(), PROT_READ) == 0 &&
	       mprotect(tally->routes, routes_size(tally), PROT_READ) == 0;
}

void
tally_done(struct tally *tally)
{
	if (tally->slots != NULL)
		munmap(tally->slots, slots_size());
	if (tally->routes != NULL)
		munmap(tally->routes, routes_size(tally));
	tally->slots = NULL;
	tally->routes = NULL;
}

struct route_tally *
tally_route(const struct tally *tally, unsigned slot, size_t route)
{
	if (route > tally->route_count)
		route = tally->route_count;
	return &tally->routes[slot * (tally->route_count + 1) + route];
}

/* A status that is none of ours counts as what it is answered with: an error of the service. */
static unsigned
class_of(int status)
{
	return status >= 200 && status < 500 ? (unsigned)status / 100 - 2 : TALLY_CLASSES - 1;
}

void
tally_request(
    const struct tally *tally, unsigned slot, size_t route, int status, int64_t duration_us)
{
	struct route_tally *counts = tally_route(tally, slot, route);
	unsigned bucket = 0;

	if (duration_us < 0)
		duration_us = 0;
	while (duration_us > bounds_us[bucket])
		bucket++;
	counter_add(&counts->classes[class_of(status)], 1);
	counter_add(&counts->buckets[bucket], 1);
	counter_add(&counts->duration_us, (uint64_t)duration_us);
}

int64_t
tally_bucket_us(unsigned bucket)
{
	return bucket < TALLY_BUCKETS ? bounds_us[bucket] : INT64_MAX;
}
