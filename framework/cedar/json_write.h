/*
 * Pieces of JSON that several writers need. Like everything of buffer.h they fail into the buffer,
 * whose owner asks once at the end.
 */
#ifndef POSTERN_CEDAR_JSON_WRITE_H
#define POSTERN_CEDAR_JSON_WRITE_H

#include "cedar/cedar.h"
#include "core/buffer.h"

/* A comma, unless it is the first. */
void cedar_json_write_comma(struct buffer *out, bool is_first);
/* "name": of a member; the second for names that need no escapes. */
void cedar_json_write_name(struct buffer *out, struct slice name);
void cedar_json_write_key(struct buffer *out, const char *name);
/* {"type":"T","id":"x"} and the same as a value, {"__entity":{..}}. */
void cedar_json_write_uid(struct buffer *out, const struct cedar_uid *uid);
void cedar_json_write_entity(struct buffer *out, const struct cedar_uid *uid);

#endif
