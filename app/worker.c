/*
 * Opening the store where it is used: in each worker, after the fork. The same is tried once
 * before, so that a service with the wrong database says so and stops, instead of losing one worker
 * after another.
 */
#include "worker.h"

#include <postern/log.h>
#include <postern/service.h>

#include "store.h"

static const struct postern_event refusals[] = {
	[SCHEMA_UNREADABLE] = { "documents.store_unreadable",
	    "The document store cannot be opened; the command migrate makes one",
	    POSTERN_CRITICAL },
	[SCHEMA_FOREIGN] = { "documents.store_foreign",
	    "APP_DATABASE_URL names a database of another program", POSTERN_CRITICAL },
	[SCHEMA_OLDER] = { "documents.schema_older",
	    "The document store's schema is older than this program; run the command migrate",
	    POSTERN_CRITICAL },
	[SCHEMA_NEWER] = { "documents.schema_newer",
	    "The document store was made by a later version of this program", POSTERN_CRITICAL },
};

bool
worker_start(void **ret_data)
{
	enum schema_state state;
	struct store *store = store_open(postern_setting_path("APP_DATABASE_URL"), &state);

	if (store == NULL) {
		postern_log(NULL, &refusals[state]);
		return false;
	}
	*ret_data = store;
	return true;
}

void
worker_rest(void *data)
{
	store_rest(data);
}

void
worker_stop(void *data)
{
	store_close(data);
}

bool
worker_check(void)
{
	void *data;

	if (!worker_start(&data))
		return false;
	worker_stop(data);
	return true;
}
