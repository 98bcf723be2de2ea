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

int64_t usher_hours_open_ms(const struct usher_hours *hours, const struct usher_holidays *holidays,
                            const struct usher_zone *zone, int64_t at_ms)
{
    struct usher_opening opening = usher_hours_at(hours, holidays, zone, at_ms);
    return opening.is_open ? at_ms : opening.until_ms;
}

static void append_two(struct usher_bytes *out, int number)
{
    usher_bytes_append_char(out, (char)('0' + number / 10));
    usher_bytes_append_char(out, (char)('0' + number % 10));
}

static void append_clock(struct usher_bytes *out, int minutes)
{
    append_two(out, minutes / 60);
    usher_bytes_append_char(out, ':');
    append_two(out, minutes % 60);
}

void usher_day_hours_write(const struct usher_day_hours *hours, struct usher_bytes *out)
{
    if (hours->count == 0)
        usher_bytes_append_text(out, USHER_TEXT("closed"));
    for (size_t i = 0; i < hours->count; i++) {
        const struct usher_time_range *range = &hours->ranges[i];
        if (i > 0)
            usher_bytes_append_char(out, ' ');
        append_clock(out, range->from);
        usher_bytes_append_char(out, '-');
        append_clock(out, range->until > USHER_DAY_MINUTES ? range->until - USHER_DAY_MINUTES
                                                           : range->until);
    }
}

bool usher_day_hours_is_equal(const struct usher_day_hours *a, const struct usher_day_hours *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (a->ranges[i].from != b->ranges[i].from || a->ranges[i].until != b->ranges[i].until)
            return false;
    return true;
}

static bool is_whole_day(const struct usher_day_hours *hours)
{
    return hours->count == 1 && hours->ranges[0].from == 0 &&
           hours->ranges[0].until == USHER_DAY_MINUTES;
}

/* The day behind the last of those from `day` on that have the same hours. */
static size_t end_of_run(const struct usher_hours *hours, size_t day)
{
    size_t end = day + 1;
    while (end < 7 && usher_day_hours_is_equal(&hours->days[end], &hours->days[day]))
        end++;
    return end;
}

void usher_hours_write(const struct usher_hours *hours, struct usher_bytes *out)
{
    bool is_first = true;
    if (!hours || (end_of_run(hours, 0) == 7 && is_whole_day(&hours->days[0]))) {
        usher_bytes_append_text(out, USHER_TEXT("always"));
        return;
    }
    for (size_t day = 0, end; day < 7; day = end) {
        end = end_of_run(hours, day);
        if (hours->days[day].count == 0)
            continue;
        if (!is_first)
            usher_bytes_append_text(out, USHER_TEXT(", "));
        is_first = false;
        usher_bytes_append_text(out, usher_text_of(usher_weekdays[day]));
        if (end > day + 1) {
            usher_bytes_append_char(out, '-');
            usher_bytes_append_text(out, usher_text_of(usher_weekdays[end - 1]));
        }
        usher_bytes_append_char(out, ' ');
        usher_day_hours_write(&hours->days[day], out);
    }
    if (is_first)
        usher_bytes_append_text(out, USHER_TEXT("closed"));
}
