/* A queue's contacts differ in what they bring: without the data that its needs ask for, and with
 * each skill that those data could name. Each of these cases is looked at by itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "routing/linter.h"
#include "wire/json.h"

#define NEEDS_TEXT_SIZE 160
#define DATA_SIZE       ((size_t)512)
#define NAMES_TOLD_MAX  3

/* One kind of contacts of a queue. */
struct lint_case {
    size_t rule;             /* of the queue's needs, whose data name a skill; SIZE_MAX = none do */
    size_t skill;            /* which */
    struct usher_text value; /* what stands in the data */
    struct usher_need needs[USHER_NEEDS_MAX];
    size_t needs_count;
    size_t agents; /* who can take it */
    size_t first;
};

/* The key of a need, or the queue's when it has its needs from another (`like`). */
static const struct usher_node *need_node(const struct linter *linter, size_t queue, size_t rule)
{
    const struct usher_node *node = usher_linter_queue(linter, queue);
    const struct usher_node *needs = node ? usher_node_find(node, USHER_TEXT("need")) : NULL;
    if (!needs || rule >= needs->count)
        return node;
    const struct usher_node *member = needs->first;
    while (rule-- > 0)
        member = member->next;
    return member;
}

/* What a contact of the case needs before any step of `relax` opens. */
static size_t needs_of(const struct linter *linter, size_t queue, const struct lint_case *at,
                       struct usher_need needs[USHER_NEEDS_MAX])
{
    const struct usher_need_rule *rule =
        at->rule == SIZE_MAX ? NULL : &linter->rules->queues[queue].needs[at->rule];
    struct usher_facts facts = {.channel = USHER_CHANNEL_VOICE};
    struct usher_bytes data;
    usher_bytes_init(&data, DATA_SIZE);
    if (rule) {
        struct usher_json_writer writer;
        usher_json_write_start(&writer, &data);
        usher_json_write_open(&writer, '{');
        usher_json_write_key(&writer, rule->key);
        usher_json_write_text(&writer, at->value);
        usher_json_write_close(&writer, '}');
        *(rule->is_customers ? &facts.customer : &facts.data) = usher_bytes_text(&data);
    }
    size_t count = usher_rules_needs(linter->rules, queue, &facts, needs);
    usher_bytes_fini(&data);
    return count;
}

/* Lowers the minima to those of the first `steps` steps; what is not needed any more goes. */
static size_t relax(struct usher_need *needs, size_t count, size_t steps)
{
    size_t kept = 0;
    for (size_t i = 0; i < count && steps > 0; i++) {
        struct usher_need need = needs[i];
        need.min = need.relaxed[steps - 1];
        if (need.min > 0)
            needs[kept++] = need;
    }
    return steps > 0 ? kept : count;
}

/* Fills in what a contact of the case needs when all steps are open, and who can take it then. */
static void look_at(struct linter *linter, size_t queue, struct lint_case *at)
{
    uint64_t *taken = linter->takers + queue * linter->words;
    at->needs_count = needs_of(linter, queue, at, at->needs);
    at->needs_count = relax(at->needs, at->needs_count, linter->rules->queues[queue].relax_count);
    at->agents = 0;
    for (size_t i = 0; i < linter->staff->count; i++) {
        if (!usher_staff_can_take(linter->staff, i, linter->channels[queue], at->needs,
                                  at->needs_count))
            continue;
        if (at->agents++ == 0)
            at->first = i;
        taken[i / 64] |= UINT64_C(1) << i % 64;
    }
}

/* The case after `at`: begins with the one without data. False behind the last. */
static bool next_case(const struct usher_rules *rules, size_t queue, struct lint_case *at)
{
    const struct usher_queue *from = &rules->queues[queue];
    if (at->rule == SIZE_MAX) {
        at->rule = 0;
        at->skill = SIZE_MAX;
    }
    for (; at->rule < from->needs_count; at->rule++, at->skill = SIZE_MAX) {
        const struct usher_need_rule *rule = &from->needs[at->rule];
        while (rule->key.at && ++at->skill < rules->skills_count) {
            struct usher_text name = rules->skills[at->skill];
            if (at->skill == rule->skill || name.length <= rule->prefix.length ||
                memcmp(name.at, rule->prefix.at, rule->prefix.length) != 0)
                continue;
            at->value = (struct usher_text){name.at + rule->prefix.length,
                                            name.length - rule->prefix.length};
            return true;
        }
    }
    return false;
}

