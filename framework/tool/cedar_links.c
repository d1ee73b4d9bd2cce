/* Files of links in and out. */
#include "tool/cedar_links.h"

#include <errno.h>
#include <string.h>

#include "core/buffer.h"
#include "tool/file.h"

static const char *const slots[] = { "?principal", "?resource" };

/* Members that are no strings, or others than these, are complained about. */
static bool
read_arguments(struct cedar_run *run, const struct cedar_json_document *document,
    const struct json_value *object, struct cedar_link *link)
{
	if (object == NULL || object->kind != JSON_KIND_OBJECT) {
		(void)cedar_json_expected(document, object == NULL ? document->root : object,
		    "an object of slots like {\"?principal\": \"User::\\\"alice\\\"\"}");
		return cedar_report_complaints(run);
	}
	for (uint32_t i = 0; i < object->count; i++) {
		const struct json_member *member = &object->as.members[i];
		size_t slot = slice_is(member->name, slots[0]) ? 0 : 1;

		if (!slice_is(member->name, slots[slot]) ||
		    member->value.kind != JSON_KIND_STRING) {
			(void)cedar_json_expected(document, &member->value,
			    "a string for ?principal or ?resource, and no other slot");
			return cedar_report_complaints(run);
		}
		link->texts[slot] = member->value.as.string;
		if (!cedar_read_uid(run, slots[slot], link->texts[slot], &link->uids[slot]))
			return false;
	}
	return true;
}

static bool
read_link(struct cedar_run *run, const struct cedar_json_document *document,
    const struct json_value *object, struct cedar_link *link)
{
	const struct json_value *template_id = json_find(object, "template_id");
	const struct json_value *link_id = json_find(object, "link_id");

	if (template_id == NULL || template_id->kind != JSON_KIND_STRING || link_id == NULL ||
	    link_id->kind != JSON_KIND_STRING) {
		(void)cedar_json_expected(document, object,
		    "an object with the strings \"template_id\" and \"link_id\", and \"args\"");
		return cedar_report_complaints(run);
	}
	link->template_id = template_id->as.string;
	link->new_id = link_id->as.string;
	return read_arguments(run, document, json_find(object, "args"), link);
}

bool
cedar_links_read(struct cedar_run *run, const char *path, struct cedar_links *ret_links)
{
	struct cedar_json_document document;
	struct cedar_link *items;
	struct slice text;

	*ret_links = (struct cedar_links) { NULL, 0 };
	run->complaints.count = 0;
	if (!cedar_read_file(run, path, "links", &text))
		return false;
	if (text.len == 0)
		return true;
	if (!cedar_json_read(
		&run->arena, path, text, CEDAR_MAX_JSON_DEPTH, &run->complaints, &document))
		return cedar_report_complaints(run);
	if (document.root->kind != JSON_KIND_ARRAY) {
		(void)cedar_json_expected(&document, document.root, "a list of links");
		return cedar_report_complaints(run);
	}
	items = arena_calloc(&run->arena, document.root->count, sizeof(*items));
	if (items == NULL)
		return cedar_report_text(run, "out of memory");
	for (uint32_t i = 0; i < document.root->count; i++)
		if (!read_link(run, &document, &document.root->as.elements[i], &items[i]))
			return false;
	*ret_links = (struct cedar_links) { items, document.root->count };
	return true;
}

bool
cedar_link_arguments(struct cedar_run *run, const char *text, struct cedar_link *link)
{
	struct cedar_json_document document;

	run->complaints.count = 0;
	return cedar_json_read(&run->arena, "arguments", slice_from(text), CEDAR_MAX_JSON_DEPTH,
		   &run->complaints, &document)
		   ? read_arguments(run, &document, document.root, link)
		   : cedar_report_complaints(run);
}

bool
cedar_link_add(struct cedar_run *run, const char *file, const struct cedar_link *link,
    struct cedar_builder *builder)
{
	return cedar_builder_link(builder, link->template_id, link->new_id,
		   link->texts[0].data == NULL ? NULL : &link->uids[0],
		   link->texts[1].data == NULL ? NULL : &link->uids[1], file, &run->complaints) ||
	       cedar_report_complaints(run);
}

bool
cedar_links_add(
    struct cedar_run *run, const struct cedar_links *links, struct cedar_builder *builder)
{
	for (uint32_t i = 0; i < links->count; i++)
		if (!cedar_link_add(run, run->links, &links->items[i], builder))
			return false;
	return true;
}

static void
write_link(struct buffer *out, const struct cedar_link *link)
{
	const char *separator = "";

	buffer_text(out, "{\"template_id\":");
	buffer_json_string(out, link->template_id);
	buffer_text(out, ",\"link_id\":");
	buffer_json_string(out, link->new_id);
	buffer_text(out, ",\"args\":{");
	for (size_t i = 0; i < COUNT_OF(slots); i++) {
		if (link->texts[i].data == NULL)
			continue;
		buffer_printf(out, "%s\"%s\":", separator, slots[i]);
		buffer_json_string(out, link->texts[i]);
		separator = ",";
	}
	buffer_text(out, "}}");
}

bool
cedar_links_write(struct cedar_run *run, const char *path, const struct cedar_links *links,
    const struct cedar_link *one_more)
{
	struct buffer out;

	buffer_init(&out, &run->arena, 4096, CEDAR_MAX_TEXT);
	buffer_byte(&out, '[');
	for (uint32_t i = 0; i < links->count; i++) {
		write_link(&out, &links->items[i]);
		buffer_byte(&out, ',');
	}
	write_link(&out, one_more);
	buffer_text(&out, "]\n");
	if (buffer_failed(&out))
		return cedar_report_text(run, "the links are larger than %d bytes", CEDAR_MAX_TEXT);
	return file_rewrite(path, out.data, out.len) ||
	       cedar_report_text(run, "%s could not be written: %s", path, strerror(errno));
}
