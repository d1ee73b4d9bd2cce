/* Reads one option at a time. */
#include "tool/options.h"

#include <string.h>

static int
unknown(const struct options *options, FILE *err)
{
	fprintf(err, "postern: argument %d is not an option of this command\n", options->at - 1);
	return OPTION_BAD;
}

/* Whether `argument` is this option; `*ret_value` is what stands behind "=", or NULL. */
static bool
matches(const char *argument, const char *name, const char **ret_value)
{
	size_t len = name == NULL ? 0 : strlen(name);

	if (len == 0 || strncmp(argument, name, len) != 0 ||
	    (argument[len] != '\0' && argument[len] != '='))
		return false;
	*ret_value = argument[len] == '=' ? argument + len + 1 : NULL;
	return true;
}

static int
take_value(
    struct options *options, size_t kind, const char *value, const char **ret_value, FILE *err)
{
	const char *name = options->kinds[kind].name;

	if (!options->kinds[kind].has_value && value != NULL) {
		fprintf(err, "postern: %s takes no value\n", name);
		return OPTION_BAD;
	}
	if (options->kinds[kind].has_value && value == NULL) {
		if (options->at >= options->argc) {
			fprintf(err, "postern: %s needs a value\n", name);
			return OPTION_BAD;
		}
		value = options->argv[options->at++];
	}
	*ret_value = value;
	return (int)kind;
}

/* The first of options->letters; the rest is its value, or more letters. */
static int
take_letter(struct options *options, const char **ret_value, FILE *err)
{
	const char *rest = options->letters + 1, *value = NULL;
	size_t kind = 0;

	while (kind < options->kind_count && options->kinds[kind].letter != rest[-1])
		kind++;
	options->letters = NULL;
	if (kind == options->kind_count)
		return unknown(options, err);
	if (*rest == '=')
		value = rest + 1;
	else if (*rest != '\0' && options->kinds[kind].has_value)
		value = rest;
	else if (*rest != '\0')
		options->letters = rest;
	return take_value(options, kind, value, ret_value, err);
}

/* The index of the kind that is a word; kind_count: the command takes none. */
static size_t
word_kind(const struct options *options)
{
	size_t kind = 0;

	while (kind < options->kind_count &&
	       (options->kinds[kind].name == NULL || options->kinds[kind].name[0] != '\0'))
		kind++;
	return kind;
}

static int
take_word(struct options *options, const char *word, const char **ret_value, FILE *err)
{
	size_t kind = word_kind(options);

	if (kind == options->kind_count)
		return unknown(options, err);
	*ret_value = word;
	return (int)kind;
}

int
options_next(struct options *options, const char **ret_value, FILE *err)
{
	const char *argument, *value = NULL;

	if (options->letters != NULL)
		return take_letter(options, ret_value, err);
	if (options->at >= options->argc)
		return OPTION_END;
	argument = options->argv[options->at++];
	if (options->words_only || argument[0] != '-' || argument[1] == '\0')
		return take_word(options, argument, ret_value, err);
	if (strcmp(argument, "--") == 0 && word_kind(options) < options->kind_count) {
		options->words_only = true;
		return options_next(options, ret_value, err);
	}
	if (argument[1] != '-') {
		options->letters = argument + 1;
		return take_letter(options, ret_value, err);
	}
	for (size_t i = 0; i < options->kind_count; i++)
		if (matches(argument, options->kinds[i].name, &value))
			return take_value(options, i, value, ret_value, err);
	return unknown(options, err);
}