/* "internet 5, lang.uk 1". */
static const char *write_needs(const struct usher_rules *rules, const struct lint_case *at,
                               char room[NEEDS_TEXT_SIZE])
{
    size_t length = 0;
    room[0] = '\0';
    for (size_t i = 0; i < at->needs_count && length < NEEDS_TEXT_SIZE; i++)
        length +=
            (size_t)snprintf(room + length, NEEDS_TEXT_SIZE - length, "%s%.*s %d", i ? ", " : "",
                             USHER_TEXT_ARGS(rules->skills[at->needs[i].skill]), at->needs[i].min);
    return room;
}

/* "its contacts", or those with certain data. */
static const char *write_whose(const struct linter *linter, size_t queue,
                               const struct lint_case *at, char room[NEEDS_TEXT_SIZE])
{
    if (at->rule == SIZE_MAX) {
        (void)snprintf(room, NEEDS_TEXT_SIZE, "its contacts");
        return room;
    }
    const struct usher_need_rule *rule = &linter->rules->queues[queue].needs[at->rule];
    (void)snprintf(room, NEEDS_TEXT_SIZE, "its contacts with %s.%.*s `%.*s`",
                   rule->is_customers ? "customer" : "data", USHER_TEXT_ARGS(rule->key),
                   USHER_TEXT_ARGS(at->value));
    return room;
}

/* The place of the need that asks for `skill`, where no data do. */
static const struct usher_node *skill_node(const struct linter *linter, size_t queue,
                                           const struct lint_case *at, size_t skill)
{
    const struct usher_queue *from = &linter->rules->queues[queue];
    size_t rule = at->rule;
    for (size_t i = 0; i < from->needs_count && at->rule == SIZE_MAX; i++)
        if (from->needs[i].skill == skill)
            rule = i;
    return need_node(linter, queue, rule);
}

static void tell_nobody(struct linter *linter, size_t queue, const struct lint_case *at)
{
    const struct usher_rules *rules = linter->rules;
    struct usher_text name = rules->queues[queue].name;
    const struct usher_node *node = need_node(linter, queue, at->rule);
    char whose[NEEDS_TEXT_SIZE], needs[NEEDS_TEXT_SIZE];
    (void)write_whose(linter, queue, at, whose);
    for (size_t i = 0; i < at->needs_count; i++) {
        const struct usher_need *need = &at->needs[i];
        struct usher_text skill = rules->skills[need->skill];
        unsigned highest = usher_staff_highest(linter->staff, need->skill);
        if (highest >= need->min)
            continue;
        node = skill_node(linter, queue, at, need->skill);
        if (highest == 0)
            usher_linter_add(
                linter, USHER_FINDING_NOBODY, node, name, skill,
                "queue `%.*s`: nobody can take %s: no agent has `%.*s`; give it to somebody",
                USHER_TEXT_ARGS(name), whose, USHER_TEXT_ARGS(skill));
        else
            usher_linter_add(
                linter, USHER_FINDING_NOBODY, node, name, skill,
                "queue `%.*s`: nobody can take %s: they need `%.*s` at level %d, and the highest "
                "is %u; raise somebody's, or lower `min`",
                USHER_TEXT_ARGS(name), whose, USHER_TEXT_ARGS(skill), need->min, highest);
        return;
    }
    if (at->needs_count == 0)
        usher_linter_add(
            linter, USHER_FINDING_NOBODY, node, name, USHER_NO_TEXT,
            "queue `%.*s`: nobody can take %s: no agent takes their channel; see to the profiles' "
            "`phone` and `capacity`",
            USHER_TEXT_ARGS(name), whose);
    else
        usher_linter_add(
            linter, USHER_FINDING_NOBODY, node, name, USHER_NO_TEXT,
            "queue `%.*s`: nobody can take %s: no agent has all of %s, and a phone or capacity for "
            "their channel; see to the profiles",
            USHER_TEXT_ARGS(name), whose, write_needs(rules, at, needs));
}

