/*
 * Extension types from the inside: the canonical text of every kind of value, what is no call, and
 * how values of different kinds stand to each other. Which literals are taken and what the calls
 * yield is in verdicts/.
 */
#include "cedar/calls.h"
#include "cedar/extension.h"
#include "cedar/value.h"
#include "world.h"

struct number_row {
	const char *name; /* the text; "": there is none */
	enum cedar_kind kind;
	int64_t number;
};

static const struct number_row number_rows[] = {
	{ "0.0", CEDAR_DECIMAL, 0 },
	{ "1.0", CEDAR_DECIMAL, 10000 },
	{ "-0.5", CEDAR_DECIMAL, -5000 },
	{ "0.0001", CEDAR_DECIMAL, 1 },
	{ "12.034", CEDAR_DECIMAL, 120340 },
	{ "-100.01", CEDAR_DECIMAL, -1000100 },
	{ "922337203685477.5807", CEDAR_DECIMAL, INT64_MAX },
	{ "-922337203685477.5808", CEDAR_DECIMAL, INT64_MIN },
	{ "0ms", CEDAR_DURATION, 0 },
	{ "-1ms", CEDAR_DURATION, -1 },
	{ "9223372036854775807ms", CEDAR_DURATION, INT64_MAX },
	{ "-9223372036854775808ms", CEDAR_DURATION, INT64_MIN },
	{ "1970-01-01T00:00:00.000Z", CEDAR_DATETIME, 0 },
	{ "1969-12-31T23:59:59.999Z", CEDAR_DATETIME, -1 },
	{ "2024-02-29T12:34:56.789Z", CEDAR_DATETIME, 1709210096789 },
	{ "2000-03-01T00:00:00.000Z", CEDAR_DATETIME, 951868800000 },
	{ "1900-02-28T23:59:59.999Z", CEDAR_DATETIME, -2203891200001 },
	{ "0000-01-01T00:00:00.000Z", CEDAR_DATETIME, -62167219200000 },
	{ "0000-02-29T00:00:00.000Z", CEDAR_DATETIME, -62162121600000 },
	{ "9999-12-31T23:59:59.999Z", CEDAR_DATETIME, 253402300799999 },
	{ "", CEDAR_DATETIME, -62167219200001 },
	{ "", CEDAR_DATETIME, 253402300800000 },
	{ "", CEDAR_DATETIME, INT64_MIN },
	{ "", CEDAR_DATETIME, INT64_MAX },
};

static void
check_text(struct cedar_value value, const char *wanted)
{
	enum call constructor = extension_constructor(value.kind);
	char room[EXTENSION_MAX_TEXT];
	struct slice text = slice_make(room, extension_text(value, room));
	struct cedar_value operand = value_string(text), again;
	struct cedar_ip ip;

	assert_true(slice_is(text, wanted));
	if (text.len == 0)
		return;
	assert_int_equal(extension_apply(constructor, &operand, 1, &ip, &again), CEDAR_ERROR_NONE);
	assert_true(cedar_value_equal(value, again));
}

static void
a_number_reads_like_this(void **state)
{
	const struct number_row *row = *state;

	check_text((struct cedar_value) { row->kind, .as.number = row->number }, row->name);
}

struct ip_row {
	const char *name; /* the text */
	struct cedar_ip ip;
};

static const struct ip_row ip_rows[] = {
	{ "10.1.2.3/32", { { 10, 1, 2, 3 }, 32, false } },
	{ "0.0.0.0/0", { { 0 }, 0, false } },
	{ "255.255.255.255/24", { { 255, 255, 255, 255 }, 24, false } },
	{ "::/128", { { 0 }, 128, true } },
	{ "::1/128", { { [15] = 1 }, 128, true } },
	{ "1::/16", { { [1] = 1 }, 16, true } },
	{ "ff00::/8", { { 0xff }, 8, true } },
	{ "0:1::/64", { { [3] = 1 }, 64, true } },
	{ "::1:0/64", { { [13] = 1 }, 64, true } },
	{ "1:0:1:1:1:1:1:1/128",
	    { { 0, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1 }, 128, true } },
	{ "1::1:1:0:0:1/0", { { 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1 }, 0, true } },
	{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
	    { { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 },
		128, true } },
};

