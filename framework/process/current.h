/*
 * What the public functions answer from: the service, the settings in force and the log, of this
 * process. They take no handle, so this is the one place of process-wide state that a service can
 * reach.
 */
#ifndef POSTERN_PROCESS_CURRENT_H
#define POSTERN_PROCESS_CURRENT_H

struct config;
struct log;
struct postern_service;

struct current {
	const struct postern_service *service;
	const struct config *config;
	struct log *log;
};

/* Replaces what is in force; all of it must stay until the next call. */
void current_set(const struct current *current);
/* Never NULL; its members are, before postern_main. */
const struct current *current_get(void);

#endif
