/*
 * From text to value: one function per type of setting, each with its own words for what it
 * expects.
 */
#ifndef POSTERN_CONFIG_VALUE_H
#define POSTERN_CONFIG_VALUE_H

#include "config/config.h"
#include "config/table.h"

enum value_result {
	VALUE_REFUSED = 0,
	VALUE_STORED,
	VALUE_NO_MEMORY,
};

/*
 * Checks `text` (NUL-terminated, in the arena of `config` or constant) and stores it in its
 * place. A setting without effect is checked alone.
 */
enum value_result value_store(
    const struct setting *setting, struct arena *arena, struct slice text, struct config *config);

/*
 * What the setting expects, for faults and help: "whole number, 1 to 512". NULL when memory is
 * out.
 */
const char *value_expected(const struct setting *setting, struct arena *arena);

#endif
