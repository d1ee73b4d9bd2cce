/*
 * The tree -> policies as text, one line each, laid out as the official engine prints policies that
 * came to it as JSON. Parentheses stand around every operand that is an operation itself; only a
 * chain of one operator has none on its left. Recursion is as deep as the tree, which is bounded.
 */
#include <inttypes.h>

#include "cedar/calls.h"
#include "cedar/policy_json.h"
#include "cedar/printer.h"
#include "cedar/text_write.h"

static void write_expression(struct buffer *out, const struct node *node);

/* Whether an operator beside it could tear it apart. */
static bool
needs_parentheses(const struct node *node)
{
	switch (node->kind) {
	case NODE_LITERAL:
	case NODE_VARIABLE:
	case NODE_ATTRIBUTE:
	case NODE_SET:
	case NODE_RECORD:
	case NODE_CALL:
		return false;
	case NODE_AND:
	case NODE_OR:
	case NODE_NOT:
	case NODE_NEGATE:
	case NODE_IF:
	case NODE_COMPARE:
	case NODE_ARITHMETIC:
	case NODE_HAS:
	case NODE_LIKE:
	case NODE_IS:
		return true;
	}
	return true;
}

static void
write_parenthesised(struct buffer *out, const struct node *node)
{
	(void)buffer_byte(out, '(');
	write_expression(out, node);
	(void)buffer_byte(out, ')');
}

static void
write_operand(struct buffer *out, const struct node *node)
{
	if (needs_parentheses(node))
		write_parenthesised(out, node);
	else
		write_expression(out, node);
}

static void
write_literal(struct buffer *out, struct cedar_value value)
{
	switch (value.kind) {
	case CEDAR_BOOL:
		(void)buffer_text(out, value.as.boolean ? "true" : "false");
		break;
	case CEDAR_LONG: /* -1.x would be -(1.x) */
		(void)buffer_printf(
		    out, value.as.number < 0 ? "(%" PRId64 ")" : "%" PRId64, value.as.number);
		break;
	case CEDAR_STRING:
		cedar_text_write_string(out, value.as.string);
		break;
	case CEDAR_ENTITY:
		cedar_text_write_uid(out, value.as.entity);
		break;
	case CEDAR_SET:
	case CEDAR_RECORD:
	case CEDAR_DECIMAL:
	case CEDAR_DATETIME:
	case CEDAR_DURATION:
	case CEDAR_IPADDR:
		out->failed = true; /* the readers make no such literals */
		break;
	}
}

/* From the `first` on, separated by ", ". */
static void
write_list(struct buffer *out, const struct node_list *list, uint32_t first)
{
	for (uint32_t i = first; i < list->count; i++) {
		(void)buffer_text(out, i == first ? "" : ", ");
		write_expression(out, list->items[i]);
	}
}

static void
write_logic(struct buffer *out, const char *operator, const struct node * node)
{
	const struct node_list *list = &node->as.list;

	if (list->items[0]->kind == node->kind)
		write_expression(out, list->items[0]);
	else
		write_operand(out, list->items[0]);
	for (uint32_t i = 1; i < list->count; i++) {
		(void)buffer_text(out, operator);
		write_operand(out, list->items[i]);
	}
}

/* Whether `node` is a chain whose last operator is this one: then it needs no parentheses before it.
 */
static bool
continues(const struct node *node, enum arithmetic operator)
{
	return node->kind == NODE_ARITHMETIC &&
	       node->as.chain.terms[node->as.chain.count - 1].operator== operator;
}

/* 1 + 2 - 3 is printed as (1 + 2) - 3. */
static void
write_chain(struct buffer *out, const struct term *terms, uint32_t count)
{
	for (uint32_t i = 2; i < count; i++)
		(void)buffer_text(out, terms[i].operator== terms[i - 1].operator? "" : "(");
	if (continues(terms[0].operand, terms[1].operator))
		write_expression(out, terms[0].operand);
	else
		write_operand(out, terms[0].operand);
	for (uint32_t i = 1; i < count; i++) {
		if (i > 1 && terms[i].operator!= terms[i - 1].operator)
			(void)buffer_byte(out, ')');
		(void)buffer_printf(out, " %s ", printer_arithmetic(terms[i].operator));
		write_operand(out, terms[i].operand);
	}
}

