/* Looking up users and groups. An entry that does not fit the buffer counts as not found. */
#include "process/names.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

/* As large a name as useradd(8) allows; entries of groups hold the names of all members. */
enum { MAX_NAME = 32, ENTRY_BYTES = 64 * 1024 };

static bool
copy_name(struct slice name, char ret_text[MAX_NAME + 1])
{
	if (name.len == 0 || name.len > MAX_NAME || memchr(name.data, '\0', name.len) != NULL)
		return false;
	memcpy(ret_text, name.data, name.len);
	ret_text[name.len] = '\0';
	return true;
}

bool
names_find_user(struct slice name, uid_t *ret_uid, gid_t *ret_gid)
{
	char text[MAX_NAME + 1], *room;
	struct passwd entry, *found = NULL;
	int error;

	if (!copy_name(name, text) || (room = malloc(ENTRY_BYTES)) == NULL)
		return false;
	do
		error = getpwnam_r(text, &entry, room, ENTRY_BYTES, &found);
	while (error == EINTR);
	if (error == 0 && found != NULL) {
		*ret_uid = entry.pw_uid;
		if (ret_gid != NULL)
			*ret_gid = entry.pw_gid;
	}
	free(room);
	return error == 0 && found != NULL;
}

bool
names_find_group(struct slice name, gid_t *ret_gid)
{
	char text[MAX_NAME + 1], *room;
	struct group entry, *found = NULL;
	int error;

	if (!copy_name(name, text) || (room = malloc(ENTRY_BYTES)) == NULL)
		return false;
	do
		error = getgrnam_r(text, &entry, room, ENTRY_BYTES, &found);
	while (error == EINTR);
	if (error == 0 && found != NULL)
		*ret_gid = entry.gr_gid;
	free(room);
	return error == 0 && found != NULL;
}
