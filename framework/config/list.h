/* Lists: what is between the separators, each item checked and in its one spelling. */
#ifndef POSTERN_CONFIG_LIST_H
#define POSTERN_CONFIG_LIST_H

#include "config/config.h"
#include "config/value.h"

/* Address ranges ("10.0.0.0/8", "::1"), set apart by spaces or commas. */
enum value_result list_networks(
    struct arena *arena, struct slice text, struct config_list *ret_list);
/*
 * Host names and addresses without port, lower case and without brackets, set apart by spaces or
 * commas.
 */
enum value_result list_hosts(struct arena *arena, struct slice text, struct config_list *ret_list);
/* Origins as browsers send them (RFC 6454 §6.2), set apart by spaces. */
enum value_result list_origins(
    struct arena *arena, struct slice text, struct config_list *ret_list);
/* Texts of any kind, set apart by commas; blanks around them are dropped, and none may be empty. */
enum value_result list_texts(struct arena *arena, struct slice text, struct config_list *ret_list);
/* Names of signature algorithms, set apart by spaces or commas. */
enum value_result list_algorithms(
    struct arena *arena, struct slice text, struct config_list *ret_list);
/*
 * Absolute paths, each NUL-terminated, set apart by colons. "/" is none: who may read or write all
 * need not say where.
 */
enum value_result list_paths(struct arena *arena, struct slice text, struct config_list *ret_list);

#endif
