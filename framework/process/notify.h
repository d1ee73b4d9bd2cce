/*
 * What the service manager above us is told (sd_notify(3), without its library): that the service
 * serves, reloads and stops, how it is, and that its loop still turns.
 *
 * The socket is NOTIFY_SOCKET of the environment, a path or, with "@" in front, an abstract name.
 * It is connected before root and the root of the file system are given up. Nobody waits for
 * whoever listens, and nobody minds that no one does. The variables are taken out of the environment, so that
 * no program started from here speaks for us; a new binary that takes the service over needs them
 * again (the old manager tells its id by notify_main_pid, or nobody listens to it), with its own
 * id in WATCHDOG_PID.
 */
#ifndef POSTERN_PROCESS_NOTIFY_H
#define POSTERN_PROCESS_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#include "core/compiler.h"

enum notify_state { NOTIFY_STARTING = 0, NOTIFY_SERVING, NOTIFY_RELOADING, NOTIFY_STOPPING };

struct notify {
	int fd; /* -1: nobody wants to know */
	enum notify_state told;
	unsigned workers;    /* as last told */
	bool is_refused;     /* the reload that was told of */
	int64_t watchdog_us; /* between two signs of life; 0: none are wanted */
	int64_t next_us;     /* when the next is due; 0: none */
};

#define NOTIFY_NOBODY ((struct notify) { .fd = -1 })

/* From the environment. NULL, or what is wrong; then nobody is told anything. */
const char *notify_open(struct notify *ret_notify) MUST_USE;
/* In a child that is no manager, and at the end. */
void notify_close(struct notify *notify);

/*
 * Tells `state` if it is another than the last, or `workers` are. A reload that is begun anew is
 * told again: notify_reload. Stopping is the last word.
 */
void notify_follow(struct notify *notify, enum notify_state state, unsigned workers);
/* A reload begins, and ends. Between the two is NOTIFY_RELOADING. */
void notify_reload(struct notify *notify);
void notify_refused(struct notify *notify);
/* Another process is the service's main one from now on. */
void notify_main_pid(const struct notify *notify, pid_t pid);
/*
 * A sign of life, if one is due, from the loop that has just turned. Returns when the next one
 * is; 0: never.
 */
int64_t notify_live(struct notify *notify, int64_t now_us);

/* The grammar of NOTIFY_SOCKET; false: it is none of it. */
bool notify_parse_address(
    const char *text, struct sockaddr_un *ret_address, socklen_t *ret_len) MUST_USE;
/*
 * Microseconds between two signs of life, half of what is allowed; 0: none are wanted from process
 * `self`. Each text may be NULL.
 */
int64_t notify_parse_watchdog(const char *usec, const char *pid, pid_t self);

#endif