static void
write_branch(struct buffer *out, const struct node *node)
{
	(void)buffer_text(out, "if ");
	write_expression(out, node->as.branch.condition);
	(void)buffer_text(out, " then ");
	write_expression(out, node->as.branch.then);
	(void)buffer_text(out, " else ");
	write_expression(out, node->as.branch.otherwise);
}

static void
write_access(struct buffer *out, struct slice name)
{
	bool is_identifier = cedar_text_is_identifier(name);

	(void)buffer_text(out, is_identifier ? "." : "[");
	cedar_text_write_name(out, name);
	(void)buffer_text(out, is_identifier ? "" : "]");
}

/*
 * A chain with a name that is no identifier, which only JSON can say, is spelled out:
 * (x has a) && (x.a has "b c")
 */
static void
write_long_has(struct buffer *out, const struct node *node)
{
	for (uint32_t i = 0; i < node->as.has.count && !out->failed; i++) {
		(void)buffer_text(out, i == 0 ? "(" : " && (");
		write_operand(out, node->as.has.object);
		for (uint32_t j = 0; j < i; j++)
			write_access(out, node->as.has.names[j]);
		(void)buffer_text(out, " has ");
		cedar_text_write_name(out, node->as.has.names[i]);
		(void)buffer_byte(out, ')');
	}
}

static void
write_has(struct buffer *out, const struct node *node)
{
	uint32_t count = node->as.has.count;

	for (uint32_t i = 0; i < count && count > 1; i++)
		if (!cedar_text_is_identifier(node->as.has.names[i])) {
			write_long_has(out, node);
			return;
		}
	write_operand(out, node->as.has.object);
	(void)buffer_text(out, " has ");
	for (uint32_t i = 0; i < count; i++) {
		(void)buffer_text(out, i == 0 ? "" : ".");
		cedar_text_write_name(out, node->as.has.names[i]);
	}
}

static void
write_is(struct buffer *out, const struct node *node)
{
	write_operand(out, node->as.is.object);
	(void)buffer_text(out, " is ");
	(void)buffer_slice(out, node->as.is.type);
	if (node->as.is.in != NULL) {
		(void)buffer_text(out, " in ");
		write_operand(out, node->as.is.in);
	}
}

static void
write_record(struct buffer *out, const struct node *node)
{
	const struct field *const *fields = printer_fields(out, node);

	(void)buffer_byte(out, '{');
	for (uint32_t i = 0; fields != NULL && i < node->as.record.count; i++) {
		(void)buffer_text(out, i == 0 ? "" : ", ");
		cedar_text_write_name(out, fields[i]->name);
		(void)buffer_text(out, ": ");
		write_expression(out, fields[i]->value);
	}
	(void)buffer_byte(out, '}');
}

/*
 * JSON can call what text cannot: an unknown function, a method of nothing. Both are errors whenever
 * they are evaluated, as is ip() without its argument.
 */
static void
write_call(struct buffer *out, const struct node *node)
{
	const struct node_list *operands = &node->as.call.operands;
	const struct call_traits *traits;

	if (node->as.call.call == CALL_UNKNOWN ||
	    (call_traits(node->as.call.call)->is_method && operands->count == 0)) {
		(void)buffer_text(out, "ip()");
		return;
	}
	traits = call_traits(node->as.call.call);
	if (traits->is_method) {
		write_operand(out, operands->items[0]);
		(void)buffer_byte(out, '.');
	}
	(void)buffer_text(out, traits->name);
	(void)buffer_byte(out, '(');
	write_list(out, operands, traits->is_method);
	(void)buffer_byte(out, ')');
}

