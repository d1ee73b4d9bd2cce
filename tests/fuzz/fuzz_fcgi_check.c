/*
 * The check of FastCGI bytes: what it says fits what it was given, and a refusal of the first
 * bytes of something is a refusal of all of it.
 */
#include <stdint.h>
#include <stdlib.h>

#include "gateway/fcgi_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
expect(bool holds)
{
	if (!holds)
		abort();
}

/* Whether more bytes cannot change the verdict. */
static bool
is_final(enum fcgi_check verdict)
{
	return verdict != FCGI_CHECK_MORE && verdict != FCGI_CHECK_REQUEST;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fcgi_check_result result, of_part;

	fcgi_check(data, size, &result);
	expect(result.consumed <= size && result.head_len <= size);
	expect(result.reply.len <= FCGI_REPLY_SIZE);
	expect(result.content_length >= -1 && result.content_length <= INT64_C(9999999999));
	switch (result.verdict) {
	case FCGI_CHECK_MORE:
		expect(size < FCGI_CHECK_WINDOW);
		expect(result.reply.len == 0 && result.consumed == 0);
		break;
	case FCGI_CHECK_REFUSE:
		expect(result.reply.len == 0 && result.consumed == 0);
		break;
	case FCGI_CHECK_REQUEST:
		expect(result.request_id != 0 && result.head_len >= 24 && result.consumed == 0);
		break;
	case FCGI_CHECK_MANAGEMENT:
	case FCGI_CHECK_ABORTED:
		expect(result.consumed >= 8 && result.reply.len >= 8);
		break;
	case FCGI_CHECK_BAD_ROLE:
	case FCGI_CHECK_MULTIPLEX:
	case FCGI_CHECK_TOO_LARGE:
	case FCGI_CHECK_BAD_PARAM:
		expect(result.reply.len >= 16 && result.consumed == 0);
		break;
	}
	if (size > 0) {
		fcgi_check(data, data[size - 1] * size / 256, &of_part);
		if (is_final(of_part.verdict))
			expect(of_part.verdict == result.verdict &&
			       of_part.consumed == result.consumed);
	}
	return 0;
}
