/* When customers are told of their wait anew: each at his time, and of a long line some at a time.
 */
#include <string.h>

#include "engine/promise.h"
#include "unit/engine_world.h"
#include "unit/suite.h"

#define RULES "queues: {q: {announce: 30s}}\nroutes: [{queue: q}]\n"

static struct engine_world w;

static void open_line(size_t count)
{
    struct usher_limits limits = ENGINE_LIMITS;
    limits.contacts = count;
    engine_open_with(&w, &limits);
    ck_assert(world_use_rules(&w.world, USHER_TEXT(RULES)));
    for (size_t i = 1; i <= count; i++)
        pbx(&w, "contact.arrive contact=%zu channel=voice", i);
}

/* How many are told something at any time until then. */
static size_t count_told(int64_t ms)
{
    static const char name[] = "\"contact.promised\"";
    size_t count = 0;
    world_pass_to(&w.world, w.world.now_ms + ms);
    struct usher_text lines = world_take(&w.world);
    for (const char *at = lines.at; lines.length > 0 && (at = strstr(at, name)); at++)
        count++;
    return count;
}

START_TEST(long_line_is_told_some_at_a_time)
{
    open_line(250);
    ck_assert_str_eq(pbx(&w, "contact.abandon contact=1"), "contact.abandoned 1");
    ck_assert_uint_eq(count_told(29999), 0);
    ck_assert_uint_eq(count_told(1), 200);
    ck_assert_uint_eq(count_told(49), 0);
    ck_assert_uint_eq(count_told(1), 49);
    ck_assert_str_eq(pbx(&w, "contact.abandon contact=2"), "contact.abandoned 2");
    ck_assert_uint_eq(count_told(29949), 0);
    ck_assert_uint_eq(count_told(1), 199);
    ck_assert_uint_eq(count_told(50), 49);
    engine_close(&w);
}
END_TEST

START_TEST(each_is_told_anew_at_his_time)
{
    open_line(2);
    after(&w, 20000);
    ck_assert_str_eq(pbx(&w, "contact.abandon contact=1"), "contact.abandoned 1");
    ck_assert_str_eq(pbx(&w, "contact.arrive contact=3 channel=voice"),
                     "contact.arrived 3, contact.promised 3");
    ck_assert_str_eq(after(&w, 10000), "contact.promised 2");
    ck_assert_str_eq(pbx(&w, "contact.abandon contact=2"), "contact.abandoned 2");
    ck_assert_str_eq(after(&w, 19999), "");
    ck_assert_str_eq(after(&w, 1), "contact.promised 3");
    engine_close(&w);
}
END_TEST

/* Nobody is told anything, then each caller once: as when a PBX has said who waits on its lines. */
START_TEST(those_who_are_told_once_are_all_told_in_the_end)
{
    struct usher_limits limits = ENGINE_LIMITS;
    limits.contacts = 250;
    engine_open_with(&w, &limits);
    ck_assert(world_use_rules(&w.world, USHER_TEXT("queues: {q: {}}\nroutes: [{queue: q}]\n")));
    for (size_t i = 1; i <= 250; i++)
        pbx(&w, "contact.arrive contact=%zu channel=voice", i);
    (void)world_take(&w.world);
    ck_assert(world_use_rules(&w.world,
                              USHER_TEXT("queues: {q: {announce: 0s}}\nroutes: [{queue: q}]\n")));
    usher_promise_tell_all(w.world.engine, w.world.now_ms);
    ck_assert_uint_eq(usher_engine_outbox(w.world.engine)->count, 200);
    ck_assert_uint_eq(count_told(50), 250); /* those before, too */
    ck_assert_uint_eq(count_told(100000), 0);
    engine_close(&w);
}
END_TEST

SUITE_MAIN("promise", long_line_is_told_some_at_a_time, each_is_told_anew_at_his_time,
           those_who_are_told_once_are_all_told_in_the_end)
