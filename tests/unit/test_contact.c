/* The states of contacts, and the memory of who declined. */
#include <check.h>
#include <string.h>

#include "model/contact.h"
#include "unit/suite.h"

/* By state, the states that may follow, by their first letters: w(aiting) o(ffered) r(inging)
 * t(alking) h(eld) x = wrapping, d(one) a(bandoned) s(cheduled) e(xpired) v = overflowed. */
static const char *const legal[USHER_CONTACT_STATE_COUNT] = {
    [USHER_CONTACT_NONE] = "wsx",      [USHER_CONTACT_WAITING] = "otdasev",
    [USHER_CONTACT_OFFERED] = "wrtda", [USHER_CONTACT_RINGING] = "wtda",
    [USHER_CONTACT_TALKING] = "whxds", [USHER_CONTACT_HELD] = "wtxds",
    [USHER_CONTACT_WRAPPING] = "d",    [USHER_CONTACT_DONE] = "",
    [USHER_CONTACT_ABANDONED] = "",    [USHER_CONTACT_SCHEDULED] = "wdes",
    [USHER_CONTACT_EXPIRED] = "",      [USHER_CONTACT_OVERFLOWED] = "",
};
static const char letters[USHER_CONTACT_STATE_COUNT] = {'-', 'w', 'o', 'r', 't', 'h',
                                                        'x', 'd', 'a', 's', 'e', 'v'};

START_TEST(only_the_moves_of_a_contact_are_made)
{
    for (int from = 0; from < USHER_CONTACT_STATE_COUNT; from++) {
        for (int to = 0; to < USHER_CONTACT_STATE_COUNT; to++) {
            struct usher_contact contact = {.state = (enum usher_contact_state)from, .since_ms = 5};
            bool moved = usher_contact_move(&contact, (enum usher_contact_state)to, 9);
            ck_assert_msg(moved == (strchr(legal[from], letters[to]) != NULL), "from %d to %d",
                          from, to);
            ck_assert_int_eq(contact.state, moved ? to : from);
            ck_assert_int_eq(contact.since_ms, moved ? 9 : 5);
        }
    }
}
END_TEST

START_TEST(every_state_has_a_name_of_its_own)
{
    for (int i = 0; i < USHER_CONTACT_STATE_COUNT; i++)
        for (int j = 0; j < i; j++)
            ck_assert(!usher_text_is_equal(usher_contact_state_name((enum usher_contact_state)i),
                                           usher_contact_state_name((enum usher_contact_state)j)));
    ck_assert_str_eq(usher_contact_state_name(USHER_CONTACT_WRAPPING).at, "wrapping");
}
END_TEST

START_TEST(client_of_an_id_stands_before_its_first_slash)
{
    ck_assert(
        usher_text_is_equal(usher_contact_id_client(USHER_TEXT("pbx1/a/b")), USHER_TEXT("pbx1")));
    ck_assert_ptr_nonnull(usher_contact_id_client(USHER_TEXT("/a")).at);
    ck_assert_uint_eq(usher_contact_id_client(USHER_TEXT("/a")).length, 0);
    ck_assert_ptr_null(usher_contact_id_client(USHER_TEXT("a")).at);
    ck_assert_ptr_null(usher_contact_id_client(USHER_NO_TEXT).at);
}
END_TEST

START_TEST(offers_and_talks_are_told_from_the_rest)
{
    for (int i = 0; i < USHER_CONTACT_STATE_COUNT; i++) {
        enum usher_contact_state state = (enum usher_contact_state)i;
        ck_assert_int_eq(usher_contact_state_is_offer(state), strchr("or", letters[i]) != NULL);
        ck_assert_int_eq(usher_contact_state_is_talk(state), strchr("th", letters[i]) != NULL);
    }
}
END_TEST

START_TEST(decliner_is_remembered_until_the_cool_down_ends)
{
    struct usher_contact contact = {0};
    ck_assert(!usher_contact_is_declined_by(&contact, 0, 10));
    usher_contact_remember_decline(&contact, 7, 100);
    ck_assert(usher_contact_is_declined_by(&contact, 7, 99));
    ck_assert(!usher_contact_is_declined_by(&contact, 7, 100));
    ck_assert(!usher_contact_is_declined_by(&contact, 0, 99));
}
END_TEST

START_TEST(decliner_who_declines_again_is_remembered_once_with_the_later_time)
{
    struct usher_contact contact = {0};
    usher_contact_remember_decline(&contact, 7, 100);
    usher_contact_remember_decline(&contact, 8, 110);
    usher_contact_remember_decline(&contact, 7, 200);
    ck_assert_uint_eq(contact.declines_count, 2);
    ck_assert(usher_contact_is_declined_by(&contact, 7, 199));
    ck_assert(usher_contact_is_declined_by(&contact, 8, 109));
}
END_TEST

START_TEST(full_memory_gives_up_the_cool_down_that_ends_first)
{
    struct usher_contact contact = {0};
    for (uint32_t agent = 0; agent < USHER_DECLINES_MAX; agent++)
        usher_contact_remember_decline(&contact, agent, agent == 3 ? 50 : 100 + agent);
    usher_contact_remember_decline(&contact, 90, 300);
    ck_assert_uint_eq(contact.declines_count, USHER_DECLINES_MAX);
    ck_assert(!usher_contact_is_declined_by(&contact, 3, 10));
    ck_assert(usher_contact_is_declined_by(&contact, 90, 10));
    for (uint32_t agent = 0; agent < USHER_DECLINES_MAX; agent++)
        ck_assert_int_eq(usher_contact_is_declined_by(&contact, agent, 10), agent != 3);
}
END_TEST

START_TEST(next_cool_down_is_the_first_that_still_runs)
{
    struct usher_contact contact = {0};
    ck_assert_int_eq(usher_contact_next_cool_down_ms(&contact, 0), INT64_MAX);
    usher_contact_remember_decline(&contact, 1, 200);
    usher_contact_remember_decline(&contact, 2, 100);
    ck_assert_int_eq(usher_contact_next_cool_down_ms(&contact, 0), 100);
    ck_assert_int_eq(usher_contact_next_cool_down_ms(&contact, 100), 200);
    ck_assert_int_eq(usher_contact_next_cool_down_ms(&contact, 200), INT64_MAX);
}
END_TEST

SUITE_MAIN("contact", only_the_moves_of_a_contact_are_made, every_state_has_a_name_of_its_own,
           client_of_an_id_stands_before_its_first_slash, offers_and_talks_are_told_from_the_rest,
           decliner_is_remembered_until_the_cool_down_ends,
           decliner_who_declines_again_is_remembered_once_with_the_later_time,
           full_memory_gives_up_the_cool_down_that_ends_first,
           next_cool_down_is_the_first_that_still_runs)
