/* The line of a class, its cursor, lateness, and the match of levels to a need. */
#include <check.h>
#include <string.h>

#include "routing/class.h"
#include "unit/random.h"
#include "unit/suite.h"

enum { PROMISE_MS = 20000, CONTACTS = 40 };

static void class_init(struct usher_class *class)
{
    memset(class, 0, sizeof(*class));
    class->promise_ms = PROMISE_MS;
    class->second_promise_ms = 2 * PROMISE_MS;
    class->head_start_ms = 3000;
    usher_list_init(&class->line);
    class->cursor = &class->line;
}

static void contact_init(struct usher_contact *contact, uint64_t serial, int64_t place_ms)
{
    memset(contact, 0, sizeof(*contact));
    contact->serial = serial;
    contact->place_ms = place_ms;
    usher_list_init(&contact->in_line);
}

START_TEST(line_is_in_the_order_of_places_and_then_of_arrival)
{
    struct usher_class class;
    struct usher_contact contacts[4];
    static const int64_t places[] = {500, 100, 500, 300};
    static const uint64_t order[] = {2, 4, 1, 3};
    class_init(&class);
    for (size_t i = 0; i < 4; i++) {
        contact_init(&contacts[i], i + 1, places[i]);
        usher_class_join(&class, &contacts[i]);
    }
    const struct usher_contact *contact = usher_class_first(&class);
    for (size_t i = 0; i < 4; i++, contact = usher_class_next(&class, contact))
        ck_assert_uint_eq(contact->serial, order[i]);
    ck_assert_ptr_null(contact);
    ck_assert_uint_eq(class.line_count, 4);
}
END_TEST

START_TEST(contact_that_comes_back_has_the_place_it_had)
{
    struct usher_class class;
    struct usher_contact contacts[3];
    class_init(&class);
    for (size_t i = 0; i < 3; i++) {
        contact_init(&contacts[i], i + 1, 100); /* at the same moment: the serial decides */
        usher_class_join(&class, &contacts[i]);
    }
    usher_class_leave(&class, &contacts[1]);
    ck_assert_uint_eq(class.line_count, 2);
    ck_assert_ptr_eq(usher_class_next(&class, &contacts[0]), &contacts[2]);
    usher_class_join(&class, &contacts[1]);
    ck_assert_ptr_eq(usher_class_next(&class, &contacts[0]), &contacts[1]);
    ck_assert_ptr_eq(usher_class_next(&class, &contacts[1]), &contacts[2]);
}
END_TEST

START_TEST(leaving_without_standing_in_line_changes_nothing)
{
    struct usher_class class;
    struct usher_contact contact;
    class_init(&class);
    contact_init(&contact, 1, 100);
    usher_class_leave(&class, &contact);
    ck_assert_uint_eq(class.line_count, 0);
    ck_assert_ptr_null(usher_class_first(&class));
}
END_TEST

START_TEST(contact_is_late_only_after_the_whole_promise)
{
    struct usher_class class;
    struct usher_contact contact;
    class_init(&class);
    contact_init(&contact, 1, 1000);
    ck_assert(!usher_class_is_late(&class, &contact, 1000 + PROMISE_MS));
    ck_assert(usher_class_is_late(&class, &contact, 1001 + PROMISE_MS));
}
END_TEST

START_TEST(lateness_counts_from_the_promise_and_then_from_the_second)
{
    struct usher_class class;
    struct usher_contact contact;
    class_init(&class);
    contact_init(&contact, 1, 1000);
    ck_assert_int_eq(usher_class_lateness_ms(&class, &contact, 1000), -20000 + 3000);
    ck_assert_int_eq(usher_class_lateness_ms(&class, &contact, 21000), 3000);
    /* Late: one promise length of precedence is lost, once. */
    ck_assert_int_eq(usher_class_lateness_ms(&class, &contact, 21001), 1 - 20000 + 3000);
    ck_assert_int_eq(usher_class_lateness_ms(&class, &contact, 41000), 3000);
    ck_assert_int_eq(usher_class_lateness_ms(&class, &contact, 141000), 100000 + 3000);
}
END_TEST

START_TEST(first_on_time_stands_behind_those_who_became_late)
{
    struct usher_class class;
    struct usher_contact contacts[3];
    class_init(&class);
    ck_assert_ptr_null(usher_class_first_on_time(&class, 0));
    for (size_t i = 0; i < 3; i++) {
        contact_init(&contacts[i], i + 1, 10000 * (int64_t)i);
        usher_class_join(&class, &contacts[i]);
    }
    ck_assert_ptr_eq(usher_class_first_on_time(&class, PROMISE_MS), &contacts[0]);
    ck_assert_ptr_eq(usher_class_first_on_time(&class, PROMISE_MS + 1), &contacts[1]);
    ck_assert_ptr_eq(usher_class_first_on_time(&class, PROMISE_MS + 20000), &contacts[2]);
    ck_assert_ptr_null(usher_class_first_on_time(&class, PROMISE_MS + 20001));
    ck_assert_ptr_eq(usher_class_first(&class), &contacts[0]);
}
END_TEST

