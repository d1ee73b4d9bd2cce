/*
 * Expressions in JSON -> the tree, through tree.h: an object with one member, whose name says what
 * it is. Values stand inside "Value", in the format of entity data; a call in there is an error when
 * it is evaluated, not here.
 */
#include "cedar/calls.h"
#include "cedar/policy_json_reader.h"
#include "cedar/uid_json.h"
#include "cedar/value.h"
#include "cedar/value_escape.h"

typedef const struct node *read_function(
    struct policy_reader *reader, uint32_t offset, const struct json_value *json, unsigned which);

static const struct policy_reader_members unary_members = {
	.what = "this operation", .names = { "arg" }, .required = 1
};
static const struct policy_reader_members binary_members = {
	.what = "this operation", .names = { "left", "right" }, .required = 2
};
static const struct policy_reader_members attribute_members = {
	.what = "\".\"", .names = { "left", "attr" }, .required = 2
};
static const struct policy_reader_members has_members = {
	.what = "\"has\"", .names = { "left", "attr" }, .required = 2, .is_open = true
};
static const struct policy_reader_members like_members = {
	.what = "\"like\"", .names = { "left", "pattern" }, .required = 2
};
static const struct policy_reader_members is_members = {
	.what = "\"is\"", .names = { "left", "entity_type", "in" }, .required = 2
};
static const struct policy_reader_members if_members = {
	.what = "\"if-then-else\"", .names = { "if", "then", "else" }, .required = 3
};

/* Values */

static const struct node *read_value(struct policy_reader *reader, const struct json_value *json);

/* Enters one level of nesting; false when there are too many. */
static bool
enter(struct policy_reader *reader, const struct json_value *json)
{
	if (reader->depth >= CEDAR_MAX_DEPTH) {
		complaint_limit(&reader->document.source, json->offset, NULL,
		    "this is nested more than %d deep", CEDAR_MAX_DEPTH);
		return false;
	}
	reader->depth++;
	return true;
}

/* Numbers that nobody asks for must be Longs too, since a value is read before it is understood. */
static bool
check_ignored(struct policy_reader *reader, const struct json_value *json)
{
	bool is_right = true;

	if (json->kind == JSON_KIND_NUMBER)
		return cedar_json_expected(&reader->document, json, "a 64-bit integer");
	if (!enter(reader, json))
		return false;
	for (uint32_t i = 0; i < json->count && is_right; i++)
		is_right = check_ignored(reader, json->kind == JSON_KIND_ARRAY
						     ? &json->as.elements[i]
						     : &json->as.members[i].value);
	reader->depth--;
	return is_right;
}

static const struct node *
read_value_set(struct policy_reader *reader, const struct json_value *json)
{
	struct node_list elements = { NULL, 0 };
	uint32_t size = 0;

	for (uint32_t i = 0; i < json->count; i++)
		if (!tree_list_add(
			&reader->tree, &elements, &size, read_value(reader, &json->as.elements[i])))
			return NULL;
	return tree_set(&reader->tree, json->offset, elements);
}

static const struct node *
read_fields(struct policy_reader *reader, const struct json_value *json,
    const struct node *(*read)(struct policy_reader *reader, const struct json_value *json))
{
	struct field *fields =
	    tree_alloc(&reader->tree, json->offset, json->count * sizeof(*fields));

	if (fields == NULL)
		return NULL;
	for (uint32_t i = 0; i < json->count; i++) {
		fields[i].name = json->as.members[i].name;
		fields[i].offset = json->as.members[i].name_offset;
		fields[i].value = read(reader, &json->as.members[i].value);
		if (fields[i].value == NULL)
			return NULL;
	}
	return tree_record(&reader->tree, json->offset, fields, json->count);
}

static const struct node *
read_value_entity(struct policy_reader *reader, const struct json_value *json,
    const struct value_escaped *escaped)
{
	struct cedar_uid *uid = tree_alloc(&reader->tree, json->offset, sizeof(*uid));

	if (uid == NULL || !uid_json_make(&reader->document, escaped->type, escaped->id, uid))
		return NULL;
	return tree_literal(&reader->tree, json->offset, value_entity(uid));
}

