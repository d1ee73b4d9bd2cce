/* A store -> the list of its entities in JSON, in the order in which they came. */
#include "cedar/entities_json.h"
#include "cedar/entity_store.h"
#include "cedar/json_write.h"
#include "cedar/value.h"

static bool
write_parents(
    struct buffer *out, const struct cedar_entities *entities, const struct entity *entity)
{
	buffer_byte(out, '[');
	for (uint32_t i = 0; i < entity->parent_count; i++) {
		cedar_json_write_comma(out, i == 0);
		cedar_json_write_uid(out, entities_at(entities, entity->parents[i])->uid);
	}
	return buffer_byte(out, ']');
}

static bool
write_entity(struct buffer *out, const struct cedar_entities *entities, const struct entity *entity)
{
	buffer_byte(out, '{');
	cedar_json_write_key(out, "uid");
	cedar_json_write_uid(out, entity->uid);
	buffer_byte(out, ',');
	cedar_json_write_key(out, "attrs");
	if (!value_json_write_members(out, entity->attributes))
		return false;
	buffer_byte(out, ',');
	cedar_json_write_key(out, "parents");
	write_parents(out, entities, entity);
	if (entity->tags->count > 0) {
		buffer_byte(out, ',');
		cedar_json_write_key(out, "tags");
		if (!value_json_write_members(out, entity->tags))
			return false;
	}
	return buffer_byte(out, '}');
}

bool
entities_json_write(struct buffer *out, const struct cedar_entities *entities)
{
	bool is_first = true;

	buffer_byte(out, '[');
	for (uint32_t i = 0; i < entities_count(entities); i++) {
		const struct entity *entity = entities_at(entities, i);

		if (!entity->is_present)
			continue;
		if (!is_first)
			buffer_text(out, ",\n ");
		is_first = false;
		if (!write_entity(out, entities, entity))
			return false;
	}
	return buffer_text(out, "]\n");
}
