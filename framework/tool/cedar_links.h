/*
 * Files of links, as the official command keeps them beside a file of policies:
 * [{"template_id", "link_id", "args": {"?principal": "User::\"alice\""}}, ...]
 */
#ifndef POSTERN_TOOL_CEDAR_LINKS_H
#define POSTERN_TOOL_CEDAR_LINKS_H

#include "cedar/json.h"
#include "tool/cedar.h"

struct cedar_link {
	struct slice template_id, new_id;
	struct cedar_uid uids[2]; /* of ?principal and ?resource */
	struct slice texts[2];    /* the same as they were written; data NULL: not given */
};

struct cedar_links {
	const struct cedar_link *items;
	uint32_t count;
};

/* Every failure of these is reported. An empty file has no links. */
bool cedar_links_read(
    struct cedar_run *run, const char *path, struct cedar_links *ret_links) MUST_USE;
/* The {"?principal": uid, "?resource": uid} of one link, from the command line. */
bool cedar_link_arguments(
    struct cedar_run *run, const char *text, struct cedar_link *link) MUST_USE;
bool cedar_link_add(struct cedar_run *run, const char *file, const struct cedar_link *link,
    struct cedar_builder *builder) MUST_USE;
bool cedar_links_add(
    struct cedar_run *run, const struct cedar_links *links, struct cedar_builder *builder) MUST_USE;
/* Writes the file anew with one more. */
bool cedar_links_write(struct cedar_run *run, const char *path, const struct cedar_links *links,
    const struct cedar_link *one_more) MUST_USE;

#endif
