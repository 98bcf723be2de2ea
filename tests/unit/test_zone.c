/* Time zones: what clocks show, compared with the C library over centuries, both changes of Kyiv,
 * and bytes that are no zone. */
#include <check.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "unit/random.h"
#include "unit/suite.h"
#include "unit/zone_file.h"

static char room[USHER_ZONE_BYTES_MAX];

static void compare_with_libc(const char *name)
{
    struct usher_zone *zone = zone_file_read(name);
    uint64_t state = 7;
    setenv("TZ", name, 1);
    tzset();
    for (int i = 0; i < 20000; i++) {
        /* 1900 to 2180, and the hours around the changes of the next years */
        time_t at = (time_t)(random_next(&state) % 8836000000u) - 2208900000;
        struct tm local;
        localtime_r(&at, &local);
        ck_assert_msg(usher_zone_offset_s(zone, (int64_t)at * 1000) == local.tm_gmtoff,
                      "%s at %lld: %lld, and not %lld", name, (long long)at,
                      (long long)usher_zone_offset_s(zone, (int64_t)at * 1000),
                      (long long)local.tm_gmtoff);
    }
    usher_zone_free(zone);
}

START_TEST(zones_agree_with_the_c_library)
{
    static const char *const names[] = {
        "Europe/Kyiv",
        "Europe/Dublin",
        "America/New_York",
        "America/Santiago",
        "Asia/Tehran",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Africa/Casablanca",
        "America/Nuuk",
        "Asia/Gaza",
        "Antarctica/Troll",
        "Pacific/Chatham",
        "America/Sao_Paulo",
        "UTC",
        "EST5EDT",
    };
    for (size_t i = 0; i < USHER_COUNT_OF(names); i++)
        compare_with_libc(names[i]);
}
END_TEST

START_TEST(kyiv_skips_an_hour_in_spring)
{
    struct usher_zone *zone = zone_file_read("Europe/Kyiv");
    int64_t at_ms[2];
    ck_assert_uint_eq(usher_zone_moments(zone, zone_file_local("2026-03-29 02:59"), at_ms), 1);
    ck_assert_int_eq(at_ms[0], zone_file_local("2026-03-29 00:59"));
    ck_assert_uint_eq(usher_zone_moments(zone, zone_file_local("2026-03-29 03:00"), at_ms), 0);
    ck_assert_uint_eq(usher_zone_moments(zone, zone_file_local("2026-03-29 03:59"), at_ms), 0);
    ck_assert_int_eq(usher_zone_moment(zone, zone_file_local("2026-03-29 03:30")),
                     zone_file_local("2026-03-29 01:00"));
    ck_assert_uint_eq(usher_zone_moments(zone, zone_file_local("2026-03-29 04:00"), at_ms), 1);
    ck_assert_int_eq(at_ms[0], zone_file_local("2026-03-29 01:00"));
    usher_zone_free(zone);
}
END_TEST

START_TEST(kyiv_has_an_hour_twice_in_autumn)
{
    struct usher_zone *zone = zone_file_read("Europe/Kyiv");
    int64_t at_ms[2];
    ck_assert_uint_eq(usher_zone_moments(zone, zone_file_local("2026-10-25 02:59"), at_ms), 1);
    ck_assert_uint_eq(usher_zone_moments(zone, zone_file_local("2026-10-25 03:30"), at_ms), 2);
    ck_assert_int_eq(at_ms[0], zone_file_local("2026-10-25 00:30"));
    ck_assert_int_eq(at_ms[1], zone_file_local("2026-10-25 01:30"));
    ck_assert_int_eq(usher_zone_moment(zone, zone_file_local("2026-10-25 03:30")), at_ms[0]);
    ck_assert_uint_eq(usher_zone_moments(zone, zone_file_local("2026-10-25 04:00"), at_ms), 1);
    ck_assert_int_eq(at_ms[0], zone_file_local("2026-10-25 02:00"));
    usher_zone_free(zone);
}
END_TEST

START_TEST(samoa_skips_a_whole_day)
{
    struct usher_zone *zone = zone_file_read("Pacific/Apia");
    ck_assert_int_eq(usher_zone_moment(zone, zone_file_local("2011-12-30 12:00")),
                     zone_file_local("2011-12-30 10:00"));
    usher_zone_free(zone);
}
END_TEST

START_TEST(the_footer_holds_beyond_the_table)
{
    struct usher_zone *zone = zone_file_read("Europe/Kyiv");
    ck_assert_int_eq(usher_zone_offset_s(zone, zone_file_local("2126-07-01 12:00")), 10800);
    ck_assert_int_eq(usher_zone_offset_s(zone, zone_file_local("2126-12-01 12:00")), 7200);
    usher_zone_free(zone);
}
END_TEST

