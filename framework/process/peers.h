/*
 * LISTEN_ALLOWED_PEERS: who may connect to a TCP socket. FastCGI knows no authentication, so whoever
 * reaches the socket says what he likes of the client that he speaks for. Without the setting only this machine may.
 * The files of unix sockets have owner and mode instead; their peers are not asked.
 */
#ifndef POSTERN_PROCESS_PEERS_H
#define POSTERN_PROCESS_PEERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "config/config.h"
#include "core/compiler.h"
#include "http/uri.h"

enum { PEERS_TELL_US = 10 * 1000 * 1000 };

struct peers {
	struct uri_network allowed[CONFIG_MAX_LIST];
	size_t count;
	uint64_t untold; /* turned away since the last event */
	int64_t tell_us; /* when the next event may be */
};

/* `allowed` is checked already; empty: loopback. */
void peers_init(struct peers *ret_peers, const struct config_list *allowed);
/* An address that is none of TCP is nobody's that was asked for: false. */
bool peers_allow(const struct peers *peers, const struct sockaddr *address) MUST_USE;
/*
 * One was turned away. How many were since the last event, when it is time for another; 0: not
 * yet. The first is told at once.
 */
uint64_t peers_refused(struct peers *peers, int64_t now_us) MUST_USE;

/* Whether a socket with this name of its own can be reached from this machine alone. */
bool peers_is_local(const struct sockaddr *own);

#endif
