/*
 * The evaluator: one function a kind of node, a switch that finds it. Every operand is evaluated
 * even where the result is already known, but for what the language leaves out: the right of &&
 * and ||, the other branch of an if.
 */
#include "cedar/evaluator.h"

#include "cedar/hash.h"
#include "cedar/value.h"

void
evaluation_init(struct evaluation *evaluation, const struct cedar_entities *entities,
    const struct cedar_request *request, struct arena *arena)
{
	const struct cedar_uid *uids[] = { &request->principal, &request->action,
		&request->resource };

	evaluation->entities = entities;
	evaluation->arena = arena;
	evaluation->steps_left = CEDAR_MAX_STEPS;
	evaluation->is_stopped = false;
	evaluation->has_hashes = false;
	evaluation->variables[VARIABLE_CONTEXT] = request->context;
	for (int i = 0; i < VARIABLE_CONTEXT; i++)
		evaluation->variables[i] = value_entity(uids[i]);
	if (entities_are_hashed(entities))
		evaluation_hash(evaluation);
	for (int i = 0; i < VARIABLE_CONTEXT; i++)
		evaluation->known[i] = entity_find_hashed(
		    entities, uids[i], evaluation->has_hashes ? evaluation->hashes[i] : 0);
}

void
evaluation_hash(struct evaluation *evaluation)
{
	for (int i = 0; i < VARIABLE_CONTEXT && !evaluation->has_hashes; i++)
		evaluation->hashes[i] = uid_hash(evaluation->variables[i].as.entity);
	evaluation->has_hashes = true;
}

bool
evaluation_spend(struct evaluation *evaluation, size_t steps)
{
	if (steps > evaluation->steps_left) {
		evaluation->is_stopped = true;
		return false;
	}
	evaluation->steps_left -= (uint32_t)steps;
	return true;
}

enum cedar_error
evaluation_stop(struct evaluation *evaluation)
{
	evaluation->is_stopped = true;
	return CEDAR_ERROR_RECURSION;
}

void *
evaluation_alloc(struct evaluation *evaluation, size_t size)
{
	void *memory = arena_alloc(evaluation->arena, size);

	if (memory == NULL)
		evaluation->is_stopped = true;
	return memory;
}

const struct entity *
evaluation_look_up(const struct evaluation *evaluation, const struct cedar_uid *uid)
{
	for (int i = 0; i < VARIABLE_CONTEXT; i++)
		if (uid == evaluation->variables[i].as.entity)
			return evaluation->known[i];
	return entity_find(evaluation->entities, uid);
}

bool
entity_is_in(
    const struct evaluation *evaluation, const struct cedar_uid *uid, const struct cedar_uid *other)
{
	const struct entity *entity;

	if (uid_equal(uid, other))
		return true;
	entity = evaluation_look_up(evaluation, uid);
	return entity != NULL && entity_has_ancestor(evaluation->entities, entity, other);
}

/* `e in [..]`: all elements must be entities, before any is compared. */
static enum cedar_error
is_in_set(struct evaluation *evaluation, const struct cedar_uid *uid, const struct cedar_set *set,
    bool *ret_in)
{
	bool found = false;

	if (!evaluation_spend(evaluation, set->count))
		return evaluation_stop(evaluation);
	for (uint32_t i = 0; i < set->count; i++)
		if (set->elements[i].kind != CEDAR_ENTITY)
			return CEDAR_ERROR_TYPE;
	for (uint32_t i = 0; i < set->count && !found; i++)
		found = entity_is_in(evaluation, uid, set->elements[i].as.entity);
	*ret_in = found;
	return CEDAR_ERROR_NONE;
}

static enum cedar_error
is_in(
    struct evaluation *evaluation, struct cedar_value left, struct cedar_value right, bool *ret_in)
{
	if (left.kind != CEDAR_ENTITY)
		return CEDAR_ERROR_TYPE;
	if (right.kind == CEDAR_SET)
		return is_in_set(evaluation, left.as.entity, right.as.set, ret_in);
	if (right.kind != CEDAR_ENTITY)
		return CEDAR_ERROR_TYPE;
	*ret_in = entity_is_in(evaluation, left.as.entity, right.as.entity);
	return CEDAR_ERROR_NONE;
}

/*
 * Where the attributes of a value are: `*ret_record` NULL means an entity that is not in the
 * store.
 */
