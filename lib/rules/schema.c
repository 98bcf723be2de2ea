/* One way for every mapping of both files, so that every message has the same form: "`key` is
 * `value`; it must be …". */
#include "rules/schema.h"

#include <stdio.h>
#include <string.h>

#include "rules/suggest.h"

static void *member_at(const struct usher_schema_row *row, void *into)
{
    return (char *)into + row->offset;
}

static struct usher_text name_of(const struct usher_schema_row *row, const struct usher_node *node)
{
    return usher_node_excerpt(node->key.at ? node->key : usher_text_of(row->key));
}

/* What probably was meant where a mapping is expected and a text was found; "" = nobody knows. */
static const char *guess_of(const struct usher_schema_row *row, struct usher_text text)
{
    const char *colon = memchr(text.at, ':', text.length);

    if (row->type != USHER_VALUE_MAP)
        return "";
    if (colon)
        return "; put a space behind the colon";
    return memchr(text.at, ' ', text.length) ? "; put a colon between key and value" : "";
}

/* The form that is expected where another was found. */
static const char *form_of(const struct usher_schema_row *row, const struct usher_node *node)
{
    bool is_dash = node->kind == USHER_NODE_MAP && node->first && node->first->key.at[0] == '-';

    if (row->type == USHER_VALUE_LIST && is_dash)
        return "; put a space behind each dash";
    if (row->type == USHER_VALUE_LIST && node->kind == USHER_NODE_MAP)
        return "; put `- ` before each member";
    if (row->type == USHER_VALUE_MAP && node->kind == USHER_NODE_LIST)
        return "; write `name: …` lines without dashes";
    return "";
}

/* "`ring` is a list; it must be a duration such as …: how long an agent's phone rings". */
static void refuse_value(const struct usher_schema_row *row, const struct usher_node *node,
                         const char *expected, struct usher_problems *problems)
{
    struct usher_text name = name_of(row, node);
    struct usher_text value = usher_node_excerpt(node->text);
    const char *sentence = row->sentence ? row->sentence : "";
    const char *colon = row->sentence ? ": " : "";
    const char *empty = row->type == USHER_VALUE_MAP ? ", indented below it, or {}" : "";

    if (node->kind == USHER_NODE_SCALAR && node->text.length)
        usher_problems_add(problems, node->line, node->column,
                           "`%.*s` is `%.*s`; it must be %s%s%s%s", USHER_TEXT_ARGS(name),
                           USHER_TEXT_ARGS(value), expected, colon, sentence,
                           guess_of(row, node->text));
    else if (node->kind == USHER_NODE_SCALAR)
        usher_problems_add(problems, node->key.at ? node->key_line : node->line,
                           node->key.at ? node->key_column : node->column,
                           "`%.*s` has no value; it must be %s%s%s%s", USHER_TEXT_ARGS(name),
                           expected, empty, colon, sentence);
    else
        usher_problems_add(problems, node->line, node->column,
                           "`%.*s` is a %s; it must be %s%s%s%s", USHER_TEXT_ARGS(name),
                           node->kind == USHER_NODE_LIST ? "list" : "mapping", expected, colon,
                           sentence, form_of(row, node));
}

static bool read_node(const struct usher_schema_row *row, const struct usher_node *node, void *into,
                      struct usher_problems *problems)
{
    bool is_fit = row->type == USHER_VALUE_ANY ||
                  node->kind == (row->type == USHER_VALUE_LIST ? USHER_NODE_LIST : USHER_NODE_MAP);

    if (row->type == USHER_VALUE_ANY && node->kind == USHER_NODE_SCALAR && node->text.length == 0)
        is_fit = false;
    if (!is_fit) {
        refuse_value(row, node, usher_value_expected(row->type), problems);
        return false;
    }
    memcpy(member_at(row, into), &node, sizeof(const struct usher_node *));
    return true;
}

