/*
 * Calls: the language's own methods of sets and tags, and those of the extension types. Beside
 * evaluator.c, which sees to the operands of everything else.
 */
#include "cedar/evaluator.h"

#include "cedar/extension.h"
#include "cedar/value.h"

/* How many elements of `b` are in `a`: containsAll needs all, containsAny one. */
static bool
contains_some(const struct cedar_set *a, const struct cedar_set *b, bool needs_all)
{
	for (uint32_t i = 0; i < b->count; i++)
		if (set_has(a, b->elements[i]) != needs_all)
			return !needs_all;
	return needs_all;
}

/* contains, containsAll, containsAny, isEmpty: of the last one `argument` says nothing. */
static enum cedar_error
call_of_set(struct evaluation *evaluation, enum call call, struct cedar_value receiver,
    struct cedar_value argument, struct cedar_value *ret)
{
	bool needs_all = call == CALL_CONTAINS_ALL;

	if (receiver.kind != CEDAR_SET)
		return CEDAR_ERROR_TYPE;
	if (!evaluation_spend(evaluation, value_weight(argument)))
		return evaluation_stop(evaluation);
	if (call == CALL_CONTAINS) {
		*ret = value_boolean(set_has(receiver.as.set, argument));
	} else if (call == CALL_IS_EMPTY) {
		*ret = value_boolean(receiver.as.set->count == 0);
	} else {
		if (argument.kind != CEDAR_SET)
			return CEDAR_ERROR_TYPE;
		*ret = value_boolean(contains_some(receiver.as.set, argument.as.set, needs_all));
	}
	return CEDAR_ERROR_NONE;
}

/* getTag, hasTag */
static enum cedar_error
call_of_tags(const struct evaluation *evaluation, enum call call, struct cedar_value receiver,
    struct cedar_value key, struct cedar_value *ret)
{
	const struct cedar_value *found = NULL;
	const struct entity *entity;

	if (receiver.kind != CEDAR_ENTITY || key.kind != CEDAR_STRING)
		return CEDAR_ERROR_TYPE;
	entity = evaluation_look_up(evaluation, receiver.as.entity);
	if (entity != NULL && entity->is_present)
		found = record_find(entity->tags, key.as.string);
	if (call == CALL_HAS_TAG)
		*ret = value_boolean(found != NULL);
	else if (found != NULL)
		*ret = *found;
	else
		return entity != NULL && entity->is_present ? CEDAR_ERROR_MISSING_TAG
							    : CEDAR_ERROR_MISSING_ENTITY;
	return CEDAR_ERROR_NONE;
}

/* A function or method of the extension types, with its operands. */
static enum cedar_error
call_of_extension(struct evaluation *evaluation, enum call call, const struct cedar_value *operands,
    uint32_t count, struct cedar_value *ret)
{
	struct cedar_ip *room = NULL;

	if (call == CALL_IP) {
		room = evaluation_alloc(evaluation, sizeof(*room));
		if (room == NULL)
			return evaluation_stop(evaluation);
	}
	return extension_apply(call, operands, count, room, ret);
}

/*
 * All operands are evaluated first, also those too many: no call takes more than
 * EXTENSION_MAX_OPERANDS.
 */
enum cedar_error
evaluate_call(struct evaluation *evaluation, const struct node *node, struct cedar_value *ret)
{
	const struct node_list *nodes = &node->as.call.operands;
	struct cedar_value operands[EXTENSION_MAX_OPERANDS + 1] = { { .kind = CEDAR_BOOL } };

	for (uint32_t i = 0; i < nodes->count; i++) {
		enum cedar_error error = cedar_evaluate(evaluation, nodes->items[i],
		    &operands[i < EXTENSION_MAX_OPERANDS ? i : EXTENSION_MAX_OPERANDS]);

		if (error != CEDAR_ERROR_NONE)
			return error;
	}
	switch (node->as.call.call) {
	case CALL_CONTAINS:
	case CALL_CONTAINS_ALL:
	case CALL_CONTAINS_ANY:
	case CALL_IS_EMPTY:
		return call_of_set(evaluation, node->as.call.call, operands[0], operands[1], ret);
	case CALL_GET_TAG:
	case CALL_HAS_TAG:
		return call_of_tags(evaluation, node->as.call.call, operands[0], operands[1], ret);
	default:
		return call_of_extension(
		    evaluation, node->as.call.call, operands, nodes->count, ret);
	}
}
