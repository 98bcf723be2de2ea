/* The tool's memory: a command that runs for a moment and cannot get any says so and ends. */
#ifndef CTL_MEMORY_H
#define CTL_MEMORY_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static inline _Noreturn void memory_fail(void)
{
    fputs("usherctl: memory is out\n", stderr);
    exit(1);
}

/* As realloc, but it does not return without memory. `size` must not be 0. */
static inline void *memory_resize(void *at, size_t size)
{
    void *resized = realloc(at, size);
    if (resized == NULL)
        memory_fail();
    return resized;
}

#endif
