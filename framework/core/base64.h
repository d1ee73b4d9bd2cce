/*
 * Base64, strictly: decoding accepts exactly what encoding writes (RFC 4648 §3.5), so every value
 * has one spelling. Unused trailing bits must be zero; white space and foreign characters are
 * errors.
 */
#ifndef POSTERN_CORE_BASE64_H
#define POSTERN_CORE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "core/slice.h"

/* Bytes enough for the decoded form of `len` characters. */
#define BASE64_DECODED_SIZE(len) ((len) / 4 * 3 + 3)
/* Bytes enough for the encoded form of `len` bytes, padding and NUL included. */
#define BASE64_ENCODED_SIZE(len) (((len) + 2) / 3 * 4 + 1)

/*
 * base64url without padding (RFC 7515 §2). `ret_data` has room for BASE64_DECODED_SIZE(text.len).
 */
bool base64url_decode(struct slice text, unsigned char *ret_data, size_t *ret_len);
/*
 * NUL-terminated; `ret_text` has room for BASE64_ENCODED_SIZE(len). Returns the length without
 * NUL.
 */
size_t base64url_encode(const void *data, size_t len, char *ret_text);
/* Standard base64 with padding; white space between characters is skipped (a PEM in a setting). */
bool base64_decode(struct slice text, unsigned char *ret_data, size_t *ret_len);

#endif
