/* `customer`: who counts as one and the same customer, and for how long he is remembered. */
#include "rules/compile.h"
#include "rules/schema.h"
#include "wire/json.h"

#define DAY_MS        INT64_C(86400000)
#define DATA_PREFIX   "data."
#define DATA_KEY_MAX  64
#define SOURCE_MAX    (sizeof(DATA_PREFIX) - 1 + DATA_KEY_MAX)
#define SERVED        "served" /* in what is remembered: queue to when he was served there last */
#define READ_MS       50
#define READ_MS_MAX   1000
#define KEEP_DAYS     365
#define KEEP_DAYS_MAX 3650

struct customer_values {
    const struct usher_node *key;
    int64_t keep;
    int64_t read;
};

#define ROW(key_, type_, ...)                                                                      \
    {                                                                                              \
        .key = #key_, .type = USHER_VALUE_##type_,                                                 \
        .offset = offsetof(struct customer_values, key_), __VA_ARGS__                              \
    }

static const struct usher_schema_row source_row = {.key = "key",
                                                   .type = USHER_VALUE_TEXT,
                                                   .max = SOURCE_MAX,
                                                   .sentence = "what tells customers apart"};

static const struct usher_schema_row customer_rows[] = {
    ROW(key, LIST, .sentence = "what tells customers apart: the first of these that a contact has",
        .kind = "a list of `data.KEY` and `from`", .item = &source_row,
        .without = "only those are known whom the PBX names in `customer`"),
    ROW(keep, DURATION, .min = 60000, .max = KEEP_DAYS_MAX * DAY_MS, .fallback = KEEP_DAYS * DAY_MS,
        .sentence = "how long a customer is remembered after the last contact"),
    ROW(read, DURATION, .max = READ_MS_MAX, .fallback = READ_MS,
        .sentence = "how long a contact may wait for what Redis remembers; with 0 it is not asked"),
};

const struct usher_schema usher_customer_schema = {customer_rows, USHER_COUNT_OF(customer_rows),
                                                   NULL};

static bool read_source(struct usher_compile *compile, const struct usher_node *node,
                        struct usher_customer_source *source)
{
    const size_t prefix = sizeof(DATA_PREFIX) - 1;
    struct usher_text excerpt = usher_node_excerpt(node->text);
    struct usher_text name;

    if (!usher_schema_read_value(&source_row, node, &name, compile->problems))
        return false;
    if (usher_text_is_equal(name, USHER_TEXT("from"))) {
        *source = (struct usher_customer_source){.data_key = USHER_NO_TEXT};
        return true;
    }
    if (name.length > prefix && memcmp(name.at, DATA_PREFIX, prefix) == 0) {
        struct usher_text key = {name.at + prefix, name.length - prefix};
        return usher_compile_copy(compile, key, &source->data_key);
    }
    usher_problems_add(compile->problems, node->line, node->column,
                       "`%.*s` tells no customers apart; write `from`, or `data.KEY` for what the "
                       "PBX says under KEY",
                       USHER_TEXT_ARGS(excerpt));
    return false;
}

static void read_sources(struct usher_compile *compile, const struct usher_node *list)
{
    struct usher_customer_rule *rule = &compile->rules->customer;
    struct usher_text names[USHER_CUSTOMER_SOURCES_MAX];

    if (list->count == 0 || list->count > USHER_CUSTOMER_SOURCES_MAX) {
        usher_problems_add(compile->problems, list->line, list->column,
                           "`key` has %zu members; 1 to %d are possible", list->count,
                           USHER_CUSTOMER_SOURCES_MAX);
        return;
    }
    usher_node_for_each (node, list) {
        if (!read_source(compile, node, &rule->sources[rule->sources_count]) ||
            usher_compile_is_twice(compile, names, rule->sources_count, node))
            continue;
        names[rule->sources_count++] = node->text;
    }
}

void usher_compile_customer(struct usher_compile *compile, const struct usher_node *node)
{
    struct customer_values values;

    usher_schema_default(&usher_customer_schema, &values);
    if (node)
        usher_schema_read(&usher_customer_schema, node, &values, compile->problems);
    compile->rules->customer =
        (struct usher_customer_rule){.keep_ms = values.keep, .read_ms = values.read};
    if (values.key)
        read_sources(compile, values.key);
}

/* Lower case of ASCII, whatever the locale. */
static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static bool begins_with(struct usher_text text, struct usher_text word)
{
    if (text.length < word.length)
        return false;
    for (size_t i = 0; i < word.length; i++) {
        if (lower(text.at[i]) != word.at[i])
            return false;
    }
    return true;
}

bool usher_rules_is_withheld(struct usher_text from)
{
    static const struct usher_text words[] = {
        {"anonymous", 9}, {"unknown", 7},  {"unavailable", 11},     {"restricted", 10},
        {"private", 7},   {"withheld", 8}, {"number withheld", 15},
    };
    static const struct usher_text schemes[] = {{"sip:", 4}, {"sips:", 5}, {"tel:", 4}};

    for (size_t i = 0; i < USHER_COUNT_OF(schemes); i++) {
        if (begins_with(from, schemes[i])) {
            from.at += schemes[i].length;
            from.length -= schemes[i].length;
            break;
        }
    }
    for (size_t i = 0; i < USHER_COUNT_OF(words); i++) {
        if (begins_with(from, words[i]) &&
            (from.length == words[i].length || from.at[words[i].length] == '@'))
            return true;
    }
    return from.length == 0;
}

static bool is_key(struct usher_text text)
{
    if (text.length == 0 || text.length > USHER_CUSTOMER_MAX)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        if ((unsigned char)text.at[i] < ' ' || text.at[i] == '\x7f')
            return false;
    }
    return true;
}

struct usher_text usher_rules_customer(const struct usher_rules *rules, struct usher_text from,
                                       struct usher_text data, char room[USHER_CUSTOMER_MAX])
{
    const struct usher_customer_rule *rule = &rules->customer;

    for (size_t i = 0; i < rule->sources_count; i++) {
        struct usher_text key = from;

        if (rule->sources[i].data_key.at &&
            (!data.at || !usher_json_find_text(data, rule->sources[i].data_key, room,
                                               USHER_CUSTOMER_MAX, &key)))
            continue;
        if (!rule->sources[i].data_key.at && usher_rules_is_withheld(from))
            continue;
        if (is_key(key))
            return key;
    }
    return USHER_NO_TEXT;
}

int64_t usher_rules_served_ms(const struct usher_rules *rules, size_t queue,
                              struct usher_text memory)
{
    struct usher_text served = usher_json_find(memory, USHER_TEXT(SERVED));
    struct usher_text at = usher_json_find(served, rules->queues[queue].name);
    int64_t ms;

    return at.at && usher_text_read_int64(at, &ms) && ms > 0 ? ms : -1;
}

bool usher_rules_is_repeat(const struct usher_rules *rules, size_t queue, struct usher_text memory,
                           int64_t now_ms)
{
    int64_t served_ms = usher_rules_served_ms(rules, queue, memory);

    return served_ms > 0 && served_ms >= now_ms - rules->queues[queue].repeat_ms;
}