static const struct node *
read_value_call(struct policy_reader *reader, const struct json_value *json,
    const struct value_escaped *escaped)
{
	struct slice name = escaped->function->as.string;
	enum call call = call_find(name);
	struct node_list operands = { NULL, 0 };
	uint32_t size = 0;

	if (!cedar_is_path(name)) {
		policy_reader_wrong(
		    reader, escaped->function, NULL, "this is no name of a function");
		return NULL;
	}
	for (uint32_t i = 0; i < escaped->argument_count; i++)
		if (!tree_list_add(&reader->tree, &operands, &size,
			read_value(reader, &escaped->arguments[i])))
			return NULL;
	if (call == CALL_UNKNOWN || !call_traits(call)->is_extension)
		return tree_unknown_call(&reader->tree, json->offset, name, operands);
	return tree_call(&reader->tree, json->offset, call, operands);
}

static const struct node *
read_value_object(struct policy_reader *reader, const struct json_value *json)
{
	struct value_escaped escaped;
	enum value_escape escape = value_escape_of(json, &escaped);

	if (escape != VALUE_PLAIN && !check_ignored(reader, json))
		return NULL;
	switch (escape) {
	case VALUE_PLAIN:
		return read_fields(reader, json, read_value);
	case VALUE_ENTITY:
		return read_value_entity(reader, json, &escaped);
	case VALUE_CALL:
		return read_value_call(reader, json, &escaped);
	case VALUE_EXPRESSION:
		(void)uid_json_refuse_expression(&reader->document, json);
		return NULL;
	}
	return NULL;
}

static const struct node *
read_value_inside(struct policy_reader *reader, const struct json_value *json)
{
	switch (json->kind) {
	case JSON_KIND_BOOL:
		return tree_literal(&reader->tree, json->offset, value_boolean(json->as.boolean));
	case JSON_KIND_INTEGER:
		return tree_literal(&reader->tree, json->offset, value_long(json->as.integer));
	case JSON_KIND_STRING:
		return tree_literal(&reader->tree, json->offset, value_string(json->as.string));
	case JSON_KIND_ARRAY:
		return read_value_set(reader, json);
	case JSON_KIND_OBJECT:
		return read_value_object(reader, json);
	case JSON_KIND_NULL:
	case JSON_KIND_NUMBER:
		cedar_json_expected(
		    &reader->document, json, "a boolean, 64-bit integer, string, array or object");
		return NULL;
	}
	return NULL;
}

static const struct node *
read_value(struct policy_reader *reader, const struct json_value *json)
{
	const struct node *node;

	if (!enter(reader, json))
		return NULL;
	node = read_value_inside(reader, json);
	reader->depth--;
	return node;
}

/* Operations: `json` is what stands behind the name, `offset` the place of the expression. */

static const struct node *
read_literal(
    struct policy_reader *reader, uint32_t offset, const struct json_value *json, unsigned which)
{
	(void)offset;
	(void)which;
	return read_value(reader, json);
}

static const struct node *
read_variable(
    struct policy_reader *reader, uint32_t offset, const struct json_value *json, unsigned which)
{
	static const char *const names[VARIABLE_COUNT] = {
		[VARIABLE_PRINCIPAL] = "principal",
		[VARIABLE_ACTION] = "action",
		[VARIABLE_RESOURCE] = "resource",
		[VARIABLE_CONTEXT] = "context",
	};

	(void)which;
	for (unsigned variable = 0; variable < VARIABLE_COUNT; variable++)
		if (json_is(json, names[variable]))
			return tree_variable(&reader->tree, offset, (enum variable)variable);
	policy_reader_wrong(
	    reader, json, NULL, "expected \"principal\", \"action\", \"resource\" or \"context\"");
	return NULL;
}

