/*
 * Whether values and requests are what a schema says. Answers are NULL, it is, or what is wrong,
 * in words, in the arena; when memory is out that is said, never NULL.
 */
#ifndef POSTERN_CEDAR_CONFORMANCE_H
#define POSTERN_CEDAR_CONFORMANCE_H

#include "cedar/schema.h"

/* An entity of an enumerated type has one of its ids, an action is declared. */
const char *conformance_uid(
    struct arena *arena, const struct cedar_schema *schema, const struct cedar_uid *uid) MUST_USE;
/* Entities of this type may be in this one. */
const char *conformance_parent(struct arena *arena, const struct cedar_schema *schema,
    const struct schema_entity_type *type, const struct cedar_uid *parent) MUST_USE;
/* A value has this type, and so has all inside it. */
const char *conformance_value(struct arena *arena, const struct cedar_schema *schema,
    struct cedar_value value, const struct schema_type *type) MUST_USE;
/* A record has the required attributes and no others than the declared ones, of their types. */
const char *conformance_record(struct arena *arena, const struct cedar_schema *schema,
    const struct cedar_record *value, const struct schema_record *type) MUST_USE;

/* Such an answer: made printable; "out of memory" when there is none for it. */
const char *conformance_message(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
/* "Set<Long>", "ipaddr", "a record"; for messages. */
const char *conformance_type_name(struct arena *arena, const struct schema_type *type);

#endif
