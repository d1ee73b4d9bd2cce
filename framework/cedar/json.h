/*
 * JSON (RFC 8259) as Cedar's formats need it: the whole document is read before any of it is used;
 * no member twice in an object, no byte order mark, nothing behind the value, no unpaired
 * surrogates; strings are counted and may hold U+0000; integers keep all of their 64 bits. Every
 * value knows where it stands, so that whoever is unhappy with it can complain with a place.
 * Reading does not recurse; depth and size are bounded.
 */
#ifndef POSTERN_CEDAR_JSON_H
#define POSTERN_CEDAR_JSON_H

#include "cedar/cedar.h"
#include "cedar/complaint.h"

enum cedar_json_kind {
	CEDAR_JSON_NULL,
	CEDAR_JSON_BOOL,
	CEDAR_JSON_INTEGER, /* within 64 bits, without fraction and exponent, not -0 */
	CEDAR_JSON_NUMBER, /* any other number: Cedar has none, whoever needs the value complains */
	CEDAR_JSON_STRING,
	CEDAR_JSON_ARRAY,
	CEDAR_JSON_OBJECT
};

struct cedar_json_member;

struct cedar_json {
	enum cedar_json_kind kind;
	uint32_t offset; /* of its first byte in the text */
	uint32_t end;    /* behind its last byte */
	uint32_t count;  /* of elements or members */
	union {
		bool boolean;
		int64_t integer;
		struct slice string; /* unescaped */
		const struct cedar_json *elements;
		const struct cedar_json_member *members; /* in the order of the text */
	} as;
};

struct cedar_json_member {
	struct slice name;
	uint32_t name_offset;
	struct cedar_json value;
};

struct cedar_json_document {
	struct source source; /* for complaint_add(&document->source, value->offset, ...) */
	const struct cedar_json *root;
};

/*
 * Reads a whole text; it is copied into the arena as far as needed. False: complaints say why, one
 * at least (memory, CEDAR_MAX_TEXT, and CEDAR_MAX_SET elements of one container too). Arrays and
 * objects may stand at depth `max_depth`, the outermost at 1, and whatever they hold with them.
 */
bool cedar_json_read(struct arena *arena, const char *file, struct slice text, unsigned max_depth,
    struct cedar_complaints *reterr_complaints, struct cedar_json_document *ret_document) MUST_USE;

/* The member of an object; NULL: none of this name, or no object. */
const struct cedar_json *cedar_json_find(const struct cedar_json *object, const char *name);
/* Whether it is a string of this text. */
bool cedar_json_is(const struct cedar_json *value, const char *text);

/*
 * "expected WHAT, found a number" at the value. Always false, to return at once.
 */
bool cedar_json_expected(
    const struct cedar_json_document *document, const struct cedar_json *value, const char *what);

#endif
