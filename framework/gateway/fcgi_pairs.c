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

size_t
fcgi_pairs_take(unsigned char *head, size_t len, struct param ret_params[FCGI_PARAMS_MAX_COUNT])
{
	struct slice rest = join(head, len), name, value;
	unsigned char *behind =
	    NULL; /* the last value: the next pair's lengths, until they are read */
	size_t count = 0;

	while (count < FCGI_PARAMS_MAX_COUNT && fcgi_pair_cut(&rest, &name, &value)) {
		ret_params[count++] = (struct param) { name, value };
		if (behind != NULL)
			*behind = '\0';
		behind = head + (value.data + value.len - (const char *)head);
	}
	if (behind != NULL)
		*behind = '\0';
	return count;
}
