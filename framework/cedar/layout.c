/*
 * Rendering walks the document with a stack of what is still to come, container within container,
 * and decides each group when it is met: flat, if it and what follows it up to the next possible
 * line end fit. A trial of that looks at most one line ahead.
 *
 * Line feeds are written when the next piece is, so that several are one and the last is none.
 */
#include "cedar/layout.h"

#include "core/utf8.h"

enum { DOCS_A_BLOCK = 128, FIRST_FRAMES = 64 };

enum kind { TEXT, SPACE, LINE, SOFT, HARD, SEQUENCE, GROUP, NEST };

struct layout_doc {
	enum kind kind;
	unsigned indent;                 /* NEST */
	struct slice text;               /* TEXT */
	size_t columns;                  /* of it */
	struct layout_doc *first, *last; /* inside a container */
	struct layout_doc *next;         /* behind it in the same container */
};

struct layout_block {
	struct layout_block *next;
	struct layout_doc docs[DOCS_A_BLOCK];
};

/* A container that is being walked: what of it comes next. */
struct layout_frame {
	const struct layout_doc *next;
	size_t indent;
	bool is_flat;
};

/* The text that is being written. */
struct line {
	struct buffer *out;
	size_t width, column;
	size_t indent;    /* of the line that is to begin */
	bool is_at_start; /* of all: nothing is written yet */
	bool is_to_begin; /* a line feed comes before the next piece */
	bool has_space;   /* a space comes before the next piece of this line */
};

void
layout_init(struct layout *layout, struct arena *arena)
{
	*layout = (struct layout) { .arena = arena };
}

void
layout_reset(struct layout *layout)
{
	layout->block = layout->blocks;
	layout->used = 0;
}

/* The block behind the one that is full: an old one, or a new one. */
static bool
next_block(struct layout *layout)
{
	struct layout_block **link = layout->block == NULL ? &layout->blocks : &layout->block->next;

	if (*link == NULL) {
		*link = arena_alloc(layout->arena, sizeof(**link));
		if (*link == NULL)
			return false;
		(*link)->next = NULL;
	}
	layout->block = *link;
	layout->used = 0;
	return true;
}

/* Characters of two columns (East Asian Wide) and of none, rounded to blocks; ascending. */
static const struct {
	uint32_t first, last;
	unsigned columns;
} widths[] = {
	{ 0x300, 0x36f, 0 },
	{ 0x1100, 0x115f, 2 },
	{ 0x200b, 0x200f, 0 },
	{ 0x20d0, 0x20ff, 0 },
	{ 0x2e80, 0x303e, 2 },
	{ 0x3041, 0xa4cf, 2 },
	{ 0xa960, 0xa97f, 2 },
	{ 0xac00, 0xd7a3, 2 },
	{ 0xf900, 0xfaff, 2 },
	{ 0xfe00, 0xfe0f, 0 },
	{ 0xfe30, 0xfe6f, 2 },
	{ 0xff01, 0xff60, 2 },
	{ 0xffe0, 0xffe6, 2 },
	{ 0x1f300, 0x1f64f, 2 },
	{ 0x1f680, 0x1f6ff, 2 },
	{ 0x1f900, 0x1f9ff, 2 },
	{ 0x20000, 0x3fffd, 2 },
};

static unsigned
columns_of(uint32_t code)
{
	for (size_t i = 0; i < COUNT_OF(widths) && code >= widths[i].first; i++)
		if (code <= widths[i].last)
			return widths[i].columns;
	return 1;
}

static size_t
measure(struct slice text)
{
	size_t columns = 0;

	while (text.len > 0) {
		uint32_t code;
		size_t len = utf8_decode(text, &code);

		columns += len == 0 ? 1 : columns_of(code);
		text = slice_skip(text, len == 0 ? 1 : len);
	}
	return columns;
}

static struct layout_doc *
new_doc(struct layout *layout, enum kind kind)
{
	struct layout_doc *doc;

	if (layout->failed)
		return NULL;
	if ((layout->block == NULL || layout->used == DOCS_A_BLOCK) && !next_block(layout)) {
		layout->failed = true;
		return NULL;
	}
	doc = &layout->block->docs[layout->used++];
	*doc = (struct layout_doc) { .kind = kind };
	return doc;
}

void
layout_attach(struct layout_doc *into, struct layout_doc *doc)
{
	if (into == NULL || doc == NULL)
		return;
	if (into->first == NULL)
		into->first = doc;
	else
		into->last->next = doc;
	into->last = doc;
}

static struct layout_doc *
add(struct layout *layout, struct layout_doc *into, enum kind kind)
{
	struct layout_doc *doc = new_doc(layout, kind);

	layout_attach(into, doc);
	return doc;
}

struct layout_doc *
layout_detached(struct layout *layout)
{
	return new_doc(layout, SEQUENCE);
}

struct layout_doc *
layout_group(struct layout *layout, struct layout_doc *into)
{
	return add(layout, into, GROUP);
}

struct layout_doc *
layout_nest(struct layout *layout, struct layout_doc *into, unsigned indent)
{
	struct layout_doc *doc = add(layout, into, NEST);

	if (doc != NULL)
		doc->indent = indent;
	return doc;
}

void
layout_text(struct layout *layout, struct layout_doc *into, struct slice text)
{
	struct layout_doc *doc = add(layout, into, TEXT);

	if (doc == NULL)
		return;
	doc->text = text;
	doc->columns = measure(text);
}

void
layout_space(struct layout *layout, struct layout_doc *into)
{
	(void)add(layout, into, SPACE);
}

void
layout_line(struct layout *layout, struct layout_doc *into)
{
	(void)add(layout, into, LINE);
}