static void
an_address_reads_like_this(void **state)
{
	const struct ip_row *row = *state;

	check_text((struct cedar_value) { CEDAR_IPADDR, .as.ip = &row->ip }, row->name);
}

/* Every extension call is in the table, and refuses the wrong number and kinds of operands. */
static void
calls_are_particular(void **state)
{
	struct cedar_value operands[3] = { value_boolean(true), value_boolean(true),
		value_boolean(true) };
	struct cedar_value value;
	struct cedar_ip room;

	(void)state;
	for (int i = 0; i < CALL_COUNT; i++) {
		enum call call = (enum call)i;
		unsigned taken = call_traits(call)->operands;

		assert_int_equal(call_find(slice_from(call_traits(call)->name)), call);
		for (unsigned count = 0; count <= 3; count++) {
			enum cedar_error error =
			    extension_apply(call, operands, count, &room, &value);

			if (!call_traits(call)->is_extension)
				assert_int_equal(error, CEDAR_ERROR_EXTENSION);
			else
				assert_int_equal(
				    error, count == taken ? CEDAR_ERROR_TYPE : CEDAR_ERROR_ARITY);
		}
	}
	assert_int_equal(
	    extension_apply(CALL_UNKNOWN, operands, 1, &room, &value), CEDAR_ERROR_EXTENSION);
	assert_int_equal(call_find(SLICE_OF("unknown")), CALL_UNKNOWN);
	assert_int_equal(call_find(SLICE_OF("")), CALL_UNKNOWN);
}

static void
types_have_names(void **state)
{
	(void)state;
	assert_string_equal(extension_type_name(CEDAR_IPADDR), "ipaddr");
	assert_string_equal(extension_type_name(CEDAR_DECIMAL), "decimal");
	assert_string_equal(extension_type_name(CEDAR_DATETIME), "datetime");
	assert_string_equal(extension_type_name(CEDAR_DURATION), "duration");
	assert_null(extension_type_name(CEDAR_LONG));
	assert_int_equal(extension_constructor(CEDAR_STRING), CALL_UNKNOWN);
}

/* The same number under four kinds is four values; a set holds them all and each once. */
static void
kinds_do_not_mix(void **state)
{
	static const struct cedar_ip v4 = { { 10, 0, 0, 1 }, 32, false };
	static const struct cedar_ip same = { { 10, 0, 0, 1 }, 32, false };
	static const struct cedar_ip wider = { { 10, 0, 0, 1 }, 24, false };
	static const struct cedar_ip v6 = { { 10, 0, 0, 1 }, 32, true };
	struct cedar_value values[] = {
		{ CEDAR_LONG, .as.number = 5 },
		{ CEDAR_DECIMAL, .as.number = 5 },
		{ CEDAR_DATETIME, .as.number = 5 },
		{ CEDAR_DURATION, .as.number = 5 },
		{ CEDAR_DECIMAL, .as.number = 5 },
		{ CEDAR_IPADDR, .as.ip = &v4 },
		{ CEDAR_IPADDR, .as.ip = &same },
		{ CEDAR_IPADDR, .as.ip = &wider },
		{ CEDAR_IPADDR, .as.ip = &v6 },
	};
	struct cedar_value set;
	struct world world;

	(void)state;
	world_init(&world);
	assert_true(cedar_set_make(&world.arena, values, COUNT_OF(values), &set));
	assert_int_equal(set.as.set->count, COUNT_OF(values) - 2);
	for (size_t i = 0; i < COUNT_OF(values); i++)
		assert_true(set_has(set.as.set, values[i]));
	assert_false(set_has(set.as.set, (struct cedar_value) { CEDAR_DURATION, .as.number = 6 }));
	world_done(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_are_particular),
		cmocka_unit_test(types_have_names),
		cmocka_unit_test(kinds_do_not_mix),
	};

	return RUN_ROWS(number_rows, a_number_reads_like_this) +
	       RUN_ROWS(ip_rows, an_address_reads_like_this) +
	       cmocka_run_group_tests_name("extension", tests, NULL, NULL);
}
