/* A queue's contacts differ in what they bring: without the data that its needs ask for, and with
 * each skill that those data could name. Each of these cases is looked at by itself. */
#include "routing/lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "wire/json.h"

#define NEEDS_TEXT_SIZE 160
#define DATA_SIZE       ((size_t)512)
#define NAMES_TOLD_MAX  3

struct linter {
    const struct usher_rules *rules;
    const struct usher_node *root;
    const struct usher_staff *staff;
    struct usher_findings *findings;
    bool *can_take; /* [member]: something at all */
};

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

static const struct {
    const char *name;
    bool is_error;
} kinds[USHER_FINDING_COUNT] = {[USHER_FINDING_NONE] = {"", false},
#define KIND(NAME, name, is_error, sentence) [USHER_FINDING_##NAME] = {name, is_error},
                                USHER_FINDINGS(KIND)
#undef KIND
};

const char *usher_finding_name(enum usher_finding_kind kind)
{
    return kinds[kind].name;
}

bool usher_finding_is_error(enum usher_finding_kind kind)
{
    return kinds[kind].is_error;
}

/* Where the next finding goes: when the list is full an error takes the place of a warning. NULL:
 * nowhere. */
static struct usher_finding *room_for(struct usher_findings *findings, bool is_error)
{
    if (findings->count <= USHER_FINDINGS_MAX)
        return &findings->list[findings->count - 1];
    for (size_t i = USHER_FINDINGS_MAX; is_error && i-- > 0;)
        if (!kinds[findings->list[i].kind].is_error)
            return &findings->list[i];
    return NULL;
}

/* Adds a finding at the key of `node`, or at the node itself when it has no key. */
static void __attribute__((format(printf, 6, 7)))
add(struct linter *linter, enum usher_finding_kind kind, const struct usher_node *node,
    struct usher_text queue, struct usher_text skill, const char *format, ...)
{
    struct usher_findings *findings = linter->findings;
    findings->errors_count += kinds[kind].is_error;
    findings->count++;
    struct usher_finding *finding = room_for(findings, kinds[kind].is_error);
    if (!finding)
        return;
    *finding = (struct usher_finding){.kind = kind, .queue = queue, .skill = skill};
    if (node) {
        finding->line = node->key.at ? node->key_line : node->line;
        finding->column = node->key.at ? node->key_column : node->column;
    }
    va_list values;
    va_start(values, format);
    (void)vsnprintf(finding->what, sizeof(finding->what), format, values);
    va_end(values);
}

static const struct usher_node *queue_node(const struct linter *linter, size_t queue)
{
    const struct usher_node *queues = usher_node_find(linter->root, USHER_TEXT("queues"));
    return queues ? usher_node_find(queues, linter->rules->queues[queue].name) : NULL;
}

/* The key of a need, or the queue's when it has its needs from another (`like`). */
static const struct usher_node *need_node(const struct linter *linter, size_t queue, size_t rule)
{
    const struct usher_node *node = queue_node(linter, queue);
    const struct usher_node *needs = node ? usher_node_find(node, USHER_TEXT("need")) : NULL;
    if (!needs || rule >= needs->count)
        return node;
    const struct usher_node *member = needs->first;
    while (rule-- > 0)
        member = member->next;
    return member;
}

/* The channels of the routes that lead to the queue; `*is_told` when each of them names some. */
static unsigned channels_of(const struct usher_rules *rules, size_t queue, bool *is_told)
{
    unsigned channels = 0;
    *is_told = true;
    for (size_t i = 0; i < rules->routes_count; i++) {
        const struct usher_route *route = &rules->routes[i];
        unsigned of_route = 0;
        if (route->queue != queue)
            continue;
        for (size_t j = 0; j < route->conditions_count; j++) {
            const struct usher_condition *condition = &route->conditions[j];
            for (size_t k = 0; k < condition->values_count; k++)
                if (condition->kind == USHER_CONDITION_CHANNEL && !condition->is_not)
                    of_route |= 1u << usher_channel_find(condition->values[k]);
        }
        *is_told &= of_route != 0;
        channels |= of_route ? of_route : USHER_CHANNELS_ALL;
    }
    return channels;
}

