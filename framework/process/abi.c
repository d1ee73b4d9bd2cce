/* Bringing a service's tables into the shape of this version. */
#include "process/abi.h"

#include <stdint.h>
#include <string.h>

/*
 * From the first member to the last one of 1.0; written out, so that a new member does not change
 * it.
 */
#define SIZE_THROUGH(type, member) (offsetof(type, member) + sizeof(((type *)NULL)->member))
#define PADDED(size, type) (((size) + _Alignof(type) - 1) / _Alignof(type) * _Alignof(type))

const struct postern_abi abi_oldest = {
	.service_size = PADDED(SIZE_THROUGH(struct postern_service, after), struct postern_service),
	.route_size = PADDED(SIZE_THROUGH(struct postern_route, limit), struct postern_route),
	.setting_size =
	    PADDED(SIZE_THROUGH(struct postern_setting, is_secret), struct postern_setting),
	.command_size = PADDED(SIZE_THROUGH(struct postern_command, run), struct postern_command),
};

static const struct postern_abi current = {
	sizeof(struct postern_service),
	sizeof(struct postern_route),
	sizeof(struct postern_setting),
	sizeof(struct postern_command),
};

static bool
is_between(size_t size, size_t oldest, size_t newest)
{
	return size >= oldest && size <= newest;
}

static bool
is_known(const struct postern_abi *abi, const struct postern_abi *oldest)
{
	return is_between(abi->service_size, oldest->service_size, current.service_size) &&
	       is_between(abi->route_size, oldest->route_size, current.route_size) &&
	       is_between(abi->setting_size, oldest->setting_size, current.setting_size) &&
	       is_between(abi->command_size, oldest->command_size, current.command_size);
}

/*
 * `count` elements of `from` bytes each become elements of `to` bytes, zeros behind. NULL: no
 * memory.
 */
static void *
widen(struct arena *arena, const void *table, size_t count, size_t from, size_t to)
{
	char *wide;
	size_t i;

	/* One more than none, so that an empty table is no failure. */
	wide = count < SIZE_MAX ? arena_calloc(arena, count + 1, to) : NULL;
	for (i = 0; wide != NULL && i < count; i++)
		memcpy(wide + i * to, (const char *)table + i * from, from);
	return wide;
}

const struct postern_service *
abi_adopt(struct arena *arena, const struct postern_service *service,
    const struct postern_abi *oldest, const char **reterr_text)
{
	const struct postern_abi abi = service->abi;
	struct postern_service *adopted;

	if (!is_known(&abi, oldest)) {
		*reterr_text = abi.service_size > current.service_size
				   ? "the service was built against a newer libpostern"
				   : "the service was built against another libpostern, or without "
				     "POSTERN_SERVICE_ABI";
		return NULL;
	}
	if (memcmp(&abi, &current, sizeof(abi)) == 0)
		return service;
	*reterr_text = "out of memory";
	adopted = widen(arena, service, 1, abi.service_size, current.service_size);
	if (adopted == NULL)
		return NULL;
	adopted->abi = current;
	adopted->routes =
	    widen(arena, adopted->routes, adopted->route_count, abi.route_size, current.route_size);
	adopted->settings = widen(arena, adopted->settings, adopted->setting_count,
	    abi.setting_size, current.setting_size);
	adopted->commands = widen(arena, adopted->commands, adopted->command_count,
	    abi.command_size, current.command_size);
	if (adopted->routes == NULL || adopted->settings == NULL || adopted->commands == NULL)
		return NULL;
	return adopted;
}
