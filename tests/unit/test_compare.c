/* What differs between two sets of rules. */
#include "rules/compare.h"
#include "unit/ruled.h"
#include "unit/suite.h"

#define SKILLS "skills: [billing, lang.uk, lang.en]\n"
#define QUEUES "queues:\n  a: {need: {billing: {min: 3}}}\n  b: {}\n"
#define ROUTES "routes:\n  - {when: {data.topic: bill}, queue: a}\n  - {queue: b}\n"

/* "section name key: was => now" a line. */
static const char *changes_of(const char *before_text, const char *now_text, char told[4096])
{
    struct usher_rules *before = ruled(before_text), *now = ruled(now_text);
    struct usher_changes *changes = calloc(1, sizeof(*changes));
    struct usher_problems *problems = told_new();
    struct usher_document was, is;
    size_t length = 0;
    ck_assert_ptr_nonnull(changes);
    usher_rules_compare(before, now, changes);
    ck_assert(usher_document_read(&was, usher_text_of(before_text), problems));
    ck_assert(usher_document_read(&is, usher_text_of(now_text), problems));
    usher_rules_compare_keys(was.root, is.root, changes);
    told[0] = '\0';
    for (size_t i = 0; i < changes->count; i++) {
        const struct usher_change *change = &changes->list[i];
        length +=
            (size_t)snprintf(told + length, 4096 - length, "%s %.*s %s: %s => %s\n",
                             usher_rules_section_name(change->section),
                             USHER_TEXT_ARGS(change->name), change->key, change->was, change->now);
    }
    free(changes);
    free(problems);
    usher_document_fini(&was);
    usher_document_fini(&is);
    usher_rules_free(before);
    usher_rules_free(now);
    return told;
}

#define ASSERT_CHANGES(before, now, wanted)                                                        \
    do {                                                                                           \
        char told[4096];                                                                           \
        ck_assert_str_eq(changes_of(before, now, told), wanted);                                   \
    } while (0)

START_TEST(same_rules_have_no_changes)
{
    ASSERT_CHANGES(SKILLS QUEUES ROUTES, "# A word.\n" SKILLS QUEUES ROUTES, "");
    ASSERT_CHANGES(SKILLS QUEUES ROUTES, "skills: [lang.en, billing, lang.uk]\n" QUEUES ROUTES, "");
}
END_TEST

START_TEST(new_and_gone_things_are_told_whole)
{
    ASSERT_CHANGES(
        SKILLS QUEUES ROUTES,
        "skills: [billing, chess]\nnot_ready: [lunch]\ntiers: {gold: {}}\n"
        "queues:\n  b: {}\n  c: {}\nroutes: [{queue: b}]\n",
        "skills lang.uk : there => \nskills lang.en : there => \nskills chess :  => new\n"
        "not_ready lunch :  => new\ntiers gold :  => new\n"
        "queues a : there => \nqueues c :  => new\n"
        "routes  route 1: -> a: data.topic bill => \n");
}
END_TEST

START_TEST(values_are_told_as_people_write_them)
{
    ASSERT_CHANGES(
        SKILLS QUEUES ROUTES,
        SKILLS
        "tiers: {standard: {head_start: 90s}}\nbid: {fairness: 0.25, overtaking: false}\n"
        "channels: {chat: {cap: 2}}\n"
        "queues:\n  a:\n    promise: {answer_within: 1m, target: 90%, email: 4h}\n"
        "    need: {lang.$data.lang: {min: 2, else: lang.uk}, billing: {min: 4}}\n"
        "    wrap_up: 5s\n    limit: {waiting: 9}\n    forecast: {per_hour: 60, handle: 5m}\n"
        "  b: {}\n" ROUTES,
        "tiers standard head_start: 0 => 90s\nbid  fairness: 0.15 => 0.25\n"
        "bid  overtaking: true => false\nchannels chat cap: 3 => 2\n"
        "queues a promise.answer_within: 20s => 1m\nqueues a promise.target: 80% => 90%\n"
        "queues a forecast.per_hour:  => 60\nqueues a forecast.handle:  => 5m\n"
        "queues a wrap_up: 0 => 5s\nqueues a limit.waiting:  => 9\nqueues a promise.email:  => 4h\n"
        "queues a need.billing: min 3, weight 1 => min 4, weight 1\n"
        "queues a need.lang.$data.lang:  => min 2, weight 1, else lang.uk\n");
}
END_TEST

