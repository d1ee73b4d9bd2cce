/*
 * One function per type. They get text that source.c has checked, and refuse without a word: the
 * one who asked makes the fault from value_expected(), so that no value can get into it.
 */
#include "config/value.h"

#include <limits.h>

#include "config/list.h"
#include "config/pem.h"
#include "core/buffer.h"

enum {
	MAX_SERVICE_NAME = 64,
	MAX_ACCOUNT = 32, /* as useradd has it */
	MAX_NAMESPACE = 128,
	MAX_LISTEN = 4096,
	MAX_EXPECTED = 512,
	MAX_DECIMALS = 3,
};

typedef enum value_result storer(
    const struct setting *setting, struct arena *arena, struct slice text, void *place);

static bool
consists_of(struct slice text, const char *allowed, size_t max)
{
	if (text.len == 0 || text.len > max)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] == '\0' || strchr(allowed, text.data[i]) == NULL)
			return false;
	return true;
}

static enum value_result
keep_text(struct slice text, void *place)
{
	*(const char **)place = text.data;
	return VALUE_STORED;
}

/* --- texts ----------------------------------------------------------------------------------- */

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static enum value_result
store_text(const struct setting *setting, struct arena *arena, struct slice text, void *place)
{
	(void)setting;
	(void)arena;
	return keep_text(text, place);
}

static enum value_result
store_service_name(
    const struct setting *setting, struct arena *arena, struct slice text, void *place)
{
	(void)setting;
	(void)arena;
	if (!consists_of(text, LOWER DIGITS "-", MAX_SERVICE_NAME))
		return VALUE_REFUSED;
	return keep_text(text, place);
}

static enum value_result
store_account(const struct setting *setting, struct arena *arena, struct slice text, void *place)
{
	(void)setting;
	(void)arena;
	if (!consists_of(text, LOWER UPPER DIGITS "_-.", MAX_ACCOUNT) || text.data[0] == '-')
		return VALUE_REFUSED;
	return keep_text(text, place);
}

static enum value_result
store_folder(const struct setting *setting, struct arena *arena, struct slice text, void *place)
{
	(void)setting;
	(void)arena;
	if (text.data[0] != '/' || text.len >= PATH_MAX)
		return VALUE_REFUSED;
	return keep_text(text, place);
}

static enum value_result
store_namespace(const struct setting *setting, struct arena *arena, struct slice text, void *place)
{
	(void)setting;
	(void)arena;
	if (!consists_of(text, LOWER UPPER DIGITS "_-./:", MAX_NAMESPACE))
		return VALUE_REFUSED;
	return keep_text(text, place);
}

/*
 * The grammar is the listener's; only what this version does not have is told from a mistake
 * here.
 */
static enum value_result
store_listen(const struct setting *setting, struct arena *arena, struct slice text, void *place)
{
	(void)setting;
	(void)arena;
	if (text.len > MAX_LISTEN)
		return VALUE_REFUSED;
	return keep_text(text, place);
}

static enum value_result
store_limits_uri(const struct setting *setting, struct arena *arena, struct slice text, void *place)
{
	(void)setting;
	(void)arena;
	if (!slice_is(text, "memory://") && !slice_starts(text, SLICE_OF("sqlite:///")))
		return VALUE_REFUSED;
	return keep_text(text, place);
}

static enum value_result
store_pem(const struct setting *setting, struct arena *arena, struct slice text, void *place)
{
	(void)setting;
	return pem_read(arena, text, (const char **)place);
}

static enum value_result
store_key(const struct setting *setting, struct arena *arena, struct slice text, void *place)
{
	struct config *config = place;

	(void)arena;
	if (text.len < setting->minimum || text.len > setting->maximum)
		return VALUE_REFUSED;
	config->log_pseudonym_key = text.data;
	config->log_pseudonym_key_len = text.len;
	return VALUE_STORED;
}

/* --- numbers and words ----------------------------------------------------------------------- */

static bool
number_read(const struct setting *setting, struct slice text, uint64_t *ret_number)
{
	uint64_t number;

	if (!slice_to_u64(text, setting->maximum, &number) || number < setting->minimum)
		return false;
	*ret_number = number;
	return true;
}

static enum value_result
store_number(const struct setting *setting, struct arena *arena, struct slice text, void *place)
{
	uint64_t number;

	(void)arena;
	if (!number_read(setting, text, &number))
		return VALUE_REFUSED;
	*(unsigned *)place = (unsigned)number;
	return VALUE_STORED;
}