static const struct node *
refuse_slot(
    struct policy_reader *reader, uint32_t offset, const struct json_value *json, unsigned which)
{
	(void)offset;
	(void)which;
	policy_reader_wrong(
	    reader, json, NULL, "a template slot may stand only in the head of a policy");
	return NULL;
}

/* {"arg": X} */
static const struct node *
read_unary(
    struct policy_reader *reader, uint32_t offset, const struct json_value *json, unsigned kind)
{
	const struct json_value *members[POLICY_READER_MAX_MEMBERS];

	if (!policy_reader_members(reader, json, &unary_members, members))
		return NULL;
	return tree_unary(&reader->tree, offset, (enum node_kind)kind,
	    policy_reader_expression(reader, members[0]));
}

static const struct node *
read_comparison(struct policy_reader *reader, uint32_t offset, const struct json_value *json,
    unsigned comparison)
{
	const struct json_value *members[POLICY_READER_MAX_MEMBERS];
	const struct node *left;

	if (!policy_reader_members(reader, json, &binary_members, members))
		return NULL;
	left = policy_reader_expression(reader, members[0]);
	return left == NULL ? NULL
			    : tree_compare(&reader->tree, offset, (enum comparison)comparison, left,
				  policy_reader_expression(reader, members[1]));
}

/*
 * (a && b) && c is one node of three operands, as the text a && b && c makes it. What the left
 * operand is made of was checked against depth when it was made; copying it costs what reading it
 * did.
 */
static const struct node *
read_logic(
    struct policy_reader *reader, uint32_t offset, const struct json_value *json, unsigned kind)
{
	const struct json_value *members[POLICY_READER_MAX_MEMBERS];
	struct node_list list = { NULL, 0 };
	const struct node *left;
	uint32_t size = 0;

	if (!policy_reader_members(reader, json, &binary_members, members))
		return NULL;
	left = policy_reader_expression(reader, members[0]);
	if (left == NULL)
		return NULL;
	for (uint32_t i = 0; left->kind == (enum node_kind)kind && i < left->as.list.count; i++)
		if (!tree_list_add(&reader->tree, &list, &size, left->as.list.items[i]))
			return NULL;
	if (list.count == 0 && !tree_list_add(&reader->tree, &list, &size, left))
		return NULL;
	if (!tree_list_add(
		&reader->tree, &list, &size, policy_reader_expression(reader, members[1])))
		return NULL;
	return tree_logic(&reader->tree, offset, (enum node_kind)kind, list);
}

/* Whether the node is a chain of products, or of sums. */
static bool
is_chain(const struct node *node, bool of_products)
{
	return node->kind == NODE_ARITHMETIC &&
	       (node->as.chain.terms[1].operator== ARITHMETIC_MULTIPLY) == of_products;
}

static bool
add_term(struct policy_reader *reader, struct term **terms, uint32_t *count, uint32_t *size,
    struct term term)
{
	if (term.operand == NULL)
		return false;
	*terms =
	    tree_room(&reader->tree, term.operand->offset, *terms, sizeof(**terms), *count, size);
	if (*terms == NULL)
		return false;
	(*terms)[(*count)++] = term;
	return true;
}

/* As read_logic: (a + b) - c is one chain. */
static const struct node *
read_arithmetic(struct policy_reader *reader, uint32_t offset, const struct json_value *json,
    unsigned arithmetic)
{
	const struct json_value *members[POLICY_READER_MAX_MEMBERS];
	struct term *terms = NULL, first = { ARITHMETIC_ADD, NULL }, last;
	uint32_t count = 0, size = 0;

	if (!policy_reader_members(reader, json, &binary_members, members))
		return NULL;
	first.operand = policy_reader_expression(reader, members[0]);
	if (first.operand == NULL)
		return NULL;
	if (is_chain(first.operand, arithmetic == ARITHMETIC_MULTIPLY)) {
		for (uint32_t i = 0; i < first.operand->as.chain.count; i++)
			if (!add_term(
				reader, &terms, &count, &size, first.operand->as.chain.terms[i]))
				return NULL;
	} else if (!add_term(reader, &terms, &count, &size, first)) {
		return NULL;
	}
	last.operator=(enum arithmetic) arithmetic;
	last.operand = policy_reader_expression(reader, members[1]);
	if (!add_term(reader, &terms, &count, &size, last))
		return NULL;
	return tree_arithmetic(&reader->tree, offset, terms, count);
}

