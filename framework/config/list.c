/*
 * Invariant: a list has 1 to CONFIG_MAX_LIST items, none of them empty, in the order given. Items
 * are slices of memory in the arena.
 */
#include "config/list.h"

#include <limits.h>

#include "core/address.h"

enum {
	MAX_HOST = 253, /* RFC 1035 §2.3.4, without the final dot */
	MAX_PORT = 65535,
};

/* Puts the item in its one spelling, in place; false when it is no good. */
typedef bool item_check(char *data, size_t *len);

static bool
is_separator(char c, const char *separators)
{
	return c != '\0' && strchr(separators, c) != NULL;
}

/* The next run of bytes that are no separators; empty at the end. */
static struct slice
next_word(struct slice *rest, const char *separators)
{
	size_t len = 0;
	struct slice word;

	while (rest->len > 0 && is_separator(rest->data[0], separators))
		*rest = slice_skip(*rest, 1);
	while (len < rest->len && !is_separator(rest->data[len], separators))
		len++;
	word = slice_first(*rest, len);
	*rest = slice_skip(*rest, len);
	return word;
}

static enum value_result
item_add(
    struct arena *arena, struct slice item, item_check *check, struct slice *items, size_t *count)
{
	char *copy;

	if (item.len == 0 || *count == CONFIG_MAX_LIST)
		return VALUE_REFUSED;
	copy = arena_dup(arena, item.data, item.len);
	if (copy == NULL)
		return VALUE_NO_MEMORY;
	items[*count] = slice_make(copy, item.len);
	if (!check(copy, &items[*count].len))
		return VALUE_REFUSED;
	(*count)++;
	return VALUE_STORED;
}

static enum value_result
words(struct arena *arena, struct slice text, const char *separators, item_check *check,
    struct config_list *ret_list)
{
	struct slice *items = arena_calloc(arena, CONFIG_MAX_LIST, sizeof(*items));
	size_t count = 0;
	enum value_result result = items == NULL ? VALUE_NO_MEMORY : VALUE_REFUSED;

	for (struct slice rest = text; items != NULL;) {
		struct slice word = next_word(&rest, separators);

		if (word.len == 0)
			break;
		result = item_add(arena, word, check, items, &count);
		if (result != VALUE_STORED)
			return result;
	}
	if (result == VALUE_STORED)
		*ret_list = (struct config_list) { items, count };
	return result;
}

/* --- hosts and addresses --------------------------------------------------------------------- */

static void
lower(char *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (data[i] >= 'A' && data[i] <= 'Z')
			data[i] = (char)(data[i] - 'A' + 'a');
}

static bool
is_ipv6(struct slice text)
{
	unsigned char bytes[ADDRESS_V6_LEN];

	return address_v6_parse(text, bytes);
}

static bool
check_network(char *data, size_t *len)
{
	struct slice text = { data, *len };
	size_t slash = slice_find(text, '/');
	struct slice address = slice_first(text, slash);
	unsigned char bytes[ADDRESS_V6_LEN];
	bool is_ipv4 = address_v4_parse(address, bytes);
	uint64_t bits;

	if (!is_ipv4 && !address_v6_parse(address, bytes))
		return false;
	return slash == text.len ||
	       slice_to_u64(slice_skip(text, slash + 1), is_ipv4 ? 32 : 128, &bits);
}

/*
 * Letters, digits, hyphens and underscores between dots (RFC 1123 §2.1; the underscore is common
 * use).
 */
static bool
is_host_name(struct slice name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.";

	if (name.len == 0 || name.len > MAX_HOST || name.data[0] == '.' || name.data[0] == '-')
		return false;
	for (size_t i = 0; i < name.len; i++) {
		if (memchr(allowed, name.data[i], sizeof(allowed) - 1) == NULL)
			return false;
		if (name.data[i] == '.' && i + 1 < name.len && name.data[i + 1] == '.')
			return false;
	}
	return true;
}

