/*
 * Policies, templates and whole sets in JSON -> the builder. Refusals are those of the official
 * reader; what its library accepts beyond its documented format (lists in place of objects) is
 * refused here.
 */
#include <stdarg.h>
#include <stdio.h>

#include "cedar/builder.h"
#include "cedar/entities_json.h"
#include "cedar/policy_json.h"
#include "cedar/policy_json_reader.h"
#include "cedar/value.h"
#include "cedar/value_json.h"
#include "core/ascii.h"

enum { MAX_SHOWN_NAME = 64 };

/* What both files use */

bool
policy_reader_wrong(struct policy_reader *reader, const struct json_value *value, const char *hint,
    const char *format, ...)
{
	char message[192];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	complaint_add(&reader->document.source, value->offset, hint, "%s", message);
	return false;
}

static unsigned
wanted_index(const struct policy_reader_members *wanted, struct slice name)
{
	unsigned i = 0;

	while (i < POLICY_READER_MAX_MEMBERS &&
	       (wanted->names[i] == NULL || !slice_is(name, wanted->names[i])))
		i++;
	return i;
}

bool
policy_reader_members(struct policy_reader *reader, const struct json_value *object,
    const struct policy_reader_members *wanted,
    const struct json_value *ret_values[POLICY_READER_MAX_MEMBERS])
{
	if (object->kind != JSON_KIND_OBJECT)
		return cedar_json_expected(&reader->document, object, "an object");
	for (unsigned i = 0; i < POLICY_READER_MAX_MEMBERS; i++)
		ret_values[i] = NULL;
	for (uint32_t i = 0; i < object->count; i++) {
		const struct json_member *member = &object->as.members[i];
		unsigned index = wanted_index(wanted, member->name);

		if (index < POLICY_READER_MAX_MEMBERS) {
			ret_values[index] = &member->value;
		} else if (!wanted->is_open) {
			complaint_add(&reader->document.source, member->name_offset, NULL,
			    "%s has no member \"%.*s\"", wanted->what,
			    SLICE_ARGS(slice_first(member->name, MAX_SHOWN_NAME)));
			return false;
		}
	}
	for (unsigned i = 0; i < wanted->required; i++)
		if (ret_values[i] == NULL)
			return policy_reader_wrong(reader, object, NULL, "%s needs a member \"%s\"",
			    wanted->what, wanted->names[i]);
	return true;
}

bool
policy_reader_string(struct policy_reader *reader, const struct json_value *value, const char *what,
    struct slice *ret_string)
{
	if (value->kind != JSON_KIND_STRING)
		return cedar_json_expected(&reader->document, value, what);
	*ret_string = value->as.string;
	return true;
}

bool
policy_reader_type(
    struct policy_reader *reader, const struct json_value *value, struct slice *ret_type)
{
	if (!policy_reader_string(reader, value, "an entity type", ret_type))
		return false;
	if (!cedar_is_path(*ret_type))
		return policy_reader_wrong(
		    reader, value, "names joined by ::, without spaces", "this is no entity type");
	return true;
}

/* The head of a policy */

static bool
read_one_entity(struct policy_reader *reader, const struct json_value *value, struct scope *scope)
{
	struct cedar_uid *uid = tree_alloc(&reader->tree, value->offset, sizeof(*uid));

	if (uid == NULL || !uid_json_read(&reader->document, value, uid))
		return false;
	scope->entities = uid;
	scope->count = 1;
	return true;
}

static bool
read_slot(struct policy_reader *reader, const char *variable, const struct json_value *slot,
    struct scope *scope)
{
	if (slot->kind != JSON_KIND_STRING)
		return cedar_json_expected(&reader->document, slot, "a slot");
	if (strcmp(variable, "action") == 0)
		return policy_reader_wrong(reader, slot, NULL, "there are no slots for actions");
	if (slot->as.string.len == 0 || slot->as.string.data[0] != '?' ||
	    !slice_is(slice_skip(slot->as.string, 1), variable))
		return policy_reader_wrong(
		    reader, slot, NULL, "the slot beside '%s' is \"?%s\"", variable, variable);
	scope->is_slot = true;
	return true;
}

