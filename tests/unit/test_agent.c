/* The states of agents and phones. */
#include <check.h>

#include "model/agent.h"
#include "unit/suite.h"

static const struct {
    enum usher_agent_state from;
    enum usher_agent_state to;
} legal[] = {
    {USHER_AGENT_NONE, USHER_AGENT_SIGNED_OUT},      /* a profile came */
    {USHER_AGENT_SIGNED_OUT, USHER_AGENT_NOT_READY}, /* the shift begins */
    {USHER_AGENT_NOT_READY, USHER_AGENT_READY},
    {USHER_AGENT_NOT_READY, USHER_AGENT_NOT_READY}, /* another reason */
    {USHER_AGENT_READY, USHER_AGENT_NOT_READY},
    {USHER_AGENT_READY, USHER_AGENT_SIGNED_OUT},
    {USHER_AGENT_NOT_READY, USHER_AGENT_SIGNED_OUT},
};

static bool is_legal(enum usher_agent_state from, enum usher_agent_state to)
{
    for (size_t i = 0; i < USHER_COUNT_OF(legal); i++)
        if (legal[i].from == from && legal[i].to == to)
            return true;
    return false;
}

START_TEST(only_the_moves_of_a_shift_are_made)
{
    for (int from = 0; from < USHER_AGENT_STATE_COUNT; from++) {
        for (int to = 0; to < USHER_AGENT_STATE_COUNT; to++) {
            struct usher_agent agent = {.state = (enum usher_agent_state)from, .since_ms = 5};
            bool moved = usher_agent_move(&agent, (enum usher_agent_state)to, 9);
            ck_assert_msg(moved ==
                              is_legal((enum usher_agent_state)from, (enum usher_agent_state)to),
                          "from %d to %d", from, to);
            ck_assert_int_eq(agent.state, moved ? to : from);
            ck_assert_int_eq(agent.since_ms, moved ? 9 : 5);
        }
    }
}
END_TEST

START_TEST(every_state_has_a_name_of_its_own)
{
    for (int i = 0; i < USHER_AGENT_STATE_COUNT; i++)
        for (int j = 0; j < i; j++)
            ck_assert(!usher_text_is_equal(usher_agent_state_name((enum usher_agent_state)i),
                                           usher_agent_state_name((enum usher_agent_state)j)));
    ck_assert_str_eq(usher_agent_state_name(USHER_AGENT_SIGNED_OUT).at, "signed_out");
    ck_assert_str_eq(usher_agent_state_name(USHER_AGENT_READY).at, "ready");
    ck_assert_str_eq(usher_agent_state_name(USHER_AGENT_NOT_READY).at, "not_ready");
}
END_TEST

START_TEST(every_state_of_a_phone_is_found_by_its_name)
{
    for (int i = USHER_PHONE_NONE + 1; i < USHER_PHONE_STATE_COUNT; i++) {
        enum usher_phone_state state = (enum usher_phone_state)i;
        ck_assert_int_eq(usher_phone_state_find(usher_phone_state_name(state)), state);
    }
    ck_assert_int_eq(usher_phone_state_find(USHER_TEXT("idle")), USHER_PHONE_IDLE);
    ck_assert_int_eq(usher_phone_state_find(USHER_TEXT("busy")), USHER_PHONE_BUSY);
    ck_assert_int_eq(usher_phone_state_find(USHER_TEXT("unreachable")), USHER_PHONE_UNREACHABLE);
    ck_assert_int_eq(usher_phone_state_find(USHER_TEXT("")), USHER_PHONE_NONE);
    ck_assert_int_eq(usher_phone_state_find(USHER_NO_TEXT), USHER_PHONE_NONE);
    ck_assert_int_eq(usher_phone_state_find(USHER_TEXT("Idle")), USHER_PHONE_NONE);
}
END_TEST

SUITE_MAIN("agent", only_the_moves_of_a_shift_are_made, every_state_has_a_name_of_its_own,
           every_state_of_a_phone_is_found_by_its_name)
