/* A name is looked up as it stands and, if that fails, without "_FILE". */
#include "config/known.h"

#include <string.h>

#include "config/service.h"
#include "config/table.h"

enum { MAX_NAME = 128 };

static bool
is_setting(const struct postern_service *service, struct slice name)
{
	char copy[MAX_NAME];

	if (name.len >= sizeof(copy))
		return false;
	memcpy(copy, name.data, name.len);
	copy[name.len] = '\0';
	return setting_find(copy) != NULL || service_has_setting(service, copy);
}

bool
known_is(const struct postern_service *service, struct slice name)
{
	const struct slice ending = SLICE("_FILE");

	if (is_setting(service, name))
		return true;
	return name.len > ending.len &&
	       slice_equal(slice_skip(name, name.len - ending.len), ending) &&
	       is_setting(service, slice_first(name, name.len - ending.len));
}
