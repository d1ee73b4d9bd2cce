/* Reads one option at a time. */
#include "tool/options.h"

#include <string.h>

/* Whether `argument` is this option; `*ret_value` is what stands behind "=", or NULL. */
static bool
matches(const char *argument, const char *name, const char **ret_value)
{
	size_t len = strlen(name);

	if (strncmp(argument, name, len) != 0 || (argument[len] != '\0' && argument[len] != '='))
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

int
options_next(struct options *options, const char **ret_value, FILE *err)
{
	const char *argument, *value = NULL;

	if (options->at >= options->argc)
		return OPTION_END;
	argument = options->argv[options->at++];
	for (size_t i = 0; i < options->kind_count; i++)
		if (matches(argument, options->kinds[i].name, &value))
			return take_value(options, i, value, ret_value, err);
	fprintf(err, "postern: argument %d is not an option of this command\n", options->at - 1);
	return OPTION_BAD;
}
