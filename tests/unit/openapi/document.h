/*
 * Contracts for tests: one service of two templates, and texts in which the row's part is put
 * in its place.
 */
#ifndef POSTERN_TESTS_OPENAPI_DOCUMENT_H
#define POSTERN_TESTS_OPENAPI_DOCUMENT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "openapi/contract.h"

#define NOTE_ID                                                                                    \
	"{\"name\":\"note_id\",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"string\"," \
	"\"minLength\":1,\"maxLength\":8,\"pattern\":\"^[A-Za-z0-9._~-]+$\"}}"
#define HEALTH "\"/health\":{\"get\":{\"responses\":{}}}"
#define NOTE_GET "\"get\":{\"parameters\":[" NOTE_ID "],\"responses\":{}}"
#define NOTE_PUT(members) "\"put\":{\"parameters\":[" NOTE_ID "],\"responses\":{}," members "}"
#define BODY(schema)                                                                               \
	"\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{\"schema\":" schema \
	"}}}"
#define PATHS(members) "{\"openapi\":\"3.1.0\",\"info\":{},\"paths\":{" members "}}"
#define NOTE(members) "\"/notes/{note_id}\":{" members "}"

static const struct postern_route document_routes[] = {
	{ .methods = POSTERN_GET, .path = "/health" },
	{ .methods = POSTERN_GET, .path = "/notes/{note_id}" },
	{ .methods = POSTERN_PUT, .path = "/notes/{note_id}" },
};

struct document {
	struct arena arena;
	struct postern_service service;
	struct config_faults faults;
	struct contract *contract;
};

static inline void
document_load(struct document *document, const char *text)
{
	memset(document, 0, sizeof(*document));
	arena_init(&document->arena, 32768, 64u << 20);
	document->service.routes = document_routes;
	document->service.route_count = POSTERN_COUNT(document_routes);
	document->service.contract = text;
	document->contract = contract_new(&document->arena, &document->service, &document->faults);
}

static inline void
document_done(struct document *document)
{
	arena_done(&document->arena);
}

#endif
