/* The SQL function json_text(): a text as a JSON string, for the history's before-image. */
#ifndef DOCUMENTS_JSON_TEXT_H
#define DOCUMENTS_JSON_TEXT_H

#include <sqlite3.h>
#include <stdbool.h>

bool json_text_offer(sqlite3 *db);

#endif
