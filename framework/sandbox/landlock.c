/*
 * The headers of a distribution know the versions of its own kernel; ours run on others, too. So
 * the numbers of the kernel's interface stand here (Documentation/userspace-api/landlock.rst).
 */
#include "sandbox/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	VERSION_QUESTION = 1 << 0, /* LANDLOCK_CREATE_RULESET_VERSION */
	RULE_PATH_BENEATH = 1,
};

/* Since the first version */
#define EXECUTE (UINT64_C(1) << 0)
#define WRITE_FILE (UINT64_C(1) << 1)
#define READ_FILE (UINT64_C(1) << 2)
#define READ_DIR (UINT64_C(1) << 3)
#define REMOVE_DIR (UINT64_C(1) << 4)
#define REMOVE_FILE (UINT64_C(1) << 5)
#define MAKE_CHAR (UINT64_C(1) << 6)
#define MAKE_DIR (UINT64_C(1) << 7)
#define MAKE_REG (UINT64_C(1) << 8)
#define MAKE_SOCK (UINT64_C(1) << 9)
#define MAKE_FIFO (UINT64_C(1) << 10)
#define MAKE_BLOCK (UINT64_C(1) << 11)
#define MAKE_SYM (UINT64_C(1) << 12)
/* 2: links and renames between folders; 3: truncation; 5: ioctl on devices */
#define REFER (UINT64_C(1) << 13)
#define TRUNCATE (UINT64_C(1) << 14)
#define IOCTL_DEV (UINT64_C(1) << 15)
/* 4 */
#define BIND_TCP (UINT64_C(1) << 0)
#define CONNECT_TCP (UINT64_C(1) << 1)
/* 6: abstract unix sockets and signals of processes that are not bound alike */
#define SCOPE_ABSTRACT_UNIX_SOCKET (UINT64_C(1) << 0)
#define SCOPE_SIGNAL (UINT64_C(1) << 1)

#define FIRST_RIGHTS                                                                          \
	(EXECUTE | WRITE_FILE | READ_FILE | READ_DIR | REMOVE_DIR | REMOVE_FILE | MAKE_CHAR | \
	    MAKE_DIR | MAKE_REG | MAKE_SOCK | MAKE_FIFO | MAKE_BLOCK | MAKE_SYM)
/* What a rule for something else than a folder may hold. */
#define FILE_RIGHTS (EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV)

/* Grown twice; each version takes as much of it as it knows. */
struct ruleset {
	uint64_t files, network, scope;
};

struct path_beneath {
	uint64_t rights;
	int32_t folder;
} __attribute__((packed));

static const uint64_t rights_of[] = {
	[SANDBOX_READ] = READ_FILE | READ_DIR,
	[SANDBOX_WRITE] = READ_FILE | READ_DIR | WRITE_FILE | TRUNCATE | REFER | MAKE_REG |
			  MAKE_DIR | REMOVE_FILE | REMOVE_DIR,
	[SANDBOX_DEVICE] = READ_FILE | WRITE_FILE,
	[SANDBOX_STORE] = READ_FILE | READ_DIR | WRITE_FILE | TRUNCATE | MAKE_REG | REMOVE_FILE,
};

int
landlock_abi(void)
{
	const long abi =
	    syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, (unsigned)VERSION_QUESTION);

	return abi < 0 ? 0 : (int)abi;
}

static struct ruleset
withheld(int abi, const struct landlock_network *network)
{
	struct ruleset ruleset = { .files = FIRST_RIGHTS };

	if (abi >= 2)
		ruleset.files |= REFER;
	if (abi >= 3)
		ruleset.files |= TRUNCATE;
	if (abi >= 5)
		ruleset.files |= IOCTL_DEV;
	if (abi >= 4)
		ruleset.network =
		    (network->binds ? 0 : BIND_TCP) | (network->connects ? 0 : CONNECT_TCP);
	if (abi >= 6)
		ruleset.scope = SCOPE_SIGNAL | (network->connects ? 0 : SCOPE_ABSTRACT_UNIX_SOCKET);
	return ruleset;
}

static size_t
size_for(int abi)
{
	if (abi >= 6)
		return sizeof(struct ruleset);
	return abi >= 4 ? offsetof(struct ruleset, scope) : offsetof(struct ruleset, network);
}

static bool
is_out_of_reach(int error)
{
	return error == ENOENT || error == EACCES || error == ENOTDIR || error == ELOOP;
}

/* False with errno. */
static bool
add_path(int ruleset_fd, uint64_t known, const struct sandbox_path *path)
{
	struct path_beneath rule = { .rights = rights_of[path->access] & known };
	struct stat status;
	bool is_added;
	int error;

	rule.folder = open(path->path, O_PATH | O_CLOEXEC);
	if (rule.folder < 0)
		return is_out_of_reach(errno);
	if (fstat(rule.folder, &status) == 0 && !S_ISDIR(status.st_mode))
		rule.rights &= FILE_RIGHTS;
	is_added = syscall(SYS_landlock_add_rule, ruleset_fd, RULE_PATH_BENEATH, &rule, 0U) == 0;
	error = errno;
	(void)close(rule.folder);
	errno = error;
	return is_added;
}

const char *
landlock_enter(int abi, const struct sandbox_path *paths, size_t path_count,
    const struct landlock_network *network)
{
	const struct ruleset ruleset = withheld(abi, network);
	const char *failed = NULL;
	size_t i;
	int fd;

	if (abi < 1)
		return NULL;
	fd = (int)syscall(SYS_landlock_create_ruleset, &ruleset, size_for(abi), 0U);
	if (fd < 0)
		return "landlock_ruleset";
	for (i = 0; i < path_count && failed == NULL; i++)
		if (!add_path(fd, ruleset.files, &paths[i]))
			failed = "landlock_path";
	if (failed == NULL && syscall(SYS_landlock_restrict_self, fd, 0U) != 0)
		failed = "landlock_restrict";
	(void)close(fd);
	return failed;
}
