/* From calls.def to a BPF program, and from there into the kernel. */
#include "sandbox/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	/*
	 * Stands for the number of the process that is bound, which is not known when the program
	 * is made. No process has it: the kernel counts up to 2^22.
	 */
	PLACEHOLDER_PID = 0x50305354,
	MAX_NAME = 32, /* of a call that a service asks for */
};

enum condition {
	ANY,
	NOT_EXECUTABLE, /* the third argument has no PROT_EXEC */
	ONESELF,        /* the first argument is the process's own number */
	OWN_DESCRIPTOR, /* fcntl, without the commands that have signals sent to others */
	OWN_LIMITS,     /* to look at one's own */
	OWN_NAME,       /* prctl: a thread's name, and names of memory, which malloc may give */
	TERMINAL_LOOK,  /* ioctl: whether it is a terminal, how much there is to read */
	NOT_THERE       /* ENOSYS, as on a kernel without it */
};

struct call {
	const char *name;
	unsigned groups;
	enum condition condition;
};

enum {
	W = FILTER_WORKER,
	L = FILTER_LEDGER,
	I = FILTER_INSPECTOR,
	R = FILTER_READS,
	M = FILTER_WRITES
};

static const struct call calls[] = {
#define CALL(name, groups, condition) { #name, groups, condition },
#include "sandbox/calls.def"
};

static const char *const never[] = {
#define NEVER(name) #name,
#include "sandbox/calls.def"
};

/* --- names ----------------------------------------------------------------------------------- */

/* Never freed: a signal handler may look at any time. */
static const char *names[FILTER_CALLS];

void
filter_learn_names(void)
{
	int i;

	for (i = 0; i < FILTER_CALLS; i++)
		if (names[i] == NULL)
			names[i] = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, i);
}

const char *
filter_call_name(int number)
{
	if (number < 0 || number >= FILTER_CALLS || names[number] == NULL)
		return "unknown";
	return names[number];
}

const char *
filter_refuse_call(const char *name)
{
	size_t i;

	if (name == NULL || strlen(name) > MAX_NAME ||
	    seccomp_syscall_resolve_name(name) == __NR_SCMP_ERROR)
		return "is no system call";
	for (i = 0; i < COUNT_OF(never); i++)
		if (strcmp(name, never[i]) == 0)
			return "is never let through";
	return NULL;
}

/* --- the rules ------------------------------------------------------------------------------- */

/*
 * The lower half of argument `i`, which is all there is of an int: the upper half of its register
 * need not be zero.
 */
static struct scmp_arg_cmp
argument_is(unsigned i, uint64_t value)
{
	return SCMP_CMP64(i, SCMP_CMP_MASKED_EQ, UINT32_MAX, value & UINT32_MAX);
}

static bool
allow(scmp_filter_ctx context, int number)
{
	return seccomp_rule_add(context, SCMP_ACT_ALLOW, number, 0) == 0;
}

static bool
allow_if(scmp_filter_ctx context, int number, struct scmp_arg_cmp condition)
{
	return seccomp_rule_add(context, SCMP_ACT_ALLOW, number, 1, condition) == 0;
}

static bool
allow_values(
    scmp_filter_ctx context, int number, unsigned argument, const uint64_t *values, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!allow_if(context, number, argument_is(argument, values[i])))
			return false;
	return true;
}

static bool
allow_fcntl(scmp_filter_ctx context, int number)
{
	static const uint64_t commands[] = {
		F_DUPFD,
		F_DUPFD_CLOEXEC,
		F_GETFD,
		F_SETFD,
		F_GETFL,
		F_SETFL,
		F_GETLK,
		F_SETLK,
		F_SETLKW,
		F_OFD_GETLK,
		F_OFD_SETLK,
		F_OFD_SETLKW,
		F_GET_SEALS,
		F_ADD_SEALS,
#if F_GETLK != 5 || F_GETLK64 != 5
		/* Both kinds: libc takes the one that fits the program's off_t. */
		F_GETLK64,
		F_SETLK64,
		F_SETLKW64
#endif
	};

	return allow_values(context, number, 1, commands, COUNT_OF(commands));
}

static bool
allow_ioctl(scmp_filter_ctx context, int number)
{
	static const uint64_t requests[] = { TCGETS, TIOCGWINSZ, FIONREAD };

	return allow_values(context, number, 1, requests, COUNT_OF(requests));
}

static bool
allow_prctl(scmp_filter_ctx context, int number)
{
	static const uint64_t options[] = { PR_SET_NAME, PR_GET_NAME, 0x53564d41 /* PR_SET_VMA */ };

	return allow_values(context, number, 0, options, COUNT_OF(options));
}