/* {"entity": uid} or {"slot": "?principal"}; the first wins, all else is ignored. */
static bool
read_entity_or_slot(struct policy_reader *reader, const char *variable,
    const struct json_value *json, struct scope *scope)
{
	const struct json_value *entity = json_find(json, "entity");
	const struct json_value *slot = json_find(json, "slot");

	if (entity != NULL)
		return read_one_entity(reader, entity, scope);
	if (slot != NULL)
		return read_slot(reader, variable, slot, scope);
	return policy_reader_wrong(reader, json, NULL, "'%s' needs an \"entity\"%s", variable,
	    strcmp(variable, "action") == 0 ? "" : " or a \"slot\"");
}

static bool
read_entities(struct policy_reader *reader, const struct json_value *list, struct scope *scope)
{
	struct cedar_uid *uids;

	if (list->kind != JSON_KIND_ARRAY)
		return cedar_json_expected(&reader->document, list, "a list of entities");
	uids = tree_alloc(&reader->tree, list->offset, list->count * sizeof(*uids));
	if (uids == NULL)
		return false;
	for (uint32_t i = 0; i < list->count; i++)
		if (!uid_json_read(&reader->document, &list->as.elements[i], &uids[i]))
			return false;
	scope->is_list = true;
	scope->entities = uids;
	scope->count = list->count;
	return true;
}

/* {"op": "is", "entity_type": type, "in"?: {"entity": uid}} */
static bool
read_is(struct policy_reader *reader, const char *variable, const struct json_value *json,
    struct scope *scope)
{
	static const struct policy_reader_members wanted = {
		.what = "\"is\"", .names = { "op", "entity_type", "in" }, .required = 2
	};
	const struct json_value *members[POLICY_READER_MAX_MEMBERS];

	scope->kind = SCOPE_IS;
	if (!policy_reader_members(reader, json, &wanted, members) ||
	    !policy_reader_type(reader, members[1], &scope->type))
		return false;
	if (members[2] == NULL || members[2]->kind == JSON_KIND_NULL)
		return true;
	scope->kind = SCOPE_IS_IN;
	return read_entity_or_slot(reader, variable, members[2], scope);
}

static bool
check_actions(
    struct policy_reader *reader, const struct json_value *json, const struct scope *scope)
{
	for (uint32_t i = 0; i < scope->count; i++)
		if (!uid_is_action(&scope->entities[i]))
			return policy_reader_wrong(reader, json, NULL,
			    "the scope of 'action' takes entities of the type Action, not %.*s",
			    SLICE_ARGS(slice_first(scope->entities[i].type, MAX_SHOWN_NAME)));
	return true;
}

/* {"op": .., ..} */
static bool
read_scope(struct policy_reader *reader, const char *variable, const struct json_value *json,
    struct scope *scope)
{
	const struct json_value *op = json_find(json, "op");
	bool is_action = strcmp(variable, "action") == 0;

	scope->offset = json->offset;
	if (op == NULL)
		return cedar_json_expected(
		    &reader->document, json, "an object with a member \"op\"");
	if (json_is(op, "All") || json_is(op, "all")) {
		scope->kind = SCOPE_ANY;
		return true;
	}
	if (json_is(op, "is") && !is_action)
		return read_is(reader, variable, json, scope);
	if (json_is(op, "==")) {
		scope->kind = SCOPE_EQUAL;
	} else if (json_is(op, "in")) {
		scope->kind = SCOPE_IN;
		if (is_action && json_find(json, "entity") == NULL &&
		    json_find(json, "entities") != NULL)
			return read_entities(reader, json_find(json, "entities"), scope);
	} else {
		return policy_reader_wrong(reader, op, NULL, "\"op\" is \"All\", \"==\"%s",
		    is_action ? " or \"in\"" : ", \"in\" or \"is\"");
	}
	return read_entity_or_slot(reader, variable, json, scope);
}

static bool
read_action(struct policy_reader *reader, const struct json_value *json, struct scope *scope)
{
	return read_scope(reader, "action", json, scope) && check_actions(reader, json, scope);
}

/* Conditions, annotations, effect */

/* {"kind": "when" or "unless", "body": expression} */
static bool
read_condition(
    struct policy_reader *reader, const struct json_value *json, struct condition *condition)
{
	static const struct policy_reader_members wanted = {
		.what = "a condition", .names = { "kind", "body" }, .required = 2
	};
	const struct json_value *members[POLICY_READER_MAX_MEMBERS];

