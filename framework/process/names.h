/* Names of users and groups to ids, through the system's own databases (getpwnam, getgrnam). */
#ifndef POSTERN_PROCESS_NAMES_H
#define POSTERN_PROCESS_NAMES_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/compiler.h"
#include "core/slice.h"

/* False when there is no such user. `ret_gid`, the user's primary group, may be NULL. */
bool names_find_user(struct slice name, uid_t *ret_uid, gid_t *ret_gid) MUST_USE;
bool names_find_group(struct slice name, gid_t *ret_gid) MUST_USE;

#endif
