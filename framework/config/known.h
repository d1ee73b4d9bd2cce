/* Which variables of an environment are settings. */
#ifndef POSTERN_CONFIG_KNOWN_H
#define POSTERN_CONFIG_KNOWN_H

#include <stdbool.h>

#include "core/slice.h"

struct postern_service;

/*
 * A name of a setting, the framework's or the service's own, or of one with "_FILE" behind it.
 * Names that are second spellings or belong to settings that are not offered are known, too.
 */
bool known_is(const struct postern_service *service, struct slice name);

#endif