	if (!policy_reader_members(reader, json, &wanted, members))
		return false;
	condition->is_unless = json_is(members[0], "unless");
	if (!condition->is_unless && !json_is(members[0], "when"))
		return policy_reader_wrong(
		    reader, members[0], NULL, "\"kind\" is \"when\" or \"unless\"");
	condition->body = policy_reader_expression(reader, members[1]);
	return condition->body != NULL;
}

static bool
read_conditions(struct policy_reader *reader, const struct json_value *json, struct policy *policy)
{
	const struct condition **last = &policy->conditions;

	if (json->kind != JSON_KIND_ARRAY)
		return cedar_json_expected(&reader->document, json, "a list of conditions");
	for (uint32_t i = 0; i < json->count; i++) {
		struct condition *condition =
		    tree_alloc(&reader->tree, json->offset, sizeof(*condition));

		if (condition == NULL || !read_condition(reader, &json->as.elements[i], condition))
			return false;
		*last = condition;
		last = &condition->next;
	}
	return true;
}

/* Any identifier: reserved words too. */
static bool
is_annotation_key(struct slice name)
{
	if (name.len == 0 || ascii_is_digit(name.data[0]))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.data[i]) && name.data[i] != '_')
			return false;
	return true;
}

/* name: text or null */
static bool
read_annotation(
    struct policy_reader *reader, const struct json_member *member, struct annotation *annotation)
{
	if (!is_annotation_key(member->name)) {
		complaint_add(&reader->document.source, member->name_offset, NULL,
		    "this is no name of an annotation");
		return false;
	}
	annotation->key = member->name;
	annotation->value = SLICE_OF("");
	if (member->value.kind == JSON_KIND_NULL)
		return true;
	annotation->has_value = true;
	return policy_reader_string(reader, &member->value, "a text or null", &annotation->value);
}

static bool
read_annotations(struct policy_reader *reader, const struct json_value *json, struct policy *policy)
{
	struct annotation *first = NULL, **last = &first;

	if (json->kind != JSON_KIND_OBJECT)
		return cedar_json_expected(&reader->document, json, "an object of annotations");
	for (uint32_t i = 0; i < json->count; i++) {
		struct annotation *annotation =
		    tree_alloc(&reader->tree, json->offset, sizeof(*annotation));

		if (annotation == NULL ||
		    !read_annotation(reader, &json->as.members[i], annotation))
			return false;
		*last = annotation;
		last = &annotation->next;
	}
	policy->annotations = first;
	return true;
}

static bool
read_effect(struct policy_reader *reader, const struct json_value *json, struct policy *policy)
{
	policy->effect = json_is(json, "permit") ? CEDAR_PERMIT : CEDAR_FORBID;
	if (policy->effect == CEDAR_FORBID && !json_is(json, "forbid"))
		return policy_reader_wrong(
		    reader, json, NULL, "\"effect\" is \"permit\" or \"forbid\"");
	return true;
}

/* Counted on from the line that was asked for last. */
static unsigned
line_of(struct policy_reader *reader, uint32_t offset)
{
	if (offset < reader->line_at || reader->line == 0) {
		reader->line_at = 0;
		reader->line = 1;
	}
	return line_count(reader->document.source.text, offset, &reader->line_at, &reader->line);
}

/* "file:line", and what the offsets in the policy mean. */
static bool
note_place(struct policy_reader *reader, const struct json_value *json, struct policy *policy)
{
	const struct source *source = &reader->document.source;
	const char *place =
	    arena_printf(source->arena, "%s:%u", source->file, line_of(reader, json->offset));

	if (place == NULL)
		return tree_no_memory(&reader->tree, json->offset);
	policy->place = slice_from(place);
	policy->file = source->file;
	policy->text = source->text;
	policy->offset = json->offset;
	return true;
}

static struct policy *
read_policy(struct policy_reader *reader, const struct json_value *json)
{
	static const struct policy_reader_members wanted = {
		.what = "a policy",
		.names = { "effect", "principal", "action", "resource", "conditions",
		    "annotations" },
		.required = 5,
	};
	struct policy *policy = tree_alloc(&reader->tree, json->offset, sizeof(*policy));
	const struct json_value *members[POLICY_READER_MAX_MEMBERS];

	if (policy == NULL || !policy_reader_members(reader, json, &wanted, members) ||
	    !note_place(reader, json, policy) || !read_effect(reader, members[0], policy) ||
	    !read_scope(reader, "principal", members[1], &policy->principal) ||
	    !read_action(reader, members[2], &policy->action) ||
	    !read_scope(reader, "resource", members[3], &policy->resource) ||
	    !read_conditions(reader, members[4], policy) ||
	    (members[5] != NULL && !read_annotations(reader, members[5], policy)))
		return NULL;
	return policy;
}

