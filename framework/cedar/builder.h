/*
 * A policy set in the making, for the readers of both formats: policies and templates under ids
 * that are used once. A reader marks, adds, and rolls back when it has complained, so that a text
 * is taken whole or not at all.
 */
#ifndef POSTERN_CEDAR_BUILDER_H
#define POSTERN_CEDAR_BUILDER_H

#include "cedar/complaint.h"
#include "cedar/policies.h"

struct policy_list {
	struct policy **items; /* in the order in which they were added */
	uint32_t count, size;
};

struct cedar_builder {
	struct arena *arena;
	struct policy_list policies, templates;
	uint32_t named_count; /* ids policy0, policy1, .. that were given out */
	/* All of them by id; NULL: free. A power of two slots, at most half of them taken. */
	struct policy **ids;
	uint32_t ids_size;
};

/*
 * Takes a policy, a template, or a link, which has its id. False with a complaint at `offset`: the
 * id is in use, CEDAR_MAX_POLICIES, memory.
 */
bool builder_add(struct cedar_builder *builder, const struct source *source, uint32_t offset,
    struct policy *policy) MUST_USE;
/* Gives it the next of policy0, policy1, .. and takes it. */
bool builder_add_named(struct cedar_builder *builder, const struct source *source, uint32_t offset,
    struct policy *policy) MUST_USE;
/*
 * Links as cedar_builder_link, with complaints at `offset`.
 */
bool builder_link(struct cedar_builder *builder, const struct source *source, uint32_t offset,
    struct slice template_id, struct slice new_id, const struct cedar_uid *principal,
    const struct cedar_uid *resource) MUST_USE;
/* A policy, template or link; NULL: there is none. */
struct policy *builder_find(const struct cedar_builder *builder, struct slice id);

struct builder_mark {
	uint32_t policy_count, template_count, named_count;
};
struct builder_mark builder_mark(const struct cedar_builder *builder);
void builder_rollback(struct cedar_builder *builder, struct builder_mark mark);

/* Whether it has slots. */
static inline bool
policy_is_template(const struct policy *policy)
{
	return policy->principal.is_slot || policy->resource.is_slot;
}

/*
 * Whether it is of the form that is asked for, with a complaint at `offset` when it is not.
 */
bool policy_check_form(const struct policy *policy, enum cedar_form form,
    const struct source *source, uint32_t offset) MUST_USE;

#endif