/* Fills in what a contact of the case needs, and who can take it. */
static void look_at(struct linter *linter, size_t queue, unsigned channels, struct lint_case *at)
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
    }
    if (rule)
        *(rule->is_customers ? &facts.customer : &facts.data) = usher_bytes_text(&data);
    at->needs_count = usher_rules_needs(linter->rules, queue, &facts, at->needs);
    usher_bytes_fini(&data);
    at->agents = 0;
    for (size_t i = 0; i < linter->staff->count; i++) {
        if (!usher_staff_can_take(linter->staff, i, channels, at->needs, at->needs_count))
            continue;
        if (at->agents++ == 0)
            at->first = i;
        if (linter->can_take)
            linter->can_take[i] = true;
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
            add(linter, USHER_FINDING_NOBODY, node, name, skill,
                "queue `%.*s`: nobody can take %s: no agent has `%.*s`; give it to somebody",
                USHER_TEXT_ARGS(name), whose, USHER_TEXT_ARGS(skill));
        else
            add(linter, USHER_FINDING_NOBODY, node, name, skill,
                "queue `%.*s`: nobody can take %s: they need `%.*s` at level %d, and the highest "
                "is %u; raise somebody's, or lower `min`",
                USHER_TEXT_ARGS(name), whose, USHER_TEXT_ARGS(skill), need->min, highest);
        return;
    }
    if (at->needs_count == 0)
        add(linter, USHER_FINDING_NOBODY, node, name, USHER_NO_TEXT,
            "queue `%.*s`: nobody can take %s: no agent takes their channel; see to the profiles' "
            "`phone` and `capacity`",
            USHER_TEXT_ARGS(name), whose);
    else
        add(linter, USHER_FINDING_NOBODY, node, name, USHER_NO_TEXT,
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
        add(linter, USHER_FINDING_ONLY_ONE, need_node(linter, queue, at->rule), name, USHER_NO_TEXT,
            "queue `%.*s`: %.*s alone can take %s, which need no skill; add an agent, or see to "
            "the others' `phone` and `capacity`",
            USHER_TEXT_ARGS(name), USHER_TEXT_ARGS(agent), write_whose(linter, queue, at, whose));
        return;
    }
    add(linter, USHER_FINDING_ONLY_ONE, need_node(linter, queue, at->rule), name, USHER_NO_TEXT,
        "queue `%.*s`: %.*s alone can take %s (%s); let a second agent learn it",
        USHER_TEXT_ARGS(name), USHER_TEXT_ARGS(agent), write_whose(linter, queue, at, whose),
        write_needs(linter->rules, at, needs));
}

/* Where routes name no channel calls may come, too. */
static void look_for_phones(struct linter *linter, size_t queue, const struct lint_case *base)
{
    struct usher_text name = linter->rules->queues[queue].name;
    size_t with_phone = usher_staff_count(linter->staff, 1u << USHER_CHANNEL_VOICE, base->needs,
                                          base->needs_count, NULL);
    if (base->agents > 0 && with_phone == 0)
        add(linter, USHER_FINDING_NO_PHONE, queue_node(linter, queue), name, USHER_NO_TEXT,
            "queue `%.*s`: none of the %zu who can take its contacts takes calls; give them a "
            "`phone`, or name the channels in the routes",
            USHER_TEXT_ARGS(name), base->agents);
}

static void look_at_queue(struct linter *linter, size_t queue)
{
    bool is_told;
    unsigned channels = channels_of(linter->rules, queue, &is_told);
    struct lint_case base = {.rule = SIZE_MAX}, at = base;
    size_t cases = 1, empty;
    if (channels == 0)
        return; /* no route leads to it, which was told */
    look_at(linter, queue, channels, &base);
    empty = base.agents == 0;
    while (next_case(linter->rules, queue, &at)) {
        look_at(linter, queue, channels, &at);
        cases++;
        empty += at.agents == 0;
    }
    if (base.agents == 0)
        tell_nobody(linter, queue, &base);
    else if (base.agents == 1)
        tell_only_one(linter, queue, &base);
    at = (struct lint_case){.rule = SIZE_MAX};
    while (empty < cases && next_case(linter->rules, queue, &at)) {
        look_at(linter, queue, channels, &at);
        if (at.agents == 0)
            tell_nobody(linter, queue, &at);
        else if (at.agents == 1 && base.agents != 1)
            tell_only_one(linter, queue, &at);
    }
    if (!is_told)
        look_for_phones(linter, queue, &base);
}

