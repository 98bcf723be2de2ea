/* `when` of a route: conditions that must all fit, and under `not` those of which none may. */
#include <stdio.h>
#include <string.h>

#include "rules/compile.h"
#include "rules/schema.h"
#include "rules/suggest.h"

#define KEY_BYTES_MAX   64
#define VALUE_BYTES_MAX 256
#define VALUES_MAX      1024
#define NOT             "not"
#define GUESS_SIZE      (sizeof("customer.") + KEY_BYTES_MAX)

static const struct usher_schema_row value_row = {.key = "when",
                                                  .type = USHER_VALUE_TEXT,
                                                  .max = VALUE_BYTES_MAX,
                                                  .sentence =
                                                      "a value that fits, or a list of them"};
static const struct usher_schema_row channel_row = {.type = USHER_VALUE_NAME,
                                                    .choices = USHER_CHANNEL_CHOICES};
static const struct usher_schema_row truth_row = {.type = USHER_VALUE_BOOL};
const struct usher_schema_row usher_when_own_row = {.key = "^(data|customer)[.].+$",
                                                    .type = USHER_VALUE_ANY,
                                                    .item = &value_row,
                                                    .sentence =
                                                        "a value that fits, or a list of them"};
#define WHEN_ROW(key_, item_, kind_, sentence_)                                                    \
    {                                                                                              \
        .key = (key_), .type = USHER_VALUE_ANY, .item = &(item_), .kind = (kind_),                 \
        .sentence = (sentence_)                                                                    \
    }

/* They are read by their kinds below: these rows say what they are. */
#define WHEN_ROWS                                                                                  \
    WHEN_ROW("channel", channel_row, "a channel, or a list of them",                               \
             "how the contact came: voice, chat, email, callback, task or outbound"),              \
        WHEN_ROW("dialled", value_row, "a number, or a list of them",                              \
                 "what the customer dialled or wrote to; a `*` at its end stands for any rest"),   \
        WHEN_ROW("from", value_row, "a number, or a list of them",                                 \
                 "the customer's number or address; a `*` at its end stands for any rest"),        \
        WHEN_ROW("switch", value_row, "the name of a switch, or a list of them",                   \
                 "a switch of `switches`, or one of several, that is on"),                         \
        WHEN_ROW("repeat", truth_row, "true or false",                                             \
                 "whether the customer was here of late for the same")

#define WHEN_NOTE                                                                                  \
    "`data.KEY` and `customer.KEY`, with a value or a list of them: what the PBX says of the "     \
    "contact under KEY, and what is remembered of the customer. A list is a choice: one of it "    \
    "must fit."

static const struct usher_schema_row not_rows[] = {WHEN_ROWS};
static const struct usher_schema not_schema = {not_rows, USHER_COUNT_OF(not_rows), WHEN_NOTE};

static const struct usher_schema_row when_rows[] = {
    WHEN_ROWS,
    {.key = NOT,
     .type = USHER_VALUE_ANY,
     .kind = "conditions",
     .sentence = "conditions of which none may fit",
     .members = &not_schema,
     .own = &usher_when_own_row},
};
const struct usher_schema usher_when_schema = {when_rows, USHER_COUNT_OF(when_rows), WHEN_NOTE};

/* `city` is what the PBX calls it: `data.city`; `dat.city` is a slip. Absent for what cannot be
 * meant so. */
static struct usher_text guess_key(struct usher_text key, char room[GUESS_SIZE])
{
    const char *dot = memchr(key.at, '.', key.length);
    struct usher_text head = {key.at, dot ? (size_t)(dot - key.at) : key.length};
    struct usher_text rest = {key.at + head.length, key.length - head.length};
    struct usher_suggestion suggestion;

    if (key.length == 0 || key.length > KEY_BYTES_MAX || rest.length == 1 ||
        usher_text_is_equal(key, USHER_TEXT(NOT)))
        return USHER_NO_TEXT;
    usher_suggestion_start(&suggestion, head);
    usher_suggestion_offer(&suggestion, USHER_TEXT("data"));
    usher_suggestion_offer(&suggestion, USHER_TEXT("customer"));
    if (dot && !suggestion.best.at)
        return USHER_NO_TEXT;
    if (suggestion.best.at)
        (void)snprintf(room, GUESS_SIZE, "%.*s%.*s", USHER_TEXT_ARGS(suggestion.best),
                       USHER_TEXT_ARGS(dot ? rest : USHER_TEXT(".KEY")));
    else
        (void)snprintf(room, GUESS_SIZE, "data.%.*s", USHER_TEXT_ARGS(key));
    return usher_text_of(room);
}

static void refuse_key(struct usher_compile *compile, const struct usher_schema *schema,
                       const struct usher_node *member)
{
    static const struct usher_text own_keys[] = {{"data.KEY", sizeof("data.KEY") - 1},
                                                 {"customer.KEY", sizeof("customer.KEY") - 1}};

    char room[GUESS_SIZE];
    struct usher_text guess = guess_key(member->key, room);

    usher_schema_refuse(schema, own_keys, USHER_COUNT_OF(own_keys), guess, member,
                        compile->problems);
}

static bool is_number(enum usher_condition_kind kind)
{
    return kind == USHER_CONDITION_DIALLED || kind == USHER_CONDITION_FROM;
}

