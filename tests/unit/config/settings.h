/* A small service and a way to read its settings, for the tests of this folder. */
#ifndef POSTERN_TESTS_SETTINGS_H
#define POSTERN_TESTS_SETTINGS_H

#include "config/config.h"

#include <stdio.h>

#include <postern/service.h>

#include "../core/rows.h"

enum { MAX_VARIABLES = 8 };

/* What one config_read left. */
struct reading {
	struct arena arena;
	struct config_faults faults;
	const struct config *config;
};

static inline void
reading_start(
    struct reading *reading, const struct postern_service *service, char *const *environment)
{
	memset(reading, 0, sizeof(*reading));
	arena_init(&reading->arena, 4096, 1 << 20);
	reading->config = config_read(&reading->arena, service, environment, &reading->faults);
}

/* The same with "NAME=VALUE" texts, NULL at the end or MAX_VARIABLES of them. */
static inline void
reading_of(
    struct reading *reading, const struct postern_service *service, const char *const *variables)
{
	char *environment[MAX_VARIABLES + 1] = { NULL };

	for (size_t i = 0; i < MAX_VARIABLES && variables[i] != NULL; i++)
		memcpy(&environment[i], &variables[i], sizeof(environment[i]));
	reading_start(reading, service, environment);
}

static inline void
reading_end(struct reading *reading)
{
	arena_done(&reading->arena);
}

static inline void
print_faults(const struct reading *reading)
{
	for (size_t i = 0; i < reading->faults.count && i < CONFIG_MAX_FAULTS; i++)
		print_message("fault: %s\n", reading->faults.texts[i]);
}

static inline bool
has_fault(const struct reading *reading, const char *text)
{
	for (size_t i = 0; i < reading->faults.count && i < CONFIG_MAX_FAULTS; i++)
		if (strcmp(reading->faults.texts[i], text) == 0)
			return true;
	return false;
}

static const struct postern_route public_route = {
	.methods = POSTERN_GET,
	.path = "/health",
	.is_public = true,
};

/* With public routes alone, so that no key is needed. */
static const struct postern_service open_service = {
	POSTERN_SERVICE_ABI,
	.name = "notes",
	.routes = &public_route,
	.route_count = 1,
};

#endif
