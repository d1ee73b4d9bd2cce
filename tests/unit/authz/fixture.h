/* A folder of policies that lives for one test, and questions asked of what was loaded from it. */
#ifndef POSTERN_TESTS_AUTHZ_FIXTURE_H
#define POSTERN_TESTS_AUTHZ_FIXTURE_H

#include "../core/rows.h"

#include "authz/authz.h"
#include "http/router.h"

struct fixture {
	char folder[256];
	struct arena arena;
	struct config config;
	struct config_faults faults;
	struct postern_route routes[6];
	struct postern_service service;
	/* one request */
	struct request req;
	struct router_match match;
	struct principal principal;
	struct claim claims[8];
};

void fixture_init(struct fixture *fixture);
/* Removes the folder and all in it. */
void fixture_done(struct fixture *fixture);
/* Writes a file below the folder; its folders are made. */
void fixture_write(struct fixture *fixture, const char *name, const char *content);
/* Loads the folder, which must go well. */
const struct authz *fixture_load(struct fixture *fixture);
/* Loads one policy text. */
const struct authz *fixture_policy(struct fixture *fixture, const char *content);
/* Whether one of the faults contains the text. */
bool fixture_has_fault(const struct fixture *fixture, const char *text);

/* Who asks next, without claims so far. */
void fixture_principal(struct fixture *fixture, const char *type, const char *id);
void fixture_claim(struct fixture *fixture, const char *name, const char *value);
void fixture_claim_list(
    struct fixture *fixture, const char *name, const struct slice *items, size_t count);
/* The document_id of the path. */
void fixture_document(struct fixture *fixture, const char *id);

#endif
