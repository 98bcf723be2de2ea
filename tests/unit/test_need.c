/* Needs: what a contact needs in a queue, by the rules and by its own data. */
#include "unit/ruled.h"
#include "unit/suite.h"

#define MEMORY "{\"lang\":\"en\",\"city\":\"Sumy\"}"
#define ROUTES "routes: [{queue: q}]\n"
#define RULES                                                                                      \
    "skills: [lang.en, billing, lang.uk, internet]\nqueues:\n"                                     \
    "  q: {need: {lang.$data.lang: {min: 2, else: lang.uk}, billing: {min: 5, weight: 3}}}\n"      \
    "  free: {need: {lang.$data.lang: {}}}\n"                                                      \
    "  twice: {need: {lang.uk: {min: 4, weight: 100}, lang.$data.a: {min: 6, weight: 100}, "       \
    "lang.$data.b: {min: 1, weight: 100}}}\n"                                                      \
    "  whole: {need: {$data.topic: {else: internet}}}\n"                                           \
    "  known: {need: {lang.$customer.lang: {min: 2}, lang.$customer.city: {else: "                 \
    "lang.uk}}}\n" ROUTES

struct needed {
    struct usher_need list[USHER_NEEDS_MAX];
    size_t count;
};

static struct needed needed_in(const char *queue, const char *data)
{
    struct usher_rules *rules = ruled(RULES);
    struct needed needed = {.count = 0};
    size_t index = usher_rules_find_queue(rules, usher_text_of(queue));

    ck_assert_uint_ne(index, SIZE_MAX);
    needed.count = usher_rules_needs(
        rules, index,
        &(struct usher_facts){.data = usher_text_of(data), .customer = USHER_TEXT(MEMORY)},
        needed.list);
    usher_rules_free(rules);
    return needed;
}

static void assert_need(const struct usher_need *need, unsigned int skill, unsigned int min,
                        unsigned int weight)
{
    ck_assert_uint_eq(need->skill, skill);
    ck_assert_uint_eq(need->min, min);
    ck_assert_uint_eq(need->weight, weight);
}

START_TEST(skill_of_the_data_is_needed_and_needs_come_by_skill)
{
    struct needed needed = needed_in("q", "{\"x\":1,\"lang\":\"en\"}");

    ck_assert_uint_eq(needed.count, 2);
    assert_need(&needed.list[0], 0, 2, 1);
    assert_need(&needed.list[1], 1, 5, 3);
}
END_TEST

START_TEST(else_is_needed_when_the_data_name_no_skill)
{
    static const char *const cases[] = {
        NULL,
        "{}",
        "{\"lang\":\"fr\"}",
        "{\"lang\":null}",
        "{\"lang\":{\"lang\":\"en\"}}",
        "{\"lang\":\"\"}",
        "{\"a\":{\"lang\":\"en\"}}",
        "{\"lang\":"
        "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
    };
    for (size_t i = 0; i < USHER_COUNT_OF(cases); i++) {
        struct needed needed = needed_in("q", cases[i]);

        ck_assert_uint_eq(needed.count, 2);
        assert_need(&needed.list[0], 1, 5, 3);
        assert_need(&needed.list[1], 2, 2, 1);
    }
}
END_TEST

START_TEST(without_else_nothing_is_needed)
{
    ck_assert_uint_eq(needed_in("free", NULL).count, 0);
    ck_assert_uint_eq(needed_in("free", "{\"lang\":\"fr\"}").count, 0);
    ck_assert_uint_eq(needed_in("free", "{\"lang\":\"uk\"}").count, 1);
}
END_TEST

START_TEST(two_needs_of_one_skill_are_one_with_the_higher_minimum)
{
    struct needed needed = needed_in("twice", "{\"a\":\"uk\",\"b\":\"uk\"}");

    ck_assert_uint_eq(needed.count, 1);
    assert_need(&needed.list[0], 2, 6, 255);
    needed = needed_in("twice", "{\"a\":\"en\",\"b\":\"uk\"}");
    ck_assert_uint_eq(needed.count, 2);
    assert_need(&needed.list[0], 0, 6, 100);
    assert_need(&needed.list[1], 2, 4, 200);
}
END_TEST

START_TEST(whole_name_may_come_from_the_data)
{
    ck_assert_uint_eq(needed_in("whole", "{\"topic\":\"billing\"}").list[0].skill, 1);
    ck_assert_uint_eq(needed_in("whole", "{\"topic\":\"\\u0062illing\"}").list[0].skill, 1);
    ck_assert_uint_eq(needed_in("whole", "{\"topic\":5}").list[0].skill, 3);
}
END_TEST

