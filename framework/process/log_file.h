/*
 * LOG_FILE: the log in a file of its own in place of standard output, and another file under the same name
 * when somebody has moved the old one away (USR1, logrotate).
 *
 * It is opened by the user who serves and never by root: what can be opened at the start can be
 * opened again later, and no name in a folder that this user may write to leads root anywhere. The log keeps
 * descriptor 1 whichever file that is.
 */
#ifndef POSTERN_PROCESS_LOG_FILE_H
#define POSTERN_PROCESS_LOG_FILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/compiler.h"

enum { LOG_FILE_MODE = 0640 };

/* As root, before it is given up: an empty file for `uid`, where there is none and he could not make one. */
void log_file_prepare(const char *path, uid_t uid, gid_t gid);
/* Makes the file descriptor 1 of this process. NULL, or what is wrong; then nothing has changed. */
const char *log_file_use(const char *path) MUST_USE;

#endif
