/*
 * The names of what was given, for the event settings.accepted: names alone, no values are
 * touched.
 */
#include "config/config.h"

#include <postern/service.h>

#include "config/service.h"
#include "config/source.h"
#include "config/table.h"

struct given {
	struct arena *arena;
	char *const *environment;
	struct slice *names;
	size_t count, room;
};

static void
look(struct given *given, const char *name)
{
	const char *text = name;
	bool is_file;

	if (name == NULL || given->count == given->room ||
	    !source_has(given->environment, name, &is_file))
		return;
	if (is_file)
		text = arena_printf(given->arena, "%s_FILE", name);
	if (text != NULL)
		given->names[given->count++] = slice_from(text);
}

static void
look_at_framework(struct given *given, const struct setting *table, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		look(given, table[i].name);
		look(given, table[i].other_name);
	}
}

static void
look_at_service(struct given *given, const struct postern_service *service)
{
	for (size_t i = 0; i < service->setting_count; i++)
		look(given, service->settings[i].name);
	for (size_t i = 0; i < service->route_count; i++) {
		const char *name = service->routes[i].limit.setting;

		if (name != NULL && service_route_with_limit(service, i, name) == NULL)
			look(given, name);
	}
}

struct config_list
config_given_names(
    struct arena *arena, const struct postern_service *service, char *const *environment)
{
	size_t count;
	const struct setting *table = settings_get(&count);
	struct given given = { .arena = arena, .environment = environment };

	given.room = 2 * count + service->setting_count + service->route_count;
	given.names = arena_calloc(arena, given.room, sizeof(*given.names));
	if (given.names == NULL)
		given.room = 0;
	look_at_framework(&given, table, count);
	look_at_service(&given, service);
	return (struct config_list) { given.names, given.count };
}
