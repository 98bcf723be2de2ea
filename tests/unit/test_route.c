/* Routes: every condition, their order, and their problems. */
#include "rules/compile.h"
#include "unit/ruled.h"
#include "unit/suite.h"

#define QUEUES "tiers: {gold: {}}\nqueues: {a: {}, b: {}, c: {}}\n"
#define ROUTE(when)                                                                                \
    QUEUES "routes:\n  - when: " when "\n    queue: b\n    tier: gold\n  - queue: c\n"

/* Whether the first route of ROUTE takes the contact; the last one does otherwise. */
static bool takes(const char *text, const struct usher_facts *facts)
{
    struct usher_rules *rules = ruled(text);
    const struct usher_route *route = usher_rules_route(rules, facts);
    bool is_first;

    ck_assert_ptr_nonnull(route);
    is_first = route->queue == 1;
    ck_assert_uint_eq(route->tier, is_first ? 0 : 1);
    ck_assert(is_first || route->queue == 2);
    usher_rules_free(rules);
    return is_first;
}

struct asker {
    enum usher_channel channel;
    const char *from;
    const char *to;
    const char *data;
};

static bool is_taken(const char *text, struct asker asker)
{
    return takes(text, &(struct usher_facts){.channel = asker.channel,
                                             .from = usher_text_of(asker.from),
                                             .to = usher_text_of(asker.to),
                                             .data = usher_text_of(asker.data)});
}

START_TEST(channel_fits_by_its_name)
{
    ck_assert(is_taken(ROUTE("{channel: chat}"), (struct asker){.channel = USHER_CHANNEL_CHAT}));
    ck_assert(!is_taken(ROUTE("{channel: chat}"), (struct asker){.channel = USHER_CHANNEL_VOICE}));
    ck_assert(
        is_taken(ROUTE("{channel: [voice, task]}"), (struct asker){.channel = USHER_CHANNEL_TASK}));
}
END_TEST

START_TEST(schema_names_every_channel)
{
    struct usher_bytes names;

    usher_bytes_init(&names, 256);
    for (size_t i = 1; i < USHER_CHANNEL_COUNT; i++) {
        if (i > 1)
            usher_bytes_append_char(&names, ' ');
        usher_bytes_append_text(&names, usher_channel_name((enum usher_channel)i));
    }
    ck_assert(usher_text_is_equal(usher_bytes_text(&names), USHER_TEXT(USHER_CHANNEL_CHOICES)));
    usher_bytes_fini(&names);
}
END_TEST

START_TEST(dialled_and_from_fit_whole_or_by_their_beginning)
{
    static const char *const dialled = ROUTE("{dialled: ['+38044', '+3905*']}");
    static const char *const from = ROUTE("{from: '+38050*'}");

    ck_assert(is_taken(dialled, (struct asker){USHER_CHANNEL_VOICE, NULL, "+38044", NULL}));
    ck_assert(!is_taken(dialled, (struct asker){USHER_CHANNEL_VOICE, NULL, "+380441", NULL}));
    ck_assert(is_taken(dialled, (struct asker){USHER_CHANNEL_VOICE, NULL, "+39051", NULL}));
    ck_assert(is_taken(dialled, (struct asker){USHER_CHANNEL_VOICE, NULL, "+3905", NULL}));
    ck_assert(!is_taken(dialled, (struct asker){USHER_CHANNEL_VOICE, NULL, "+390", NULL}));
    ck_assert(!is_taken(dialled, (struct asker){USHER_CHANNEL_VOICE, "+38044", NULL, NULL}));
    ck_assert(is_taken(from, (struct asker){USHER_CHANNEL_VOICE, "+380501112233", "1", NULL}));
    ck_assert(!is_taken(from, (struct asker){USHER_CHANNEL_VOICE, NULL, "+380501112233", NULL}));
    ck_assert(!is_taken(ROUTE("{from: '*'}"), (struct asker){.channel = USHER_CHANNEL_VOICE}));
    ck_assert(is_taken(ROUTE("{from: '*'}"), (struct asker){USHER_CHANNEL_VOICE, "x", NULL, NULL}));
}
END_TEST