static void tell_only_one(struct linter *linter, size_t queue, const struct lint_case *at)
{
    struct usher_text name = linter->rules->queues[queue].name;
    struct usher_text agent = linter->staff->members[at->first].id;
    char whose[NEEDS_TEXT_SIZE], needs[NEEDS_TEXT_SIZE];
    if (at->needs_count == 0) {
        usher_linter_add(
            linter, USHER_FINDING_ONLY_ONE, need_node(linter, queue, at->rule), name, USHER_NO_TEXT,
            "queue `%.*s`: %.*s alone can take %s, which need no skill; add an agent, or see to "
            "the others' `phone` and `capacity`",
            USHER_TEXT_ARGS(name), USHER_TEXT_ARGS(agent), write_whose(linter, queue, at, whose));
        return;
    }
    usher_linter_add(linter, USHER_FINDING_ONLY_ONE, need_node(linter, queue, at->rule), name,
                     USHER_NO_TEXT,
                     "queue `%.*s`: %.*s alone can take %s (%s); let a second agent learn it",
                     USHER_TEXT_ARGS(name), USHER_TEXT_ARGS(agent),
                     write_whose(linter, queue, at, whose), write_needs(linter->rules, at, needs));
}

/* Where routes name no channel calls may come, too. */
static void look_for_phones(struct linter *linter, size_t queue, const struct lint_case *base)
{
    struct usher_text name = linter->rules->queues[queue].name;
    size_t with_phone = usher_staff_count(linter->staff, 1u << USHER_CHANNEL_VOICE, base->needs,
                                          base->needs_count, NULL);
    if (base->agents > 0 && with_phone == 0)
        usher_linter_add(
            linter, USHER_FINDING_NO_PHONE, usher_linter_queue(linter, queue), name, USHER_NO_TEXT,
            "queue `%.*s`: none of the %zu who can take its contacts takes calls; give them a "
            "`phone`, or name the channels in the routes",
            USHER_TEXT_ARGS(name), base->agents);
}

/* Whether the step (from 1) lets anybody in whom those before do not, for some kind of contacts. */
static bool is_wider(const struct linter *linter, size_t queue, size_t step)
{
    struct lint_case at = {.rule = SIZE_MAX};
    do {
        struct usher_need needs[USHER_NEEDS_MAX];
        size_t agents[2];
        for (size_t i = 0; i < 2; i++) {
            size_t count = needs_of(linter, queue, &at, needs);
            count = relax(needs, count, step - 1 + i);
            agents[i] =
                usher_staff_count(linter->staff, linter->channels[queue], needs, count, NULL);
        }
        if (agents[1] > agents[0])
            return true;
    } while (next_case(linter->rules, queue, &at));
    return false;
}

static void look_for_steps(struct linter *linter, size_t queue)
{
    struct usher_text name = linter->rules->queues[queue].name;
    const struct usher_node *node = usher_linter_queue(linter, queue);
    const struct usher_node *steps = node ? usher_node_find(node, USHER_TEXT("relax")) : NULL;
    const struct usher_node *member = steps ? steps->first : NULL;
    for (size_t step = 1; member && step <= linter->rules->queues[queue].relax_count; step++) {
        if (!is_wider(linter, queue, step))
            usher_linter_add(linter, USHER_FINDING_IDLE_STEP, member, name, USHER_NO_TEXT,
                             "queue `%.*s`: step %zu of `relax` lets in no agent whom the ones "
                             "before do not; lower its `min`, or take it out",
                             USHER_TEXT_ARGS(name), step);
        member = member->next;
    }
}

static void look_at_queue(struct linter *linter, size_t queue)
{
    struct lint_case base = {.rule = SIZE_MAX}, at = base;
    size_t cases = 1, empty;
    if (linter->channels[queue] == 0)
        return; /* no route leads to it, which was told */
    look_at(linter, queue, &base);
    empty = base.agents == 0;
    while (next_case(linter->rules, queue, &at)) {
        look_at(linter, queue, &at);
        cases++;
        empty += at.agents == 0;
    }
    if (base.agents == 0)
        tell_nobody(linter, queue, &base);
    else if (base.agents == 1)
        tell_only_one(linter, queue, &base);
    at = (struct lint_case){.rule = SIZE_MAX};
    while (empty < cases && next_case(linter->rules, queue, &at)) {
        look_at(linter, queue, &at);
        if (at.agents == 0)
            tell_nobody(linter, queue, &at);
        else if (at.agents == 1 && base.agents != 1)
            tell_only_one(linter, queue, &at);
    }
    if (!linter->is_told[queue])
        look_for_phones(linter, queue, &base);
    look_for_steps(linter, queue);
}

