/* Which names leave the library. Everything that is not marked POSTERN_API is hidden. */
#ifndef POSTERN_EXPORT_H
#define POSTERN_EXPORT_H

#if defined(__GNUC__)
#define POSTERN_API __attribute__((visibility("default")))
#define POSTERN_MUST_USE __attribute__((warn_unused_result))
#else
#define POSTERN_API
#define POSTERN_MUST_USE
#endif

/* Elements of an array. */
#define POSTERN_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#ifdef __cplusplus
#define POSTERN_BEGIN extern "C" {
#define POSTERN_END }
#else
#define POSTERN_BEGIN
#define POSTERN_END
#endif

#endif
