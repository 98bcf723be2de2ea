/* Why this agent, why does a contact wait, why is an agent idle. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "engine/explain.h"
#include "engine/state.h"
#include "unit/engine_world.h"
#include "unit/suite.h"

static struct engine_world w;
static struct usher_explanation explanation;

static const struct usher_agent *agent(const char *id)
{
    return usher_engine_agent(w.world.engine, usher_text_of(id));
}

/* One agent and one contact of pbx1, now. */
static struct usher_explained_pair pair_of(const char *agent_id, const char *contact)
{
    struct usher_explained_pair pair;
    usher_explain_pair(w.world.engine, engine_contact(&w, contact), agent(agent_id),
                       USHER_CHOICE_NONE, w.world.now_ms, &pair);
    return pair;
}

static const char *hurdle_of(const char *agent_id, const char *contact)
{
    return usher_hurdle_name(pair_of(agent_id, contact).hurdle).at;
}

/* "olena petro | taras:level": the candidates for a contact, then the others with what keeps each
 * of them. */
static const char *agents_for(const char *contact)
{
    static char told[512];
    size_t length = 0;
    told[0] = '\0';
    ck_assert(usher_explain_contact(w.world.engine, engine_contact(&w, contact), USHER_CHOICE_NONE,
                                    w.world.now_ms, &explanation));
    for (size_t i = 0; i < explanation.count; i++) {
        const struct usher_explained_pair *pair = &explanation.pairs[i];
        length +=
            (size_t)snprintf(told + length, sizeof(told) - length, "%s%s%s%s%s", i > 0 ? " " : "",
                             i == explanation.candidates_count ? "| " : "", pair->agent->id,
                             pair->hurdle ? ":" : "", usher_hurdle_name(pair->hurdle).at);
    }
    usher_explanation_fini(&explanation);
    return told;
}

/* The same of the contacts that wait for an agent. */
static const char *contacts_for(const char *agent_id)
{
    static char told[512];
    size_t length = 0;
    told[0] = '\0';
    ck_assert(usher_explain_agent(w.world.engine, agent(agent_id), USHER_CHOICE_NONE,
                                  w.world.now_ms, &explanation));
    for (size_t i = 0; i < explanation.count; i++) {
        const struct usher_explained_pair *pair = &explanation.pairs[i];
        length += (size_t)snprintf(told + length, sizeof(told) - length, "%s%s%s%s%s",
                                   i > 0 ? " " : "", i == explanation.candidates_count ? "| " : "",
                                   strchr(pair->contact->id, '/') + 1, pair->hurdle ? ":" : "",
                                   usher_hurdle_name(pair->hurdle).at);
    }
    usher_explanation_fini(&explanation);
    return told;
}

static void not_ready(const char *id)
{
    ck_assert_str_ne(desk(&w, id, "agent.not_ready reason=lunch"), "");
}

/* Lets everybody be as in the moment before the engine offers, and back. */
static void set_state(enum usher_agent_state state)
{
    struct usher_floor *floor = &w.world.engine->floor;
    for (size_t i = 0; i < floor->agents_count; i++) {
        floor->agents[i].state = state;
        usher_floor_update_agent(floor, &floor->agents[i], w.world.now_ms);
    }
}

START_TEST(agent_who_lacks_the_level_is_told_with_what_he_has_and_what_is_needed)
{
    engine_open(&w);
    engine_agent(&w, "olena", "internet=2");
    pbx(&w, "contact.arrive contact=1 channel=voice to=200");
    struct usher_explained_pair pair = pair_of("olena", "1");
    ck_assert_int_eq(pair.hurdle, USHER_HURDLE_LEVEL);
    ck_assert_int_eq(pair.level, 2);
    ck_assert_int_eq(pair.min, 3);
    ck_assert(usher_text_is_equal(w.world.engine->floor.rules->skills[pair.skill],
                                  USHER_TEXT("internet")));
    engine_close(&w);
}
END_TEST

