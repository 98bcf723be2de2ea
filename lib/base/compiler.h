/* Words for the compiler that C11 lacks. */
#ifndef USHER_BASE_COMPILER_H
#define USHER_BASE_COMPILER_H

#include <stddef.h>

/* The caller must look at the result: ignoring it is a warning, and in CI an error. */
#define USHER_MUST_USE __attribute__((warn_unused_result))

/* The struct of `type` whose `member` is at `pointer`. */
#define usher_container_of(pointer, type, member)                                                  \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

#define USHER_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