/* mmap of 32-bit machines hands over a pointer to its arguments, which no filter can follow. */
static bool
allow_mapping(scmp_filter_ctx context, int number)
{
#ifdef SYS_mmap2
	if (number == SCMP_SYS(mmap))
		return true;
#endif
	return allow_if(context, number, SCMP_CMP64(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

static bool
allow_own_limits(scmp_filter_ctx context, int number)
{
	return seccomp_rule_add(context, SCMP_ACT_ALLOW, number, 2, argument_is(0, 0),
		   SCMP_CMP64(2, SCMP_CMP_EQ, 0, 0)) == 0;
}

static bool
add_call(scmp_filter_ctx context, const struct call *call)
{
	const int number = seccomp_syscall_resolve_name(call->name);

	if (number == __NR_SCMP_ERROR)
		return true; /* younger than this libseccomp, and so without a use for it here */
	switch (call->condition) {
	case ANY:
		return allow(context, number);
	case NOT_EXECUTABLE:
		return allow_mapping(context, number);
	case ONESELF:
		return allow_if(context, number, argument_is(0, PLACEHOLDER_PID));
	case OWN_DESCRIPTOR:
		return allow_fcntl(context, number);
	case OWN_LIMITS:
		return allow_own_limits(context, number);
	case OWN_NAME:
		return allow_prctl(context, number);
	case TERMINAL_LOOK:
		return allow_ioctl(context, number);
	case NOT_THERE:
		return seccomp_rule_add(context, SCMP_ACT_ERRNO(ENOSYS), number, 0) == 0;
	}
	return false;
}

static bool
is_among(const char *name, const char *const *list, size_t count)
{
	size_t i;

	for (i = 0; i < count && strcmp(name, list[i]) != 0; i++)
		;
	return i < count;
}

/* What a service asks for by name it gets without a condition. */
static bool
add_calls(scmp_filter_ctx context, unsigned groups, const char *const *extra, size_t extra_count)
{
	size_t i;

	for (i = 0; i < extra_count; i++)
		if (!allow(context, seccomp_syscall_resolve_name(extra[i])))
			return false;
	for (i = 0; i < COUNT_OF(calls); i++)
		if ((calls[i].groups & groups) != 0 &&
		    !is_among(calls[i].name, extra, extra_count) && !add_call(context, &calls[i]))
			return false;
	return true;
}

/* --- the program ----------------------------------------------------------------------------- */

/* libseccomp writes into a descriptor; a file in memory is one. */
static bool
export_code(struct arena *arena, scmp_filter_ctx context, struct filter *ret_filter)
{
	const int fd = memfd_create("seccomp", MFD_CLOEXEC);
	struct stat status;
	size_t size;
	bool is_read = false;

	if (fd < 0)
		return false;
	if (seccomp_export_bpf(context, fd) == 0 && fstat(fd, &status) == 0 && status.st_size > 0 &&
	    (size_t)status.st_size <= FILTER_MAX_LENGTH * sizeof(struct sock_filter)) {
		size = (size_t)status.st_size;
		ret_filter->code = arena_alloc(arena, size);
		ret_filter->length = (unsigned short)(size / sizeof(struct sock_filter));
		is_read = ret_filter->code != NULL &&
			  pread(fd, ret_filter->code, size, 0) == (ssize_t)size;
	}
	(void)close(fd);
	return is_read;
}

bool
filter_compile(struct arena *arena, unsigned groups, const char *const *extra, size_t extra_count,
    struct filter *ret_filter)
{
	const scmp_filter_ctx context = seccomp_init(SCMP_ACT_TRAP);
	bool is_made;

	if (context == NULL)
		return false;
	/* A call through another architecture's door has other numbers: its end, without a word. */
	is_made =
	    seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
	    /* A tree instead of a list: few comparisons for calls whose arguments are looked at. */
	    seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0 &&
	    add_calls(context, groups, extra, extra_count) &&
	    export_code(arena, context, ret_filter);
	seccomp_release(context);
	return is_made;
}

static const uint32_t actions[] = {
	[FILTER_TRAP] = SECCOMP_RET_TRAP,
	[FILTER_NOTIFY] = SECCOMP_RET_USER_NOTIF,
	[FILTER_TELL] = SECCOMP_RET_LOG,
};

bool
filter_has(enum filter_otherwise otherwise)
{
	const uint32_t action = actions[otherwise];

	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0UL, &action) == 0)
		return true;
	/* The call may be withheld from us where the door that filter_install takes is open. */
	return otherwise == FILTER_TRAP &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0) != 0 && errno == EFAULT;
}

static void
fill_in(struct sock_filter *code, unsigned length, enum filter_otherwise otherwise)
{
	unsigned i;

	for (i = 0; i < length; i++) {
		struct sock_filter *step = &code[i];

		if (BPF_CLASS(step->code) == BPF_JMP && step->k == PLACEHOLDER_PID)
			step->k = (uint32_t)getpid();
		else if (step->code == (BPF_RET | BPF_K) && step->k == SECCOMP_RET_TRAP)
			step->k = actions[otherwise];
	}
}

/* systemd's @system-service has prctl and not seccomp, which only the listener needs. */
static int
install(const struct sock_fprog *program, enum filter_otherwise otherwise)
{
	if (otherwise != FILTER_NOTIFY)
		return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0);
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    (unsigned long)SECCOMP_FILTER_FLAG_NEW_LISTENER, program);
}

int
filter_install(const struct filter *filter, enum filter_otherwise otherwise)
{
	struct sock_filter code[FILTER_MAX_LENGTH];
	const struct sock_fprog program = { filter->length, code };

	if (filter->length > FILTER_MAX_LENGTH) {
		errno = EINVAL;
		return -1;
	}
	memcpy(code, filter->code, filter->length * sizeof(code[0]));
	fill_in(code, filter->length, otherwise);
	return install(&program, otherwise);
}