START_TEST(a_file_of_version_1_ends_with_its_last_change)
{
    static char old[USHER_ZONE_BYTES_MAX];
    const char *why = "";
    struct usher_text bytes = zone_file_bytes("Europe/Kyiv", old);
    old[4] = '\0';
    struct usher_zone *zone = usher_zone_read(bytes, &why);
    ck_assert_msg(zone != NULL, "%s", why);
    ck_assert_int_eq(usher_zone_offset_s(zone, zone_file_local("2026-07-01 12:00")), 10800);
    ck_assert_int_eq(usher_zone_offset_s(zone, zone_file_local("2126-07-01 12:00")), 7200);
    usher_zone_free(zone);
}
END_TEST

START_TEST(no_zone_is_utc)
{
    int64_t at_ms[2];
    ck_assert_int_eq(usher_zone_offset_s(NULL, 1), 0);
    ck_assert_int_eq(usher_zone_moment(NULL, 12345), 12345);
    ck_assert_uint_eq(usher_zone_moments(NULL, 12345, at_ms), 1);
}
END_TEST

START_TEST(bytes_that_are_cut_off_are_refused_or_end_whole)
{
    struct usher_text bytes = zone_file_bytes("Europe/Kyiv", room);
    const char *why;
    for (size_t length = 0; length < bytes.length; length++) {
        char *exact = malloc(length + 1); /* so that the sanitizer sees the end */
        ck_assert_ptr_nonnull(exact);
        memcpy(exact, room, length);
        why = NULL;
        ck_assert_msg(!usher_zone_read((struct usher_text){exact, length}, &why), "%zu", length);
        ck_assert_ptr_nonnull(why);
        free(exact);
    }
}
END_TEST

START_TEST(damaged_bytes_are_refused_or_give_a_zone_that_answers)
{
    static char damaged[USHER_ZONE_BYTES_MAX];
    uint64_t state = 3;
    struct usher_text bytes = zone_file_bytes("Europe/Kyiv", room);
    const char *why;
    for (int i = 0; i < 20000; i++) {
        memcpy(damaged, room, bytes.length);
        for (uint64_t count = random_next(&state) % 4; count < 4; count++)
            damaged[random_next(&state) % bytes.length] = (char)random_next(&state);
        struct usher_zone *zone = usher_zone_read((struct usher_text){damaged, bytes.length}, &why);
        int64_t local_ms = (int64_t)(random_next(&state) % 8000000000000u);
        if (zone)
            (void)usher_zone_moment(zone, local_ms);
        usher_zone_free(zone);
    }
}
END_TEST

START_TEST(leap_seconds_are_refused)
{
    const char *why = NULL;
    if (access("/usr/share/zoneinfo/right/Europe/Kyiv", R_OK) != 0)
        return;
    ck_assert(!usher_zone_read(zone_file_bytes("right/Europe/Kyiv", room), &why));
    ck_assert_str_eq(why, "it counts leap seconds; take the zone that does not");
}
END_TEST

START_TEST(a_name_leads_nowhere_else)
{
    static const char *const good[] = {"Europe/Kyiv", "UTC", "Etc/GMT+3", "EST5EDT",
                                       "America/Argentina/Buenos_Aires"};
    static const char *const bad[] = {"",        "/etc/passwd", "../passwd",     "Europe//Kyiv",
                                      "Europe/", "a/../b",      "Europe/Kyiv\n", "a b",
                                      "."};
    for (size_t i = 0; i < USHER_COUNT_OF(good); i++)
        ck_assert_msg(usher_zone_is_name(usher_text_of(good[i])), "%s", good[i]);
    for (size_t i = 0; i < USHER_COUNT_OF(bad); i++)
        ck_assert_msg(!usher_zone_is_name(usher_text_of(bad[i])), "%s", bad[i]);
}
END_TEST

SUITE_MAIN("zone", zones_agree_with_the_c_library, kyiv_skips_an_hour_in_spring,
           kyiv_has_an_hour_twice_in_autumn, samoa_skips_a_whole_day,
           the_footer_holds_beyond_the_table, a_file_of_version_1_ends_with_its_last_change,
           no_zone_is_utc, bytes_that_are_cut_off_are_refused_or_end_whole,
           damaged_bytes_are_refused_or_give_a_zone_that_answers, leap_seconds_are_refused,
           a_name_leads_nowhere_else)
