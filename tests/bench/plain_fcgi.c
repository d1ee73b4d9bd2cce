/*
 * The peer to beat: the plain pre-forked libfcgi responder that a tutorial shows. Each worker accepts, answers one
 * connection at a time and waits for the next; no guard, no log, a constant body.
 *
 *	plain_fcgi SOCKET-PATH WORKERS
 */
#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void
serve(int listener)
{
	FCGX_Request request;

	FCGX_InitRequest(&request, listener, 0);
	while (FCGX_Accept_r(&request) == 0) {
		FCGX_PutS(
		    "Status: 200 OK\r\nContent-Type: application/json\r\n\r\n{\"status\":\"ok\"}",
		    request.out);
		FCGX_Finish_r(&request);
	}
}

int
main(int argc, char **argv)
{
	int listener, workers = argc == 3 ? (int)strtol(argv[2], NULL, 10) : 0;

	if (workers < 1 || FCGX_Init() != 0) {
		fprintf(stderr, "usage: plain_fcgi SOCKET-PATH WORKERS\n");
		return 64;
	}
	signal(SIGTERM, SIG_DFL); /* libfcgi's own handler would let a waiting worker live on */
	umask(0);
	if ((listener = FCGX_OpenSocket(argv[1], 1024)) < 0)
		return 1;
	for (; workers > 0; workers--)
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			serve(listener);
			_exit(1);
		}
	while (wait(NULL) > 0)
		;
	return 0;
}
