/* What `postern cedar format` prints: the same policies and comments, laid out anew. */
#ifndef POSTERN_CEDAR_FORMAT_TEXT_H
#define POSTERN_CEDAR_FORMAT_TEXT_H

#include "cedar/cedar.h"
#include "core/buffer.h"

/* Appends to `out`. False: complaints say why. */
bool policy_text_format(struct arena *arena, const char *file, struct slice text,
    unsigned line_width, unsigned indent_width, struct cedar_complaints *reterr_complaints,
    struct buffer *out) MUST_USE;

#endif
