/* The router's clock. Invariant: now_ms never goes back, whatever the system's clocks do. */
#include "clock.h"

#include <time.h>

static int64_t clock_ms_of(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void clock_init_at(struct clock *clock, int64_t civil_ms, int64_t boot_ms)
{
    clock->now_ms = civil_ms;
    clock->ahead_ms = civil_ms - boot_ms;
}

void clock_init(struct clock *clock)
{
    clock_init_at(clock, clock_civil_ms(), clock_ms_of(CLOCK_BOOTTIME));
}

void clock_follow(struct clock *clock, int64_t at_ms)
{
    if (at_ms <= clock->now_ms)
        return;
    clock->ahead_ms += at_ms - clock->now_ms;
    clock->now_ms = at_ms;
}

int64_t clock_read_at(struct clock *clock, int64_t boot_ms)
{
    if (boot_ms + clock->ahead_ms > clock->now_ms)
        clock->now_ms = boot_ms + clock->ahead_ms;
    return clock->now_ms;
}

int64_t clock_read(struct clock *clock)
{
    return clock_read_at(clock, clock_ms_of(CLOCK_BOOTTIME));
}

int64_t clock_civil_ms(void)
{
    return clock_ms_of(CLOCK_REALTIME);
}
