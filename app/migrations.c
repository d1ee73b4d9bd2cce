/*
 * The steps to the present schema. A step that was released is never changed: what it made is out
 * there. The step with version N stands at index N - 1.
 *
 * History is kept by triggers, so that no path of the program can forget it. They ask
 * acting_principal() and json_text(), which store.c offers on its handles: on any other handle, and
 * while nobody acts, documents cannot be changed.
 *
 * REPLACE (of INSERT and UPDATE) removes rows without asking DELETE triggers; the triggers against
 * a second row of the same key close that way, too.
 */
#include "migrate.h"

static const char documents_sql[] =
    "CREATE TABLE schema_version ("
    "  version INTEGER PRIMARY KEY,"
    "  applied_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))"
    ") STRICT;"
    "CREATE TABLE documents ("
    "  document_id TEXT PRIMARY KEY NOT NULL CHECK (length(document_id) BETWEEN 1 AND 128),"
    "  owner_id TEXT NOT NULL CHECK (length(owner_id) BETWEEN 1 AND 255),"
    "  clinic_id TEXT NOT NULL CHECK (length(clinic_id) BETWEEN 1 AND 255),"
    "  title TEXT NOT NULL CHECK (length(title) <= 500),"
    "  summary TEXT NOT NULL CHECK (length(summary) <= 4000),"
    "  is_deleted INTEGER NOT NULL DEFAULT 0 CHECK (is_deleted IN (0, 1))"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER documents_stay BEFORE DELETE ON documents BEGIN"
    "  SELECT RAISE(ABORT, 'documents are marked as deleted, never removed');"
    "END;"
    "CREATE TRIGGER documents_are_not_replaced BEFORE INSERT ON documents"
    " WHEN EXISTS (SELECT 1 FROM documents WHERE document_id = NEW.document_id) BEGIN"
    "  SELECT RAISE(ABORT, 'there is a document of this id');"
    "END;"
    "CREATE TRIGGER documents_keep_their_id BEFORE UPDATE ON documents"
    " WHEN NEW.document_id IS NOT OLD.document_id BEGIN"
    "  SELECT RAISE(ABORT, 'a document keeps its id');"
    "END;";

static const char history_sql[] =
    "CREATE TABLE document_history ("
    "  entry_id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  document_id TEXT NOT NULL REFERENCES documents (document_id),"
    "  operation TEXT NOT NULL CHECK (operation IN ('insert', 'update', 'delete')),"
    "  acted_by TEXT NOT NULL CHECK (acted_by <> ''),"
    "  acted_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),"
    "  before_image TEXT CHECK ((before_image IS NULL) = (operation = 'insert'))"
    ") STRICT;"
    "CREATE INDEX document_history_by_document ON document_history (document_id, entry_id);"
    "CREATE TRIGGER document_history_stays BEFORE DELETE ON document_history BEGIN"
    "  SELECT RAISE(ABORT, 'history is never removed');"
    "END;"
    "CREATE TRIGGER document_history_is_not_changed BEFORE UPDATE ON document_history BEGIN"
    "  SELECT RAISE(ABORT, 'history is never changed');"
    "END;"
    "CREATE TRIGGER document_history_is_not_replaced BEFORE INSERT ON document_history"
    " WHEN EXISTS (SELECT 1 FROM document_history WHERE entry_id = NEW.entry_id) BEGIN"
    "  SELECT RAISE(ABORT, 'history is never changed');"
    "END;"
    "CREATE TRIGGER documents_insert_is_kept AFTER INSERT ON documents BEGIN"
    "  INSERT INTO document_history (document_id, operation, acted_by)"
    "  VALUES (NEW.document_id, 'insert', acting_principal());"
    "END;"
    "CREATE TRIGGER documents_update_is_kept AFTER UPDATE ON documents BEGIN"
    "  INSERT INTO document_history (document_id, operation, acted_by, before_image)"
    "  VALUES (NEW.document_id,"
    "    CASE WHEN NEW.is_deleted > OLD.is_deleted THEN 'delete' ELSE 'update' END,"
    "    acting_principal(),"
    "    '{\"document_id\":' || json_text(OLD.document_id) ||"
    "    ',\"owner_id\":' || json_text(OLD.owner_id) ||"
    "    ',\"clinic_id\":' || json_text(OLD.clinic_id) ||"
    "    ',\"title\":' || json_text(OLD.title) ||"
    "    ',\"summary\":' || json_text(OLD.summary) ||"
    "    ',\"is_deleted\":' || OLD.is_deleted || '}');"
    "END;"
    /* What was there before there was a history. */
    "INSERT INTO document_history (document_id, operation, acted_by)"
    "  SELECT document_id, 'insert', 'Service::migrate' FROM documents;";

const struct migration migrations[] = {
	{ 1, "documents", documents_sql },
	{ 2, "history of documents", history_sql },
};
const size_t migration_count = sizeof(migrations) / sizeof(migrations[0]);
