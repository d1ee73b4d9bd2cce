/* Names, commas and entities in JSON. */
#include "cedar/json_write.h"

void
cedar_json_write_comma(struct buffer *out, bool is_first)
{
	(void)buffer_text(out, is_first ? "" : ",");
}

void
cedar_json_write_name(struct buffer *out, struct slice name)
{
	(void)buffer_json_string(out, name);
	(void)buffer_byte(out, ':');
}

void
cedar_json_write_key(struct buffer *out, const char *name)
{
	(void)buffer_byte(out, '"');
	(void)buffer_text(out, name);
	(void)buffer_text(out, "\":");
}

void
cedar_json_write_uid(struct buffer *out, const struct cedar_uid *uid)
{
	(void)buffer_text(out, "{\"type\":");
	(void)buffer_json_string(out, uid->type);
	(void)buffer_text(out, ",\"id\":");
	(void)buffer_json_string(out, uid->id);
	(void)buffer_byte(out, '}');
}

void
cedar_json_write_entity(struct buffer *out, const struct cedar_uid *uid)
{
	(void)buffer_text(out, "{\"__entity\":");
	cedar_json_write_uid(out, uid);
	(void)buffer_byte(out, '}');
}
