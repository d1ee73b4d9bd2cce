/*
 * A whole service: two routes, one of them guarded. Build it with
 *
 *     cc -o notes notes.c $(pkg-config --cflags --libs postern)
 *
 * and run it with the settings that the README shows.
 */
#include <string.h>

#include <postern/postern.h>

struct note {
	const char *id, *owner, *title;
};

static const struct note notes[] = {
	{ "n1", "ada", "Buy punch cards" },
	{ "n2", "grace", "Find the moth" },
};

static const struct note *
note_find(const char *id)
{
	for (size_t i = 0; i < POSTERN_COUNT(notes); i++)
		if (strcmp(notes[i].id, id) == 0)
			return &notes[i];
	return NULL;
}

/* Tells the policies whose note it is. Runs after authentication; what is unknown is 404. */
static enum postern_status
note_load(struct postern_request *req, struct postern_entity *resource)
{
	const struct note *note = note_find(postern_path_param(req, "note_id"));

	if (note == NULL)
		return POSTERN_NOT_FOUND;
	postern_entity_reference(resource, "owner", "User", note->owner);
	return POSTERN_OK;
}

/* Runs only when the policies permit it. */
static enum postern_status
note_read(struct postern_request *req, struct postern_response *res)
{
	const struct note *note = note_find(postern_path_param(req, "note_id"));

	if (note == NULL)
		return POSTERN_NOT_FOUND;
	postern_json_string(res, "note_id", note->id);
	postern_json_string(res, "title", note->title);
	return POSTERN_OK;
}

static const struct postern_route routes[] = {
	{ .methods = POSTERN_GET, .path = "/health", .handler = postern_health,
	    .is_public = true, .allows_plain_http = true },
	{ .methods = POSTERN_GET, .path = "/notes/{note_id}", .handler = note_read,
	    .action = "readNote", .resource = "Note::{note_id}", .load = note_load,
	    .limit = { .setting = "NOTE_READ_RATE_LIMIT", .otherwise = "60 per minute" } },
};

int
main(int argc, char **argv)
{
	const struct postern_service service = {
		POSTERN_SERVICE_ABI,
		.name = "notes",
		.version = "1.0",
		.routes = routes,
		.route_count = POSTERN_COUNT(routes),
	};

	return postern_main(&service, argc, argv);
}
