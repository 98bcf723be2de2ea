/* The rules file: defaults, names, tiers, knobs, channels, and the problems of each. */
#include "rules/rules.h"

#include "unit/ruled.h"
#include "unit/suite.h"

#define END "queues: {q: {}}\nroutes: [{queue: q}]\n"

START_TEST(shortest_rules_have_all_defaults)
{
    struct usher_rules *rules = ruled(END);
    const struct usher_queue *queue = &rules->queues[0];

    ck_assert_str_eq(rules->hash, "feed");
    ck_assert_uint_eq(rules->skills_count, 0);
    ck_assert_uint_eq(rules->not_ready_count, 3);
    ck_assert(usher_rules_has_reason(rules, USHER_TEXT("ring_no_answer")));
    ck_assert(!usher_rules_has_reason(rules, USHER_TEXT("lunch")));
    ck_assert_uint_eq(rules->tiers_count, 1);
    ck_assert_uint_eq(rules->default_tier, 0);
    ck_assert(usher_text_is_equal(rules->tiers[0].name, USHER_TEXT("standard")));
    ck_assert_int_eq(rules->tiers[0].head_start_ms, 0);
    ck_assert_int_eq(rules->bid.match_worth_ms, 240000);
    ck_assert_int_eq(rules->bid.lend_worth_ms, 160000);
    ck_assert_int_eq(rules->bid.fairness_per_mille, 150);
    ck_assert_int_eq(rules->bid.idle_cap_ms, 900000);
    ck_assert_int_eq(rules->bid.second_promise, 2);
    ck_assert(rules->bid.overtaking);
    for (size_t i = 1; i < USHER_CHANNEL_COUNT; i++) {
        struct usher_channel_load load = usher_channel_default_load((enum usher_channel)i);

        ck_assert_int_eq(rules->channels[i].unit, load.unit);
        ck_assert_int_eq(rules->channels[i].cap, load.cap);
        ck_assert_int_eq(rules->channels[i].is_interruptible, load.is_interruptible);
        ck_assert_int_eq(queue->promise_by_channel_ms[i], -1);
    }
    ck_assert_int_eq(queue->promise_ms, 20000);
    ck_assert_int_eq(queue->target_percent, 80);
    ck_assert_int_eq(queue->promise_by_tier_ms[0], -1);
    ck_assert_int_eq(queue->forecast_per_hour, -1);
    ck_assert_int_eq(queue->forecast_handle_ms, -1);
    ck_assert_uint_eq(queue->needs_count, 0);
    ck_assert_int_eq(queue->ring_ms, 15000);
    ck_assert_int_eq(queue->wrap_up_ms, 0);
    ck_assert_int_eq(queue->waiting_max, INT64_MAX);
    usher_rules_free(rules);
    usher_rules_free(NULL);
}
END_TEST

START_TEST(names_are_found_by_their_place_in_the_file)
{
    struct usher_rules *rules =
        ruled("skills: [sales, billing, lang.uk, a]\nnot_ready: [lunch, ring_no_answer]\n"
              "tiers: {gold: {head_start: 30s}, standard: {head_start: 1s}, silver: {}}\n"
              "queues: {z: {}, m: {}, a: {}}\nroutes: [{queue: m}]\n");

    ck_assert_uint_eq(usher_rules_find_skill(rules, USHER_TEXT("sales")), 0);
    ck_assert_uint_eq(usher_rules_find_skill(rules, USHER_TEXT("billing")), 1);
    ck_assert_uint_eq(usher_rules_find_skill(rules, USHER_TEXT("lang.uk")), 2);
    ck_assert_uint_eq(usher_rules_find_skill(rules, USHER_TEXT("a")), 3);
    ck_assert_uint_eq(usher_rules_find_skill(rules, USHER_TEXT("lang")), SIZE_MAX);
    ck_assert_uint_eq(usher_rules_find_skill(rules, USHER_TEXT("zz")), SIZE_MAX);
    ck_assert_uint_eq(usher_rules_find_queue(rules, USHER_TEXT("z")), 0);
    ck_assert_uint_eq(usher_rules_find_queue(rules, USHER_TEXT("a")), 2);
    ck_assert_uint_eq(usher_rules_find_queue(rules, USHER_TEXT("q")), SIZE_MAX);
    ck_assert_uint_eq(usher_rules_find_tier(rules, USHER_TEXT("silver")), 2);
    ck_assert_uint_eq(usher_rules_find_tier(rules, USHER_TEXT("bronze")), SIZE_MAX);
    ck_assert_uint_eq(rules->default_tier, 1);
    ck_assert_int_eq(rules->tiers[0].head_start_ms, 30000);
    ck_assert_uint_eq(rules->not_ready_count, 4);
    usher_rules_free(rules);
}
END_TEST

