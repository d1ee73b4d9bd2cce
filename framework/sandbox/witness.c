/*
 * SANDBOX=log: the thread that the kernel asks. While it answers, the thread that made the call
 * waits inside the kernel. Its log is one of its own all the same: processes that were forked
 * from here are bound alike and ask the same thread, while this one goes on.
 */
#include <errno.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "log/log.h"
#include "sandbox/told.h"
#include "sandbox/violation.h"

enum {
	STACK_SIZE = 128 * 1024, /* a line of the log is 4 KiB of it */
	LOG_ARENA = 64 * 1024,
};

struct witness {
	const struct sandbox_entry *entry;
	struct arena arena;
	struct config config; /* as the process's, without a key: no pseudonym is in these lines */
	struct log *log;
	sem_t is_decided; /* `listener_fd` is what it will be */
	int listener_fd;  /* -1: there is nobody to listen to */
	_Atomic(uint32_t) told;
	uint32_t counts[FILTER_CALLS + 1]; /* by number; the last one of all above */
};

static struct witness witness;

unsigned
violation_told(void)
{
	return atomic_load(&witness.told);
}

bool
violation_is_asked(void)
{
	return witness.listener_fd >= 0;
}

/* The 1st, 2nd, 4th, 8th ... of each call, so that a loop of them does not fill the log. */
static void
tell(int call_number)
{
	const bool is_small = call_number >= 0 && call_number < FILTER_CALLS;
	uint32_t *count = &witness.counts[is_small ? call_number : FILTER_CALLS];

	atomic_fetch_add(&witness.told, 1);
	if (*count < UINT32_MAX)
		(*count)++;
	if ((*count & (*count - 1)) == 0)
		told_log(witness.log, LOG_SANDBOX_WOULD_END, witness.entry, call_number, *count);
}

/* False: nobody will ask any more. */
static bool
answer_one(int fd)
{
	struct seccomp_notif question;
	struct seccomp_notif_resp answer = { .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE };

	memset(&question, 0, sizeof(question)); /* the kernel insists */
	if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &question) != 0)
		return errno == EINTR || errno == ENOENT; /* who asked was killed meanwhile */
	tell(question.data.nr);
	answer.id = question.id;
	return ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &answer) == 0 || errno == ENOENT ||
	       errno == EINTR;
}

static void *
listen_to_kernel(void *unused UNUSED)
{
	while (sem_wait(&witness.is_decided) != 0)
		;
	while (witness.listener_fd >= 0 && answer_one(witness.listener_fd))
		;
	return NULL;
}

/* The thread takes no signal: those are for the one that serves. */
static bool
start_thread(pthread_t *ret_thread)
{
	pthread_attr_t attributes;
	sigset_t all, before;
	bool is_started;

	if (pthread_attr_init(&attributes) != 0)
		return false;
	sigfillset(&all);
	is_started = pthread_attr_setstacksize(&attributes, STACK_SIZE) == 0 &&
		     pthread_sigmask(SIG_SETMASK, &all, &before) == 0;
	if (is_started) {
		is_started = pthread_create(ret_thread, &attributes, listen_to_kernel, NULL) == 0;
		(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	}
	(void)pthread_attr_destroy(&attributes);
	return is_started;
}

static bool
prepare(const struct sandbox_entry *entry)
{
	memset(&witness, 0, sizeof(witness));
	witness.entry = entry;
	witness.listener_fd = -1;
	if (sem_init(&witness.is_decided, 0, 0) != 0)
		return false;
	if (entry->log == NULL)
		return true;
	witness.config = *entry->config;
	witness.config.log_pseudonym_key = NULL;
	witness.config.environment = ENVIRONMENT_PRODUCTION;
	arena_init(&witness.arena, LOG_ARENA, LOG_ARENA);
	witness.log = log_new(&witness.arena, entry->log_fd, &witness.config);
	return witness.log != NULL;
}

/*
 * EINVAL: a kernel before 5.0; EBUSY: whoever started us is asked already; EPERM, ENOSYS: the call is
 * withheld from us.
 */
static bool
cannot_ask(int error)
{
	return error == EINVAL || error == EBUSY || error == EPERM || error == ENOSYS;
}

const char *
violation_tell_by(const struct filter *filter, const struct sandbox_entry *entry)
{
	pthread_t thread;
	int error;

	if (!prepare(entry) || !start_thread(&thread))
		return "witness";
	witness.listener_fd = filter_install(filter, FILTER_NOTIFY);
	error = errno;
	(void)sem_post(&witness.is_decided);
	if (witness.listener_fd >= 0)
		return pthread_detach(thread) == 0 ? NULL : "witness";
	(void)pthread_join(thread, NULL);
	if (!cannot_ask(error))
		return "seccomp";
	return filter_install(filter, FILTER_TELL) < 0 ? "seccomp" : NULL;
}