static bool is_choice(const char *choices, struct usher_text word)
{
    for (const char *at = choices; *at;) {
        size_t length = strcspn(at, " ");

        if (usher_text_is_equal((struct usher_text){at, length}, word))
            return true;
        at += length + (at[length] == ' ');
    }
    return false;
}

/* The words that are possible, as a person says them: "a, b or c". */
static void expect_choice(const char *choices, char *expected, size_t size)
{
    const char *last = strrchr(choices, ' ');
    size_t used = 0;

    for (const char *at = choices; *at && used + 5 < size; at++) {
        const char *joint = at == last ? " or " : ", ";

        if (*at != ' ') {
            expected[used++] = *at;
            continue;
        }
        memcpy(expected + used, joint, strlen(joint));
        used += strlen(joint);
    }
    expected[used] = '\0';
}

static bool read_text(const struct usher_schema_row *row, const struct usher_node *node, void *into,
                      struct usher_problems *problems)
{
    char expected[96];
    bool is_fit = node->kind == USHER_NODE_SCALAR && node->text.length > 0;

    if (is_fit && row->type == USHER_VALUE_NAME)
        is_fit = usher_text_is_id(node->text);
    if (!is_fit) {
        refuse_value(row, node, usher_value_expected(row->type), problems);
        return false;
    }
    if (row->choices && !is_choice(row->choices, node->text)) {
        expect_choice(row->choices, expected, sizeof(expected));
        refuse_value(row, node, expected, problems);
        return false;
    }
    if (node->text.length > (size_t)row->max) {
        (void)snprintf(expected, sizeof(expected), "at most %lld bytes long", (long long)row->max);
        refuse_value(row, node, expected, problems);
        return false;
    }
    memcpy(member_at(row, into), &node->text, sizeof(struct usher_text));
    return true;
}

/* YAML tells the number 5 from the text "5", and so do editors. */
static bool is_quoted_number(const struct usher_schema_row *row, const struct usher_node *node)
{
    return !node->is_plain &&
           (row->type == USHER_VALUE_WHOLE || row->type == USHER_VALUE_WHOLE_OR_OFF ||
            row->type == USHER_VALUE_FRACTION || row->type == USHER_VALUE_BOOL);
}

/* A value of the row's type, whatever its bounds; `*is_below` when it begins with a minus. */
static bool read_value(const struct usher_schema_row *row, const struct usher_node *node,
                       int64_t *number, bool *is_below)
{
    struct usher_text text = node->text;

    *is_below = false;
    if (node->kind != USHER_NODE_SCALAR)
        return false;
    if (row->type == USHER_VALUE_WHOLE_OR_OFF && usher_text_is_equal(text, USHER_TEXT("off"))) {
        *number = row->min;
        return true;
    }
    if (usher_value_read(row->type, text, number))
        return true;
    if (text.length < 2 || text.at[0] != '-')
        return false;
    text.at++;
    text.length--;
    *is_below = usher_value_read(row->type, text, number);
    return *is_below;
}

static bool read_number(const struct usher_schema_row *row, const struct usher_node *node,
                        void *into, struct usher_problems *problems)
{
    char low[USHER_VALUE_TEXT_SIZE];
    char high[USHER_VALUE_TEXT_SIZE];
    char expected[96];
    int64_t number = 0;
    bool is_below;

    if (!read_value(row, node, &number, &is_below)) {
        refuse_value(row, node, row->kind ? row->kind : usher_value_expected(row->type), problems);
        return false;
    }
    if (is_quoted_number(row, node)) {
        refuse_value(row, node, "written without quotes", problems);
        return false;
    }
    if (row->type == USHER_VALUE_BOOL) {
        *(bool *)member_at(row, into) = number != 0;
        return true;
    }
    if (is_below || number < row->min || number > row->max) {
        (void)snprintf(expected, sizeof(expected), "%s to %s%s",
                       usher_value_write(row->type, row->min, low),
                       usher_value_write(row->type, row->max, high),
                       row->type == USHER_VALUE_WHOLE_OR_OFF ? ", or off" : "");
        refuse_value(row, node, expected, problems);
        return false;
    }
    memcpy(member_at(row, into), &number, sizeof(number));
    return true;
}

