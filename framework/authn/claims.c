/*
 * Checks the registered claims: all present, then each of its type, then what they say. Types are
 * exact (a number in a string is no number), and times are compared as microseconds that can not
 * overflow.
 */
#include "authn/claims.h"

#include <math.h>

#include "authn/json.h"

enum { US_PER_S = 1000000 };

/* Members that must be there; iss only when the settings name an issuer. */
static bool
has_required(const json_t *claims, const struct config *config)
{
	static const char *const required[] = { "exp", "iat", "sub", "aud" };

	for (size_t i = 0; i < COUNT_OF(required); i++)
		if (json_object_get(claims, required[i]) == NULL)
			return false;
	return config->jwt_issuer == NULL || json_object_get(claims, "iss") != NULL;
}

/*
 * A NumericDate (RFC 7519 §2) within years 1970 to 9999, in microseconds: at most 2.6e17, so sums
 * stay in range.
 */
static bool
read_time(const json_t *number, int64_t *ret_us)
{
	if (json_is_integer(number)) {
		json_int_t value = json_integer_value(number);

		if (value < 0 || value > CLAIMS_MAX_TIME)
			return false;
		*ret_us = value * US_PER_S;
		return true;
	}
	if (json_is_real(number)) {
		double value = json_real_value(number);

		if (!isfinite(value) || value < 0 || value > (double)CLAIMS_MAX_TIME)
			return false;
		*ret_us = (int64_t)(value * US_PER_S);
		return true;
	}
	return false;
}

static enum authn_result
check_times(const json_t *claims, int64_t leeway_us, int64_t now_us)
{
	const json_t *nbf = json_object_get(claims, "nbf");
	int64_t exp_us, iat_us, nbf_us = 0;

	if (!read_time(json_object_get(claims, "exp"), &exp_us) ||
	    !read_time(json_object_get(claims, "iat"), &iat_us) ||
	    (nbf != NULL && !read_time(nbf, &nbf_us)))
		return AUTHN_BAD_CLAIM;
	if (exp_us + leeway_us <= now_us)
		return AUTHN_EXPIRED;
	if (nbf_us - leeway_us > now_us || iat_us - leeway_us > now_us)
		return AUTHN_NOT_YET;
	return AUTHN_OK;
}

/* C0, DEL and C1 (U+0080 to U+009F: C2 80 to C2 9F in UTF-8, which jansson has checked). */
static bool
has_control(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.data[i];

		if (byte < 0x20 || byte == 0x7f)
			return true;
		if (byte == 0xc2 && i + 1 < text.len && (unsigned char)text.data[i + 1] < 0xa0)
			return true;
	}
	return false;
}

static enum authn_result
check_subject(const json_t *sub)
{
	struct slice text;

	if (!json_is_string(sub))
		return AUTHN_BAD_CLAIM;
	text = strict_json_string(sub);
	if (text.len == 0 || text.len > CLAIMS_MAX_SUBJECT || has_control(text))
		return AUTHN_BAD_CLAIM;
	return AUTHN_OK;
}

static enum authn_result
check_issuer(const json_t *iss, const char *expected)
{
	if (expected == NULL)
		return AUTHN_OK;
	if (!json_is_string(iss))
		return AUTHN_BAD_CLAIM;
	return slice_is(strict_json_string(iss), expected) ? AUTHN_OK : AUTHN_BAD_ISSUER;
}

static bool
is_ours(const json_t *audience, const struct config_list *ours)
{
	struct slice text = strict_json_string(audience);

	for (size_t i = 0; i < ours->count; i++)
		if (slice_equal(text, ours->items[i]))
			return true;
	return false;
}

/* Every element's type is checked, those behind a match too. */
static enum authn_result
check_audience(const json_t *aud, const struct config_list *ours)
{
	bool is_found = false;

	if (json_is_string(aud))
		return is_ours(aud, ours) ? AUTHN_OK : AUTHN_BAD_AUDIENCE;
	if (json_array_size(aud) == 0)
		return AUTHN_BAD_CLAIM; /* empty, or no array */
	for (size_t i = 0; i < json_array_size(aud); i++) {
		const json_t *element = json_array_get(aud, i);

		if (!json_is_string(element))
			return AUTHN_BAD_CLAIM;
		is_found = is_ours(element, ours) || is_found;
	}
	return is_found ? AUTHN_OK : AUTHN_BAD_AUDIENCE;
}

enum authn_result
claims_check(const json_t *claims, const struct config *config, int64_t now_us)
{
	int64_t leeway_us = (int64_t)config->jwt_leeway_s * US_PER_S;
	enum authn_result result;

	if (!has_required(claims, config))
		return AUTHN_MISSING_CLAIM;
	result = check_times(claims, leeway_us, now_us);
	if (result == AUTHN_OK)
		result = check_subject(json_object_get(claims, "sub"));
	if (result == AUTHN_OK)
		result = check_issuer(json_object_get(claims, "iss"), config->jwt_issuer);
	if (result == AUTHN_OK)
		result = check_audience(json_object_get(claims, "aud"), &config->jwt_audience);
	return result;
}
