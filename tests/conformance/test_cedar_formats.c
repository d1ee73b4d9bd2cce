/*
 * The two formats of policies against the official engine's own conversions: every policy text
 * becomes the recorded JSON, and so does the text that is printed from it; and the recorded JSON is read and
 * written as the same. A formatted text is the same set of policies.
 */
#include "cases.h"

#include "cedar/format_text.h"
#include "cedar/policies.h"
#include "cedar/policy_json.h"
#include "core/sort.h"

enum {
	PARSE_POLICY_TEXTS = 87, /* of them accepted policy texts */
	MAX_JSON = 16 * 1024 * 1024,
};

struct tally {
	size_t texts, policies, wrong;
};

static const struct cedar_policies *
parse(struct arena *arena, struct slice text, struct cedar_complaints *complaints)
{
	struct cedar_builder *builder = cedar_builder_new(arena);

	assert_non_null(builder);
	if (!cedar_builder_add_text(builder, "text", text, complaints))
		return NULL;
	return cedar_builder_take(builder);
}

static struct slice
set_as_json(struct arena *arena, const struct cedar_policies *policies)
{
	struct buffer out;

	buffer_init(&out, arena, 4096, MAX_JSON);
	assert_true(policy_json_write_set(&out, policies));
	return buffer_content(&out);
}

static struct slice
policy_as_json(struct arena *arena, const struct policy *policy)
{
	struct buffer out;

	buffer_init(&out, arena, 4096, MAX_JSON);
	assert_true(policy_json_write(&out, policy));
	return buffer_content(&out);
}

/* What is printed of a policy reads back as the same, and prints as itself. */
static void
check_printed(struct tally *tally, struct arena *arena, const struct policy *policy,
    const struct json_value *recorded)
{
	struct cedar_complaints complaints;
	const struct cedar_policies *again;
	const struct policy *read_back;
	struct buffer text, second;

	buffer_init(&text, arena, 4096, MAX_JSON);
	buffer_init(&second, arena, 4096, MAX_JSON);
	assert_true(policy_text_write(&text, policy));
	again = parse(arena, buffer_content(&text), &complaints);
	if (again == NULL || again->count + again->template_count != 1) {
		cases_wrong(&tally->wrong, "printed text does not parse", policy->place,
		    buffer_content(&text));
		return;
	}
	read_back = again->count == 1 ? again->items[0] : again->templates[0];
	if (!data_equal(data_parse(arena, policy_as_json(arena, read_back)), recorded))
		cases_wrong(&tally->wrong, "printed text is another policy", policy->place,
		    buffer_content(&text));
	assert_true(policy_text_write(&second, read_back));
	if (!slice_equal(buffer_content(&text), buffer_content(&second)))
		cases_wrong(&tally->wrong, "printed text prints differently", buffer_content(&text),
		    buffer_content(&second));
}

/* The recorded JSON is read as a policy that is written as the same JSON, and as the same text. */
static void
check_read(struct tally *tally, struct arena *arena, const struct policy *policy,
    enum cedar_form form, const struct json_value *recorded)
{
	struct cedar_builder *builder = cedar_builder_new(arena);
	const struct cedar_policies *policies;
	const struct policy *read_back;
	struct cedar_complaints complaints = { .count = 0 };
	struct cedar_json_document document = {
		.source = { .file = "data", .arena = arena, .complaints = &complaints },
		.root = recorded
	};
	struct slice got;

	assert_non_null(builder);
	if (!policy_json_add(builder, form, SLICE_OF("x"), &document, recorded)) {
		cases_wrong(
		    &tally->wrong, complaints.items[0].message, policy->place, SLICE_OF(""));
		return;
	}
	policies = cedar_builder_take(builder);
	read_back = form == CEDAR_STATIC ? policies->items[0] : policies->templates[0];
	got = policy_as_json(arena, read_back);
	if (!data_equal(data_parse(arena, got), recorded))
		cases_wrong(&tally->wrong, "read JSON is written differently", policy->place, got);
	check_printed(tally, arena, read_back, recorded);
}

static int
id_order(const void *a, const void *b)
{
	return slice_compare(
	    (*(const struct policy *const *)a)->id, (*(const struct policy *const *)b)->id);
}

/* The recorded ones stand in the order of their ids as texts: policy10 comes before policy2. */
static void
check_list(struct tally *tally, struct arena *arena, enum cedar_form form,
    struct policy *const *policies, uint32_t count, const struct json_value *recorded)
{
	struct policy **sorted = arena_alloc(arena, count * sizeof(struct policy *));

	assert_int_equal(recorded->count, count);
	assert_non_null(sorted);
	for (uint32_t i = 0; i < count; i++)
		sorted[i] = policies[i];
	SORT(sorted, count, id_order);
	for (uint32_t i = 0; i < count; i++) {
		struct slice got = policy_as_json(arena, sorted[i]);

		tally->policies++;
		if (!data_equal(data_parse(arena, got), &recorded->as.elements[i]))
			cases_wrong(&tally->wrong, "not as recorded", sorted[i]->place, got);
		check_printed(tally, arena, sorted[i], &recorded->as.elements[i]);
		check_read(tally, arena, sorted[i], form, &recorded->as.elements[i]);
	}
}

