/* Finding the files of recorded cases, decompressing them, and going through them. */
#include "cases.h"

#include <unistd.h>

enum { MAX_SHOWN = 5 };

const struct case_file corpus_file = { "corpus.jsonl.gz", 4616 };
const struct case_file handwritten_file = { "handwritten.jsonl", 22 };
const struct case_file parse_file = { "parse.jsonl", 168 };
static const struct case_file jsons_file = { "corpus-json.jsonl.gz", 4616 };

/* A file while it is read. */
struct reading {
	FILE *file;
	bool is_compressed; /* its name ends in ".gz" */
	char *line;
	size_t size, count;
};

static const char *
path_of(const char *name, char room[4096])
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

static bool
reading_open(struct reading *reading, const struct case_file *file)
{
	char room[4096];
	const char *path = path_of(file->name, room);

	if (access(path, R_OK) != 0) {
		print_message("%s: not here, %zu cases skipped\n", file->name, file->count);
		return false;
	}
	*reading = (struct reading) { .is_compressed = strstr(file->name, ".gz") != NULL };
	reading->file = reading->is_compressed ? open_compressed(path) : fopen(path, "r");
	assert_non_null(reading->file);
	return true;
}

/* The next line; NULL behind the last one. */
static const struct json_value *
reading_next(struct reading *reading, struct arena *arena)
{
	ssize_t len = getline(&reading->line, &reading->size, reading->file);

	if (len <= 0)
		return NULL;
	reading->count++;
	return data_parse(arena, slice_make(reading->line, (size_t)len));
}

/* At its end: all lines have been there. */
static void
reading_close(struct reading *reading, const struct case_file *file)
{
	free(reading->line);
	assert_int_equal(reading->is_compressed ? pclose(reading->file) : fclose(reading->file), 0);
	assert_int_equal(reading->count, file->count);
}

static void
visit_all(struct reading *texts, struct reading *jsons, case_visit *visit, void *data)
{
	struct recorded recorded = { .line = NULL };
	struct arena arena;

	arena_init(&arena, 256 * 1024, 512 * 1024 * 1024);
	recorded.arena = &arena;
	for (; (recorded.line = reading_next(texts, &arena)) != NULL; arena_reset(&arena)) {
		recorded.text = slice_from(texts->line);
		if (jsons != NULL) {
			recorded.jsons = reading_next(jsons, &arena);
			assert_non_null(recorded.jsons);
			assert_true(slice_equal(
			    data_text(recorded.line, "name"), data_text(recorded.jsons, "name")));
		}
		visit(data, &recorded);
	}
	arena_done(&arena);
}

bool
cases_each(const struct case_file *file, case_visit *visit, void *data)
{
	struct reading reading;

	if (!reading_open(&reading, file))
		return false;
	visit_all(&reading, NULL, visit, data);
	reading_close(&reading, file);
	return true;
}

bool
cases_each_in_both(case_visit *visit, void *data)
{
	struct reading texts, jsons;

	if (!reading_open(&texts, &corpus_file) || !reading_open(&jsons, &jsons_file))
		return false;
	visit_all(&texts, &jsons, visit, data);
	reading_close(&texts, &corpus_file);
	reading_close(&jsons, &jsons_file);
	return true;
}

void
cases_wrong(size_t *wrong, const char *about, struct slice text, struct slice got)
{
	if ((*wrong)++ < MAX_SHOWN)
		print_error("%s\n%.*s\n%.*s\n", about, SLICE_ARGS(text), SLICE_ARGS(got));
}
