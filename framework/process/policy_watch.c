/* The clock of the policies. See policy_watch.h. */
#include "process/policy_watch.h"

static const int64_t second_us = 1000 * 1000;

/* A time to live of 0 is as short as can be: the manager is not to do nothing but look. */
static int64_t
interval_us(const struct policy_watch *watch)
{
	return watch->ttl_s == 0 ? second_us : watch->ttl_s * second_us;
}

void
policy_watch_renew(struct policy_watch *watch, unsigned ttl_s, int64_t now_us)
{
	atomic_store(watch->expire_us, 0);
	watch->ttl_s = ttl_s;
	watch->look_us = now_us + interval_us(watch);
	watch->is_told = false;
}

void
policy_watch_fail(struct policy_watch *watch, int64_t now_us)
{
	if (atomic_load(watch->expire_us) == 0)
		atomic_store(watch->expire_us,
		    now_us + ((int64_t)watch->ttl_s + POLICY_WATCH_GRACE_S) * second_us);
}

bool
policy_watch_is_due(struct policy_watch *watch, int64_t now_us)
{
	if (now_us < watch->look_us)
		return false;
	watch->look_us = now_us + interval_us(watch);
	return true;
}

bool
policy_watch_has_expired(struct policy_watch *watch, int64_t now_us)
{
	int64_t expire_us = atomic_load(watch->expire_us);

	if (expire_us == 0 || now_us < expire_us || watch->is_told)
		return false;
	watch->is_told = true;
	return true;
}

int64_t
policy_watch_next(const struct policy_watch *watch)
{
	int64_t expire_us = watch->is_told ? 0 : atomic_load(watch->expire_us);

	return expire_us != 0 && expire_us < watch->look_us ? expire_us : watch->look_us;
}
