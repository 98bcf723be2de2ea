/* Traffic models: what is read, and what is said of mistakes. */
#include <check.h>
#include <stdlib.h>

#include "simulate/traffic.h"
#include "unit/suite.h"
#include "unit/told.h"

static struct usher_traffic *traffic_of(const char *text)
{
    struct usher_problems *problems = told_new();
    struct usher_traffic *traffic = usher_traffic_read(usher_text_of(text), problems);
    ck_assert_msg(traffic != NULL, "%s", told_lines(problems));
    free(problems);
    return traffic;
}

/* What is told of a text with problems. */
static const char *told_of(const char *text)
{
    struct usher_problems *problems = told_new();
    struct usher_traffic *traffic = usher_traffic_read(usher_text_of(text), problems);
    const char *told = told_lines(problems);
    ck_assert_ptr_null(traffic);
    free(problems);
    return told;
}

START_TEST(kind_has_what_it_says_and_the_rest_from_the_usual_one)
{
    struct usher_traffic *traffic = traffic_of("starts: 9h\n"
                                               "day: 10h\n"
                                               "shape: [0.5, 1.5]\n"
                                               "usual_customer: {handle: 4m, patience: 2m}\n"
                                               "customers:\n"
                                               "  bills: {per_hour: 30, data: {topic: billing}}\n"
                                               "  sales:\n"
                                               "    per_hour: [10, 20.5]\n"
                                               "    patience: {30s: 0.9, 2m: 0.7}\n"
                                               "    handle: 6m\n"
                                               "    need: {sales: 2, lang.uk: 1}\n"
                                               "agents: {anna: {skills: {sales: 5, lang.uk: 9}}}"
                                               "\n");
    const struct usher_traffic_kind *bills = &traffic->kinds[0];
    const struct usher_traffic_kind *sales = &traffic->kinds[1];
    ck_assert_int_eq(traffic->starts_ms, 9 * 3600000);
    ck_assert_int_eq(traffic->day_ms, 10 * 3600000);
    ck_assert_uint_eq(traffic->kinds_count, 2);
    ck_assert_uint_eq(bills->per_hour_count, 2);
    ck_assert_double_eq(bills->per_hour[0], 15);
    ck_assert_double_eq(bills->per_hour[1], 45);
    ck_assert_int_eq(bills->handle_ms, 240000);
    ck_assert_int_eq(bills->patience.mean_ms, 120000);
    ck_assert(usher_text_is_equal(bills->data, USHER_TEXT("{\"topic\":\"billing\"}")));
    ck_assert_double_eq(sales->per_hour[1], 20.5);
    ck_assert_int_eq(sales->handle_ms, 360000);
    ck_assert_uint_eq(sales->patience.points_count, 2);
    ck_assert_double_eq(sales->patience.points[1].share, .7);
    ck_assert_uint_eq(sales->needs_count, 2);
    ck_assert_int_eq(sales->needs[0].number, 2);
    usher_traffic_free(traffic);
}
END_TEST

START_TEST(crew_has_a_shift_from_the_beginning_of_the_day)
{
    struct usher_traffic *traffic = traffic_of("starts: 8h\n"
                                               "customers: {all: {per_hour: 1}}\n"
                                               "usual_agent: {shift: \"08:00-16:30\", breaks: 2}\n"
                                               "agents:\n"
                                               "  day: {count: 12, skills: {billing: 8}}\n"
                                               "  night: {shift: \"14:00-02:00\", breaks: 0}\n");
    const struct usher_traffic_crew *day = &traffic->crews[0];
    const struct usher_traffic_crew *night = &traffic->crews[1];
    ck_assert_uint_eq(traffic->agents_count, 13);
    ck_assert_int_eq(day->begins_ms, 0);
    ck_assert_int_eq(day->ends_ms, 8 * 3600000 + 1800000);
    ck_assert_int_eq(day->breaks, 2);
    ck_assert(usher_text_is_equal(day->skills, USHER_TEXT("{\"billing\":8}")));
    ck_assert_int_eq(night->begins_ms, 6 * 3600000);
    ck_assert_int_eq(night->ends_ms, 18 * 3600000);
    ck_assert_int_eq(night->breaks, 0);
    usher_traffic_free(traffic);
}
END_TEST

START_TEST(crew_that_comes_before_the_doors_open_is_there_when_they_do)
{
    struct usher_traffic *traffic = traffic_of("starts: 9h\n"
                                               "day: 14h\n"
                                               "customers: {all: {per_hour: 1}}\n"
                                               "agents:\n"
                                               "  early: {shift: \"08:45-17:00\"}\n"
                                               "  night: {shift: \"22:00-09:30\"}\n"
                                               "  whole: {shift: \"00:00-24:00\"}\n");
    ck_assert_int_eq(traffic->crews[0].begins_ms, -15 * 60000);
    ck_assert_int_eq(traffic->crews[0].ends_ms, 8 * 3600000);
    ck_assert_int_eq(traffic->crews[1].begins_ms, -11 * 3600000);
    ck_assert_int_eq(traffic->crews[1].ends_ms, 1800000);
    ck_assert_int_eq(traffic->crews[2].begins_ms, -9 * 3600000);
    ck_assert_int_eq(traffic->crews[2].ends_ms, 15 * 3600000);
    usher_traffic_free(traffic);
}
END_TEST

