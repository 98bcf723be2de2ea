/* The traffic model as a whole: the day, and the lists of kinds and crews, each of which takes over
 * what `usual_customer` or `usual_agent` says and it does not say itself. */
#include "simulate/traffic.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "simulate/traffic_read.h"
#include "wire/json.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS  (24 * HOUR_MS)

struct top_values {
    int64_t starts;
    int64_t day;
    int64_t warm_up;
    int64_t trunks;
    const struct usher_node *shape;
    const struct usher_node *usual_customer;
    const struct usher_node *customers;
    const struct usher_node *usual_agent;
    const struct usher_node *agents;
};

static const struct usher_schema_row top_rows[] = {
    USHER_SCHEMA_ROW(top_values, starts, DURATION, .max = DAY_MS, .fallback = 8 * HOUR_MS,
                     .kind = "a duration such as 9h for 09:00 or 510m for 08:30",
                     .sentence = "when the day begins, from midnight"),
    USHER_SCHEMA_ROW(top_values, day, DURATION, .min = 60000, .max = USHER_DAY_MAX_MS,
                     .fallback = 8 * HOUR_MS,
                     .kind = "a duration such as 8h, or 510m for eight and a half hours",
                     .sentence = "for how long customers come; then the last are served"),
    USHER_SCHEMA_ROW(top_values, warm_up, DURATION, .max = USHER_DAY_MAX_MS,
                     .sentence = "how much of the day is not counted: it begins with an empty "
                                 "center"),
    USHER_SCHEMA_ROW(top_values, trunks, WHOLE, .min = 1, .max = USHER_TRUNKS_MAX,
                     .fallback = USHER_TRUNKS_MAX,
                     .sentence = "how many customers can be there at the same time, waiting or "
                                 "served, until the wrap-up; further ones find the lines busy"),
    USHER_SCHEMA_ROW(top_values, shape, LIST, .item = &usher_traffic_rate_row,
                     .kind = "a list of numbers",
                     .sentence = "by how much a `per_hour` of one number is multiplied in each "
                                 "half hour, such as [0.7, 0.85, 1]; from the first again after "
                                 "the last, as far as the day goes",
                     .without = "1"),
    USHER_SCHEMA_ROW(top_values, usual_customer, MAP, .members = &usher_traffic_kind_schema,
                     .sentence = "what holds for all customers of whom nothing else is said",
                     .without = "what the keys of `customers` have by themselves"),
    USHER_SCHEMA_ROW(top_values, customers, MAP, .is_needed = true,
                     .members = &usher_traffic_kind_schema, .name = "KIND",
                     .sentence = "the kinds of customers who come"),
    USHER_SCHEMA_ROW(top_values, usual_agent, MAP, .members = &usher_traffic_crew_schema,
                     .sentence = "what holds for all agents of whom nothing else is said",
                     .without = "what the keys of `agents` have by themselves"),
    USHER_SCHEMA_ROW(top_values, agents, MAP, .is_needed = true,
                     .members = &usher_traffic_crew_schema, .name = "AGENT",
                     .sentence = "the agents who are there"),
};

const struct usher_schema usher_traffic_schema = {top_rows, USHER_COUNT_OF(top_rows), NULL};

/* Room in the arena; NULL after adding the problem that memory is out. */
static void *take(struct usher_traffic_reader *reader, size_t count, size_t size)
{
    void *room = usher_arena_take(&reader->owner->arena, count, size);
    if (!room)
        usher_problems_add(reader->problems, 1, 1, "memory is out; try again");
    return room;
}

struct usher_text usher_traffic_keep(struct usher_traffic_reader *reader, struct usher_text text)
{
    struct usher_text copy = USHER_NO_TEXT;
    if (!usher_arena_copy(&reader->owner->arena, text, &copy))
        usher_problems_add(reader->problems, 1, 1, "memory is out; try again");
    return copy;
}

size_t usher_traffic_read_list(struct usher_traffic_reader *reader, const struct usher_node *node,
                               const char *key, int64_t list[USHER_SHAPE_MAX])
{
    struct usher_schema_row row = usher_traffic_rate_row;
    size_t count = 0;
    row.key = key;
    if (node->count == 0 || node->count > USHER_SHAPE_MAX) {
        usher_problems_add(reader->problems, node->line, node->column,
                           "there are %zu figures; from 1 to %d, one a half hour, are possible",
                           node->count, USHER_SHAPE_MAX);
        return 0;
    }
    usher_node_for_each (member, node) {
        if (!usher_schema_read_value(&row, member, &list[count], reader->problems))
            return 0;
        count++;
    }
    return count;
}

size_t usher_traffic_read_shares(struct usher_traffic_reader *reader, const struct usher_node *node,
                                 const struct usher_schema_row *row,
                                 const struct usher_traffic_share **shares)
{
    size_t count = 0;
    if (!node || node->count == 0)
        return 0;
    struct usher_traffic_share *list = take(reader, node->count, sizeof(*list));
    if (!list)
        return 0;
    usher_node_for_each (member, node) {
        struct usher_traffic_share *share = &list[count];
        if (!usher_schema_read_value(row, member, &share->number, reader->problems))
            return 0;
        share->name = usher_traffic_keep(reader, member->key);
        count++;
    }
    *shares = list;
    return count;
}

