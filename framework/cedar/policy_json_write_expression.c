/*
 * The tree -> expressions in JSON, one function a kind of node. Recursion is as deep as the tree,
 * which is bounded; chains of one operator nest in JSON, but not here.
 */
#include "cedar/policy_json_writer.h"

#include "cedar/calls.h"
#include "cedar/json_write.h"
#include "cedar/printer.h"
#include "core/utf8.h"

/* {"NAME":{"left": */
static void
open_left(struct buffer *out, const char *name)
{
	(void)buffer_byte(out, '{');
	cedar_json_write_key(out, name);
	(void)buffer_text(out, "{\"left\":");
}

/* ,"right":X}} */
static void
close_right(struct buffer *out, const struct node *right)
{
	(void)buffer_text(out, ",\"right\":");
	policy_writer_expression(out, right);
	(void)buffer_text(out, "}}");
}

static void
write_binary(
    struct buffer *out, const char *name, const struct node *left, const struct node *right)
{
	open_left(out, name);
	policy_writer_expression(out, left);
	close_right(out, right);
}

/* {"NAME":{"left":X, */
static void
write_left(struct buffer *out, const char *name, const struct node *left)
{
	open_left(out, name);
	policy_writer_expression(out, left);
	(void)buffer_byte(out, ',');
}

/* {"NAME":{"arg":X}} */
static void
write_unary(struct buffer *out, const char *name, const struct node *operand)
{
	(void)buffer_byte(out, '{');
	cedar_json_write_key(out, name);
	(void)buffer_text(out, "{\"arg\":");
	policy_writer_expression(out, operand);
	(void)buffer_text(out, "}}");
}

/* a && b && c is (a && b) && c. */
static void
write_logic(struct buffer *out, const char *name, const struct node_list *list)
{
	for (uint32_t i = 1; i < list->count; i++)
		open_left(out, name);
	policy_writer_expression(out, list->items[0]);
	for (uint32_t i = 1; i < list->count; i++)
		close_right(out, list->items[i]);
}

static void
write_chain(struct buffer *out, const struct term *terms, uint32_t count)
{
	for (uint32_t i = count - 1; i > 0; i--)
		open_left(out, printer_arithmetic(terms[i].operator));
	policy_writer_expression(out, terms[0].operand);
	for (uint32_t i = 1; i < count; i++)
		close_right(out, terms[i].operand);
}

static void
write_branch(struct buffer *out, const struct node *node)
{
	(void)buffer_text(out, "{\"if-then-else\":{\"if\":");
	policy_writer_expression(out, node->as.branch.condition);
	(void)buffer_text(out, ",\"then\":");
	policy_writer_expression(out, node->as.branch.then);
	(void)buffer_text(out, ",\"else\":");
	policy_writer_expression(out, node->as.branch.otherwise);
	(void)buffer_text(out, "}}");
}

/* One name as a string, a chain as a list. */
static void
write_has(struct buffer *out, const struct node *node)
{
	write_left(out, "has", node->as.has.object);
	cedar_json_write_key(out, "attr");
	if (node->as.has.count > 1)
		(void)buffer_byte(out, '[');
	for (uint32_t i = 0; i < node->as.has.count; i++) {
		cedar_json_write_comma(out, i == 0);
		(void)buffer_json_string(out, node->as.has.names[i]);
	}
	if (node->as.has.count > 1)
		(void)buffer_byte(out, ']');
	(void)buffer_text(out, "}}");
}

/* One "Literal" a character, as the official engine has them. */
static void
write_literals(struct buffer *out, struct slice part, bool *is_first)
{
	while (part.len > 0) {
		uint32_t code;
		size_t len = utf8_decode(part, &code);

		len = len == 0 ? 1 : len;
		cedar_json_write_comma(out, *is_first);
		(void)buffer_text(out, "{\"Literal\":");
		(void)buffer_json_string(out, slice_first(part, len));
		(void)buffer_byte(out, '}');
		part = slice_skip(part, len);
		*is_first = false;
	}
}

static void
write_like(struct buffer *out, const struct node *node)
{
	const struct pattern *pattern = &node->as.like.pattern;
	bool is_first = true;

	write_left(out, "like", node->as.like.object);
	(void)buffer_text(out, "\"pattern\":[");
	for (size_t i = 0; i < pattern->count; i++) {
		if (i > 0) {
			cedar_json_write_comma(out, is_first);
			(void)buffer_text(out, "\"Wildcard\"");
			is_first = false;
		}
		write_literals(out, pattern->parts[i], &is_first);
	}
	(void)buffer_text(out, "]}}");
}

static void
write_is(struct buffer *out, const struct node *node)
{
	write_left(out, "is", node->as.is.object);
	cedar_json_write_key(out, "entity_type");
	(void)buffer_json_string(out, node->as.is.type);
	if (node->as.is.in != NULL) {
		(void)buffer_text(out, ",\"in\":");
		policy_writer_expression(out, node->as.is.in);
	}
	(void)buffer_text(out, "}}");
}

static void
write_attribute(struct buffer *out, const struct node *node)
{
	write_left(out, ".", node->as.attribute.object);
	cedar_json_write_key(out, "attr");
	(void)buffer_json_string(out, node->as.attribute.name);
	(void)buffer_text(out, "}}");
}

