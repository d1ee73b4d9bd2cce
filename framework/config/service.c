/*
 * The service's part of the settings. Its table comes from a stranger's program, so the table
 * itself is checked too: a fault of the author's is told like one of the operator's, before
 * anything is served.
 */
#include "config/service.h"

#include <inttypes.h>
#include <string.h>

#include <postern/service.h>

#include "config/limit.h"
#include "config/table.h"

enum { MAX_NAME = 64 };

/* --- looking around in the service's tables -------------------------------------------------- */

const struct postern_route *
service_route_with_limit(const struct postern_service *service, size_t end, const char *name)
{
	for (size_t i = 0; i < end; i++) {
		const char *setting = service->routes[i].limit.setting;

		if (setting != NULL && strcmp(setting, name) == 0)
			return &service->routes[i];
	}
	return NULL;
}

static bool
is_own_setting(const struct postern_service *service, size_t end, const char *name)
{
	for (size_t i = 0; i < end; i++)
		if (service->settings[i].name != NULL &&
		    strcmp(service->settings[i].name, name) == 0)
			return true;
	return false;
}

bool
service_has_setting(const struct postern_service *service, const char *name)
{
	return is_own_setting(service, service->setting_count, name) ||
	       service_route_with_limit(service, service->route_count, name) != NULL;
}

/*
 * A capital letter, then capitals, digits and underscores; "_FILE" at the end is the framework's.
 */
static bool
is_name(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	size_t len = strlen(name);

	if (len == 0 || len > MAX_NAME || strspn(name, allowed) != len || name[0] < 'A')
		return false;
	return name[0] != '_' && (len < 5 || strcmp(name + len - 5, "_FILE") != 0);
}

static bool
name_check(const struct source *source, const char *name)
{
	if (name == NULL || !is_name(name)) {
		config_fault(source->faults, source->arena,
		    "the service's table: a setting's name must be 1 to %d of A-Z, 0-9 and "
		    "underscore, and "
		    "must not end in _FILE",
		    MAX_NAME);
		return false;
	}
	if (setting_find(name) != NULL) {
		config_fault(source->faults, source->arena,
		    "%s: the service's table has a setting of the framework's name", name);
		return false;
	}
	return true;
}

/* --- the service's own settings -------------------------------------------------------------- */

const char *
service_setting_expected(const struct postern_setting *setting, struct arena *arena)
{
	switch (setting->type) {
	case POSTERN_SETTING_TEXT:
		return "text";
	case POSTERN_SETTING_INTEGER:
		return arena_printf(arena, "whole number, %" PRId64 " to %" PRId64,
		    setting->minimum, setting->maximum);
	case POSTERN_SETTING_SQLITE_URL:
		return "sqlite:///PATH";
	}
	return NULL;
}

/* Digits alone; a minus sign before them only where the range has negative numbers. */
static bool
integer_read(const struct postern_setting *setting, struct slice text, int64_t *ret_integer)
{
	bool is_negative = setting->minimum < 0 && text.len > 0 && text.data[0] == '-';
	uint64_t number;
	int64_t integer;

	if (!slice_to_u64(slice_skip(text, is_negative), INT64_MAX, &number))
		return false;
	integer = is_negative ? -(int64_t)number : (int64_t)number;
	if (integer < setting->minimum || integer > setting->maximum)
		return false;
	*ret_integer = integer;
	return true;
}

/*
 * sqlite:///absolute/path; also with four slashes, as SQLAlchemy writes it. "?", "#" and "%"
 * would mean one thing to us and another to a URL's reader, so they are refused.
 */
static bool
sqlite_path(struct slice text, const char **ret_path)
{
	struct slice scheme = SLICE_OF("sqlite://");
	struct slice path = slice_skip(text, scheme.len);

	if (!slice_starts(text, scheme))
		return false;
	if (slice_starts(path, SLICE_OF("//")))
		path = slice_skip(path, 1);
	if (path.len < 2 || path.data[0] != '/' || path.data[1] == '/' ||
	    path.data[path.len - 1] == '/')
		return false;
	for (size_t i = 0; i < path.len; i++)
		if (strchr("?#%", path.data[i]) != NULL)
			return false;
	*ret_path = path.data;
	return true;
}

