/*
 * A response on its way to the front: STDOUT records of what a handler answered, their end and
 * END_REQUEST (FastCGI 1.0 §5.3, §5.5), in one system call where they fit into one record.
 */
#ifndef POSTERN_GATEWAY_FCGI_OUTPUT_H
#define POSTERN_GATEWAY_FCGI_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/compiler.h"
#include "core/slice.h"

/*
 * Sends all of it. Waits for a front that reads slowly until `deadline_us` (monotonic), or for a
 * second when that is later: a response that is ready too late still has a chance. False: the front
 * has gone, or the time is up.
 */
bool fcgi_output_send(
    int fd, uint16_t request_id, struct slice response, int64_t deadline_us) MUST_USE;

#endif
