/* One format into the other; the readers and writers are the engine's. */
#include "tool/cedar_convert.h"

#include "cedar/complaint.h"
#include "cedar/policies.h"
#include "cedar/policy_json.h"
#include "cedar/schema_read.h"

bool
cedar_direction_find(struct slice name, enum cedar_direction *ret_direction)
{
	static const char *const names[] = {
		[CEDAR_TO_JSON] = "cedar-to-json",
		[CEDAR_FROM_JSON] = "json-to-cedar",
		[CEDAR_TO_RESOLVED_JSON] = "cedar-to-json-with-resolved-types",
	};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		if (slice_is(name, names[i])) {
			*ret_direction = (enum cedar_direction)i;
			return true;
		}
	}
	return false;
}

/* Complaints come with everything that is refused; what is written can only be too large. */
static bool
check_written(const struct cedar_conversion *conversion, bool is_written)
{
	const struct source source =
	    source_of(conversion->file, SLICE_OF(""), conversion->arena, conversion->complaints);

	if (!is_written && conversion->complaints->count == 0)
		complaint_limit(&source, 0, NULL, "what would be written is too large");
	return is_written;
}

static bool
policies_to_json(const struct cedar_conversion *conversion, struct slice text, struct buffer *out)
{
	struct cedar_builder *builder = cedar_builder_new(conversion->arena);
	const struct cedar_policies *policies;

	if (builder == NULL)
		return false;
	if (!cedar_builder_add_text(builder, conversion->file, text, conversion->complaints))
		return false;
	if (conversion->renames &&
	    !cedar_builder_rename(builder, SLICE_OF("id"), conversion->complaints))
		return false;
	policies = cedar_builder_take(builder);
	return policies != NULL && policy_json_write_set(out, policies);
}

/* One after the other; a link could not be told from a policy any more. */
static bool
write_texts(const struct cedar_conversion *conversion, const struct cedar_policies *policies,
    struct buffer *out)
{
	const struct source source =
	    source_of(conversion->file, SLICE_OF(""), conversion->arena, conversion->complaints);
	const char *gap = "";

	for (uint32_t i = 0; i < policies->template_count; i++, gap = "\n\n")
		if (!buffer_text(out, gap) || !policy_text_write(out, policies->templates[i]))
			return false;
	for (uint32_t i = 0; i < policies->count; i++, gap = "\n\n") {
		if (policies->items[i]->template != NULL) {
			complaint_add(&source, 0, NULL,
			    "policies that are links of templates have no text of their own");
			return false;
		}
		if (!buffer_text(out, gap) || !policy_text_write(out, policies->items[i]))
			return false;
	}
	return true;
}

static bool
has_any(const struct json_value *object, const char *const names[])
{
	for (size_t i = 0; names[i] != NULL; i++)
		if (json_find(object, names[i]) != NULL)
			return true;
	return false;
}

bool
cedar_policies_json_add(struct cedar_builder *builder, const struct cedar_json_document *document,
    const struct json_value *root)
{
	static const char *const of_set[] = { "staticPolicies", "templates", "templateLinks",
		NULL };
	static const char *const of_policy[] = { "action", "effect", "principal", "resource",
		"conditions", NULL };
	bool is_set = has_any(root, of_set);

	if (is_set == has_any(root, of_policy))
		return cedar_json_expected(
		    document, root, "a policy or a policy set, and not both");
	if (is_set)
		return policy_json_add_set(builder, POLICY_JSON_STRICT, document, root);
	if (policy_json_add(builder, CEDAR_STATIC, SLICE_OF("JSON policy"), document, root))
		return true;
	document->source.complaints->count = 0;
	return policy_json_add(builder, CEDAR_TEMPLATE, SLICE_OF("JSON policy"), document, root);
}

static bool
policies_from_json(const struct cedar_conversion *conversion, struct slice text, struct buffer *out)
{
	struct cedar_builder *builder = cedar_builder_new(conversion->arena);
	const struct cedar_policies *policies;
	struct cedar_json_document document;

	if (builder == NULL || !cedar_json_read(conversion->arena, conversion->file, text,
				   CEDAR_MAX_JSON_DEPTH, conversion->complaints, &document))
		return false;
	if (!cedar_policies_json_add(builder, &document, document.root))
		return false;
	policies = cedar_builder_take(builder);
	return policies != NULL && write_texts(conversion, policies, out);
}

static bool
schema_from_json(const struct cedar_conversion *conversion, struct slice text, struct buffer *out)
{
	struct cedar_json_document document;

	return cedar_json_read(conversion->arena, conversion->file, text, CEDAR_MAX_JSON_DEPTH,
		   conversion->complaints, &document) &&
	       schema_json_to_text(&document, document.root, out);
}

bool
cedar_convert(const struct cedar_conversion *conversion, enum cedar_subject subject,
    enum cedar_direction direction, struct slice text, struct buffer *out)
{
	bool is_from_json = direction == CEDAR_FROM_JSON, is_written;

	conversion->complaints->count = 0;
	if (subject == CEDAR_SUBJECT_POLICIES)
		is_written = is_from_json ? policies_from_json(conversion, text, out)
					  : policies_to_json(conversion, text, out);
	else if (is_from_json)
		is_written = schema_from_json(conversion, text, out);
	else if (direction == CEDAR_TO_RESOLVED_JSON)
		is_written = schema_text_to_resolved_json(
		    conversion->arena, conversion->file, text, conversion->complaints, out);
	else
		is_written = schema_text_to_json(
		    conversion->arena, conversion->file, text, conversion->complaints, out);
	return check_written(conversion, is_written);
}