/* `text` ends in a NUL, which the extra's texts rely on. */
static bool
extra_store(const struct postern_setting *setting, struct slice text, struct config_extra *extra)
{
	extra->text = text.data;
	switch (setting->type) {
	case POSTERN_SETTING_TEXT:
		return true;
	case POSTERN_SETTING_INTEGER:
		return integer_read(setting, text, &extra->integer);
	case POSTERN_SETTING_SQLITE_URL:
		return sqlite_path(text, &extra->path);
	}
	return false;
}

static void
extra_read(
    const struct source *source, const struct postern_setting *setting, struct config_extra *extra)
{
	struct slice text = slice_from(setting->otherwise);
	enum source_result result = source_find(source, setting->name, false, &text);
	const char *expected;

	if (result == SOURCE_FAULTY || text.data == NULL)
		return;
	if (extra_store(setting, text, extra))
		return;
	expected = service_setting_expected(setting, source->arena);
	config_fault(source->faults, source->arena, "%s: %s%s", setting->name,
	    result == SOURCE_GIVEN ? "expected " : "the service's default is wrong; expected ",
	    expected == NULL ? "something else" : expected);
}

void
service_settings_read(
    const struct source *source, const struct postern_service *service, struct config *config)
{
	size_t count = service->setting_count;

	if (count > CONFIG_MAX_SETTINGS) {
		config_fault(source->faults, source->arena,
		    "the service's table: more than %d settings", CONFIG_MAX_SETTINGS);
		return;
	}
	config->extras = arena_calloc(source->arena, count, sizeof(*config->extras));
	if (config->extras == NULL) {
		config_fault(source->faults, source->arena, "settings: out of memory");
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const struct postern_setting *setting = &service->settings[i];

		if (!name_check(source, setting->name))
			continue;
		if (is_own_setting(service, i, setting->name))
			config_fault(source->faults, source->arena,
			    "%s: twice in the service's table", setting->name);
		else
			extra_read(source, setting, &config->extras[i]);
	}
}

/* --- the limits of the routes ---------------------------------------------------------------- */

static bool
is_same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static const char *
limit_read(const struct source *source, const struct postern_limit *limit)
{
	struct slice text = slice_from(limit->otherwise);
	enum source_result result = SOURCE_UNSET;

	if (limit->setting != NULL)
		result = source_find(source, limit->setting, false, &text);
	if (result == SOURCE_FAULTY || text.data == NULL)
		return NULL;
	if (limit_is_sound(text))
		return text.data;
	config_fault(source->faults, source->arena, "%s: %s" SERVICE_LIMIT_EXPECTED,
	    limit->setting == NULL ? "the limit of a route" : limit->setting,
	    result == SOURCE_GIVEN ? "expected " : "the service's default is wrong; expected ");
	return NULL;
}

/* A setting that an earlier route has had already is taken over from there: one fault is enough. */
static const char *
route_limit(const struct source *source, const struct postern_service *service, size_t index,
    const char *const *limits)
{
	const struct postern_limit *limit = &service->routes[index].limit;
	const struct postern_route *earlier;

	if (limit->setting == NULL)
		return limit->otherwise == NULL ? NULL : limit_read(source, limit);
	earlier = service_route_with_limit(service, index, limit->setting);
	if (earlier != NULL) {
		if (!is_same(earlier->limit.otherwise, limit->otherwise))
			config_fault(source->faults, source->arena,
			    "%s: two routes give it different defaults", limit->setting);
		return limits[earlier - service->routes];
	}
	if (!name_check(source, limit->setting))
		return NULL;
	if (is_own_setting(service, service->setting_count, limit->setting)) {
		config_fault(source->faults, source->arena,
		    "%s: in the service's table as a setting and as a limit", limit->setting);
		return NULL;
	}
	return limit_read(source, limit);
}

void
service_limits_read(
    const struct source *source, const struct postern_service *service, struct config *config)
{
	const char **limits = arena_calloc(source->arena, service->route_count, sizeof(*limits));

	if (limits == NULL) {
		config_fault(source->faults, source->arena, "routes: out of memory");
		return;
	}
	for (size_t i = 0; i < service->route_count; i++)
		limits[i] = route_limit(source, service, i, limits);
	config->route_limits = limits;
}
