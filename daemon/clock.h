/* The router's clock: milliseconds since 1970 that never go back. It starts at the civil time, or
 * at the last event's time if that is later, and is carried on by CLOCK_BOOTTIME, so that setting
 * the machine's clock expires nothing and a suspended machine wakes late. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

struct clock {
    int64_t now_ms;   /* as of the last clock_read */
    int64_t ahead_ms; /* of CLOCK_BOOTTIME */
};

/* Sets it from the system's clocks. */
void clock_init(struct clock *clock);
/* Never before `at_ms`: the time of an event that was applied. */
void clock_follow(struct clock *clock, int64_t at_ms);
/* Once a turn of the loop; returns now_ms. */
int64_t clock_read(struct clock *clock);

/* The same with the readings given, for tests. */
void clock_init_at(struct clock *clock, int64_t civil_ms, int64_t boot_ms);
int64_t clock_read_at(struct clock *clock, int64_t boot_ms);

/* The machine's own time in milliseconds since 1970. It may go back: for other machines' times and
 * for people, never for waits. */
int64_t clock_civil_ms(void);

#endif
