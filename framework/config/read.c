/*
 * config_read: the whole table, one setting after the other, and then what only two of them
 * together can tell. It goes on after a fault, so that the operator sees all of them at once.
 */
#include "config/config.h"

#include <string.h>

#include <postern/service.h>

#include "config/known.h"
#include "config/service.h"
#include "config/source.h"
#include "config/table.h"
#include "config/value.h"
#include "config/workers.h"

enum { MAX_NAME = 128 };

struct reader {
	struct source source;
	const struct postern_service *service;
	struct config *config;
};

/* Faults speak of `name`, the one of the setting's names that the operator used. */
static void
fault_expected(const struct reader *reader, const struct setting *setting, const char *name)
{
	const char *expected = value_expected(setting, reader->source.arena);

	config_fault(reader->source.faults, reader->source.arena, "%s: expected %s", name,
	    expected == NULL ? "something else" : expected);
}

static void
store(
    const struct reader *reader, const struct setting *setting, const char *name, struct slice text)
{
	switch (value_store(setting, reader->source.arena, text, reader->config)) {
	case VALUE_STORED:
		break;
	case VALUE_REFUSED:
		fault_expected(reader, setting, name);
		break;
	case VALUE_NO_MEMORY:
		config_fault(reader->source.faults, reader->source.arena,
		    "%s: does not fit in memory", name);
		break;
	}
}

/*
 * The default with the service's name put in; data NULL when there is none or it does not count
 * here.
 */
static struct slice
otherwise(const struct reader *reader, const struct setting *setting)
{
	static const char mark[] = "{service}";
	const char *text = setting->otherwise;
	const char *at = text == NULL ? NULL : strstr(text, mark);
	const char *name = reader->config->service_name;

	if (setting->is_development && reader->config->is_hardened)
		return slice_make(NULL, 0);
	if (setting->is_hardened && !reader->config->is_hardened)
		return slice_make(NULL, 0);
	if (at == NULL)
		return slice_from(text);
	text = arena_printf(
	    reader->source.arena, "%.*s%s%s", (int)(at - text), text, name, at + sizeof(mark) - 1);
	if (text == NULL)
		config_fault(reader->source.faults, reader->source.arena,
		    "%s: does not fit in memory", setting->name);
	return slice_from(text);
}

static void
read_not_offered(const struct reader *reader, const struct setting *setting, struct slice text)
{
	if (setting->accepted == NULL)
		config_fault(reader->source.faults, reader->source.arena,
		    "%s: not offered by this version; leave it unset", setting->name);
	else if (!slice_is(text, setting->accepted))
		config_fault(reader->source.faults, reader->source.arena,
		    "%s: not offered by this version; leave it unset or say %s", setting->name,
		    setting->accepted);
}

static void
read_setting(const struct reader *reader, const struct setting *setting)
{
	struct slice text = { NULL, 0 };
	const char *name = setting->name;

	switch (source_find_either(&reader->source, setting->name, setting->other_name,
	    setting->type == SETTING_PEM, &text, &name)) {
	case SOURCE_FAULTY:
		return;
	case SOURCE_GIVEN:
		break;
	case SOURCE_UNSET:
		if (setting->availability != SETTING_OFFERED)
			return;
		text = otherwise(reader, setting);
		break;
	}
	if (text.data == NULL)
		return;
	if (setting->availability == SETTING_NOT_OFFERED)
		read_not_offered(reader, setting, text);
	else
		store(reader, setting, name, text);
}

/* --- what no single setting tells ------------------------------------------------------------ */

static bool
is_all_public(const struct postern_service *service)
{
	for (size_t i = 0; i < service->route_count; i++)
		if (!service->routes[i].is_public)
			return false;
	return true;
}

static bool
is_given(const struct reader *reader, const char *name)
{
	bool is_file;

	return source_has(reader->source.environment, name, &is_file);
}

