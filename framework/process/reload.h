/*
 * HUP, or policies that have changed: everything is read anew, and new workers take the place of the
 * old ones. See docs/decisions/0002-process-model.md.
 */
#ifndef POSTERN_PROCESS_RELOAD_H
#define POSTERN_PROCESS_RELOAD_H

struct manager;

/* Ends the one that is under way, when all new workers accept; tells of it when nobody begins anything old. */
void reload_go_on(struct manager *m);
/* Begins one that was asked for, or that changed policies ask for. */
void reload_begin_if_due(struct manager *m);
/* Gives up the one that is under way: a new worker died, or nobody wants it any more. */
void reload_abandon(struct manager *m);
/* Frees generations without workers. */
void reload_free_drained(struct manager *m);

#endif
