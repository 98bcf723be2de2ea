/* Simulated days: whoever comes is served or leaves, the same customers meet every contender, and a
 * study can be repeated. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "simulate/day.h"
#include "simulate/study.h"
#include "unit/suite.h"
#include "unit/told.h"

static const char rules[] = "skills: [billing, sales]\n"
                            "tiers: {gold: {}}\n"
                            "queues:\n"
                            "  billing: {need: {billing: {min: 3}}, wrap_up: 1m, announce: 0}\n"
                            "  sales: {need: {sales: {min: 3}}, ring: 10s}\n"
                            "routes:\n"
                            "  - {when: {data.kind: bills}, queue: billing}\n"
                            "  - {when: {data.kind: gold}, queue: billing, tier: gold}\n"
                            "  - queue: sales\n";

static const char traffic[] =
    "day: 4h\n"
    "usual_customer: {handle: 4m, handle_worst: 130%, handle_best: 80%, wrap_up: 20s, patience: "
    "2m, resolved_worst: 45%, resolved_best: 95%, again_unresolved: 70%, again_abandoned: 30%}\n"
    "customers:\n"
    "  bills: {per_hour: 60, data: {kind: bills}}\n"
    "  gold: {per_hour: 10, data: {kind: gold}}\n"
    "  sales: {per_hour: 40, data: {kind: sales}}\n"
    "  chats: {per_hour: 10, channel: chat, data: {kind: sales}}\n"
    "usual_agent: {answers_after: 2s, answers_within: 5s, misses: 4%, declines: 4%}\n"
    "agents:\n"
    "  both: {count: 5, skills: {billing: 8, sales: 4}, breaks: 2, break_length: 5m}\n"
    "  late: {count: 3, skills: {sales: 9, billing: 3}, shift: \"09:00-11:30\"}\n";

static const enum usher_way_to_choose ways[] = {USHER_CHOOSE_BY_BID, USHER_CHOOSE_FIFO,
                                                USHER_CHOOSE_GREEDY, USHER_CHOOSE_PENALTIES};

static struct usher_traffic *read_traffic(const char *text)
{
    struct usher_problems *problems = told_new();
    struct usher_traffic *read = usher_traffic_read(usher_text_of(text), problems);
    ck_assert_msg(read != NULL, "%s", told_lines(problems));
    free(problems);
    return read;
}

static struct usher_daybook *live_by(const char *rules_text, const struct usher_traffic *model,
                                     enum usher_way_to_choose way, uint64_t day)
{
    struct usher_problems *problems = told_new();
    struct usher_day_counts counts = {0};
    struct usher_daybook *book =
        usher_day_live(model, way, usher_text_of(rules_text), 1, day, problems, &counts);
    ck_assert_msg(book != NULL, "%s", told_lines(problems));
    ck_assert_int_gt(counts.events_count, 0);
    free(problems);
    return book;
}

static struct usher_daybook *live(const struct usher_traffic *model, enum usher_way_to_choose way,
                                  uint64_t day)
{
    return live_by(rules, model, way, day);
}

START_TEST(whoever_comes_is_served_or_leaves)
{
    struct usher_traffic *model = read_traffic(traffic);
    for (size_t i = 0; i < USHER_COUNT_OF(ways); i++) {
        struct usher_daybook *book = live(model, ways[i], 3);
        int64_t arrived = 0;
        int64_t ended = 0;
        for (size_t k = 0; k < usher_daybook_classes_count(book); k++) {
            const struct usher_daybook_class *class = usher_daybook_class(book, k);
            arrived += class->arrived_count;
            ended += class->answered_count + class->abandoned_count;
        }
        ck_assert_int_gt(arrived, 300);
        ck_assert_int_eq(arrived, ended);
        ck_assert_int_eq(usher_daybook_open_count(book), 0);
        for (size_t half = 0; half < USHER_DAYBOOK_HALVES; half++)
            ended -= usher_daybook_half(book, half)->ended_count;
        ck_assert_int_eq(ended, 0);
        usher_daybook_free(book);
    }
    usher_traffic_free(model);
}
END_TEST

/* Those who come by themselves, not those who come again, which depends on how they were served. */
START_TEST(every_contender_meets_the_same_customers)
{
    static const char once[] = "day: 4h\n"
                               "customers: {bills: {per_hour: 60, data: {kind: bills}}}\n"
                               "agents: {both: {count: 5, skills: {billing: 8}}}\n";
    struct usher_traffic *model = read_traffic(once);
    double arrived = 0;
    for (size_t i = 0; i < USHER_COUNT_OF(ways); i++) {
        struct usher_daybook *book = live(model, ways[i], 3);
        struct usher_day_figures figures = usher_daybook_read(book);
        if (i == 0)
            arrived = figures.arrived;
        ck_assert_double_eq(figures.arrived, arrived);
        usher_daybook_free(book);
    }
    ck_assert_double_gt(arrived, 100);
    usher_traffic_free(model);
}
END_TEST

