/* What the settings of workers say only together. */
#ifndef POSTERN_CONFIG_WORKERS_H
#define POSTERN_CONFIG_WORKERS_H

struct config;
struct source;

/*
 * Makes the faults, and the defaults that depend on other settings. A setting that has had a fault
 * of its own gets no second one.
 */
void workers_check(const struct source *source, struct config *config);

#endif