START_TEST(knobs_and_channels_are_read)
{
    struct usher_rules *rules = ruled(
        "bid: {match_worth: 100s, lend_worth: 0, fairness: 0.2, idle_cap: 10m, second_promise: "
        "off, overtaking: false}\n"
        "channels: {chat: {cap: 2}, email: {unit: 10, interruptible: false}}\n" END);

    ck_assert_int_eq(rules->bid.match_worth_ms, 100000);
    ck_assert_int_eq(rules->bid.lend_worth_ms, 0);
    ck_assert_int_eq(rules->bid.fairness_per_mille, 200);
    ck_assert_int_eq(rules->bid.idle_cap_ms, 600000);
    ck_assert_int_eq(rules->bid.second_promise, 1);
    ck_assert(!rules->bid.overtaking);
    ck_assert_int_eq(rules->channels[USHER_CHANNEL_CHAT].unit, 33);
    ck_assert_int_eq(rules->channels[USHER_CHANNEL_CHAT].cap, 2);
    ck_assert_int_eq(rules->channels[USHER_CHANNEL_EMAIL].unit, 10);
    ck_assert_int_eq(rules->channels[USHER_CHANNEL_EMAIL].cap, 5);
    ck_assert(!rules->channels[USHER_CHANNEL_EMAIL].is_interruptible);
    usher_rules_free(rules);
}
END_TEST

START_TEST(unknown_keys_are_told_with_what_may_be_meant)
{
    told_assert(ruled_out("skils: [a]\nqueues:\n  q: {rnig: 15s}\nroutes: [{queue: q, teir: n}]\n"),
                "f:1:1: unknown key `skils`; did you mean `skills`?\n"
                "f:3:7: unknown key `rnig`; did you mean `ring`?\n"
                "f:4:21: unknown key `teir`; did you mean `tier`?\n");
}
END_TEST

START_TEST(missing_queues_and_routes_are_told)
{
    told_assert(ruled_out("skills: [a]\n"),
                "f:1:1: `queues` is missing; add it: the queues, by name\n"
                "f:1:1: `routes` is missing; add it: which contact goes to which queue, the "
                "last route without `when`\n");
    told_assert(ruled_out("queues: {}\nroutes: []\n"),
                "f:1:9: there are 0 queues; 1 to 512 are possible\n"
                "f:2:9: there are 0 routes; 1 to 1024 are possible\n");
}
END_TEST

START_TEST(bad_names_in_lists_are_told)
{
    told_assert(
        ruled_out("skills: [a, b c, a, [d], '']\nnot_ready: [lunch, lunch]\n" END),
        "f:1:13: `skills` is `b c`; it must be a name of letters, digits and . _ @ : + -: a skill "
        "that queues need and agents have\n"
        "f:1:18: `a` is in this list twice; take one out\n"
        "f:1:21: `skills` is a list; it must be a name of letters, digits and . _ @ : + -: a skill "
        "that queues need and agents have\n"
        "f:1:26: `skills` has no value; it must be a name of letters, digits and . _ @ : + -: a "
        "skill that queues need and agents have\n"
        "f:2:20: `lunch` is in this list twice; take one out\n");
}
END_TEST

/* "skills: [s0, s1, …]" and END. */
static char *many_skills(size_t count)
{
    char *text = malloc(count * 8 + 128);
    size_t length = 0;

    ck_assert_ptr_nonnull(text);
    length += (size_t)sprintf(text, "skills: [");
    for (size_t i = 0; i < count; i++)
        length += (size_t)sprintf(text + length, "s%zu, ", i);
    (void)sprintf(text + length, "]\n" END);
    return text;
}

START_TEST(five_hundred_and_twelve_skills_are_the_most)
{
    char *text = many_skills(512);
    struct usher_rules *rules = ruled(text);

    ck_assert_uint_eq(rules->skills_count, 512);
    ck_assert_uint_eq(usher_rules_find_skill(rules, USHER_TEXT("s77")), 77);
    usher_rules_free(rules);
    free(text);
    text = many_skills(513);
    told_assert(ruled_out(text), "f:1:9: `skills` has 513 names; at most 512 are possible\n");
    free(text);
}
END_TEST

