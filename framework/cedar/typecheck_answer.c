/* What the rules of the type checker say of answers: in words, for levels, of two in common. */
#include "cedar/typecheck_rules.h"

const char *
type_in_words(struct schema_type type, struct type_text *room)
{
	struct buffer buffer;

	buffer_init_fixed(&buffer, room->text, sizeof(room->text) - sizeof(".."));
	type_write(&buffer, type);
	memcpy(room->text + buffer.len, "..", sizeof(".."));
	if (!buffer_failed(&buffer))
		room->text[buffer.len] = '\0';
	return room->text;
}

struct level_node *
level_node_new(struct checker *checker, enum level_role role, uint32_t offset, uint32_t room)
{
	struct level_node *node;

	if (!checker->keeps_levels)
		return NULL;
	node = budget_alloc(&checker->budget, 1, sizeof(*node));
	if (node == NULL)
		return NULL;
	*node = (struct level_node) { .role = role, .offset = offset };
	node->parts = budget_alloc(&checker->budget, room, sizeof(struct level_node *));
	return node->parts == NULL ? NULL : node;
}

const struct level_node *
level_over(
    struct checker *checker, enum level_role role, uint32_t offset, const struct answer *part)
{
	struct level_node *node = level_node_new(checker, role, offset, 1);

	level_node_add(node, part);
	return node;
}

static const char *
hint_of_clash(enum type_clash clash)
{
	switch (clash) {
	case TYPE_ENTITIES:
		return "entities of different types are never equal";
	case TYPE_ENTITY_RECORD:
		return "an entity is no record, even with the same attributes";
	case TYPE_ATTRIBUTES:
		return "records must have exactly the same attributes";
	case TYPE_REQUIRED:
		return "an attribute is optional in one of the records only";
	case TYPE_JOINED:
	case TYPE_STOPPED:
	case TYPE_KINDS:
		break;
	}
	return NULL;
}

struct answer
typecheck_join(struct checker *checker, uint32_t offset, const char *what, const struct answer *a,
    const struct answer *b)
{
	struct answer answer = { .has_failed = a->has_failed || b->has_failed };
	struct type_text first, second;
	enum type_clash clash;

	if (!a->has_type || !b->has_type)
		return answer_unknown();
	clash = type_join(&checker->budget, a->type, b->type, &answer.type);
	answer.has_type = clash == TYPE_JOINED;
	if (clash == TYPE_JOINED)
		return answer;
	if (clash != TYPE_STOPPED)
		findings_add(&checker->findings, FINDING_ERROR, offset, hint_of_clash(clash),
		    "%s have no common type: %s and %s", what, type_in_words(a->type, &first),
		    type_in_words(b->type, &second));
	return answer_unknown();
}
