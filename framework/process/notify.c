/* Datagrams to a service manager. See notify.h. */
#include "process/notify.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/slice.h"

enum { MESSAGE_MAX = 256, MAX_PID = 0x3fffffff };

bool
notify_parse_address(const char *text, struct sockaddr_un *ret_address, socklen_t *ret_len)
{
	const size_t len = strlen(text);
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	/* A name of that length exactly would leave no room for the NUL of a path. */
	if ((text[0] != '/' && text[0] != '@') || len < 2 || len >= sizeof(address.sun_path))
		return false;
	memcpy(address.sun_path, text, len);
	if (text[0] == '@')
		address.sun_path[0] = '\0';
	*ret_address = address;
	*ret_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + (text[0] == '/'));
	return true;
}

int64_t
notify_parse_watchdog(const char *usec, const char *pid, pid_t self)
{
	uint64_t allowed_us, whose;

	if (usec == NULL || !slice_to_u64(slice_from(usec), INT64_MAX, &allowed_us))
		return 0;
	if (pid != NULL &&
	    (!slice_to_u64(slice_from(pid), MAX_PID, &whose) || (pid_t)whose != self))
		return 0;
	return (int64_t)(allowed_us / 2);
}

static const char *
connect_to(struct notify *notify, const char *text)
{
	struct sockaddr_un address;
	socklen_t len;

	if (!notify_parse_address(text, &address, &len))
		return "NOTIFY_SOCKET is neither an absolute path nor @ and a name";
	notify->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (notify->fd < 0)
		return "no socket could be made for NOTIFY_SOCKET";
	if (connect(notify->fd, (const struct sockaddr *)&address, len) != 0) {
		notify_close(notify);
		return "nobody can be reached at NOTIFY_SOCKET";
	}
	return NULL;
}

const char *
notify_open(struct notify *ret_notify)
{
	const char *address = getenv("NOTIFY_SOCKET"), *failed;

	*ret_notify = NOTIFY_NOBODY;
	ret_notify->watchdog_us =
	    notify_parse_watchdog(getenv("WATCHDOG_USEC"), getenv("WATCHDOG_PID"), getpid());
	failed = address != NULL && address[0] != '\0' ? connect_to(ret_notify, address) : NULL;
	(void)unsetenv("NOTIFY_SOCKET");
	(void)unsetenv("WATCHDOG_USEC");
	(void)unsetenv("WATCHDOG_PID");
	return failed;
}

void
notify_close(struct notify *notify)
{
	if (notify->fd >= 0)
		close(notify->fd);
	notify->fd = -1;
}

static void
tell(const struct notify *notify, const char *text, int len)
{
	if (notify->fd >= 0 && len > 0 && len < MESSAGE_MAX &&
	    send(notify->fd, text, (size_t)len, MSG_NOSIGNAL) < 0) {
		/* Whoever asked to be told is not there, or too busy to be told. */
	}
}

static const char *
state_line(enum notify_state state)
{
	static const char *const lines[] = {
		[NOTIFY_STARTING] = "",
		[NOTIFY_SERVING] = "READY=1\n",
		[NOTIFY_RELOADING] = "",
		[NOTIFY_STOPPING] = "STOPPING=1\n",
	};

	return lines[state];
}

static const char *
status_text(const struct notify *notify)
{
	static const char *const texts[] = {
		[NOTIFY_STARTING] = "starts",
		[NOTIFY_SERVING] = "serves",
		[NOTIFY_RELOADING] = "reads settings and policies anew",
		[NOTIFY_STOPPING] = "stops",
	};

	if (notify->told == NOTIFY_SERVING && notify->is_refused)
		return "serves; the last reload was refused";
	return texts[notify->told];
}

void
notify_follow(struct notify *notify, enum notify_state state, unsigned workers)
{
	const bool is_other = state != notify->told;
	char text[MESSAGE_MAX];

	if (notify->fd < 0 || notify->told == NOTIFY_STOPPING ||
	    (!is_other && workers == notify->workers))
		return;
	notify->told = state;
	notify->workers = workers;
	tell(notify, text,
	    snprintf(text, sizeof(text), "%sSTATUS=%s, workers: %u",
		is_other ? state_line(state) : "", status_text(notify), workers));
}

void
notify_reload(struct notify *notify)
{
	char text[MESSAGE_MAX];

	if (notify->fd < 0 || notify->told == NOTIFY_STOPPING)
		return;
	notify->told = NOTIFY_RELOADING;
	notify->is_refused = false;
	/*
	 * The time of now, not of the loop's turn: what is older than the order to reload is taken
	 * for an answer to another one. Reading policies is the longest that the loop is away.
	 */
	tell(notify, text,
	    snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%lld\nSTATUS=%s\n%s",
		(long long)clock_mono_us(), status_text(notify),
		notify->watchdog_us > 0 ? "WATCHDOG=1\n" : ""));
}

void
notify_refused(struct notify *notify)
{
	notify->is_refused = true;
}

void
notify_main_pid(const struct notify *notify, pid_t pid)
{
	char text[MESSAGE_MAX];

	tell(notify, text, snprintf(text, sizeof(text), "MAINPID=%ld", (long)pid));
}

int64_t
notify_live(struct notify *notify, int64_t now_us)
{
	static const char alive[] = "WATCHDOG=1";

	if (notify->fd < 0 || notify->watchdog_us == 0)
		return 0;
	if (now_us >= notify->next_us) {
		tell(notify, alive, (int)sizeof(alive) - 1);
		notify->next_us = now_us + notify->watchdog_us;
	}
	return notify->next_us;
}
