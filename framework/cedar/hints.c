/* See hints.h. Tables of words, and the nearest of what can be called. */
#include "cedar/hints.h"

#include "cedar/calls.h"

enum { MAX_CALL = 24, MAX_SLIPS = 2 }; /* bytes of a name that is compared; letters it may be off */

struct slip {
	const char *word, *hint;
};

/* Words where an operator is wanted. */
static const struct slip operator_slips[] = {
	{ "and", "write && for \"and\"" },
	{ "or", "write || for \"or\"" },
	{ "not", "write ! for \"not\"" },
	{ "eq", "write == to compare" },
	{ "equals", "write == to compare" },
	{ "contains", "write it behind a dot: set.contains(element)" },
	{ "where", "conditions begin with when or unless" },
	{ "if", "conditions begin with when or unless" },
	{ "then", "write if .. then .. else .., without braces" },
	{ "else", "every else belongs to an if .. then" },
	{ "matches", "write like, with * for any run of characters" },
	{ "instanceof", "write is to test the type" },
};

/* Words where an expression is wanted. */
static const struct slip name_slips[] = {
	{ "not", "write ! for \"not\"" },
	{ "true", "write true" },
	{ "false", "write false" },
	{ "null", "there is no null: ask with has whether an attribute is there" },
	{ "nil", "there is no null: ask with has whether an attribute is there" },
	{ "none", "there is no null: ask with has whether an attribute is there" },
	{ "undefined", "there is no null: ask with has whether an attribute is there" },
	{ "principal", "write principal" },
	{ "action", "write action" },
	{ "resource", "write resource" },
	{ "context", "write context" },
};

static const struct slip effect_slips[] = {
	{ "permit", "write permit" },
	{ "allow", "write permit" },
	{ "grant", "write permit" },
	{ "forbid", "write forbid" },
	{ "deny", "write forbid" },
	{ "reject", "write forbid" },
	{ "when", "the policy that this belongs to has ended with a ;" },
	{ "unless", "the policy that this belongs to has ended with a ;" },
};

static const struct slip method_slips[] = {
	{ "size", "ask with isEmpty() or contains()" },
	{ "length", "ask with isEmpty() or contains()" },
	{ "count", "ask with isEmpty() or contains()" },
	{ "includes", "write contains()" },
	{ "startsWith", "write like \"..*\"" },
	{ "endsWith", "write like \"*..\"" },
	{ "equals", "write == to compare" },
	{ "has", "write has: x has name, or x.hasTag(\"name\")" },
};

static const char *
find_slip(const struct slip *slips, size_t count, struct slice word)
{
	for (size_t i = 0; i < count; i++)
		if (slice_equal_nocase(word, slice_from(slips[i].word)))
			return slips[i].hint;
	return NULL;
}

static bool
follows(struct slice text, size_t at, const char *what)
{
	return slice_starts(slice_skip(text, at), slice_from(what));
}

static bool
precedes(struct slice text, size_t at, const char *what)
{
	size_t len = strlen(what);

	return at >= len && follows(text, at - len, what);
}

/* A single `=`, alone or in a comparison as other languages write it. */
static const char *
hint_for_assignment(struct slice text, const struct token *token)
{
	if (follows(text, token->end, ">"))
		return "write >= for \"at least\"";
	if (follows(text, token->end, "<"))
		return "write <= for \"at most\"";
	if (precedes(text, token->offset, "!="))
		return "write != to compare";
	return "write == to compare";
}

const char *
hint_for_token(struct slice text, const struct token *token)
{
	switch (token->kind) {
	case TOKEN_ASSIGN:
		return hint_for_assignment(text, token);
	case TOKEN_DIVIDE:
		return follows(text, token->end, "*") ? "a comment begins with //"
						      : "there is no division";
	case TOKEN_REMAINDER:
		return "there is no division";
	case TOKEN_GREATER:
		return precedes(text, token->offset, "<") ? "write != for \"unequal\"" : NULL;
	case TOKEN_IF:
		return "put the whole if in parentheses";
	case TOKEN_INTEGER:
		return precedes(text, token->offset, ".")
			   ? "there are no fractions but decimal(\"1.5\")"
			   : NULL;
	case TOKEN_IDENTIFIER:
	case TOKEN_THEN:
	case TOKEN_ELSE:
		return find_slip(operator_slips, COUNT_OF(operator_slips), token->text);
	default:
		return NULL;
	}
}

const char *
hint_for_name(struct slice name)
{
	const char *hint = find_slip(name_slips, COUNT_OF(name_slips), name);

	return hint != NULL ? hint : "an entity is Type::\"id\", a string is in double quotes";
}

const char *
hint_for_effect(const struct token *token)
{
	if (token->kind == TOKEN_SEMICOLON)
		return "one ; ends a policy";
	if (token->kind == TOKEN_DIVIDE)
		return "a comment begins with //";
	return find_slip(effect_slips, COUNT_OF(effect_slips), token->text);
}

static char
lower(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

/*
 * How many letters must be put in, taken out or changed to make one of the other, whatever their
 * case: row by row of the usual table. Both are at most MAX_CALL bytes.
 */
static size_t
distance(struct slice a, struct slice b)
{
	size_t row[MAX_CALL + 1];

	for (size_t k = 0; k <= b.len; k++)
		row[k] = k;
	for (size_t i = 1; i <= a.len; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t k = 1; k <= b.len; k++) {
			size_t best = diagonal + (lower(a.data[i - 1]) != lower(b.data[k - 1]));

			diagonal = row[k];
			if (row[k - 1] + 1 < best)
				best = row[k - 1] + 1;
			if (row[k] + 1 < best)
				best = row[k] + 1;
			row[k] = best;
		}
	}
	return row[b.len];
}

const char *
hint_for_call(struct arena *arena, struct slice name, bool is_method)
{
	const char *meant = find_slip(method_slips, COUNT_OF(method_slips), name);
	size_t nearest = MAX_SLIPS + 1;

	if (is_method && meant != NULL)
		return meant;
	meant = NULL;
	if (name.len > MAX_CALL)
		return NULL;
	for (int call = 0; call < CALL_COUNT; call++) {
		const struct call_traits *traits = call_traits((enum call)call);
		size_t slips = distance(name, slice_from(traits->name));

		if (traits->is_method == is_method && slips < nearest) {
			nearest = slips;
			meant = traits->name;
		}
	}
	if (meant != NULL && nearest < name.len)
		return arena_printf(arena, "did you mean %s?", meant);
	return is_method ? NULL : "the functions are ip, decimal, datetime and duration";
}