static enum cedar_error
attributes_of(const struct evaluation *evaluation, struct cedar_value object,
    const struct cedar_record **ret_record)
{
	if (object.kind == CEDAR_ENTITY) {
		const struct entity *entity = evaluation_look_up(evaluation, object.as.entity);

		*ret_record = entity != NULL && entity->is_present ? entity->attributes : NULL;
		return CEDAR_ERROR_NONE;
	}
	if (object.kind != CEDAR_RECORD)
		return CEDAR_ERROR_TYPE;
	*ret_record = object.as.record;
	return CEDAR_ERROR_NONE;
}

static enum cedar_error
evaluate_attribute(struct evaluation *evaluation, const struct node *node, struct cedar_value *ret)
{
	const struct cedar_record *record;
	const struct cedar_value *found;
	struct cedar_value object;
	enum cedar_error error;

	error = cedar_evaluate(evaluation, node->as.attribute.object, &object);
	if (error == CEDAR_ERROR_NONE)
		error = attributes_of(evaluation, object, &record);
	if (error != CEDAR_ERROR_NONE)
		return error;
	if (record == NULL)
		return CEDAR_ERROR_MISSING_ENTITY;
	found = record_find(record, node->as.attribute.name);
	if (found == NULL)
		return CEDAR_ERROR_MISSING_ATTRIBUTE;
	*ret = *found;
	return CEDAR_ERROR_NONE;
}

/* `x has a.b` is `x has a && x.a has b`; x is evaluated once, which nobody can tell. */
static enum cedar_error
evaluate_has(struct evaluation *evaluation, const struct node *node, struct cedar_value *ret)
{
	struct cedar_value object;
	enum cedar_error error = cedar_evaluate(evaluation, node->as.has.object, &object);

	if (error != CEDAR_ERROR_NONE)
		return error;
	for (uint32_t i = 0; i < node->as.has.count; i++) {
		const struct cedar_record *record;
		const struct cedar_value *found;

		error = attributes_of(evaluation, object, &record);
		if (error != CEDAR_ERROR_NONE)
			return error;
		found = record == NULL ? NULL : record_find(record, node->as.has.names[i]);
		if (found == NULL) {
			*ret = value_boolean(false);
			return CEDAR_ERROR_NONE;
		}
		object = *found;
	}
	*ret = value_boolean(true);
	return CEDAR_ERROR_NONE;
}

static enum cedar_error
evaluate_boolean(struct evaluation *evaluation, const struct node *node, bool *ret)
{
	struct cedar_value value;
	enum cedar_error error = cedar_evaluate(evaluation, node, &value);

	if (error != CEDAR_ERROR_NONE)
		return error;
	if (value.kind != CEDAR_BOOL)
		return CEDAR_ERROR_TYPE;
	*ret = value.as.boolean;
	return CEDAR_ERROR_NONE;
}

/* A chain of && ends at the first false, one of || at the first true: `ending`. */
static enum cedar_error
evaluate_logic(
    struct evaluation *evaluation, const struct node *node, bool ending, struct cedar_value *ret)
{
	bool operand = !ending;

	for (uint32_t i = 0; i < node->as.list.count && operand != ending; i++) {
		enum cedar_error error =
		    evaluate_boolean(evaluation, node->as.list.items[i], &operand);

		if (error != CEDAR_ERROR_NONE)
			return error;
	}
	*ret = value_boolean(operand);
	return CEDAR_ERROR_NONE;
}

static enum cedar_error
evaluate_not(struct evaluation *evaluation, const struct node *node, struct cedar_value *ret)
{
	bool operand;
	enum cedar_error error = evaluate_boolean(evaluation, node->as.operand, &operand);

	if (error == CEDAR_ERROR_NONE)
		*ret = value_boolean(!operand);
	return error;
}

static enum cedar_error
evaluate_if(struct evaluation *evaluation, const struct node *node, struct cedar_value *ret)
{
	bool condition;
	enum cedar_error error =
	    evaluate_boolean(evaluation, node->as.branch.condition, &condition);

	if (error != CEDAR_ERROR_NONE)
		return error;
	return cedar_evaluate(
	    evaluation, condition ? node->as.branch.then : node->as.branch.otherwise, ret);
}

/* The cost of comparing is the smaller of the two: they differ as soon as one ends. */
static bool
spend_on_equality(struct evaluation *evaluation, struct cedar_value a, struct cedar_value b)
{
	uint32_t weight_a = value_weight(a), weight_b = value_weight(b);

	return a.kind != b.kind ||
	       evaluation_spend(evaluation, weight_a < weight_b ? weight_a : weight_b);
}

/* Whether < and its like are known of this kind. */
static bool
is_ordered(enum cedar_kind kind)
{
	return kind == CEDAR_LONG || kind == CEDAR_DATETIME || kind == CEDAR_DURATION;
}

