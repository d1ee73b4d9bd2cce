/* Helpers of the tests of app/. */
#include "scratch.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int
scratch_make(struct scratch *scratch)
{
	const char *base = getenv("TMPDIR");

	snprintf(scratch->folder, sizeof(scratch->folder), "%s/documents-XXXXXX",
	    base == NULL || base[0] == '\0' ? "/tmp" : base);
	if (mkdtemp(scratch->folder) == NULL)
		return -1;
	snprintf(scratch->file, sizeof(scratch->file), "%s/documents.db", scratch->folder);
	snprintf(scratch->other, sizeof(scratch->other), "%s/other.db", scratch->folder);
	return 0;
}

void
scratch_remove(struct scratch *scratch)
{
	DIR *folder = opendir(scratch->folder);

	if (folder != NULL) {
		for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
			unlinkat(dirfd(folder), entry->d_name, 0);
		closedir(folder);
	}
	rmdir(scratch->folder);
}

sqlite3 *
scratch_open(const char *file)
{
	sqlite3 *db = NULL;

	if (sqlite3_open(file, &db) != SQLITE_OK)
		abort();
	return db;
}

bool
scratch_run(const char *file, const char *sql)
{
	sqlite3 *db = scratch_open(file);
	bool done = sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;

	sqlite3_close(db);
	return done;
}

const char *
scratch_text(const char *file, const char *sql)
{
	static char text[8192];
	sqlite3 *db = scratch_open(file);
	sqlite3_stmt *statement = NULL;

	text[0] = '\0';
	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_text(statement, 0) != NULL)
		snprintf(text, sizeof(text), "%s", (const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return text;
}
