/* The answer of /status for people at a terminal. */
#ifndef POSTERN_TOOL_STATUS_H
#define POSTERN_TOOL_STATUS_H

#include <stdio.h>

#include <jansson.h>

/* What is not there, or of another type, counts as 0 or nothing. */
void status_print(const json_t *status, FILE *out);

/*
 * `text` with blanks behind it up to `width`, at most 100 characters; what could steer a terminal
 * is a question mark. NULL: nothing.
 */
void status_put_text(FILE *out, const char *text, int width);
/* "2 d 03:04:05" */
void status_put_duration(FILE *out, json_int_t seconds);

#endif
