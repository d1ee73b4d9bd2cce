/* The policies of the reference service: who may do what, all of it. */
#include <stdio.h>

#include "fixture.h"

enum { READ = 1, SUMMARY = 2, DELETE = 4, READS = READ | SUMMARY, ALL = READ | SUMMARY | DELETE };

/* d1 belongs to p1 and clinic-a, d2 to p2 and clinic-b; "bare" has neither owner nor clinic. */
struct matrix_row {
	const char *name;
	const char *type, *id;
	const char *role, *clinic, *actor; /* claims; NULL: the token has none */
	int d1, d2, bare;
};

static const struct matrix_row matrix_rows[] = {
	{ "a patient reads what is theirs", "Patient", "p1", NULL, NULL, NULL, READS, 0, 0 },
	{ "another patient likewise", "Patient", "p2", NULL, NULL, NULL, 0, READS, 0 },
	{ "a patient who owns nothing", "Patient", "p3", NULL, NULL, NULL, 0, 0, 0 },
	{ "a patient with a clinician's claims", "Patient", "p1", "physician", "clinic-b", NULL,
	    READS, 0, 0 },
	{ "a patient with an administrator's role", "Patient", "p1", "admin", "clinic-a", NULL,
	    READS, 0, 0 },
	{ "a patient with an operator's actor", "Patient", "p3", NULL, NULL, "operator", 0, 0, 0 },
	{ "somebody else called p1", "User", "p1", NULL, NULL, NULL, 0, 0, 0 },
	{ "a clinician called p1", "Clinician", "p1", NULL, NULL, NULL, 0, 0, 0 },
	{ "a physician of clinic-a", "Clinician", "c1", "physician", "clinic-a", NULL, READS, 0,
	    0 },
	{ "a physician of clinic-b", "Clinician", "c1", "physician", "clinic-b", NULL, 0, READS,
	    0 },
	{ "a nurse practitioner", "Clinician", "c1", "nurse_practitioner", "clinic-a", NULL, READS,
	    0, 0 },
	{ "a physician assistant", "Clinician", "c1", "physician_assistant", "clinic-a", NULL,
	    READS, 0, 0 },
	{ "a registered nurse", "Clinician", "c1", "registered_nurse", "clinic-a", NULL, READS, 0,
	    0 },
	{ "a receptionist", "Clinician", "c1", "receptionist", "clinic-a", NULL, 0, 0, 0 },
	{ "a role in capitals is another role", "Clinician", "c1", "Physician", "clinic-a", NULL, 0,
	    0, 0 },
	{ "a physician without clinic", "Clinician", "c1", "physician", NULL, NULL, 0, 0, 0 },
	{ "a clinician without role", "Clinician", "c1", NULL, "clinic-a", NULL, 0, 0, 0 },
	{ "a physician of an unknown clinic", "Clinician", "c1", "physician", "clinic-z", NULL, 0,
	    0, 0 },
	{ "an administrator deletes in any clinic", "Clinician", "c1", "admin", "clinic-a", NULL,
	    DELETE, DELETE, DELETE },
	{ "an administrator without clinic", "Clinician", "c1", "admin", NULL, NULL, DELETE, DELETE,
	    DELETE },
	{ "a user with an administrator's role", "User", "u1", "admin", "clinic-a", NULL, 0, 0, 0 },
	{ "a user with a physician's role", "User", "u1", "physician", "clinic-a", NULL, 0, 0, 0 },
	{ "an operator", "User", "u1", NULL, NULL, "operator", ALL, ALL, ALL },
	{ "an operator with a role", "User", "u1", "physician", "clinic-b", "operator", ALL, ALL,
	    ALL },
	{ "a user with another actor", "User", "u1", NULL, NULL, "auditor", 0, 0, 0 },
	{ "a user without actors", "User", "u1", NULL, NULL, NULL, 0, 0, 0 },
	{ "a clinician with an operator's actor", "Clinician", "c1", NULL, NULL, "operator", 0, 0,
	    0 },
	{ "a type nobody knows", "Robot", "r1", "physician", "clinic-a", "operator", 0, 0, 0 },
};

static struct postern_entity *
document(struct fixture *fixture, const struct authz *authz, const char *id)
{
	struct postern_entity *entity = authz_resource_new(&fixture->arena, authz);

	assert_non_null(entity);
	fixture_document(fixture, id);
	if (strcmp(id, "d1") == 0) {
		postern_entity_reference(entity, "owner", "Patient", "p1");
		postern_entity_string(entity, "clinic_id", "clinic-a");
	} else if (strcmp(id, "d2") == 0) {
		postern_entity_reference(entity, "owner", "Patient", "p2");
		postern_entity_string(entity, "clinic_id", "clinic-b");
	}
	return entity;
}

static int
allowed(struct fixture *fixture, const struct authz *authz, const char *id)
{
	int allowed = 0;

	for (int route = 0; route < 3; route++) {
		struct authz_answer answer = authz_ask(
		    authz, &fixture->routes[route], &fixture->req, document(fixture, authz, id));

		assert_true(answer.verdict != AUTHZ_UNAVAILABLE);
		/* a token that lacks a claim is a plain no */
		assert_int_equal(answer.error_count, 0);
		assert_int_equal(answer.reason_count > 0, answer.verdict == AUTHZ_ALLOWED);
		if (answer.verdict == AUTHZ_ALLOWED)
			allowed |= 1 << route;
	}
	return allowed;
}

static void
may_do_exactly_this(void **state)
{
	const struct matrix_row *row = *state;
	const char *source = getenv("srcdir");
	const struct authz *authz;
	struct fixture fixture;
	struct slice actor;
	char folder[512];

	fixture_init(&fixture);
	(void)snprintf(folder, sizeof(folder), "%s/policies", source == NULL ? "." : source);
	fixture.config.policies_dir = folder;
	fixture.service.route_count = 3; /* what the service has, and its schema knows */
	authz = fixture_load(&fixture);
	assert_int_equal(authz_policy_count(authz), 4);
	assert_int_equal(authz_warning_count(authz), 0);
	fixture_principal(&fixture, row->type, row->id);
	if (row->role != NULL)
		fixture_claim(&fixture, "role", row->role);
	if (row->clinic != NULL)
		fixture_claim(&fixture, "clinic_id", row->clinic);
	if (row->actor != NULL) {
		actor = slice_from(row->actor);
		fixture_claim_list(&fixture, "actors", &actor, 1);
	}
	assert_int_equal(allowed(&fixture, authz, "d1"), row->d1);
	assert_int_equal(allowed(&fixture, authz, "d2"), row->d2);
	assert_int_equal(allowed(&fixture, authz, "bare"), row->bare);
	fixture_done(&fixture);
}

int
main(void)
{
	return RUN_ROWS(matrix_rows, may_do_exactly_this);
}
