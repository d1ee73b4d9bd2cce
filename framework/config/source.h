/*
 * Where values come from: NAME, the content of the file that NAME_FILE names, or what was kept of
 * a secret. What is found here is text: UTF-8 without control characters, and of bounded length.
 */
#ifndef POSTERN_CONFIG_SOURCE_H
#define POSTERN_CONFIG_SOURCE_H

#include "config/config.h"

struct source {
	struct arena *arena;
	char *const *environment;
	struct config_faults *faults;
};

enum source_result {
	SOURCE_UNSET = 0, /* absent or empty */
	SOURCE_GIVEN,
	SOURCE_FAULTY, /* and said so */
};

/*
 * The value as a copy in the arena with a NUL behind it. `is_multiline`: newlines are allowed (a
 * PEM).
 */
enum source_result source_find(
    const struct source *source, const char *name, bool is_multiline, struct slice *ret_value);
/*
 * The same for a setting with two names (the second may be NULL), which must not differ.
 * `*ret_name` is the one that the operator used; with none given, the first.
 */
enum source_result source_find_either(const struct source *source, const char *name,
    const char *other_name, bool is_multiline, struct slice *ret_value, const char **ret_name);

/* Whether NAME or NAME_FILE has a value; `*ret_is_file` says which. Reads no file. */
bool source_has(char *const *environment, const char *name, bool *ret_is_file);

/* The same checks for a default. */
bool source_is_text(struct slice value, bool is_multiline);

#endif
