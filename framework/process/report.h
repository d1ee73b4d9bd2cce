/*
 * An inspection as text: JSON for programs and `postern status`, and the exposition formats of
 * Prometheus (text 0.0.4) and OpenMetrics (1.0.0). Pure functions; nothing here looks at anything.
 */
#ifndef POSTERN_PROCESS_REPORT_H
#define POSTERN_PROCESS_REPORT_H

#include <stdbool.h>

#include "core/buffer.h"
#include "http/response.h"
#include "process/inspection.h"

enum { REPORT_METRICS_MAX = 8 * 1024 * 1024 /* bytes: 512 routes with paths of 400 bytes */ };

/* The whole object; with `is_full` each worker is an entry of it. A failure sticks to `res`. */
void report_json(const struct inspection *inspection, bool is_full, struct response *res);

/* A failure sticks to `out`. */
void report_metrics(const struct inspection *inspection, bool is_open_metrics, struct buffer *out);

#endif