/* The language's own methods: {"arg": X} or {"left": X, "right": Y}. */
static const struct node *
read_method(
    struct policy_reader *reader, uint32_t offset, const struct json_value *json, unsigned call)
{
	unsigned count = call_traits((enum call)call)->operands;
	const struct json_value *members[POLICY_READER_MAX_MEMBERS];
	struct node_list operands = { NULL, 0 };
	uint32_t size = 0;

	if (!policy_reader_members(
		reader, json, count == 1 ? &unary_members : &binary_members, members))
		return NULL;
	for (unsigned i = 0; i < count; i++)
		if (!tree_list_add(&reader->tree, &operands, &size,
			policy_reader_expression(reader, members[i])))
			return NULL;
	return tree_call(&reader->tree, offset, (enum call)call, operands);
}

static const struct node *
read_attribute(
    struct policy_reader *reader, uint32_t offset, const struct json_value *json, unsigned which)
{
	const struct json_value *members[POLICY_READER_MAX_MEMBERS];
	struct slice name;

	(void)which;
	if (!policy_reader_members(reader, json, &attribute_members, members) ||
	    !policy_reader_string(reader, members[1], "the name of an attribute", &name))
		return NULL;
	return tree_attribute(
	    &reader->tree, offset, policy_reader_expression(reader, members[0]), name);
}

/* One name, or a list of at least one. */
static bool
read_names(struct policy_reader *reader, const struct json_value *json, struct slice **ret_names,
    uint32_t *ret_count)
{
	bool is_list = json->kind == JSON_KIND_ARRAY;
	uint32_t count = is_list ? json->count : 1;
	struct slice *names;

	if (count == 0)
		return policy_reader_wrong(reader, json, NULL, "\"has\" needs a name");
	names = tree_alloc(&reader->tree, json->offset, count * sizeof(*names));
	if (names == NULL)
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (!policy_reader_string(reader, is_list ? &json->as.elements[i] : json,
			"the name of an attribute", &names[i]))
			return false;
	*ret_names = names;
	*ret_count = count;
	return true;
}

static const struct node *
read_has(
    struct policy_reader *reader, uint32_t offset, const struct json_value *json, unsigned which)
{
	const struct json_value *members[POLICY_READER_MAX_MEMBERS];
	struct slice *names;
	uint32_t count;

	(void)which;
	if (!policy_reader_members(reader, json, &has_members, members) ||
	    !read_names(reader, members[1], &names, &count))
		return NULL;
	return tree_has(
	    &reader->tree, offset, policy_reader_expression(reader, members[0]), names, count);
}

/* The text of a {"Literal": text}; NULL for "Wildcard"; anything else is wrong. */
static bool
pattern_element(
    struct policy_reader *reader, const struct json_value *json, const struct slice **ret_literal)
{
	const struct json_value *literal = json_find(json, "Literal");

	*ret_literal = NULL;
	if (json_is(json, "Wildcard"))
		return true;
	if (literal == NULL || json->count != 1 || literal->kind != JSON_KIND_STRING)
		return policy_reader_wrong(
		    reader, json, NULL, "expected \"Wildcard\" or {\"Literal\": text}");
	*ret_literal = &literal->as.string;
	return true;
}

/* Bytes of all literals, and parts between wildcards. */
static bool
measure_pattern(
    struct policy_reader *reader, const struct json_value *json, size_t *ret_len, size_t *ret_parts)
{
	const struct slice *literal;