/* The rest follows from the one mistake. */
START_TEST(what_is_empty_is_told_once)
{
    static const struct {
        const char *text;
        const char *told;
    } rows[] = {
        {"customers: {a: {per_hour: 1, need: {bills: 1}}}\nagents: {}\n",
         "f:2:1: `agents` is empty; add at least one\n"},
        {"customers: {a: {per_hour: 1, need: {bills: 1}}}\n",
         "f:1:1: `agents` is missing; add it: the agents who are there\n"},
        {"customers: {}\nagents: {x: {}}\n", "f:1:1: `customers` is empty; add at least one\n"},
        {"customers: {a: {}, b: {per_hour: 0}}\nagents: {x: {}}\n",
         "f:1:1: nobody comes; say of at least one kind of `customers` how many `per_hour`\n"},
        {"shape: [0]\nusual_customer: {per_hour: 3}\ncustomers: {a: {}}\nagents: {x: {}}\n",
         "f:3:1: nobody comes; say of at least one kind of `customers` how many `per_hour`\n"},
    };
    for (size_t i = 0; i < USHER_COUNT_OF(rows); i++)
        told_assert(told_of(rows[i].text), rows[i].told);
}
END_TEST

START_TEST(each_mistake_is_told_with_its_place_and_remedy)
{
    static const struct {
        const char *text;
        const char *told;
    } rows[] = {
        {"customers: {a: {per_hour: -1}}\nagents: {x: {}}\n",
         "1:27: `per_hour` is `-1`; it must be 0 to 1000000"},
        {"customers: {a: {per_hour: 1, patience: {2m: 0.7, 1m: 0.9}}}\nagents: {x: {}}\n",
         "1:50: the longer the wait, the fewer are still there; put the points in order, each "
         "later and lower than the one before"},
        {"customers: {a: {per_hour: 1, patience: {soon: 0.7}}}\nagents: {x: {}}\n",
         "1:41: `soon` must be a duration such as 30s or 2m, above 0"},
        {"customers: {a: {per_hour: 1}}\nagents: {x: {shift: \"8-16\"}}\n",
         "2:21: `shift` is \"8-16\"; write it as \"08:00-16:00\""},
        {"customers: {a: {per_hour: 1}}\nagents: {x: {shift: \"9:00 \xe2\x80\x93 17:30\"}}\n",
         "2:21: `shift` is \"9:00 \xe2\x80\x93 17:30\"; write it as \"09:00-17:30\""},
        {"customers: {a: {per_hour: 1}}\nagents: {x: {shift: 9am-5pm}}\n",
         "2:21: `shift` is \"9am-5pm\"; write it as \"08:00-16:30\""},
        {"customers: {a: {per_hour: 1}}\nagents: {x: {shift: \"9:00-24:30\"}}\n",
         "2:21: `shift` is \"9:00-24:30\"; write it as \"08:00-16:30\""},
        {"customers: {a: {per_hour: many}}\nagents: {x: {}}\n",
         "1:27: `per_hour` is `many`; it must be a number such as 12 or 0.15, or a list of them"},
        {"shape: [1, low]\ncustomers: {a: {per_hour: 1}}\nagents: {x: {}}\n",
         "1:12: `shape` is `low`; it must be a number such as 12 or 0.15"},
        {"customers: {a: {per_hour: [1, x]}}\nagents: {x: {}}\n",
         "1:31: `per_hour` is `x`; it must be a number such as 12 or 0.15"},
        {"customers: {a: {per_hour: 1, patience: forever}}\nagents: {x: {}}\n",
         "1:40: `patience` is `forever`; it must be a duration such as 3m, `never`, or a mapping "
         "such as {30s: 0.9, 2m: 0.7}"},
        {"starts: 09:00\ncustomers: {a: {per_hour: 1}}\nagents: {x: {}}\n",
         "1:9: `starts` is `09:00`; it must be a duration such as 9h for 09:00 or 510m for "
         "08:30: "},
        {"starts: 25h\ncustomers: {a: {per_hour: 1}}\nagents: {x: {}}\n",
         "1:9: `starts` is `25h`; it must be 0 to 1d: "},
        {"day: 8h30m\ncustomers: {a: {per_hour: 1}}\nagents: {x: {}}\n",
         "1:6: `day` is `8h30m`; it must be a duration such as 8h, or 510m for eight and a half "
         "hours: "},
        {"starts: 9h\ncustomers: {a: {per_hour: 1}}\nagents: {x: {shift: \"06:30-09:00\"}}\n",
         "3:21: the shift lies outside the day from 09:00 to 17:00; see `starts` and `day`"},
        {"starts: 20h\ncustomers: {a: {per_hour: 1}}\nagents: {x: {shift: \"05:00-18:00\"}}\n",
         "3:21: the shift lies outside the day from 20:00 to 04:00; see `starts` and `day`"},
        {"customers: {a: {per_hour: 1}}\nagents: {x: {shift: \"09:00-09:00\"}}\n",
         "2:21: the shift ends when it begins; who has no `shift` is there all day"},
        {"customers: {a: {per_hour: 1, wrap_up: 10m}}\nagents: {x: {}}\n",
         "1:39: `wrap_up` is 10m, longer than `handle` of 5m, of which it is a part"},
        {"usual_customer: {wrap_up: 10m}\ncustomers: {a: {per_hour: 1, handle: 3m}}\nagents: {x: "
         "{}}\n",
         "1:27: `wrap_up` is 10m, longer than `handle` of 3m, of which it is a part"},
        {"usual_customer: {handle: 30s}\ncustomers: {a: {per_hour: 1, wrap_up: 31s}}\nagents: "
         "{x: {}}\n",
         "2:39: `wrap_up` is 31s, longer than `handle` of 30s, of which it is a part"},
        {"day: 1h\nwarm_up: 1h\ncustomers: {a: {per_hour: 1}}\nagents: {x: {}}\n",
         "2:10: `warm_up` takes the whole day; make it shorter, or `day` longer"},
        {"customers: {a: {per_hour: 1, need: {bills: 1}}}\nagents: {x: {skills: {bill: 3}}}\n",
         "1:37: no agent has the skill `bills`; give it to some, or take it out"},
        {"customers: {a: {per_hour: 1, chanel: voice}}\nagents: {x: {}}\n", "channel"},
        {"customers: {a: {}}\nagents: {x: {shift: \"08:00-24:59\"}}\n",
         "2:21: `shift` is \"08:00-24:59\"; write it as \"08:00-16:30\""},
        {"customers: {a: {}}\nagents: {x: {count: 2}, x.1: {}}\n",
         "2:25: `x` and `x.1` both have an agent `x.1`; give one of them another name"},
        {"customers: {a: {}}\nagents: {x.2: {}, x: {count: 2}}\n",
         "2:19: `x.2` and `x` both have an agent `x.2`; give one of them another name"},
        {"agents: {x: {skills: {billing: 11}}}\ncustomers: {a: {}}\n", "1:32"},
    };
    for (size_t i = 0; i < USHER_COUNT_OF(rows); i++) {
        const char *told = told_of(rows[i].text);
        ck_assert_msg(strstr(told, rows[i].told) != NULL, "row %zu: %s", i, told);
    }
}
END_TEST