static void
write_expression(struct buffer *out, const struct node *node)
{
	switch (node->kind) {
	case NODE_LITERAL:
		write_literal(out, *node->constant);
		break;
	case NODE_VARIABLE:
		(void)buffer_text(out, printer_variable(node->as.variable));
		break;
	case NODE_AND:
		write_logic(out, " && ", node);
		break;
	case NODE_OR:
		write_logic(out, " || ", node);
		break;
	case NODE_NOT:
		(void)buffer_byte(out, '!');
		write_operand(out, node->as.operand);
		break;
	case NODE_NEGATE: /* in parentheses, or -(1) would read back as the number */
		(void)buffer_byte(out, '-');
		write_parenthesised(out, node->as.operand);
		break;
	case NODE_IF:
		write_branch(out, node);
		break;
	case NODE_COMPARE:
		write_operand(out, node->as.compare.left);
		(void)buffer_printf(out, " %s ", printer_comparison(node->as.compare.operator));
		write_operand(out, node->as.compare.right);
		break;
	case NODE_ARITHMETIC:
		write_chain(out, node->as.chain.terms, node->as.chain.count);
		break;
	case NODE_HAS:
		write_has(out, node);
		break;
	case NODE_LIKE:
		write_operand(out, node->as.like.object);
		(void)buffer_text(out, " like ");
		cedar_text_write_pattern(out, &node->as.like.pattern);
		break;
	case NODE_IS:
		write_is(out, node);
		break;
	case NODE_ATTRIBUTE:
		write_operand(out, node->as.attribute.object);
		write_access(out, node->as.attribute.name);
		break;
	case NODE_SET:
		(void)buffer_byte(out, '[');
		write_list(out, &node->as.list, 0);
		(void)buffer_byte(out, ']');
		break;
	case NODE_RECORD:
		write_record(out, node);
		break;
	case NODE_CALL:
		write_call(out, node);
		break;
	}
}

static void
write_entity_or_slot(struct buffer *out, const char *variable, const struct scope *scope)
{
	if (scope->is_slot)
		(void)buffer_printf(out, "?%s", variable);
	else
		cedar_text_write_uid(out, scope->entities);
}

static void
write_entities(struct buffer *out, const struct scope *scope)
{
	(void)buffer_byte(out, '[');
	for (uint32_t i = 0; i < scope->count; i++) {
		(void)buffer_text(out, i == 0 ? "" : ", ");
		cedar_text_write_uid(out, &scope->entities[i]);
	}
	(void)buffer_byte(out, ']');
}

static void
write_scope(struct buffer *out, const char *variable, const struct scope *scope)
{
	(void)buffer_text(out, variable);
	if (scope->kind == SCOPE_IS || scope->kind == SCOPE_IS_IN) {
		(void)buffer_text(out, " is ");
		(void)buffer_slice(out, scope->type);
	}
	if (scope->kind == SCOPE_ANY || scope->kind == SCOPE_IS)
		return;
	(void)buffer_text(out, scope->kind == SCOPE_EQUAL ? " == " : " in ");
	if (scope->is_list)
		write_entities(out, scope);
	else
		write_entity_or_slot(out, variable, scope);
}

static void
write_annotation(struct buffer *out, const struct annotation *annotation)
{
	(void)buffer_byte(out, '@');
	(void)buffer_slice(out, annotation->key);
	if (annotation->has_value) {
		(void)buffer_byte(out, '(');
		cedar_text_write_string(out, annotation->value);
		(void)buffer_byte(out, ')');
	}
	(void)buffer_byte(out, '\n');
}

bool
policy_text_write(struct buffer *out, const struct policy *policy)
{
	const struct annotation *annotation = policy->annotations;
	const struct condition *condition = policy->conditions;

	for (; annotation != NULL; annotation = annotation->next)
		write_annotation(out, annotation);
	(void)buffer_text(out, policy->effect == CEDAR_PERMIT ? "permit(" : "forbid(");
	write_scope(out, "principal", &policy->principal);
	(void)buffer_text(out, ", ");
	write_scope(out, "action", &policy->action);
	(void)buffer_text(out, ", ");
	write_scope(out, "resource", &policy->resource);
	(void)buffer_byte(out, ')');
	for (; condition != NULL; condition = condition->next) {
		(void)buffer_text(out, condition->is_unless ? " unless { " : " when { ");
		write_expression(out, condition->body);
		(void)buffer_text(out, " }");
	}
	(void)buffer_byte(out, ';');
	return !buffer_failed(out);
}