	if (json->kind != JSON_KIND_ARRAY)
		return cedar_json_expected(&reader->document, json, "the list of a pattern");
	*ret_len = 0;
	*ret_parts = 1;
	for (uint32_t i = 0; i < json->count; i++) {
		if (!pattern_element(reader, &json->as.elements[i], &literal))
			return false;
		if (literal == NULL)
			++*ret_parts;
		else
			*ret_len += literal->len;
	}
	return true;
}

/* Literals that follow each other are one part. */
static bool
read_pattern(
    struct policy_reader *reader, const struct json_value *json, struct pattern *ret_pattern)
{
	size_t len = 0, count = 0, part = 0;
	const struct slice *literal;
	struct slice *parts;
	char *at;

	if (!measure_pattern(reader, json, &len, &count))
		return false;
	at = tree_alloc(&reader->tree, json->offset, len);
	parts = tree_alloc(&reader->tree, json->offset, count * sizeof(*parts));
	if (at == NULL || parts == NULL)
		return false;
	parts[0] = slice_make(at, 0);
	for (uint32_t i = 0; i < json->count; i++) {
		if (!pattern_element(reader, &json->as.elements[i], &literal))
			return false;
		if (literal == NULL) {
			parts[++part] = slice_make(at, 0);
			continue;
		}
		if (literal->len > 0)
			memcpy(at, literal->data, literal->len);
		at += literal->len;
		parts[part].len += literal->len;
	}
	*ret_pattern = (struct pattern) { parts, count };
	return true;
}

static const struct node *
read_like(
    struct policy_reader *reader, uint32_t offset, const struct json_value *json, unsigned which)
{
	const struct json_value *members[POLICY_READER_MAX_MEMBERS];
	struct pattern pattern;

	(void)which;
	if (!policy_reader_members(reader, json, &like_members, members) ||
	    !read_pattern(reader, members[1], &pattern))
		return NULL;
	return tree_like(
	    &reader->tree, offset, policy_reader_expression(reader, members[0]), pattern);
}

/* "in" may be null, which is as if it were not there. */
static const struct node *
read_is(
    struct policy_reader *reader, uint32_t offset, const struct json_value *json, unsigned which)
{
	const struct json_value *members[POLICY_READER_MAX_MEMBERS];
	const struct node *object, *in = NULL;
	struct slice type;

	(void)which;
	if (!policy_reader_members(reader, json, &is_members, members) ||
	    !policy_reader_type(reader, members[1], &type))
		return NULL;
	object = policy_reader_expression(reader, members[0]);
	if (object == NULL)
		return NULL;
	if (members[2] != NULL && members[2]->kind != JSON_KIND_NULL) {
		in = policy_reader_expression(reader, members[2]);
		if (in == NULL)
			return NULL;
	}
	return tree_is(&reader->tree, offset, object, type, in);
}

static const struct node *
read_if(
    struct policy_reader *reader, uint32_t offset, const struct json_value *json, unsigned which)
{
	const struct json_value *members[POLICY_READER_MAX_MEMBERS];
	const struct node *branches[3];

	(void)which;
	if (!policy_reader_members(reader, json, &if_members, members))
		return NULL;
	for (size_t i = 0; i < COUNT_OF(branches); i++) {
		branches[i] = policy_reader_expression(reader, members[i]);
		if (branches[i] == NULL)
			return NULL;
	}
	return tree_if(&reader->tree, offset, branches[0], branches[1], branches[2]);
}

static bool
read_operands(
    struct policy_reader *reader, const struct json_value *json, struct node_list *ret_operands)
{
	uint32_t size = 0;

	if (json->kind != JSON_KIND_ARRAY)
		return cedar_json_expected(&reader->document, json, "a list of expressions");
	*ret_operands = (struct node_list) { NULL, 0 };
	for (uint32_t i = 0; i < json->count; i++)
		if (!tree_list_add(&reader->tree, ret_operands, &size,
			policy_reader_expression(reader, &json->as.elements[i])))
			return false;
	return true;
}

static const struct node *
read_set(
    struct policy_reader *reader, uint32_t offset, const struct json_value *json, unsigned which)
{
	struct node_list elements;

