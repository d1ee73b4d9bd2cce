/*
 * One request -> one Cedar question -> one answer. The principal's claims become attributes, the
 * route's template the resource, what `load` filled the resource's attributes. Names and ids are
 * data throughout: no policy text and no entity text is ever put together. Whatever goes wrong on
 * the way leaves the verdict at "unavailable".
 */
#include "authz/authz.h"

#include "authz/entity.h"
#include "authz/generation.h"
#include "http/router.h"

/* One question. */
struct question {
	const struct authz *authz;
	struct arena *arena;
	const struct authz_route *route;
	const struct postern_entity *resource; /* NULL: without attributes */
	const struct principal *who;
	struct cedar_request request;
	struct cedar_entities *entities;
};

static const struct authz_route *
find_route(const struct authz *authz, const struct postern_route *route)
{
	for (size_t i = 0; i < authz->route_count; i++)
		if (authz->routes[i].route == route)
			return &authz->routes[i];
	return NULL;
}

/* The id of the resource; data NULL: the match has no such parameter. */
static struct slice
resource_id(const struct authz_route *route, const struct router_match *match)
{
	if (route->resource_id.data != NULL)
		return route->resource_id;
	for (size_t i = 0; match != NULL && i < match->param_count; i++)
		if (slice_is(route->parameter, match->params[i].name))
			return match->params[i].value;
	return slice_make(NULL, 0);
}

/* A list of strings is a set; everything else is itself. */
static bool
claim_value(struct arena *arena, const struct claim *claim, struct cedar_value *ret_value)
{
	struct cedar_value items[PRINCIPAL_MAX_ITEMS];

	switch (claim->kind) {
	case CLAIM_STRING:
		*ret_value = (struct cedar_value) { CEDAR_STRING, .as.string = claim->as.string };
		return true;
	case CLAIM_INTEGER:
		*ret_value = (struct cedar_value) { CEDAR_LONG, .as.number = claim->as.integer };
		return true;
	case CLAIM_BOOLEAN:
		*ret_value = (struct cedar_value) { CEDAR_BOOL, .as.boolean = claim->as.boolean };
		return true;
	case CLAIM_STRINGS:
		if (claim->as.strings.count > PRINCIPAL_MAX_ITEMS)
			return false;
		for (size_t i = 0; i < claim->as.strings.count; i++)
			items[i] = (struct cedar_value) { CEDAR_STRING,
				.as.string = claim->as.strings.items[i] };
		return cedar_set_make(arena, items, claim->as.strings.count, ret_value);
	}
	return false;
}

static bool
has_attribute(const struct postern_entity *entity, struct slice name)
{
	for (size_t i = 0; entity != NULL && i < entity->attribute_count; i++)
		if (slice_equal(entity->attributes[i].name, name))
			return true;
	return false;
}

/*
 * The principal's entity. `same` is the resource where somebody asks for themselves (the two are
 * one entity then): what the service knows of it counts before what the token says.
 */
static bool
add_principal(struct question *question, const struct postern_entity *same)
{
	struct cedar_member members[PRINCIPAL_MAX_CLAIMS + ENTITY_MAX_ATTRIBUTES];
	struct cedar_value *attributes = arena_alloc(question->arena, sizeof(*attributes));
	size_t count = same == NULL ? 0 : same->attribute_count;

	if (attributes == NULL || question->who->claim_count > PRINCIPAL_MAX_CLAIMS)
		return false;
	if (count > 0)
		memcpy(members, same->attributes, count * sizeof(*members));
	for (size_t i = 0; i < question->who->claim_count; i++) {
		const struct claim *claim = &question->who->claims[i];

		if (has_attribute(same, claim->name))
			continue;
		members[count].name = claim->name;
		if (!claim_value(question->arena, claim, &members[count++].value))
			return false;
	}
	return cedar_record_make(question->arena, members, count, attributes) &&
	       cedar_entities_add(
		   question->entities, &(struct cedar_entity) {
					   .uid = &question->request.principal,
					   .attributes = attributes,
					   .parents = same == NULL ? NULL : same->parents,
					   .parent_count = same == NULL ? 0 : same->parent_count,
				       });
}

static bool
add_resource(struct question *question)
{
	const struct postern_entity *resource = question->resource;
	struct cedar_value *attributes = arena_alloc(question->arena, sizeof(*attributes));

	if (resource == NULL)
		return cedar_entities_add(question->entities,
		    &(struct cedar_entity) { .uid = &question->request.resource });
	return attributes != NULL &&
	       cedar_record_make(
		   question->arena, resource->attributes, resource->attribute_count, attributes) &&
	       cedar_entities_add(question->entities, &(struct cedar_entity) {
							  .uid = &question->request.resource,
							  .attributes = attributes,
							  .parents = resource->parents,
							  .parent_count = resource->parent_count,
						      });
}