START_TEST(names_of_agents_may_look_alike)
{
    struct usher_traffic *traffic = traffic_of(
        "customers: {a: {per_hour: 1}}\n"
        "agents: {x: {count: 2}, x.3: {}, x.0: {}, x.01: {}, x.1: {count: 2}, x.: {}}\n");
    ck_assert_uint_eq(traffic->agents_count, 8);
    usher_traffic_free(traffic);
}
END_TEST

START_TEST(day_can_begin_at_midnight)
{
    struct usher_traffic *traffic = traffic_of("starts: 24h\n"
                                               "customers: {a: {per_hour: 1}}\n"
                                               "agents: {x: {shift: \"00:00-06:00\"}}\n");
    ck_assert_int_eq(traffic->starts_ms, 0);
    ck_assert_int_eq(traffic->crews[0].begins_ms, 0);
    usher_traffic_free(traffic);
}
END_TEST

START_TEST(shift_can_end_at_midnight)
{
    struct usher_traffic *traffic = traffic_of("starts: 8h\n"
                                               "customers: {a: {per_hour: 1}}\n"
                                               "agents: {x: {shift: \"09:00-24:00\"}}\n");
    ck_assert_int_eq(traffic->crews[0].ends_ms, 16 * 3600000);
    usher_traffic_free(traffic);
}
END_TEST

SUITE_MAIN("traffic", kind_has_what_it_says_and_the_rest_from_the_usual_one,
           crew_has_a_shift_from_the_beginning_of_the_day,
           crew_that_comes_before_the_doors_open_is_there_when_they_do, what_is_empty_is_told_once,
           each_mistake_is_told_with_its_place_and_remedy, names_of_agents_may_look_alike,
           day_can_begin_at_midnight, shift_can_end_at_midnight)
