/*
 * The listening sockets: the grammar of LISTEN, opening (as root, before privileges are dropped),
 * and taking away what was made. The manager owns them; workers inherit the descriptors.
 *
 *     unix:/PATH[?mode=0660&user=NAME&group=NAME]    HOST:PORT    [IPV6]:PORT    fd:N    systemd[:NAME]
 *
 * Several are separated by spaces. HOST is a numeric address or "localhost": a name server has no
 * say in where a service listens. An address that is not private (RFC 1918, RFC 6598, RFC 4193,
 * link-local, loopback, wildcard) is a fault: FastCGI knows no authentication and belongs to the
 * front server alone.
 */
#ifndef POSTERN_PROCESS_LISTENER_H
#define POSTERN_PROCESS_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "config/config.h"
#include "core/arena.h"
#include "core/compiler.h"
#include "core/slice.h"

enum {
	LISTENER_MAX = 16,
	LISTENER_BACKLOG = 1024,
	LISTENER_MODE = 0660,
};

enum listener_kind { LISTENER_UNIX, LISTENER_TCP, LISTENER_INHERITED };

struct listener {
	enum listener_kind kind;
	int fd; /* -1: not open */
	union {
		struct sockaddr any;
		struct sockaddr_un local;
		struct sockaddr_storage room;
	} address;
	socklen_t address_len;
	/* of a unix socket */
	mode_t mode;
	uid_t uid; /* (uid_t)-1: leave it */
	gid_t gid;
	dev_t device; /* of the file that was made, so that only it is unlinked */
	ino_t inode;
};

struct listeners {
	const char *setting; /* whose text it is, for faults */
	struct listener items[LISTENER_MAX];
	size_t count;
	unsigned backlog; /* of sockets that are made here; 0: LISTENER_BACKLOG */
	size_t missing;   /* the first entry that takes what nobody has handed over; 0: none */
};

/* What a service manager hands over, in order. The names live in the environment. */
struct listener_handed {
	struct slice names[LISTENER_MAX];
	size_t count;
};

/*
 * Reads the text of a `setting`, LISTEN or one like it; NULL means: fd 0 when it is a listening socket, else
 * what systemd hands over, else unix:/run/<service>/<service>.sock. Opens nothing. Names that do not exist and texts that do
 * not parse are faults; false when there was one. `owner`, `group` own unix sockets that do not
 * say who does.
 */
bool listeners_parse(struct listeners *ret_listeners, struct arena *arena, const char *setting,
    const char *text, const char *service_name, uid_t owner, gid_t group,
    struct config_faults *faults) MUST_USE;

/*
 * Opens all of them, listening, non-blocking and close-on-exec. A socket file without a listener
 * behind it is replaced; one that answers is a fault ("in use"), as is a file of another kind. On
 * a fault nothing stays open.
 */
bool listeners_open(
    struct listeners *listeners, struct arena *arena, struct config_faults *faults) MUST_USE;

/*
 * A TCP socket that is reached from elsewhere, while nobody has said who may: a fault, rather than
 * a service that answers nobody.
 */
bool listeners_check_peers(const struct listeners *listeners, const struct config *config,
    struct arena *arena, struct config_faults *faults) MUST_USE;
/* Whether each socket that was handed over is used, and by one of the two. */
bool listeners_check_handed(const struct listeners *listeners, const struct listeners *status,
    struct arena *arena, struct config_faults *faults) MUST_USE;

/*
 * What LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES say to process `self`; each may be NULL. NULL, or
 * what is wrong with them.
 */
const char *listener_handed_parse(struct listener_handed *ret_handed, const char *pid,
    const char *fds, const char *names, pid_t self) MUST_USE;
/* The same of the environment. */
const char *listener_handed_read(struct listener_handed *ret_handed) MUST_USE;
/* Takes the variables out of the environment: they are for this process alone. */
void listener_handed_forget(void);
/* The next descriptor from `*at` on of that name (data NULL: of any); -1: no more. */
int listener_handed_next(const struct listener_handed *handed, struct slice name, size_t *at);

/* Whether those who connect to an open socket have addresses. When in doubt they do. */
bool listener_has_peers(const struct listener *listener);
/* The most that the kernel lets a queue be long; 0: it does not tell. */
unsigned listener_backlog_limit(void);

/*
 * Before listeners_open: takes those of `fds`, listening sockets all, that are bound where a listener wants to be, and
 * puts -1 in their place; they stay open and are not bound again.
 */
void listeners_adopt(struct listeners *listeners, int *fds, size_t count);
/*
 * Whether the socket files are this process's to remove at its end, or those of another that listens on the same
 * sockets and goes on. What listeners_open made is ours, what was adopted is not, until somebody says so.
 */
void listeners_own(struct listeners *listeners, bool are_files_ours);

/* Closes the descriptors. */
void listeners_close(struct listeners *listeners);
/* Removes the socket files that were made here and are still the same files. */
void listeners_unlink(const struct listeners *listeners);

#endif