START_TEST(study_can_be_repeated_and_pairs_its_days)
{
    struct usher_traffic *model = read_traffic(traffic);
    struct usher_entry entries[] = {
        {USHER_TEXT("rules"), USHER_CHOOSE_BY_BID, usher_text_of(rules)},
        {USHER_TEXT("fifo"), USHER_CHOOSE_FIFO, usher_text_of(rules)}};
    struct usher_study *studies[2];
    for (size_t i = 0; i < 2; i++) {
        studies[i] = usher_study_new(model, entries, 2, 7);
        ck_assert_ptr_nonnull(studies[i]);
    }
    for (size_t day = 0; day < 3; day++)
        for (size_t entry = 0; entry < 2; entry++)
            for (size_t i = 0; i < 2; i++) /* in another order */
                ck_assert(usher_study_try(studies[i], i == 0 ? entry : 1 - entry));
    for (size_t column = 0; column < USHER_DAY_COLUMNS_COUNT; column++) {
        const struct usher_entry_result *fifo = usher_study_result(studies[0], 1);
        const struct usher_entry_result *usher = usher_study_result(studies[0], 0);
        const struct usher_entry_result *again = usher_study_result(studies[1], 1);
        bool is_told = strstr(usher_day_columns[column].key, "told") != NULL; /* by usherd alone */
        ck_assert_uint_eq(usher->figures[column].count, 3);
        ck_assert_uint_eq(fifo->figures[column].count, is_told ? 0 : 3);
        ck_assert_uint_eq(fifo->differences[column].count, is_told ? 0 : 3);
        double difference = fifo->figures[column].mean - usher->figures[column].mean;
        ck_assert_double_eq_tol(fifo->differences[column].mean, is_told ? 0 : difference, 1e-6);
        ck_assert_double_eq(usher->differences[column].mean, 0);
        ck_assert_double_eq(again->figures[column].mean, fifo->figures[column].mean);
        ck_assert_double_eq(again->differences[column].mean, fifo->differences[column].mean);
    }
    for (size_t i = 0; i < 2; i++)
        usher_study_free(studies[i]);
    usher_traffic_free(model);
}
END_TEST

/* A rare tier, on whose days without anybody its service level says nothing. */
START_TEST(day_without_a_figure_is_left_out_of_the_mean)
{
    static const char rare[] = "day: 4h\n"
                               "customers:\n"
                               "  bills: {per_hour: 20, data: {kind: bills}}\n"
                               "  gold: {per_hour: 0.1, data: {kind: gold}}\n"
                               "agents: {crew: {count: 20, skills: {billing: 8}}}\n";
    struct usher_traffic *model = read_traffic(rare);
    struct usher_entry entries[] = {
        {USHER_TEXT("rules"), USHER_CHOOSE_BY_BID, usher_text_of(rules)},
        {USHER_TEXT("fifo"), USHER_CHOOSE_FIFO, usher_text_of(rules)}};
    struct usher_study *study = usher_study_new(model, entries, 2, 1);
    size_t column = usher_day_column_find("first_level");
    size_t known_count = 0;
    ck_assert_ptr_nonnull(study);
    for (size_t day = 0; day < 10; day++) {
        ck_assert(usher_study_try(study, 0));
        ck_assert(usher_study_try(study, 1));
        known_count += isnan(usher_study_day(study, 0, day)->first_level) ? 0 : 1;
    }
    ck_assert_uint_gt(known_count, 0);
    ck_assert_uint_lt(known_count, 10);
    const struct usher_entry_result *fifo = usher_study_result(study, 1);
    ck_assert_uint_eq(fifo->figures[column].count, known_count);
    ck_assert_double_eq(fifo->figures[column].mean, 1);
    ck_assert_uint_eq(fifo->differences[column].count, known_count);
    ck_assert_double_eq(fifo->differences[column].mean, 0);
    usher_study_free(study);
    usher_traffic_free(model);
}
END_TEST

