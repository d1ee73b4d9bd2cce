/*
 * Whether a text looks like a limit, so that its fault is told together with all the others. What
 * it means is for limits/ to say, which this layer does not know.
 */
#ifndef POSTERN_CONFIG_LIMIT_H
#define POSTERN_CONFIG_LIMIT_H

#include "core/slice.h"

/* "60 per minute", "60/minute", "10 per 5 minutes". */
bool limit_is_sound(struct slice text);

#endif
