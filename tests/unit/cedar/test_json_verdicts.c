/*
 * Some nine hundred entities, contexts and requests in JSON with what the official engine makes of
 * each: the files json_*.txt of verdicts/. A text stands a line behind its verdict; lines of another
 * kind say what the texts below them are:
 *
 *     # kind entities | context | request   begins anew: what they are read as, without a schema
 *     # schema                              from here on with the one of json_world.cedarschema
 *     # in [{"attrs": $}]                   what a text is put into, at the $
 *     # action {"type": .., "id": ..}       of contexts
 *
 * A context alone is read as that of a request that is not validated; a request is validated.
 */
#include "cedar/entities_json.h"
#include "cedar/schema_read.h"
#include "fixture.h"
#include "world.h"

enum kind { KIND_ENTITIES, KIND_CONTEXT, KIND_REQUEST };

/* A file while it is read. */
struct judge {
	struct world world;
	const struct cedar_schema *schema;
	enum kind kind;
	bool has_schema;
	struct slice frame;
	struct slice action;
};

static const struct cedar_schema *
read_schema(struct world *world)
{
	struct slice text = fixture_read(&world->arena, "verdicts/json_world.cedarschema");
	const struct cedar_schema *schema =
	    schema_read_text(&world->arena, "schema", text, &world->complaints);

	if (schema == NULL)
		fail_msg("%s", cedar_complaint_text(&world->arena, &world->complaints.items[0]));
	return schema;
}

/* The text in its frame. */
static struct slice
framed(struct judge *judge, struct slice text)
{
	size_t at = slice_find(judge->frame, '$');
	struct slice rest = slice_skip(judge->frame, at + 1);
	const char *whole = arena_printf(&judge->world.arena, "%.*s%.*s%.*s", (int)at,
	    judge->frame.data, SLICE_ARGS(text), SLICE_ARGS(rest));

	assert_non_null(whole);
	return slice_from(whole);
}

static bool
read_json(struct judge *judge, struct slice text, struct cedar_json_document *ret_document)
{
	return cedar_json_read(&judge->world.arena, "text", text, CEDAR_MAX_JSON_DEPTH,
	    &judge->world.complaints, ret_document);
}

static bool
takes_context(const struct cedar_json_document *document, struct judge *judge,
    const struct cedar_schema *schema)
{
	struct cedar_json_document action;
	struct cedar_value context;
	struct cedar_uid uid;

	assert_true(read_json(judge, judge->action, &action));
	assert_true(uid_json_read(&action, action.root, &uid));
	return context_json_read(document, document->root, schema, &uid, &context);
}

static bool
takes_request(const struct cedar_json_document *document, struct judge *judge,
    const struct cedar_schema *schema)
{
	const struct json_value *root = document->root;
	struct cedar_request request;
	const char *message;

	if (!uid_json_read(document, json_find(root, "principal"), &request.principal) ||
	    !uid_json_read(document, json_find(root, "action"), &request.action) ||
	    !uid_json_read(document, json_find(root, "resource"), &request.resource) ||
	    !context_json_read(
		document, json_find(root, "context"), schema, &request.action, &request.context))
		return false;
	if (schema == NULL)
		return true;
	message = request_check(&judge->world.arena, schema, &request);
	if (message != NULL)
		complaint_add(&document->source, root->offset, NULL, "%s", message);
	return message == NULL;
}

static bool
takes(struct judge *judge, struct slice text)
{
	const struct cedar_schema *schema = judge->has_schema ? judge->schema : NULL;
	struct cedar_json_document document;

	if (!read_json(judge, text, &document))
		return false;
	switch (judge->kind) {
	case KIND_ENTITIES:
		return entities_json_read(&document, document.root, schema) != NULL;
	case KIND_CONTEXT:
		return takes_context(&document, judge, schema);
	case KIND_REQUEST:
		return takes_request(&document, judge, schema);
	}
	return false;
}

/* False: the verdict is not that of the line. */
static bool
agrees(struct judge *judge, const char *file, struct slice line)
{
	struct slice verdict = slice_first(line, slice_find(line, ' '));
	struct slice text = framed(judge, slice_skip(line, verdict.len + 3));
	const struct cedar_complaint *complaint = &judge->world.complaints.items[0];
	bool is_taken;

	assert_true(slice_is(verdict, "taken") || slice_is(verdict, "refused"));
	memset(&judge->world.complaints, 0, sizeof(judge->world.complaints));
	is_taken = takes(judge, text);
	/* a refusal comes with a place in the text, and nothing else does */
	assert_int_equal(judge->world.complaints.count > 0, !is_taken);
	if (!is_taken)
		assert_true(complaint->line == 1 && complaint->column > 0 &&
			    complaint->column <= text.len + 1 && !complaint->is_limit);
	if (is_taken == slice_is(verdict, "taken"))
		return true;
	print_error("%s: %.*s, but: %.*s\n%s\n", file, SLICE_ARGS(verdict), SLICE_ARGS(text),
	    is_taken ? "" : cedar_complaint_text(&judge->world.arena, complaint));
	return false;
}

/* What comes behind `# `. */
static void
obey(struct judge *judge, struct slice line)
{
	struct slice word = slice_cut(&line, ' ');

	line = arena_dup_slice(&judge->world.arena, line);
	if (slice_is(word, "kind")) {
		judge->kind = slice_is(line, "context")   ? KIND_CONTEXT
			      : slice_is(line, "request") ? KIND_REQUEST
							  : KIND_ENTITIES;
		judge->has_schema = false;
		judge->frame = SLICE_OF("$");
	} else if (slice_is(word, "schema")) {
		judge->has_schema = true;
	} else if (slice_is(word, "in")) {
		judge->frame = line;
	} else if (slice_is(word, "action")) {
		judge->action = line;
	}
}

struct file_row {
	const char *name;
	size_t count; /* of texts */
};

static const struct file_row file_rows[] = {
	{ "json_values.txt", 284 },
	{ "json_entities.txt", 153 },
	{ "json_schema.txt", 312 },
	{ "json_context.txt", 104 },
	{ "json_requests.txt", 88 },
};

static void
a_file_is_judged_as_it_says(void **state)
{
	const struct file_row *row = *state;
	struct judge judge = {
		.frame = SLICE("$"),
		.action = SLICE("{\"type\": \"Action\", \"id\": \"view\"}"),
	};
	size_t count = 0, wrong = 0;
	struct slice lines, line;

	world_init(&judge.world);
	judge.schema = read_schema(&judge.world);
	lines = fixture_read(
	    &judge.world.arena, arena_printf(&judge.world.arena, "verdicts/%s", row->name));
	while (lines.len > 0) {
		line = slice_cut(&lines, '\n');
		if (slice_starts(line, SLICE_OF("#"))) {
			obey(&judge, slice_skip(line, 2));
			continue;
		}
		count++;
		wrong += !agrees(&judge, row->name, line);
	}
	assert_int_equal(count, row->count);
	assert_int_equal(wrong, 0);
	world_done(&judge.world);
}

int
main(void)
{
	return RUN_ROWS(file_rows, a_file_is_judged_as_it_says);
}
