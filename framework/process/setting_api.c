/* postern_setting and its relatives: the service's own settings, by name. */
#include <postern/service.h>

#include <string.h>

#include "config/config.h"
#include "process/current.h"

static const struct config_extra *
find(const char *name)
{
	const struct current *current = current_get();
	size_t i;

	if (name == NULL || current->service == NULL || current->config == NULL)
		return NULL;
	for (i = 0; i < current->service->setting_count; i++)
		if (strcmp(current->service->settings[i].name, name) == 0)
			return &current->config->extras[i];
	return NULL;
}

const char *
postern_setting(const char *name)
{
	const struct config_extra *extra = find(name);

	return extra == NULL ? NULL : extra->text;
}

int64_t
postern_setting_integer(const char *name)
{
	const struct config_extra *extra = find(name);

	return extra == NULL ? 0 : extra->integer;
}

const char *
postern_setting_path(const char *name)
{
	const struct config_extra *extra = find(name);

	return extra == NULL ? NULL : extra->path;
}
