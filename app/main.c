/*
 * The reference service, as a stranger would write it: tables, and a call. Read the routes first;
 * each says who may ask, and how often.
 */
#include <postern/postern.h>

#include "commands.h"
#include "contract.h"
#include "handlers.h"
#include "worker.h"

#ifndef POSTERN_VERSION
#define POSTERN_VERSION "unversioned"
#endif

static const struct postern_route routes[] = {
	{
	    .methods = POSTERN_GET,
	    .path = "/health",
	    .handler = postern_health,
	    .is_public = true,
	    .allows_plain_http = true,
	    .limit = { "HEALTH_RATE_LIMIT", "600 per minute" },
	},
	{
	    .methods = POSTERN_GET,
	    .path = "/api/v1/documents/{document_id}",
	    .handler = document_read,
	    .action = "readDocument",
	    .resource = "Document::{document_id}",
	    .load = document_load,
	    .limit = { "DOCUMENT_READ_RATE_LIMIT", "60 per minute" },
	},
	{
	    .methods = POSTERN_GET,
	    .path = "/api/v1/documents/{document_id}/summary",
	    .handler = document_read_summary,
	    .action = "readSummary",
	    .resource = "Document::{document_id}",
	    .load = document_load,
	    .limit = { "DOCUMENT_READ_RATE_LIMIT", "60 per minute" },
	},
	{
	    .methods = POSTERN_DELETE,
	    .path = "/api/v1/documents/{document_id}",
	    .handler = document_delete,
	    .action = "deleteDocument",
	    .resource = "Document::{document_id}",
	    .load = document_load,
	    .limit = { "DOCUMENT_DELETE_RATE_LIMIT", "10 per minute" },
	},
};

static const struct postern_setting settings[] = {
	{
	    .name = "APP_DATABASE_URL",
	    .type = POSTERN_SETTING_SQLITE_URL,
	    .otherwise = "sqlite:///var/lib/documents/documents.db",
	    .help = "the document store",
	},
	{
	    .name = "MIGRATION_DATABASE_URL",
	    .type = POSTERN_SETTING_SQLITE_URL,
	    .help = "the same store as the command migrate reaches it, when another user runs it",
	},
};

static const struct postern_command commands[] = {
	{ "migrate", "make the document store, or bring it up to date", command_migrate },
	{ "seed", "migrate, then add the demo documents d1 and d2", command_seed },
};

int
main(int argc, char **argv)
{
	static const struct postern_service documents = {
		POSTERN_SERVICE_ABI,
		.name = "documents",
		.version = POSTERN_VERSION,
		.cedar_namespace = "demo",
		.routes = routes,
		.route_count = POSTERN_COUNT(routes),
		.settings = settings,
		.setting_count = POSTERN_COUNT(settings),
		.commands = commands,
		.command_count = POSTERN_COUNT(commands),
		.contract = documents_contract,
		.check = worker_check,
		.worker_start = worker_start,
		.worker_stop = worker_stop,
		.worker_rest = worker_rest,
	};

	return postern_main(&documents, argc, argv);
}
