/*
 * The formatter: policy text -> the same tokens and comments with other white space, laid out as the
 * official formatter does. It works on tokens, not on the tree, so that everything keeps its
 * spelling; only a comma before a closing bracket and leading zeros of numbers go away.
 *
 * The text is parsed before, and the result is compared with it, token by token, before anybody sees
 * it.
 */
#include "cedar/format_text.h"

#include "cedar/format_compare.h"
#include "cedar/formatter.h"

static bool
format_policies(struct formatter *formatter, unsigned line_width, struct buffer *out)
{
	bool is_first = true;

	while (!formatter_at(formatter, TOKEN_END) && !formatter->failed) {
		struct layout_doc *policy;

		layout_reset(&formatter->layout);
		policy = layout_detached(&formatter->layout);
		format_policy(formatter, policy);
		(void)buffer_text(out, is_first ? "" : "\n");
		if (formatter->failed ||
		    !layout_render(&formatter->layout, policy, line_width, out) ||
		    !buffer_byte(out, '\n'))
			formatter_fail(formatter, "out of memory");
		is_first = false;
	}
	return !formatter->failed;
}

/* What stands behind the last policy. */
static bool
format_last_comments(struct formatter *formatter, struct buffer *out)
{
	for (const struct comment *comment = formatter->leading; comment != NULL;
	     comment = comment->next) {
		(void)buffer_slice(out, comment->text);
		(void)buffer_byte(out, '\n');
	}
	if (buffer_failed(out))
		formatter_fail(formatter, "out of memory");
	return !formatter->failed;
}

/* Whether the text is one of policies; complaints say why not. */
static bool
check_text(struct source *source, struct slice text)
{
	struct cedar_builder *builder = cedar_builder_new(source->arena);

	if (builder == NULL) {
		complaint_limit(source, 0, NULL, "out of memory");
		return false;
	}
	return cedar_builder_add_text(builder, source->file, text, source->complaints);
}

bool
policy_text_format(struct arena *arena, const char *file, struct slice text, unsigned line_width,
    unsigned indent_width, struct cedar_complaints *reterr_complaints, struct buffer *out)
{
	struct source source = { .arena = arena, .complaints = reterr_complaints };
	struct formatter formatter;
	size_t start = out->len;

	reterr_complaints->count = 0;
	if (!source_open(&source, file, text) || !check_text(&source, text))
		return false;
	formatter_init(&formatter, &source, indent_width);
	if (!format_policies(&formatter, line_width, out) || !format_last_comments(&formatter, out))
		return false;
	if (format_is_same(source.text, slice_skip(buffer_content(out), start)))
		return true;
	complaint_add(&source, 0, NULL, "the formatter failed: its result is another text");
	return false;
}
