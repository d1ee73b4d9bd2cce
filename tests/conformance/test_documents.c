/*
 * The reference service's policies and the schema that describes their world: the schema is taken, and
 * they validate strictly against it without a word, as they do with the official engine.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cedar/schema_read.h"
#include "cedar/validator.h"

enum { MAX_FILE = 65536 };

static struct slice
read_file(struct arena *arena, const char *name)
{
	const char *source = getenv("srcdir");
	char path[1024], *room = arena_alloc(arena, MAX_FILE);
	FILE *file;
	size_t len;

	assert_non_null(room);
	(void)snprintf(path, sizeof(path), "%s/%s", source == NULL ? "." : source, name);
	file = fopen(path, "r");
	if (file == NULL)
		fail_msg("%s cannot be read", path);
	len = fread(room, 1, MAX_FILE, file);
	assert_true(len > 0 && len < MAX_FILE);
	assert_int_equal(fclose(file), 0);
	return slice_make(room, len);
}

static const struct cedar_schema *
read_schema(struct arena *arena)
{
	const char *name = "policies/documents.cedarschema";
	struct cedar_complaints complaints;
	const struct cedar_schema *schema =
	    schema_read_text(arena, name, read_file(arena, name), &complaints);

	if (schema == NULL)
		fail_msg("%s", cedar_complaint_text(arena, &complaints.items[0]));
	return schema;
}

static const struct cedar_policies *
read_policies(struct arena *arena)
{
	const char *name = "policies/documents.cedar";
	struct cedar_builder *builder = cedar_builder_new(arena);
	struct cedar_complaints complaints;

	assert_non_null(builder);
	if (!cedar_builder_add_text(builder, name, read_file(arena, name), &complaints))
		fail_msg("%s", cedar_complaint_text(arena, &complaints.items[0]));
	return cedar_builder_take(builder);
}

static void
the_policies_validate_against_the_schema(void **state)
{
	const struct cedar_policies *policies;
	const struct cedar_schema *schema;
	struct validator_result result;
	enum validator_outcome outcome;
	struct arena arena;

	(void)state;
	arena_init(&arena, 64 * 1024, 64 * 1024 * 1024);
	schema = read_schema(&arena);
	policies = read_policies(&arena);
	outcome = validator_check(policies, schema, VALIDATOR_NO_LEVEL, &arena, &result);
	if (outcome == VALIDATOR_INVALID)
		fail_msg("%s", validator_finding_text(&arena, &result.errors[0]));
	assert_int_equal(outcome, VALIDATOR_VALID);
	if (result.warning_count > 0)
		fail_msg("%s", validator_finding_text(&arena, &result.warnings[0]));
	arena_done(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_policies_validate_against_the_schema),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