/* Policies and sets into the builder */

/*
 * A reader of the document whose memory is the builder's. The document itself, which the tree points
 * into, lives as long as the set.
 */
static void
open_reader(struct policy_reader *reader, struct cedar_builder *builder,
    const struct cedar_json_document *document)
{
	*reader = (struct policy_reader) { .document = *document };
	reader->document.source.arena = builder->arena;
	reader->tree = tree_of(&reader->document.source);
}

/* Hands on what was said about a text inside the document. */
static void
pass_on(struct policy_reader *reader, const struct cedar_complaints *complaints)
{
	struct cedar_complaints *to = reader->document.source.complaints;

	for (size_t i = 0; i < complaints->count; i++) {
		if (to->count < CEDAR_MAX_ERRORS && i < CEDAR_MAX_ERRORS)
			to->items[to->count] = complaints->items[i];
		to->count++;
	}
}

/* What complaints about a text inside the document call it. NULL: memory. */
static const char *
name_of_text(struct policy_reader *reader, const struct json_value *json)
{
	const char *name = arena_printf(reader->document.source.arena, "%s:%u, text",
	    reader->document.source.file, line_of(reader, json->offset));

	if (name == NULL)
		(void)tree_no_memory(&reader->tree, json->offset);
	return name;
}

static bool
add_text_policy(struct policy_reader *reader, struct cedar_builder *builder, enum cedar_form form,
    struct slice id, const struct json_value *json)
{
	const char *name = name_of_text(reader, json);
	struct cedar_complaints complaints;

	if (name == NULL)
		return false;
	if (cedar_builder_add_one(builder, form, id, name, json->as.string, &complaints))
		return true;
	pass_on(reader, &complaints);
	return false;
}

static bool
add_json_policy(struct policy_reader *reader, struct cedar_builder *builder, enum cedar_form form,
    struct slice id, const struct json_value *json)
{
	struct policy *policy = read_policy(reader, json);

	if (policy == NULL)
		return false;
	policy->id = arena_dup_slice(builder->arena, id);
	if (policy->id.data == NULL)
		return tree_no_memory(&reader->tree, json->offset);
	return policy_check_form(policy, form, &reader->document.source, json->offset) &&
	       builder_add(builder, &reader->document.source, json->offset, policy);
}

static bool
add_policy(struct policy_reader *reader, struct cedar_builder *builder, enum cedar_form form,
    struct slice id, enum policy_json_set takes, const struct json_value *json)
{
	if (takes == POLICY_JSON_TEXTS_TOO && json->kind == JSON_KIND_STRING)
		return add_text_policy(reader, builder, form, id, json);
	return add_json_policy(reader, builder, form, id, json);
}

bool
policy_json_add(struct cedar_builder *builder, enum cedar_form form, struct slice id,
    const struct cedar_json_document *document, const struct json_value *policy)
{
	struct policy_reader reader;

	open_reader(&reader, builder, document);
	return add_policy(&reader, builder, form, id, POLICY_JSON_TEXTS_TOO, policy);
}

/* {"id": policy, ..}; goes on behind one that is wrong, to find the next. */
static void
add_policies(struct policy_reader *reader, struct cedar_builder *builder, enum cedar_form form,
    enum policy_json_set takes, const struct json_value *json)
{
	if (json->kind != JSON_KIND_OBJECT) {
		cedar_json_expected(&reader->document, json, "an object of ids and policies");
		return;
	}
	for (uint32_t i = 0; i < json->count && value_json_may_go_on(&reader->document); i++)
		(void)add_policy(reader, builder, form, json->as.members[i].name, takes,
		    &json->as.members[i].value);
}

/* A text of any number of policies, no template among them. */
static void
add_static_text(
    struct policy_reader *reader, struct cedar_builder *builder, const struct json_value *json)
{
	const char *name = name_of_text(reader, json);
	uint32_t templates = builder->templates.count;
	struct cedar_complaints complaints;