/* Who is there and what agents do is seen in the figures of one agent and one customer. */
START_TEST(agents_keep_their_shifts_and_breaks)
{
    static const char alone[] =
        "day: 4h\n"
        "customers: {bills: {per_hour: 6, law: constant, handle: 1m, patience: never, data: {kind: "
        "bills}}}\n"
        "agents: {anna: {skills: {billing: 8}, shift: \"08:00-11:00\", breaks: 2, break_length: "
        "15m}}\n";
    struct usher_traffic *model = read_traffic(alone);
    struct usher_daybook *book = live(model, USHER_CHOOSE_FIFO, 0);
    struct usher_day_figures figures = usher_daybook_read(book);
    ck_assert_uint_eq(usher_daybook_agents_count(book), 1);
    struct usher_daybook_agent agent = usher_daybook_agent(book, 0);
    ck_assert_int_ge(agent.there_ms, 150 * 60000);
    ck_assert_int_le(agent.there_ms, 152 * 60000); /* the last one is finished */
    ck_assert_double_gt(figures.occupancy, 0);
    ck_assert_int_gt(usher_daybook_open_count(book), 0); /* who comes when nobody is there waits */
    usher_daybook_free(book);
    usher_traffic_free(model);
}
END_TEST

/* The morning is the end of the night before. A shift has its breaks where it is, not where the day
 * is: of the eight hours, each with one, two are past at midnight. */
START_TEST(night_crew_is_there_in_the_morning_and_again_in_the_evening)
{
    static const char nights[] =
        "starts: 0h\n"
        "day: 1d\n"
        "customers: {bills: {per_hour: 6, law: constant, handle: 1m, patience: never, data: {kind: "
        "bills}}}\n"
        "agents: {anna: {skills: {billing: 8}, shift: \"22:00-06:00\", breaks: 8, break_length: "
        "15m}}\n";
    struct usher_traffic *model = read_traffic(nights);
    struct usher_daybook *book = live(model, USHER_CHOOSE_FIFO, 0);
    struct usher_daybook_agent agent = usher_daybook_agent(book, 0);
    ck_assert_int_ge(agent.there_ms, (8 * 60 - 8 * 15) * 60000);
    ck_assert_int_le(agent.there_ms, (8 * 60 - 8 * 15 + 2) * 60000);
    ck_assert_int_eq(usher_daybook_open_count(book), 0);
    usher_daybook_free(book);
    usher_traffic_free(model);
}
END_TEST

/* Before it opens, who comes is called back: nobody is left of those who only passed by. */
START_TEST(center_that_opens_with_the_day_serves_it)
{
    static const char hours[] = "queues:\n"
                                "  calls:\n"
                                "    hours: \"08:00-20:00\"\n"
                                "    closed: {then: callback}\n"
                                "    wrap_up: {time: 10m, disposition: required}\n"
                                "dispositions: [solved, open]\n"
                                "routes: [{queue: calls}]\n";
    static const char calls[] = "day: 4h\n"
                                "customers: {calls: {per_hour: 30, handle: 2m, wrap_up: 10s}}\n"
                                "agents: {crew: {count: 6}}\n";
    struct usher_traffic *model = read_traffic(calls);
    struct usher_daybook *book = live_by(hours, model, USHER_CHOOSE_BY_BID, 0);
    struct usher_day_figures figures = usher_daybook_read(book);
    ck_assert_double_gt(figures.arrived, 80);
    ck_assert_double_gt(figures.service_level, .98);
    ck_assert_double_lt(figures.occupancy, .3); /* a wrap-up ends when its work is done */
    ck_assert_int_eq(usher_daybook_open_count(book), 0);
    usher_daybook_free(book);
    usher_traffic_free(model);
}
END_TEST

