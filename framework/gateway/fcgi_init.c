/*
 * Brings libfcgi up without letting it change the process: FCGX_Init replaces the handlers of
 * SIGPIPE, SIGUSR1 and SIGTERM wherever they are default or ignored, and lets environment
 * variables choose who may connect and how long it waits.
 */
#include "gateway/gateway.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include <fcgiapp.h>

#include "gateway/deadline.h"

static const int libfcgi_signals[] = { SIGPIPE, SIGUSR1, SIGTERM };

static const char *const libfcgi_settings[] = {
	"FCGI_WEB_SERVER_ADDRS",
	"LIBFCGI_OS_CLOSE_POLL_TIMEOUT",
	"LIBFCGI_IS_AF_UNIX_KEEPER_POLL_TIMEOUT",
};

static bool
has_default_sigpipe(void)
{
	struct sigaction action;

	return sigaction(SIGPIPE, NULL, &action) != 0 || action.sa_handler == SIG_DFL;
}

static bool
init_libfcgi(void)
{
	struct sigaction former[COUNT_OF(libfcgi_signals)];
	bool done = true;
	size_t i;

	for (i = 0; i < COUNT_OF(libfcgi_settings); i++)
		(void)unsetenv(libfcgi_settings[i]);
	for (i = 0; i < COUNT_OF(libfcgi_signals); i++)
		if (sigaction(libfcgi_signals[i], NULL, &former[i]) != 0)
			return false;
	done = FCGX_Init() == 0;
	for (i = 0; i < COUNT_OF(libfcgi_signals); i++)
		done = sigaction(libfcgi_signals[i], &former[i], NULL) == 0 && done;
	return done;
}

bool
gateway_init(void)
{
	if (has_default_sigpipe()) {
		errno = EINVAL;
		return false;
	}
	return init_libfcgi() && deadline_open();
}

void
gateway_done(void)
{
	deadline_close();
}
