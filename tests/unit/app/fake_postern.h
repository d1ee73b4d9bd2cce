/*
 * The framework, as far as a service sees it, played by a test: what a handler asks is answered
 * from `fake`, what it says is written down there.
 */
#ifndef TESTS_UNIT_APP_FAKE_POSTERN_H
#define TESTS_UNIT_APP_FAKE_POSTERN_H

#include <postern/postern.h>

struct fake {
	/* What the framework answers. */
	const char *document_id; /* of the path */
	const char *principal_type, *principal_id;
	void *worker_data;
	const char *app_database, *migration_database;
	int allocations; /* that succeed; -1: all */

	/* What it was told. */
	void *kept;
	char body[4096];     /* "name=value;" for each member */
	char entity[4096];   /* "name=value;" for each attribute */
	char event[64];      /* the type of the last event */
	const char *message; /* and its text */
};
extern struct fake fake;

/* Forgets all, and frees what handlers were given. */
void fake_reset(void);

#endif
