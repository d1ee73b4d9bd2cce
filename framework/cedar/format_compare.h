/* The formatter's check of itself: nothing was lost, added or moved. */
#ifndef POSTERN_CEDAR_FORMAT_COMPARE_H
#define POSTERN_CEDAR_FORMAT_COMPARE_H

#include "core/slice.h"

/* Whether both texts have the same tokens and the same comments, each in the same order. */
bool format_is_same(struct slice a, struct slice b);

#endif
