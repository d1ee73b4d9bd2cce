/*
 * The inside of the reader of schema texts: what its parts offer each other, one function a
 * production. All return false or NULL when the text is wrong, and have complained.
 *
 *     schema_text.c               whole texts: namespaces, and what follows a wrong declaration
 *     schema_text_declarations.c  entity types, actions, common types
 *     schema_text_types.c         names, lists, records, types
 */
#ifndef POSTERN_CEDAR_SCHEMA_TEXT_H
#define POSTERN_CEDAR_SCHEMA_TEXT_H

#include "cedar/parser.h"
#include "cedar/schema_decl.h"

/* Steps over a name that is reserved nowhere, if it comes next. */
bool schema_text_accept(struct parser *parser, const char *name);
/* IDENT */
bool schema_text_identifier(struct parser *parser, const char *what, struct decl_name *name);
/* IDENT | STRING */
bool schema_text_name(struct parser *parser, const char *what, struct decl_name *name);
/* Path, and `::"id"` where `ret_id` is given, which gets data NULL where none stands. */
bool schema_text_path(
    struct parser *parser, const char *what, struct decl_name *path, struct slice *ret_id);

/* Parses one more element of a list. */
typedef bool schema_text_element(struct parser *parser, struct decl_names *names);
/* element { "," element } */
bool schema_text_some(struct parser *parser, struct decl_names *names, schema_text_element *parse);
/* The same and "]", behind "[". A comma at the end is for records alone. */
bool schema_text_bracket(
    struct parser *parser, struct decl_names *names, schema_text_element *parse);
/* Path | "[" [ Path { "," Path } ] "]" */
bool schema_text_types(struct parser *parser, struct decl_names *names);

/* { "@" ANYIDENT [ "(" STRING ")" ] }, as the JSON format has them: `@key` means @key(""). */
bool schema_text_annotations(struct parser *parser, const struct annotation **ret_annotations);

/*
 * Behind an element of a record or of appliesTo: whether another one comes. False before the
 * closing brace, and where the text is wrong.
 */
bool schema_text_goes_on(struct parser *parser, bool *ret_is_wrong);
/* Rec */
const struct decl_type *schema_text_record(struct parser *parser);
/* Type */
const struct decl_type *schema_text_type(struct parser *parser);

/* Declarations, their first word stepped over; they go into the namespace. */
bool schema_text_entity(
    struct parser *parser, const struct annotation *annotations, struct decl_namespace *namespace);
bool schema_text_action(
    struct parser *parser, const struct annotation *annotations, struct decl_namespace *namespace);
bool schema_text_common(
    struct parser *parser, const struct annotation *annotations, struct decl_namespace *namespace);

#endif