static bool
compare_numbers(enum comparison operator, int64_t a, int64_t b)
{
	switch (operator) {
	case COMPARE_LESS:
		return a < b;
	case COMPARE_AT_MOST:
		return a <= b;
	case COMPARE_GREATER:
		return a > b;
	case COMPARE_AT_LEAST:
		return a >= b;
	case COMPARE_EQUAL:
		return a == b;
	case COMPARE_UNEQUAL:
		return a != b;
	case COMPARE_IN:
		break;
	}
	return false;
}

static enum cedar_error
evaluate_compare(struct evaluation *evaluation, const struct node *node, struct cedar_value *ret)
{
	enum comparison operator= node->as.compare.operator;
	struct cedar_value left, right;
	enum cedar_error error;
	bool result = false;

	error = cedar_evaluate(evaluation, node->as.compare.left, &left);
	if (error == CEDAR_ERROR_NONE)
		error = cedar_evaluate(evaluation, node->as.compare.right, &right);
	if (error != CEDAR_ERROR_NONE)
		return error;
	if (operator== COMPARE_EQUAL || operator== COMPARE_UNEQUAL) {
		if (!spend_on_equality(evaluation, left, right))
			return evaluation_stop(evaluation);
		result = cedar_value_equal(left, right) == (operator== COMPARE_EQUAL);
	} else if (operator== COMPARE_IN) {
		error = is_in(evaluation, left, right, &result);
	} else if (is_ordered(left.kind) && left.kind == right.kind) {
		result = compare_numbers(operator, left.as.number, right.as.number);
	} else {
		error = CEDAR_ERROR_TYPE;
	}
	if (error == CEDAR_ERROR_NONE)
		*ret = value_boolean(result);
	return error;
}

static enum cedar_error
evaluate_long(struct evaluation *evaluation, const struct node *node, int64_t *ret)
{
	struct cedar_value value;
	enum cedar_error error = cedar_evaluate(evaluation, node, &value);

	if (error != CEDAR_ERROR_NONE)
		return error;
	if (value.kind != CEDAR_LONG)
		return CEDAR_ERROR_TYPE;
	*ret = value.as.number;
	return CEDAR_ERROR_NONE;
}

static bool
overflows(enum arithmetic operator, int64_t a, int64_t b, int64_t *ret)
{
	switch (operator) {
	case ARITHMETIC_ADD:
		return __builtin_add_overflow(a, b, ret);
	case ARITHMETIC_SUBTRACT:
		return __builtin_sub_overflow(a, b, ret);
	case ARITHMETIC_MULTIPLY:
		return __builtin_mul_overflow(a, b, ret);
	}
	return true;
}

static enum cedar_error
evaluate_arithmetic(struct evaluation *evaluation, const struct node *node, struct cedar_value *ret)
{
	const struct term *terms = node->as.chain.terms;
	int64_t result, operand;
	enum cedar_error error = evaluate_long(evaluation, terms[0].operand, &result);

	for (uint32_t i = 1; i < node->as.chain.count && error == CEDAR_ERROR_NONE; i++) {
		error = evaluate_long(evaluation, terms[i].operand, &operand);
		if (error == CEDAR_ERROR_NONE &&
		    overflows(terms[i].operator, result, operand, &result))
			error = CEDAR_ERROR_OVERFLOW;
	}
	if (error == CEDAR_ERROR_NONE)
		*ret = value_long(result);
	return error;
}

static enum cedar_error
evaluate_negate(struct evaluation *evaluation, const struct node *node, struct cedar_value *ret)
{
	int64_t operand;
	enum cedar_error error = evaluate_long(evaluation, node->as.operand, &operand);

	if (error != CEDAR_ERROR_NONE)
		return error;
	if (operand == INT64_MIN)
		return CEDAR_ERROR_OVERFLOW;
	*ret = value_long(-operand);
	return CEDAR_ERROR_NONE;
}

static enum cedar_error
evaluate_like(struct evaluation *evaluation, const struct node *node, struct cedar_value *ret)
{
	struct cedar_value object;
	enum cedar_error error = cedar_evaluate(evaluation, node->as.like.object, &object);

	if (error != CEDAR_ERROR_NONE)
		return error;
	if (object.kind != CEDAR_STRING)
		return CEDAR_ERROR_TYPE;
	if (!evaluation_spend(evaluation,
		object.as.string.len / VALUE_BYTES_A_STEP + node->as.like.pattern.count))
		return evaluation_stop(evaluation);
	*ret = value_boolean(pattern_matches(&node->as.like.pattern, object.as.string));
	return CEDAR_ERROR_NONE;
}

