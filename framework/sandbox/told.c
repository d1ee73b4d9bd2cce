/* Names and numbers of the program's own: nothing that a client sent is in a call's number. */
#include "sandbox/told.h"

#include <unistd.h>

#include "sandbox/filter.h"

static void
put_route(struct log_line *line, const struct sandbox_entry *entry)
{
	const uint32_t route = entry->route != NULL ? atomic_load(entry->route) : 0;

	if (route > 0 && entry->route_path != NULL)
		log_template(line, FIELD_ROUTE, slice_from(entry->route_path(route - 1)));
}

void
told_log(struct log *log, enum log_event event, const struct sandbox_entry *entry, int call_number,
    uint32_t count)
{
	UNINITIALIZED struct log_line line;

	if (log == NULL || !log_begin(&line, log, event))
		return;
	log_word(&line, FIELD_ROLE, sandbox_role_name(entry->role));
	log_number(&line, FIELD_PID, getpid());
	log_word(&line, FIELD_SYSTEM_CALL, filter_call_name(call_number));
	log_number(&line, FIELD_SYSTEM_CALL_NUMBER, call_number);
	if (count > 0)
		log_number(&line, FIELD_COUNT, count);
	put_route(&line, entry);
	log_end(&line);
}
