/* libyaml's events, one by one, into the tree. libyaml is quadratic in the depth of brackets, but
 * never looks further ahead than a line or 1,024 characters, so refusing the first event that is
 * too deep bounds the whole. Between two events of a mapping `has_key` tells that a key was read
 * and its value comes next. */
#include "rules/document.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "rules/characters.h"
#include "rules/complaint.h"

struct reader {
    struct usher_document *document;
    struct usher_problems *problems;
    struct usher_node *open[USHER_DOCUMENT_DEPTH_MAX];
    size_t depth;
    bool has_key;
    struct usher_text key;
    size_t key_line;
    size_t key_column;
};

enum step {
    STEP_NEXT = 0,
    STEP_DONE,
    STEP_STOP, /* a problem was added, and what follows cannot be understood */
};

#define EXCERPT_MAX    48
#define QUOTES_PROBLEM "this begins with a typographic quote; write straight ones: \"...\""
#define ANCHOR_PROBLEM "anchors (&) are not allowed; write the value where it is needed"

static void add_problem(struct reader *reader, const yaml_event_t *event, const char *what)
{
    usher_problems_add(reader->problems, event->start_mark.line + 1, event->start_mark.column + 1,
                       "%s", what);
}

static enum step stop(struct reader *reader, const yaml_event_t *event, const char *what)
{
    add_problem(reader, event, what);
    return STEP_STOP;
}

static void add_syntax_problem(struct reader *reader, const yaml_parser_t *parser,
                               struct usher_text text)
{
    bool has_context = parser->context != NULL;
    const yaml_mark_t *from = has_context ? &parser->context_mark : &parser->problem_mark;
    const struct usher_complaint complaint = {
        .what = parser->problem ? parser->problem : "the text cannot be read",
        .context = parser->context,
        .line = parser->problem_mark.line + 1,
        .column = parser->problem_mark.column + 1,
        .context_line = from->line + 1,
        .context_column = from->column + 1,
    };

    if (parser->error == YAML_MEMORY_ERROR)
        usher_problems_add(reader->problems, 1, 1, "memory is out; try again");
    else
        usher_complaint_tell(&complaint, text, reader->problems);
}

/* Makes a node and hangs it where it belongs. NULL when memory is out. */
static struct usher_node *add_node(struct reader *reader, const yaml_event_t *event,
                                   enum usher_node_kind kind)
{
    struct usher_node *parent = reader->depth ? reader->open[reader->depth - 1] : NULL;
    struct usher_node *node = usher_arena_take(&reader->document->arena, 1, sizeof(*node));

    if (!node)
        return NULL;
    node->kind = kind;
    node->line = event->start_mark.line + 1;
    node->column = event->start_mark.column + 1;
    if (!parent) {
        reader->document->root = node;
        return node;
    }
    if (parent->kind == USHER_NODE_MAP) {
        node->key = reader->key;
        node->key_line = reader->key_line;
        node->key_column = reader->key_column;
        reader->has_key = false;
    }
    if (parent->last)
        parent->last->next = node;
    else
        parent->first = node;
    parent->last = node;
    parent->count++;
    return node;
}

static bool wants_key(const struct reader *reader)
{
    return reader->depth && reader->open[reader->depth - 1]->kind == USHER_NODE_MAP &&
           !reader->has_key;
}

static enum step on_key(struct reader *reader, const yaml_event_t *event, struct usher_text text)
{
    if (text.length == 0)
        return stop(reader, event, "the key is empty; write `key: value`");
    if (!usher_arena_copy(&reader->document->arena, text, &reader->key))
        return stop(reader, event, "memory is out; try again");
    reader->key_line = event->start_mark.line + 1;
    reader->key_column = event->start_mark.column + 1;
    reader->has_key = true;
    return STEP_NEXT;
}

/* Characters that look like others: in a value without quotes they are surely not meant. Tells of
 * the first; false when there is none. */