START_TEST(first_tier_has_a_head_start_unless_it_says_another)
{
    struct usher_rules *rules =
        ruled("tiers: {gold: {}, silver: {}}\nqueues: {q: {}}\nroutes: [{queue: q}]\n");
    struct usher_rules *other =
        ruled("tiers: {standard: {}, gold: {}}\nqueues: {q: {}}\nroutes: [{queue: q}]\n");
    struct usher_rules *none =
        ruled("tiers: {gold: {head_start: 0}}\nqueues: {q: {}}\nroutes: [{queue: q}]\n");

    ck_assert_int_eq(rules->tiers[0].head_start_ms, 30000);
    ck_assert_int_eq(rules->tiers[1].head_start_ms, 0);
    ck_assert_int_eq(rules->tiers[2].head_start_ms, 0);
    ck_assert_int_eq(other->tiers[0].head_start_ms, 0);
    ck_assert_int_eq(other->tiers[1].head_start_ms, 0);
    ck_assert_int_eq(none->tiers[0].head_start_ms, 0);
    usher_rules_free(rules);
    usher_rules_free(other);
    usher_rules_free(none);
}
END_TEST

START_TEST(bad_tiers_are_told)
{
    told_assert(
        ruled_out("tiers:\n  voice: {}\n  target: {}\n  g d: {}\n  gold: {head_start: 2h}\n"
                  "  silver: 3\n  iron:\n" END),
        "f:2:3: a tier cannot be called `voice`, which means something else in a `promise`; rename "
        "it\n"
        "f:3:3: a tier cannot be called `target`, which means something else in a `promise`; "
        "rename "
        "it\n"
        "f:4:3: a tier cannot be called `g d`; use letters, digits and . _ @ : + -, at most 128\n"
        "f:5:22: `head_start` is `2h`; it must be 0 to 1h: by how much this tier comes before "
        "others "
        "that wait as long\n"
        "f:6:11: `silver` is `3`; it must be a mapping of keys to values\n"
        "f:7:3: `iron` has no value; it must be a mapping of keys to values, indented below it, or "
        "{}\n");
    told_assert(ruled_out("tiers: {a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {}, h: {}, i: {}, "
                          "j: {}, k: {}, l: {}, m: {}, n: {}, o: {}, p: {}}\n" END),
                "f:1:8: there are 16 tiers; at most 16 are possible, with `standard`\n");
}
END_TEST

START_TEST(bad_knobs_and_channels_are_told)
{
    told_assert(
        ruled_out(
            "bid: {match_worth: 2h, second_promise: 11, fairness: 2, overtaking: 1, "
            "patience: 0, deferred_share: 101}\n"
            "channels: {voice: {unit: 0, cap: 101, interruptible: no}, fax: {}, chta: {}}\n" END),
        "f:1:20: `match_worth` is `2h`; it must be 0 to 1h: how much waiting a perfect match of "
        "skills is worth\n"
        "f:1:40: `second_promise` is `11`; it must be 1 to 10, or off: after how many promises a "
        "late contact must be served first\n"
        "f:1:54: `fairness` is `2`; it must be 0 to 1: how much of an agent's idle time counts\n"
        "f:1:69: `overtaking` is `1`; it must be true or false: whether a contact on time may pass "
        "a "
        "late one\n"
        "f:1:72: unknown key `patience`; known here: match_worth, lend_worth, fairness, "
        "idle_cap, second_promise, overtaking, deferred_share\n"
        "f:1:101: `deferred_share` is `101`; it must be 0 to 100: how many of each hundred agents "
        "who become free while live and deferred contacts (email, task) wait for them "
        "take a deferred one first\n"
        "f:2:26: `unit` is `0`; it must be 1 to 100: the percentage of an agent that one contact "
        "takes\n"
        "f:2:34: `cap` is `101`; it must be 1 to 100: how many contacts of the channel an agent "
        "may "
        "have\n"
        "f:2:54: `interruptible` is `no`; it must be true or false: whether a contact of another "
        "channel may come on top\n"
        "f:2:59: unknown key `fax`; known here: voice, chat, email, task, callback, outbound\n"
        "f:2:68: unknown key `chta`; did you mean `chat`?\n");
}
END_TEST

START_TEST(broken_text_gives_no_rules)
{
    told_assert(ruled_out(""), "f:1:1: the file is empty; write its keys\n");
    told_assert(ruled_out("queues: {q: &a {}}\nroutes: [{queue: *a}]\n"),
                "f:1:13: anchors (&) are not allowed; write the value where it is needed\n"
                "f:2:18: aliases (*) are not allowed; write the value here, or quote it\n");
}
END_TEST

SUITE_MAIN("rules", shortest_rules_have_all_defaults, names_are_found_by_their_place_in_the_file,
           knobs_and_channels_are_read, unknown_keys_are_told_with_what_may_be_meant,
           missing_queues_and_routes_are_told, bad_names_in_lists_are_told,
           five_hundred_and_twelve_skills_are_the_most,
           first_tier_has_a_head_start_unless_it_says_another, bad_tiers_are_told,
           bad_knobs_and_channels_are_told, broken_text_gives_no_rules)
