#include "http/param.h"

static size_t
count_of(char *const *texts)
{
	size_t count = 0;

	while (texts[count] != NULL)
		count++;
	return count;
}

bool
params_split(struct arena *arena, char *const *texts, struct params *ret_params)
{
	size_t room = count_of(texts);
	struct param *items = arena_alloc(arena, (room > 0 ? room : 1) * sizeof(*items));

	*ret_params = (struct params) { .items = items };
	if (items == NULL)
		return false;
	for (size_t i = 0; i < room; i++) {
		const char *equals = strchr(texts[i], '=');

		if (equals == NULL)
			continue;
		items[ret_params->count++] = (struct param) {
			.name = slice_make(texts[i], (size_t)(equals - texts[i])),
			.value = slice_from(equals + 1),
		};
	}
	return true;
}
