/*
 * A JSON number as jansson reads it: an integer of 64 bits or a double. Compared by value and
 * exactly, which neither type can do for the other.
 */
#ifndef POSTERN_OPENAPI_NUMBER_H
#define POSTERN_OPENAPI_NUMBER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct number {
	bool is_real;
	int64_t integer;
	double real; /* finite */
};

/* Of a JSON integer or real. */
struct number number_from(const json_t *json);
/* Below, at or above 0 as `a` is less than, equal to or greater than `b`. */
int number_compare(struct number a, struct number b);
/* Whether it has no fraction: 1.0 is an integer too (JSON Schema 2020-12, Validation §6.1.1). */
bool number_is_whole(struct number number);

#endif
