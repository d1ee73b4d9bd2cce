/*
 * Checks the registered claims: all present, then each of its type, then what they say. Types are
 * exact (a number in a string is no number), and times are compared as microseconds that can not
 * overflow.
 */
#include "authn/claims.h"

enum { US_PER_S = 1000000 };

/* Those that are there; NULL: it is not. */
struct registered {
	const struct json_value *exp, *iat, *nbf, *sub, *aud, *iss;
};

static struct registered
find_registered(const struct json_value *claims)
{
	return (struct registered) {
		.exp = json_find(claims, "exp"),
		.iat = json_find(claims, "iat"),
		.nbf = json_find(claims, "nbf"),
		.sub = json_find(claims, "sub"),
		.aud = json_find(claims, "aud"),
		.iss = json_find(claims, "iss"),
	};
}

/* iss must be there only when the settings name an issuer, nbf never. */
static bool
has_required(const struct registered *claims, const struct config *config)
{
	return claims->exp != NULL && claims->iat != NULL && claims->sub != NULL &&
	       claims->aud != NULL && (config->jwt_issuer == NULL || claims->iss != NULL);
}

/*
 * A NumericDate (RFC 7519 §2) within years 1970 to 9999, in microseconds: at most 2.6e17, so sums
 * stay in range.
 */
static bool
read_time(const struct json_value *number, int64_t *ret_us)
{
	if (number->kind == JSON_KIND_INTEGER) {
		int64_t value = number->as.integer;

		if (value < 0 || value > CLAIMS_MAX_TIME)
			return false;
		*ret_us = value * US_PER_S;
		return true;
	}
	if (number->kind == JSON_KIND_NUMBER) {
		double value = number->as.number;

		if (value < 0 || value > (double)CLAIMS_MAX_TIME)
			return false;
		*ret_us = (int64_t)(value * US_PER_S);
		return true;
	}
	return false;
}

static enum authn_result
check_times(const struct registered *claims, int64_t leeway_us, int64_t now_us)
{
	int64_t exp_us, iat_us, nbf_us = 0;

	if (!read_time(claims->exp, &exp_us) || !read_time(claims->iat, &iat_us) ||
	    (claims->nbf != NULL && !read_time(claims->nbf, &nbf_us)))
		return AUTHN_BAD_CLAIM;
	if (exp_us + leeway_us <= now_us)
		return AUTHN_EXPIRED;
	if (nbf_us - leeway_us > now_us || iat_us - leeway_us > now_us)
		return AUTHN_NOT_YET;
	return AUTHN_OK;
}

/* C0, DEL and C1 (U+0080 to U+009F: C2 80 to C2 9F in UTF-8, which the reader has checked). */
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
check_subject(const struct json_value *sub)
{
	struct slice text;

	if (sub->kind != JSON_KIND_STRING)
		return AUTHN_BAD_CLAIM;
	text = sub->as.string;
	if (text.len == 0 || text.len > CLAIMS_MAX_SUBJECT || has_control(text))
		return AUTHN_BAD_CLAIM;
	return AUTHN_OK;
}

static enum authn_result
check_issuer(const struct json_value *iss, const char *expected)
{
	if (expected == NULL)
		return AUTHN_OK;
	if (iss->kind != JSON_KIND_STRING)
		return AUTHN_BAD_CLAIM;
	return slice_is(iss->as.string, expected) ? AUTHN_OK : AUTHN_BAD_ISSUER;
}

static bool
is_ours(struct slice audience, const struct config_list *ours)
{
	for (size_t i = 0; i < ours->count; i++)
		if (slice_equal(audience, ours->items[i]))
			return true;
	return false;
}

/* Every element's type is checked, those behind a match too. */
static enum authn_result
check_audience(const struct json_value *aud, const struct config_list *ours)
{
	bool is_found = false;

	if (aud->kind == JSON_KIND_STRING)
		return is_ours(aud->as.string, ours) ? AUTHN_OK : AUTHN_BAD_AUDIENCE;
	if (aud->kind != JSON_KIND_ARRAY || aud->count == 0)
		return AUTHN_BAD_CLAIM;
	for (uint32_t i = 0; i < aud->count; i++) {
		const struct json_value *element = &aud->as.elements[i];

		if (element->kind != JSON_KIND_STRING)
			return AUTHN_BAD_CLAIM;
		is_found = is_ours(element->as.string, ours) || is_found;
	}
	return is_found ? AUTHN_OK : AUTHN_BAD_AUDIENCE;
}

enum authn_result
claims_check(const struct json_value *claims, const struct config *config, int64_t now_us)
{
	const struct registered registered = find_registered(claims);
	int64_t leeway_us = (int64_t)config->jwt_leeway_s * US_PER_S;
	enum authn_result result;

	if (!has_required(&registered, config))
		return AUTHN_MISSING_CLAIM;
	result = check_times(&registered, leeway_us, now_us);
	if (result == AUTHN_OK)
		result = check_subject(registered.sub);
	if (result == AUTHN_OK)
		result = check_issuer(registered.iss, config->jwt_issuer);
	if (result == AUTHN_OK)
		result = check_audience(registered.aud, &config->jwt_audience);
	return result;
}
