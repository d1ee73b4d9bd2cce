/* See setup.h. */
#include "setup.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

struct body {
	const char *data;
	size_t len, step;
	bool breaks;
};

void
setup_begin(struct setup *setup)
{
	static const char key[] = "0123456789abcdef0123456789abcdef";

	memset(setup, 0, sizeof(*setup));
	arena_init(&setup->arena, REQUEST_ARENA_BLOCK, REQUEST_ARENA_SPARE);
	setup->config = (struct config) {
		.service_name = "notes",
		.environment = ENVIRONMENT_PRODUCTION,
		.is_hardened = true,
		.log_level = LEVEL_DEBUG,
		.log_pseudonym_key = key,
		.log_pseudonym_key_len = sizeof(key) - 1,
		.trusted_proxy_hops = 1,
		.max_content_length = 100,
	};
	setup->log_fd = memfd_create("log", MFD_CLOEXEC);
	assert_true(setup->log_fd >= 0);
	setup->env = (struct guard_env) {
		.service = &setup->service,
		.config = &setup->config,
		.route_limits = setup->limits,
		.log = log_new(&setup->arena, setup->log_fd, &setup->config),
	};
	assert_non_null(setup->env.log);
	setup->req.in.arena = &setup->arena;
	setup->req.in.content_length = -1;
	response_init(&setup->res.out, &setup->arena);
}

void
setup_end(struct setup *setup)
{
	log_done(setup->env.log);
	close(setup->log_fd);
	arena_done(&setup->arena);
}

static bool
is_given(const char *const *params, const char *param)
{
	size_t len = strcspn(param, "=") + 1;

	for (; params != NULL && *params != NULL; params++)
		if (strncmp(*params + (**params == '!'), param, len) == 0)
			return true;
	return false;
}

void
setup_request(struct setup *setup, const char *const *params)
{
	static const char *const otherwise[] = { "REQUEST_METHOD=GET", "REQUEST_URI=/",
		"REMOTE_ADDR=192.0.2.1", "HTTP_HOST=api.example" };
	char **all = arena_calloc(&setup->arena, SETUP_MAX_PARAMS + 1, sizeof(*all));
	struct params split;
	enum http_error error;
	size_t count = 0;

	assert_non_null(all);
	for (size_t i = 0; params != NULL && params[i] != NULL; i++) {
		assert_true(count < SETUP_MAX_PARAMS - COUNT_OF(otherwise));
		if (params[i][0] != '!')
			all[count++] = arena_dup(&setup->arena, params[i], strlen(params[i]));
	}
	for (size_t i = 0; i < COUNT_OF(otherwise); i++)
		if (!is_given(params, otherwise[i]))
			all[count++] = arena_dup(&setup->arena, otherwise[i], strlen(otherwise[i]));
	assert_true(params_split(&setup->arena, all, &split));
	assert_true(request_parse(&setup->req.in, &split, &error));
	setup->req.in.log = setup->env.log;
	setup->req.in.client = setup->req.in.peer;
	setup->req.in.wall_us = 1000000;
}

void
setup_route(struct setup *setup, const struct postern_route *route, const struct postern_route *any)
{
	setup->match = (struct router_match) {
		.route = route,
		.any = any,
		.allow = "GET, HEAD, OPTIONS",
		.template = "/notes/{note_id}",
	};
	setup->req.in.match = &setup->match;
}

static ssize_t
read_body(void *context, char *room, size_t size)
{
	struct body *body = context;
	size_t len = body->len < body->step ? body->len : body->step;

	if (body->len == 0)
		return body->breaks ? -1 : 0;
	if (len > size)
		len = size;
	memcpy(room, body->data, len);
	body->data += len;
	body->len -= len;
	return (ssize_t)len;
}

void
setup_body(struct setup *setup, const char *text, size_t len, size_t step, bool breaks)
{
	struct body *body = arena_calloc(&setup->arena, 1, sizeof(*body));

	assert_non_null(body);
	*body = (struct body) { .data = text, .len = len, .step = step, .breaks = breaks };
	setup->req.in.body_source = (struct body_source) { .read = read_body, .context = body };
}

/* The value of a field among the lines that are ready; NULL: it is not there. */
static const char *
line_value(struct setup *setup, const char *name)
{
	const size_t len = strlen(name);

	for (struct slice rest = setup->res.out.lines; rest.len > 0;) {
		struct slice line = slice_cut(&rest, '\n');

		if (line.len > len && strncasecmp(line.data, name, len) == 0 &&
		    line.data[len] == ':')
			return arena_dup(&setup->arena, line.data + len + 2, line.len - len - 3);
	}
	return NULL;
}

const char *
setup_header(struct setup *setup, const char *name)
{
	const struct response *res = &setup->res.out;
	const char *found = line_value(setup, name);

	for (size_t i = 0; i < res->header_count; i++) {
		if (strcasecmp(res->headers[i].name.data, name) != 0)
			continue;
		assert_null(found); /* never twice */
		found = res->headers[i].value.data;
	}
	return found;
}

const char *
setup_log(struct setup *setup)
{
	ssize_t len = pread(setup->log_fd, setup->log_text, sizeof(setup->log_text) - 1, 0);

	assert_true(len >= 0);
	setup->log_text[len] = '\0';
	return setup->log_text;
}

struct config_list
setup_list(struct setup *setup, const char *text)
{
	struct slice rest = slice_from(text), *items;
	size_t count = 0;

	items = arena_calloc(&setup->arena, CONFIG_MAX_LIST, sizeof(*items));
	assert_non_null(items);
	while (rest.data != NULL) {
		struct slice item = slice_cut(&rest, ' ');

		if (item.len > 0)
			items[count++] = item;
	}
	return (struct config_list) { items, count };
}

void
expect_refused(const struct setup *setup, enum guard_verdict verdict, enum http_error error)
{
	assert_int_equal(verdict, GUARD_REFUSED);
	assert_true(setup->res.out.is_error);
	assert_string_equal(http_error_code(setup->res.out.error), http_error_code(error));
	assert_int_equal(setup->res.out.status, http_error_status(error));
}

void
expect_logged(struct setup *setup, const char *event, const char *reason)
{
	const char *log = setup_log(setup), *line;
	char wanted[128];

	(void)snprintf(wanted, sizeof(wanted), "\"event_type\":\"%s\"", event);
	line = strstr(log, wanted);
	if (line == NULL)
		fail_msg("no %s in: %s", event, log);
	assert_null(strstr(line + 1, wanted));
	(void)snprintf(wanted, sizeof(wanted), "\"reason\":\"%s\"", reason);
	if (strstr(log, wanted) == NULL)
		fail_msg("no reason %s in: %s", reason, log);
}
