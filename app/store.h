/*
 * The document store: what handlers ask of the database. One per worker, opened after the fork; its
 * statements are prepared once.
 *
 * Every change says who makes it. Deleting marks a document; the database keeps it and its history.
 */
#ifndef DOCUMENTS_STORE_H
#define DOCUMENTS_STORE_H

#include <stdbool.h>

#include "migrate.h"

struct store;

/* All texts are UTF-8 and never NULL. */
struct document {
	const char *document_id;
	const char *owner_id;
	const char *clinic_id;
	const char *title;
	const char *summary;
};

/* Who acts: a principal's type ("Clinician") and id. */
struct actor {
	const char *type;
	const char *id;
};

enum store_result {
	STORE_FAILED = 0, /* the database: broken, full, locked for too long */
	STORE_NO_MEMORY,  /* the caller's copy gave NULL */
	STORE_NOT_FOUND,
	STORE_OK
};

/*
 * Opens the store on an existing database. NULL when it is not there, or not of this program's
 * version: `*reterr_state` says which.
 */
struct store *store_open(const char *path, enum schema_state *reterr_state);
/* Harmless on NULL. */
void store_close(struct store *store);

/* Makes a copy of `text` that the caller owns; NULL without memory. */
typedef char *store_copy(void *context, const char *text);

/*
 * The document, its texts copied by `copy`. One that was deleted is not found. All that is found up to
 * the next store_rest is as it was at the first of these finds.
 */
enum store_result store_find(struct store *store, const char *document_id, store_copy *copy,
    void *context, struct document *ret_document);
/* Lets go of what the finds have read: from here on they see what others have changed. */
void store_rest(struct store *store);

/* Marks the document as deleted. STORE_NOT_FOUND when somebody else did so first. */
enum store_result store_delete(
    struct store *store, const char *document_id, const struct actor *actor);

/* Adds those of the documents whose ids are new, all or none. */
enum store_result store_add(struct store *store, const struct document *documents,
    unsigned document_count, const struct actor *actor);

#endif
