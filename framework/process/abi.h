/*
 * A service that was built against an older 1.y has smaller structures than ours: new members are
 * always added behind. Here they become ours, with zeros for what the service does not know. See
 * postern_abi in postern/service.h.
 */
#ifndef POSTERN_PROCESS_ABI_H
#define POSTERN_PROCESS_ABI_H

#include <postern/service.h>

#include "core/arena.h"
#include "core/compiler.h"

/* The shapes of 1.0, the oldest that can be. */
extern const struct postern_abi abi_oldest;

/*
 * The service in our shape: itself when it has it, else a copy in `arena`. NULL when a size is
 * not of any version from `oldest` to ours, or memory is out, with a text for the operator.
 */
const struct postern_service *abi_adopt(struct arena *arena, const struct postern_service *service,
    const struct postern_abi *oldest, const char **reterr_text) MUST_USE;

#endif
