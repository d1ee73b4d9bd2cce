/*
 * Walking and reading a directory of policies. Everything that is there must be readable: a
 * policy that is passed over in silence might be the one that forbids.
 */
#include "authz/directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "authz/authz.h"
#include "core/sort.h"

struct walk {
	struct arena *arena;
	struct directory *directory;
	size_t entry_count;
	const char *fault;
};

static bool
fail(struct walk *walk, const char *name, const char *text)
{
	const char *fault = *name == '\0' ? text : arena_printf(walk->arena, "%s: %s", name, text);

	walk->fault = fault == NULL ? "out of memory" : fault;
	return false;
}

static bool
ends_with(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);

	return len > end_len && strcmp(name + len - end_len, end) == 0;
}

static bool
is_schema_name(const char *name)
{
	return ends_with(name, ".cedarschema") || ends_with(name, ".cedarschema.json");
}

static bool
is_writable_at(int folder, const char *name)
{
	return faccessat(folder, name, W_OK, AT_EACCESS) == 0;
}

static bool
add_file(
    struct walk *walk, int folder, const char *entry, const char *name, const struct stat *stat)
{
	struct directory *directory = walk->directory;
	struct directory_file *file = &directory->files[directory->count];

	if (!S_ISREG(stat->st_mode))
		return fail(walk, name, "is no ordinary file");
	if (directory->count == AUTHZ_MAX_FILES)
		return fail(walk, "", "holds too many files");
	*file = (struct directory_file) {
		.name = name,
		.is_schema = is_schema_name(name),
		.is_writable = is_writable_at(folder, entry),
		.size = (uint64_t)stat->st_size,
		.modified = stat->st_mtim,
		.changed = stat->st_ctim,
	};
	directory->count++;
	return true;
}

static bool walk_folder(
    struct walk *walk, int parent, const char *entry, const char *name, unsigned depth);

static bool
visit(struct walk *walk, int folder, const char *folder_name, const char *entry, unsigned depth)
{
	const char *name = *folder_name == '\0'
			       ? arena_dup(walk->arena, entry, strlen(entry))
			       : arena_printf(walk->arena, "%s/%s", folder_name, entry);
	struct stat stat;

	if (name == NULL)
		return fail(walk, "", "out of memory");
	if (walk->entry_count++ == DIRECTORY_MAX_ENTRIES)
		return fail(walk, "", "holds too many names");
	if (fstatat(folder, entry, &stat, 0) != 0)
		return fail(walk, name, "cannot be read");
	if (S_ISDIR(stat.st_mode))
		return walk_folder(walk, folder, entry, name, depth + 1);
	if (!ends_with(entry, ".cedar") && !is_schema_name(entry))
		return true;
	return add_file(walk, folder, entry, name, &stat);
}

static bool
visit_all(struct walk *walk, DIR *stream, const char *name, unsigned depth)
{
	for (;;) {
		const struct dirent *entry;

		errno = 0;
		entry = readdir(stream);
		if (entry == NULL)
			return errno == 0 || fail(walk, name, "cannot be read");
		if (entry->d_name[0] != '.' &&
		    !visit(walk, dirfd(stream), name, entry->d_name, depth))
			return false;
	}
}

/* Recursion is at most DIRECTORY_MAX_DEPTH deep. */
static bool
walk_folder(struct walk *walk, int parent, const char *entry, const char *name, unsigned depth)
{
	DIR *stream;
	bool done;
	int fd;

	if (depth > DIRECTORY_MAX_DEPTH)
		return fail(walk, name, "lies too deep (or a symbolic link leads back)");
	fd = openat(parent, entry, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fail(walk, name, "cannot be read");
	if (walk->directory->writable_folder == NULL && is_writable_at(parent, entry))
		walk->directory->writable_folder = name;
	stream = fdopendir(fd);
	if (stream == NULL) {
		(void)close(fd);
		return fail(walk, name, "cannot be read");
	}
	done = visit_all(walk, stream, name, depth);
	(void)closedir(stream);
	return done;
}

static int
name_order_of_files(const void *a, const void *b)
{
	return strcmp(
	    ((const struct directory_file *)a)->name, ((const struct directory_file *)b)->name);
}

bool
directory_list(struct arena *arena, const char *path, struct directory *ret_directory,
    const char **reterr_text)
{
	struct walk walk = { .arena = arena, .directory = ret_directory };

	*ret_directory = (struct directory) { NULL, 0, NULL };
	ret_directory->files = arena_calloc(arena, AUTHZ_MAX_FILES, sizeof(*ret_directory->files));
	if (ret_directory->files == NULL) {
		*reterr_text = "out of memory";
		return false;
	}
	if (!walk_folder(&walk, AT_FDCWD, path, "", 1)) {
		*reterr_text = walk.fault;
		return false;
	}
	SORT(ret_directory->files, ret_directory->count, name_order_of_files);
	return true;
}

/* Up to `size` bytes until the end of the file; -1 on an error. */
static ssize_t
read_all(int fd, char *room, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t got = read(fd, room + len, size - len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		len += (size_t)got;
	}
	return (ssize_t)len;
}

static bool
read_file(struct arena *arena, int fd, struct slice *ret_content, const char **reterr_text)
{
	struct stat stat;
	ssize_t len;
	char *room;

	*reterr_text = "cannot be read";
	if (fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode))
		return false;
	if (stat.st_size > AUTHZ_MAX_FILE_BYTES) {
		*reterr_text = "is too large";
		return false;
	}
	/* One byte more than it has: a file that grows meanwhile is noticed. */
	room = arena_alloc(arena, (size_t)stat.st_size + 1);
	if (room == NULL) {
		*reterr_text = "out of memory";
		return false;
	}
	len = read_all(fd, room, (size_t)stat.st_size + 1);
	if (len != stat.st_size) {
		if (len >= 0)
			*reterr_text = "changed while it was read";
		return false;
	}
	*ret_content = slice_make(room, (size_t)len);
	return true;
}

bool
directory_read(struct arena *arena, const char *path, const char *name, struct slice *ret_content,
    const char **reterr_text)
{
	const char *full = arena_printf(arena, "%s/%s", path, name);
	bool done;
	int fd;

	*reterr_text = "out of memory";
	if (full == NULL)
		return false;
	*reterr_text = "cannot be read";
	fd = open(full, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	done = read_file(arena, fd, ret_content, reterr_text);
	(void)close(fd);
	return done;
}
