/* The rules file as a whole: its top-level keys, in the order in which they need each other. */
#include "rules/rules.h"

#include <stdio.h>
#include <stdlib.h>

#include "rules/compile.h"
#include "rules/schema.h"

struct top_values {
    const struct usher_node *timezone;
    const struct usher_node *holidays;
    const struct usher_node *calling;
    const struct usher_node *skills;
    const struct usher_node *not_ready;
    const struct usher_node *dispositions;
    const struct usher_node *ring_no_answer;
    const struct usher_node *switches;
    const struct usher_node *notices;
    const struct usher_node *blocked;
    const struct usher_node *tiers;
    const struct usher_node *bid;
    const struct usher_node *channels;
    const struct usher_node *customer;
    const struct usher_node *reserve;
    const struct usher_node *queues;
    const struct usher_node *routes;
};

static const struct usher_schema_row name_row = {.type = USHER_VALUE_NAME, .max = USHER_NAME_MAX};

static const struct usher_schema_row top_rows[] = {
    USHER_SCHEMA_ROW(top_values, timezone, ANY, .sentence = "the zone whose clocks all hours mean",
                     .kind = "a name of tzdata, such as Europe/Kyiv", .without = "UTC"),
    USHER_SCHEMA_ROW(top_values, calling, MAP, .sentence = "when customers are called",
                     .members = &usher_calling_schema),
    USHER_SCHEMA_ROW(
        top_values, holidays, ANY, .sentence = "the dates on which queues with `hours` have others",
        .kind = "a mapping of dates (2026-12-25, or 12-25 for each year) to `closed` or hours such "
                "as \"10:00-14:00\"; or a list of dates that are closed",
        .item = &usher_hours_row, .own = &usher_day_row, .without = "none"),
    USHER_SCHEMA_ROW(top_values, skills, LIST,
                     .sentence = "the skills that queues need and agents have",
                     .kind = "a list of names", .item = &name_row, .without = "none"),
    USHER_SCHEMA_ROW(
        top_values, not_ready, LIST, .sentence = "the reasons that an agent may give for a break",
        .kind = "a list of names", .item = &name_row,
        .without = "`ring_no_answer`, `desk_lost` and `forced`, which are always there"),
    USHER_SCHEMA_ROW(top_values, dispositions, LIST,
                     .sentence = "how contacts may have ended, for the agents to choose from",
                     .kind = "a list of names", .item = &usher_disposition_row,
                     .without = "any words"),
    USHER_SCHEMA_ROW(top_values, ring_no_answer, MAP,
                     .sentence = "what follows when an agent lets contacts ring out",
                     .without = "the agent is not ready after two in a row",
                     .members = &usher_missed_schema),
    USHER_SCHEMA_ROW(top_values, switches, LIST,
                     .sentence = "what supervisors turn on and off, for the routes to look at",
                     .kind = "a list of names", .item = &name_row, .without = "none"),
    USHER_SCHEMA_ROW(top_values, notices, LIST,
                     .sentence = "the announcements that a PBX can play, by name",
                     .kind = "a list of names", .item = &name_row, .without = "none"),
    USHER_SCHEMA_ROW(top_values, blocked, LIST, .sentence = "who is not let in",
                     .kind =
                         "a list of numbers and customers' keys, whole or with a `*` at the end",
                     .item = &usher_blocked_row, .without = "nobody"),
    USHER_SCHEMA_ROW(
        top_values, tiers, MAP, .sentence = "the kinds of customers, with their head start",
        .without = "`standard`, which is always there, and the tier of a route that names none",
        .members = &usher_tier_schema, .name = "TIER"),
    USHER_SCHEMA_ROW(top_values, bid, MAP, .sentence = "the weights by which an agent is chosen",
                     .members = &usher_bid_schema),
    USHER_SCHEMA_ROW(top_values, channels, MAP,
                     .sentence = "how much of an agent a contact of each channel takes",
                     .members = &usher_channel_schema, .name = "CHANNEL",
                     .choices = USHER_CHANNEL_CHOICES),
    USHER_SCHEMA_ROW(top_values, reserve, MAP,
                     .sentence = "the free agents of a skill who are kept for who needs it",
                     .without = "none; the price of lending spares them where it can",
                     .members = &usher_reserve_schema, .name = "SKILL"),
    USHER_SCHEMA_ROW(top_values, customer, MAP,
                     .sentence = "who counts as one customer, and how long he is remembered",
                     .members = &usher_customer_schema),
    USHER_SCHEMA_ROW(top_values, queues, MAP, .is_needed = true, .sentence = "the queues, by name",
                     .members = &usher_queue_schema, .name = "QUEUE"),
    USHER_SCHEMA_ROW(top_values, routes, LIST, .is_needed = true,
                     .sentence = "which contact goes to which queue, the last route without `when`",
                     .kind = "a list of mappings, of which the first that fits counts",
                     .members = &usher_route_schema),
};

