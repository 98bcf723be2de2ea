/* The state of a center as a snapshot and the events after it leave it. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "ctl/top/feed.h"
#include "ctl/top/live.h"
#include "unit/suite.h"
#include "wire/codec.h"

/* Takes events, as lines. */
static void apply(struct live *live, struct feed *feed, const char *line)
{
    static struct usher_scratch scratch;
    struct usher_event event;
    struct usher_answer answer;
    ck_assert_msg(usher_event_decode(usher_text_of(line), &scratch, &event, &answer), "%s", line);
    if (feed)
        feed_tell(feed, live, &event);
    live_apply(live, &event);
}

static void begin(struct live *live)
{
    live_init(live);
    apply(
        live, NULL,
        "{\"at\":1000,\"n\":\"1-1\",\"ev\":\"state.agent\",\"agent\":\"olena\",\"name\":\"Olena\","
        "\"skills\":{\"billing\":8,\"lang.uk\":10},\"state\":\"ready\",\"since_ms\":500,"
        "\"queues\":[\"billing\"]}");
    apply(
        live, NULL,
        "{\"at\":1000,\"n\":\"1-1\",\"ev\":\"state.agent\",\"agent\":\"taras\",\"state\":"
        "\"not_ready\",\"reason\":\"lunch\",\"since_ms\":600,\"queues\":[\"billing\",\"sales\"]}");
    apply(live, NULL,
          "{\"at\":1000,\"n\":\"1-1\",\"ev\":\"state.contact\",\"contact\":\"pbx/1\",\"queue\":"
          "\"billing\",\"tier\":\"standard\",\"channel\":\"voice\",\"state\":\"waiting\","
          "\"place_ms\":900,\"since_ms\":900,\"due_ms\":2000}");
    apply(live, NULL,
          "{\"at\":1000,\"n\":\"1-1\",\"ev\":\"state.queue\",\"queue\":\"billing\",\"waiting\":1,"
          "\"signed_in\":2,\"free\":1,\"promise_ms\":1100,\"target\":80}");
    apply(live, NULL,
          "{\"at\":1000,\"n\":\"1-1\",\"ev\":\"state.queue\",\"queue\":\"sales\",\"waiting\":0,"
          "\"signed_in\":1,\"free\":0,\"promise_ms\":15000,\"target\":90}");
}

static void offer(struct live *live, struct feed *feed)
{
    apply(live, feed,
          "{\"at\":1500,\"n\":\"1-2\",\"ev\":\"contact.offered\",\"contact\":\"pbx/1\",\"agent\":"
          "\"olena\",\"offer\":\"1-2\",\"queue\":\"billing\",\"channel\":\"voice\",\"accept\":"
          "\"phone\",\"until_ms\":9000,\"ring_ms\":7500,\"waited_ms\":17600,\"match\":840,\"lend\":"
          "590,\"idle_ms\":12000,\"from\":\"+380501112233\",\"reason\":\"best_contact\"}");
}

START_TEST(snapshot_gives_the_counts_that_the_router_tells)
{
    struct live live;
    begin(&live);
    live_count(&live, 1000);
    const struct live_queue *billing = live_find_queue(&live, USHER_TEXT("billing"));
    const struct live_queue *sales = live_find_queue(&live, USHER_TEXT("sales"));
    ck_assert_uint_eq(billing->waiting, 1);
    ck_assert_uint_eq(billing->signed_in, 2);
    ck_assert_uint_eq(billing->free, 1);
    ck_assert_int_eq(billing->since_ms, 900);
    ck_assert_int_eq(billing->due_ms, 2000);
    ck_assert_int_eq(billing->target, 80);
    ck_assert_uint_eq(sales->signed_in, 1);
    ck_assert_uint_eq(sales->free, 0);
    ck_assert_str_eq(live_find_agent(&live, USHER_TEXT("olena"))->skills, "billing 8, lang.uk 10");
    ck_assert_str_eq(live_find_agent(&live, USHER_TEXT("taras"))->name, "taras");
    ck_assert(!live.is_outdated);
    live_fini(&live);
}
END_TEST

START_TEST(promise_that_ran_out_makes_a_queue_late)
{
    struct live live;
    begin(&live);
    live_count(&live, 2000);
    ck_assert_uint_eq(live.counts.late, 0);
    live_count(&live, 2001);
    ck_assert_uint_eq(live.counts.late, 1);
    ck_assert_uint_eq(live_find_queue(&live, USHER_TEXT("billing"))->late, 1);
    live_fini(&live);
}
END_TEST