void
layout_soft(struct layout *layout, struct layout_doc *into)
{
	(void)add(layout, into, SOFT);
}

void
layout_hard(struct layout *layout, struct layout_doc *into)
{
	(void)add(layout, into, HARD);
}

static bool
push(struct layout *layout, struct layout_frame **frames, size_t *size, size_t count,
    struct layout_frame frame)
{
	size_t wanted = *size == 0 ? FIRST_FRAMES : *size * 2;
	struct layout_frame *grown;

	if (count == *size) {
		grown = arena_alloc(layout->arena, wanted * sizeof(*grown));
		if (grown == NULL) {
			layout->failed = true;
			return false;
		}
		if (count > 0)
			memcpy(grown, *frames, count * sizeof(*grown));
		*frames = grown;
		*size = wanted;
	}
	(*frames)[count] = frame;
	return true;
}

/* What a document that is no container takes of the line; true: nothing behind it matters. */
static bool
try_doc(const struct layout_doc *doc, bool is_flat, size_t *left, bool *ret_fits)
{
	size_t columns = doc->kind == TEXT ? doc->columns : doc->kind == SPACE;

	*ret_fits = !is_flat;
	if (doc->kind == HARD)
		return true;
	if (doc->kind == LINE || doc->kind == SOFT) {
		if (!is_flat)
			return true;
		columns = doc->kind == LINE;
	}
	*ret_fits = false;
	if (columns > *left)
		return true;
	*left -= columns;
	return false;
}

/*
 * Whether `group` flat, and behind it what `depth` frames still hold, fit into `left` columns up to
 * the first place where the line can end.
 */
static bool
fits(struct layout *layout, const struct layout_doc *group, size_t depth, size_t left)
{
	const struct layout_doc *doc;
	size_t count = 1;
	bool result;

	if (!push(layout, &layout->trial, &layout->trial_size, 0,
		(struct layout_frame) { group->first, 0, true }))
		return false;
	for (;;) {
		while (count > 0 && layout->trial[count - 1].next == NULL)
			count--;
		if (count == 0) {
			if (depth == 0)
				return true;
			layout->trial[count++] = layout->frames[--depth];
			layout->trial[0].is_flat = false;
			continue;
		}
		doc = layout->trial[count - 1].next;
		layout->trial[count - 1].next = doc->next;
		if (doc->kind < SEQUENCE) {
			if (try_doc(doc, layout->trial[count - 1].is_flat, &left, &result))
				return result;
		} else if (!push(layout, &layout->trial, &layout->trial_size, count,
			       (struct layout_frame) {
				   doc->first, 0, layout->trial[count - 1].is_flat })) {
			return false;
		} else {
			count++;
		}
	}
}

static void
write_text(struct line *line, const struct layout_doc *doc)
{
	if (line->is_to_begin && !line->is_at_start) {
		(void)buffer_byte(line->out, '\n');
		for (size_t i = 0; i < line->indent && !line->out->failed; i++)
			(void)buffer_byte(line->out, ' ');
	} else if (line->has_space && !line->is_to_begin) {
		(void)buffer_byte(line->out, ' ');
	}
	(void)buffer_slice(line->out, doc->text);
	line->column += doc->columns;
	line->is_to_begin = line->has_space = line->is_at_start = false;
}

static void
write_space(struct line *line)
{
	if (line->is_to_begin || line->has_space)
		return;
	line->has_space = true;
	line->column++;
}

/* The next line is indented as what comes next, which may be outside of what ends here. */
static void
break_line(struct layout *layout, size_t depth, struct line *line)
{
	size_t indent = layout->frames[depth - 1].indent;

	while (depth > 0 && layout->frames[depth - 1].next == NULL)
		depth--;
	line->indent = depth == 0 ? indent : layout->frames[depth - 1].indent;
	line->column = line->indent;
	line->is_to_begin = true;
}

static void
write_doc(struct layout *layout, size_t depth, const struct layout_doc *doc, struct line *line)
{
	bool is_flat = layout->frames[depth - 1].is_flat;

	if (doc->kind == TEXT)
		write_text(line, doc);
	else if (doc->kind == HARD || (doc->kind != SPACE && !is_flat))
		break_line(layout, depth, line);
	else if (doc->kind != SOFT)
		write_space(line);
}

/* The frame of a container that is met. */
static struct layout_frame
enter(struct layout *layout, size_t depth, const struct layout_doc *doc, const struct line *line)
{
	struct layout_frame frame = layout->frames[depth - 1];
	size_t left = line->width < line->column ? 0 : line->width - line->column;

	frame.next = doc->first;
	if (doc->kind == NEST)
		frame.indent += doc->indent;
	if (doc->kind == GROUP && !frame.is_flat)
		frame.is_flat = fits(layout, doc, depth, left);
	return frame;
}

bool
layout_render(struct layout *layout, const struct layout_doc *doc, size_t width, struct buffer *out)
{
	struct line line = { .out = out, .width = width, .is_at_start = true, .is_to_begin = true };
	size_t depth = 1;

	if (layout->failed || !push(layout, &layout->frames, &layout->frame_size, 0,
				  (struct layout_frame) { doc->first, 0, false }))
		return false;
	while (depth > 0 && !layout->failed && !buffer_failed(out)) {
		const struct layout_doc *next = layout->frames[depth - 1].next;

		if (next == NULL) {
			depth--;
			continue;
		}
		layout->frames[depth - 1].next = next->next;
		if (next->kind < SEQUENCE)
			write_doc(layout, depth, next, &line);
		else if (push(layout, &layout->frames, &layout->frame_size, depth,
			     enter(layout, depth, next, &line)))
			depth++;
	}
	return !layout->failed && !buffer_failed(out);
}
