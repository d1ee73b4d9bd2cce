/*
 * JSON (RFC 8259), strictly: the whole text is read before any of it is used; no member twice in
 * an object, no byte order mark, nothing before or behind the value, no unpaired surrogates;
 * strings are counted; integers keep all of their 64 bits. Every value knows where it stands, so
 * that whoever is unhappy with it can complain with a place. Reading does not recurse; depth and
 * size are bounded, and no text takes more than n log n.
 *
 * Policies, schemas and tokens are read by it. Its names are none of jansson's, for some programs
 * have both.
 */
#ifndef POSTERN_CORE_JSON_READ_H
#define POSTERN_CORE_JSON_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/compiler.h"
#include "core/slice.h"

enum json_kind {
	JSON_KIND_NULL,
	JSON_KIND_BOOL,
	JSON_KIND_INTEGER, /* within 64 bits, without fraction and exponent, not -0 */
	JSON_KIND_NUMBER,  /* any other number within the range of a double */
	JSON_KIND_STRING,
	JSON_KIND_ARRAY,
	JSON_KIND_OBJECT
};

struct json_member;

struct json_value {
	enum json_kind kind;
	uint32_t offset; /* of its first byte in the text */
	uint32_t end;    /* behind its last byte */
	uint32_t count;  /* of elements or members; 0: it is no container */
	union {
		bool boolean;
		int64_t integer;
		double number;
		struct slice string; /* unescaped */
		const struct json_value *elements;
		const struct json_member *members; /* in the order of the text */
	} as;
};

struct json_member {
	struct slice name;
	uint32_t name_offset;
	struct json_value value;
};

/* What a text may hold. */
struct json_rules {
	unsigned max_depth;    /* of arrays and objects within each other; the outermost is 1 */
	uint32_t max_elements; /* of one array, members of one object */
	bool refuses_nul;      /* U+0000 in a string or a name, which only an escape can bring */
	/*
	 * Whatever is written without fraction and exponent is an integer: -0 is 0, and one beyond 64
	 * bits is refused. If not, both are JSON_KIND_NUMBER.
	 */
	bool whole_is_integer;
};

enum { JSON_MAX_MESSAGE = 128 };

/* Why a text was refused. */
struct json_fault {
	size_t offset;                  /* where; the length of the text is its end */
	const char *hint;               /* what would help; NULL: nobody knows. A constant */
	bool is_limit;                  /* a bound or memory is out: the text may be right */
	char message[JSON_MAX_MESSAGE]; /* may hold part of a name, control characters too */
};

/*
 * Reads a whole text, which the caller knows to be UTF-8 (utf8_is_valid) and at most 4 GiB - 1.
 * What is made lies in `arena`; strings without escapes stay where they are, in the text. False:
 * `*reterr_fault` says why; NULL: the caller does not want to know.
 */
bool json_read(struct arena *arena, struct slice text, const struct json_rules *rules,
    struct json_fault *reterr_fault, const struct json_value **ret_root) MUST_USE;

/* As json_find. */
const struct json_value *json_find_name(const struct json_value *object, struct slice name);

/* The member of an object; NULL: none of this name, or no object. */
static inline const struct json_value *
json_find(const struct json_value *object, const char *name)
{
	return json_find_name(object, slice_from(name));
}

/* Whether it is a string of this text. */
static inline bool
json_is(const struct json_value *value, const char *text)
{
	return value->kind == JSON_KIND_STRING && slice_is(value->as.string, text);
}

#endif
