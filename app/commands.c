/*
 * Commands for operators. They talk to a terminal, so they say in words what the log would say as
 * an event; a path of the operator's own setting is never repeated.
 */
#include "commands.h"

#include <stdio.h>
#include <sysexits.h>

#include <postern/service.h>

#include "database.h"
#include "store.h"

static const struct document seeds[] = {
	{ "d1", "p1", "clinic-a", "Care plan for p1", "Stable condition; next review in 14 days." },
	{ "d2", "p2", "clinic-b", "Care plan for p2",
	    "Escalate to specialist if symptoms persist." },
};

static const char *
state_text(enum schema_state state)
{
	switch (state) {
	case SCHEMA_CURRENT:
		return "the document store is ready";
	case SCHEMA_OLDER:
		return "the document store's schema is older than this program";
	case SCHEMA_NEWER:
		return "the document store was made by a later version of this program";
	case SCHEMA_FOREIGN:
		return "APP_DATABASE_URL names a database of another program";
	case SCHEMA_UNREADABLE:
		break;
	}
	return "the document store cannot be opened or changed: does its folder exist, may this "
	       "user"
	       " write there, is the disk full?";
}

/* Who migrates may be another user than who serves, with a setting of its own. */
static const char *
migration_path(void)
{
	const char *path = postern_setting_path("MIGRATION_DATABASE_URL");

	return path != NULL ? path : postern_setting_path("APP_DATABASE_URL");
}

static bool
takes_no_arguments(int argc, char **argv)
{
	if (argc <= 1)
		return true;
	fprintf(stderr, "%s: takes no arguments\n", argv[0]);
	return false;
}

static enum schema_state
bring_up_to_date(const char *path)
{
	sqlite3 *db = database_create(path);
	enum schema_state state = SCHEMA_UNREADABLE;
	int applied = 0;

	if (db != NULL)
		state = migrate(db, &applied);
	database_close(db);
	fprintf(state == SCHEMA_CURRENT ? stdout : stderr, "%s (%d step%s applied)\n",
	    state_text(state), applied, applied == 1 ? "" : "s");
	return state;
}

int
command_migrate(int argc, char **argv)
{
	if (!takes_no_arguments(argc, argv))
		return EX_USAGE;
	return bring_up_to_date(migration_path()) == SCHEMA_CURRENT ? EX_OK : EX_UNAVAILABLE;
}

int
command_seed(int argc, char **argv)
{
	const struct actor actor = { "Service", "seed" };
	enum schema_state state;
	enum store_result result;
	struct store *store;

	if (!takes_no_arguments(argc, argv))
		return EX_USAGE;
	if (bring_up_to_date(migration_path()) != SCHEMA_CURRENT)
		return EX_UNAVAILABLE;
	store = store_open(postern_setting_path("APP_DATABASE_URL"), &state);
	if (store == NULL) {
		fprintf(stderr, "%s\n", state_text(state));
		return EX_UNAVAILABLE;
	}
	result = store_add(store, seeds, POSTERN_COUNT(seeds), &actor);
	store_close(store);
	if (result != STORE_OK) {
		fprintf(stderr, "the demo documents could not be added\n");
		return EX_UNAVAILABLE;
	}
	printf("the demo documents are there\n");
	return EX_OK;
}