START_TEST(what_never_fits_is_told_before_what_may_change)
{
    engine_open(&w);
    engine_agent(&w, "olena", "internet=2");
    desk(&w, "olena", "agent.sign_out");
    pbx(&w, "contact.arrive contact=1 channel=voice to=200");
    ck_assert_str_eq(hurdle_of("olena", "1"), "level");
    pbx(&w, "contact.arrive contact=2 channel=voice to=999");
    ck_assert_str_eq(hurdle_of("olena", "2"), "signed_out");
    engine_close(&w);
}
END_TEST

START_TEST(agent_without_a_phone_or_with_no_capacity_is_told_so)
{
    engine_open(&w);
    router(&w, "profile.set agent=taras skills={\"billing\":5}");
    router(&w, "profile.set agent=vira phone=sip:vira skills={\"billing\":5} "
               "capacity={\"voice\":0}");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    ck_assert_str_eq(hurdle_of("taras", "1"), "no_phone");
    ck_assert_str_eq(hurdle_of("vira", "1"), "channel");
    engine_close(&w);
}
END_TEST

START_TEST(agent_who_is_away_is_told_so)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=8");
    not_ready("olena");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    ck_assert_str_eq(hurdle_of("olena", "1"), "not_ready");
    engine_close(&w);
}
END_TEST

START_TEST(phone_that_cannot_ring_is_told_with_how_long)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=8");
    pbx(&w, "agent.phone agent=olena state=busy");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    ck_assert_str_eq(hurdle_of("olena", "1"), "phone_busy");
    ck_assert_int_eq(pair_of("olena", "1").until_ms, 0);
    pbx(&w, "agent.phone agent=olena state=idle");
    pbx(&w, "contact.fail contact=1 offer=%s reason=unreachable", offer_of(&w, "1"));
    ck_assert_str_eq(hurdle_of("olena", "1"), "phone_unreachable");
    ck_assert_int_eq(pair_of("olena", "1").until_ms, w.world.now_ms + USHER_PHONE_REST_MS);
    engine_close(&w);
}
END_TEST

START_TEST(agent_who_is_busy_is_told_with_what_he_holds)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=8,internet=5");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    pbx(&w, "contact.arrive contact=2 channel=voice to=100");
    struct usher_explained_pair pair = pair_of("olena", "2");
    ck_assert_int_eq(pair.hurdle, USHER_HURDLE_FULL);
    ck_assert_int_eq(pair.held_count, 1);
    ck_assert_int_eq(pair.cap, 1);
    pbx(&w, "contact.arrive contact=3 channel=chat");
    pair = pair_of("olena", "3"); /* room for chats, but the call takes all of her */
    ck_assert_int_eq(pair.hurdle, USHER_HURDLE_FULL);
    ck_assert_int_eq(pair.held_count, 0);
    ck_assert_int_eq(pair.cap, 3);
    engine_close(&w);
}
END_TEST

START_TEST(decliner_is_told_until_when_he_is_not_asked)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=8");
    engine_agent(&w, "petro", "billing=4");
    not_ready("petro");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    desk(&w, "olena", "offer.decline offer=%s", offer_of(&w, "1"));
    after(&w, USHER_SETTLE_MS);
    struct usher_explained_pair pair = pair_of("olena", "1");
    ck_assert_int_eq(pair.hurdle, USHER_HURDLE_COOL_DOWN);
    ck_assert_int_eq(pair.until_ms, w.world.now_ms - USHER_SETTLE_MS + USHER_COOL_DOWN_MS);
    ck_assert_str_eq(agents_for("1"), "| petro:not_ready olena:cool_down");
    engine_close(&w);
}
END_TEST

