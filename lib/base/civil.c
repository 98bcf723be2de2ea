/* Days are counted in eras of 400 years, which all have the same days, from a year that begins in
 * March: then the leap day is the last of its year. */
#include "base/civil.h"

#define ERA_DAYS      146097
#define DAYS_TO_EPOCH 719468 /* from 0000-03-01 to 1970-01-01 */

int64_t usher_date_days(struct usher_date date)
{
    int64_t year = date.month <= 2 ? date.year - 1 : date.year;
    int64_t era = usher_floor_div(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t month_from_march = (date.month + 9) % 12;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * ERA_DAYS + day_of_era - DAYS_TO_EPOCH;
}

struct usher_date usher_date_of_days(int64_t days)
{
    int64_t from_march = days + DAYS_TO_EPOCH;
    int64_t era = usher_floor_div(from_march, ERA_DAYS);
    int64_t day_of_era = from_march - era * ERA_DAYS;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    int month = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    int day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    return (struct usher_date){era * 400 + year_of_era + (month <= 2), month, day};
}

int usher_weekday_of_days(int64_t days)
{
    return (int)(days + 3 - usher_floor_div(days + 3, 7) * 7); /* 1970-01-01 was a Thursday */
}

bool usher_year_is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int usher_month_days(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && usher_year_is_leap(year));
}

/* `count` digits at the beginning of `text`, which are taken from it. -1 when they are not there.
 */
static int take_digits(struct usher_text *text, size_t count)
{
    int number = 0;
    if (text->length < count)
        return -1;
    for (size_t i = 0; i < count; i++) {
        char c = text->at[i];
        if (c < '0' || c > '9')
            return -1;
        number = number * 10 + (c - '0');
    }
    *text = (struct usher_text){text->at + count, text->length - count};
    return number;
}

static bool take_char(struct usher_text *text, char c)
{
    if (text->length == 0 || text->at[0] != c)
        return false;
    *text = (struct usher_text){text->at + 1, text->length - 1};
    return true;
}

bool usher_date_read(struct usher_text text, bool may_be_yearly, struct usher_date *date)
{
    bool is_yearly = may_be_yearly && text.length == 5;
    int year = is_yearly ? -1 : take_digits(&text, 4);
    if (!is_yearly && (year < 0 || !take_char(&text, '-')))
        return false;
    int month = take_digits(&text, 2);
    if (month < 1 || month > 12 || !take_char(&text, '-'))
        return false;
    int day = take_digits(&text, 2);
    if (day < 1 || text.length > 0 || day > usher_month_days(is_yearly ? 2000 : year, month))
        return false;
    *date = (struct usher_date){year, month, day};
    return true;
}

bool usher_clock_read(struct usher_text text, int *minutes)
{
    int hour = take_digits(&text, 2);
    if (hour < 0 || !take_char(&text, ':'))
        return false;
    int minute = take_digits(&text, 2);
    if (minute < 0 || minute > 59 || text.length > 0 || hour * 60 + minute > USHER_DAY_MINUTES)
        return false;
    *minutes = hour * 60 + minute;
    return true;
}
