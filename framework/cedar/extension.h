/*
 * The extension types decimal, ipaddr, datetime and duration: their literals, exactly as the
 * official engine reads them, and all that can be called on them. Each type has a file of its own;
 * extension.c finds it. Pure functions of values; nothing here allocates.
 */
#ifndef POSTERN_CEDAR_EXTENSION_H
#define POSTERN_CEDAR_EXTENSION_H

#include "cedar/ast.h"

enum {
	EXTENSION_MAX_OPERANDS = 2, /* of any function or method; more is an arity error */
	EXTENSION_MAX_TEXT = 48     /* bytes of what extension_text() writes */
};

/*
 * Calls a function or method of the extension types with operands of any kinds, the receiver first:
 * CEDAR_ERROR_ARITY, _TYPE, _EXTENSION (a literal that is none, a result out of range). An address
 * that ip() makes is put into `room`, which must live as long as the value. CALL_UNKNOWN and the
 * language's own methods are CEDAR_ERROR_EXTENSION.
 */
enum cedar_error extension_apply(enum call call, const struct cedar_value *operands, size_t count,
    struct cedar_ip *room, struct cedar_value *ret_value) MUST_USE;

/* Of which kinds the operands must be and the result is; of calls of the extension types alone. */
struct extension_signature {
	enum cedar_kind operands[EXTENSION_MAX_OPERANDS]; /* as many as the call has */
	enum cedar_kind result;
};
const struct extension_signature *extension_signature(enum call call);

/* The function that makes values of this kind ("ip" of CEDAR_IPADDR); CALL_UNKNOWN: none does. */
enum call extension_constructor(enum cedar_kind kind);
/* "decimal" .. "ipaddr": how schemas and messages call the type; NULL: no extension type. */
const char *extension_type_name(enum cedar_kind kind);

/*
 * Writes the canonical text from which the constructor makes this value again ("1.5",
 * "10.0.0.0/8", "2024-01-31T08:00:00.000Z", "1500ms") and returns its length. 0: there is none, a
 * datetime outside the years 0000 to 9999; it is datetime("1970-01-01").offset(..) with the
 * duration of the same number.
 */
size_t extension_text(struct cedar_value value, char room[EXTENSION_MAX_TEXT]);

/* The literals. False: it is none, `*ret_..` is left alone. */
bool decimal_parse(struct slice text, int64_t *ret_number);
bool datetime_parse(struct slice text, int64_t *ret_ms);
bool duration_parse(struct slice text, int64_t *ret_ms);
bool ipaddr_parse(struct slice text, struct cedar_ip *ret_ip);

/* For extension.c: the parts of extension_text(). */
size_t decimal_text(int64_t number, char room[EXTENSION_MAX_TEXT]);
size_t datetime_text(int64_t ms, char room[EXTENSION_MAX_TEXT]);
size_t ipaddr_text(const struct cedar_ip *ip, char room[EXTENSION_MAX_TEXT]);

/* What can be asked of an address. */
bool ipaddr_is_loopback(const struct cedar_ip *ip);
bool ipaddr_is_multicast(const struct cedar_ip *ip);
/* Whether all of `ip` lies in `range`, whose host bits do not count. */
bool ipaddr_is_in_range(const struct cedar_ip *ip, const struct cedar_ip *range);

/* The start of the day of a datetime; false: before the least datetime. */
bool datetime_date(int64_t ms, int64_t *ret_ms);
/* Milliseconds since that start. */
int64_t datetime_time(int64_t ms);

#endif
