/*
 * Invariant: what has been overwritten in environ stands in `kept`, or is marked as lost there; a
 * lost value is a fault when it is read again, never a silent default.
 */
#include "config/kept.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config.h"
#include "core/arena.h"

enum {
	KEPT_MAX_NAME = 64,
	/* The secrets of the framework's table and all settings that a service can have. */
	KEPT_MAX = CONFIG_MAX_SETTINGS + 8,
};

struct kept {
	char name[KEPT_MAX_NAME + 1];
	struct arena arena; /* of this one value */
	struct slice value; /* data NULL: lost */
};

static struct kept kept[KEPT_MAX];
static size_t kept_count;

static struct kept *
entry_find(const char *name)
{
	for (size_t i = 0; i < kept_count; i++)
		if (strcmp(kept[i].name, name) == 0)
			return &kept[i];
	return NULL;
}

static struct kept *
entry_make(const char *name)
{
	struct kept *entry = entry_find(name);

	if (entry == NULL && kept_count < KEPT_MAX && strlen(name) <= KEPT_MAX_NAME) {
		entry = &kept[kept_count++];
		memcpy(entry->name, name, strlen(name) + 1);
	}
	return entry;
}

static void
keep(const char *name, struct slice value)
{
	struct kept *entry = entry_make(name);

	if (entry == NULL)
		return;
	arena_done(&entry->arena);
	/* Longer ones than this are refused when they are read, so none needs to be kept. */
	arena_init_wiping(&entry->arena, value.len + 1, CONFIG_MAX_VALUE + 64);
	entry->value = arena_dup_slice(&entry->arena, value);
}

void
kept_take(const char *name)
{
	size_t len = strlen(name);
	const char *first = getenv(name);

	if (first == NULL)
		return;
	keep(name, slice_from(first));
	for (char **entry = environ; *entry != NULL; entry++)
		if (strncmp(*entry, name, len) == 0 && (*entry)[len] == '=')
			explicit_bzero(*entry + len + 1, strlen(*entry + len + 1));
	/* Fails only for a name that is empty or holds "=", and settings' names do not. */
	(void)unsetenv(name);
}

enum kept_state
kept_find(const char *name, struct slice *ret_value)
{
	const struct kept *entry = entry_find(name);

	if (entry == NULL)
		return KEPT_NOT;
	if (entry->value.data == NULL)
		return KEPT_LOST;
	*ret_value = entry->value;
	return KEPT_VALUE;
}