/* A switch by its name, as a bit. */
static bool read_switch(struct usher_compile *compile, const struct usher_node *node,
                        uint64_t *switches)
{
    const struct usher_rules *rules = compile->rules;
    size_t found = usher_compile_find_listed(compile, rules->switches, rules->switches_count, node,
                                             "switch", "add it to `switches` at the top");

    if (found != SIZE_MAX)
        *switches |= UINT64_C(1) << found;
    return found != SIZE_MAX;
}

static bool check_value(struct usher_compile *compile, const struct usher_node *node,
                        struct usher_condition *condition)
{
    struct usher_text excerpt = usher_node_excerpt(node->text);
    const char *star = memchr(node->text.at, '*', node->text.length);
    int64_t truth;

    if (condition->kind == USHER_CONDITION_SWITCH)
        return read_switch(compile, node, &condition->switches);
    if (condition->kind == USHER_CONDITION_CHANNEL &&
        usher_channel_find(node->text) == USHER_CHANNEL_NONE)
        usher_problems_add(
            compile->problems, node->line, node->column,
            "`%.*s` is no channel; write voice, chat, email, callback, task or outbound",
            USHER_TEXT_ARGS(excerpt));
    else if (condition->kind == USHER_CONDITION_REPEAT &&
             !usher_value_read(USHER_VALUE_BOOL, node->text, &truth))
        usher_problems_add(compile->problems, node->line, node->column,
                           "`repeat` is `%.*s`; write true or false", USHER_TEXT_ARGS(excerpt));
    else if (is_number(condition->kind) && star && star != node->text.at + node->text.length - 1)
        usher_problems_add(compile->problems, node->line, node->column,
                           "`%.*s` has a `*` before its end; a `*` may only be the last character",
                           USHER_TEXT_ARGS(excerpt));
    else
        return true;
    return false;
}

/* Reads a value, or each member of a list of them. */
static void read_values(struct usher_compile *compile, const struct usher_node *member,
                        struct usher_condition *condition)
{
    bool is_list = member->kind == USHER_NODE_LIST;
    struct usher_text *values;

    if (is_list && member->count == 0)
        usher_problems_add(compile->problems, member->line, member->column,
                           "the list is empty, so that nothing would fit; write what fits");
    if (is_list && member->count > VALUES_MAX) {
        usher_problems_add(compile->problems, member->line, member->column,
                           "the list has %zu values; at most %d are possible", member->count,
                           VALUES_MAX);
        return;
    }
    values = usher_compile_take(compile, is_list ? member->count : 1, sizeof(*values));
    if (!values)
        return;
    condition->values = values;
    for (const struct usher_node *node = is_list ? member->first : member; node;
         node = is_list ? node->next : NULL) {
        size_t count = condition->values_count;
        struct usher_text value;

        if (!usher_schema_read_value(&value_row, node, &value, compile->problems) ||
            !check_value(compile, node, condition) ||
            usher_compile_is_twice(compile, values, count, node))
            continue;
        if (!usher_compile_copy(compile, value, &values[count]))
            return;
        condition->values_count++;
    }
}

/* Where conditions are put, and which keys may stand there. */
struct reading {
    struct usher_condition *conditions;
    size_t count;
    const struct usher_schema *schema;
    bool is_not;
};

static void read_condition(struct usher_compile *compile, const struct usher_node *member,
                           struct reading *reading)
{
    struct usher_condition *condition = &reading->conditions[reading->count];
    struct usher_text rest;

    condition->kind = usher_condition_find(member->key, &rest);
    condition->is_not = reading->is_not;
    if (condition->kind == USHER_CONDITION_NONE || rest.length > KEY_BYTES_MAX) {
        refuse_key(compile, reading->schema, member);
        return;
    }
    if (rest.at && !usher_compile_copy(compile, rest, &condition->key))
        return;
    read_values(compile, member, condition);
    reading->count++;
}

static void read_not(struct usher_compile *compile, const struct usher_node *member,
                     struct reading *reading)
{
    if (!usher_schema_is_map(member, NOT, compile->problems))
        return;
    if (member->count == 0)
        usher_problems_add(compile->problems, member->line, member->column,
                           "`not` has no condition; add one, or take `not` out");
    reading->schema = &not_schema;
    reading->is_not = true;
    usher_node_for_each (denied, member)
        read_condition(compile, denied, reading);
    reading->schema = &usher_when_schema;
    reading->is_not = false;
}

void usher_compile_when(struct usher_compile *compile, const struct usher_node *when,
                        struct usher_route *route)
{
    const struct usher_node *denied = usher_node_find(when, USHER_TEXT(NOT));
    struct reading reading = {.schema = &usher_when_schema};

    if (when->count == 0) {
        usher_problems_add(compile->problems, when->line, when->column,
                           "`when` has no condition; add one, or take `when` out");
        return;
    }
    reading.conditions = usher_compile_take(compile, when->count + (denied ? denied->count : 0),
                                            sizeof(*reading.conditions));
    if (!reading.conditions)
        return;
    usher_node_for_each (member, when) {
        if (member == denied)
            read_not(compile, member, &reading);
        else
            read_condition(compile, member, &reading);
    }
    route->conditions = reading.conditions;
    route->conditions_count = reading.count;
}
