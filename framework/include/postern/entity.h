/*
 * How a service describes the resource of a request to the policies. The framework calls the
 * route's `load` after authentication and before authorization; it fills the attributes that
 * policies may ask for.
 */
#ifndef POSTERN_ENTITY_H
#define POSTERN_ENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include <postern/export.h>

POSTERN_BEGIN

struct postern_entity;

/*
 * Attributes of the resource. Names and values are copied. A failure sticks: the request is then
 * refused with 503.
 */
POSTERN_API void postern_entity_string(
    struct postern_entity *entity, const char *name, const char *value);
POSTERN_API void postern_entity_integer(
    struct postern_entity *entity, const char *name, int64_t value);
POSTERN_API void postern_entity_boolean(
    struct postern_entity *entity, const char *name, bool value);
/* A reference: `type` without the service's Cedar namespace ("Patient"), and the id. */
POSTERN_API void postern_entity_reference(
    struct postern_entity *entity, const char *name, const char *type, const char *id);
/* A parent in the hierarchy (`resource in Folder::"x"`); may be called several times. */
POSTERN_API void postern_entity_parent(
    struct postern_entity *entity, const char *type, const char *id);

POSTERN_END

#endif