bool usher_schema_read_value(const struct usher_schema_row *row, const struct usher_node *node,
                             void *into, struct usher_problems *problems)
{
    if (node->kind == USHER_NODE_NONE)
        return false;
    if (row->type == USHER_VALUE_LIST || row->type == USHER_VALUE_MAP ||
        row->type == USHER_VALUE_ANY)
        return read_node(row, node, into, problems);
    if (row->type == USHER_VALUE_TEXT || row->type == USHER_VALUE_NAME)
        return read_text(row, node, into, problems);
    return read_number(row, node, into, problems);
}

void usher_schema_default(const struct usher_schema *schema, void *into)
{
    for (size_t i = 0; i < schema->count; i++) {
        const struct usher_schema_row *row = &schema->rows[i];
        const struct usher_node *none = NULL;
        struct usher_text text = usher_text_of(row->fallback_text);

        if (row->type == USHER_VALUE_LIST || row->type == USHER_VALUE_MAP ||
            row->type == USHER_VALUE_ANY)
            memcpy(member_at(row, into), &none, sizeof(const struct usher_node *));
        else if (row->type == USHER_VALUE_TEXT || row->type == USHER_VALUE_NAME)
            memcpy(member_at(row, into), &text, sizeof(text));
        else if (row->type == USHER_VALUE_BOOL)
            *(bool *)member_at(row, into) = row->fallback != 0;
        else
            memcpy(member_at(row, into), &row->fallback, sizeof(row->fallback));
    }
}

static size_t member_size(enum usher_value_type type)
{
    if (type == USHER_VALUE_LIST || type == USHER_VALUE_MAP || type == USHER_VALUE_ANY)
        return sizeof(const struct usher_node *);
    if (type == USHER_VALUE_TEXT || type == USHER_VALUE_NAME)
        return sizeof(struct usher_text);
    return type == USHER_VALUE_BOOL ? sizeof(bool) : sizeof(int64_t);
}

void usher_schema_inherit(const struct usher_schema *schema, const struct usher_node *map,
                          const void *from, void *into)
{
    for (size_t i = 0; i < schema->count; i++) {
        const struct usher_schema_row *row = &schema->rows[i];

        if (!usher_node_find(map, usher_text_of(row->key)))
            memcpy(member_at(row, into), (const char *)from + row->offset, member_size(row->type));
    }
}

static const struct usher_schema_row *find_row(const struct usher_schema *schema,
                                               struct usher_text key)
{
    for (size_t i = 0; i < schema->count; i++) {
        if (usher_text_is_equal(usher_text_of(schema->rows[i].key), key))
            return &schema->rows[i];
    }
    return NULL;
}

bool usher_schema_read_member(const struct usher_schema *schema, const struct usher_node *member,
                              void *into, struct usher_problems *problems)
{
    const struct usher_schema_row *row = find_row(schema, member->key);

    if (row && !usher_schema_read_value(row, member, into, problems))
        return true;
    return row != NULL;
}

static void check_needed(const struct usher_schema *schema, const struct usher_node *map,
                         struct usher_problems *problems)
{
    for (size_t i = 0; i < schema->count; i++) {
        const struct usher_schema_row *row = &schema->rows[i];

        if (row->is_needed && !usher_node_find(map, usher_text_of(row->key)))
            usher_problems_add(problems, map->line, map->column, "`%s` is missing; add it: %s",
                               row->key, row->sentence);
    }
}

void usher_schema_read(const struct usher_schema *schema, const struct usher_node *map, void *into,
                       struct usher_problems *problems)
{
    usher_node_for_each (member, map) {
        if (!usher_schema_read_member(schema, member, into, problems))
            usher_schema_refuse(schema, NULL, 0, USHER_NO_TEXT, member, problems);
    }
    check_needed(schema, map, problems);
}