/* 2, 0.25: at most three digits behind the point. */
static enum value_result
store_seconds(const struct setting *setting, struct arena *arena, struct slice text, void *place)
{
	struct slice rest = text, whole = slice_cut(&rest, '.');
	uint64_t seconds, fraction = 0;
	size_t digits;

	(void)arena;
	if (!number_read(setting, whole, &seconds))
		return VALUE_REFUSED;
	if (rest.data != NULL) {
		if (rest.len > MAX_DECIMALS || !slice_to_u64(rest, UINT64_MAX, &fraction))
			return VALUE_REFUSED;
		for (digits = rest.len; digits < MAX_DECIMALS; digits++)
			fraction *= 10;
	}
	if (seconds * 1000 + fraction > setting->maximum * 1000)
		return VALUE_REFUSED;
	*(unsigned *)place = (unsigned)(seconds * 1000 + fraction);
	return VALUE_STORED;
}

static enum value_result
store_size(const struct setting *setting, struct arena *arena, struct slice text, void *place)
{
	(void)arena;
	return number_read(setting, text, place) ? VALUE_STORED : VALUE_REFUSED;
}

/* Digits alone; a minus sign before them only where the range has negative numbers. */
static enum value_result
store_integer(const struct setting *setting, struct arena *arena, struct slice text, void *place)
{
	const bool is_negative = setting->lowest < 0 && text.len > 0 && text.data[0] == '-';
	uint64_t number;
	int value;

	(void)arena;
	if (!slice_to_u64(slice_skip(text, is_negative), INT_MAX, &number))
		return VALUE_REFUSED;
	value = is_negative ? -(int)number : (int)number;
	if (value < setting->lowest || value > setting->highest)
		return VALUE_REFUSED;
	*(struct config_integer *)place = (struct config_integer) { true, value };
	return VALUE_STORED;
}

_Static_assert(sizeof(enum config_environment) == sizeof(int) &&
		   sizeof(enum config_log_level) == sizeof(int) &&
		   sizeof(enum config_forbid_error) == sizeof(int) &&
		   sizeof(enum config_sandbox) == sizeof(int) &&
		   sizeof(enum config_worker_mode) == sizeof(int) &&
		   sizeof(enum config_memory_measure) == sizeof(int),
    "words are stored as int");

static enum value_result
store_word(const struct setting *setting, struct arena *arena, struct slice text, void *place)
{
	(void)arena;
	for (const struct setting_word *word = setting->words; word->word != NULL; word++) {
		if (slice_is(text, word->word)) {
			memcpy(place, &word->value, sizeof(word->value));
			return VALUE_STORED;
		}
	}
	return VALUE_REFUSED;
}

static enum value_result
store_switch(const struct setting *setting, struct arena *arena, struct slice text, void *place)
{
	(void)setting;
	(void)arena;
	if (!slice_is(text, "on") && !slice_is(text, "off"))
		return VALUE_REFUSED;
	*(bool *)place = slice_is(text, "on");
	return VALUE_STORED;
}

/* --- cores ----------------------------------------------------------------------------------- */

/* "5" or "2-5". */
static bool
cores_add(struct config_cores *cores, struct slice text)
{
	struct slice first = slice_cut(&text, '-');
	uint64_t from, to;

	if (!slice_to_u64(first, CONFIG_MAX_CORES - 1, &from))
		return false;
	to = from;
	if (text.data != NULL && (!slice_to_u64(text, CONFIG_MAX_CORES - 1, &to) || to < from))
		return false;
	for (; from <= to; from++)
		cores->set[from / 64] |= UINT64_C(1) << from % 64;
	return true;
}

static enum value_result
store_cores(const struct setting *setting, struct arena *arena, struct slice text, void *place)
{
	struct config_cores cores = { .kind = CORES_LIST };

	(void)setting;
	(void)arena;
	if (slice_is(text, "off"))
		cores.kind = CORES_OFF;
	else if (slice_is(text, "auto"))
		cores.kind = CORES_AUTO;
	else
		while (text.data != NULL)
			if (!cores_add(&cores, slice_cut(&text, ',')))
				return VALUE_REFUSED;
	*(struct config_cores *)place = cores;
	return VALUE_STORED;
}

/* --- lists ----------------------------------------------------------------------------------- */

