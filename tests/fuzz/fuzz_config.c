/*
 * Settings: the input is an environment, entries set apart by NUL bytes. Whatever it holds,
 * reading ends with a config or with faults, never with both or neither, and the same input gives
 * the same answer again. No file is read: names that end in _FILE are left out.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <postern/service.h>

#include "config/config.h"
#include "core/compiler.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_ENTRIES = 64 };

static const struct postern_setting settings[] = {
	{ .name = "NOTES_SIZE", .type = POSTERN_SETTING_INTEGER, .minimum = -10, .maximum = 10 },
	{ .name = "NOTES_URL", .type = POSTERN_SETTING_SQLITE_URL },
	{ .name = "NOTES_TITLE", .type = POSTERN_SETTING_TEXT },
};

static const struct postern_route routes[] = {
	{ .methods = POSTERN_GET,
	    .path = "/",
	    .is_public = true,
	    .limit = { "NOTES_LIMIT", "1/day" } },
};

static const struct postern_service service = {
	POSTERN_SERVICE_ABI,
	.name = "notes",
	.routes = routes,
	.route_count = COUNT_OF(routes),
	.settings = settings,
	.setting_count = COUNT_OF(settings),
};

/* Returns the number of faults. */
static size_t
read_once(char *const *environment)
{
	struct config_faults faults = { .count = 0 };
	const struct config *config;
	struct arena arena;

	arena_init(&arena, 16384, 1 << 22);
	config = config_read(&arena, &service, environment, &faults);
	if ((config == NULL) != (faults.count > 0))
		abort();
	for (size_t i = 0; i < faults.count && i < CONFIG_MAX_FAULTS; i++)
		if (faults.texts[i] == NULL)
			abort();
	if (config != NULL && (config->jwt_audience.count == 0 || config->workers == 0))
		abort();
	(void)config_given_names(&arena, &service, environment);
	arena_done(&arena);
	return faults.count;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *entries[MAX_ENTRIES + 1] = { NULL };
	char *copy = malloc(size + 1);
	size_t count = 0;

	if (copy == NULL)
		abort();
	memcpy(copy, data, size);
	copy[size] = '\0';
	for (size_t at = 0; at < size && count < MAX_ENTRIES; at += strlen(copy + at) + 1)
		if (strstr(copy + at, "_FILE=") == NULL)
			entries[count++] = copy + at;
	if (read_once(entries) != read_once(entries))
		abort();
	free(copy);
	return 0;
}
