/* Which events are asked for. */
#include "ctl/past/filter.h"

#include "unit/suite.h"

static struct filter filter;

static void ask(const char *contact, const char *agent, const char *queue, const char *event)
{
    ck_assert(filter_init(&filter, contact, agent, queue, event));
}

static bool takes(enum usher_event_kind kind, const char *contact, const char *agent,
                  const char *queue)
{
    struct usher_event event = {.kind = kind};
    event.fields.contact = usher_text_of(contact);
    event.fields.agent = usher_text_of(agent);
    event.fields.queue = usher_text_of(queue);
    return filter_takes(&filter, &event);
}

START_TEST(without_a_wish_all_are_taken)
{
    ask(NULL, NULL, NULL, NULL);
    ck_assert(!filter_is_any(&filter));
    ck_assert(takes(USHER_EVENT_NONE, NULL, NULL, NULL));
    ck_assert(takes(USHER_EVENT_ROUTER_STOPPED, NULL, NULL, NULL));
}
END_TEST

START_TEST(bare_id_is_one_of_any_client)
{
    ask("42", NULL, NULL, NULL);
    ck_assert(takes(USHER_EVENT_CONTACT_HELD, "pbx1/42", "olena", NULL));
    ck_assert(takes(USHER_EVENT_CONTACT_HELD, "42", "olena", NULL));
    ck_assert(!takes(USHER_EVENT_CONTACT_HELD, "pbx1/142", "olena", NULL));
    ck_assert(!takes(USHER_EVENT_AGENT_READY, NULL, "42", NULL));
    ck_assert(!takes(USHER_EVENT_NONE, NULL, NULL, NULL));
    ask("pbx1/42", NULL, NULL, NULL);
    ck_assert(takes(USHER_EVENT_CONTACT_HELD, "pbx1/42", "olena", NULL));
    ck_assert(!takes(USHER_EVENT_CONTACT_HELD, "xpbx1/42", "olena", NULL));
}
END_TEST

START_TEST(events_go_by_name_or_by_kind)
{
    ask(NULL, "olena", NULL, "offer");
    ck_assert(takes(USHER_EVENT_OFFER_EXPIRED, "pbx1/42", "olena", NULL));
    ck_assert(!takes(USHER_EVENT_OFFER_EXPIRED, "pbx1/42", "taras", NULL));
    ck_assert(!takes(USHER_EVENT_CONTACT_OFFERED, "pbx1/42", "olena", "billing"));
    ask(NULL, NULL, NULL, "agent.ready");
    ck_assert(takes(USHER_EVENT_AGENT_READY, NULL, "olena", NULL));
    ck_assert(!takes(USHER_EVENT_AGENT_NOT_READY, NULL, "olena", NULL));
}
END_TEST

START_TEST(event_that_is_none_is_refused)
{
    ck_assert(!filter_init(&filter, NULL, NULL, NULL, "agent.redy"));
    ck_assert(!filter_init(&filter, NULL, NULL, NULL, "welcome"));
    ck_assert(!filter_init(&filter, NULL, NULL, NULL, "agent."));
}
END_TEST

START_TEST(contact_stays_of_its_queue_until_it_ends_or_is_in_another)
{
    ask(NULL, NULL, "billing", NULL);
    ck_assert(!takes(USHER_EVENT_CONTACT_HELD, "pbx1/1", "olena", NULL));
    ck_assert(takes(USHER_EVENT_CONTACT_ARRIVED, "pbx1/1", NULL, "billing"));
    ck_assert(!takes(USHER_EVENT_CONTACT_ARRIVED, "pbx1/2", NULL, "general"));
    ck_assert(takes(USHER_EVENT_CONTACT_HELD, "pbx1/1", "olena", NULL));
    ck_assert(!takes(USHER_EVENT_CONTACT_HELD, "pbx1/2", "olena", NULL));
    ck_assert(!takes(USHER_EVENT_AGENT_READY, NULL, "olena", NULL));
    ck_assert(takes(USHER_EVENT_CONTACT_DONE, "pbx1/1", "olena", NULL));
    ck_assert(!takes(USHER_EVENT_CONTACT_DONE, "pbx1/1", "olena", NULL));
    ck_assert(takes(USHER_EVENT_STATE_CONTACT, "pbx1/3", NULL, "billing"));
    ck_assert(!takes(USHER_EVENT_CONTACT_OFFERED, "pbx1/3", "olena", "general"));
    ck_assert(!takes(USHER_EVENT_CONTACT_RINGING, "pbx1/3", "olena", NULL));
    filter_fini(&filter);
}
END_TEST

SUITE_MAIN("filter", without_a_wish_all_are_taken, bare_id_is_one_of_any_client,
           events_go_by_name_or_by_kind, event_that_is_none_is_refused,
           contact_stays_of_its_queue_until_it_ends_or_is_in_another)