START_TEST(contact_goes_through_its_life)
{
    struct live live;
    begin(&live);
    const struct live_agent *olena = live_find_agent(&live, USHER_TEXT("olena"));
    offer(&live, NULL);
    live_count(&live, 1500);
    ck_assert_uint_eq(live.counts.waiting, 0);
    ck_assert_uint_eq(live.counts.ringing, 1);
    ck_assert(!live_agent_is_free(olena));
    apply(&live, NULL,
          "{\"at\":1600,\"n\":\"1-3\",\"ev\":\"offer.declined\",\"contact\":\"pbx/1\",\"agent\":"
          "\"olena\",\"offer\":\"1-2\",\"until_ms\":61600}");
    live_count(&live, 1600);
    ck_assert_uint_eq(live.counts.waiting, 1);
    ck_assert(live_agent_is_free(olena));
    ck_assert_int_eq(live.counts.since_ms, 900); /* its place */
    apply(&live, NULL,
          "{\"at\":1700,\"n\":\"1-4\",\"ev\":\"contact.answered\",\"contact\":\"pbx/1\",\"agent\":"
          "\"olena\",\"offer\":\"1-2\"}");
    live_count(&live, 1700);
    ck_assert_uint_eq(live.counts.talking, 1);
    ck_assert_ptr_eq(live_contact_of(olena)->queue, live_find_queue(&live, USHER_TEXT("billing")));
    apply(&live, NULL,
          "{\"at\":1800,\"n\":\"1-5\",\"ev\":\"contact.wrapping\",\"contact\":\"pbx/1\",\"agent\":"
          "\"olena\",\"until_ms\":9000}");
    ck_assert(!live_agent_is_free(olena));
    apply(&live, NULL,
          "{\"at\":1900,\"n\":\"1-6\",\"ev\":\"contact.done\",\"contact\":\"pbx/1\",\"agent\":"
          "\"olena\",\"reason\":\"served\"}");
    ck_assert(live_agent_is_free(olena));
    ck_assert_int_eq(olena->freed_ms, 1900);
    ck_assert_ptr_null(live_find_contact(&live, USHER_TEXT("pbx/1")));
    live_fini(&live);
}
END_TEST

START_TEST(phone_that_is_busy_is_no_free_agent)
{
    struct live live;
    begin(&live);
    const struct live_agent *olena = live_find_agent(&live, USHER_TEXT("olena"));
    apply(&live, NULL,
          "{\"at\":1100,\"n\":\"1-2\",\"ev\":\"agent.phone\",\"agent\":\"olena\",\"state\":"
          "\"busy\"}");
    ck_assert(!live_agent_is_free(olena));
    ck_assert_str_eq(olena->reason, "phone_busy");
    apply(&live, NULL,
          "{\"at\":1200,\"n\":\"1-3\",\"ev\":\"agent.phone\",\"agent\":\"olena\",\"state\":"
          "\"idle\"}");
    ck_assert(live_agent_is_free(olena));
    live_fini(&live);
}
END_TEST

static void tell_olena(struct live *live, const char *what)
{
    char line[240];
    snprintf(line, sizeof(line), "{\"at\":1100,\"n\":\"1-2\",\"agent\":\"olena\",%s}", what);
    apply(live, NULL, line);
}

START_TEST(phone_is_no_freer_when_its_agent_is_ready_again)
{
    struct live live;
    begin(&live);
    const struct live_agent *olena = live_find_agent(&live, USHER_TEXT("olena"));
    tell_olena(&live, "\"ev\":\"agent.not_ready\",\"reason\":\"lunch\"");
    tell_olena(&live, "\"ev\":\"agent.phone\",\"state\":\"unreachable\"");
    ck_assert_str_eq(olena->reason, "lunch");
    tell_olena(&live, "\"ev\":\"agent.ready\"");
    ck_assert(!live_agent_is_free(olena));
    ck_assert_str_eq(olena->reason, "phone_unreachable");
    tell_olena(
        &live,
        "\"ev\":\"state.agent\",\"state\":\"ready\",\"reason\":\"phone_busy\",\"since_ms\":900");
    tell_olena(&live, "\"ev\":\"agent.not_ready\",\"reason\":\"lunch\"");
    tell_olena(&live, "\"ev\":\"agent.ready\"");
    ck_assert(!live_agent_is_free(olena));
    tell_olena(&live, "\"ev\":\"agent.not_ready\",\"reason\":\"lunch\"");
    tell_olena(&live, "\"ev\":\"agent.phone\",\"state\":\"idle\"");
    tell_olena(&live, "\"ev\":\"agent.ready\"");
    ck_assert(live_agent_is_free(olena));
    live_fini(&live);
}
END_TEST

START_TEST(changed_profile_or_rules_want_a_new_snapshot)
{
    struct live live;
    begin(&live);
    apply(&live, NULL,
          "{\"at\":1100,\"n\":\"1-2\",\"ev\":\"agent.profiled\",\"agent\":\"iryna\",\"name\":"
          "\"Iryna\",\"skills\":{\"sales\":9}}");
    ck_assert(live.is_outdated);
    ck_assert_str_eq(live_find_agent(&live, USHER_TEXT("iryna"))->name, "Iryna");
    live_fini(&live);
}
END_TEST

