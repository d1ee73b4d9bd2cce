/*
 * The ready handler of a health route. It says that a worker takes requests through all guards of a
 * public route, and nothing about version, host or state that a stranger could use.
 */
#include <postern/service.h>

enum postern_status
postern_health(struct postern_request *req, struct postern_response *res)
{
	(void)req;
	postern_json_string(res, "status", "ok");
	return POSTERN_OK;
}
