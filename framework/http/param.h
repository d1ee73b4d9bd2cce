/*
 * What a front server said of a request, before anybody asks what it means: the pairs of FastCGI's PARAMS,
 * or the environment of a CGI program.
 */
#ifndef POSTERN_HTTP_PARAM_H
#define POSTERN_HTTP_PARAM_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"
#include "core/compiler.h"
#include "core/slice.h"

struct param {
	struct slice name, value; /* a NUL follows the value, and is in neither */
};

struct params {
	const struct param *items; /* in order of arrival, repetitions included */
	size_t count;
};

/*
 * Takes an environment apart: NAME=VALUE texts, NULL at their end; what has no "=" is left out. The slices point
 * into the texts. False: no memory.
 */
bool params_split(struct arena *arena, char *const *texts, struct params *ret_params) MUST_USE;

#endif
