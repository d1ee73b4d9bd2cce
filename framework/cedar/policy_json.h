/*
 * Policies in their JSON format, to and from the tree (ast.h). Reading complains about the place
 * in the JSON text.
 */
#ifndef POSTERN_CEDAR_POLICY_JSON_H
#define POSTERN_CEDAR_POLICY_JSON_H

#include "cedar/ast.h"
#include "cedar/json.h"
#include "core/buffer.h"

/*
 * One policy or template: a JSON object, or a string, which then holds its text. Under this id, as
 * cedar_builder_add_one. Complaints go to the document's. What is added points into the document,
 * whose memory must live as long as the set.
 */
bool policy_json_add(struct cedar_builder *builder, enum cedar_form form, struct slice id,
    const struct cedar_json_document *document, const struct json_value *policy) MUST_USE;
/*
 * A whole set: {"staticPolicies", "templates", "templateLinks"}, all of them optional, nothing
 * else. "staticPolicies" is an object of id to policy, or a text (policy0, policy1, ...), or a
 * list of policies (policy0, ...); "templates" an object of id to template. `takes` says what of
 * that is taken: the official JSON format has objects of JSON policies only.
 */
enum policy_json_set { POLICY_JSON_STRICT, POLICY_JSON_TEXTS_TOO };
bool policy_json_add_set(struct cedar_builder *builder, enum policy_json_set takes,
    const struct cedar_json_document *document, const struct json_value *set) MUST_USE;

/*
 * Writers; false when the buffer failed. It must grow in an arena, which also lends memory for
 * sorting. policy_json_write_set: the whole set in the official format, links by their template.
 * policy_text_write: Cedar text in one line (annotations in lines of their own), without a line feed
 * at the end; a linked policy with its slots filled. What text cannot say becomes what means the
 * same: a chain `has` of odd names is spelled out, a call that can only fail becomes ip().
 */
bool policy_json_write(struct buffer *out, const struct policy *policy) MUST_USE;
bool policy_json_write_set(struct buffer *out, const struct cedar_policies *policies) MUST_USE;
bool policy_text_write(struct buffer *out, const struct policy *policy) MUST_USE;

#endif
