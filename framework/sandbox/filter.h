/*
 * The system calls of a role as a program for seccomp(2): everything that calls.def does not list
 * is trapped. Compiled once, before the fork; installed by the process that is to be bound by it.
 *
 * libseccomp knows numbers and names of all architectures and writes the program. Two things it
 * cannot say, and filter_install puts them in: the process's own number, and what becomes of the
 * other calls where they are only to be told (SANDBOX=log).
 */
#ifndef POSTERN_SANDBOX_FILTER_H
#define POSTERN_SANDBOX_FILTER_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/compiler.h"

/* Groups of calls.def. */
enum filter_group {
	FILTER_WORKER = 1 << 0,
	FILTER_LEDGER = 1 << 1,
	FILTER_INSPECTOR = 1 << 2,
	FILTER_READS = 1 << 3, /* folders that somebody named */
	FILTER_WRITES = 1 << 4
};

struct filter {
	struct sock_filter *code;
	unsigned short length;
};

/* What becomes of a call that is not listed. */
enum filter_otherwise {
	FILTER_TRAP,   /* SIGSYS */
	FILTER_NOTIFY, /* whoever holds the descriptor that filter_install returns is asked */
	FILTER_TELL    /* the kernel's audit log is told, and it runs */
};

enum {
	FILTER_MAX_LENGTH = 4096, /* the kernel's: BPF_MAXINSNS */
	FILTER_MAX_EXTRA = 64,    /* calls that a service may ask for */
	FILTER_CALLS = 512,       /* numbers whose names are remembered */
};

/* Whether this kernel knows what is to become of the other calls. */
bool filter_has(enum filter_otherwise otherwise);

/* Why a name cannot be asked for; NULL: it can. */
const char *filter_refuse_call(const char *name);

/*
 * The program for these groups (or-ed) and the calls named in `extra`, which filter_refuse_call
 * has let pass. False: no memory, or libseccomp refuses.
 */
bool filter_compile(struct arena *arena, unsigned groups, const char *const *extra,
    size_t extra_count, struct filter *ret_filter) MUST_USE;

/*
 * Binds this thread and all that it starts. Needs no_new_privs. Returns a descriptor for
 * FILTER_NOTIFY (close-on-exec), 0 for the others, -1 with errno when the kernel refuses.
 */
int filter_install(const struct filter *filter, enum filter_otherwise otherwise) MUST_USE;

/* The name of a call of this architecture; "unknown" when it has none. Safe in a signal handler. */
const char *filter_call_name(int number);
/* Learns the names; before the first fork. */
void filter_learn_names(void);

#endif
