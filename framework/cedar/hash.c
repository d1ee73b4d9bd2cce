/* See hash.h. One key a process and its forks. */
#include "cedar/hash.h"

#include <pthread.h>
#include <sys/random.h>

#include "core/clock.h"
#include "core/siphash.h"

static struct siphash_key key;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;

static void
make_key(void)
{
	if (getrandom(&key, sizeof(key), GRND_NONBLOCK) == (ssize_t)sizeof(key))
		return;
	key.k0 = (uint64_t)clock_mono_us();
	key.k1 = (uint64_t)(uintptr_t)&key ^ (uint64_t)clock_wall_us();
}

uint64_t
slice_hash(struct slice s)
{
	(void)pthread_once(&key_once, make_key);
	return siphash(&key, s.data, s.len);
}

uint64_t
uid_hash(const struct cedar_uid *uid)
{
	return slice_hash(uid->id) ^ slice_hash(uid->type) * 3;
}