/* The first of the line that is on time, by looking at all. */
static struct usher_contact *plain_first_on_time(const struct usher_class *class, int64_t now_ms)
{
    for (struct usher_contact *contact = usher_class_first(class); contact;
         contact = usher_class_next(class, contact))
        if (!usher_class_is_late(class, contact, now_ms))
            return contact;
    return NULL;
}

START_TEST(cursor_finds_what_looking_at_all_finds)
{
    uint64_t state = 1;
    struct usher_class class;
    static struct usher_contact contacts[CONTACTS];
    class_init(&class);
    for (size_t i = 0; i < CONTACTS; i++)
        contact_init(&contacts[i], i + 1, 0);
    int64_t now_ms = 0;
    for (int step = 0; step < 20000; step++) {
        struct usher_contact *contact = &contacts[random_below(&state, CONTACTS)];
        now_ms += (int64_t)random_below(&state, 1500);
        if (!usher_list_is_empty(&contact->in_line)) {
            usher_class_leave(&class, contact);
        } else {
            if (random_below(&state, 3) != 0) /* else it comes back to its place */
                contact->place_ms = now_ms - (int64_t)random_below(&state, 2) * 30000;
            usher_class_join(&class, contact);
        }
        if (random_below(&state, 4) != 0)
            ck_assert_ptr_eq(usher_class_first_on_time(&class, now_ms),
                             plain_first_on_time(&class, now_ms));
    }
}
END_TEST

START_TEST(match_is_the_weighted_mean_of_levels_rounded_half_up)
{
    static const uint8_t levels[] = {8, 5, 0, 10};
    struct usher_class_key key = {.needs_count = 1, .needs = {{0, 1, 1, {0}}}};
    ck_assert_uint_eq(usher_class_match(&key, levels), 800);
    key = (struct usher_class_key){.needs_count = 2, .needs = {{0, 1, 1, {0}}, {1, 1, 1, {0}}}};
    ck_assert_uint_eq(usher_class_match(&key, levels), 650);
    key = (struct usher_class_key){.needs_count = 2, .needs = {{0, 1, 2, {0}}, {1, 1, 1, {0}}}};
    ck_assert_uint_eq(usher_class_match(&key, levels), 700);
    key = (struct usher_class_key){.needs_count = 2, .needs = {{0, 1, 1, {0}}, {1, 1, 2, {0}}}};
    ck_assert_uint_eq(usher_class_match(&key, levels), 600);
    /* 23 of 30: 766.67; 25 of 40 is whole; 8 * 7 + 5 = 61 of 80: 762.5 */
    key = (struct usher_class_key){.needs_count = 3,
                                   .needs = {{0, 1, 1, {0}}, {1, 1, 1, {0}}, {3, 1, 1, {0}}}};
    ck_assert_uint_eq(usher_class_match(&key, levels), 767);
    key = (struct usher_class_key){.needs_count = 2, .needs = {{0, 1, 7, {0}}, {1, 1, 1, {0}}}};
    ck_assert_uint_eq(usher_class_match(&key, levels), 763);
}
END_TEST

START_TEST(match_is_none_without_the_minimum_and_whole_without_a_need)
{
    static const uint8_t levels[] = {8, 5, 0};
    struct usher_class_key key = {.needs_count = 1, .needs = {{0, 8, 1, {0}}}};
    ck_assert_uint_eq(usher_class_match(&key, levels), 800);
    key.needs[0].min = 9;
    ck_assert_uint_eq(usher_class_match(&key, levels), USHER_MATCH_NONE);
    key = (struct usher_class_key){.needs_count = 2, .needs = {{0, 1, 1, {0}}, {2, 1, 1, {0}}}};
    ck_assert_uint_eq(usher_class_match(&key, levels), USHER_MATCH_NONE);
    key = (struct usher_class_key){.needs_count = 1, .needs = {{2, 0, 1, {0}}}};
    ck_assert_uint_eq(usher_class_match(&key, levels), USHER_MATCH_NONE);
    key = (struct usher_class_key){0};
    ck_assert_uint_eq(usher_class_match(&key, levels), 1000);
}
END_TEST

SUITE_MAIN("class", line_is_in_the_order_of_places_and_then_of_arrival,
           contact_that_comes_back_has_the_place_it_had,
           leaving_without_standing_in_line_changes_nothing,
           contact_is_late_only_after_the_whole_promise,
           lateness_counts_from_the_promise_and_then_from_the_second,
           first_on_time_stands_behind_those_who_became_late,
           cursor_finds_what_looking_at_all_finds,
           match_is_the_weighted_mean_of_levels_rounded_half_up,
           match_is_none_without_the_minimum_and_whole_without_a_need)
