/* Warnings about texts that may look like something else; see confusable.h. */
#include "cedar/confusable.h"

#include "cedar/unicode.h"
#include "cedar/value.h"
#include "cedar/walk.h"
#include "core/buffer.h"
#include "core/utf8.h"

enum { MAX_SHOWN = 48 }; /* bytes of a text in a message */

struct confusable {
	struct budget *budget;
	struct findings *findings;
};

/* Embeddings, overrides and isolates: what follows is shown in another order than it is read. */
static bool
is_direction(uint32_t code)
{
	return (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/* The first character of the text that `is_meant`; 0xffffffff: there is none. */
static uint32_t
find_code(struct slice text, bool (*is_meant)(uint32_t code))
{
	uint32_t code;
	size_t len;

	for (; (len = utf8_decode(text, &code)) > 0; text = slice_skip(text, len))
		if (is_meant(code))
			return code;
	return UINT32_MAX;
}

static bool
warn_of_direction(
    struct confusable *confusable, uint32_t offset, const char *what, struct slice text)
{
	uint32_t code = find_code(text, is_direction);

	if (code == UINT32_MAX)
		return false;
	findings_add(confusable->findings, FINDING_WARNING, offset,
	    "write it as an escape, \\u{..}, so that it can be seen",
	    "this %s holds U+%04X, which changes the direction of writing", what, (unsigned)code);
	return true;
}

static void
warn_of_scripts(struct confusable *confusable, uint32_t offset, const char *what, struct slice text)
{
	findings_add(confusable->findings, FINDING_WARNING, offset,
	    "some letters of other scripts look the same", "the %s '%.*s' mixes scripts", what,
	    SLICE_ARGS(slice_first(text, MAX_SHOWN)));
}

static void
check_string(struct confusable *confusable, struct slice text, uint32_t offset)
{
	if (!budget_spend(confusable->budget, 1 + text.len / 8))
		return;
	if (!warn_of_direction(confusable, offset, "string", text) &&
	    !unicode_is_single_script(text))
		warn_of_scripts(confusable, offset, "string", text);
}

/* Beside letters for identifiers all that ASCII prints is fine. */
static bool
is_odd_in_identifier(uint32_t code)
{
	return (code < 0x20 || code > 0x7e) && !unicode_is_for_identifiers(code);
}

/* Names of attributes and ids of entities: people tell them apart by how they look. */
static void
check_identifier(struct confusable *confusable, struct slice text, uint32_t offset)
{
	uint32_t code;

	if (!budget_spend(confusable->budget, 1 + text.len / 8) ||
	    warn_of_direction(confusable, offset, "name", text))
		return;
	code = find_code(text, is_odd_in_identifier);
	if (code != UINT32_MAX)
		findings_add(confusable->findings, FINDING_WARNING, offset,
		    "write it as an escape, \\u{..}, so that it can be seen",
		    "the name '%.*s' holds U+%04X, which is not for identifiers",
		    SLICE_ARGS(slice_first(text, MAX_SHOWN)), (unsigned)code);
	else if (!unicode_is_single_script(text))
		warn_of_scripts(confusable, offset, "name", text);
}

static void
check_value(struct confusable *confusable, const struct cedar_value *value, uint32_t offset)
{
	switch (value->kind) {
	case CEDAR_STRING:
		check_string(confusable, value->as.string, offset);
		break;
	case CEDAR_ENTITY:
		check_identifier(confusable, value->as.entity->id, offset);
		break;
	case CEDAR_SET:
		for (uint32_t i = 0; i < value->as.set->count; i++)
			check_value(confusable, &value->as.set->elements[i], offset);
		break;
	case CEDAR_RECORD:
		for (uint32_t i = 0; i < value->as.record->count; i++) {
			check_identifier(confusable, value->as.record->members[i].name, offset);
			check_value(confusable, &value->as.record->members[i].value, offset);
		}
		break;
	case CEDAR_BOOL:
	case CEDAR_LONG:
	case CEDAR_DECIMAL:
	case CEDAR_DATETIME:
	case CEDAR_DURATION:
	case CEDAR_IPADDR:
		break;
	}
}

/*
 * A pattern is one text; its wildcards go with any script. Characters that change the direction are
 * escapes in it, so there is no warning of them.
 */
static void
check_pattern(struct confusable *confusable, const struct node *node)
{
	const struct pattern *pattern = &node->as.like.pattern;
	struct buffer whole;

	buffer_init(&whole, confusable->budget->arena, 64, CEDAR_MAX_TEXT);
	for (size_t i = 0; i < pattern->count; i++)
		buffer_slice(&whole, pattern->parts[i]);
	if (buffer_failed(&whole)) {
		confusable->budget->is_out_of_memory = true;
		return;
	}
	if (budget_spend(confusable->budget, 1 + whole.len / 8) &&
	    !unicode_is_single_script_escaped(buffer_content(&whole)))
		warn_of_scripts(confusable, node->offset, "pattern", buffer_content(&whole));
}

static void
check_node(void *data, const struct node *node)
{
	struct confusable *confusable = data;

	switch (node->kind) {
	case NODE_LITERAL:
		check_value(confusable, node->constant, node->offset);
		break;
	case NODE_ATTRIBUTE:
		check_identifier(confusable, node->as.attribute.name, node->offset);
		break;
	case NODE_HAS:
		for (uint32_t i = 0; i < node->as.has.count; i++)
			check_identifier(confusable, node->as.has.names[i], node->offset);
		break;
	case NODE_LIKE:
		check_pattern(confusable, node);
		break;
	case NODE_RECORD:
		for (uint32_t i = 0; i < node->as.record.count; i++)
			check_identifier(confusable, node->as.record.fields[i].name,
			    node->as.record.fields[i].offset);
		break;
	default:
		break;
	}
}

static void
check_scope(struct confusable *confusable, const struct scope *scope)
{
	for (uint32_t i = 0; i < scope->count; i++)
		check_identifier(confusable, scope->entities[i].id, scope->offset);
}

void
confusable_check(struct budget *budget, struct findings *findings, const struct policy *policy)
{
	struct confusable confusable = { budget, findings };

	check_scope(&confusable, &policy->principal);
	check_scope(&confusable, &policy->action);
	check_scope(&confusable, &policy->resource);
	for (const struct condition *condition = policy->conditions; condition != NULL;
	     condition = condition->next)
		walk_tree(condition->body, check_node, &confusable);
}