/* Rules that give no time to wrap up do not take work away. */
START_TEST(work_is_the_same_however_long_the_rules_let_wrap_up)
{
    static const char *const texts[] = {
        "queues: {calls: {}}\nroutes: [{queue: calls}]\n",
        "queues: {calls: {wrap_up: 1m}}\nroutes: [{queue: calls}]\n",
        "queues: {calls: {wrap_up: 9m}}\nroutes: [{queue: calls}]\n"};
    static const char calls[] = "day: 8h\n"
                                "customers: {calls: {per_hour: 12, handle: 10m, wrap_up: 5m, law: "
                                "constant, patience: never}}\n"
                                "agents: {crew: {count: 20}}\n";
    struct usher_traffic *model = read_traffic(calls);
    double occupancy[3];
    for (size_t i = 0; i < 3; i++) {
        struct usher_daybook *book = live_by(texts[i], model, USHER_CHOOSE_BY_BID, 0);
        occupancy[i] = usher_daybook_read(book).occupancy;
        usher_daybook_free(book);
    }
    ck_assert_double_gt(occupancy[0], .05);
    ck_assert_double_eq_tol(occupancy[1], occupancy[0], 1e-6);
    ck_assert_double_eq_tol(occupancy[2], occupancy[0], 1e-6);
    usher_traffic_free(model);
}
END_TEST

/* Nobody is there any more, and who waits never leaves: only the announcements go on. */
START_TEST(day_ends_though_somebody_waits_for_ever)
{
    static const char announced[] = "queues: {calls: {announce: 5s}}\n"
                                    "routes: [{queue: calls}]\n";
    static const char calls[] = "day: 2h\n"
                                "customers: {calls: {per_hour: 20, patience: never}}\n"
                                "agents: {anna: {shift: \"08:00-09:00\"}}\n";
    struct usher_traffic *model = read_traffic(calls);
    struct usher_daybook *book = live_by(announced, model, USHER_CHOOSE_BY_BID, 0);
    ck_assert_int_gt(usher_daybook_open_count(book), 5);
    usher_daybook_free(book);
    usher_traffic_free(model);
}
END_TEST

/* A break that begins while the agent is away after a missed offer ends all the same. */
START_TEST(agent_comes_back_from_a_break_in_any_state)
{
    static const char calls[] =
        "day: 8h\n"
        "customers: {calls: {per_hour: 30, handle: 1m, patience: never, data: {kind: bills}}}\n"
        "agents: {crew: {count: 2, skills: {billing: 8}, misses: 50%, returns_after: 10m, breaks: "
        "15, break_length: 1m}}\n";
    struct usher_traffic *model = read_traffic(calls);
    for (size_t i = 0; i < USHER_COUNT_OF(ways); i++) {
        struct usher_daybook *book = live(model, ways[i], 1);
        ck_assert_int_eq(usher_daybook_open_count(book), 0);
        usher_daybook_free(book);
    }
    usher_traffic_free(model);
}
END_TEST

/* Half an erlang of talk for one line, whatever comes after it: Erlang B has it busy for a third.
 */
START_TEST(line_is_free_again_when_the_wrap_up_begins)
{
    static const char wrapped[] = "queues: {calls: {wrap_up: 20m}}\n"
                                  "routes: [{queue: calls}]\n";
    static const char calls[] =
        "day: 200h\n"
        "trunks: 1\n"
        "customers: {calls: {per_hour: 60, handle: 10m, wrap_up: 570s, law: constant}}\n"
        "agents: {crew: {count: 30}}\n";
    static const enum usher_way_to_choose both[] = {USHER_CHOOSE_BY_BID, USHER_CHOOSE_FIFO};
    struct usher_traffic *model = read_traffic(calls);
    for (size_t i = 0; i < USHER_COUNT_OF(both); i++) {
        struct usher_daybook *book = live_by(wrapped, model, both[i], 0);
        struct usher_day_figures figures = usher_daybook_read(book);
        ck_assert_double_eq_tol(figures.refused / (figures.refused + figures.arrived), 1. / 3, .02);
        ck_assert_int_eq(usher_daybook_open_count(book), 0);
        usher_daybook_free(book);
    }
    usher_traffic_free(model);
}
END_TEST

SUITE_MAIN("study", whoever_comes_is_served_or_leaves, every_contender_meets_the_same_customers,
           study_can_be_repeated_and_pairs_its_days, day_without_a_figure_is_left_out_of_the_mean,
           agents_keep_their_shifts_and_breaks,
           night_crew_is_there_in_the_morning_and_again_in_the_evening,
           center_that_opens_with_the_day_serves_it,
           work_is_the_same_however_long_the_rules_let_wrap_up,
           day_ends_though_somebody_waits_for_ever, agent_comes_back_from_a_break_in_any_state,
           line_is_free_again_when_the_wrap_up_begins)