const struct usher_schema usher_rules_schema = {top_rows, USHER_COUNT_OF(top_rows), NULL};

static const struct usher_names *names_of(const struct usher_rules *rules, bool is_queue)
{
    const struct usher_rules_owner *owner = rules->owner;

    return is_queue ? &owner->queues : &owner->skills;
}

static void compile_document(struct usher_compile *compile, const struct usher_node *root)
{
    struct top_values values;

    usher_schema_default(&usher_rules_schema, &values);
    usher_schema_read(&usher_rules_schema, root, &values, compile->problems);
    usher_compile_timezone(compile, values.timezone);
    usher_compile_holidays(compile, values.holidays);
    usher_compile_calling(compile, values.calling);
    usher_compile_skills(compile, values.skills);
    usher_compile_not_ready(compile, values.not_ready);
    usher_compile_dispositions(compile, values.dispositions, &(struct usher_dispositions){NULL, 0},
                               &compile->rules->dispositions);
    usher_compile_missed(compile, values.ring_no_answer, &(struct usher_missed_rule){2, 0},
                         &compile->rules->missed);
    usher_compile_switches(compile, values.switches);
    usher_compile_notices(compile, values.notices);
    usher_compile_blocked(compile, values.blocked);
    usher_compile_tiers(compile, values.tiers);
    usher_compile_bid(compile, values.bid);
    usher_compile_channels(compile, values.channels);
    usher_compile_customer(compile, values.customer);
    usher_compile_reserves(compile, values.reserve);
    usher_compile_queues(compile, values.queues);
    usher_compile_routes(compile, values.routes);
}

void *usher_compile_take(struct usher_compile *compile, size_t count, size_t size)
{
    void *room = usher_arena_take(compile->arena, count, size);

    if (!room)
        usher_problems_add(compile->problems, 1, 1, "memory is out; try again");
    return room;
}

bool usher_compile_copy(struct usher_compile *compile, struct usher_text text,
                        struct usher_text *copy)
{
    if (usher_arena_copy(compile->arena, text, copy))
        return true;
    usher_problems_add(compile->problems, 1, 1, "memory is out; try again");
    return false;
}

size_t usher_compile_find(struct usher_compile *compile, const struct usher_names *names,
                          const struct usher_node *place, struct usher_text name, const char *what,
                          const char *advice)
{
    size_t found = usher_names_find(names, name);
    bool is_key = name.at == place->key.at;
    size_t line = is_key ? place->key_line : place->line;
    size_t column = is_key ? place->key_column : place->column;
    struct usher_text excerpt = usher_node_excerpt(name);
    struct usher_text near = USHER_NO_TEXT;

    if (found != SIZE_MAX)
        return found;
    if (compile->problems->count < USHER_PROBLEMS_MAX)
        near = usher_names_suggest(names, name);
    if (near.at)
        usher_problems_add(compile->problems, line, column,
                           "%s `%.*s` is not declared; did you mean `%.*s`? If not, %s", what,
                           USHER_TEXT_ARGS(excerpt), USHER_TEXT_ARGS(near), advice);
    else
        usher_problems_add(compile->problems, line, column, "%s `%.*s` is not declared; %s", what,
                           USHER_TEXT_ARGS(excerpt), advice);
    return SIZE_MAX;
}

