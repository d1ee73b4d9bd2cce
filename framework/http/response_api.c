/*
 * What a handler may say in a response (<postern/response.h>): names for what response_json.c
 * does.
 */
#include <postern/response.h>

#include "http/response.h"

void
postern_json_string(struct postern_response *res, const char *name, const char *value)
{
	response_json_string(&res->out, name, value);
}

void
postern_json_integer(struct postern_response *res, const char *name, int64_t value)
{
	response_json_integer(&res->out, name, value);
}

void
postern_json_boolean(struct postern_response *res, const char *name, bool value)
{
	response_json_literal(&res->out, name, value ? "true" : "false");
}

void
postern_json_null(struct postern_response *res, const char *name)
{
	response_json_literal(&res->out, name, "null");
}

void
postern_json_object_begin(struct postern_response *res, const char *name)
{
	response_json_nest(&res->out, name, false);
}

void
postern_json_object_end(struct postern_response *res)
{
	response_json_unnest(&res->out, false);
}

void
postern_json_array_begin(struct postern_response *res, const char *name)
{
	response_json_nest(&res->out, name, true);
}

void
postern_json_array_end(struct postern_response *res)
{
	response_json_unnest(&res->out, true);
}

void
postern_set_header(struct postern_response *res, const char *name, const char *value)
{
	response_service_header(&res->out, name, value);
}
