/*
 * The memory that the command line is read from. See title.h.
 *
 * Invariant: `word` points at the four letters in the brackets of a whole worker's title, or
 * nowhere.
 */
#include "process/title.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORD_LEN = 4 };

static struct {
	char **argv; /* as the kernel gave it; NULL: it was not */
	size_t size; /* from argv[0] on */
	char *start; /* NULL: there are no titles */
	char *word;
	char name[TITLE_MAX]; /* of the worker, without its brackets */
} title;

static const char *
extend(const char *end, const char *text)
{
	return text == end ? end + strlen(text) + 1 : end;
}

size_t
title_room(int argc, char *const *argv, char *const *environment)
{
	const char *end = argc > 0 && argv[0] != NULL ? argv[0] : NULL;
	int i;

	if (end == NULL)
		return 0;
	for (i = 0; i < argc; i++)
		end = extend(end, argv[i]);
	for (; *environment != NULL; environment++)
		end = extend(end, *environment);
	return (size_t)(end - argv[0]);
}

/* Whether each text that lies there is a copy elsewhere by now; those that could not be stay. */
static bool
move(char **texts, const char *start, size_t size)
{
	for (; *texts != NULL; texts++) {
		char *copy;

		if (*texts < start || *texts >= start + size)
			continue;
		if ((copy = strdup(*texts)) == NULL)
			return false;
		*texts = copy;
	}
	return true;
}

/* glibc says it where it complains of the program. */
static bool
move_name(void)
{
	const char *slash;
	char *copy = strdup(program_invocation_name);

	if (copy == NULL)
		return false;
	slash = strrchr(copy, '/');
	program_invocation_name = copy;
	program_invocation_short_name = slash != NULL ? (char *)(uintptr_t)slash + 1 : copy;
	return true;
}

void
title_find(int argc, char **argv)
{
	if (argc < 1 || argv[0] == NULL || argv[0] != program_invocation_name)
		return;
	title.argv = argv;
	title.size = title_room(argc, argv, environ);
}

void
title_take(void)
{
	char *start = title.argv != NULL ? title.argv[0] : NULL;

	if (title.start != NULL || start == NULL)
		return;
	if (!move_name() || !move(title.argv, start, title.size) ||
	    !move(environ, start, title.size))
		return;
	memset(start, 0, title.size);
	title.start = start;
}

/* The last byte stays NUL. */
static size_t
show(const char *text)
{
	const size_t room = title.size < TITLE_MAX ? title.size : TITLE_MAX;
	size_t len = strlen(text);

	title.word = NULL;
	if (title.start == NULL || room == 0)
		return 0;
	if (len > room - 1)
		len = room - 1;
	memcpy(title.start, text, len);
	memset(title.start + len, 0, room - len);
	return len;
}

void
title_set(const char *service, const char *role)
{
	char text[TITLE_MAX];

	(void)snprintf(text, sizeof(text), "%s: %s", service, role);
	(void)show(text);
}

void
title_set_worker(const char *service, unsigned number)
{
	char text[TITLE_MAX + 16];
	size_t len, shown;

	(void)snprintf(title.name, sizeof(title.name), "%s: worker %u", service, number);
	len = (size_t)snprintf(text, sizeof(text), "%s (idle)", title.name);
	shown = show(text);
	if (shown == len)
		title.word = title.start + len - 1 - WORD_LEN;
}

void
title_show_busy(void)
{
	if (title.word != NULL)
		memcpy(title.word, "busy", WORD_LEN);
}

void
title_show_idle(void)
{
	if (title.word != NULL)
		memcpy(title.word, "idle", WORD_LEN);
}

void
title_show_leaving(void)
{
	char text[TITLE_MAX + 16];

	if (title.word == NULL)
		return;
	(void)snprintf(text, sizeof(text), "%s (leaving)", title.name);
	(void)show(text);
}