static bool has_look_alike(struct reader *reader, const yaml_event_t *event, struct usher_text text)
{
    static const struct {
        const char *bytes;
        bool is_start;
        const char *what;
    } rows[] = {
        {"\xC2\xA0", false,
         "this is a no-break space, which only looks like one; type a plain one"},
        {"\xE2\x80\x9C", true, QUOTES_PROBLEM},
        {"\xE2\x80\x9D", true, QUOTES_PROBLEM},
        {"\xE2\x80\x9E", true, QUOTES_PROBLEM},
        {"\xE2\x80\x98", true, QUOTES_PROBLEM},
        {"\xE2\x80\x99", true, QUOTES_PROBLEM},
        {"\xC2\xAB", true, QUOTES_PROBLEM},
    };
    size_t column = event->start_mark.column + 1;

    for (size_t at = 0; at < text.length; at++) {
        if (((unsigned char)text.at[at] & 0xC0) == 0x80)
            continue;
        for (size_t i = 0; i < USHER_COUNT_OF(rows); i++) {
            size_t length = strlen(rows[i].bytes);

            if ((rows[i].is_start && at > 0) || text.length - at < length ||
                memcmp(text.at + at, rows[i].bytes, length) != 0)
                continue;
            usher_problems_add(reader->problems, event->start_mark.line + 1, column, "%s",
                               rows[i].what);
            return true;
        }
        column++;
    }
    return false;
}

static enum step on_scalar(struct reader *reader, const yaml_event_t *event)
{
    struct usher_text text = {(const char *)event->data.scalar.value, event->data.scalar.length};
    struct usher_node *node;

    if (event->data.scalar.anchor)
        add_problem(reader, event, ANCHOR_PROBLEM);
    if (event->data.scalar.tag)
        add_problem(reader, event, "tags (!) are not allowed; take it out");
    if (usher_characters_has_control(text)) {
        add_problem(reader, event,
                    "the value has a control character in it; write one line of plain text");
        text.length = 0;
        if (wants_key(reader))
            return STEP_STOP;
    }
    if (wants_key(reader))
        return on_key(reader, event, text);
    node = add_node(reader, event, USHER_NODE_SCALAR);
    if (!node || !usher_arena_copy(&reader->document->arena, text, &node->text))
        return stop(reader, event, "memory is out; try again");
    node->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (event->data.scalar.length != text.length ||
        (node->is_plain && has_look_alike(reader, event, text)))
        node->kind = USHER_NODE_NONE;
    return STEP_NEXT;
}

static enum step on_alias(struct reader *reader, const yaml_event_t *event)
{
    add_problem(reader, event, "aliases (*) are not allowed; write the value here, or quote it");
    if (wants_key(reader))
        return STEP_STOP;
    if (!add_node(reader, event, USHER_NODE_NONE))
        return stop(reader, event, "memory is out; try again");
    return STEP_NEXT;
}

static enum step on_open(struct reader *reader, const yaml_event_t *event,
                         enum usher_node_kind kind)
{
    bool is_list = kind == USHER_NODE_LIST;
    struct usher_node *node;

    if (is_list ? event->data.sequence_start.anchor : event->data.mapping_start.anchor)
        add_problem(reader, event, ANCHOR_PROBLEM);
    if (is_list ? event->data.sequence_start.tag : event->data.mapping_start.tag)
        add_problem(reader, event, "tags (!) are not allowed; take it out");
    if (wants_key(reader))
        return stop(reader, event,
                    "a key must be a text, not a list or mapping; quote it if it is one");
    if (reader->depth == USHER_DOCUMENT_DEPTH_MAX) {
        usher_problems_add(
            reader->problems, event->start_mark.line + 1, event->start_mark.column + 1,
            "lists and mappings lie deeper than %d levels; close a bracket, or indent less",
            USHER_DOCUMENT_DEPTH_MAX);
        return STEP_STOP;
    }
    node = add_node(reader, event, kind);
    if (!node)
        return stop(reader, event, "memory is out; try again");
    reader->open[reader->depth++] = node;
    return STEP_NEXT;
}

static int compare_keys(const void *a, const void *b)
{
    const struct usher_node *left = *(const struct usher_node *const *)a;
    const struct usher_node *right = *(const struct usher_node *const *)b;
    int order = usher_text_compare(left->key, right->key);

    if (order)
        return order;
    if (left->key_line != right->key_line)
        return left->key_line < right->key_line ? -1 : 1;
    return left->key_column < right->key_column ? -1 : left->key_column > right->key_column;
}