size_t usher_compile_find_listed(struct usher_compile *compile, const struct usher_text *list,
                                 size_t count, const struct usher_node *place, const char *what,
                                 const char *advice)
{
    struct usher_names index;

    for (size_t i = 0; i < count; i++) {
        if (usher_text_is_equal(list[i], place->text))
            return i;
    }
    if (!usher_names_init(&index, compile->arena, list, count)) {
        usher_problems_add(compile->problems, 1, 1, "memory is out; try again");
        return SIZE_MAX;
    }
    return usher_compile_find(compile, &index, place, place->text, what, advice);
}

bool usher_compile_is_twice(struct usher_compile *compile, const struct usher_text *list,
                            size_t count, const struct usher_node *node)
{
    for (size_t i = 0; i < count; i++) {
        struct usher_text excerpt = usher_node_excerpt(node->text);

        if (!usher_text_is_equal(list[i], node->text))
            continue;
        usher_problems_add(compile->problems, node->line, node->column,
                           "`%.*s` is in this list twice; take one out", USHER_TEXT_ARGS(excerpt));
        return true;
    }
    return false;
}

struct usher_rules *usher_rules_read(struct usher_text text, const char *hash,
                                     struct usher_problems *problems)
{
    struct usher_rules_owner *owner = calloc(1, sizeof(*owner));
    struct usher_document document;
    struct usher_compile compile = {.owner = owner, .problems = problems};
    size_t problems_before = problems->count;

    if (!owner) {
        usher_problems_add(problems, 1, 1, "memory is out; try again");
        return NULL;
    }
    usher_arena_init(&owner->arena);
    owner->rules.owner = owner;
    (void)snprintf(owner->rules.hash, sizeof(owner->rules.hash), "%s", hash);
    compile.rules = &owner->rules;
    compile.arena = &owner->arena;
    if (usher_document_read(&document, text, problems))
        compile_document(&compile, document.root);
    usher_document_fini(&document);
    if (problems->count == problems_before)
        return &owner->rules;
    usher_problems_sort(problems);
    usher_rules_free(&owner->rules);
    return NULL;
}

void usher_rules_free(struct usher_rules *rules)
{
    struct usher_rules_owner *owner = rules ? rules->owner : NULL;

    if (!owner)
        return;
    usher_arena_fini(&owner->arena);
    free(owner);
}

size_t usher_rules_find_skill(const struct usher_rules *rules, struct usher_text name)
{
    return usher_names_find(names_of(rules, false), name);
}

struct usher_text usher_rules_suggest_skill(const struct usher_rules *rules,
                                            struct usher_text wrong)
{
    return usher_names_suggest(names_of(rules, false), wrong);
}

size_t usher_rules_find_queue(const struct usher_rules *rules, struct usher_text name)
{
    return usher_names_find(names_of(rules, true), name);
}

size_t usher_rules_find_tier(const struct usher_rules *rules, struct usher_text name)
{
    for (size_t i = 0; i < rules->tiers_count; i++) {
        if (usher_text_is_equal(rules->tiers[i].name, name))
            return i;
    }
    return SIZE_MAX;
}

static size_t find_listed(const struct usher_text *list, size_t count, struct usher_text name)
{
    for (size_t i = 0; i < count; i++) {
        if (usher_text_is_equal(list[i], name))
            return i;
    }
    return SIZE_MAX;
}

size_t usher_rules_find_switch(const struct usher_rules *rules, struct usher_text name)
{
    return find_listed(rules->switches, rules->switches_count, name);
}

bool usher_rules_has_reason(const struct usher_rules *rules, struct usher_text reason)
{
    return find_listed(rules->not_ready, rules->not_ready_count, reason) != SIZE_MAX;
}
