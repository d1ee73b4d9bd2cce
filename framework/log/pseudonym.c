/*
 * Pseudonyms by OpenSSL's HMAC. The last ones made stand in a small direct-mapped table, so that
 * a client that comes again costs one short hash and one comparison. An entry that is in the way
 * is replaced.
 */
#include "log/pseudonym.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <string.h>

#include "core/buffer.h"
#include "core/siphash.h"

enum {
	REMEMBERED = 64,       /* entries */
	REMEMBERED_VALUE = 64, /* bytes; longer values are computed each time */
	MAC_SIZE = 32,         /* of SHA-256 */
};

struct entry {
	const char *name; /* NULL: empty */
	size_t len;
	char value[REMEMBERED_VALUE];
	char digits[PSEUDONYM_DIGITS];
};

struct pseudonyms {
	struct slice key;
	EVP_MAC *mac;
	EVP_MAC_CTX *context;
	struct siphash_key table_key;
	struct entry uncached; /* for values too long to remember */
	struct entry entries[REMEMBERED];
};

static bool
mac_begin(struct pseudonyms *p, const OSSL_PARAM *parameters)
{
	return EVP_MAC_init(
		   p->context, (const unsigned char *)p->key.data, p->key.len, parameters) == 1;
}

static bool
mac_open(struct pseudonyms *p)
{
	char digest[] = "SHA256";
	OSSL_PARAM parameters[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end(),
	};

	p->mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	p->context = p->mac == NULL ? NULL : EVP_MAC_CTX_new(p->mac);
	return p->context != NULL && mac_begin(p, parameters);
}

static bool
mac_make(
    struct pseudonyms *p, const char *name, struct slice value, unsigned char ret_mac[MAC_SIZE])
{
	size_t len = 0;

	return mac_begin(p, NULL) &&
	       EVP_MAC_update(p->context, (const unsigned char *)name, strlen(name) + 1) == 1 &&
	       EVP_MAC_update(p->context, (const unsigned char *)value.data, value.len) == 1 &&
	       EVP_MAC_final(p->context, ret_mac, &len, MAC_SIZE) == 1 && len == MAC_SIZE;
}

struct pseudonyms *
pseudonyms_new(struct arena *arena, struct slice key)
{
	struct pseudonyms *p = arena_calloc(arena, 1, sizeof(*p));
	unsigned char mac[MAC_SIZE];

	if (p == NULL)
		return NULL;
	p->key = key;
	if (!mac_open(p) || !mac_make(p, "table", SLICE_OF("key"), mac)) {
		pseudonyms_free(p);
		return NULL;
	}
	memcpy(&p->table_key, mac, sizeof(p->table_key));
	return p;
}

void
pseudonyms_free(struct pseudonyms *p)
{
	if (p == NULL)
		return;
	EVP_MAC_CTX_free(p->context);
	EVP_MAC_free(p->mac);
	explicit_bzero(p, sizeof(*p));
}

static bool
entry_is(const struct entry *entry, const char *name, struct slice value)
{
	return entry->name == name && slice_equal(slice_make(entry->value, entry->len), value);
}

/* Where the pseudonym of `value` stands or will stand. */
static struct entry *
entry_for(struct pseudonyms *p, struct slice value)
{
	if (value.len > REMEMBERED_VALUE)
		return &p->uncached;
	return &p->entries[siphash(&p->table_key, value.data, value.len) % REMEMBERED];
}

static bool
entry_fill(struct pseudonyms *p, struct entry *entry, const char *name, struct slice value)
{
	unsigned char mac[MAC_SIZE];
	struct buffer digits;

	entry->name = NULL;
	if (!mac_make(p, name, value, mac))
		return false;
	buffer_init_fixed(&digits, entry->digits, sizeof(entry->digits));
	(void)buffer_hex(&digits, mac, PSEUDONYM_DIGITS / 2);
	if (value.len <= REMEMBERED_VALUE) {
		memcpy(entry->value, value.data, value.len);
		entry->len = value.len;
		entry->name = name;
	}
	return true;
}

struct slice
pseudonym_make(struct pseudonyms *p, const char *name, struct slice value)
{
	struct entry *entry = entry_for(p, value);

	if (!entry_is(entry, name, value) && !entry_fill(p, entry, name, value))
		return slice_make(NULL, 0);
	return slice_make(entry->digits, sizeof(entry->digits));
}
