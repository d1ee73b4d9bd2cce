/* The line that is written about a violation, ended or let run. */
#ifndef POSTERN_SANDBOX_TOLD_H
#define POSTERN_SANDBOX_TOLD_H

#include <stdint.h>

#include "log/log.h"
#include "sandbox/sandbox.h"

/*
 * Safe in a signal handler, as far as `log` is not in use by what it interrupts. `count`: how often
 * by now; 0 leaves it out.
 */
void told_log(struct log *log, enum log_event event, const struct sandbox_entry *entry,
    int call_number, uint32_t count);

#endif
