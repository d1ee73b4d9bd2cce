/* Lists of declarations, and which names may be declared. */
#include "cedar/schema_decl.h"

#include "cedar/lexer.h"

enum { MAX_SHOWN_NAME = 64 };

void
decl_names_add(struct decl_names *names, struct decl_name *name)
{
	name->next = NULL;
	if (names->last == NULL)
		names->first = name;
	else
		names->last->next = name;
	names->last = name;
	names->count++;
}

/* Cuts a list behind its first `count` elements; returns what follows. */
static struct decl_name *
cut(struct decl_name *first, uint32_t count)
{
	struct decl_name *rest;

	for (uint32_t i = 1; i < count && first != NULL; i++)
		first = first->next;
	if (first == NULL)
		return NULL;
	rest = first->next;
	first->next = NULL;
	return rest;
}

/* Appends two sorted lists, merged; of equal names those of `a` come first. */
static void
merge(struct decl_names *sorted, struct decl_name *a, struct decl_name *b)
{
	while (a != NULL && b != NULL) {
		struct decl_name **from = slice_compare(a->text, b->text) <= 0 ? &a : &b;
		struct decl_name *name = *from;

		*from = name->next;
		decl_names_add(sorted, name);
	}
	for (struct decl_name *rest = a != NULL ? a : b, *next; rest != NULL; rest = next) {
		next = rest->next;
		decl_names_add(sorted, rest);
	}
}

/* Merges runs of 1, 2, 4, .. elements. */
void
decl_names_sort(struct decl_names *names)
{
	for (uint32_t run = 1; run < names->count; run *= 2) {
		struct decl_names sorted = { NULL, NULL, 0 };

		for (struct decl_name *a = names->first; a != NULL;) {
			struct decl_name *b = cut(a, run), *rest = cut(b, run);

			merge(&sorted, a, b);
			a = rest;
		}
		*names = sorted;
	}
}

void
decl_names_keep_last(struct decl_names *names)
{
	for (struct decl_name **at = &names->first; *at != NULL && (*at)->next != NULL;) {
		if (slice_equal((*at)->text, (*at)->next->text)) {
			*at = (*at)->next;
			names->count--;
		} else {
			at = &(*at)->next;
		}
	}
}

/* By insertion: there are few. */
struct annotation *
decl_annotations_sort(struct annotation *first)
{
	struct annotation *sorted = NULL;

	for (struct annotation *each = first, *next; each != NULL; each = next) {
		struct annotation **at = &sorted;

		next = each->next;
		while (*at != NULL && slice_compare((*at)->key, each->key) < 0)
			at = &(*at)->next;
		each->next = *at;
		*at = each;
	}
	return sorted;
}

bool
decl_is_identifier(struct slice text, bool is_free)
{
	struct lexer lexer = { .text = text };
	struct token token = lexer_next(&lexer);

	return (token.kind == TOKEN_IDENTIFIER || (is_free && token_is_word(token.kind))) &&
	       token.offset == 0 && token.end == text.len;
}

bool
decl_is_path(struct slice text)
{
	struct slice rest = text;

	for (;;) {
		size_t colon = slice_find(rest, ':');

		if (!decl_is_identifier(slice_first(rest, colon), false))
			return false;
		if (colon == rest.len)
			return true;
		rest = slice_skip(rest, colon);
		if (!slice_starts(rest, SLICE_OF("::")))
			return false;
		rest = slice_skip(rest, 2);
	}
}

bool
decl_is_reserved(struct slice path)
{
	while (path.len > 0) {
		size_t colon = slice_find(path, ':');

		if (slice_is(slice_first(path, colon), "__cedar"))
			return true;
		path = slice_skip(path, colon + 2);
	}
	return false;
}

struct slice
decl_base_name(struct slice path)
{
	size_t at = path.len;

	while (at > 0 && path.data[at - 1] != ':')
		at--;
	return slice_skip(path, at);
}

/* What no common type may be called: the names of the types in JSON. */
static bool
is_type_keyword(struct slice name)
{
	static const char *const keywords[] = { "Bool", "Boolean", "Entity", "Extension", "Long",
		"Record", "Set", "String" };

	for (size_t i = 0; i < COUNT_OF(keywords); i++)
		if (slice_is(name, keywords[i]))
			return true;
	return false;
}

/* What stands twice in a sorted list where everything may stand once. */
static void
check_twins(const struct source *source, const struct decl_names *names, const char *what)
{
	for (const struct decl_name *a = names->first; a != NULL && a->next != NULL; a = a->next)
		if (slice_equal(a->text, a->next->text))
			complaint_add(source, a->next->offset, NULL, "%s '%.*s' is declared twice",
			    what, SLICE_ARGS(slice_first(a->text, MAX_SHOWN_NAME)));
}

static void
check_reserved(const struct source *source, const struct decl_name *name)
{
	if (decl_is_reserved(name->text))
		complaint_add(source, name->offset, NULL, "the name __cedar is reserved");
}

static void
check_commons(const struct source *source, const struct decl_names *commons)
{
	check_twins(source, commons, "the type");
	for (const struct decl_name *name = commons->first; name != NULL; name = name->next) {
		check_reserved(source, name);
		if (is_type_keyword(name->text))
			complaint_add(source, name->offset, NULL,
			    "no common type may be called '%.*s'", SLICE_ARGS(name->text));
	}
}

static void
check_entities(const struct source *source, const struct decl_names *entities)
{
	check_twins(source, entities, "the entity type");
	for (const struct decl_name *name = entities->first; name != NULL; name = name->next) {
		check_reserved(source, name);
		if (slice_is(name->text, "Action"))
			complaint_add(source, name->offset, "it is there wherever actions are",
			    "the type 'Action' is not declared");
	}
}

void
decl_fragment_finish(struct decl_fragment *fragment)
{
	const struct source *source = &fragment->source;

	decl_names_sort(&fragment->namespaces);
	check_twins(source, &fragment->namespaces, "the namespace");
	for (struct decl_name *name = fragment->namespaces.first; name != NULL; name = name->next) {
		struct decl_namespace *namespace = (struct decl_namespace *)name;

		check_reserved(source, name);
		decl_names_sort(&namespace->commons);
		decl_names_sort(&namespace->entities);
		decl_names_sort(&namespace->actions);
		check_commons(source, &namespace->commons);
		check_entities(source, &namespace->entities);
		check_twins(source, &namespace->actions, "the action");
	}
}
