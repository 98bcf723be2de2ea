/* Who gets which event. */
#include <check.h>
#include <stdio.h>

#include "parties.h"
#include "unit/suite.h"

/* A party that counts what it gets. */
struct guest {
    struct router_party party;
    struct parties *parties;
    unsigned events;
    unsigned leading;
    bool leaves_at_event;
};

static struct guest *guest_of(struct router_party *party)
{
    return usher_container_of(party, struct guest, party);
}

static void on_event(struct router_party *party, const struct router_event *event)
{
    (void)event;
    guest_of(party)->events++;
    if (guest_of(party)->leaves_at_event)
        parties_remove(guest_of(party)->parties, party);
}

static void on_leading(struct router_party *party, bool is_leading)
{
    (void)is_leading;
    guest_of(party)->leading++;
}

static const struct router_party_ops ops = {.event = on_event, .leading = on_leading};
static const struct usher_hash_seed seed = {1, 2};

static void come(struct parties *parties, struct guest *guest, enum usher_role role,
                 const char *client, const char *agent)
{
    *guest = (struct guest){.parties = parties};
    guest->party.ops = &ops;
    guest->party.role = role;
    snprintf(guest->party.client, sizeof(guest->party.client), "%s", client);
    snprintf(guest->party.agent, sizeof(guest->party.agent), "%s", agent);
    ck_assert_int_eq(parties_add(parties, &guest->party), 0);
    ck_assert(!parties_is_open(&guest->party));
    ck_assert_int_eq(parties_open(parties, &guest->party), 0);
    ck_assert(parties_is_open(&guest->party));
}

static struct router_event event_of(const char *client, const char *agent, uint64_t seq)
{
    return (struct router_event){.kind = USHER_EVENT_CONTACT_NOTED,
                                 .n = {1, seq},
                                 .line = USHER_TEXT("{}"),
                                 .client = usher_text_of(client),
                                 .agent = usher_text_of(agent)};
}

START_TEST(event_goes_to_its_pbx_its_desk_and_those_who_see_all)
{
    struct parties parties;
    struct guest pbx1, pbx2, olena, ivan, supervisor, observer;
    ck_assert_int_eq(parties_init(&parties, seed), 0);
    come(&parties, &pbx1, USHER_ROLE_PBX, "pbx1", "");
    come(&parties, &pbx2, USHER_ROLE_PBX, "pbx2", "");
    come(&parties, &olena, USHER_ROLE_DESK, "pbx1",
         "olena"); /* the client's name of a desk is no PBX's */
    come(&parties, &ivan, USHER_ROLE_DESK, "d2", "pbx2"); /* nor is an agent's id */
    come(&parties, &supervisor, USHER_ROLE_SUPERVISOR, "s", "");
    come(&parties, &observer, USHER_ROLE_OBSERVER, "o", "");
    struct router_event event = event_of("pbx1", "olena", 1);
    parties_hand_out(&parties, &event);
    event = event_of("pbx2", "", 2);
    parties_hand_out(&parties, &event);
    event = event_of("", "", 3);
    parties_hand_out(&parties, &event);
    ck_assert_uint_eq(pbx1.events, 1);
    ck_assert_uint_eq(pbx2.events, 1);
    ck_assert_uint_eq(olena.events, 1);
    ck_assert_uint_eq(ivan.events, 0);
    ck_assert_uint_eq(supervisor.events, 3);
    ck_assert_uint_eq(observer.events, 3);
    struct guest *guests[] = {&pbx1, &pbx2, &olena, &ivan, &supervisor, &observer};
    for (size_t i = 0; i < USHER_COUNT_OF(guests); i++)
        parties_remove(&parties, &guests[i]->party);
    parties_fini(&parties);
}
END_TEST

START_TEST(events_up_to_the_snapshots_number_are_not_handed_to_a_party)
{
    struct parties parties;
    struct guest desk;
    ck_assert_int_eq(parties_init(&parties, seed), 0);
    come(&parties, &desk, USHER_ROLE_DESK, "d", "olena");
    desk.party.since = (struct usher_number){1, 5};
    for (uint64_t seq = 4; seq <= 7; seq++) {
        struct router_event event = event_of("", "olena", seq);
        parties_hand_out(&parties, &event);
    }
    ck_assert_uint_eq(desk.events, 2);
    parties_remove(&parties, &desk.party);
    parties_fini(&parties);
}
END_TEST

START_TEST(party_may_leave_in_its_own_callback)
{
    struct parties parties;
    struct guest guests[6];
    ck_assert_int_eq(parties_init(&parties, seed), 0);
    for (size_t i = 0; i < 6; i++) {
        come(&parties, &guests[i], i < 3 ? USHER_ROLE_DESK : USHER_ROLE_OBSERVER, "d",
             i < 3 ? "olena" : "");
        guests[i].leaves_at_event = true;
    }
    for (uint64_t seq = 1; seq <= 2; seq++) {
        struct router_event event = event_of("", "olena", seq);
        parties_hand_out(&parties, &event);
    }
    for (size_t i = 0; i < 6; i++)
        ck_assert_uint_eq(guests[i].events, 1);
    parties_fini(&parties); /* asserts that no group is left */
}
END_TEST

START_TEST(serial_of_a_party_that_left_finds_nobody)
{
    struct parties parties;
    struct guest first, second;
    ck_assert_int_eq(parties_init(&parties, seed), 0);
    ck_assert_ptr_null(parties_find(&parties, 0));
    come(&parties, &first, USHER_ROLE_PBX, "pbx1", "");
    uint64_t serial = first.party.serial;
    ck_assert_uint_ne(serial, 0);
    ck_assert_ptr_eq(parties_find(&parties, serial), &first.party);
    ck_assert(parties_has_pbx(&parties, USHER_TEXT("pbx1")));
    parties_remove(&parties, &first.party);
    ck_assert_ptr_null(parties_find(&parties, serial));
    ck_assert(!parties_has_pbx(&parties, USHER_TEXT("pbx1")));
    come(&parties, &second, USHER_ROLE_PBX, "pbx1", "");
    ck_assert_ptr_null(parties_find(&parties, serial));
    ck_assert_uint_ne(second.party.serial, serial);
    parties_remove(&parties, &second.party);
    parties_fini(&parties);
}
END_TEST

START_TEST(thousands_of_desks_come_and_go)
{
    enum { COUNT = 3000 };
    struct parties parties;
    static struct guest guests[COUNT];
    ck_assert_int_eq(parties_init(&parties, seed), 0);
    for (size_t i = 0; i < COUNT; i++) {
        char name[32];
        snprintf(name, sizeof(name), "agent%zu", i);
        come(&parties, &guests[i], USHER_ROLE_DESK, "d", name);
    }
    struct router_event event = event_of("", "agent1234", 1);
    parties_hand_out(&parties, &event);
    parties_tell_leading(&parties, true);
    for (size_t i = 0; i < COUNT; i++) {
        ck_assert_uint_eq(guests[i].events, i == 1234);
        ck_assert_uint_eq(guests[i].leading, 1);
        parties_remove(&parties, &guests[i].party);
    }
    parties_fini(&parties);
}
END_TEST

SUITE_MAIN("parties", event_goes_to_its_pbx_its_desk_and_those_who_see_all,
           events_up_to_the_snapshots_number_are_not_handed_to_a_party,
           party_may_leave_in_its_own_callback, serial_of_a_party_that_left_finds_nobody,
           thousands_of_desks_come_and_go)