/* The text laid out anew is the same set, and laid out again the same text. */
static void
check_formatted(struct tally *tally, struct arena *arena, struct slice text,
    const struct cedar_policies *policies, unsigned line_width)
{
	struct cedar_complaints complaints;
	const struct cedar_policies *again;
	struct buffer once, twice;

	buffer_init(&once, arena, 4096, MAX_JSON);
	buffer_init(&twice, arena, 4096, MAX_JSON);
	if (!policy_text_format(arena, "text", text, line_width, 2, &complaints, &once)) {
		cases_wrong(&tally->wrong, complaints.items[0].message, text, SLICE_OF(""));
		return;
	}
	again = parse(arena, buffer_content(&once), &complaints);
	if (again == NULL || !slice_equal(set_as_json(arena, policies), set_as_json(arena, again)))
		cases_wrong(
		    &tally->wrong, "formatted text is another set", text, buffer_content(&once));
	if (!policy_text_format(
		arena, "text", buffer_content(&once), line_width, 2, &complaints, &twice) ||
	    !slice_equal(buffer_content(&once), buffer_content(&twice)))
		cases_wrong(&tally->wrong, "formatting twice is not formatting once",
		    buffer_content(&once), buffer_content(&twice));
}

static void
check_parse_line(void *data, const struct recorded *recorded)
{
	struct tally *tally = data;
	struct arena *arena = recorded->arena;
	struct slice text = data_text(recorded->line, "text");
	struct cedar_complaints complaints;
	const struct cedar_policies *policies;
	const struct json_value *json;

	if (!json_is(data_get(recorded->line, "kind"), "policies"))
		return;
	policies = parse(arena, text, &complaints);
	if ((policies != NULL) != data_get(recorded->line, "ok")->as.boolean) {
		cases_wrong(&tally->wrong,
		    policies != NULL ? "accepted"
				     : cedar_complaint_text(arena, &complaints.items[0]),
		    text, SLICE_OF(""));
		return;
	}
	if (policies == NULL)
		return;
	tally->texts++;
	check_formatted(tally, arena, text, policies, 80);
	check_formatted(tally, arena, text, policies, 20);
	json = data_get(recorded->line, "json");
	check_list(tally, arena, CEDAR_STATIC, policies->items, policies->count,
	    data_get(json, "policies"));
	check_list(tally, arena, CEDAR_TEMPLATE, policies->templates, policies->template_count,
	    data_get(json, "templates"));
}

static void
the_official_policy_files_become_the_recorded_json(void **state)
{
	struct tally tally = { 0 };

	(void)state;
	if (!cases_each(&parse_file, check_parse_line, &tally))
		return;
	print_message("%zu texts, %zu policies and templates, %zu wrong\n", tally.texts,
	    tally.policies, tally.wrong);
	assert_int_equal(tally.wrong, 0);
	assert_int_equal(tally.texts, PARSE_POLICY_TEXTS);
}

static void
check_corpus_line(void *data, const struct recorded *recorded)
{
	struct tally *tally = data;
	struct arena *arena = recorded->arena;
	const struct json_value *set = data_get(recorded->jsons, "policies"), *policy;
	struct slice text = data_text(recorded->line, "policies"), got;
	struct cedar_complaints complaints;
	const struct cedar_policies *policies = parse(arena, text, &complaints);

	if (policies == NULL) {
		cases_wrong(&tally->wrong, cedar_complaint_text(arena, &complaints.items[0]), text,
		    SLICE_OF(""));
		return;
	}
	tally->texts++;
	tally->policies += policies->count;
	got = set_as_json(arena, policies);
	if (!data_equal(data_parse(arena, got), set))
		cases_wrong(&tally->wrong, "not as recorded", text, got);
	assert_int_equal(policies->count, 1);
	check_formatted(tally, arena, text, policies, 80);
	policy = data_get(data_get(set, "staticPolicies"), "policy0");
	check_printed(tally, arena, policies->items[0], policy);
	check_read(tally, arena, policies->items[0], CEDAR_STATIC, policy);
}

static void
the_corpus_becomes_the_recorded_json(void **state)
{
	struct tally tally = { 0 };

	(void)state;
	if (!cases_each_in_both(check_corpus_line, &tally))
		return;
	print_message(
	    "%zu texts, %zu policies, %zu wrong\n", tally.texts, tally.policies, tally.wrong);
	assert_int_equal(tally.wrong, 0);
	assert_int_equal(tally.texts, corpus_file.count);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_official_policy_files_become_the_recorded_json),
		cmocka_unit_test(the_corpus_becomes_the_recorded_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
