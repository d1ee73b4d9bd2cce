/*
 * What is right in a schema text and may surprise: names that hide others. JSON says which one it
 * means, so nothing is said about it.
 */
#include "cedar/schema_resolve.h"

enum { MAX_SHOWN_NAME = 64 };

#define SHOWN(name) SLICE_ARGS(slice_first((name), MAX_SHOWN_NAME))

static void
warn_about_builtins(
    struct resolver *resolver, const struct source *source, const struct decl_names *declared)
{
	for (const struct decl_name *name = declared->first; name != NULL; name = name->next) {
		struct schema_type type;
		const char *hint;

		if (!schema_name_is_builtin(name->text, &type))
			continue;
		hint = arena_printf(
		    resolver->arena, "the built-in type is __cedar::%.*s", SHOWN(name->text));
		complaint_add(
		    source, name->offset, hint, "'%.*s' hides a built-in type", SHOWN(name->text));
	}
}

/* Both lists are sorted. */
static void
warn_about_entities(const struct source *source, const struct decl_namespace *namespace)
{
	const struct decl_name *entity = namespace->entities.first;

	for (const struct decl_name *common = namespace->commons.first; common != NULL;
	     common = common->next) {
		while (entity != NULL && slice_compare(entity->text, common->text) < 0)
			entity = entity->next;
		if (entity != NULL && slice_equal(entity->text, common->text))
			complaint_add(source, common->offset, NULL,
			    "the common type '%.*s' hides the entity type of that name",
			    SHOWN(common->text));
	}
}

void
schema_warn(struct resolver *resolver, struct cedar_complaints *warnings)
{
	for (const struct decl_fragment *fragment = resolver->fragments; fragment != NULL;
	     fragment = fragment->next) {
		struct source source = fragment->source;

		source.complaints = warnings;
		for (const struct decl_name *name = fragment->namespaces.first;
		     fragment->is_text && name != NULL; name = name->next) {
			const struct decl_namespace *namespace =
			    (const struct decl_namespace *)name;

			warn_about_entities(&source, namespace);
			warn_about_builtins(resolver, &source, &namespace->commons);
			warn_about_builtins(resolver, &source, &namespace->entities);
		}
	}
	complaints_sort(warnings, 0);
}
