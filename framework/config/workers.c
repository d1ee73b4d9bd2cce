/* The number of workers: php-fpm's rules for its pm.* directives, each as a fault by name. */
#include "config/workers.h"

#include <string.h>

#include "config/config.h"
#include "config/source.h"

static const struct mode_setting {
	const char *name;
	bool is_dynamic, is_ondemand; /* the modes that it belongs to */
	const char *belongs_to;
} mode_settings[] = {
	{ "WORKER_START", true, false, "WORKER_MODE=dynamic" },
	{ "WORKER_MIN_SPARE", true, false, "WORKER_MODE=dynamic" },
	{ "WORKER_MAX_SPARE", true, false, "WORKER_MODE=dynamic" },
	{ "WORKER_IDLE_TIMEOUT", false, true, "WORKER_MODE=ondemand" },
	{ "WORKER_SPAWN_RATE", true, true, "WORKER_MODE=dynamic or ondemand" },
};

static bool
is_given(const struct source *source, const char *name)
{
	bool is_file;

	return source_has(source->environment, name, &is_file);
}

/* Whether there is a fault whose text begins like this. */
static bool
has_fault(const struct source *source, const char *beginning)
{
	const struct config_faults *faults = source->faults;

	for (size_t i = 0; i < faults->count && i < CONFIG_MAX_FAULTS; i++)
		if (faults->texts[i] != NULL &&
		    strncmp(faults->texts[i], beginning, strlen(beginning)) == 0)
			return true;
	return false;
}

/* php-fpm passes over what another mode does not know; whoever set it would never hear of it. */
static void
check_modes(const struct source *source, const struct config *config)
{
	for (size_t i = 0; i < COUNT_OF(mode_settings); i++) {
		const struct mode_setting *setting = &mode_settings[i];

		if ((config->worker_mode == WORKER_MODE_DYNAMIC && setting->is_dynamic) ||
		    (config->worker_mode == WORKER_MODE_ONDEMAND && setting->is_ondemand))
			continue;
		if (is_given(source, setting->name))
			config_fault(source->faults, source->arena, "%s: belongs to %s",
			    setting->name, setting->belongs_to);
	}
}

static void
require(const struct source *source, const char *name)
{
	if (!is_given(source, name))
		config_fault(
		    source->faults, source->arena, "%s: required with WORKER_MODE=dynamic", name);
}

/* Zero: not given, or refused for itself. */
static void
check_spare(const struct source *source, struct config *config)
{
	const unsigned least = config->worker_min_spare, most = config->worker_max_spare;

	require(source, "WORKER_MIN_SPARE");
	require(source, "WORKER_MAX_SPARE");
	if (most > config->workers && config->workers > 0)
		config_fault(
		    source->faults, source->arena, "WORKER_MAX_SPARE: more than WEB_CONCURRENCY");
	if (least == 0 || most == 0)
		return;
	if (least > most) {
		config_fault(
		    source->faults, source->arena, "WORKER_MIN_SPARE: more than WORKER_MAX_SPARE");
		return;
	}
	if (config->worker_start == 0 && !is_given(source, "WORKER_START"))
		config->worker_start = least + (most - least) / 2;
	else if (config->worker_start > 0 &&
		 (config->worker_start < least || config->worker_start > most))
		config_fault(source->faults, source->arena,
		    "WORKER_START: not between WORKER_MIN_SPARE and WORKER_MAX_SPARE");
}

/* Below these a worker would be renewed for ever, or could not start. */
enum { LEAST_LIMIT = 1024 * 1024, LEAST_HARD_LIMIT = 16 * 1024 * 1024 };

static void
check_renewal(const struct source *source, const struct config *config)
{
	const uint64_t soft = config->worker_memory_limit, hard = config->worker_memory_hard_limit;

	if (config->worker_max_requests_jitter > 0 && config->worker_max_requests == 0 &&
	    !has_fault(source, "WORKER_MAX_REQUESTS: "))
		config_fault(source->faults, source->arena,
		    "WORKER_MAX_REQUESTS_JITTER: belongs to WORKER_MAX_REQUESTS");
	if (soft > 0 && soft < LEAST_LIMIT)
		config_fault(source->faults, source->arena,
		    "WORKER_MEMORY_LIMIT: expected 0, or 1048576 and more");
	if (hard > 0 && hard < LEAST_HARD_LIMIT)
		config_fault(source->faults, source->arena,
		    "WORKER_MEMORY_HARD_LIMIT: expected 0, or 16777216 and more");
}

void
workers_check(const struct source *source, struct config *config)
{
	check_renewal(source, config);
	if (has_fault(source, "WORKER_MODE: "))
		return; /* nobody knows what belongs to it */
	check_modes(source, config);
	if (config->worker_mode == WORKER_MODE_DYNAMIC)
		check_spare(source, config);
}