typedef void write_node(struct buffer *out, const struct node *node);

static void
write_list(struct buffer *out, const struct node_list *list, write_node *write)
{
	(void)buffer_byte(out, '[');
	for (uint32_t i = 0; i < list->count; i++) {
		cedar_json_write_comma(out, i == 0);
		write(out, list->items[i]);
	}
	(void)buffer_byte(out, ']');
}

static void
write_fields(struct buffer *out, const struct node *node, write_node *write)
{
	const struct field *const *fields = printer_fields(out, node);

	(void)buffer_byte(out, '{');
	for (uint32_t i = 0; fields != NULL && i < node->as.record.count; i++) {
		cedar_json_write_comma(out, i == 0);
		cedar_json_write_name(out, fields[i]->name);
		write(out, fields[i]->value);
	}
	(void)buffer_byte(out, '}');
}

static void
write_literal(struct buffer *out, const struct node *node)
{
	const struct cedar_value *value = node->constant;

	if (value->kind == CEDAR_BOOL)
		(void)buffer_text(out, value->as.boolean ? "true" : "false");
	else if (value->kind == CEDAR_LONG)
		(void)buffer_i64(out, value->as.number);
	else if (value->kind == CEDAR_STRING)
		(void)buffer_json_string(out, value->as.string);
	else if (value->kind == CEDAR_ENTITY)
		cedar_json_write_entity(out, value->as.entity);
	else
		out->failed = true; /* the parser makes no other literals */
}

/*
 * What stands inside a call of a function that nobody knows: it came from "Value", where alone such
 * a call can stand, and goes back there.
 */
static void
write_inside_value(struct buffer *out, const struct node *node)
{
	if (node->kind == NODE_SET) {
		write_list(out, &node->as.list, write_inside_value);
	} else if (node->kind == NODE_RECORD) {
		write_fields(out, node, write_inside_value);
	} else if (node->kind == NODE_CALL) {
		(void)buffer_text(out, "{\"__extn\":{\"fn\":");
		(void)buffer_json_string(out, printer_call_name(node));
		(void)buffer_text(out, ",\"args\":");
		write_list(out, &node->as.call.operands, write_inside_value);
		(void)buffer_text(out, "}}");
	} else if (node->kind == NODE_LITERAL) {
		write_literal(out, node);
	} else {
		out->failed = true;
	}
}

static void
write_call(struct buffer *out, const struct node *node)
{
	const struct node_list *operands = &node->as.call.operands;

	if (node->as.call.call == CALL_UNKNOWN) {
		(void)buffer_text(out, "{\"Value\":");
		write_inside_value(out, node);
		(void)buffer_byte(out, '}');
		return;
	}
	if (!call_traits(node->as.call.call)->is_extension) {
		const char *name = call_traits(node->as.call.call)->name;

		if (operands->count == 1)
			write_unary(out, name, operands->items[0]);
		else
			write_binary(out, name, operands->items[0], operands->items[1]);
		return;
	}
	(void)buffer_byte(out, '{');
	cedar_json_write_name(out, printer_call_name(node));
	write_list(out, operands, policy_writer_expression);
	(void)buffer_byte(out, '}');
}

static void
write_wrapped(struct buffer *out, const char *before, const struct node *node, write_node *write)
{
	(void)buffer_text(out, before);
	write(out, node);
	(void)buffer_byte(out, '}');
}

static void
write_elements(struct buffer *out, const struct node *node)
{
	write_list(out, &node->as.list, policy_writer_expression);
}

static void
write_record(struct buffer *out, const struct node *node)
{
	write_fields(out, node, policy_writer_expression);
}

static void
write_variable(struct buffer *out, const struct node *node)
{
	(void)buffer_printf(out, "\"%s\"", printer_variable(node->as.variable));
}

void
policy_writer_expression(struct buffer *out, const struct node *node)
{
	switch (node->kind) {
	case NODE_LITERAL:
		write_wrapped(out, "{\"Value\":", node, write_literal);
		break;
	case NODE_VARIABLE:
		write_wrapped(out, "{\"Var\":", node, write_variable);
		break;
	case NODE_AND:
		write_logic(out, "&&", &node->as.list);
		break;
	case NODE_OR:
		write_logic(out, "||", &node->as.list);
		break;
	case NODE_NOT:
		write_unary(out, "!", node->as.operand);
		break;
	case NODE_NEGATE:
		write_unary(out, "neg", node->as.operand);
		break;
	case NODE_IF:
		write_branch(out, node);
		break;
	case NODE_COMPARE:
		write_binary(out, printer_comparison(node->as.compare.operator),
		    node->as.compare.left, node->as.compare.right);
		break;
	case NODE_ARITHMETIC:
		write_chain(out, node->as.chain.terms, node->as.chain.count);
		break;
	case NODE_HAS:
		write_has(out, node);
		break;
	case NODE_LIKE:
		write_like(out, node);
		break;
	case NODE_IS:
		write_is(out, node);
		break;
	case NODE_ATTRIBUTE:
		write_attribute(out, node);
		break;
	case NODE_SET:
		write_wrapped(out, "{\"Set\":", node, write_elements);
		break;
	case NODE_RECORD:
		write_wrapped(out, "{\"Record\":", node, write_record);
		break;
	case NODE_CALL:
		write_call(out, node);
		break;
	}
}
