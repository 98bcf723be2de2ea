/* `links`: the PBXs to which usherd connects. */
#include <arpa/inet.h>
#include <string.h>

#include "rules/schema.h"
#include "settings_part.h"

struct link_values {
    const struct usher_node *kind;
    const struct usher_node *address;
};

#define ROW(key_, ...)                                                                             \
    {                                                                                              \
        .key = #key_, .type = USHER_VALUE_ANY, .offset = offsetof(struct link_values, key_),       \
        .is_needed = true, __VA_ARGS__                                                             \
    }

static const struct usher_schema_row link_rows[] = {
    ROW(kind, .kind = "kamailio", .sentence = "what the PBX is: kamailio"),
    ROW(address, .kind = "an address and a port",
        .sentence = "the PBX's address and port, such as \"127.0.0.1:8448\""),
};

const struct usher_schema settings_link_schema = {link_rows, USHER_COUNT_OF(link_rows), NULL};

static const struct {
    const char *name;
    enum settings_link_kind kind;
} kinds[] = {
    {"kamailio", SETTINGS_LINK_KAMAILIO},
};

static void read_kind(struct settings_part *part, const struct usher_node *node,
                      struct settings_link *link)
{
    struct usher_text excerpt = usher_node_excerpt(node->text);

    for (size_t i = 0; i < USHER_COUNT_OF(kinds); i++) {
        if (usher_text_is_equal(node->text, usher_text_of(kinds[i].name)))
            link->kind = kinds[i].kind;
    }
    if (link->kind == SETTINGS_LINK_NONE && node->kind != USHER_NODE_NONE)
        usher_problems_add(part->problems, node->line, node->column,
                           "`%.*s` is no kind of link that this version knows; write kamailio",
                           USHER_TEXT_ARGS(excerpt));
}

/* A name would have to be looked up, and the loop waits for nobody. */
static bool is_number(const char *host)
{
    struct in6_addr room;

    return strcmp(host, "localhost") == 0 || inet_pton(AF_INET, host, &room) == 1 ||
           inet_pton(AF_INET6, host, &room) == 1;
}

static void read_address(struct settings_part *part, const struct usher_node *node,
                         struct settings_link *link)
{
    struct usher_text excerpt = usher_node_excerpt(node->text);

    if (node->kind == USHER_NODE_NONE)
        return;
    if (node->kind != USHER_NODE_SCALAR ||
        !settings_split_address(node->text, link->host, sizeof(link->host), &link->port) ||
        link->port == 0 || !is_number(link->host))
        usher_problems_add(part->problems, node->line, node->column,
                           "`address` is `%.*s`; it must be a number and a port, such as "
                           "\"127.0.0.1:8448\": names are not looked up",
                           USHER_TEXT_ARGS(excerpt));
}

static void read_link(struct settings_part *part, const struct usher_node *node)
{
    struct settings *settings = part->settings;
    struct settings_link *link = &settings->links[settings->links_count];
    struct usher_text excerpt = usher_node_excerpt(node->key);
    struct link_values values;

    if (usher_text_is_equal(node->key, USHER_TEXT("usher")) || !usher_text_is_id(node->key) ||
        !usher_text_copy(link->name, sizeof(link->name), node->key))
        usher_problems_add(part->problems, node->key_line, node->key_column,
                           "a link cannot be called `%.*s`; use letters, digits and . _ @ : + -, "
                           "at most %d",
                           USHER_TEXT_ARGS(excerpt), USHER_CLIENT_NAME_MAX);
    usher_schema_default(&settings_link_schema, &values);
    if (!usher_schema_is_map(node, "links", part->problems))
        return;
    usher_schema_read(&settings_link_schema, node, &values, part->problems);
    if (values.kind)
        read_kind(part, values.kind, link);
    if (values.address)
        read_address(part, values.address, link);
    settings->links_count++;
}

void settings_read_links(struct settings_part *part, const struct usher_node *node)
{
    if (!node)
        return;
    if (node->count > SETTINGS_LINKS_MAX) {
        usher_problems_add(part->problems, node->line, node->column,
                           "there are %zu links; at most %d are possible", node->count,
                           SETTINGS_LINKS_MAX);
        return;
    }
    usher_node_for_each (member, node)
        read_link(part, member);
}
