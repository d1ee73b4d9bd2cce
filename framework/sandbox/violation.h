/*
 * What becomes of a system call that is not listed. Strict: the kernel sends SIGSYS instead of
 * making it; a handler writes which one it was and the process ends by that signal, so that its
 * parent can tell (WTERMSIG is SIGSYS). Log: a thread beside, the only one that is not bound, is
 * asked by the kernel about each, tells it and lets it run.
 */
#ifndef POSTERN_SANDBOX_VIOLATION_H
#define POSTERN_SANDBOX_VIOLATION_H

#include <stdbool.h>

#include "core/compiler.h"
#include "sandbox/filter.h"
#include "sandbox/sandbox.h"

/* si_code of a SIGSYS that seccomp sent: SYS_SECCOMP of a header that goes not with libc's. */
enum { VIOLATION_CODE = 1 };

/* Installs the handler, then the filter. NULL, or a word for what could not be done. */
const char *violation_end_by(
    const struct filter *filter, const struct sandbox_entry *entry) MUST_USE;

/*
 * Starts the thread, then installs the filter. Where the kernel cannot ask (before 5.5, or somebody
 * else is asked already) violations are left to its audit log. NULL, or a word.
 */
const char *violation_tell_by(
    const struct filter *filter, const struct sandbox_entry *entry) MUST_USE;

/* How many calls that thread has let run. */
unsigned violation_told(void);
/* Whether the kernel asks it, and not its own audit log. */
bool violation_is_asked(void);

#endif
