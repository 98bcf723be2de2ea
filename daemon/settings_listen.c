/* `listen`: Unix sockets, whose peers are known by user and group, and loopback addresses, where a
 * token is asked. */
#include <arpa/inet.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/un.h>

#include "rules/schema.h"
#include "settings_part.h"

/* of a Unix socket's path, its NUL included */
#define SOCKET_PATH_SIZE sizeof(((struct sockaddr_un *)NULL)->sun_path)
#define MODE_DEFAULT     0660
#define OWNER_BYTES_MAX  255
/* The highest but one: that stands for nobody. */
#define ID_MAX INT64_C(4294967294)

struct listen_values {
    const struct usher_node *unix_path;
    const struct usher_node *mode;
    const struct usher_node *roles;
    const struct usher_node *tcp;
    const struct usher_node *tokens;
};

#define ROW(key_, member_, type_, ...)                                                             \
    {                                                                                              \
        .key = key_, .type = USHER_VALUE_##type_,                                                  \
        .offset = offsetof(struct listen_values, member_), __VA_ARGS__                             \
    }

struct grant_values {
    const struct usher_node *user;
    const struct usher_node *group;
};

static const struct usher_schema_row grant_rows[] = {
    {.key = "user",
     .type = USHER_VALUE_ANY,
     .offset = offsetof(struct grant_values, user),
     .kind = "a name or number",
     .sentence = "a user by name or number",
     .without = "the grant has `group`"},
    {.key = "group",
     .type = USHER_VALUE_ANY,
     .offset = offsetof(struct grant_values, group),
     .kind = "a name or number",
     .sentence = "a group by name or number",
     .without = "the grant has `user`"},
};

static const struct usher_schema grant_schema = {
    grant_rows, USHER_COUNT_OF(grant_rows),
    "The roles are `pbx`, `desk`, `supervisor`, `admin` and `observer`. One of both keys is "
    "needed; a "
    "list of such mappings gives the role to several."};

static const struct usher_schema_row listen_rows[] = {
    ROW("unix", unix_path, ANY, .kind = "a path", .sentence = "the path of a Unix socket",
        .without = "the member has `tcp`"),
    ROW("mode", mode, ANY, .kind = "an octal mode", .sentence = "who may open the socket, in octal",
        .without = "\"0660\": usherd's own user and group"),
    ROW("roles", roles, MAP, .sentence = "which user or group may take which role",
        .without = "root and usherd's own user may take every role", .members = &grant_schema,
        .name = "ROLE"),
    ROW("tcp", tcp, ANY, .kind = "an address and a port",
        .sentence = "a loopback address with its port", .without = "the member has `unix`"),
    ROW("tokens", tokens, ANY, .kind = "a path",
        .sentence = "the file with the tokens of TCP clients", .without = "none; `tcp` needs it"),
};

const struct usher_schema settings_listen_schema = {listen_rows, USHER_COUNT_OF(listen_rows), NULL};

static void read_mode(struct settings_part *part, const struct usher_node *node,
                      struct settings_listener *listener)
{
    struct usher_text excerpt = usher_node_excerpt(node->text);
    bool is_good =
        node->kind == USHER_NODE_SCALAR && node->text.length >= 3 && node->text.length <= 4;
    mode_t mode = 0;

    for (size_t i = 0; is_good && i < node->text.length; i++) {
        char digit = node->text.at[i];

        if (digit < '0' || digit > '7')
            is_good = false;
        mode = mode * 8 + (mode_t)(digit - '0');
    }
    if (is_good && mode <= 0777)
        listener->mode = mode;
    else if (node->kind != USHER_NODE_NONE)
        usher_problems_add(part->problems, node->line, node->column,
                           "`mode` is `%.*s`; it must be an octal mode, such as \"0660\"",
                           USHER_TEXT_ARGS(excerpt));
}

/* The uid or gid of a user or group by name or number. False after adding a problem. */
static bool find_id(struct settings_part *part, const struct usher_node *node, bool is_group,
                    uid_t *id)
{
    const struct usher_schema_row row = {
        .key = "user", .type = USHER_VALUE_TEXT, .max = OWNER_BYTES_MAX};
    struct usher_text excerpt = usher_node_excerpt(node->text);
    char name[OWNER_BYTES_MAX + 1];
    const struct passwd *user = NULL;
    const struct group *group = NULL;
    struct usher_text text;
    int64_t number;

    if (!usher_schema_read_value(&row, node, &text, part->problems) ||
        !usher_text_copy(name, sizeof(name), text))
        return false;
    if (usher_text_read_int64(text, &number) && number >= 0 && number <= ID_MAX) {
        *id = (uid_t)number;
        return true;
    }
    if (is_group)
        group = getgrnam(name);
    else
        user = getpwnam(name);
    if (group)
        *id = group->gr_gid;
    else if (user)
        *id = user->pw_uid;
    else
        usher_problems_add(
            part->problems, node->line, node->column,
            "this system has no %s `%.*s`; create it, or write another or its number",
            is_group ? "group" : "user", USHER_TEXT_ARGS(excerpt));
    return user || group;
}

static void read_grant(struct settings_part *part, const struct usher_node *node,
                       enum usher_role role, struct settings_listener *listener)
{
    struct settings_grant grant = {.role = role};
    struct grant_values values;