	if (name == NULL)
		return;
	if (!cedar_builder_add_text(builder, name, json->as.string, &complaints))
		pass_on(reader, &complaints);
	else if (builder->templates.count != templates)
		policy_reader_wrong(
		    reader, json, "put it under \"templates\"", "this text holds a template");
}

/* [policy, ..]: policy0, policy1, .. */
static void
add_static_list(
    struct policy_reader *reader, struct cedar_builder *builder, const struct json_value *json)
{
	for (uint32_t i = 0; i < json->count && value_json_may_go_on(&reader->document); i++) {
		char id[32];
		int len = snprintf(id, sizeof(id), "policy%u", builder->named_count++);

		(void)add_policy(reader, builder, CEDAR_STATIC, slice_make(id, (size_t)len),
		    POLICY_JSON_TEXTS_TOO, &json->as.elements[i]);
	}
}

static void
add_static(struct policy_reader *reader, struct cedar_builder *builder, enum policy_json_set takes,
    const struct json_value *json)
{
	if (takes == POLICY_JSON_TEXTS_TOO && json->kind == JSON_KIND_STRING)
		add_static_text(reader, builder, json);
	else if (takes == POLICY_JSON_TEXTS_TOO && json->kind == JSON_KIND_ARRAY)
		add_static_list(reader, builder, json);
	else
		add_policies(reader, builder, CEDAR_STATIC, takes, json);
}

/* {"templateId": id, "newId": id, "values": {"?principal": uid, ..}} */
static bool
add_link(struct policy_reader *reader, struct cedar_builder *builder, const struct json_value *json)
{
	static const struct policy_reader_members wanted = { .what = "a link",
		.names = { "templateId", "newId", "values" },
		.required = 3 },
						  slots = { .what = "\"values\"",
							  .names = { "?principal", "?resource" } };
	const struct json_value *members[POLICY_READER_MAX_MEMBERS],
	    *values[POLICY_READER_MAX_MEMBERS];
	struct cedar_uid uids[2];
	struct slice template_id, new_id;

	if (!policy_reader_members(reader, json, &wanted, members) ||
	    !policy_reader_string(reader, members[0], "the id of a template", &template_id) ||
	    !policy_reader_string(reader, members[1], "an id", &new_id) ||
	    !policy_reader_members(reader, members[2], &slots, values))
		return false;
	for (size_t i = 0; i < COUNT_OF(uids); i++)
		if (values[i] != NULL && !uid_json_read(&reader->document, values[i], &uids[i]))
			return false;
	return builder_link(builder, &reader->document.source, json->offset, template_id, new_id,
	    values[0] == NULL ? NULL : &uids[0], values[1] == NULL ? NULL : &uids[1]);
}

static void
add_links(
    struct policy_reader *reader, struct cedar_builder *builder, const struct json_value *json)
{
	if (json->kind != JSON_KIND_ARRAY) {
		cedar_json_expected(&reader->document, json, "a list of links");
		return;
	}
	for (uint32_t i = 0; i < json->count && value_json_may_go_on(&reader->document); i++)
		(void)add_link(reader, builder, &json->as.elements[i]);
}

bool
policy_json_add_set(struct cedar_builder *builder, enum policy_json_set takes,
    const struct cedar_json_document *document, const struct json_value *set)
{
	static const struct policy_reader_members wanted = { .what = "a policy set",
		.names = { "staticPolicies", "templates", "templateLinks" } };
	struct cedar_complaints *complaints = document->source.complaints;
	size_t complaints_before = complaints->count;
	struct builder_mark mark = builder_mark(builder);
	const struct json_value *members[POLICY_READER_MAX_MEMBERS];
	struct policy_reader reader;

	open_reader(&reader, builder, document);
	if (policy_reader_members(&reader, set, &wanted, members)) {
		if (members[0] != NULL)
			add_static(&reader, builder, takes, members[0]);
		if (members[1] != NULL)
			add_policies(&reader, builder, CEDAR_TEMPLATE, takes, members[1]);
		/* Links to templates that were wrong would only be wrong too. */
		if (members[2] != NULL && complaints->count == complaints_before)
			add_links(&reader, builder, members[2]);
	}
	if (complaints->count == complaints_before)
		return true;
	builder_rollback(builder, mark);
	return false;
}
