/* `standby` and `addresses`: what a site of two routers needs to know beside its timing. */
#include <stdio.h>
#include <string.h>

#include "rules/schema.h"
#include "settings_part.h"

static const struct usher_schema_row address_row = {.key = "addresses",
                                                    .type = USHER_VALUE_TEXT,
                                                    .max = SETTINGS_ADDRESSES_MAX,
                                                    .sentence = "how clients reach this usherd"};

/* Adds `address` behind a comma. False, with nothing changed, when it does not fit. */
static bool add_address(struct settings *settings, struct usher_text address)
{
    size_t length = strlen(settings->addresses);
    size_t room = sizeof(settings->addresses) - length;
    int added;

    if (address.length + (length > 0) >= room)
        return false;
    added = snprintf(settings->addresses + length, room, "%s%.*s", length > 0 ? "," : "",
                     USHER_TEXT_ARGS(address));
    return added > 0;
}

static bool is_address(struct usher_text text)
{
    char host[SETTINGS_ADDRESSES_MAX + 1];
    uint16_t port;

    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.at[i];

        if (byte <= ' ' || byte == ',' || byte == 0x7f)
            return false;
    }
    if (text.length > 0 && text.at[0] == '/')
        return true;
    return settings_split_address(text, host, sizeof(host), &port) && port != 0;
}

static void read_address(struct settings_part *part, const struct usher_node *node)
{
    struct usher_text text;

    if (!usher_schema_read_value(&address_row, node, &text, part->problems))
        return;
    if (!is_address(text))
        usher_problems_add(part->problems, node->line, node->column,
                           "`%.*s` is no address; write the whole path of a Unix socket, or a "
                           "host and a port such as \"router1:7411\"",
                           USHER_TEXT_ARGS(usher_node_excerpt(text)));
    else if (!add_address(part->settings, text))
        usher_problems_add(part->problems, node->line, node->column,
                           "`addresses` have more than %d bytes together; leave out some",
                           SETTINGS_ADDRESSES_MAX);
}

/* The listeners' own, as many as fit. */
static void take_listeners(struct settings *settings)
{
    char text[SETTINGS_PATH_MAX + 16];

    for (size_t i = 0; i < settings->listeners_count; i++) {
        const struct settings_listener *listener = &settings->listeners[i];
        bool is_v6 = strchr(listener->address, ':') != NULL;

        if (listener->is_tcp && listener->port == 0)
            continue;
        if (listener->is_tcp)
            (void)snprintf(text, sizeof(text), is_v6 ? "[%s]:%u" : "%s:%u", listener->address,
                           (unsigned)listener->port);
        else
            (void)snprintf(text, sizeof(text), "%s", listener->address);
        (void)add_address(settings, usher_text_of(text));
    }
}

void settings_read_addresses(struct settings_part *part, const struct usher_node *node)
{
    if (!node) {
        take_listeners(part->settings);
        return;
    }
    if (node->count == 0)
        usher_problems_add(part->problems, node->line, node->column,
                           "`addresses` is empty; leave it out, or name an address");
    usher_node_for_each (member, node)
        read_address(part, member);
}

void settings_check_standby(struct settings_part *part, const struct usher_node *timing)
{
    const struct settings *settings = part->settings;
    int64_t silence_ms = settings->timing.silent_reads * settings->timing.read_ms;

    if (!timing || !settings->is_standby)
        return;
    if (silence_ms <= settings->timing.lease_ms)
        usher_problems_add(part->problems, timing->line, timing->column,
                           "`silent_reads` times `read` must be longer than `lease`: a standby "
                           "must not take over while the leader may still publish");
    if (silence_ms <= 2 * settings->timing.heartbeat_ms)
        usher_problems_add(part->problems, timing->line, timing->column,
                           "`silent_reads` times `read` must be longer than two `heartbeat`s: one "
                           "that is late is no silence");
}
