/* A customer's hash as the router wants it. */
#include <stdio.h>

#include "journal/customer.h"
#include "unit/reply_of.h"
#include "unit/suite.h"
#include "wire/json.h"

/* The memory that is read from names and values. */
static const char *read_of(struct customer *customer, const char *const *words, size_t count)
{
    static char bytes[65536];
    int length = snprintf(bytes, sizeof(bytes), "*%zu\r\n", count);
    for (size_t i = 0; i < count; i++)
        length += snprintf(bytes + length, sizeof(bytes) - (size_t)length, "$%zu\r\n%s\r\n",
                           strlen(words[i]), words[i]);
    redisReply *reply = reply_of(bytes);
    customer_read(customer, reply);
    freeReplyObject(reply);
    usher_bytes_append_char(&customer->memory, '\0');
    return customer->memory.at;
}

#define READ(customer, ...)                                                                        \
    read_of(customer, (const char *const[]){__VA_ARGS__},                                          \
            sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

START_TEST(ours_come_first_and_then_the_crms)
{
    struct customer customer;
    customer_init(&customer);
    ck_assert_str_eq(READ(&customer, "city", "Sumy \"7\"", "usher.n", "5-1", "usher.contacts", "3",
                          "usher.served.support", "1763", "usher.last_agent", "olena",
                          "usher.last_ms", "1764", "tier", "gold", "usher.disposition", "sold",
                          "usher.served.care", "9"),
                     "{\"contacts\":3,\"disposition\":\"sold\",\"served\":{\"support\":1763,"
                     "\"care\":9},\"city\":\"Sumy \\\"7\\\"\",\"tier\":\"gold\"}");
    ck_assert_str_eq(customer.last_agent, "olena");
    ck_assert_int_eq(customer.last_ms, 1764);
    customer_fini(&customer);
}
END_TEST

START_TEST(what_is_not_fit_is_left_out)
{
    struct customer customer;
    char long_value[CUSTOMER_VALUE_MAX + 2];
    customer_init(&customer);
    memset(long_value, 'x', sizeof(long_value));
    long_value[sizeof(long_value) - 1] = '\0';
    ck_assert_str_eq(READ(&customer, "a", "\xff", "\xfe", "b", "c", long_value, "contacts", "9",
                          "usher.contacts", "many", "usher.served.x", "soon", "d", "two\nlines",
                          "usher.last_agent", "no agent", "e", "\xd1\x8f"),
                     "{\"e\":\"\xd1\x8f\"}");
    ck_assert_str_eq(customer.last_agent, "");
    customer_fini(&customer);
}
END_TEST

START_TEST(a_hash_of_any_size_gives_a_memory_that_fits)
{
    struct customer customer;
    static char texts[400][64];
    const char *words[400];
    struct usher_json_problem problem;
    customer_init(&customer);
    for (size_t i = 0; i < 400; i += 2) {
        (void)snprintf(texts[i], sizeof(texts[i]), i < 200 ? "usher.served.queue-%zu" : "field-%zu",
                       i);
        (void)snprintf(texts[i + 1], sizeof(texts[i + 1]), "%zu", 1763745600000 + i);
        words[i] = texts[i];
        words[i + 1] = texts[i + 1];
    }
    (void)read_of(&customer, words, 400);
    ck_assert_uint_gt(customer.memory.length, 1000);
    ck_assert_uint_le(customer.memory.length, CUSTOMER_MEMORY_MAX + 1);
    struct usher_text memory = {customer.memory.at, customer.memory.length - 1};
    ck_assert(usher_json_check(memory, 4, &problem));
    ck_assert_ptr_nonnull(usher_json_find(memory, USHER_TEXT("field-200")).at);
    customer_fini(&customer);
}
END_TEST

START_TEST(nobody_is_an_empty_object)
{
    struct customer customer;
    customer_init(&customer);
    ck_assert_str_eq(read_of(&customer, NULL, 0), "{}");
    customer_fini(&customer);
}
END_TEST

SUITE_MAIN("customer_memory", ours_come_first_and_then_the_crms, what_is_not_fit_is_left_out,
           a_hash_of_any_size_gives_a_memory_that_fits, nobody_is_an_empty_object)
