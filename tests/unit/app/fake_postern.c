/* The framework's part of a conversation with handlers, commands and worker callbacks. */
#include "fake_postern.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_BLOCKS = 64 };

struct fake fake;
static void *blocks[MAX_BLOCKS];
static size_t block_count;

void
fake_reset(void)
{
	for (size_t i = 0; i < block_count; i++)
		free(blocks[i]);
	block_count = 0;
	fake = (struct fake) { .allocations = -1 };
}

void *
postern_alloc(struct postern_request *req, size_t size)
{
	void *block;

	(void)req;
	if (fake.allocations == 0 || block_count == MAX_BLOCKS)
		return NULL;
	fake.allocations -= fake.allocations > 0;
	block = calloc(1, size == 0 ? 1 : size);
	blocks[block_count++] = block;
	return block;
}

char *
postern_strdup(struct postern_request *req, const char *text)
{
	char *copy = postern_alloc(req, strlen(text) + 1);

	if (copy != NULL)
		memcpy(copy, text, strlen(text) + 1);
	return copy;
}

const char *
postern_path_param(const struct postern_request *req, const char *name)
{
	(void)req;
	return strcmp(name, "document_id") == 0 ? fake.document_id : NULL;
}

const char *
postern_principal_type(const struct postern_request *req)
{
	(void)req;
	return fake.principal_type;
}

const char *
postern_principal_id(const struct postern_request *req)
{
	(void)req;
	return fake.principal_id;
}

void *
postern_worker_data(const struct postern_request *req)
{
	(void)req;
	return fake.worker_data;
}

void
postern_keep(struct postern_request *req, void *data)
{
	(void)req;
	fake.kept = data;
}

void *
postern_kept(const struct postern_request *req)
{
	(void)req;
	return fake.kept;
}

static void
note(char *text, size_t size, const char *name, const char *value)
{
	size_t len = strlen(text);

	snprintf(text + len, size - len, "%s=%s;", name, value);
}

void
postern_json_string(struct postern_response *res, const char *name, const char *value)
{
	(void)res;
	note(fake.body, sizeof(fake.body), name, value);
}

void
postern_entity_string(struct postern_entity *entity, const char *name, const char *value)
{
	(void)entity;
	note(fake.entity, sizeof(fake.entity), name, value);
}

void
postern_entity_reference(
    struct postern_entity *entity, const char *name, const char *type, const char *id)
{
	char value[512];

	(void)entity;
	snprintf(value, sizeof(value), "%s::%s", type, id);
	note(fake.entity, sizeof(fake.entity), name, value);
}

void
postern_log(const struct postern_request *req, const struct postern_event *event)
{
	(void)req;
	snprintf(fake.event, sizeof(fake.event), "%s", event->type);
	fake.message = event->message;
}

const char *
postern_setting_path(const char *name)
{
	return strcmp(name, "MIGRATION_DATABASE_URL") == 0 ? fake.migration_database
							   : fake.app_database;
}