static bool has_skill(const struct usher_staff_member *member, struct usher_text name)
{
    for (size_t i = 0; i < member->skills_count; i++)
        if (usher_text_is_equal(member->skills[i].name, name))
            return true;
    return false;
}

/* True when a member before `member`, or an earlier skill of the same one, has it. */
static bool was_told(const struct usher_staff *staff, size_t member, struct usher_text name)
{
    for (size_t i = 0; i < member; i++)
        if (has_skill(&staff->members[i], name))
            return true;
    return false;
}

static void tell_undeclared(struct linter *linter, size_t first, struct usher_text name)
{
    const struct usher_staff *staff = linter->staff;
    struct usher_text agent = staff->members[first].id;
    struct usher_text near = usher_rules_suggest_skill(linter->rules, name);
    size_t count = 1;
    for (size_t i = first + 1; i < staff->count; i++)
        count += has_skill(&staff->members[i], name);
    char who[NEEDS_TEXT_SIZE];
    if (count > 1)
        (void)snprintf(who, sizeof(who), "%.*s and %zu more have it", USHER_TEXT_ARGS(agent),
                       count - 1);
    else
        (void)snprintf(who, sizeof(who), "%.*s has it", USHER_TEXT_ARGS(agent));
    if (near.at)
        usher_linter_add(linter, USHER_FINDING_UNDECLARED_SKILL, NULL, USHER_NO_TEXT, name,
                         "skill `%.*s`: %s, and the rules do not declare it; did you mean `%.*s`?",
                         USHER_TEXT_ARGS(name), who, USHER_TEXT_ARGS(near));
    else
        usher_linter_add(
            linter, USHER_FINDING_UNDECLARED_SKILL, NULL, USHER_NO_TEXT, name,
            "skill `%.*s`: %s, and the rules do not declare it; add it to `skills`, or take it "
            "from the profiles",
            USHER_TEXT_ARGS(name), who);
}

static void look_for_undeclared(struct linter *linter)
{
    const struct usher_staff *staff = linter->staff;
    for (size_t i = 0; i < staff->count; i++) {
        for (size_t j = 0; j < staff->members[i].skills_count; j++) {
            struct usher_text name = staff->members[i].skills[j].name;
            if (usher_rules_find_skill(linter->rules, name) == SIZE_MAX &&
                !was_told(staff, i, name))
                tell_undeclared(linter, i, name);
        }
    }
}

static bool takes_any(const struct linter *linter, size_t member)
{
    for (size_t queue = 0; queue < linter->rules->queues_count; queue++)
        if (usher_linter_takers(linter, queue)[member / 64] >> member % 64 & 1)
            return true;
    return false;
}

static void look_for_idle(struct linter *linter)
{
    const struct usher_staff *staff = linter->staff;
    char names[NEEDS_TEXT_SIZE] = "";
    size_t count = 0, length = 0;
    for (size_t i = 0; i < staff->count; i++) {
        if (takes_any(linter, i))
            continue;
        if (count++ < NAMES_TOLD_MAX && length < sizeof(names))
            length +=
                (size_t)snprintf(names + length, sizeof(names) - length, "%s%.*s",
                                 count > 1 ? ", " : "", USHER_TEXT_ARGS(staff->members[i].id));
    }
    if (count > 0)
        usher_linter_add(
            linter, USHER_FINDING_IDLE_AGENT, NULL, USHER_NO_TEXT, USHER_NO_TEXT,
            "%zu agent%s can take the contacts of no queue: %s%s; see to their skills, phone and "
            "capacity",
            count, count == 1 ? "" : "s", names, count > NAMES_TOLD_MAX ? " and others" : "");
}

void usher_lint_staff(struct linter *linter)
{
    for (size_t queue = 0; queue < linter->rules->queues_count; queue++)
        look_at_queue(linter, queue);
    look_for_undeclared(linter);
    look_for_idle(linter);
}
