/* Finding, decompressing and comparing the recorded cases. */
#include "data.h"

#include <unistd.h>

#include "core/compiler.h"

static const char *
data_path(const char *name, char room[4096])
{
	const char *shared = getenv("POSTERN_SHARED"), *source = getenv("srcdir");

	if (shared != NULL)
		(void)snprintf(room, 4096, "%s/cedar/%s", shared, name);
	else
		(void)snprintf(
		    room, 4096, "%s/../shared/cedar/%s", source == NULL ? "." : source, name);
	return room;
}

/* gzip reads from an open file, so that no path passes through a shell. */
static FILE *
open_compressed(const char *path)
{
	int saved = dup(STDIN_FILENO);
	FILE *raw = fopen(path, "r"), *file;

	assert_non_null(raw);
	assert_true(dup2(fileno(raw), STDIN_FILENO) >= 0);
	file = popen("gzip -dc", "r");
	if (saved >= 0) {
		(void)dup2(saved, STDIN_FILENO);
		(void)close(saved);
	} else {
		(void)close(STDIN_FILENO);
	}
	(void)fclose(raw);
	assert_non_null(file);
	return file;
}

const struct cedar_json *
data_parse(struct arena *arena, struct slice text)
{
	struct cedar_complaints complaints;
	struct cedar_json_document document;

	if (!cedar_json_read(arena, "data", text, DATA_MAX_DEPTH, &complaints, &document))
		fail_msg("%s", cedar_complaint_text(arena, &complaints.items[0]));
	return document.root;
}

bool
data_open(struct data_file *file, const char *name, size_t cases)
{
	char room[4096];
	const char *path = data_path(name, room);

	if (access(path, R_OK) != 0) {
		print_message("%s: not here, %zu cases skipped\n", name, cases);
		return false;
	}
	*file = (struct data_file) { .is_compressed = strstr(name, ".gz") != NULL };
	file->file = file->is_compressed ? open_compressed(path) : fopen(path, "r");
	assert_non_null(file->file);
	return true;
}

const struct cedar_json *
data_next(struct data_file *file, struct arena *arena)
{
	ssize_t len = getline(&file->line, &file->size, file->file);

	if (len <= 0)
		return NULL;
	file->count++;
	return data_parse(arena, slice_make(file->line, (size_t)len));
}

void
data_close(struct data_file *file, size_t cases)
{
	free(file->line);
	assert_int_equal(file->is_compressed ? pclose(file->file) : fclose(file->file), 0);
	assert_int_equal(file->count, cases);
}

const struct cedar_json *
data_get(const struct cedar_json *object, const char *name)
{
	const struct cedar_json *member = cedar_json_find(object, name);

	if (member == NULL)
		fail_msg("a line has no \"%s\"", name);
	return member;
}

struct slice
data_text(const struct cedar_json *object, const char *name)
{
	const struct cedar_json *member = data_get(object, name);

	assert_int_equal(member->kind, CEDAR_JSON_STRING);
	return member->as.string;
}

static bool
objects_equal(const struct cedar_json *a, const struct cedar_json *b)
{
	for (uint32_t i = 0; i < a->count; i++) {
		uint32_t j = 0;

		while (j < b->count && !slice_equal(a->as.members[i].name, b->as.members[j].name))
			j++;
		if (j == b->count || !data_equal(&a->as.members[i].value, &b->as.members[j].value))
			return false;
	}
	return true;
}

bool
data_equal(const struct cedar_json *a, const struct cedar_json *b)
{
	if (a->kind != b->kind || a->count != b->count)
		return false;
	switch (a->kind) {
	case CEDAR_JSON_NULL:
		return true;
	case CEDAR_JSON_BOOL:
		return a->as.boolean == b->as.boolean;
	case CEDAR_JSON_INTEGER:
		return a->as.integer == b->as.integer;
	case CEDAR_JSON_NUMBER:
		return false;
	case CEDAR_JSON_STRING:
		return slice_equal(a->as.string, b->as.string);
	case CEDAR_JSON_ARRAY:
		for (uint32_t i = 0; i < a->count; i++)
			if (!data_equal(&a->as.elements[i], &b->as.elements[i]))
				return false;
		return true;
	case CEDAR_JSON_OBJECT:
		return objects_equal(a, b);
	}
	return false;
}
