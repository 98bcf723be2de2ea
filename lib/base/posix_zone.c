/* The text is read from left to right by functions that take what they know from its front. Offsets
 * are written the other way round there (-2 is ahead of UTC) and turned here. */
#include "base/posix_zone.h"

#include "base/civil.h"

static bool take_char(struct usher_text *text, char c)
{
    if (text->length == 0 || text->at[0] != c)
        return false;
    *text = (struct usher_text){text->at + 1, text->length - 1};
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* EET, or <+0330>. */
static bool take_name(struct usher_text *text)
{
    bool is_quoted = take_char(text, '<');
    size_t length = 0;
    while (length < text->length &&
           (is_letter(text->at[length]) ||
            (is_quoted &&
             (is_digit(text->at[length]) || text->at[length] == '+' || text->at[length] == '-'))))
        length++;
    *text = (struct usher_text){text->at + length, text->length - length};
    return length >= 3 && (!is_quoted || take_char(text, '>'));
}

/* A whole number, `max` at most. */
static bool take_number(struct usher_text *text, int max, int *number)
{
    int value = 0;
    size_t length = 0;
    while (length < text->length && length < 4 && is_digit(text->at[length]))
        value = value * 10 + (text->at[length++] - '0');
    *text = (struct usher_text){text->at + length, text->length - length};
    *number = value;
    return length > 0 && value <= max;
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(struct usher_text *text, int hours_max, int32_t *time_s)
{
    bool is_minus = take_char(text, '-');
    int parts[3] = {0, 0, 0};
    if (!is_minus)
        (void)take_char(text, '+');
    if (!take_number(text, hours_max, &parts[0]))
        return false;
    for (size_t i = 1; i < 3 && take_char(text, ':'); i++) {
        if (!take_number(text, 59, &parts[i]))
            return false;
    }
    *time_s = parts[0] * 3600 + parts[1] * 60 + parts[2];
    if (is_minus)
        *time_s = -*time_s;
    return true;
}

static bool take_offset(struct usher_text *text, int32_t *offset_s)
{
    if (!take_time(text, 25, offset_s))
        return false;
    *offset_s = -*offset_s;
    return true;
}

/* M3.5.0 behind its M. */
static bool take_weekday(struct usher_text *text, struct usher_posix_day *day)
{
    day->kind = USHER_POSIX_DAY_OF_MONTH;
    return take_number(text, 12, &day->month) && day->month >= 1 && take_char(text, '.') &&
           take_number(text, 5, &day->week) && day->week >= 1 && take_char(text, '.') &&
           take_number(text, 6, &day->day);
}

/* ,M3.5.0/3 */
static bool take_day(struct usher_text *text, struct usher_posix_day *day)
{
    bool is_taken;
    *day = (struct usher_posix_day){.time_s = 2 * 3600};
    if (!take_char(text, ','))
        return false;
    if (take_char(text, 'M')) {
        is_taken = take_weekday(text, day);
    } else if (take_char(text, 'J')) {
        day->kind = USHER_POSIX_DAY_JULIAN;
        is_taken = take_number(text, 365, &day->day) && day->day >= 1;
    } else {
        day->kind = USHER_POSIX_DAY_OF_YEAR;
        is_taken = take_number(text, 365, &day->day);
    }
    return is_taken && (!take_char(text, '/') || take_time(text, 167, &day->time_s));
}

bool usher_posix_zone_read(struct usher_text text, struct usher_posix_zone *zone)
{
    *zone = (struct usher_posix_zone){.has_summer = false};
    if (!take_name(&text) || !take_offset(&text, &zone->standard_s))
        return false;
    if (text.length == 0)
        return true;
    zone->has_summer = true;
    zone->summer_s = zone->standard_s + 3600;
    if (!take_name(&text) ||
        (text.length > 0 && text.at[0] != ',' && !take_offset(&text, &zone->summer_s)))
        return false;
    return take_day(&text, &zone->begins) && take_day(&text, &zone->ends) && text.length == 0;
}

/* Days since 1970 of Mm.w.d in `year`. */
static int64_t weekday_days(const struct usher_posix_day *day, int64_t year)
{
    int64_t first = usher_date_days((struct usher_date){year, day->month, 1});
    int wanted = (day->day + 6) % 7; /* from Sunday = 0 to Monday = 0 */
    int64_t days =
        first + (wanted - usher_weekday_of_days(first) + 7) % 7 + (int64_t)(day->week - 1) * 7;
    return days < first + usher_month_days(year, day->month) ? days : days - 7;
}

/* The local time at which clocks change in `year`. */
static int64_t change_s(const struct usher_posix_day *day, int64_t year)
{
    int64_t days = usher_date_days((struct usher_date){year, 1, 1});
    if (day->kind == USHER_POSIX_DAY_OF_MONTH)
        days = weekday_days(day, year);
    else if (day->kind == USHER_POSIX_DAY_JULIAN)
        days += day->day - 1 + (usher_year_is_leap(year) && day->day >= 60);
    else
        days += day->day;
    return days * 86400 + day->time_s;
}

int32_t usher_posix_zone_offset_s(const struct usher_posix_zone *zone, int64_t at_s)
{
    if (!zone->has_summer)
        return zone->standard_s;
    int64_t days = usher_floor_div(at_s + zone->standard_s, 86400);
    int64_t year = usher_date_of_days(days).year;
    int64_t begins_s = change_s(&zone->begins, year) - zone->standard_s;
    int64_t ends_s = change_s(&zone->ends, year) - zone->summer_s;
    bool is_summer =
        begins_s < ends_s ? at_s >= begins_s && at_s < ends_s : at_s >= begins_s || at_s < ends_s;
    return is_summer ? zone->summer_s : zone->standard_s;
}