/* Tells of every key of `map` that was there before, and takes its value out of what is read. */
static enum step check_duplicates(struct reader *reader, const yaml_event_t *event,
                                  const struct usher_node *map)
{
    struct usher_node **sorted;
    size_t count = 0;

    if (map->count < 2)
        return STEP_NEXT;
    sorted = malloc(map->count * sizeof(struct usher_node *));
    if (!sorted)
        return stop(reader, event, "memory is out; try again");
    for (struct usher_node *member = map->first; member; member = member->next)
        sorted[count++] = member;
    qsort(sorted, count, sizeof(struct usher_node *), compare_keys);
    for (size_t i = 1; i < count; i++) {
        struct usher_text key = usher_node_excerpt(sorted[i]->key);

        if (!usher_text_is_equal(sorted[i]->key, sorted[i - 1]->key))
            continue;
        usher_problems_add(reader->problems, sorted[i]->key_line, sorted[i]->key_column,
                           "the key `%.*s` is here twice, first on line %zu; keep one of them",
                           USHER_TEXT_ARGS(key), sorted[i - 1]->key_line);
    }
    free(sorted);
    return STEP_NEXT;
}

static enum step on_close(struct reader *reader, const yaml_event_t *event)
{
    const struct usher_node *node = reader->open[--reader->depth];

    return node->kind == USHER_NODE_MAP ? check_duplicates(reader, event, node) : STEP_NEXT;
}

static enum step on_document(struct reader *reader, const yaml_event_t *event)
{
    if (reader->document->root)
        return stop(reader, event,
                    "a second document begins here; keep one, without `---` in between");
    return STEP_NEXT;
}

static enum step on_event(struct reader *reader, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return on_scalar(reader, event);
    case YAML_ALIAS_EVENT:
        return on_alias(reader, event);
    case YAML_SEQUENCE_START_EVENT:
        return on_open(reader, event, USHER_NODE_LIST);
    case YAML_MAPPING_START_EVENT:
        return on_open(reader, event, USHER_NODE_MAP);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return on_close(reader, event);
    case YAML_DOCUMENT_START_EVENT:
        return on_document(reader, event);
    case YAML_STREAM_END_EVENT:
        return STEP_DONE;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        break;
    }
    return STEP_NEXT;
}

static bool read_events(struct reader *reader, struct usher_text text)
{
    yaml_parser_t parser;
    enum step step = STEP_NEXT;

    if (!yaml_parser_initialize(&parser)) {
        usher_problems_add(reader->problems, 1, 1, "memory is out; try again");
        return false;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.at, text.length);
    while (step == STEP_NEXT) {
        yaml_event_t event;

        if (!yaml_parser_parse(&parser, &event)) {
            add_syntax_problem(reader, &parser, text);
            step = STEP_STOP;
            break;
        }
        step = on_event(reader, &event);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return step == STEP_DONE;
}

const struct usher_node *usher_node_find(const struct usher_node *map, struct usher_text key)
{
    usher_node_for_each (member, map) {
        if (usher_text_is_equal(member->key, key))
            return member;
    }
    return NULL;
}

struct usher_text usher_node_excerpt(struct usher_text text)
{
    if (text.length <= EXCERPT_MAX)
        return text;
    text.length = EXCERPT_MAX;
    while (text.length && ((unsigned char)text.at[text.length] & 0xC0) == 0x80)
        text.length--;
    return text;
}

/* libyaml would count a byte order mark as the first line's first column, so that the keys of the
 * lines below do not stand under that line's. */
static struct usher_text skip_mark(struct usher_text text)
{
    if (text.length < 3 || memcmp(text.at, "\xEF\xBB\xBF", 3) != 0)
        return text;
    return (struct usher_text){text.at + 3, text.length - 3};
}

bool usher_document_read(struct usher_document *document, struct usher_text text,
                         struct usher_problems *problems)
{
    struct reader reader = {.document = document, .problems = problems};

    usher_arena_init(&document->arena);
    document->root = NULL;
    if (text.length > USHER_DOCUMENT_BYTES_MAX) {
        usher_problems_add(problems, 1, 1, "the file is larger than 1 MiB; make it smaller");
        return false;
    }
    if (!usher_characters_check(text, problems) || !read_events(&reader, skip_mark(text)))
        return false;
    if (!document->root) {
        usher_problems_add(problems, 1, 1, "the file is empty; write its keys");
        return false;
    }
    if (document->root->kind != USHER_NODE_MAP) {
        usher_problems_add(problems, document->root->line, document->root->column,
                           "the file must be a mapping; write `key: value` lines");
        return false;
    }
    return true;
}

void usher_document_fini(struct usher_document *document)
{
    usher_arena_fini(&document->arena);
    document->root = NULL;
}