START_TEST(thousands_come_and_go)
{
    struct live live;
    char line[256];
    begin(&live);
    for (int i = 0; i < 3000; i++) {
        snprintf(line, sizeof(line),
                 "{\"at\":%d,\"n\":\"1-%d\",\"ev\":\"contact.arrived\",\"contact\":\"pbx/x%d\","
                 "\"queue\":\"q%d\",\"tier\":\"standard\",\"channel\":\"voice\",\"place_ms\":%d}",
                 2000 + i, i + 2, i, i % 7, 2000 + i);
        apply(&live, NULL, line);
        if (i < 1000)
            continue;
        snprintf(line, sizeof(line),
                 "{\"at\":%d,\"n\":\"1-%d\",\"ev\":\"contact.abandoned\",\"contact\":\"pbx/x%d\"}",
                 2000 + i, i + 4000, i - 1000);
        apply(&live, NULL, line);
    }
    live_count(&live, 9000);
    ck_assert_uint_eq(live.counts.waiting, 1001);
    ck_assert_uint_eq(live.queues.count, 9);
    ck_assert_int_eq(live_find_queue(&live, USHER_TEXT("q0"))->since_ms, 4002);
    live_fini(&live);
}
END_TEST

START_TEST(decision_is_told_with_its_reason_and_without_the_number)
{
    static struct feed feed;
    struct live live;
    begin(&live);
    memset(&feed, 0, sizeof(feed));
    offer(&live, &feed);
    const struct feed_line *line = feed_at(&feed, 0);
    ck_assert_int_eq(line->kind, FEED_DECISION);
    ck_assert_str_eq(line->agent, "Olena");
    ck_assert_str_eq(line->contact, "1");
    ck_assert_str_eq(line->queue, "billing");
    ck_assert_str_eq(line->words, "match 84 %, waited 17 s, idle 12 s, price 5 %; next in line");
    apply(
        &live, &feed,
        "{\"at\":1600,\"n\":\"1-3\",\"ev\":\"contact.abandoned\",\"contact\":\"pbx/1\",\"reason\":"
        "\"link_lost\",\"waited_ms\":130000}");
    ck_assert_str_eq(feed_at(&feed, 0)->words, "was given up: link lost after 2:10 min");
    ck_assert_str_eq(feed_at(&feed, 0)->queue, "billing");
    ck_assert_ptr_eq(feed_at(&feed, 1), line);
    ck_assert_ptr_null(feed_at(&feed, 2));
    live_fini(&live);
}
END_TEST

START_TEST(feed_keeps_the_newest)
{
    static struct feed feed;
    memset(&feed, 0, sizeof(feed));
    for (int i = 0; i < FEED_LINES_MAX + 10; i++)
        feed_say(&feed, FEED_NOTE, i, "%d", i);
    ck_assert_str_eq(feed_at(&feed, 0)->words, "521");
    ck_assert_str_eq(feed_at(&feed, FEED_LINES_MAX - 1)->words, "10");
    ck_assert_ptr_null(feed_at(&feed, FEED_LINES_MAX));
}
END_TEST

START_TEST(queues_and_switches_are_as_the_snapshot_and_later_events_say)
{
    struct live live;
    begin(&live);
    apply(
        &live, NULL,
        "{\"at\":1000,\"n\":\"1-1\",\"ev\":\"state.queue\",\"queue\":\"sales\",\"waiting\":0,"
        "\"signed_in\":1,\"free\":0,\"state\":\"closed\",\"reason\":\"hours\",\"until_ms\":9000}");
    apply(&live, NULL,
          "{\"at\":1000,\"n\":\"1-1\",\"ev\":\"state.switch\",\"name\":\"north\",\"state\":\"on\","
          "\"until_ms\":8000}");
    const struct live_queue *sales = live_find_queue(&live, USHER_TEXT("sales"));
    const struct live_switch *north = live_set_find(&live.switches, USHER_TEXT("north"));
    ck_assert(sales->is_closed && !sales->is_by_hand);
    ck_assert(!live_find_queue(&live, USHER_TEXT("billing"))->is_closed);
    ck_assert(north->is_on);
    ck_assert_int_eq(north->until_ms, 8000);
    apply(&live, NULL,
          "{\"at\":1100,\"n\":\"1-2\",\"ev\":\"queue.opened\",\"queue\":\"sales\",\"reason\":"
          "\"supervisor\",\"until_ms\":7000}");
    apply(&live, NULL,
          "{\"at\":1100,\"n\":\"1-3\",\"ev\":\"switch.set\",\"name\":\"north\",\"state\":\"off\"}");
    ck_assert(!sales->is_closed && sales->is_by_hand);
    ck_assert_int_eq(sales->until_ms, 7000);
    ck_assert(!north->is_on);
    apply(&live, NULL,
          "{\"at\":1200,\"n\":\"1-4\",\"ev\":\"queue.closed\",\"queue\":\"sales\",\"reason\":"
          "\"hours\"}");
    ck_assert(sales->is_closed && !sales->is_by_hand);
    live_fini(&live);
}
END_TEST

SUITE_MAIN("live", snapshot_gives_the_counts_that_the_router_tells,
           promise_that_ran_out_makes_a_queue_late, contact_goes_through_its_life,
           phone_that_is_busy_is_no_free_agent, phone_is_no_freer_when_its_agent_is_ready_again,
           changed_profile_or_rules_want_a_new_snapshot, thousands_come_and_go,
           decision_is_told_with_its_reason_and_without_the_number, feed_keeps_the_newest,
           queues_and_switches_are_as_the_snapshot_and_later_events_say)
