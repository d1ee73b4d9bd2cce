/* Which settings are secret, and taking all of them out of the environment. */
#include "config/config.h"

#include <postern/service.h>

#include "config/kept.h"
#include "config/table.h"

void
config_wipe_secrets(const struct postern_service *service)
{
	size_t count;
	const struct setting *table = settings_get(&count);

	for (size_t i = 0; i < count; i++) {
		if (!table[i].is_secret)
			continue;
		kept_take(table[i].name);
		if (table[i].other_name != NULL)
			kept_take(table[i].other_name);
	}
	for (size_t i = 0; i < service->setting_count && i < CONFIG_MAX_SETTINGS; i++)
		if (service->settings[i].is_secret && service->settings[i].name != NULL)
			kept_take(service->settings[i].name);
}
