/*
 * What a service adds to the settings: its own (struct postern_setting) and the limits of its
 * routes.
 */
#ifndef POSTERN_CONFIG_SERVICE_H
#define POSTERN_CONFIG_SERVICE_H

#include "config/config.h"
#include "config/source.h"

struct postern_service;
struct postern_setting;
struct postern_route;

/* Reads the service's settings into config->extras; faults go to the source. */
void service_settings_read(
    const struct source *source, const struct postern_service *service, struct config *config);
/* Reads the routes' limits into config->route_limits. */
void service_limits_read(
    const struct source *source, const struct postern_service *service, struct config *config);

/* Whether the service has a setting or a route's limit of this name. */
bool service_has_setting(const struct postern_service *service, const char *name);
/* The first route, before `end`, whose limit has this setting; NULL when there is none. */
const struct postern_route *service_route_with_limit(
    const struct postern_service *service, size_t end, const char *name);

/* What the setting expects, as value_expected says it of the framework's. */
const char *service_setting_expected(const struct postern_setting *setting, struct arena *arena);

#define SERVICE_LIMIT_EXPECTED "N per second, minute, hour or day, N from 1 to 1000000"

#endif
