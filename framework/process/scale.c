/* Deciding, and when to decide again. See scale.h. */
#include "process/scale.h"

#include "config/config.h"
#include "core/clock.h"
#include "core/number.h"

static int64_t
idle_timeout_us(const struct config *config)
{
	return (int64_t)config->worker_idle_timeout_s * 1000 * 1000;
}

/* How many workers are missing. */
static unsigned
count_lacking(const struct config *config, const struct scale_view *view)
{
	unsigned needed = view->waiting;

	if (config->worker_mode == WORKER_MODE_DYNAMIC)
		needed = number_greater(needed, config->worker_min_spare);
	return number_above(needed, view->spare);
}

static unsigned
grow(struct scale *scale, const struct config *config, const struct scale_view *view,
    unsigned lacking)
{
	const unsigned room = number_above(view->limit, view->total);
	unsigned at_once = config->worker_spawn_rate;

	if (config->worker_mode == WORKER_MODE_DYNAMIC) {
		at_once = number_greater(scale->rate, 1);
		scale->rate = number_lesser(at_once * 2, config->worker_spawn_rate);
	}
	return number_lesser(number_lesser(lacking, at_once), room);
}

static bool
shrinks(
    struct scale *scale, const struct config *config, const struct scale_view *view, int64_t now_us)
{
	if (view->idle_since_us == 0 || view->waiting > 0)
		return false;
	if (config->worker_mode == WORKER_MODE_ONDEMAND)
		return view->idle_since_us + idle_timeout_us(config) <= now_us;
	if (view->spare <= config->worker_max_spare || now_us < scale->shrink_us)
		return false;
	scale->shrink_us = now_us + SCALE_SHRINK_US;
	return true;
}

/*
 * While there is work we look again and again, as who takes a connection says nothing. When there
 * was none for a while, who comes wakes us; and so whenever nobody is there to take a connection.
 */
static void
plan_look(
    struct scale *scale, const struct config *config, const struct scale_view *view, int64_t now_us)
{
	const bool is_quiet = scale->active_us == 0 || scale->active_us + SCALE_QUIET_US <= now_us;

	scale->look_us = is_quiet ? 0 : now_us + SCALE_LOOK_US;
	scale->is_watching = view->total < view->limit && (is_quiet || view->spare == 0);
	if (view->idle_since_us == 0)
		return;
	if (config->worker_mode == WORKER_MODE_ONDEMAND)
		clock_take_sooner(&scale->look_us, view->idle_since_us + idle_timeout_us(config));
	else if (view->spare > config->worker_max_spare)
		clock_take_sooner(&scale->look_us, scale->shrink_us);
}

struct scale_step
scale_decide(
    struct scale *scale, const struct config *config, const struct scale_view *view, int64_t now_us)
{
	struct scale_step step = { 0 };
	struct scale_view after = *view;
	unsigned lacking;

	if (config->worker_mode == WORKER_MODE_STATIC) {
		*scale = (struct scale) { 0 };
		return step;
	}
	lacking = count_lacking(config, view);
	if (lacking > 0)
		step.more = grow(scale, config, view, lacking);
	else
		step.one_less = shrinks(scale, config, view, now_us);
	if (lacking == 0 || step.more > 0)
		scale->was_exhausted = false;
	else if (!scale->was_exhausted)
		step.is_exhausted = scale->was_exhausted = true;
	if (lacking == 0)
		scale->rate = 1;
	if (lacking > 0 || view->busy > 0 || view->waiting > 0)
		scale->active_us = now_us;
	after.total += step.more;
	after.spare += step.more;
	if (step.one_less) {
		after.total -= 1;
		after.spare -= 1;
		after.idle_since_us =
		    now_us - idle_timeout_us(config); /* the next may be due, too */
	}
	plan_look(scale, config, &after, now_us);
	return step;
}
