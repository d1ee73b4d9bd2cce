/*
 * A text as a JSON string (RFC 8259 §7). SQLite has json_quote(), but up to 3.40 (Debian 12) takes
 * its own JSON functions for unsafe, and triggers of a schema that is not trusted may not call
 * them.
 */
#include "json_text.h"

#include <stddef.h>

static void
append_escaped(sqlite3_str *json, unsigned char c)
{
	if (c == '"' || c == '\\')
		sqlite3_str_appendchar(json, 1, '\\');
	if (c < ' ')
		sqlite3_str_appendf(json, "\\u%04x", c);
	else
		sqlite3_str_appendchar(json, 1, (char)c);
}

static void
json_text(sqlite3_context *context, int argument_count, sqlite3_value **arguments)
{
	const unsigned char *text = sqlite3_value_text(arguments[0]);
	int len = sqlite3_value_bytes(arguments[0]);
	sqlite3_str *json;
	char *result;

	(void)argument_count;
	if (text == NULL) /* no memory; the history takes no NULL, so the change fails */
		return;
	json = sqlite3_str_new(sqlite3_context_db_handle(context));
	sqlite3_str_appendchar(json, 1, '"');
	for (int i = 0; i < len; i++)
		append_escaped(json, text[i]);
	sqlite3_str_appendchar(json, 1, '"');
	if (sqlite3_str_errcode(json) != SQLITE_OK) {
		sqlite3_free(sqlite3_str_finish(json));
		sqlite3_result_error_nomem(context);
		return;
	}
	len = sqlite3_str_length(json);
	result = sqlite3_str_finish(json);
	sqlite3_result_text(context, result, len, sqlite3_free);
}

bool
json_text_offer(sqlite3 *db)
{
	return sqlite3_create_function_v2(db, "json_text", 1,
		   SQLITE_UTF8 | SQLITE_INNOCUOUS | SQLITE_DETERMINISTIC, NULL, json_text, NULL,
		   NULL, NULL) == SQLITE_OK;
}
