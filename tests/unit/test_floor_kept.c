/* What classes and sets know of their past when other rules come into force. */
#include <check.h>

#include "unit/floor_world.h"
#include "unit/ruled.h"
#include "unit/suite.h"

#define QUEUES                                                                                     \
    "queues:\n"                                                                                    \
    "  any: {}\n"                                                                                  \
    "  billing: {need: {billing: {min: 1}}, promise: {answer_within: 30s}}\n"                      \
    "  both: {need: {billing: {min: 5}, french: {min: 1}}}\n"                                      \
    "  language: {need: {lang.$data.lang: {min: 1, else: lang.uk}}}\n"
#define ROUTES "routes:\n  - queue: any\n"
#define RULES  "skills: [billing, french, lang.uk]\n" QUEUES ROUTES
/* The same queues at other places, by skills at other places. */
#define TURNED                                                                                     \
    "skills: [lang.uk, lang.en, french, billing]\n"                                                \
    "queues:\n"                                                                                    \
    "  language: {need: {lang.$data.lang: {min: 1, else: lang.uk}}}\n"                             \
    "  both: {need: {billing: {min: 5}, french: {min: 1}}, promise: {answer_within: 60s}}\n"       \
    "  billing: {need: {billing: {min: 1}}}\n"                                                     \
    "  any: {}\n" ROUTES
#define STRICT                                                                                     \
    "skills: [billing, french, lang.uk]\n"                                                         \
    "queues:\n"                                                                                    \
    "  any: {}\n"                                                                                  \
    "  billing: {need: {billing: {min: 2}}}\n"                                                     \
    "  both: {need: {billing: {min: 5}, french: {min: 1, weight: 2}}}\n" ROUTES

enum { CLASSES = 20, HANDLE_MS = 77000 };

static struct floor_world world;

static struct usher_class *voice(const char *queue, const char *data)
{
    return floor_class(&world, queue, "standard", USHER_CHANNEL_VOICE, data);
}

/* Five contacts of the class came and took their time, and one waited for as long as was told. */
static void give_past(struct usher_class *class)
{
    for (int i = 0; i < 5; i++)
        usher_floor_note_arrival(&world.floor, class, world.now_ms);
    class->past.handle_ms = HANDLE_MS;
    class->past.actual_ms = 3000;
    class->past.raw_ms = 2000;
}

static void reload(const char *rules)
{
    struct usher_rules *next = ruled(rules);
    struct usher_kept *kept = usher_floor_keep(&world.floor, next);
    ck_assert_ptr_nonnull(kept);
    usher_rules_free(next);
    floor_reload(&world, rules);
    usher_floor_recall(&world.floor, kept, world.now_ms);
    usher_kept_free(kept);
}

static void check_past(const struct usher_class *class)
{
    ck_assert_int_eq(class->past.today_count, 5);
    ck_assert_int_eq(class->past.handle_ms, HANDLE_MS);
    ck_assert_int_eq(class->past.actual_ms, 3000);
    ck_assert_int_eq(class->past.raw_ms, 2000);
}

START_TEST(classes_of_the_same_needs_keep_their_past)
{
    floor_open(&world, RULES, CLASSES);
    give_past(voice("billing", NULL));
    give_past(voice("both", NULL));
    give_past(voice("language", NULL));
    reload(TURNED);
    ck_assert_uint_eq(world.floor.classes_count, 3);
    check_past(voice("billing", NULL));
    check_past(voice("both", NULL));
    check_past(voice("language", NULL));
    ck_assert_uint_eq(world.floor.classes_count, 3);
    floor_close(&world);
}
END_TEST

START_TEST(shares_are_of_the_last_day_after_other_rules)
{
    floor_open(&world, RULES, CLASSES);
    give_past(voice("billing", NULL));
    reload(TURNED);
    usher_floor_take_shares(&world.floor, world.now_ms);
    ck_assert_int_eq(voice("billing", NULL)->past.share, 5);
    floor_close(&world);
}
END_TEST

START_TEST(class_of_other_needs_begins_anew)
{
    floor_open(&world, RULES, CLASSES);
    give_past(voice("billing", NULL));
    give_past(voice("both", NULL));
    give_past(voice("language", NULL)); /* its queue is gone */
    reload(STRICT);
    ck_assert_uint_eq(world.floor.classes_count, 0);
    ck_assert_int_eq(voice("billing", NULL)->past.today_count, 0);
    ck_assert_int_eq(voice("both", NULL)->past.handle_ms, USHER_HANDLE_DEFAULT_MS);
    floor_close(&world);
}
END_TEST

START_TEST(set_of_the_same_skills_keeps_its_past)
{
    floor_open(&world, RULES, CLASSES);
    give_past(voice("both", NULL));
    struct usher_pool *pool = &world.floor.pools[world.floor.pools_count - 1];
    ck_assert_int_eq(pool->kind, USHER_POOL_SET);
    uint64_t arrivals_q16 = pool->past.arrivals_q16;
    reload(TURNED);
    pool = &world.floor.pools[world.floor.pools_count - 1];
    ck_assert_int_eq(pool->kind, USHER_POOL_SET);
    ck_assert_uint_gt(arrivals_q16, 0);
    ck_assert_uint_eq(pool->past.arrivals_q16, arrivals_q16);
    floor_close(&world);
}
END_TEST

START_TEST(class_without_contacts_for_two_days_is_not_made_again)
{
    floor_open(&world, RULES, CLASSES);
    give_past(voice("billing", NULL));
    voice("any", NULL);
    reload(TURNED);
    ck_assert_uint_eq(world.floor.classes_count, 1);
    world.now_ms += 2 * USHER_DAY_MS;
    reload(RULES);
    ck_assert_uint_eq(world.floor.classes_count, 0);
    floor_close(&world);
}
END_TEST

START_TEST(classes_of_the_past_leave_half_of_the_room)
{
    floor_open(&world, RULES, 4);
    give_past(voice("billing", NULL));
    give_past(voice("both", NULL));
    give_past(voice("language", NULL));
    reload(TURNED);
    ck_assert_uint_eq(world.floor.classes_count, 2);
    floor_close(&world);
}
END_TEST

SUITE_MAIN("floor_kept", classes_of_the_same_needs_keep_their_past,
           shares_are_of_the_last_day_after_other_rules, class_of_other_needs_begins_anew,
           set_of_the_same_skills_keeps_its_past,
           class_without_contacts_for_two_days_is_not_made_again,
           classes_of_the_past_leave_half_of_the_room)
