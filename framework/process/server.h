/* Serving: from the settings to the manager, and back down when it has ended. */
#ifndef POSTERN_PROCESS_SERVER_H
#define POSTERN_PROCESS_SERVER_H

#include <postern/service.h>

#include "core/compiler.h"

/* `arguments` are the process's own, for a successor. Returns the exit status of the process. */
int server_run(const struct postern_service *service, char *const *arguments) MUST_USE;

#endif
