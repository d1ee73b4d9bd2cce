/*
 * What a manager leaves to the program that it starts to replace itself: open descriptors, and the
 * variable of the environment that says which is which. Whatever the variable says is checked before
 * it is believed: whoever sets the environment of a start can set this one as well.
 *
 *     POSTERN_UPGRADE=1:PID:CHROOT:LINK:GIVE:TAKE:TABLE:LOCK:PIDFILE:SOCKET,SOCKET,...
 *
 * All are decimal numbers; LOCK and PIDFILE are "-" where there is none.
 */
#ifndef POSTERN_PROCESS_INHERITANCE_H
#define POSTERN_PROCESS_INHERITANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/compiler.h"
#include "core/slice.h"
#include "process/handover.h"
#include "process/listener.h"

enum {
	INHERITANCE_VERSION = 1,
	INHERITANCE_SOCKETS = 32, /* of LISTEN and STATUS_LISTEN */
	INHERITANCE_TEXT = 512,   /* bytes of the whole variable, with room to spare */
};
#define INHERITANCE_VARIABLE "POSTERN_UPGRADE"

struct inheritance {
	pid_t predecessor; /* whom we replace; 0: nobody, this is an ordinary start */
	uint64_t chroot;   /* inheritance_mark of SERVICE_CHROOT, which is in force already */
	int link_fd;       /* a stream to the predecessor; it ends when that and its ledger have */
	struct handover handover;
	int table_fd, lock_fd;            /* of the rate counters; the lock's is -1 for memory:// */
	int pidfile_fd;                   /* locked; -1: there is none */
	int sockets[INHERITANCE_SOCKETS]; /* listening; -1: taken out */
	size_t socket_count;
};

/* NAME=VALUE into `text`; false: no room. */
bool inheritance_write(const struct inheritance *inheritance, char *text, size_t size) MUST_USE;
/* The value alone. False, and `*ret_inheritance` is undefined, for anything that _write does not make. */
bool inheritance_parse(struct slice value, struct inheritance *ret_inheritance) MUST_USE;

/*
 * Takes the variable out of this process's environment. True with predecessor 0 where there is none;
 * false when it does not hold what our own parent left us. The descriptors close on exec again.
 */
bool inheritance_take(struct inheritance *ret_inheritance) MUST_USE;
/* Nothing at all. */
void inheritance_clear(struct inheritance *inheritance);
/* Closes what nobody has taken out. */
void inheritance_done(struct inheritance *inheritance);

/* 0 for NULL, and for two paths two numbers. */
uint64_t inheritance_mark(const char *path);

#endif