static bool
check_host(char *data, size_t *len)
{
	lower(data, *len);
	if (*len > 2 && data[0] == '[' && data[*len - 1] == ']') {
		*len -= 2;
		memmove(data, data + 1, *len);
		data[*len] = '\0';
		return is_ipv6(slice_make(data, *len));
	}
	return is_host_name(slice_make(data, *len)) || is_ipv6(slice_make(data, *len));
}

/* --- origins --------------------------------------------------------------------------------- */

/* A port that is not the scheme's own: browsers leave that one out, so it would never match. */
static bool
is_other_port(struct slice port, uint64_t own)
{
	uint64_t number;

	return slice_to_u64(port, MAX_PORT, &number) && number > 0 && number != own &&
	       port.data[0] != '0';
}

static bool
check_origin(char *data, size_t *len)
{
	struct slice text = { data, *len };
	struct slice http = SLICE_OF("http://");
	struct slice https = SLICE_OF("https://");
	bool is_https;
	struct slice host, port;
	size_t host_len;

	lower(data, *len);
	is_https = slice_starts(text, https);
	if (!is_https && !slice_starts(text, http))
		return false;
	host = slice_skip(text, is_https ? https.len : http.len);
	if (host.len > 0 && host.data[0] == '[') {
		host_len = slice_find(host, ']');
		if (host_len == host.len || !is_ipv6(slice_skip(slice_first(host, host_len), 1)))
			return false;
		host_len++;
	} else {
		host_len = slice_find(host, ':');
		if (!is_host_name(slice_first(host, host_len)))
			return false;
	}
	port = slice_skip(host, host_len);
	return port.len == 0 ||
	       (port.data[0] == ':' && is_other_port(slice_skip(port, 1), is_https ? 443 : 80));
}

/* --- the rest -------------------------------------------------------------------------------- */

static bool
check_text(char *data, size_t *len)
{
	(void)data;
	return *len > 0;
}

/* Slashes at the end are dropped; what is left of "/" and "//" is nothing. */
static bool
check_path(char *data, size_t *len)
{
	if (data[0] != '/' || *len >= PATH_MAX)
		return false;
	while (*len > 0 && data[*len - 1] == '/')
		(*len)--;
	data[*len] = '\0';
	return *len > 0;
}

/*
 * Signatures that others can check without being able to make them: "none" and HS* are not among
 * them.
 */
static bool
check_algorithm(char *data, size_t *len)
{
	static const char *const names[] = { "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
		"ES256", "ES384", "ES512", "EdDSA" };

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (slice_is(slice_make(data, *len), names[i]))
			return true;
	return false;
}

enum value_result
list_networks(struct arena *arena, struct slice text, struct config_list *ret_list)
{
	return words(arena, text, " ,", check_network, ret_list);
}

enum value_result
list_hosts(struct arena *arena, struct slice text, struct config_list *ret_list)
{
	return words(arena, text, " ,", check_host, ret_list);
}

enum value_result
list_origins(struct arena *arena, struct slice text, struct config_list *ret_list)
{
	return words(arena, text, " ", check_origin, ret_list);
}

enum value_result
list_algorithms(struct arena *arena, struct slice text, struct config_list *ret_list)
{
	return words(arena, text, " ,", check_algorithm, ret_list);
}

enum value_result
list_texts(struct arena *arena, struct slice text, struct config_list *ret_list)
{
	struct slice *items = arena_calloc(arena, CONFIG_MAX_LIST, sizeof(*items));
	size_t count = 0;

	if (items == NULL)
		return VALUE_NO_MEMORY;
	for (struct slice rest = text; rest.data != NULL;) {
		struct slice item = slice_trim(slice_cut(&rest, ','));
		enum value_result result = item_add(arena, item, check_text, items, &count);

		if (result != VALUE_STORED)
			return result;
	}
	*ret_list = (struct config_list) { items, count };
	return VALUE_STORED;
}

enum value_result
list_paths(struct arena *arena, struct slice text, struct config_list *ret_list)
{
	return words(arena, text, ":", check_path, ret_list);
}