START_TEST(data_fit_as_whole_texts_numbers_and_truths)
{
    static const char *const rules = ROUTE("{data.plan: [gold*, 42, true]}");

    ck_assert(
        is_taken(rules, (struct asker){USHER_CHANNEL_VOICE, NULL, NULL, "{\"plan\":\"gold*\"}"}));
    ck_assert(
        !is_taken(rules, (struct asker){USHER_CHANNEL_VOICE, NULL, NULL, "{\"plan\":\"golden\"}"}));
    ck_assert(is_taken(rules, (struct asker){USHER_CHANNEL_VOICE, NULL, NULL, "{\"plan\":42}"}));
    ck_assert(is_taken(rules, (struct asker){USHER_CHANNEL_VOICE, NULL, NULL, "{\"plan\":true}"}));
    ck_assert(!is_taken(rules, (struct asker){USHER_CHANNEL_VOICE, NULL, NULL, "{\"plan\":null}"}));
    ck_assert(!is_taken(rules, (struct asker){USHER_CHANNEL_VOICE, NULL, NULL, "{\"other\":42}"}));
    ck_assert(!is_taken(rules, (struct asker){USHER_CHANNEL_VOICE, NULL, NULL, "{}"}));
    ck_assert(!is_taken(rules, (struct asker){.channel = USHER_CHANNEL_VOICE}));
    ck_assert(is_taken(ROUTE("{data.a.b: x}"),
                       (struct asker){USHER_CHANNEL_VOICE, NULL, NULL, "{\"a.b\":\"x\"}"}));
}
END_TEST

START_TEST(all_conditions_must_fit)
{
    static const char *const rules = ROUTE("{channel: voice, dialled: '1', data.x: y}");

    ck_assert(is_taken(rules, (struct asker){USHER_CHANNEL_VOICE, NULL, "1", "{\"x\":\"y\"}"}));
    ck_assert(!is_taken(rules, (struct asker){USHER_CHANNEL_CHAT, NULL, "1", "{\"x\":\"y\"}"}));
    ck_assert(!is_taken(rules, (struct asker){USHER_CHANNEL_VOICE, NULL, "2", "{\"x\":\"y\"}"}));
    ck_assert(!is_taken(rules, (struct asker){USHER_CHANNEL_VOICE, NULL, "1", "{\"x\":\"z\"}"}));
}
END_TEST

START_TEST(first_route_that_fits_wins)
{
    struct usher_rules *rules =
        ruled(QUEUES "routes:\n  - {when: {from: '5'}, queue: a}\n"
                     "  - {when: {from: '5*'}, queue: b}\n  - {queue: c}\n");
    struct usher_facts facts = {.channel = USHER_CHANNEL_VOICE, .from = USHER_TEXT("5")};
    const struct usher_route *route = usher_rules_route(rules, &facts);

    ck_assert_uint_eq(route->queue, 0);
    ck_assert_uint_eq(route->tier, rules->default_tier);
    ck_assert_uint_eq(route->notice, USHER_NOTICE_NONE);
    facts.from = USHER_TEXT("55");
    ck_assert_uint_eq(usher_rules_route(rules, &facts)->queue, 1);
    usher_rules_free(rules);
}
END_TEST

START_TEST(what_is_remembered_of_the_customer_fits_as_data_do)
{
    static const char *const rules = ROUTE("{customer.tier: [gold, 7]}");
    struct usher_facts facts = {.data = USHER_TEXT("{\"tier\":\"gold\"}")};

    ck_assert(!takes(rules, &facts));
    facts.customer = USHER_TEXT("{\"tier\":\"iron\"}");
    ck_assert(!takes(rules, &facts));
    facts.customer = USHER_TEXT("{\"tier\":\"gold\"}");
    ck_assert(takes(rules, &facts));
    facts.customer = USHER_TEXT("{\"tier\":7}");
    ck_assert(takes(rules, &facts));
}
END_TEST

START_TEST(switch_fits_while_one_of_the_named_is_on)
{
    static const char *const rules = "switches: [storm, outage_north, outage_south]\n" ROUTE(
        "{switch: [outage_south, outage_north]}");

    ck_assert(!takes(rules, &(struct usher_facts){.switches = 0}));
    ck_assert(!takes(rules, &(struct usher_facts){.switches = 1}));
    ck_assert(takes(rules, &(struct usher_facts){.switches = 2}));
    ck_assert(takes(rules, &(struct usher_facts){.switches = 5}));
}
END_TEST

