/* A folder of a test's own with a document database in it, and a look into that database. */
#ifndef TESTS_UNIT_APP_SCRATCH_H
#define TESTS_UNIT_APP_SCRATCH_H

#include <sqlite3.h>
#include <stdbool.h>

struct scratch {
	char folder[256];
	char file[300];  /* <folder>/documents.db */
	char other[300]; /* <folder>/other.db */
};

/* The folder alone; the files are not made. 0, or -1 on failure. */
int scratch_make(struct scratch *scratch);
void scratch_remove(struct scratch *scratch);

/* A plain handle, as the sqlite3 shell would open it. */
sqlite3 *scratch_open(const char *file);
/* Whether the statements run on a plain handle. */
bool scratch_run(const char *file, const char *sql);
/* The first column of the first row as text in a buffer of the caller's next call; "" for none. */
const char *scratch_text(const char *file, const char *sql);

#endif