START_TEST(contact_that_is_in_no_line_is_told_so_beside_a_free_agent)
{
    int64_t until_ms;
    engine_open(&w);
    engine_agent(&w, "olena", "billing=8");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    ck_assert_str_eq(hurdle_of("olena", "1"), "full");
    desk(&w, "olena", "offer.decline offer=%s", offer_of(&w, "1"));
    ck_assert_str_eq(hurdle_of("olena", "1"), "settling");
    ck_assert_int_eq(
        usher_explain_wait(w.world.engine, engine_contact(&w, "1"), w.world.now_ms, &until_ms),
        USHER_HURDLE_SETTLING);
    ck_assert_int_eq(until_ms, w.world.now_ms + USHER_SETTLE_MS);
    router(&w, "link.lose client=pbx1 until_ms=%lld", (long long)w.world.now_ms + 30000);
    ck_assert_str_eq(hurdle_of("olena", "1"), "link_lost");
    ck_assert_int_eq(pair_of("olena", "1").until_ms, w.world.now_ms + 30000);
    engine_close(&w);
}
END_TEST

START_TEST(contact_that_is_served_is_no_candidate)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=8");
    engine_agent(&w, "petro", "billing=4");
    after(&w, 1000);
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    ck_assert_str_eq(agents_for("1"), "| olena:full petro:not_waiting");
    engine_close(&w);
}
END_TEST

/* Two colleagues are away; `rules` gives both something to do. */
static void open_with_two_waiting(const char *rules)
{
    engine_open(&w);
    if (rules)
        ck_assert(world_use_rules(&w.world, usher_text_of(rules)));
    engine_agent(&w, "olena", "billing=8");
    not_ready("olena");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    after(&w, 30000);
    pbx(&w, "contact.arrive contact=2 channel=voice to=100");
}

START_TEST(contacts_for_an_agent_stand_in_the_order_of_his_search)
{
    open_with_two_waiting(NULL);
    ck_assert_str_eq(contacts_for("olena"), "| 1:not_ready 2:not_ready");
    /* Ready, and asked before the engine offers: who is late gave one promise away. */
    set_state(USHER_AGENT_READY);
    ck_assert_str_eq(contacts_for("olena"), "1 2");
    ck_assert_str_eq(agents_for("2"), "olena");
    set_state(USHER_AGENT_NOT_READY);
    engine_close(&w);
}
END_TEST

START_TEST(without_overtaking_who_stands_behind_is_told_before_whom)
{
    open_with_two_waiting("skills: [billing]\nbid: {overtaking: false}\nnot_ready: [lunch]\n"
                          "queues: {billing: {need: {billing: {min: 1}}}}\n"
                          "routes: [{queue: billing}]\n");
    set_state(USHER_AGENT_READY);
    ck_assert_str_eq(contacts_for("olena"), "1 | 2:behind");
    ck_assert_ptr_eq(pair_of("olena", "2").before, engine_contact(&w, "1"));
    set_state(USHER_AGENT_NOT_READY);
    engine_close(&w);
}
END_TEST

START_TEST(place_in_line_counts_those_of_the_class_and_the_queue)
{
    open_with_two_waiting(NULL);
    pbx(&w, "contact.arrive contact=3 channel=voice to=101"); /* gold: a class of its own */
    struct usher_line_place place = usher_explain_place(w.world.engine, engine_contact(&w, "2"));
    ck_assert_uint_eq(place.before_count, 1);
    ck_assert_uint_eq(place.waiting_count, 3);
    place = usher_explain_place(w.world.engine, engine_contact(&w, "3"));
    ck_assert_uint_eq(place.before_count, 0);
    engine_close(&w);
}
END_TEST

START_TEST(who_has_waited_long_enough_is_put_in_line_without_a_deadline_firing)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=8");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    desk(&w, "olena", "offer.decline offer=%s", offer_of(&w, "1"));
    int64_t later_ms = w.world.now_ms + USHER_SETTLE_MS;
    struct usher_explained_pair pair;
    for (unsigned turn = 0; turn < 2; turn++) {
        usher_explain_pair(w.world.engine, engine_contact(&w, "1"), agent("olena"),
                           USHER_CHOICE_NONE, later_ms, &pair);
        ck_assert_int_eq(pair.hurdle, USHER_HURDLE_NONE);
        ck_assert_int_eq(pair.is_unsure, turn == 0);
        usher_explain_pass_time(w.world.engine, later_ms);
    }
    after(&w, 0);
    usher_engine_place_contact(w.world.engine, engine_contact(&w, "1"), w.world.now_ms);
    engine_close(&w);
}
END_TEST

