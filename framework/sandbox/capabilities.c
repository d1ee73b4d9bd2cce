/* By the system calls themselves: libcap would be a dependency for two of them. */
#include "sandbox/capabilities.h"

#include <linux/capability.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WORDS = _LINUX_CAPABILITY_U32S_3, MOST = 32 * WORDS };

struct sets {
	struct __user_cap_data_struct words[WORDS];
};

static bool
read_sets(struct sets *ret_sets)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };

	memset(ret_sets, 0, sizeof(*ret_sets));
	return syscall(SYS_capget, &head, ret_sets->words) == 0;
}

static bool
write_sets(const struct sets *sets)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return syscall(SYS_capset, &head, sets->words) == 0;
}

static bool
may_change_bounds(void)
{
	struct sets sets;

	return read_sets(&sets) &&
	       (sets.words[CAP_TO_INDEX(CAP_SETPCAP)].effective & CAP_TO_MASK(CAP_SETPCAP)) != 0;
}

bool
capabilities_bound(void)
{
	unsigned long capability;

	if (!may_change_bounds())
		return true;
	/* A number that the kernel does not know ends the set. */
	for (capability = 0; capability < MOST; capability++) {
		const int is_in = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);

		if (is_in < 0)
			break;
		if (is_in == 1 && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0)
			return false;
	}
	return capabilities_bounding() == 0;
}

unsigned
capabilities_bounding(void)
{
	unsigned long capability;
	unsigned count = 0;

	for (capability = 0; capability < MOST; capability++)
		count += prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1;
	return count;
}

bool
capabilities_drop(void)
{
	const struct sets none = { 0 };
	struct sets left;

	/* The ambient set follows: what is not permitted cannot be ambient. */
	return write_sets(&none) && read_sets(&left) && memcmp(&left, &none, sizeof(none)) == 0;
}
