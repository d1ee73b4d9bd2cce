/* A folder of a test's own, and files in it. */
#ifndef TESTS_UNIT_LIMITS_SCRATCH_H
#define TESTS_UNIT_LIMITS_SCRATCH_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct scratch {
	char folder[256];
	char file[300]; /* <folder>/limits.db */
	char uri[320];  /* sqlite://<file> */
};

static inline int
scratch_make(struct scratch *scratch)
{
	const char *base = getenv("TMPDIR");

	snprintf(scratch->folder, sizeof(scratch->folder), "%s/limits-XXXXXX",
	    base == NULL || base[0] == '\0' ? "/tmp" : base);
	if (mkdtemp(scratch->folder) == NULL)
		return -1;
	snprintf(scratch->file, sizeof(scratch->file), "%s/limits.db", scratch->folder);
	snprintf(scratch->uri, sizeof(scratch->uri), "sqlite://%s", scratch->file);
	return 0;
}

static inline void
scratch_remove(struct scratch *scratch)
{
	DIR *folder;

	chmod(scratch->folder, 0700);
	folder = opendir(scratch->folder);
	if (folder != NULL) {
		for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
			unlinkat(dirfd(folder), entry->d_name, 0);
		closedir(folder);
	}
	rmdir(scratch->folder);
}

#endif
