/* Bytes as a zone: what is none is refused with a reason; any other answers for all times, and a
 * time that clocks show leads back to itself. */
#include "base/zone.h"
#include "fuzz/fuzz.h"
#include "rules/hours.h"

static void ask(const struct usher_zone *zone, int64_t at_ms)
{
    int64_t moments_ms[2];
    int64_t local_ms = usher_zone_local_ms(zone, at_ms);
    size_t count = usher_zone_moments(zone, local_ms, moments_ms);
    for (size_t i = 0; i < count; i++)
        FUZZ_REQUIRE(usher_zone_local_ms(zone, moments_ms[i]) == local_ms, "another time");
    FUZZ_REQUIRE(count < 2 || moments_ms[0] < moments_ms[1], "in no order");
    int64_t moment_ms = usher_zone_moment(zone, local_ms);
    FUZZ_REQUIRE(count == 0 || moment_ms == moments_ms[0], "another moment");
    FUZZ_REQUIRE(moment_ms > local_ms - 3 * USHER_DAY_MS && moment_ms < local_ms + 3 * USHER_DAY_MS,
                 "far off");
}

/* Nights, with a holiday: each change leads to a later one. */
static void open_and_close(const struct usher_zone *zone, int64_t at_ms)
{
    const struct usher_day_hours night = {{{3 * 60 + 15, 3 * 60 + 45}, {20 * 60, 27 * 60}}, 2};
    const struct usher_holiday holiday = {{-1, 10, 25}, {{{0, 1}}, 0}};
    const struct usher_holidays holidays = {&holiday, 1};
    struct usher_hours hours;
    for (size_t i = 0; i < 7; i++)
        hours.days[i] = night;
    for (int i = 0; i < 8; i++) {
        struct usher_opening opening = usher_hours_at(&hours, &holidays, zone, at_ms);
        FUZZ_REQUIRE(opening.until_ms > at_ms, "a change in the past");
        if (opening.until_ms == INT64_MAX)
            return;
        at_ms = opening.until_ms;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *why = NULL;
    struct usher_zone *zone = usher_zone_read(fuzz_text(data, size), &why);
    (void)usher_zone_is_name(fuzz_text(data, size));
    if (!zone) {
        FUZZ_REQUIRE(why && why[0], "no reason");
        return 0;
    }
    for (int64_t year = 1900; year < 2300; year += 7)
        for (int month = 1; month <= 12; month++)
            ask(zone,
                usher_date_days((struct usher_date){year, month, 25}) * USHER_DAY_MS + 3723000);
    ask(zone, INT64_C(1) << 53);
    open_and_close(zone, INT64_C(1792800000000));
    usher_zone_free(zone);
    return 0;
}