START_TEST(repeat_fits_who_was_here_of_late)
{
    ck_assert(takes(ROUTE("{repeat: true}"), &(struct usher_facts){.is_repeat = true}));
    ck_assert(!takes(ROUTE("{repeat: true}"), &(struct usher_facts){.is_repeat = false}));
    ck_assert(takes(ROUTE("{repeat: false}"), &(struct usher_facts){.is_repeat = false}));
}
END_TEST

START_TEST(under_not_none_may_fit)
{
    static const char *const rules =
        "switches: [storm]\n" ROUTE("{channel: voice, not: {data.city: [Kyiv, Lviv], switch: "
                                    "storm, customer.tier: gold}}");
    struct usher_facts facts = {.channel = USHER_CHANNEL_VOICE};

    ck_assert(takes(rules, &facts));
    facts.data = USHER_TEXT("{\"city\":\"Sumy\"}");
    ck_assert(takes(rules, &facts));
    facts.data = USHER_TEXT("{\"city\":\"Lviv\"}");
    ck_assert(!takes(rules, &facts));
    facts.data = USHER_NO_TEXT;
    facts.switches = 1;
    ck_assert(!takes(rules, &facts));
    facts.switches = 0;
    facts.customer = USHER_TEXT("{\"tier\":\"gold\"}");
    ck_assert(!takes(rules, &facts));
    facts.customer = USHER_NO_TEXT;
    facts.channel = USHER_CHANNEL_CHAT;
    ck_assert(!takes(rules, &facts));
}
END_TEST

START_TEST(route_has_a_notice)
{
    struct usher_rules *rules =
        ruled("notices: [closed, outage]\n" QUEUES "routes: [{queue: a, notice: outage}]\n");

    ck_assert_uint_eq(rules->routes[0].notice, 1);
    ck_assert(usher_text_is_equal(rules->notices[1], USHER_TEXT("outage")));
    usher_rules_free(rules);
}
END_TEST

START_TEST(bad_conditions_are_told)
{
    told_assert(
        ruled_out("switches: [outage_north]\nnotices: [outage]\nqueues: {q: {}}\nroutes:\n"
                  "  - {when: {switch: outage_nroth, repeat: yes}, queue: q, notice: outge}\n"
                  "  - {when: {customer.: 1, not: {not: {channel: voice}}}, queue: q}\n"
                  "  - {when: {not: {}}, queue: q}\n"
                  "  - {when: {not: voice}, queue: q}\n"
                  "  - {when: {not: {weekday: mon, switch: x}}, queue: q}\n  - queue: q\n"),
        "f:5:21: switch `outage_nroth` is not declared; did you mean `outage_north`? If not, add "
        "it to `switches` at the top\n"
        "f:5:43: `repeat` is `yes`; write true or false\n"
        "f:5:67: notice `outge` is not declared; did you mean `outage`? If not, add it to "
        "`notices` at the top\n"
        "f:6:13: unknown key `customer.`; known here: channel, dialled, from, switch, repeat, not, "
        "data.KEY, customer.KEY\n"
        "f:6:33: unknown key `not`; known here: channel, dialled, from, switch, repeat, data.KEY, "
        "customer.KEY\n"
        "f:7:18: `not` has no condition; add one, or take `not` out\n"
        "f:8:18: `not` is `voice`; it must be a mapping of keys to values\n"
        "f:9:19: unknown key `weekday`; did you mean `data.weekday`? Known here: channel, dialled, "
        "from, switch, repeat, "
        "data.KEY, customer.KEY\n"
        "f:9:41: switch `x` is not declared; add it to `switches` at the top\n");
}
END_TEST

START_TEST(data_and_customer_are_suggested_for_keys_that_are_near_to_them)
{
    told_assert(ruled_out("queues: {q: {}}\nroutes:\n"
                          "  - {when: {dat.city: a}, queue: q}\n"
                          "  - {when: {custmer.tier: a}, queue: q}\n"
                          "  - {when: {data: a}, queue: q}\n"
                          "  - {when: {not: {tier: a}}, queue: q}\n"
                          "  - {when: {agent.city: a}, queue: q}\n  - queue: q\n"),
                "f:3:13: unknown key `dat.city`; did you mean `data.city`? Known here: channel, "
                "dialled, from, switch, repeat, not, data.KEY, customer.KEY\n"
                "f:4:13: unknown key `custmer.tier`; did you mean `customer.tier`? Known here: "
                "channel, dialled, from, switch, repeat, not, data.KEY, customer.KEY\n"
                "f:5:13: unknown key `data`; did you mean `data.KEY`? Known here: channel, "
                "dialled, from, switch, repeat, not, data.KEY, customer.KEY\n"
                "f:6:19: unknown key `tier`; did you mean `data.tier`? Known here: channel, "
                "dialled, from, switch, repeat, data.KEY, customer.KEY\n"
                "f:7:13: unknown key `agent.city`; known here: channel, dialled, from, switch, "
                "repeat, not, data.KEY, customer.KEY\n");
}
END_TEST