    usher_schema_default(&grant_schema, &values);
    if (!usher_schema_is_map(node, "roles", part->problems))
        return;
    usher_schema_read(&grant_schema, node, &values, part->problems);
    if (!values.user == !values.group) {
        usher_problems_add(part->problems, node->line, node->column,
                           "a grant has either a user or a group; write {user: NAME} or "
                           "{group: NAME}, and a list for several");
        return;
    }
    grant.is_group = values.group != NULL;
    if (!find_id(part, grant.is_group ? values.group : values.user, grant.is_group, &grant.id))
        return;
    if (listener->grants_count == SETTINGS_GRANTS_MAX) {
        usher_problems_add(part->problems, node->line, node->column,
                           "a socket may have %d users and groups; make a group of some",
                           SETTINGS_GRANTS_MAX);
        return;
    }
    listener->grants[listener->grants_count++] = grant;
}

static void refuse_role(struct settings_part *part, const struct usher_node *node)
{
    struct usher_text names[USHER_ROLE_COUNT];
    size_t count = 0;

    for (size_t i = USHER_ROLE_NONE + 1; i < USHER_ROLE_ROUTER; i++)
        names[count++] = usher_role_name((enum usher_role)i);
    usher_schema_refuse(&(struct usher_schema){.rows = NULL}, names, count, USHER_NO_TEXT, node,
                        part->problems);
}

static void read_roles(struct settings_part *part, const struct usher_node *node,
                       struct settings_listener *listener)
{
    usher_node_for_each (member, node) {
        enum usher_role role = usher_role_find(member->key);

        if (role == USHER_ROLE_NONE)
            refuse_role(part, member);
        else if (member->kind != USHER_NODE_LIST)
            read_grant(part, member, role, listener);
        else {
            usher_node_for_each (grant, member)
                read_grant(part, grant, role, listener);
        }
    }
}

static void read_unix(struct settings_part *part, const struct listen_values *values,
                      struct settings_listener *listener)
{
    (void)settings_read_path(part, values->unix_path, listener->address, SOCKET_PATH_SIZE);
    if (values->mode)
        read_mode(part, values->mode, listener);
    if (values->roles)
        read_roles(part, values->roles, listener);
    if (values->tokens)
        usher_problems_add(part->problems, values->tokens->key_line, values->tokens->key_column,
                           "`tokens` are for TCP; a Unix socket's peers are known by user and "
                           "group, so write `roles`");
}

static bool is_loopback(const char *host)
{
    struct in6_addr v6;
    struct in_addr v4;

    if (inet_pton(AF_INET, host, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

static void read_address(struct settings_part *part, const struct usher_node *node,
                         struct settings_listener *listener)
{
    struct usher_text excerpt = usher_node_excerpt(node->text);
    char *host = listener->address;

    if (node->kind == USHER_NODE_NONE)
        return;
    if (node->kind != USHER_NODE_SCALAR ||
        !settings_split_address(node->text, host, sizeof(listener->address), &listener->port))
        usher_problems_add(part->problems, node->line, node->column,
                           "`tcp` is `%.*s`; it must be an address and a port, such as "
                           "\"127.0.0.1:7411\" or \"[::1]:7411\"",
                           USHER_TEXT_ARGS(excerpt));
    else if (!is_loopback(host))
        usher_problems_add(part->problems, node->line, node->column,
                           "`%.*s` is no loopback address, and TLS does not exist yet in this "
                           "version; listen on 127.0.0.1 or [::1] and put a TLS proxy in front",
                           USHER_TEXT_ARGS(excerpt));
}

static void read_tcp(struct settings_part *part, const struct usher_node *node,
                     const struct listen_values *values, struct settings_listener *listener)
{
    const struct usher_node *of_unix = values->mode ? values->mode : values->roles;

    listener->is_tcp = true;
    read_address(part, values->tcp, listener);
    if (values->tokens)
        (void)settings_read_path(part, values->tokens, listener->tokens, sizeof(listener->tokens));
    else
        usher_problems_add(part->problems, node->line, node->column,
                           "a TCP address needs `tokens`, since its peers are unknown; name a "
                           "file of tokens");
    if (of_unix)
        usher_problems_add(part->problems, of_unix->key_line, of_unix->key_column,
                           "`%.*s` is for Unix sockets; TCP clients get their role by `tokens`",
                           USHER_TEXT_ARGS(of_unix->key));
}

static bool is_same(const struct settings_listener *a, const struct settings_listener *b)
{
    return a->is_tcp == b->is_tcp && a->port == b->port && a->address[0] &&
           !(a->is_tcp && a->port == 0) && strcmp(a->address, b->address) == 0;
}

static void read_listener(struct settings_part *part, const struct usher_node *node)
{
    struct settings *settings = part->settings;
    struct settings_listener *listener = &settings->listeners[settings->listeners_count];
    struct listen_values values;

    usher_schema_default(&settings_listen_schema, &values);
    if (!usher_schema_is_map(node, "listen", part->problems))
        return;
    usher_schema_read(&settings_listen_schema, node, &values, part->problems);
    listener->mode = MODE_DEFAULT;
    if (!values.unix_path == !values.tcp) {
        usher_problems_add(part->problems, node->line, node->column,
                           "a listener has either `unix` or `tcp`; write one of them");
        return;
    }
    if (values.unix_path)
        read_unix(part, &values, listener);
    else
        read_tcp(part, node, &values, listener);
    for (size_t i = 0; i < settings->listeners_count; i++) {
        if (is_same(listener, &settings->listeners[i]))
            usher_problems_add(part->problems, node->line, node->column,
                               "usherd listens there already; take one of the two out");
    }
    settings->listeners_count++;
}

void settings_read_listen(struct settings_part *part, const struct usher_node *node)
{
    if (!node)
        return;
    if (node->count == 0 || node->count > SETTINGS_LISTENERS_MAX) {
        usher_problems_add(part->problems, node->line, node->column,
                           "`listen` has %zu members; 1 to %d are possible", node->count,
                           SETTINGS_LISTENERS_MAX);
        return;
    }
    usher_node_for_each (member, node)
        read_listener(part, member);
}