/* Appends ", name" while there is room, and "…" when there is none any more. */
static void list_known(char *known, size_t size, struct usher_text name)
{
    size_t length = strlen(known);

    if (length + name.length + sizeof(", …") < size)
        (void)snprintf(known + length, size - length, "%s%.*s", length ? ", " : "",
                       USHER_TEXT_ARGS(name));
    else if (length && known[length - 1] != '.')
        (void)snprintf(known + length, size - length, "...");
}

/* The row whose mapping has the key, where it was expected a level higher. */
static const struct usher_schema_row *find_deeper(const struct usher_schema *schema,
                                                  struct usher_text key)
{
    for (size_t i = 0; i < schema->count; i++) {
        const struct usher_schema_row *row = &schema->rows[i];

        if (row->type == USHER_VALUE_MAP && row->members && !row->name &&
            find_row(row->members, key))
            return row;
    }
    return NULL;
}

static bool is_digits(struct usher_text text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    }
    return true;
}

/* Tells of a key that is no other misspelled but whose mistake can be seen. */
static bool refuse_by_form(const struct usher_schema *schema, const struct usher_node *member,
                           struct usher_problems *problems)
{
    struct usher_text key = usher_node_excerpt(member->key);
    const char *colon = memchr(key.at, ':', key.length);
    struct usher_text start = {key.at, colon ? (size_t)(colon - key.at) : 0};
    const struct usher_schema_row *deeper = find_deeper(schema, member->key);

    if (deeper)
        usher_problems_add(problems, member->key_line, member->key_column,
                           "`%.*s` does not belong here but into `%s`; indent it below that",
                           USHER_TEXT_ARGS(key), deeper->key);
    else if (colon && find_row(schema, start))
        usher_problems_add(problems, member->key_line, member->key_column,
                           "unknown key `%.*s`; put a space behind the colon",
                           USHER_TEXT_ARGS(key));
    else if (is_digits(member->key) && member->kind == USHER_NODE_SCALAR && !member->text.length)
        usher_problems_add(problems, member->key_line, member->key_column,
                           "unknown key `%.*s`; a decimal point is written as in 0.15",
                           USHER_TEXT_ARGS(key));
    else
        return false;
    return true;
}

void usher_schema_refuse(const struct usher_schema *schema, const struct usher_text *others,
                         size_t others_count, struct usher_text guess,
                         const struct usher_node *member, struct usher_problems *problems)
{
    struct usher_text key = usher_node_excerpt(member->key);
    struct usher_suggestion suggestion;
    char known[160] = "";

    if (refuse_by_form(schema, member, problems))
        return;
    usher_suggestion_start(&suggestion, member->key);
    for (size_t i = 0; i < schema->count + others_count; i++) {
        struct usher_text name =
            i < schema->count ? usher_text_of(schema->rows[i].key) : others[i - schema->count];

        usher_suggestion_offer(&suggestion, name);
        list_known(known, sizeof(known), name);
    }
    if (suggestion.best.at)
        usher_problems_add(problems, member->key_line, member->key_column,
                           "unknown key `%.*s`; did you mean `%.*s`?", USHER_TEXT_ARGS(key),
                           USHER_TEXT_ARGS(suggestion.best));
    else if (guess.at)
        usher_problems_add(problems, member->key_line, member->key_column,
                           "unknown key `%.*s`; did you mean `%.*s`? Known here: %s",
                           USHER_TEXT_ARGS(key), USHER_TEXT_ARGS(guess), known);
    else
        usher_problems_add(problems, member->key_line, member->key_column,
                           "unknown key `%.*s`; known here: %s", USHER_TEXT_ARGS(key), known);
}

static bool is_kind(const struct usher_node *node, const char *what, enum usher_value_type type,
                    struct usher_problems *problems)
{
    const struct usher_schema_row row = {.key = what, .type = type};
    const struct usher_node *same = NULL;

    return usher_schema_read_value(&row, node, &same, problems);
}

bool usher_schema_is_map(const struct usher_node *node, const char *what,
                         struct usher_problems *problems)
{
    return is_kind(node, what, USHER_VALUE_MAP, problems);
}