START_TEST(bad_routes_are_told)
{
    told_assert(
        ruled_out("tiers: {gold: {}}\nqueues: {support: {}}\nroutes:\n"
                  "  - {when: {chanel: voice}, queue: suport}\n"
                  "  - {when: {channel: [voice, fax, voice]}, queue: support, tier: glod}\n"
                  "  - {when: {dialled: '+3*8', from: [], weekday: mon}, queue: nowhere}\n"
                  "  - {when: {}, queue: support, tier: iron}\n"
                  "  - {when: {data.: 1, data.x: {a: b}, data.y: }, tier: gold}\n"
                  "  - support\n"
                  "  - queue: support\n"),
        "f:4:13: unknown key `chanel`; did you mean `channel`?\n"
        "f:4:36: queue `suport` is not declared; did you mean `support`? If not, add it to "
        "`queues`\n"
        "f:5:30: `fax` is no channel; write voice, chat, email, callback, task or outbound\n"
        "f:5:35: `voice` is in this list twice; take one out\n"
        "f:5:66: tier `glod` is not declared; did you mean `gold`? If not, add it to `tiers`\n"
        "f:6:22: `+3*8` has a `*` before its end; a `*` may only be the last character\n"
        "f:6:36: the list is empty, so that nothing would fit; write what fits\n"
        "f:6:40: unknown key `weekday`; did you mean `data.weekday`? Known here: channel, dialled, "
        "from, switch, repeat, not, "
        "data.KEY, customer.KEY\n"
        "f:6:62: queue `nowhere` is not declared; add it to `queues`\n"
        "f:7:12: `when` has no condition; add one, or take `when` out\n"
        "f:7:38: tier `iron` is not declared; add it to `tiers`\n"
        "f:8:5: `queue` is missing; add it: the queue to which the contact goes\n"
        "f:8:13: unknown key `data.`; known here: channel, dialled, from, switch, repeat, not, "
        "data.KEY, customer.KEY\n"
        "f:8:31: `data.x` is a mapping; it must be a text: a value that fits, or a list of them\n"
        "f:8:39: `data.y` has no value; it must be a text: a value that fits, or a list of them\n"
        "f:9:5: `routes` is `support`; it must be a mapping of keys to values\n");
}
END_TEST

START_TEST(last_route_must_take_all_and_no_other_may)
{
    told_assert(ruled_out(QUEUES "routes:\n  - {when: {from: '5'}, queue: a}\n"
                                 "  - {when: {from: '6'}, queue: a}\n"),
                "f:5:5: the last route has a `when`, so that some contacts would find no queue; "
                "add a route without `when` behind it\n");
    told_assert(ruled_out(QUEUES "routes:\n  - queue: a\n  - {when: {from: '6'}, queue: b}\n"
                                 "  - queue: c\n"),
                "f:5:5: this route is never reached: the one on line 4 has no `when` and takes "
                "all; move it up or take it out\n"
                "f:6:5: this route is never reached: the one on line 4 has no `when` and takes "
                "all; move it up or take it out\n");
}
END_TEST

SUITE_MAIN("route", channel_fits_by_its_name, schema_names_every_channel,
           dialled_and_from_fit_whole_or_by_their_beginning,
           data_fit_as_whole_texts_numbers_and_truths, all_conditions_must_fit,
           first_route_that_fits_wins, what_is_remembered_of_the_customer_fits_as_data_do,
           switch_fits_while_one_of_the_named_is_on, repeat_fits_who_was_here_of_late,
           under_not_none_may_fit, route_has_a_notice, bad_conditions_are_told,
           data_and_customer_are_suggested_for_keys_that_are_near_to_them, bad_routes_are_told,
           last_route_must_take_all_and_no_other_may)
