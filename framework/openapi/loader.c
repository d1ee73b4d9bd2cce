/*
 * Faults and references while a contract is read (openapi/loader.h). References are local and
 * lead into components alone; how often one may lead to another is bounded, and a schema that
 * contains itself is found by the schema compiler.
 */
#include "openapi/loader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
loader_fault(struct loader *loader, const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	config_fault(loader->faults, loader->arena, "contract: %s: %s", loader->place, text);
	loader->fault_count++;
}

/*
 * The next token of a JSON pointer (RFC 6901 §4), unescaped into `name`; false when it is too
 * long or ill-formed.
 */
static bool
take_token(const char **pointer, char *name, size_t size)
{
	const char *at = *pointer;
	size_t len = 0;

	for (; *at != '\0' && *at != '/'; at++) {
		char byte = *at;

		if (byte == '%' || len + 1 >= size)
			return false;
		if (byte == '~') {
			at++;
			if (*at != '0' && *at != '1')
				return false;
			byte = *at == '0' ? '~' : '/';
		}
		name[len++] = byte;
	}
	name[len] = '\0';
	*pointer = *at == '/' ? at + 1 : at;
	return true;
}

static const json_t *
find_reference(const json_t *root, const char *reference)
{
	static const char prefix[] = "#/components/";
	const json_t *at = root;
	char name[128];

	if (strncmp(reference, prefix, sizeof(prefix) - 1) != 0)
		return NULL;
	for (reference += 2; *reference != '\0' && at != NULL;)
		at = take_token(&reference, name, sizeof(name)) ? json_object_get(at, name) : NULL;
	return at;
}

const json_t *
loader_resolve(struct loader *loader, const json_t *json)
{
	static const char *const beside[] = { "$ref", "description", "summary", NULL };

	for (unsigned i = 0; i <= CONTRACT_MAX_REFERENCES; i++) {
		const json_t *reference = json_object_get(json, "$ref");

		if (!json_is_object(json)) {
			loader_fault(loader, "something that must be an object is none");
			return NULL;
		}
		if (reference == NULL)
			return json;
		loader_expect_members(loader, json, beside);
		json = json_is_string(reference)
			   ? find_reference(loader->root, json_string_value(reference))
			   : NULL;
		if (json == NULL) {
			loader_fault(loader, "$ref %s leads nowhere in #/components/",
			    json_is_string(reference) ? json_string_value(reference) : "");
			return NULL;
		}
	}
	loader_fault(loader, "$ref leads to $ref more than %d times", CONTRACT_MAX_REFERENCES);
	return NULL;
}

void
loader_expect_members(struct loader *loader, const json_t *object, const char *const *known)
{
	json_t *members = (json_t *)(uintptr_t)object, *value;
	const char *name;

	json_object_foreach(members, name, value)
	{
		size_t i = 0;

		if (strncmp(name, "x-", 2) == 0)
			continue;
		while (known[i] != NULL && strcmp(known[i], name) != 0)
			i++;
		if (known[i] == NULL)
			loader_fault(loader, "\"%s\" is not known here", name);
	}
}