/* `x is T in e` is `x is T && x in e`. */
static enum cedar_error
evaluate_is(struct evaluation *evaluation, const struct node *node, struct cedar_value *ret)
{
	struct cedar_value object, other;
	enum cedar_error error = cedar_evaluate(evaluation, node->as.is.object, &object);
	bool result;

	if (error != CEDAR_ERROR_NONE)
		return error;
	if (object.kind != CEDAR_ENTITY)
		return CEDAR_ERROR_TYPE;
	result = slice_equal(object.as.entity->type, node->as.is.type);
	if (result && node->as.is.in != NULL) {
		error = cedar_evaluate(evaluation, node->as.is.in, &other);
		if (error == CEDAR_ERROR_NONE)
			error = is_in(evaluation, object, other, &result);
		if (error != CEDAR_ERROR_NONE)
			return error;
	}
	*ret = value_boolean(result);
	return CEDAR_ERROR_NONE;
}

/* What a builder's refusal means here; names cannot repeat, the parser saw to it. */
static enum cedar_error
error_of_fault(struct evaluation *evaluation, enum value_fault fault)
{
	if (fault == VALUE_OK)
		return CEDAR_ERROR_NONE;
	if (fault == VALUE_TOO_DEEP)
		return CEDAR_ERROR_RECURSION;
	return evaluation_stop(evaluation);
}

static enum cedar_error
evaluate_set(struct evaluation *evaluation, const struct node *node, struct cedar_value *ret)
{
	uint32_t count = node->as.list.count;
	struct cedar_value *elements = evaluation_alloc(evaluation, count * sizeof(*elements));
	size_t weight = 0;

	if (elements == NULL)
		return evaluation_stop(evaluation);
	for (uint32_t i = 0; i < count; i++) {
		enum cedar_error error =
		    cedar_evaluate(evaluation, node->as.list.items[i], &elements[i]);

		if (error != CEDAR_ERROR_NONE)
			return error;
		weight += value_weight(elements[i]);
	}
	if (!evaluation_spend(evaluation, weight))
		return evaluation_stop(evaluation);
	return error_of_fault(evaluation, set_adopt(evaluation->arena, elements, count, ret));
}

static enum cedar_error
evaluate_record(struct evaluation *evaluation, const struct node *node, struct cedar_value *ret)
{
	uint32_t count = node->as.record.count;
	struct cedar_member *members = evaluation_alloc(evaluation, count * sizeof(*members));

	if (members == NULL)
		return evaluation_stop(evaluation);
	for (uint32_t i = 0; i < count; i++) {
		const struct field *field = &node->as.record.fields[i];
		enum cedar_error error =
		    cedar_evaluate(evaluation, field->value, &members[i].value);

		if (error != CEDAR_ERROR_NONE)
			return error;
		members[i].name = field->name;
	}
	return error_of_fault(evaluation, record_adopt(evaluation->arena, members, count, ret));
}

enum cedar_error
cedar_evaluate(
    struct evaluation *evaluation, const struct node *node, struct cedar_value *ret_value)
{
	if (!evaluation_spend(evaluation, 1))
		return evaluation_stop(evaluation);
	if (node->constant != NULL) {
		*ret_value = *node->constant;
		return CEDAR_ERROR_NONE;
	}
	switch (node->kind) {
	case NODE_LITERAL:
		break; /* always constant */
	case NODE_VARIABLE:
		*ret_value = evaluation->variables[node->as.variable];
		return CEDAR_ERROR_NONE;
	case NODE_AND:
		return evaluate_logic(evaluation, node, false, ret_value);
	case NODE_OR:
		return evaluate_logic(evaluation, node, true, ret_value);
	case NODE_NOT:
		return evaluate_not(evaluation, node, ret_value);
	case NODE_NEGATE:
		return evaluate_negate(evaluation, node, ret_value);
	case NODE_IF:
		return evaluate_if(evaluation, node, ret_value);
	case NODE_COMPARE:
		return evaluate_compare(evaluation, node, ret_value);
	case NODE_ARITHMETIC:
		return evaluate_arithmetic(evaluation, node, ret_value);
	case NODE_HAS:
		return evaluate_has(evaluation, node, ret_value);
	case NODE_LIKE:
		return evaluate_like(evaluation, node, ret_value);
	case NODE_IS:
		return evaluate_is(evaluation, node, ret_value);
	case NODE_ATTRIBUTE:
		return evaluate_attribute(evaluation, node, ret_value);
	case NODE_SET:
		return evaluate_set(evaluation, node, ret_value);
	case NODE_RECORD:
		return evaluate_record(evaluation, node, ret_value);
	case NODE_CALL:
		return evaluate_call(evaluation, node, ret_value);
	}
	return evaluation_stop(evaluation);
}