START_TEST(routes_count_in_their_order)
{
    ASSERT_CHANGES(SKILLS QUEUES
                   "routes:\n  - {when: {data.x: 1}, queue: a}\n  - {when: {data.x: 2}, queue: b}\n"
                   "  - {queue: b}\n",
                   SKILLS QUEUES
                   "routes:\n  - {when: {data.x: 2}, queue: b}\n  - {when: {data.x: 1}, queue: a}\n"
                   "  - {queue: b}\n",
                   "routes  order: as it was => another\n");
    ASSERT_CHANGES(SKILLS QUEUES ROUTES,
                   SKILLS QUEUES "routes:\n  - {when: {data.topic: [bill, debt]}, queue: a}\n"
                                 "  - {queue: b}\n",
                   "routes  route 1: -> a: data.topic bill => \n"
                   "routes  route 1:  => -> a: data.topic bill|debt\n");
}
END_TEST

#define NUMBERS_40                                                                                 \
    "1000001, 1000002, 1000003, 1000004, 1000005, 1000006, 1000007, 1000008, 1000009, 1000010, "   \
    "1000011, 1000012, 1000013, 1000014, 1000015, 1000016, 1000017, 1000018, 1000019, 1000020, "   \
    "1000021, 1000022, 1000023, 1000024, 1000025, 1000026, 1000027, 1000028, 1000029, 1000030, "

START_TEST(change_behind_what_is_shown_of_a_long_route_is_seen)
{
    char told[4096];
    (void)changes_of(SKILLS QUEUES "routes:\n  - {when: {dialled: [" NUMBERS_40 "7]}, queue: a}\n"
                                   "  - {queue: b}\n",
                     SKILLS QUEUES "routes:\n  - {when: {dialled: [" NUMBERS_40 "8]}, queue: a}\n"
                                   "  - {queue: b}\n",
                     told);
    ck_assert_ptr_nonnull(strstr(told, "routes  route 1: -> a: dialled 1000001|"));
    ck_assert_ptr_nonnull(strstr(told, "…"));
}
END_TEST

START_TEST(keys_that_are_compared_as_they_are_written_are_told_one_by_one)
{
    ASSERT_CHANGES("timezone: Europe/Kyiv\n"
                   "queues:\n  a: {hours: {mon-fri: \"08:00-20:00\"}, closed: {then: farewell}}\n"
                   "  b: {like: a}\n  c: {limit: {waiting: 5}}\n"
                   "routes: [{queue: a}]\n",
                   "timezone: Europe/Rome\nblocked: [\"+380\", \"+39*\"]\n"
                   "queues:\n  a: {hours: {mon-fri: \"09:00-20:00\", sat: \"10:00-14:00\"}}\n"
                   "  b: {like: a, closed: {then: farewell}}\n"
                   "  c: {limit: {waiting: 9, then: b}}\nroutes: [{queue: a}]\n",
                   "queues c limit.waiting: 5 => 9\n"
                   "rules  timezone: Europe/Kyiv => Europe/Rome\n"
                   "rules  blocked:  => [+380, +39*]\n"
                   "queues a hours.mon-fri: 08:00-20:00 => 09:00-20:00\n"
                   "queues a hours.sat:  => 10:00-14:00\n"
                   "queues a closed.then: farewell => \n"
                   "queues b hours.mon-fri: 08:00-20:00 => 09:00-20:00\n"
                   "queues b hours.sat:  => 10:00-14:00\n"
                   "queues c limit.then:  => b\n");
}
END_TEST

SUITE_MAIN("compare", same_rules_have_no_changes,
           keys_that_are_compared_as_they_are_written_are_told_one_by_one,
           new_and_gone_things_are_told_whole, values_are_told_as_people_write_them,
           routes_count_in_their_order, change_behind_what_is_shown_of_a_long_route_is_seen)
