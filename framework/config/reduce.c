/*
 * Taking out of the environment whatever is no setting. What stays beside them says how libc
 * prints and where it looks; nothing of it is anybody's secret.
 */
#include "config/config.h"

#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <postern/service.h>

#include "config/known.h"

static bool
is_usual(struct slice name)
{
	static const char *const usual[] = { "HOME", "LANG", "LANGUAGE", "PATH", "SQLITE_TMPDIR",
		"TMPDIR", "TZ" };
	size_t i;

	for (i = 0; i < COUNT_OF(usual); i++)
		if (slice_is(name, usual[i]))
			return true;
	return slice_starts(name, SLICE_OF("LC_"));
}

/*
 * Whether the kernel put it there, at the bottom of the stack and below the program's name. What
 * putenv(3) added since may be a constant, and is of our own making.
 */
static bool
is_inherited(const char *entry)
{
	const char here = 0;

	return (uintptr_t)entry > (uintptr_t)&here && (uintptr_t)entry < getauxval(AT_EXECFN);
}

void
config_reduce_environment(const struct postern_service *service)
{
	char **from = environ, **to = environ;

	for (; from != NULL && *from != NULL; from++) {
		struct slice name = slice_first(slice_from(*from), strcspn(*from, "="));

		if (is_usual(name) || known_is(service, name))
			*to++ = *from;
		else if (is_inherited(*from))
			explicit_bzero(*from, strlen(*from));
	}
	if (to != NULL)
		*to = NULL;
}