static bool
gather_entities(struct question *question)
{
	const struct cedar_uid *principal = &question->request.principal;
	const struct cedar_uid *resource = &question->request.resource;
	bool is_same = slice_equal(principal->id, resource->id) &&
		       slice_equal(principal->type, resource->type);

	question->entities = cedar_entities_new(question->arena);
	return question->entities != NULL &&
	       add_principal(question, is_same ? question->resource : NULL) &&
	       (is_same || add_resource(question)) &&
	       cedar_entities_add(question->entities,
		   &(struct cedar_entity) {
		       .uid = &question->request.action,
		       .parents = question->route->groups,
		       .parent_count = question->route->group_count,
		   }) &&
	       cedar_entities_close(question->entities);
}

static bool
make_context(struct question *question, const struct request *req)
{
	struct cedar_member members[2];
	size_t count = 0;

	members[count++] =
	    (struct cedar_member) { SLICE("secure"), { CEDAR_BOOL, .as.boolean = req->is_https } };
	if (req->active_actor.data != NULL)
		members[count++] = (struct cedar_member) { SLICE("active_actor"),
			{ CEDAR_STRING, .as.string = req->active_actor } };
	return cedar_record_make(question->arena, members, count, &question->request.context);
}

static bool
name_parties(struct question *question, const struct request *req)
{
	struct cedar_request *request = &question->request;

	request->principal.type =
	    authz_qualify(question->authz, question->arena, question->who->type);
	request->principal.id = question->who->id;
	request->action = question->route->action;
	request->resource.type = question->route->resource_type;
	request->resource.id = resource_id(question->route, req->match);
	return request->principal.type.data != NULL && request->resource.id.data != NULL;
}

/* A type that no policy can name (`in`), or that only actions have, is nobody's. */
static bool
is_principal_type(struct slice type)
{
	return slice_find(type, ':') == type.len && cedar_is_path(type) &&
	       !slice_is(type, "Action");
}

/* How the log names a policy: by its @id, else by its number. Where it stands is a path. */
static struct slice
policy_name(const struct cedar_policies *policies, uint32_t index)
{
	struct slice name = cedar_policy_annotation(policies, index, SLICE_OF("id"));

	return name.len > 0 ? name : cedar_policy_id(policies, index);
}

static void
add_error(struct authz_answer *answer, const struct cedar_policies *policies,
    const struct cedar_policy_error *error)
{
	if (answer->error_count < AUTHZ_MAX_REPORTED) {
		answer->errors[answer->error_count] = policy_name(policies, error->policy);
		answer->error_names[answer->error_count] = cedar_error_name(error->error);
	}
	answer->error_count++;
}

static bool
is_forbid(const struct cedar_policies *policies, const struct cedar_policy_error *error)
{
	return cedar_policy_effect(policies, error->policy) == CEDAR_FORBID;
}

/* The forbids that failed come first: they may be what decides. Returns whether there is one. */
static bool
report_errors(
    const struct authz *authz, const struct cedar_answer *cedar, struct authz_answer *answer)
{
	bool has_forbid = false;

	for (size_t i = 0; i < cedar->error_count; i++)
		if (is_forbid(authz->policies, &cedar->errors[i])) {
			add_error(answer, authz->policies, &cedar->errors[i]);
			has_forbid = true;
		}
	for (size_t i = 0; i < cedar->error_count; i++)
		if (!is_forbid(authz->policies, &cedar->errors[i]))
			add_error(answer, authz->policies, &cedar->errors[i]);
	return has_forbid;
}

static void
conclude(const struct authz *authz, const struct cedar_answer *cedar, struct authz_answer *answer)
{
	bool forbid_failed = report_errors(authz, cedar, answer);

	answer->verdict = AUTHZ_DENIED;
	if (forbid_failed && cedar->decision == CEDAR_ALLOW &&
	    authz->on_forbid_error == FORBID_ERROR_DENY) {
		answer->denied_by_error = true;
		return;
	}
	if (cedar->decision == CEDAR_ALLOW)
		answer->verdict = AUTHZ_ALLOWED;
	answer->reason_count = cedar->reason_count;
	for (size_t i = 0; i < cedar->reason_count && i < AUTHZ_MAX_REPORTED; i++)
		answer->reasons[i] = policy_name(authz->policies, cedar->reasons[i]);
}

struct authz_answer
authz_ask(const struct authz *authz, const struct postern_route *route, const struct request *req,
    struct postern_entity *entity)
{
	struct authz_answer answer = { .verdict = AUTHZ_UNAVAILABLE };
	struct question question = {
		.authz = authz,
		.arena = req->arena,
		.route = find_route(authz, route),
		.resource = entity,
		.who = req->principal,
	};
	struct cedar_answer cedar;

	if (question.route == NULL || question.who == NULL || (entity != NULL && entity->failed))
		return answer;
	answer.resource_type = question.route->resource_type;
	if (!is_principal_type(question.who->type)) {
		answer.verdict = AUTHZ_DENIED;
		return answer;
	}
	if (!name_parties(&question, req) || !make_context(&question, req) ||
	    !gather_entities(&question))
		return answer;
	if (cedar_authorize(authz->policies, question.entities, &question.request, req->arena,
		&cedar) == CEDAR_DECIDED)
		conclude(authz, &cedar, &answer);
	return answer;
}
