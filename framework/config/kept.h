/*
 * Secrets that were taken out of the environment. A reload reads all settings anew, so their
 * values must stay somewhere: here, in memory of the process that is cleared when it is given
 * back. A process that is made by fork has them, a program that is started by exec has not, and
 * neither has /proc/PID/environ.
 */
#ifndef POSTERN_CONFIG_KEPT_H
#define POSTERN_CONFIG_KEPT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/slice.h"

enum kept_state {
	KEPT_NOT = 0,
	KEPT_VALUE,
	KEPT_LOST, /* it was wiped, and there was no memory to keep it in */
};

/* Takes `name` out of environ, every entry of it, and overwrites its value there. */
void kept_take(const char *name);
/* A value taken out earlier. It stays where it is until the next kept_take of this name. */
enum kept_state kept_find(const char *name, struct slice *ret_value);

#endif