/* One that was given and is no good has had its fault already. */
static void
check_key(const struct reader *reader)
{
	if (is_all_public(reader->service) || reader->config->jwt_public_key != NULL)
		return;
	if (!is_given(reader, "JWT_PUBLIC_KEY"))
		config_fault(reader->source.faults, reader->source.arena,
		    "JWT_PUBLIC_KEY: required, for there are routes that are not public");
}

static void
check_misspellings(const struct reader *reader)
{
	size_t count;
	const struct setting_misspelling *list = settings_misspellings(&count);

	for (size_t i = 0; i < count; i++)
		if (is_given(reader, list[i].wrong))
			config_fault(reader->source.faults, reader->source.arena,
			    "%s: no such setting; %s is meant", list[i].wrong, list[i].right);
}

/* Only the name's first bytes and only letters, digits and underscores: it came from outside. */
static void
fault_unknown(const struct reader *reader, struct slice name)
{
	static const char usual[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
	size_t len = 0;

	while (len < name.len && len < MAX_NAME && name.data[len] != '\0' &&
	       strchr(usual, name.data[len]) != NULL)
		len++;
	config_fault(reader->source.faults, reader->source.arena, "%.*s%s: no such setting",
	    (int)len, name.data, len < name.len ? "..." : "");
}

static void
check_unknown(const struct reader *reader)
{
	for (char *const *entry = reader->source.environment; *entry != NULL; entry++) {
		struct slice name = slice_first(slice_from(*entry), strcspn(*entry, "="));

		if (slice_starts(name, SLICE_OF("POSTERN_")) && !known_is(reader->service, name))
			fault_unknown(reader, name);
	}
}

/* --- all of it ------------------------------------------------------------------------------- */

static void
read_table(const struct reader *reader)
{
	struct config *config = reader->config;
	size_t count;
	const struct setting *table = settings_get(&count);

	for (size_t i = 0; i < count; i++) {
		read_setting(reader, &table[i]);
		/* Derived at once, for defaults further down the table depend on it. */
		config->is_hardened = config->environment == ENVIRONMENT_PRODUCTION ||
				      config->environment == ENVIRONMENT_STAGING;
	}
}

const struct config *
config_read(struct arena *arena, const struct postern_service *service, char *const *environment,
    struct config_faults *reterr_faults)
{
	struct config *config = arena_calloc(arena, 1, sizeof(*config));
	struct reader reader = {
		.source = { .arena = arena, .environment = environment, .faults = reterr_faults },
		.service = service,
		.config = config,
	};
	size_t faults_before = reterr_faults->count;

	if (config == NULL) {
		config_fault(reterr_faults, arena, "settings: out of memory");
		return NULL;
	}
	/* In force until SERVICE_NAME is read, and the default of that. */
	config->service_name = service->name == NULL ? "" : service->name;
	read_table(&reader);
	check_key(&reader);
	workers_check(&reader.source, config);
	service_settings_read(&reader.source, service, config);
	service_limits_read(&reader.source, service, config);
	check_misspellings(&reader);
	check_unknown(&reader);
	return reterr_faults->count == faults_before ? config : NULL;
}

const char *
config_environment_name(enum config_environment environment)
{
	static const char *const names[] = {
		[ENVIRONMENT_PRODUCTION] = "production",
		[ENVIRONMENT_STAGING] = "staging",
		[ENVIRONMENT_DEVELOPMENT] = "development",
		[ENVIRONMENT_TEST] = "test",
	};

	return names[environment];
}

const char *
config_worker_mode_name(enum config_worker_mode mode)
{
	static const char *const names[] = {
		[WORKER_MODE_STATIC] = "static",
		[WORKER_MODE_DYNAMIC] = "dynamic",
		[WORKER_MODE_ONDEMAND] = "ondemand",
	};

	/* The number may come out of memory that any worker can write. */
	return (unsigned)mode < COUNT_OF(names) ? names[mode] : "unknown";
}
