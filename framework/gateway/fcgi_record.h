/*
 * The frame of every FastCGI record (FastCGI 1.0 §3.3), read and written in one place. The
 * numbers of the protocol are <fastcgi.h>'s, libfcgi's header.
 */
#ifndef POSTERN_GATEWAY_FCGI_RECORD_H
#define POSTERN_GATEWAY_FCGI_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fastcgi.h>

struct fcgi_record {
	uint8_t type;
	uint16_t request_id;
	size_t content_len, padding_len;
};

/* Bytes of the whole record, header included: 8 to 65 798. */
static inline size_t
fcgi_record_len(const struct fcgi_record *record)
{
	return FCGI_HEADER_LEN + record->content_len + record->padding_len;
}

/* Takes the FCGI_HEADER_LEN bytes apart; false when the version is not 1. */
static inline bool
fcgi_record_parse(const unsigned char *head, struct fcgi_record *ret_record)
{
	if (head[0] != FCGI_VERSION_1)
		return false;
	*ret_record = (struct fcgi_record) {
		.type = head[1],
		.request_id = (uint16_t)(head[2] << 8 | head[3]),
		.content_len = (size_t)(head[4] << 8 | head[5]),
		.padding_len = head[6],
	};
	return true;
}

/* Writes the FCGI_HEADER_LEN bytes of a record of at most 65 535 bytes of content. */
static inline void
fcgi_record_write(unsigned char *room, uint8_t type, uint16_t request_id, size_t content_len)
{
	room[0] = FCGI_VERSION_1;
	room[1] = type;
	room[2] = (unsigned char)(request_id >> 8);
	room[3] = (unsigned char)(request_id & 0xff);
	room[4] = (unsigned char)(content_len >> 8 & 0xff);
	room[5] = (unsigned char)(content_len & 0xff);
	room[6] = 0; /* padding */
	room[7] = 0;
}

#endif
