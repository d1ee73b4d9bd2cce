/*
 * Laying out text (Oppen 1980, Wadler 2003): a document of pieces, of places where a line may be
 * broken, and of groups whose places break all together when the group does not fit into what is
 * left of the line.
 *
 * Containers are filled while they are made: layout_group(layout, into) puts a group at the end of
 * `into` and returns it, to be filled next. Failures (memory) stick, and layout_render says so.
 */
#ifndef POSTERN_CEDAR_LAYOUT_H
#define POSTERN_CEDAR_LAYOUT_H

#include "core/buffer.h"
#include "core/compiler.h"

struct layout_doc;
struct layout_block;
struct layout_frame;

struct layout {
	struct arena *arena;
	bool failed;
	/* Documents are given out from blocks that layout_reset uses again. */
	struct layout_block *blocks, *block;
	size_t used; /* documents of `block` */
	/* Stacks of layout_render, kept for the next one. */
	struct layout_frame *frames, *trial;
	size_t frame_size, trial_size;
};

void layout_init(struct layout *layout, struct arena *arena);
/* All documents end; their memory is used for the next ones. */
void layout_reset(struct layout *layout);

/* A container of nobody, until layout_attach. */
struct layout_doc *layout_detached(struct layout *layout);
void layout_attach(struct layout_doc *into, struct layout_doc *doc);
struct layout_doc *layout_group(struct layout *layout, struct layout_doc *into);
/* What is inside is indented by `indent` columns more. */
struct layout_doc *layout_nest(struct layout *layout, struct layout_doc *into, unsigned indent);

/* A piece, which stays where it is in memory. */
void layout_text(struct layout *layout, struct layout_doc *into, struct slice text);
/* A space, never broken; nothing at the start of a line. */
void layout_space(struct layout *layout, struct layout_doc *into);
/* Where the line may be broken: else a space, or nothing. */
void layout_line(struct layout *layout, struct layout_doc *into);
void layout_soft(struct layout *layout, struct layout_doc *into);
/* Where it must be broken. Several in a row are one. */
void layout_hard(struct layout *layout, struct layout_doc *into);

/*
 * Appends it to `out`, without line feeds and spaces at both ends. `width` is in columns of a terminal. False:
 * the document or the buffer failed.
 */
bool layout_render(
    struct layout *layout, const struct layout_doc *doc, size_t width, struct buffer *out) MUST_USE;

#endif