	(void)which;
	return read_operands(reader, json, &elements) ? tree_set(&reader->tree, offset, elements)
						      : NULL;
}

static const struct node *
read_record(
    struct policy_reader *reader, uint32_t offset, const struct json_value *json, unsigned which)
{
	(void)offset;
	(void)which;
	if (json->kind != JSON_KIND_OBJECT) {
		cedar_json_expected(&reader->document, json, "an object of expressions");
		return NULL;
	}
	return read_fields(reader, json, policy_reader_expression);
}

/* Of the extension types: {"ip": [..]}, of a method the receiver first. */
static const struct node *
read_extension(
    struct policy_reader *reader, const struct json_value *json, const struct json_member *member)
{
	enum call call = call_find(member->name);
	struct node_list operands;

	if (call == CALL_UNKNOWN || !call_traits(call)->is_extension) {
		complaint_add(&reader->document.source, member->name_offset, NULL,
		    "\"%.*s\" is no expression and no function",
		    SLICE_ARGS(slice_first(member->name, 64)));
		return NULL;
	}
	if (!read_operands(reader, &member->value, &operands))
		return NULL;
	return tree_call(&reader->tree, json->offset, call, operands);
}

static const struct {
	const char *name;
	read_function *read;
	unsigned which;
} operations[] = {
	{ "Value", read_literal, 0 },
	{ "Var", read_variable, 0 },
	{ "Slot", refuse_slot, 0 },
	{ ".", read_attribute, 0 },
	{ "==", read_comparison, COMPARE_EQUAL },
	{ "!=", read_comparison, COMPARE_UNEQUAL },
	{ "in", read_comparison, COMPARE_IN },
	{ "<", read_comparison, COMPARE_LESS },
	{ "<=", read_comparison, COMPARE_AT_MOST },
	{ ">", read_comparison, COMPARE_GREATER },
	{ ">=", read_comparison, COMPARE_AT_LEAST },
	{ "&&", read_logic, NODE_AND },
	{ "||", read_logic, NODE_OR },
	{ "!", read_unary, NODE_NOT },
	{ "neg", read_unary, NODE_NEGATE },
	{ "+", read_arithmetic, ARITHMETIC_ADD },
	{ "-", read_arithmetic, ARITHMETIC_SUBTRACT },
	{ "*", read_arithmetic, ARITHMETIC_MULTIPLY },
	{ "has", read_has, 0 },
	{ "like", read_like, 0 },
	{ "is", read_is, 0 },
	{ "if-then-else", read_if, 0 },
	{ "Set", read_set, 0 },
	{ "Record", read_record, 0 },
	{ "contains", read_method, CALL_CONTAINS },
	{ "containsAll", read_method, CALL_CONTAINS_ALL },
	{ "containsAny", read_method, CALL_CONTAINS_ANY },
	{ "isEmpty", read_method, CALL_IS_EMPTY },
	{ "getTag", read_method, CALL_GET_TAG },
	{ "hasTag", read_method, CALL_HAS_TAG },
};

static const struct node *
read_operation(struct policy_reader *reader, const struct json_value *json)
{
	const struct json_member *member = &json->as.members[0];

	for (size_t i = 0; i < COUNT_OF(operations); i++)
		if (slice_is(member->name, operations[i].name))
			return operations[i].read(
			    reader, json->offset, &member->value, operations[i].which);
	return read_extension(reader, json, member);
}

const struct node *
policy_reader_expression(struct policy_reader *reader, const struct json_value *json)
{
	const struct node *node;

	if (json->kind != JSON_KIND_OBJECT) {
		cedar_json_expected(&reader->document, json, "an expression");
		return NULL;
	}
	if (json->count != 1) {
		policy_reader_wrong(reader, json, NULL,
		    "an expression is an object with one member, not %u", json->count);
		return NULL;
	}
	if (!enter(reader, json))
		return NULL;
	node = read_operation(reader, json);
	reader->depth--;
	return node;
}
