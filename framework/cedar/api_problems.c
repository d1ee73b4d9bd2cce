/* <postern/cedar.h>: what was wrong with an input. */
#include "cedar/api.h"

#include <stdlib.h>

enum { FIRST_PROBLEMS = 8 };

struct postern_cedar_problems {
	struct arena arena;
	struct postern_cedar_problem *items;
	size_t count, size;
	struct postern_cedar_problem last; /* what is told when there is no memory to tell it */
};

struct postern_cedar_problems *
postern_cedar_problems_new(void)
{
	struct postern_cedar_problems *problems = calloc(1, sizeof(*problems));

	if (problems != NULL)
		arena_init(&problems->arena, API_BLOCK, API_WORK_MEMORY);
	return problems;
}

void
postern_cedar_problems_free(struct postern_cedar_problems *problems)
{
	if (problems == NULL)
		return;
	arena_done(&problems->arena);
	free(problems);
}

size_t
postern_cedar_problems_count(const struct postern_cedar_problems *problems)
{
	return problems->count;
}

const struct postern_cedar_problem *
postern_cedar_problems_get(const struct postern_cedar_problems *problems, size_t index)
{
	return &problems->items[index];
}

void
problems_clear(struct postern_cedar_problems *problems)
{
	if (problems == NULL)
		return;
	arena_reset(&problems->arena);
	problems->items = NULL;
	problems->count = problems->size = 0;
}

/* Room for one more; without memory the whole list becomes one problem that says so. */
static struct postern_cedar_problem *
next_item(struct postern_cedar_problems *problems)
{
	size_t size = problems->size == 0 ? FIRST_PROBLEMS : problems->size * 2;
	struct postern_cedar_problem *items = problems->items;

	if (problems->items == &problems->last)
		return NULL;
	if (problems->count == problems->size) {
		items = arena_calloc(&problems->arena, size, sizeof(*items));
		if (items == NULL)
			return NULL;
		if (problems->count > 0)
			memcpy(items, problems->items, problems->count * sizeof(*items));
		problems->items = items;
		problems->size = size;
	}
	return &items[problems->count++];
}

static void
give_up(struct postern_cedar_problems *problems)
{
	problems->last = (struct postern_cedar_problem) {
		.severity = POSTERN_CEDAR_ERROR,
		.file = "",
		.message = "out of memory",
		.text = "out of memory",
		.is_limit = true,
	};
	problems->items = &problems->last;
	problems->count = problems->size = 1;
}

/* An absent text stays absent. */
static bool
copy(struct arena *arena, const char *text, const char **ret_copy)
{
	*ret_copy = text == NULL ? NULL : arena_dup(arena, text, strlen(text));
	return text == NULL || *ret_copy != NULL;
}

static bool
copy_slice(struct arena *arena, struct slice text, struct postern_cedar_text *ret_copy)
{
	struct slice dup = text.data == NULL ? text : arena_dup_slice(arena, text);

	*ret_copy = text_of_slice(dup);
	return text.data == NULL || dup.data != NULL;
}

void
problems_add(struct postern_cedar_problems *problems, enum postern_cedar_severity severity,
    const struct cedar_complaint *complaint, struct slice policy)
{
	struct postern_cedar_problem *item = problems == NULL ? NULL : next_item(problems);
	const char *file = complaint->file == NULL ? "" : complaint->file;

	if (problems == NULL)
		return;
	if (item == NULL) {
		give_up(problems);
		return;
	}
	item->severity = severity;
	item->line = complaint->line;
	item->column = complaint->column;
	item->is_limit = complaint->is_limit;
	if (!copy(&problems->arena, file, &item->file) ||
	    !copy(&problems->arena, complaint->message, &item->message) ||
	    !copy(&problems->arena, complaint->hint, &item->hint) ||
	    !copy_slice(&problems->arena, complaint->source, &item->source) ||
	    !copy_slice(&problems->arena, policy, &item->policy)) {
		give_up(problems);
		return;
	}
	item->text = complaint->line == 0 ? item->message
					  : cedar_complaint_text(&problems->arena, complaint);
	if (item->text == NULL)
		item->text = item->message;
}

bool
problems_take(struct postern_cedar_problems *problems, const struct cedar_complaints *complaints)
{
	size_t count = complaints->count < CEDAR_MAX_ERRORS ? complaints->count : CEDAR_MAX_ERRORS;

	if (count == 0)
		return problems_say(problems, "out of memory", true);
	for (size_t i = 0; i < count; i++)
		problems_add(
		    problems, POSTERN_CEDAR_ERROR, &complaints->items[i], slice_make(NULL, 0));
	return false;
}

bool
problems_say(struct postern_cedar_problems *problems, const char *message, bool is_limit)
{
	const struct cedar_complaint complaint = { .message = message, .is_limit = is_limit };

	problems_add(problems, POSTERN_CEDAR_ERROR, &complaint, slice_make(NULL, 0));
	return false;
}
