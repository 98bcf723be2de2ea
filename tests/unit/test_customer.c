/* `customer`: who counts as one customer, and the problems of saying so. */
#include "unit/ruled.h"
#include "unit/suite.h"

#define REST "\nqueues: {a: {}}\nroutes: [{queue: a}]\n"

static const char *key_of(const struct usher_rules *rules, const char *from, const char *data)
{
    static char written[USHER_CUSTOMER_MAX + 1];
    char room[USHER_CUSTOMER_MAX];
    struct usher_text key =
        usher_rules_customer(rules, usher_text_of(from), usher_text_of(data), room);
    if (!key.at)
        return "nobody";
    ck_assert(usher_text_copy(written, sizeof(written), key));
    return written;
}

START_TEST(the_first_source_that_a_contact_has_is_its_customer)
{
    struct usher_rules *rules = ruled("customer: {key: [data.contract, from]}" REST);
    ck_assert_str_eq(key_of(rules, "+380", "{\"contract\":\"UA-7\"}"), "UA-7");
    ck_assert_str_eq(key_of(rules, "+380", "{\"contract\":42}"), "42");
    ck_assert_str_eq(key_of(rules, "+380", "{\"contract\":\"\"}"), "+380");
    ck_assert_str_eq(key_of(rules, "+380", "{\"contract\":null}"), "+380");
    ck_assert_str_eq(key_of(rules, "+380", NULL), "+380");
    ck_assert_str_eq(key_of(rules, NULL, NULL), "nobody");
    usher_rules_free(rules);
}
END_TEST

START_TEST(a_withheld_number_is_nobodys)
{
    static const char *const withheld[] = {"anonymous",  "sip:Anonymous@anonymous.invalid",
                                           "Restricted", "sip:unknown@10.0.0.1",
                                           "sip:",       ""};
    struct usher_rules *rules = ruled("customer: {key: [from]}" REST);
    for (size_t i = 0; i < USHER_COUNT_OF(withheld); i++)
        ck_assert_str_eq(key_of(rules, withheld[i], NULL), "nobody");
    ck_assert_str_eq(key_of(rules, "unknownable", NULL), "unknownable");
    ck_assert_str_eq(key_of(rules, "sip:privateer@x", NULL), "sip:privateer@x");
    usher_rules_free(rules);
}
END_TEST

START_TEST(a_key_has_128_bytes_without_control_characters)
{
    char from[USHER_CUSTOMER_MAX + 2];
    struct usher_rules *rules = ruled("customer: {key: [data.a, from]}" REST);
    memset(from, 'x', sizeof(from));
    from[sizeof(from) - 1] = '\0';
    ck_assert_str_eq(key_of(rules, from, NULL), "nobody");
    from[sizeof(from) - 2] = '\0';
    ck_assert_str_eq(key_of(rules, from, NULL), from);
    ck_assert_str_eq(key_of(rules, "7", "{\"a\":\"1\\n2\"}"), "7");
    usher_rules_free(rules);
}
END_TEST

START_TEST(without_the_key_nobody_is_known_by_himself)
{
    struct usher_rules *rules = ruled("skills: []" REST);
    ck_assert_str_eq(key_of(rules, "+380", "{\"contract\":\"UA-7\"}"), "nobody");
    ck_assert_int_eq(rules->customer.keep_ms, INT64_C(365) * 86400000);
    ck_assert_int_eq(rules->customer.read_ms, 50);
    usher_rules_free(rules);
}
END_TEST

START_TEST(what_tells_no_customers_apart_is_refused)
{
    ck_assert_str_eq(ruled_out("customer: {key: [dialled]}" REST),
                     "f:1:18: `dialled` tells no customers apart; write `from`, or `data.KEY` for "
                     "what the PBX says under KEY\n");
    ck_assert_str_eq(ruled_out("customer: {key: []}" REST),
                     "f:1:17: `key` has 0 members; 1 to 8 are possible\n");
    ck_assert_str_eq(ruled_out("customer: {key: [from, from]}" REST),
                     "f:1:24: `from` is in this list twice; take one out\n");
}
END_TEST

SUITE_MAIN("customer", the_first_source_that_a_contact_has_is_its_customer,
           a_withheld_number_is_nobodys, a_key_has_128_bytes_without_control_characters,
           without_the_key_nobody_is_known_by_himself, what_tells_no_customers_apart_is_refused)