static void check_terms(const struct usher_explained_pair *pair)
{
    const struct usher_terms *terms = &pair->terms;
    ck_assert_int_eq(terms->bid.bid_ms, terms->bid.late_ms + terms->match_ms + terms->ground_ms +
                                            terms->lend_ms + terms->idle_ms);
    ck_assert_int_eq(terms->bid_of_agent_ms, terms->bid.late_ms + terms->match_ms + terms->lend_ms);
    ck_assert_int_eq(terms->bid.lend > 0, terms->dear_pool != SIZE_MAX);
}

START_TEST(terms_of_a_bid_add_up_and_name_the_pool_that_makes_it_dear)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=8,lang.en=5");
    engine_agent(&w, "petro", "billing=4");
    for (unsigned i = 0; i < 3; i++) { /* English is in demand */
        pbx(&w, "contact.arrive contact=e%u channel=voice to=400 data={\"lang\":\"en\"}", i);
        pbx(&w, "contact.abandon contact=e%u", i);
        after(&w, 5000);
    }
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    pbx(&w, "contact.abandon contact=1"); /* the class is there; everybody is free */
    not_ready("olena");
    not_ready("petro");
    pbx(&w, "contact.arrive contact=2 channel=voice to=100");
    set_state(USHER_AGENT_READY);
    ck_assert(usher_explain_contact(w.world.engine, engine_contact(&w, "2"), USHER_CHOICE_NONE,
                                    w.world.now_ms, &explanation));
    ck_assert_uint_eq(explanation.candidates_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct usher_explained_pair *pair = &explanation.pairs[i];
        check_terms(pair);
        if (pair->agent != agent("olena"))
            continue;
        const struct usher_floor *floor = usher_explain_floor(w.world.engine);
        const struct usher_pool *pool = &floor->pools[pair->terms.dear_pool];
        ck_assert_int_eq(pool->kind, USHER_POOL_SKILL);
        ck_assert(
            usher_text_is_equal(floor->rules->skills[pool->skills[0]], USHER_TEXT("lang.en")));
        ck_assert_uint_eq(pool->member_count, 1);
        ck_assert_uint_gt(usher_pool_load_a16(pool), 0);
    }
    usher_explanation_fini(&explanation);
    set_state(USHER_AGENT_NOT_READY);
    engine_close(&w);
}
END_TEST

/* The reason of the last offer in the journal; "" when there is none. */
static const char *reason_of_offer(void)
{
    static char reason[65];
    static struct usher_scratch scratch;
    struct usher_event event;
    struct usher_answer answer;
    const char *at = w.world.journal.at;
    const char *end = at + w.world.journal.length;
    reason[0] = '\0';
    for (const char *newline; at < end; at = newline + 1) {
        newline = memchr(at, '\n', (size_t)(end - at));
        ck_assert(usher_event_decode((struct usher_text){at, (size_t)(newline - at)}, &scratch,
                                     &event, &answer));
        if (event.kind == USHER_EVENT_CONTACT_OFFERED)
            ck_assert(usher_text_copy(reason, sizeof(reason), event.fields.reason));
    }
    return reason;
}

START_TEST(offer_says_which_search_it_is_of)
{
    engine_open(&w);
    engine_agent(&w, "olena", "billing=8,internet=2");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    ck_assert_str_eq(reason_of_offer(), "best_agent");
    pbx(&w, "contact.arrive contact=2 channel=voice to=100");
    pbx(&w, "contact.abandon contact=1");
    ck_assert_str_eq(reason_of_offer(), "best_contact");
    pbx(&w, "contact.abandon contact=2");
    pbx(&w, "contact.arrive contact=3 channel=voice to=200"); /* beyond her */
    ck_assert(world_use_rules(&w.world, usher_text_of("skills: [billing]\n"
                                                      "queues: {internet: {}}\n"
                                                      "routes: [{queue: internet}]\n")));
    ck_assert_ptr_eq(engine_contact(&w, "3")->agent, agent("olena"));
    ck_assert_str_eq(reason_of_offer(), "best_pair");
    engine_close(&w);
}
END_TEST