static void look_for_routes(struct linter *linter)
{
    const struct usher_rules *rules = linter->rules;
    for (size_t queue = 0; queue < rules->queues_count; queue++) {
        struct usher_text name = rules->queues[queue].name;
        size_t route = 0;
        while (route < rules->routes_count && rules->routes[route].queue != queue)
            route++;
        if (route == rules->routes_count)
            add(linter, USHER_FINDING_UNREACHED_QUEUE, queue_node(linter, queue), name,
                USHER_NO_TEXT, "queue `%.*s`: no route leads to it; add one, or take it out",
                USHER_TEXT_ARGS(name));
    }
}

static bool is_needed(const struct usher_rules *rules, size_t skill)
{
    struct usher_text name = rules->skills[skill];
    for (size_t queue = 0; queue < rules->queues_count; queue++) {
        for (size_t i = 0; i < rules->queues[queue].needs_count; i++) {
            const struct usher_need_rule *rule = &rules->queues[queue].needs[i];
            if (rule->skill == skill ||
                (rule->key.at && name.length > rule->prefix.length &&
                 memcmp(name.at, rule->prefix.at, rule->prefix.length) == 0))
                return true;
        }
    }
    return false;
}

static void look_for_unused(struct linter *linter)
{
    const struct usher_node *skills = usher_node_find(linter->root, USHER_TEXT("skills"));
    if (!skills)
        return;
    usher_node_for_each (member, skills) {
        size_t skill = usher_rules_find_skill(linter->rules, member->text);
        if (skill != SIZE_MAX && !is_needed(linter->rules, skill))
            add(linter, USHER_FINDING_UNUSED_SKILL, member, USHER_NO_TEXT,
                linter->rules->skills[skill],
                "skill `%.*s`: no queue needs it; let one need it, or take it out",
                USHER_TEXT_ARGS(member->text));
    }
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
        add(linter, USHER_FINDING_UNDECLARED_SKILL, NULL, USHER_NO_TEXT, name,
            "skill `%.*s`: %s, and the rules do not declare it; did you mean `%.*s`?",
            USHER_TEXT_ARGS(name), who, USHER_TEXT_ARGS(near));
    else
        add(linter, USHER_FINDING_UNDECLARED_SKILL, NULL, USHER_NO_TEXT, name,
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

static void look_for_idle(struct linter *linter)
{
    const struct usher_staff *staff = linter->staff;
    char names[NEEDS_TEXT_SIZE] = "";
    size_t count = 0, length = 0;
    for (size_t i = 0; i < staff->count; i++) {
        if (linter->can_take[i])
            continue;
        if (count++ < NAMES_TOLD_MAX && length < sizeof(names))
            length +=
                (size_t)snprintf(names + length, sizeof(names) - length, "%s%.*s",
                                 count > 1 ? ", " : "", USHER_TEXT_ARGS(staff->members[i].id));
    }
    if (count > 0)
        add(linter, USHER_FINDING_IDLE_AGENT, NULL, USHER_NO_TEXT, USHER_NO_TEXT,
            "%zu agent%s can take the contacts of no queue: %s%s; see to their skills, phone and "
            "capacity",
            count, count == 1 ? "" : "s", names, count > NAMES_TOLD_MAX ? " and others" : "");
}

static int compare_places(const void *a, const void *b)
{
    const struct usher_finding *left = a, *right = b;
    if ((left->line == 0) != (right->line == 0))
        return left->line == 0 ? 1 : -1;
    if (left->line != right->line)
        return left->line < right->line ? -1 : 1;
    if (left->column != right->column)
        return left->column < right->column ? -1 : 1;
    return strcmp(left->what, right->what);
}

void usher_lint(const struct usher_rules *rules, const struct usher_document *document,
                const struct usher_staff *staff, struct usher_findings *findings)
{
    struct linter linter = {rules, document->root, staff, findings, NULL};
    findings->count = findings->errors_count = 0;
    look_for_routes(&linter);
    look_for_unused(&linter);
    if (staff) {
        linter.can_take = calloc(staff->count + 1, sizeof(*linter.can_take));
        for (size_t queue = 0; queue < rules->queues_count; queue++)
            look_at_queue(&linter, queue);
        look_for_undeclared(&linter);
        if (linter.can_take)
            look_for_idle(&linter);
        free(linter.can_take);
    }
    qsort(findings->list,
          findings->count < USHER_FINDINGS_MAX ? findings->count : USHER_FINDINGS_MAX,
          sizeof(findings->list[0]), compare_places);
}
