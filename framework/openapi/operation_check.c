/*
 * One request against its operation (openapi/operation.h). Parameters are compared as the
 * handler will read them: decoded once. One that is there but has no single meaning (given twice,
 * a bad escape) is refused, for to the handler it would be absent.
 */
#include "openapi/operation.h"

#include "openapi/scan.h"

static struct slice
path_value(const struct request *req, const char *name)
{
	for (size_t i = 0; i < req->match->param_count; i++)
		if (strcmp(req->match->params[i].name, name) == 0)
			return req->match->params[i].value;
	return (struct slice) { NULL, 0 };
}

/* A query parameter that was sent, and of which uri_query_find made no value. */
static bool
has_no_meaning(const struct parameter *parameter, const struct request *req)
{
	return parameter->place == PARAMETER_QUERY &&
	       uri_query_has(req->query, slice_from(parameter->name));
}

static bool
check_parameter(const struct parameter *parameter, const struct request *req)
{
	struct slice value = { NULL, 0 };
	unsigned count = 1;

	switch (parameter->place) {
	case PARAMETER_PATH:
		value = path_value(req, parameter->name);
		break;
	case PARAMETER_QUERY:
		value = uri_query_find(req->arena, req->query, slice_from(parameter->name));
		break;
	case PARAMETER_HEADER:
		value = request_header(req, parameter->name, &count);
		break;
	}
	if (value.data == NULL)
		return !parameter->is_required && !has_no_meaning(parameter, req);
	return count == 1 && schema_check_text(parameter->schema, req->arena, value);
}

/* application/json, alone or with charset=utf-8 (RFC 8259 §8.1 knows no other). */
static bool
is_json(struct slice content_type)
{
	struct slice rest = content_type, charset;

	if (!slice_equal_nocase(slice_trim(slice_cut(&rest, ';')), SLICE_OF("application/json")))
		return false;
	if (rest.data == NULL)
		return true;
	charset = slice_trim(rest);
	return slice_equal_nocase(charset, SLICE_OF("charset=utf-8")) ||
	       slice_equal_nocase(charset, SLICE_OF("charset=\"utf-8\""));
}

static bool
check_json(const struct schema *schema, const struct request *req)
{
	static const struct scan_limits limits = {
		.depth = CONTRACT_MAX_DEPTH,
		.values = CONTRACT_MAX_BODY_VALUES,
	};
	json_error_t error;
	json_t *json;
	bool is_kept;

	if (!scan_is_bounded(req->body, &limits))
		return false;
	json = json_loadb(
	    req->body.data, req->body.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (json == NULL)
		return false;
	is_kept = schema_check(schema, req->arena, json);
	json_decref(json);
	return is_kept;
}

enum contract_verdict
operation_check(const struct operation *operation, const struct request *req)
{
	for (size_t i = 0; i < operation->parameter_count; i++)
		if (!check_parameter(&operation->parameters[i], req))
			return CONTRACT_REFUSED;
	if (operation->body == NULL)
		return CONTRACT_KEPT;
	if (req->body.len == 0)
		return operation->is_body_required ? CONTRACT_REFUSED : CONTRACT_KEPT;
	if (!is_json(req->content_type))
		return CONTRACT_MEDIA_TYPE;
	return check_json(operation->body, req) ? CONTRACT_KEPT : CONTRACT_REFUSED;
}
