/* Gathering findings; see findings.h. */
#include "cedar/findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	BYTES_A_STEP = 16, /* of text, to find lines and columns in */
	MAX_SHOWN_ID = 64  /* bytes of the id of a policy */
};

void
findings_begin(struct findings *findings, const struct policy *policy)
{
	bool goes_on = findings->source.text.data == policy->text.data &&
		       findings->source.counted_to <= policy->offset;
	struct source source = { .file = policy->file == NULL ? "" : policy->file,
		.text = policy->text,
		.arena = findings->result->arena,
		.complaints = &findings->complaints };

	if (goes_on) {
		source.counted_to = findings->source.counted_to;
		source.counted_lines = findings->source.counted_lines;
	}
	findings->source = source;
	findings->policy = policy;
	for (int kind = 0; kind < FINDING_KINDS; kind++)
		findings->lists[kind].pending_count = 0;
}

/*
 * Ends a text that may have been cut within a code point, and takes out what a terminal would
 * obey: control characters, those of ISO 6429's second row (C2 80 to C2 9F) too.
 */
static void
make_printable(char *text)
{
	size_t len = strlen(text), start = len;

	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)text[i], next = (unsigned char)text[i + 1];

		if (byte < 0x20 || byte == 0x7f)
			text[i] = ' ';
		else if (byte == 0xc2 && next >= 0x80 && next <= 0x9f)
			text[i] = text[i + 1] = ' ';
	}
	while (start > 0 && len - start < 4 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
		start--;
	if (start > 0 && (unsigned char)text[start - 1] >= 0xc0) {
		unsigned char lead = (unsigned char)text[start - 1];
		size_t wanted = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;

		if (len - start < wanted)
			text[start - 1] = '\0';
	}
}

/*
 * An error names the environment that it was found in first, so its words do not count; warnings of
 * one place may be of several names.
 */
static bool
is_same(enum finding_kind kind, const struct pending_finding *a, const struct pending_finding *b)
{
	return a->offset == b->offset && a->format == b->format &&
	       (kind == FINDING_ERROR || strcmp(a->message, b->message) == 0);
}

void
findings_add(struct findings *findings, enum finding_kind kind, uint32_t offset, const char *hint,
    const char *format, ...)
{
	struct finding_list *list = &findings->lists[kind];
	struct pending_finding *finding;
	va_list args;

	if (list->pending_count == CEDAR_MAX_ERRORS)
		return;
	finding = &list->pending[list->pending_count];
	finding->offset = offset;
	finding->format = format;
	va_start(args, format);
	(void)vsnprintf(finding->message, sizeof(finding->message), format, args);
	va_end(args);
	(void)snprintf(finding->hint, sizeof(finding->hint), "%s", hint == NULL ? "" : hint);
	make_printable(finding->message);
	make_printable(finding->hint);
	for (size_t i = 0; i < list->pending_count; i++)
		if (is_same(kind, &list->pending[i], finding))
			return;
	list->pending_count++;
}

static struct validator_finding *
next_item(struct budget *result, struct finding_list *list)
{
	size_t size = list->size == 0 ? 16 : list->size * 2;
	struct validator_finding *items;

	if (list->count < list->size)
		return &list->items[list->count++];
	items = budget_alloc(result, size, sizeof(*items));
	if (items == NULL)
		return NULL;
	if (list->count > 0)
		memcpy(items, list->items, list->count * sizeof(*items));
	list->items = items;
	list->size = size;
	return &list->items[list->count++];
}

/* The place in the text, its line, and what this cost. */
static bool
find_place(struct findings *findings, const struct pending_finding *pending,
    struct cedar_complaint *complaint)
{
	struct source *source = &findings->source;
	size_t scanned = pending->offset > source->counted_to ? pending->offset - source->counted_to
							      : source->text.len;

	findings->complaints.count = 0;
	complaint_add(source, pending->offset, complaint->hint, "%s", pending->message);
	*complaint = findings->complaints.items[0];
	return !complaint->is_limit &&
	       budget_spend(findings->result,
		   1 + (scanned + complaint->source.len + complaint->column) / BYTES_A_STEP);
}

static bool
keep(struct findings *findings, struct finding_list *list, const struct pending_finding *pending)
{
	struct validator_finding *item = next_item(findings->result, list);
	struct arena *arena = findings->result->arena;
	struct cedar_complaint *complaint;

	if (item == NULL)
		return false;
	item->policy = findings->policy->id;
	complaint = &item->complaint;
	*complaint = (struct cedar_complaint) { .file = findings->source.file };
	if (pending->hint[0] != '\0') {
		complaint->hint = arena_dup(arena, pending->hint, strlen(pending->hint));
		if (complaint->hint == NULL)
			return false;
	}
	if (findings->source.text.data != NULL)
		return find_place(findings, pending, complaint);
	complaint->message = arena_dup(arena, pending->message, strlen(pending->message));
	return complaint->message != NULL;
}

bool
findings_keep(struct findings *findings)
{
	struct source *source = &findings->source;
	uint32_t offset = findings->policy->offset;

	if (source->text.data != NULL && offset >= source->counted_to) {
		/* Lines are counted on from policy to policy, not from the top for each. */
		unsigned line = source->counted_lines + 1;

		source->counted_lines =
		    line_count(source->text, offset, &source->counted_to, &line) - 1;
	}
	for (int kind = 0; kind < FINDING_KINDS; kind++) {
		struct finding_list *list = &findings->lists[kind];

		for (size_t i = 0; i < list->pending_count; i++)
			if (!keep(findings, list, &list->pending[i])) {
				if (!findings->result->is_out_of_steps)
					findings->result->is_out_of_memory = true;
				return false;
			}
		list->pending_count = 0;
	}
	return true;
}

const char *
validator_finding_text(struct arena *arena, const struct validator_finding *finding)
{
	const struct cedar_complaint *complaint = &finding->complaint;
	const char *text;
	char id[MAX_SHOWN_ID + 1];

	(void)snprintf(
	    id, sizeof(id), "%.*s", SLICE_ARGS(slice_first(finding->policy, MAX_SHOWN_ID)));
	make_printable(id);
	if (complaint->line > 0)
		text = cedar_complaint_text(arena, complaint);
	else if (complaint->hint != NULL)
		text = arena_printf(arena, "%s\n  %s", complaint->message, complaint->hint);
	else
		text = complaint->message;
	if (text != NULL)
		text = arena_printf(arena, "policy \"%s\": %s", id, text);
	return text == NULL ? complaint->message : text;
}