START_TEST(skill_of_the_customers_memory_is_needed)
{
    struct needed needed = needed_in("known", "{\"lang\":\"uk\"}");

    ck_assert_uint_eq(needed.count, 2);
    assert_need(&needed.list[0], 0, 2, 1);
    assert_need(&needed.list[1], 2, 1, 1);
}
END_TEST

START_TEST(bad_needs_are_told)
{
    told_assert(ruled_out("skills: [billing, internet, lang.uk]\nqueues:\n  q:\n    need:\n"
                          "      blling: {}\n"
                          "      billing: {min: 11, weight: 0}\n"
                          "      juggling: {}\n"
                          "      internet: {else: billing, mni: 3}\n"
                          "      lang.$data.lang: {else: lang.ru}\n"
                          "      lnag.$data.lang: {}\n"
                          "      lang.$data.: {}\n"
                          "      lang.uk: 3\n"
                          "      lang.$customer.: {}\n" ROUTES),
                "f:5:7: skill `blling` is not declared; did you mean `billing`? If not, add it to "
                "`skills` at "
                "the top\n"
                "f:6:22: `min` is `11`; it must be 1 to 10: the lowest level that an agent must "
                "have; 10 is "
                "the highest there is\n"
                "f:6:34: `weight` is `0`; it must be 1 to 100: how much this skill counts beside "
                "the others\n"
                "f:7:7: skill `juggling` is not declared; add it to `skills` at the top\n"
                "f:8:7: `else` is for a skill that comes from the contact's data, as in "
                "lang.$data.lang; take "
                "it out\n"
                "f:8:33: unknown key `mni`; did you mean `min`?\n"
                "f:9:31: skill `lang.ru` is not declared; did you mean `lang.uk`? If not, add it "
                "to `skills` "
                "at the top\n"
                "f:10:7: no declared skill begins with `lnag.`; add some to `skills` at the top\n"
                "f:11:7: `$data.` needs a key of the contact's data behind it, of at most 64 "
                "bytes; write it "
                "as in lang.$data.lang\n"
                "f:12:16: `lang.uk` is `3`; it must be a mapping of keys to values, such as {min: "
                "5}\n"
                "f:13:7: `$customer.` needs a key of the customer's memory behind it, of at most "
                "64 bytes; write it as in lang.$customer.lang\n");
}
END_TEST

START_TEST(sixteen_needs_are_the_most)
{
    told_assert(
        ruled_out(
            "queues: {q: {need: {a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {}, h: {}, i: {}, "
            "j: {}, k: {}, l: {}, m: {}, n: {}, o: {}, p: {}, q: {}}}}\n" ROUTES),
        "f:1:20: a queue may need 16 skills; here are 17\n");
}
END_TEST

START_TEST(own_needs_count_instead_of_the_queues_if_the_rules_have_any_of_them)
{
    static const struct {
        const char *skills;
        unsigned int count;
        unsigned int first_skill;
        unsigned int first_min;
    } cases[] = {
        {"{\"internet\":7,\"billing\":2}", 2, 1, 2},
        {"{\"internet\":7,\"cooking\":2}", 1, 3, 7},
        {"{\"internet\":0,\"billing\":11,\"lang.uk\":\"5\",\"lang.en\":1}", 1, 0, 1},
        {"{\"cooking\":2}", 2, 1, 5},
        {"{}", 2, 1, 5},
        {"[\"billing\"]", 2, 1, 5},
        {NULL, 2, 1, 5},
    };
    struct usher_rules *rules = ruled(RULES);

    for (size_t i = 0; i < USHER_COUNT_OF(cases); i++) {
        const struct usher_facts facts = {.skills = usher_text_of(cases[i].skills)};
        struct usher_need needs[USHER_NEEDS_MAX];
        size_t count = usher_rules_needs(rules, 0, &facts, needs);

        ck_assert_uint_eq(count, cases[i].count);
        ck_assert_uint_eq(needs[0].skill, cases[i].first_skill);
        ck_assert_uint_eq(needs[0].min, cases[i].first_min);
    }
    usher_rules_free(rules);
}
END_TEST

SUITE_MAIN("need", skill_of_the_data_is_needed_and_needs_come_by_skill,
           else_is_needed_when_the_data_name_no_skill, without_else_nothing_is_needed,
           two_needs_of_one_skill_are_one_with_the_higher_minimum,
           whole_name_may_come_from_the_data, skill_of_the_customers_memory_is_needed,
           bad_needs_are_told, sixteen_needs_are_the_most,
           own_needs_count_instead_of_the_queues_if_the_rules_have_any_of_them)
