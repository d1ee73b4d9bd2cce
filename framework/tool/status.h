/* The answer of /status for people at a terminal. */
#ifndef POSTERN_TOOL_STATUS_H
#define POSTERN_TOOL_STATUS_H

#include <stdio.h>

#include <jansson.h>

/* What is not there, or of another type, counts as 0 or nothing. */
void status_print(const json_t *status, FILE *out);

#endif
