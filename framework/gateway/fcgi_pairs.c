#include "gateway/fcgi_pairs.h"

#include <string.h>

#include "gateway/fcgi_record.h"

/*
 * The content of all PARAMS records as one run; one record is the common case, and stays where it
 * is. The record that ends the stream lies behind it, so that there is a byte for the last NUL.
 */
static struct slice
join(unsigned char *head, size_t len)
{
	unsigned char *start = NULL;
	struct fcgi_record record;
	size_t at, joined = 0;

	for (at = 0; at < len && fcgi_record_parse(head + at, &record);
	     at += fcgi_record_len(&record)) {
		if (record.type != FCGI_PARAMS)
			continue;
		if (start == NULL)
			start = head + at + FCGI_HEADER_LEN;
		else
			memmove(start + joined, head + at + FCGI_HEADER_LEN, record.content_len);
		joined += record.content_len;
	}
	return slice_make((const char *)start, joined);
}

/* As many as were counted, for all were found legal. */
static void
cut(struct slice run, struct fcgi_params *params)
{
	struct param *pair = params->pairs;

	for (size_t i = 0; i < params->count && fcgi_pair_cut(&run, &pair->name, &pair->value); i++)
		pair++;
	params->count = (size_t)(pair - params->pairs);
}

void
fcgi_pairs_take(unsigned char *head, size_t len, struct fcgi_params *params)
{
	if (params->is_split)
		cut(join(head, len), params);
	for (size_t i = 0; i < params->count; i++) {
		const struct slice value = params->pairs[i].value;

		head[value.data + value.len - (const char *)head] = '\0';
	}
}
