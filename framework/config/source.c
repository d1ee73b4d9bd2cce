/*
 * Reading one value. Files are opened in a way that cannot block (a FIFO) or change a terminal,
 * must be regular, and are read whole or not at all.
 */
#include "config/source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/kept.h"
#include "core/utf8.h"

enum { MAX_NAME = 128 }; /* bytes of a setting's name with "_FILE" behind it */

bool
source_is_text(struct slice value, bool is_multiline)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned char byte = (unsigned char)value.data[i];
		bool is_newline = byte == '\n' || byte == '\r';

		if (byte == 0x7f || (byte < 0x20 && !(is_newline && is_multiline)))
			return false;
	}
	return utf8_is_valid(value);
}

/* --- the environment ------------------------------------------------------------------------- */

/* The first entry of this name, as getenv has it; data NULL when there is none. */
static struct slice
environment_find(char *const *environment, const char *name)
{
	size_t len = strlen(name);

	for (char *const *entry = environment; *entry != NULL; entry++)
		if (strncmp(*entry, name, len) == 0 && (*entry)[len] == '=')
			return slice_from(*entry + len + 1);
	return slice_make(NULL, 0);
}

/* What was kept belongs to the process's own environment, and to no other. */
static enum kept_state
find(char *const *environment, const char *name, struct slice *ret_value)
{
	*ret_value = environment_find(environment, name);
	if (ret_value->data != NULL)
		return KEPT_VALUE;
	return environment == environ ? kept_find(name, ret_value) : KEPT_NOT;
}

static bool
file_name_make(char ret_name[MAX_NAME], const char *name)
{
	size_t len = strlen(name);

	if (len + sizeof("_FILE") > MAX_NAME)
		return false;
	memcpy(ret_name, name, len);
	memcpy(ret_name + len, "_FILE", sizeof("_FILE"));
	return true;
}

bool
source_has(char *const *environment, const char *name, bool *ret_is_file)
{
	char file_name[MAX_NAME];
	struct slice value;

	*ret_is_file = false;
	if (find(environment, name, &value) == KEPT_VALUE && value.len > 0)
		return true;
	*ret_is_file = true;
	return file_name_make(file_name, name) && environment_find(environment, file_name).len > 0;
}

/* --- files ----------------------------------------------------------------------------------- */

/* Up to `size` bytes, until the end of the file; -1 on an error. */
static ssize_t
read_whole(int fd, char *data, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t got = read(fd, data + len, size - len);

		if (got == 0)
			break;
		if (got < 0 && errno != EINTR)
			return -1;
		if (got > 0)
			len += (size_t)got;
	}
	return (ssize_t)len;
}

/* The content, a newline at its end dropped; NULL, or what is wrong with the file. */
static const char *
descriptor_read(struct arena *arena, int fd, struct slice *ret_value)
{
	struct stat status;
	char *data;
	ssize_t len;

	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
		return "is no regular file";
	if (status.st_size > CONFIG_MAX_VALUE)
		return "is too large";
	/*
	 * One more than its size: a file that grows meanwhile is seen, and there is room for the
	 * NUL.
	 */
	data = arena_alloc(arena, (size_t)status.st_size + 1);
	if (data == NULL)
		return "does not fit in memory";
	len = read_whole(fd, data, (size_t)status.st_size + 1);
	if (len < 0 || len > status.st_size)
		return "cannot be read";
	if (len > 0 && data[len - 1] == '\n')
		len--;
	data[len] = '\0';
	*ret_value = slice_make(data, (size_t)len);
	return NULL;
}

static const char *
file_read(struct arena *arena, const char *path, struct slice *ret_value)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const char *problem;

	if (fd < 0)
		return "cannot be opened";
	problem = descriptor_read(arena, fd, ret_value);
	(void)close(fd);
	return problem;
}

/* --- one value ------------------------------------------------------------------------------- */

static enum source_result
found(const struct source *source, const char *name, bool is_multiline, struct slice value)
{
	if (value.len == 0)
		return SOURCE_UNSET;
	if (value.len > CONFIG_MAX_VALUE) {
		config_fault(source->faults, source->arena, "%s: longer than %d bytes", name,
		    CONFIG_MAX_VALUE);
		return SOURCE_FAULTY;
	}
	if (!source_is_text(value, is_multiline)) {
		config_fault(source->faults, source->arena,
		    "%s: holds control characters or is no UTF-8", name);
		return SOURCE_FAULTY;
	}
	return SOURCE_GIVEN;
}

static enum source_result
find_in_file(const struct source *source, const char *name, const char *path, bool is_multiline,
    struct slice *ret_value)
{
	struct slice value;
	const char *problem = file_read(source->arena, path, &value);
	enum source_result result;

	if (problem != NULL) {
		config_fault(source->faults, source->arena, "%s: the file of %s_FILE %s", name,
		    name, problem);
		return SOURCE_FAULTY;
	}
	result = found(source, name, is_multiline, value);
	if (result == SOURCE_GIVEN)
		*ret_value = value;
	return result;
}

static enum source_result
find_in_environment(const struct source *source, const char *name, bool is_multiline,
    struct slice value, struct slice *ret_value)
{
	enum source_result result = found(source, name, is_multiline, value);

	if (result != SOURCE_GIVEN)
		return result;
	value = arena_dup_slice(source->arena, value);
	if (value.data == NULL) {
		config_fault(source->faults, source->arena, "%s: does not fit in memory", name);
		return SOURCE_FAULTY;
	}
	*ret_value = value;
	return SOURCE_GIVEN;
}

enum source_result
source_find(
    const struct source *source, const char *name, bool is_multiline, struct slice *ret_value)
{
	char file_name[MAX_NAME];
	struct slice value, path;
	enum kept_state state = find(source->environment, name, &value);

	if (state == KEPT_LOST) {
		config_fault(
		    source->faults, source->arena, "%s: could not be kept in memory", name);
		return SOURCE_FAULTY;
	}
	if (!file_name_make(file_name, name)) {
		config_fault(source->faults, source->arena, "a setting's name is too long");
		return SOURCE_FAULTY;
	}
	path = environment_find(source->environment, file_name);
	if (path.len > 0 && state == KEPT_VALUE && value.len > 0) {
		config_fault(source->faults, source->arena, "%s: given twice, as %s and as %s",
		    name, name, file_name);
		return SOURCE_FAULTY;
	}
	if (path.len > 0)
		return find_in_file(source, name, path.data, is_multiline, ret_value);
	if (state == KEPT_NOT)
		return SOURCE_UNSET;
	return find_in_environment(source, name, is_multiline, value, ret_value);
}

enum source_result
source_find_either(const struct source *source, const char *name, const char *other_name,
    bool is_multiline, struct slice *ret_value, const char **ret_name)
{
	struct slice first, second;
	enum source_result result = source_find(source, name, is_multiline, &first);
	enum source_result other = SOURCE_UNSET;

	if (other_name != NULL)
		other = source_find(source, other_name, is_multiline, &second);
	if (result == SOURCE_FAULTY || other == SOURCE_FAULTY)
		return SOURCE_FAULTY;
	if (result == SOURCE_GIVEN && other == SOURCE_GIVEN && !slice_equal(first, second)) {
		config_fault(source->faults, source->arena, "%s and %s: two different values", name,
		    other_name);
		return SOURCE_FAULTY;
	}
	*ret_name = name;
	if (result == SOURCE_GIVEN) {
		*ret_value = first;
		return result;
	}
	if (other == SOURCE_GIVEN) {
		*ret_value = second;
		*ret_name = other_name;
	}
	return other;
}
