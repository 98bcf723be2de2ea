/* The ranges of one day after the other are turned into moments, from yesterday's on, until it is
 * clear when the present state ends: what touches the range before prolongs it. */
#include "rules/hours.h"

const char *const usher_weekdays[7] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

/* How it looks from a moment on, as far as the days so far tell. */
struct search {
    const struct usher_zone *zone;
    int64_t at_ms;
    struct usher_opening opening;
    bool is_clear;
};

static const struct usher_day_hours *find_holiday(const struct usher_holidays *holidays,
                                                  int64_t days)
{
    if (!holidays || holidays->count == 0)
        return NULL;
    struct usher_date date = usher_date_of_days(days);
    for (size_t i = 0; i < holidays->count; i++) {
        const struct usher_date *own = &holidays->list[i].date;
        if (own->day == date.day && own->month == date.month &&
            (own->year == date.year || own->year < 0))
            return &holidays->list[i].hours;
    }
    return NULL;
}

static void add_range(struct search *search, int64_t from_ms, int64_t until_ms)
{
    struct usher_opening *opening = &search->opening;
    if (until_ms <= from_ms || until_ms <= search->at_ms)
        return;
    if (opening->is_open && from_ms <= opening->until_ms) {
        if (until_ms > opening->until_ms)
            opening->until_ms = until_ms;
    } else if (opening->is_open) {
        search->is_clear = true;
    } else if (from_ms <= search->at_ms) {
        *opening = (struct usher_opening){true, until_ms};
    } else {
        *opening = (struct usher_opening){false, from_ms};
        search->is_clear = true;
    }
}

static int64_t moment_of(const struct search *search, int64_t days, int minutes)
{
    return usher_zone_moment(search->zone, days * USHER_DAY_MS + minutes * USHER_MINUTE_MS);
}

static void add_day(struct search *search, const struct usher_day_hours *hours, int64_t days,
                    bool ends_at_midnight)
{
    for (size_t i = 0; i < hours->count && !search->is_clear; i++) {
        int until = hours->ranges[i].until;
        if (ends_at_midnight && until > USHER_DAY_MINUTES)
            until = USHER_DAY_MINUTES;
        add_range(search, moment_of(search, days, hours->ranges[i].from),
                  moment_of(search, days, until));
    }
}

struct usher_opening usher_hours_at(const struct usher_hours *hours,
                                    const struct usher_holidays *holidays,
                                    const struct usher_zone *zone, int64_t at_ms)
{
    struct search search = {.zone = zone, .at_ms = at_ms, .opening = {false, INT64_MAX}};
    if (!hours)
        return (struct usher_opening){true, INT64_MAX};
    int64_t today = usher_floor_div(usher_zone_local_ms(zone, at_ms), USHER_DAY_MS);
    int64_t last = today + USHER_HOURS_HORIZON_DAYS;
    const struct usher_day_hours *holiday = find_holiday(holidays, today - 1);
    for (int64_t days = today - 1; days <= last && !search.is_clear; days++) {
        const struct usher_day_hours *next = find_holiday(holidays, days + 1);
        add_day(&search, holiday ? holiday : &hours->days[usher_weekday_of_days(days)], days,
                next != NULL);
        holiday = next;
    }
    if (!search.is_clear)
        search.opening.until_ms = INT64_MAX;
    return search.opening;
}

#define ALL_DAY                                                                                    \
    {                                                                                              \
        .ranges = {{0, USHER_DAY_MINUTES}}, .count = 1                                             \
    }
static const struct usher_hours always = {
    {ALL_DAY, ALL_DAY, ALL_DAY, ALL_DAY, ALL_DAY, ALL_DAY, ALL_DAY}};

struct usher_opening usher_hours_within(const struct usher_hours *hours,
                                        const struct usher_holidays *holidays,
                                        const struct usher_zone *zone, int64_t at_ms)
{
    for (int64_t i = 0, from_ms = at_ms; i < USHER_HOURS_HORIZON_DAYS; i++) {
        struct usher_opening week = usher_hours_at(hours, NULL, zone, from_ms);
        struct usher_opening dates = usher_hours_at(&always, holidays, zone, from_ms);
        bool is_open = week.is_open && dates.is_open;
        int64_t first_ms = week.until_ms < dates.until_ms ? week.until_ms : dates.until_ms;
        if (is_open && from_ms == at_ms)
            return (struct usher_opening){true, first_ms};
        if (is_open)
            return (struct usher_opening){false, from_ms};
        if (!week.is_open)
            from_ms = week.until_ms;
        if (!dates.is_open && dates.until_ms > from_ms)
            from_ms = dates.until_ms;
        if (from_ms == INT64_MAX)
            break;
    }
    return (struct usher_opening){false, INT64_MAX};
}
