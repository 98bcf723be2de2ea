/* Where contacts go that do not stay: what a file may say of it, and who is not let in. */
#include "unit/ruled.h"
#include "unit/suite.h"

#define TAIL "routes: [{queue: a}]\n"

START_TEST(ways_lead_to_queues_and_ends)
{
    struct usher_rules *rules = ruled(
        "notices: [night, sorry]\n"
        "queues:\n"
        "  a: {hours: \"08:00-20:00\", closed: {notice: night, then: b},\n"
        "      overflow: {after: 5m, to: b, notice: sorry}, limit: {waiting: 3, then: farewell}}\n"
        "  b: {closed: {then: wait}, overflow: {after: 1h, to: callback}}\n"
        "  c: {}\n" TAIL);
    const struct usher_queue *a = &rules->queues[0], *b = &rules->queues[1];
    ck_assert(a->hours && a->keeps_holidays);
    ck_assert(a->closed.kind == USHER_WAY_QUEUE && a->closed.queue == 1 && a->closed.notice == 0);
    ck_assert(a->overflow.kind == USHER_WAY_QUEUE && a->overflow.queue == 1 &&
              a->overflow.notice == 1);
    ck_assert_int_eq(a->overflow_after_ms, 300000);
    ck_assert(a->full.kind == USHER_WAY_FAREWELL && a->waiting_max == 3);
    ck_assert(b->closed.kind == USHER_WAY_WAIT && b->overflow.kind == USHER_WAY_CALLBACK);
    ck_assert(rules->queues[2].closed.kind == USHER_WAY_FAREWELL && !rules->queues[2].hours);
    ck_assert_int_eq(rules->queues[2].overflow_after_ms, -1);
    usher_rules_free(rules);
}
END_TEST

START_TEST(a_queue_takes_over_ways_but_not_to_itself)
{
    struct usher_rules *rules =
        ruled("queues:\n"
              "  a: {hours: {mon: \"08:00-20:00\"}, overflow: {after: 5m, to: b}}\n"
              "  b: {like: a}\n"
              "  c: {like: a, hours: always, holidays: false}\n" TAIL);
    ck_assert(rules->queues[1].overflow.kind == USHER_WAY_NONE);
    ck_assert_int_eq(rules->queues[1].overflow_after_ms, -1);
    ck_assert_uint_eq(rules->queues[1].hours->days[0].count, 1);
    ck_assert(rules->queues[2].overflow.kind == USHER_WAY_QUEUE);
    ck_assert(!rules->queues[2].keeps_holidays);
    usher_rules_free(rules);
}
END_TEST

START_TEST(wrong_ways_are_told)
{
    static const struct {
        const char *queues;
        const char *told;
    } cases[] = {
        {"{a: {overflow: {after: 5m, to: generel}}, general: {}}",
         "1:40: queue `generel` is not declared; did you mean `general`?"},
        {"{a: {overflow: {after: 5m, to: a}}}", "1:40: this leads to the queue itself"},
        {"{b: {}, a: {like: b, overflow: {after: 5m, to: a}}}",
         "1:56: this leads to the queue itself"},
        {"{a: {closed: {then: waiting}}}", "or write farewell, callback or wait"},
        {"{a: {overflow: {after: 5m, to: wait}}}", "1:40: `wait` is for `closed` alone"},
        {"{a: {overflow: {to: farewell}}}", "1:24: `after`"},
        {"{a: {overflow: {after: 1m, to: b}}, b: {overflow: {after: 1m, to: a}}}",
         "`overflow` leads in a circle: from `a` over `b` back to `a`"},
        {"{a: {closed: {then: b}}, b: {closed: {then: c}}, c: {closed: {then: a}}}",
         "`closed` leads in a circle: from `a` over `b` back to `a`"},
        {"{a: {closed: {notice: night}}}", "notice `night` is not declared"},
        {"{a: {holidays: maybe}}", "`holidays`"},
        {"{a: {limit: {then: farewell}}}", "1:21: without `waiting` there is no limit"},
        {"{a: {}, farewell: {closed: {then: farewell}}}",
         "1:43: `farewell` is also the name of a queue; give that another name"},
    };
    for (size_t i = 0; i < USHER_COUNT_OF(cases); i++) {
        char text[512];
        snprintf(text, sizeof(text), "queues: %s\n" TAIL, cases[i].queues);
        const char *told = ruled_out(text);
        ck_assert_msg(strstr(told, cases[i].told) != NULL, "%s\n%s", text, told);
    }
}
END_TEST

START_TEST(the_blocked_are_found_by_number_and_key)
{
    struct usher_rules *rules = ruled("blocked: [\"+380441234567\", \"+7800*\", K-17]\n"
                                      "queues: {a: {}}\n" TAIL);
    ck_assert(usher_rules_is_blocked(rules, USHER_TEXT("+380441234567"), USHER_NO_TEXT));
    ck_assert(!usher_rules_is_blocked(rules, USHER_TEXT("+3804412345678"), USHER_NO_TEXT));
    ck_assert(!usher_rules_is_blocked(rules, USHER_TEXT("+38044123456"), USHER_NO_TEXT));
    ck_assert(usher_rules_is_blocked(rules, USHER_TEXT("+78005553535"), USHER_NO_TEXT));
    ck_assert(usher_rules_is_blocked(rules, USHER_TEXT("+1"), USHER_TEXT("K-17")));
    ck_assert(!usher_rules_is_blocked(rules, USHER_NO_TEXT, USHER_NO_TEXT));
    usher_rules_free(rules);
    const char *told = ruled_out("blocked: [\"*\"]\nqueues: {a: {}}\n" TAIL);
    ck_assert_msg(strstr(told, "1:11: `*` would block everybody") != NULL, "%s", told);
}
END_TEST

SUITE_MAIN("way", ways_lead_to_queues_and_ends, a_queue_takes_over_ways_but_not_to_itself,
           wrong_ways_are_told, the_blocked_are_found_by_number_and_key)
