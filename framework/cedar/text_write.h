/*
 * Pieces of Cedar text that all printers need: strings, names, entities. What is printed reads back
 * as the same. Like everything of buffer.h they fail into the buffer, whose owner asks at the end.
 */
#ifndef POSTERN_CEDAR_TEXT_WRITE_H
#define POSTERN_CEDAR_TEXT_WRITE_H

#include "cedar/cedar.h"
#include "cedar/pattern.h"
#include "core/buffer.h"

/* Whether it can stand as an identifier: an attribute after a dot, a key without quotes. */
bool cedar_text_is_identifier(struct slice name);

/*
 * In double quotes. Escaped is what would end the string and what nobody sees: control characters,
 * white space other than the space, marks of direction, whatever has no shape of its own.
 */
void cedar_text_write_string(struct buffer *out, struct slice string);
/* The same for the right side of `like`, stars of the literal parts as `\*`. */
void cedar_text_write_pattern(struct buffer *out, const struct pattern *pattern);
/* An identifier as it is, anything else as a string. */
void cedar_text_write_name(struct buffer *out, struct slice name);
/* Type::"id" */
void cedar_text_write_uid(struct buffer *out, const struct cedar_uid *uid);

#endif
