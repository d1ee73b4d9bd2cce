/* Spellings of what the compilers offer beside C11, and the smallest of helpers. */
#ifndef POSTERN_CORE_COMPILER_H
#define POSTERN_CORE_COMPILER_H

#define MUST_USE __attribute__((warn_unused_result))
#define UNUSED __attribute__((unused))
#define PRINTF_LIKE(text_at, values_at) __attribute__((format(printf, text_at, values_at)))
/*
 * For a large variable on a hot path that is written before it is read: the compiler, which zeroes
 * all others (-ftrivial-auto-var-init), leaves it alone.
 */
#if defined(__has_attribute)
#if __has_attribute(uninitialized)
#define UNINITIALIZED __attribute__((uninitialized))
#endif
#endif
#ifndef UNINITIALIZED
#define UNINITIALIZED
#endif
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
