/*
 * The service as a CGI program (RFC 3875): one process, one request, the same guards. What
 * workers share in memory is not there, so rate counters are in the database directly.
 */
#ifndef POSTERN_PROCESS_CGI_H
#define POSTERN_PROCESS_CGI_H

#include <postern/service.h>

#include "core/compiler.h"

/*
 * Answers on standard output, logs to standard error. Returns the exit status: 0 whenever
 * something was answered.
 */
int cgi_run(const struct postern_service *service) MUST_USE;

#endif