struct usher_text usher_traffic_object(struct usher_traffic_reader *reader,
                                       const struct usher_traffic_share *shares, size_t count)
{
    struct usher_bytes bytes;
    struct usher_json_writer writer;
    struct usher_text object = USHER_NO_TEXT;
    if (count == 0)
        return object;
    usher_bytes_init(&bytes, USHER_LINE_MAX);
    usher_json_write_start(&writer, &bytes);
    usher_json_write_open(&writer, '{');
    for (size_t i = 0; i < count; i++) {
        usher_json_write_key(&writer, shares[i].name);
        usher_json_write_int64(&writer, shares[i].number);
    }
    usher_json_write_close(&writer, '}');
    if (bytes.is_full)
        usher_problems_add(reader->problems, 1, 1, "an agent has too many skills");
    else
        object = usher_traffic_keep(reader, usher_bytes_text(&bytes));
    usher_bytes_fini(&bytes);
    return object;
}

void usher_traffic_read_keys(struct usher_traffic_reader *reader, const struct usher_schema *schema,
                             const struct usher_node *node, const struct usher_node *usual,
                             void *values, void *before)
{
    usher_schema_default(schema, values);
    usher_schema_read(schema, node, values, reader->problems);
    if (!usual)
        return;
    usher_schema_default(schema, before);
    usher_schema_read(schema, usual, before, reader->problems);
    usher_schema_inherit(schema, node, before, values);
}

static bool has_name(const struct usher_traffic_reader *reader, const struct usher_node *node,
                     size_t length_max)
{
    struct usher_text excerpt = usher_node_excerpt(node->key);
    if (usher_text_is_id(node->key) && node->key.length <= length_max)
        return true;
    usher_problems_add(reader->problems, node->key_line, node->key_column,
                       "`%.*s` cannot be a name here; use letters, digits and . _ @ : + -, at "
                       "most %zu",
                       USHER_TEXT_ARGS(excerpt), length_max);
    return false;
}

static bool has_wrong_count(const struct usher_traffic_reader *reader,
                            const struct usher_node *node, size_t most)
{
    if (node->count == 0)
        usher_problems_add(reader->problems, node->key_line, node->key_column,
                           "`%.*s` is empty; add at least one", USHER_TEXT_ARGS(node->key));
    else if (node->count > most)
        usher_problems_add(reader->problems, node->line, node->column,
                           "there are %zu in this mapping; from 1 to %zu are possible", node->count,
                           most);
    return node->count == 0 || node->count > most;
}

static void read_kinds(struct usher_traffic_reader *reader, const struct top_values *values)
{
    struct usher_traffic *traffic = &reader->owner->traffic;
    const struct usher_node *customers = values->customers;
    if (!customers || has_wrong_count(reader, customers, USHER_KINDS_MAX))
        return;
    traffic->kinds = take(reader, customers->count, sizeof(*traffic->kinds));
    if (!traffic->kinds)
        return;
    usher_node_for_each (member, customers) {
        struct usher_traffic_kind *kind = &traffic->kinds[traffic->kinds_count];
        if (!has_name(reader, member, USHER_NAME_MAX) ||
            !usher_schema_is_map(member, "customers", reader->problems))
            continue;
        kind->name = usher_traffic_keep(reader, member->key);
        usher_traffic_read_kind(reader, member, values->usual_customer, kind);
        traffic->kinds_count++;
    }
}

/* Whether the only agent of `one` is called as one of `several` is. */
static bool is_one_of(const struct usher_traffic_crew *one,
                      const struct usher_traffic_crew *several)
{
    size_t length = several->name.length;
    int64_t number;
    if (one->count > 1 || several->count == 1 || one->name.length <= length + 1 ||
        memcmp(one->name.at, several->name.at, length) != 0 || one->name.at[length] != '.')
        return false;
    struct usher_text rest = {one->name.at + length + 1, one->name.length - length - 1};
    return usher_text_read_int64(rest, &number) && number > 0 && number <= (int64_t)several->count;
}

/* The crew that was read last against those before it. */
static void check_names(const struct usher_traffic_reader *reader, const struct usher_node *node)
{
    const struct usher_traffic *traffic = &reader->owner->traffic;
    const struct usher_traffic_crew *last = &traffic->crews[traffic->crews_count - 1];
    for (const struct usher_traffic_crew *crew = traffic->crews; crew < last; crew++) {
        const struct usher_traffic_crew *one = is_one_of(last, crew)   ? last
                                               : is_one_of(crew, last) ? crew
                                                                       : NULL;
        if (!one)
            continue;
        usher_problems_add(reader->problems, node->key_line, node->key_column,
                           "`%.*s` and `%.*s` both have an agent `%.*s`; give one of them another "
                           "name",
                           USHER_TEXT_ARGS(crew->name), USHER_TEXT_ARGS(last->name),
                           USHER_TEXT_ARGS(one->name));
        return;
    }
}

