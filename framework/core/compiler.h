/* Spellings of what the compilers offer beside C11, and the smallest of helpers. */
#ifndef POSTERN_CORE_COMPILER_H
#define POSTERN_CORE_COMPILER_H

#define MUST_USE __attribute__((warn_unused_result))
#define UNUSED __attribute__((unused))
#define PRINTF_LIKE(text_at, values_at) __attribute__((format(printf, text_at, values_at)))
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
