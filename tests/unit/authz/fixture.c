/* See fixture.h. */
#include "fixture.h"

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct postern_route routes[] = {
	{ .methods = POSTERN_GET,
	    .path = "/documents/{document_id}",
	    .action = "readDocument",
	    .resource = "Document::{document_id}" },
	{ .methods = POSTERN_GET,
	    .path = "/documents/{document_id}/summary",
	    .action = "readSummary",
	    .resource = "Document::{document_id}" },
	{ .methods = POSTERN_DELETE,
	    .path = "/documents/{document_id}",
	    .action = "deleteDocument",
	    .resource = "Document::{document_id}" },
	{ .methods = POSTERN_GET,
	    .path = "/documents",
	    .action = "list",
	    .resource = "Store::Shelf::all" },
	{ .methods = POSTERN_GET,
	    .path = "/users/{user_id}",
	    .action = "readUser",
	    .resource = "User::{user_id}" },
	{ .methods = POSTERN_GET, .path = "/health", .is_public = true },
};

void
fixture_init(struct fixture *fixture)
{
	const char *temporary = getenv("TMPDIR");

	memset(fixture, 0, sizeof(*fixture));
	(void)snprintf(fixture->folder, sizeof(fixture->folder), "%s/postern-authz-XXXXXX",
	    temporary == NULL ? "/tmp" : temporary);
	assert_non_null(mkdtemp(fixture->folder));
	arena_init(&fixture->arena, 64 * 1024, 64 * 1024 * 1024);
	memcpy(fixture->routes, routes, sizeof(routes));
	fixture->service = (struct postern_service) {
		POSTERN_SERVICE_ABI,
		.name = "documents",
		.cedar_namespace = "demo",
		.routes = fixture->routes,
		.route_count = COUNT_OF(routes),
	};
	fixture->config.environment = ENVIRONMENT_TEST;
	fixture->config.policies_dir = fixture->folder;
	fixture->req.arena = &fixture->arena;
	fixture->req.match = &fixture->match;
	fixture->req.is_https = true;
	fixture->principal.claims = fixture->claims;
	fixture_document(fixture, "d1");
}

static int
remove_one(const char *path, const struct stat *stat, int flag, struct FTW *at)
{
	(void)stat;
	(void)flag;
	(void)at;
	return remove(path);
}

void
fixture_done(struct fixture *fixture)
{
	assert_int_equal(nftw(fixture->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	arena_done(&fixture->arena);
}

void
fixture_write(struct fixture *fixture, const char *name, const char *content)
{
	char path[1024];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", fixture->folder, name);
	for (char *at = path + strlen(fixture->folder) + 1; (at = strchr(at, '/')) != NULL; at++) {
		*at = '\0';
		(void)mkdir(path, 0755);
		*at = '/';
	}
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(content, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

const struct authz *
fixture_load(struct fixture *fixture)
{
	const struct authz *authz =
	    authz_new(&fixture->arena, &fixture->config, &fixture->service, &fixture->faults);

	if (authz == NULL)
		fail_msg("%s", fixture->faults.texts[0]);
	return authz;
}

const struct authz *
fixture_policy(struct fixture *fixture, const char *content)
{
	fixture_write(fixture, "policy.cedar", content);
	return fixture_load(fixture);
}

bool
fixture_has_fault(const struct fixture *fixture, const char *text)
{
	for (size_t i = 0; i < fixture->faults.count && i < CONFIG_MAX_FAULTS; i++)
		if (strstr(fixture->faults.texts[i], text) != NULL)
			return true;
	return false;
}

void
fixture_principal(struct fixture *fixture, const char *type, const char *id)
{
	fixture->principal.type = slice_from(type);
	fixture->principal.id = slice_from(id);
	fixture->principal.claim_count = 0;
	fixture->req.principal = &fixture->principal;
}

static struct claim *
next_claim(struct fixture *fixture, const char *name)
{
	struct claim *claim = &fixture->claims[fixture->principal.claim_count++];

	assert_true(fixture->principal.claim_count <= COUNT_OF(fixture->claims));
	claim->name = slice_from(name);
	return claim;
}

void
fixture_claim(struct fixture *fixture, const char *name, const char *value)
{
	struct claim *claim = next_claim(fixture, name);

	claim->kind = CLAIM_STRING;
	claim->as.string = slice_from(value);
}

void
fixture_claim_list(
    struct fixture *fixture, const char *name, const struct slice *items, size_t count)
{
	struct claim *claim = next_claim(fixture, name);

	claim->kind = CLAIM_STRINGS;
	claim->as.strings.items = items;
	claim->as.strings.count = count;
}

void
fixture_document(struct fixture *fixture, const char *id)
{
	fixture->match.params[0].name = "document_id";
	fixture->match.params[0].value = slice_from(id);
	fixture->match.params[1].name = "user_id";
	fixture->match.params[1].value = slice_from(id);
	fixture->match.param_count = 2;
}
