/*
 * The sandbox of a process that handles what strangers send: worker, ledger, inspector, CGI request.
 * It is entered last, when everything that needs more has been opened, and there is no way out.
 *
 *     limits          no core, no children, no queues, no priorities (rlimits)
 *     capabilities    none, in no set
 *     files           the paths of the entry and nothing else (Landlock)
 *     network         no socket that connects or binds (Landlock, and no call that makes one)
 *     system calls    those of calls.def and of the service; the name of any other is logged and
 *                     the process ends by SIGSYS (seccomp)
 *
 * In mode `log` calls that are not listed are told and run, and neither the files nor the number
 * of children are limited: the kernel can only forbid these.
 *
 * Knows nothing of services, settings' names or HTTP: process/ says who may what.
 */
#ifndef POSTERN_SANDBOX_SANDBOX_H
#define POSTERN_SANDBOX_SANDBOX_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "core/arena.h"
#include "core/compiler.h"

struct log;
struct sandbox;

enum sandbox_role { SANDBOX_WORKER, SANDBOX_LEDGER, SANDBOX_INSPECTOR, SANDBOX_ROLE_COUNT };

enum sandbox_access {
	SANDBOX_READ,   /* files and folders */
	SANDBOX_WRITE,  /* and make, rename and remove them */
	SANDBOX_DEVICE, /* a character device, to read and write */
	SANDBOX_STORE   /* a folder in which SQLite makes, writes and removes plain files */
};

/* A path that is not there when a process is bound cannot be reached by it later either. */
struct sandbox_path {
	const char *path;
	enum sandbox_access access;
};

/* What a service needs beside a worker's usual calls. */
struct sandbox_needs {
	const char *const *calls; /* by name; each has passed sandbox_refuse_call */
	size_t call_count;
	bool reads, writes; /* folders of its own or of its operator */
};

enum {
	SANDBOX_MAX_CALLS = 64, /* that a service may ask for */
	/* The newest of Landlock's versions that this file knows: TCP, devices, signals. */
	SANDBOX_LANDLOCK_ABI = 6,
	SANDBOX_EXIT =
	    159, /* where even SIGSYS does not end it: 128 + SIGSYS, as a shell says it */
};

/* What this kernel has of the things above; changes nothing. */
struct sandbox_kernel {
	bool has_filters;      /* seccomp, with the signal that names a call */
	bool asks;             /* and with questions: what SANDBOX=log goes by */
	int landlock_abi;      /* 0: none */
	unsigned capabilities; /* in the bounding set of this process */
};

void sandbox_look(struct sandbox_kernel *ret_kernel);

/* Why a service cannot ask for a call of this name; NULL: it can. */
const char *sandbox_refuse_call(const char *name);
/* The name of a call by its number on this machine; "unknown" when it has none. */
const char *sandbox_call_name(int number);

/*
 * Makes the filters of all roles and looks at what the kernel has. Costs a millisecond; once, in
 * the process that forks the others. NULL: no memory.
 */
struct sandbox *sandbox_new(
    struct arena *arena, enum config_sandbox mode, const struct sandbox_needs *needs) MUST_USE;
enum config_sandbox sandbox_mode(const struct sandbox *sandbox);
const char *sandbox_mode_name(enum config_sandbox mode);
const char *sandbox_role_name(enum sandbox_role role);
/* Landlock's version in this kernel; 0: it has none, and all files stay in reach. */
int sandbox_landlock_abi(const struct sandbox *sandbox);

/* What is told of a violation, and where. */
struct sandbox_entry {
	enum sandbox_role role;
	const struct sandbox_path *paths;
	size_t path_count;
	struct log *log; /* of this process; NULL: nothing is told */
	/* In mode `log` who listens to violations writes lines of its own. */
	const struct config *config;
	int log_fd;
	/* Where the route being served stands, plus 1, and the service's routes; NULL: there are none. */
	const _Atomic(uint32_t) *route;
	const char *(*route_path)(uint32_t route);
	/* Gets the number of the call, plus 1; NULL: nobody asks. */
	_Atomic(uint32_t) *ret_call;
};

/*
 * Binds this process. NULL, or a word for what could not be done: then the process must not go
 * on. `entry` and what it points to, but for the paths, must last as long as the process.
 */
const char *sandbox_enter(
    const struct sandbox *sandbox, const struct sandbox_entry *entry) MUST_USE;

/*
 * Enters in a child made for that and tries what must fail and what must not. NULL, or a word for
 * what is not as it must be. Waits for the child, SANDBOX_TEST_S at most.
 */
const char *sandbox_test(const struct sandbox *sandbox, enum sandbox_role role,
    const struct sandbox_path *paths, size_t path_count) MUST_USE;

enum { SANDBOX_TEST_S = 10 };

#endif
