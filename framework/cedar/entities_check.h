/* Stores against a schema, and the schema's actions in them. */
#ifndef POSTERN_CEDAR_ENTITIES_CHECK_H
#define POSTERN_CEDAR_ENTITIES_CHECK_H

#include "cedar/entity_store.h"
#include "cedar/schema.h"

/*
 * Whether all of a closed store is what the schema says: NULL, or what is wrong with one of its
 * entities, in the arena; when memory is out that is said, never NULL.
 */
const char *entities_check(struct arena *arena, const struct cedar_entities *entities,
    const struct cedar_schema *schema) MUST_USE;
/*
 * Whether an action of a closed store is the schema's: without attributes, in everything that the
 * schema puts it in, and in nothing else.
 */
bool entities_check_action(const struct cedar_entities *entities, const struct entity *action,
    const struct cedar_schema *schema) MUST_USE;

/* Puts the schema's actions into a closed store, as far as they are not there. */
enum entities_fault entities_add_actions(struct cedar_entities *entities,
    const struct cedar_schema *schema, struct arena *arena) MUST_USE;

#endif
