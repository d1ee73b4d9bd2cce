/* What the service answers; main.c's table says where. */
#ifndef DOCUMENTS_HANDLERS_H
#define DOCUMENTS_HANDLERS_H

#include <postern/service.h>

/* Fetches the document for the policies, and keeps it for the handler. */
postern_load document_load;

postern_handler document_read;
postern_handler document_read_summary;
postern_handler document_delete;

#endif
