/* Spellings, one table each, and the order of record fields in print. */
#include "cedar/printer.h"

#include "cedar/calls.h"
#include "core/sort.h"

static const char *const variables[VARIABLE_COUNT] = {
	[VARIABLE_PRINCIPAL] = "principal",
	[VARIABLE_ACTION] = "action",
	[VARIABLE_RESOURCE] = "resource",
	[VARIABLE_CONTEXT] = "context",
};

static const char *const comparisons[] = {
	[COMPARE_EQUAL] = "==",
	[COMPARE_UNEQUAL] = "!=",
	[COMPARE_LESS] = "<",
	[COMPARE_AT_MOST] = "<=",
	[COMPARE_GREATER] = ">",
	[COMPARE_AT_LEAST] = ">=",
	[COMPARE_IN] = "in",
};

static const char *const arithmetics[] = {
	[ARITHMETIC_ADD] = "+",
	[ARITHMETIC_SUBTRACT] = "-",
	[ARITHMETIC_MULTIPLY] = "*",
};

const char *
printer_variable(enum variable variable)
{
	return variables[variable];
}

const char *
printer_comparison(enum comparison comparison)
{
	return comparisons[comparison];
}

const char *
printer_arithmetic(enum arithmetic arithmetic)
{
	return arithmetics[arithmetic];
}

struct slice
printer_call_name(const struct node *call)
{
	if (call->as.call.call == CALL_UNKNOWN)
		return call->as.call.unknown;
	return slice_from(call_traits(call->as.call.call)->name);
}

static int
alphabetical(const void *a, const void *b)
{
	return slice_compare(
	    (*(const struct field *const *)a)->name, (*(const struct field *const *)b)->name);
}

const struct field *const *
printer_fields(struct buffer *out, const struct node *record)
{
	uint32_t count = record->as.record.count;
	const struct field **fields;

	if (out->failed || out->arena == NULL)
		return NULL;
	fields = arena_alloc(out->arena, count * sizeof(const struct field *));
	if (fields == NULL) {
		out->failed = true;
		return NULL;
	}
	for (uint32_t i = 0; i < count; i++)
		fields[i] = &record->as.record.fields[i];
	SORT(fields, count, alphabetical);
	return fields;
}