static enum value_result
store_list(const struct setting *setting, struct arena *arena, struct slice text, void *place)
{
	switch (setting->type) {
	case SETTING_NETWORKS:
		return list_networks(arena, text, place);
	case SETTING_HOSTS:
		return list_hosts(arena, text, place);
	case SETTING_ORIGINS:
		return list_origins(arena, text, place);
	case SETTING_AUDIENCE:
		return list_texts(arena, text, place);
	case SETTING_ALGORITHMS:
		return list_algorithms(arena, text, place);
	case SETTING_PATHS:
		return list_paths(arena, text, place);
	default:
		return VALUE_REFUSED;
	}
}

/* --- the types together ---------------------------------------------------------------------- */

static const struct type {
	storer *store;
	const char *expected; /* NULL: made from the setting's range or words */
} types[SETTING_TYPE_COUNT] = {
	[SETTING_TEXT] = { store_text, "text" },
	[SETTING_SERVICE_NAME] = { store_service_name, "1 to 64 of a-z, 0-9 and hyphen" },
	[SETTING_ACCOUNT] = { store_account, "name of an account, at most 32 characters" },
	[SETTING_FOLDER] = { store_folder, "absolute path" },
	[SETTING_LISTEN] = { store_listen, "addresses" },
	[SETTING_NAMESPACE] = { store_namespace, "1 to 128 letters, digits and _ - . / :" },
	[SETTING_LIMITS_URI] = { store_limits_uri,
	    "sqlite:///PATH or memory:// (redis is not offered by this version)" },
	[SETTING_PEM] = { store_pem, "public key as PEM or base64 of PEM" },
	[SETTING_KEY] = { store_key, NULL },
	[SETTING_NUMBER] = { store_number, NULL },
	[SETTING_SECONDS] = { store_seconds, NULL },
	[SETTING_SIZE] = { store_size, NULL },
	[SETTING_INTEGER] = { store_integer, NULL },
	[SETTING_WORD] = { store_word, NULL },
	[SETTING_SWITCH] = { store_switch, "on or off" },
	[SETTING_CORES] = { store_cores, "off, auto, or cores like 0-3,6" },
	[SETTING_NETWORKS] = { store_list, "addresses and CIDR ranges, at most 32" },
	[SETTING_HOSTS] = { store_list, "hosts without port, at most 32" },
	[SETTING_ORIGINS] = { store_list, "scheme://host[:port] without a path or the scheme's own "
					  "port, space-separated, at most 32" },
	[SETTING_AUDIENCE] = { store_list, "comma-separated texts, at most 32" },
	[SETTING_ALGORITHMS] = { store_list,
	    "one or more of RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA" },
	[SETTING_PATHS] = { store_list,
	    "absolute paths but / itself, set apart by colons, at most 32" },
};

enum value_result
value_store(
    const struct setting *setting, struct arena *arena, struct slice text, struct config *config)
{
	union {
		unsigned number;
		uint64_t size;
		struct config_integer integer;
		const char *text;
	} nowhere;
	void *place = &nowhere;

	if (setting->type == SETTING_KEY)
		place = config;
	else if (setting->availability == SETTING_OFFERED)
		place = (char *)config + setting->offset;
	return types[setting->type].store(setting, arena, text, place);
}

static void
put_words(struct buffer *text, const struct setting_word *words)
{
	for (const struct setting_word *word = words; word->word != NULL; word++) {
		(void)buffer_text(text, word == words ? "one of " : ", ");
		(void)buffer_text(text, word->word);
	}
}

const char *
value_expected(const struct setting *setting, struct arena *arena)
{
	struct buffer text;

	if (types[setting->type].expected != NULL)
		return types[setting->type].expected;
	buffer_init(&text, arena, 64, MAX_EXPECTED);
	if (setting->type == SETTING_WORD)
		put_words(&text, setting->words);
	else if (setting->type == SETTING_KEY)
		(void)buffer_printf(&text, "secret of %llu to %llu bytes",
		    (unsigned long long)setting->minimum, (unsigned long long)setting->maximum);
	else if (setting->type == SETTING_INTEGER)
		(void)buffer_printf(
		    &text, "whole number, %d to %d", setting->lowest, setting->highest);
	else if (setting->type == SETTING_SECONDS)
		(void)buffer_printf(&text, "seconds, %llu to %llu, at most %d decimals",
		    (unsigned long long)setting->minimum, (unsigned long long)setting->maximum,
		    MAX_DECIMALS);
	else
		(void)buffer_printf(&text, "whole number, %llu to %llu",
		    (unsigned long long)setting->minimum, (unsigned long long)setting->maximum);
	(void)buffer_byte(&text, '\0');
	return buffer_failed(&text) ? NULL : text.data;
}