static void read_crews(struct usher_traffic_reader *reader, const struct top_values *values)
{
    struct usher_traffic *traffic = &reader->owner->traffic;
    const struct usher_node *agents = values->agents;
    if (!agents || has_wrong_count(reader, agents, USHER_CREWS_MAX))
        return;
    traffic->crews = take(reader, agents->count, sizeof(*traffic->crews));
    if (!traffic->crews)
        return;
    usher_node_for_each (member, agents) {
        struct usher_traffic_crew *crew = &traffic->crews[traffic->crews_count];
        if (!has_name(reader, member, USHER_AGENT_ID_MAX - 8) ||
            !usher_schema_is_map(member, "agents", reader->problems))
            continue;
        crew->name = usher_traffic_keep(reader, member->key);
        usher_traffic_read_crew(reader, member, values->usual_agent, crew);
        traffic->agents_count += crew->count;
        traffic->crews_count++;
        check_names(reader, member);
    }
}

static bool is_held(const struct usher_traffic *traffic, struct usher_text skill)
{
    for (size_t i = 0; i < traffic->crews_count; i++)
        for (size_t k = 0; k < traffic->crews[i].levels_count; k++)
            if (usher_text_is_equal(traffic->crews[i].levels[k].name, skill))
                return true;
    return false;
}

/* A slip in a name would make every agent a stranger to the matter. */
static void check_needs(const struct usher_traffic_reader *reader, const struct usher_node *kind)
{
    const struct usher_node *needs = kind ? usher_node_find(kind, USHER_TEXT("need")) : NULL;
    if (!needs || needs->kind != USHER_NODE_MAP)
        return;
    usher_node_for_each (need, needs) {
        struct usher_text excerpt = usher_node_excerpt(need->key);
        if (!is_held(&reader->owner->traffic, need->key))
            usher_problems_add(reader->problems, need->key_line, need->key_column,
                               "no agent has the skill `%.*s`; give it to some, or take it out",
                               USHER_TEXT_ARGS(excerpt));
    }
}

static void check_needs_of_all(const struct usher_traffic_reader *reader,
                               const struct top_values *values)
{
    if (reader->owner->traffic.crews_count == 0)
        return;
    check_needs(reader, values->usual_customer);
    if (values->customers)
        usher_node_for_each (member, values->customers)
            check_needs(reader, member);
}

static bool does_anybody_come(const struct usher_traffic *traffic)
{
    for (size_t i = 0; i < traffic->kinds_count; i++)
        for (size_t half = 0; half < traffic->kinds[i].per_hour_count; half++)
            if (traffic->kinds[i].per_hour[half] > 0)
                return true;
    return false;
}

static void read_top(struct usher_traffic_reader *reader, const struct usher_node *root)
{
    struct usher_traffic *traffic = &reader->owner->traffic;
    struct top_values values;
    usher_schema_default(&usher_traffic_schema, &values);
    usher_schema_read(&usher_traffic_schema, root, &values, reader->problems);
    traffic->starts_ms = values.starts % DAY_MS;
    traffic->day_ms = values.day;
    traffic->warm_up_ms = values.warm_up;
    traffic->load = 1;
    traffic->trunks = (size_t)values.trunks;
    if (values.warm_up >= values.day) {
        const struct usher_node *node = usher_node_find(root, USHER_TEXT("warm_up"));
        usher_problems_add(reader->problems, node ? node->line : 1, node ? node->column : 1,
                           "`warm_up` takes the whole day; make it shorter, or `day` longer");
    }
    reader->shape[0] = 1000;
    reader->shape_count = 1;
    if (values.shape)
        reader->shape_count = usher_traffic_read_list(reader, values.shape, "shape", reader->shape);
    read_kinds(reader, &values);
    read_crews(reader, &values);
    check_needs_of_all(reader, &values);
    if (reader->problems->count == 0 && !does_anybody_come(traffic))
        usher_problems_add(reader->problems, values.customers->key_line,
                           values.customers->key_column,
                           "nobody comes; say of at least one kind of `customers` how many "
                           "`per_hour`");
}

struct usher_traffic *usher_traffic_read(struct usher_text text, struct usher_problems *problems)
{
    struct usher_document document;
    struct usher_traffic_owner *owner = calloc(1, sizeof(*owner));
    struct usher_traffic_reader reader = {.owner = owner, .problems = problems};
    if (!owner) {
        usher_problems_add(problems, 1, 1, "memory is out; try again");
        return NULL;
    }
    usher_arena_init(&owner->arena);
    owner->traffic.owner = owner;
    if (usher_document_read(&document, text, problems))
        read_top(&reader, document.root);
    usher_document_fini(&document);
    usher_problems_sort(problems);
    if (problems->count == 0)
        return &owner->traffic;
    usher_traffic_free(&owner->traffic);
    return NULL;
}

void usher_traffic_free(struct usher_traffic *traffic)
{
    if (!traffic)
        return;
    struct usher_traffic_owner *owner = traffic->owner;
    usher_arena_fini(&owner->arena);
    free(owner);
}
