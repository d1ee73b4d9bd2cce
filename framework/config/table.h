/*
 * The framework's settings as data. Reading, checking, --help-settings and the wiping of secrets
 * all go by this one table, so none of them can know a setting that another does not.
 */
#ifndef POSTERN_CONFIG_TABLE_H
#define POSTERN_CONFIG_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum setting_type {
	SETTING_TEXT,         /* const char * */
	SETTING_SERVICE_NAME, /* const char * */
	SETTING_ACCOUNT,      /* const char *: a user's or group's name */
	SETTING_FOLDER,       /* const char *: an absolute path */
	SETTING_LISTEN,       /* const char * */
	SETTING_NAMESPACE,    /* const char * */
	SETTING_LIMITS_URI,   /* const char * */
	SETTING_PEM,          /* const char * */
	SETTING_KEY,          /* const char *, followed by its length, a size_t */
	SETTING_NUMBER,       /* unsigned */
	SETTING_SECONDS,      /* unsigned, in milliseconds; its range in seconds */
	SETTING_SIZE,         /* uint64_t */
	SETTING_INTEGER,      /* struct config_integer */
	SETTING_WORD,         /* an enum */
	SETTING_SWITCH,       /* bool */
	SETTING_CORES,        /* struct config_cores */
	SETTING_NETWORKS,     /* struct config_list, as are the rest */
	SETTING_HOSTS,
	SETTING_ORIGINS,
	SETTING_AUDIENCE,
	SETTING_ALGORITHMS,
	SETTING_PATHS,
	SETTING_TYPE_COUNT
};

/* What this version does with a setting. */
enum setting_availability {
	SETTING_OFFERED = 0,
	SETTING_WITHOUT_EFFECT, /* checked, for those who come from gunicorn, and not used */
	SETTING_NOT_OFFERED, /* only `accepted` may be given, which says what this version does */
};

struct setting_word {
	const char *word;
	int value;
};

struct setting {
	const char *name;
	const char *other_name; /* a second spelling; two different values are a fault */
	enum setting_type type;
	enum setting_availability availability;
	bool is_secret;
	bool is_development; /* the default counts in development and test alone */
	bool is_hardened;    /* the default counts in production and staging alone */
	/* In the form of the environment; "{service}" is the service's name. NULL: none. */
	const char *otherwise;
	/* A default that the setting's user applies, not the reader. */
	const char *elsewhere;
	const char *accepted;
	uint64_t minimum, maximum;        /* of a number; of a key its bytes */
	int lowest, highest;              /* of an integer */
	const struct setting_word *words; /* ended by { NULL, 0 } */
	size_t offset;                    /* in struct config */
	const char *help;
};

/* All of them, SERVICE_NAME and ENV first: the defaults of the others depend on these two. */
const struct setting *settings_get(size_t *ret_count);

/* The setting of this name or other name; NULL when there is none. */
const struct setting *setting_find(const char *name);

/* A name that is often written for another one. */
struct setting_misspelling {
	const char *wrong, *right;
};

const struct setting_misspelling *settings_misspellings(size_t *ret_count);

#endif