START_TEST(offer_whose_figures_are_others_is_not_explained)
{
    struct usher_explained_offer offer;
    engine_open(&w);
    engine_agent(&w, "olena", "billing=8");
    engine_agent(&w, "petro", "billing=4");
    not_ready("olena");
    not_ready("petro");
    pbx(&w, "contact.arrive contact=1 channel=voice to=100");
    set_state(USHER_AGENT_READY);
    struct usher_event event = {.kind = USHER_EVENT_CONTACT_OFFERED, .at_ms = w.world.now_ms};
    struct usher_explained_pair pair = pair_of("olena", "1");
    USHER_FIELDS_SET(&event.fields, CONTACT, contact, USHER_TEXT("pbx1/1"));
    USHER_FIELDS_SET(&event.fields, AGENT, agent, USHER_TEXT("olena"));
    USHER_FIELDS_SET(&event.fields, REASON, reason, USHER_TEXT("best_agent"));
    USHER_FIELDS_SET(&event.fields, BID_MS, bid_ms, pair.terms.bid.bid_ms);
    USHER_FIELDS_SET(&event.fields, LATE_MS, late_ms, pair.terms.bid.late_ms);
    USHER_FIELDS_SET(&event.fields, MATCH, match, pair.terms.bid.match);
    USHER_FIELDS_SET(&event.fields, GROUND, ground, pair.terms.bid.ground);
    USHER_FIELDS_SET(&event.fields, LEND, lend, pair.terms.bid.lend);
    USHER_FIELDS_SET(&event.fields, IDLE_MS, idle_ms, pair.terms.bid.idle_ms);
    ck_assert(usher_explain_offer(w.world.engine, &event, &offer));
    ck_assert_int_eq(offer.agreement, USHER_AGREES);
    usher_explained_offer_fini(&offer);
    event.fields.bid_ms++;
    ck_assert(usher_explain_offer(w.world.engine, &event, &offer));
    ck_assert_int_eq(offer.agreement, USHER_DISAGREES_TERMS);
    usher_explained_offer_fini(&offer);
    event.fields.agent = USHER_TEXT("petro");
    ck_assert(usher_explain_offer(w.world.engine, &event, &offer));
    ck_assert_int_eq(offer.agreement, USHER_DISAGREES_AGENT);
    usher_explained_offer_fini(&offer);
    event.fields.agent = USHER_TEXT("nobody");
    ck_assert(!usher_explain_offer(w.world.engine, &event, &offer));
    set_state(USHER_AGENT_NOT_READY);
    engine_close(&w);
}
END_TEST

SUITE_MAIN("explain", agent_who_lacks_the_level_is_told_with_what_he_has_and_what_is_needed,
           what_never_fits_is_told_before_what_may_change,
           agent_without_a_phone_or_with_no_capacity_is_told_so, agent_who_is_away_is_told_so,
           phone_that_cannot_ring_is_told_with_how_long,
           agent_who_is_busy_is_told_with_what_he_holds,
           decliner_is_told_until_when_he_is_not_asked,
           contact_that_is_in_no_line_is_told_so_beside_a_free_agent,
           contact_that_is_served_is_no_candidate,
           contacts_for_an_agent_stand_in_the_order_of_his_search,
           without_overtaking_who_stands_behind_is_told_before_whom,
           place_in_line_counts_those_of_the_class_and_the_queue,
           who_has_waited_long_enough_is_put_in_line_without_a_deadline_firing,
           terms_of_a_bid_add_up_and_name_the_pool_that_makes_it_dear,
           offer_says_which_search_it_is_of, offer_whose_figures_are_others_is_not_explained)
