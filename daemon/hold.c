/* The held commands. A held command and its texts are one block of memory. */
#include "hold.h"

#include <errno.h>
#include <stdlib.h>

void hold_init(struct hold *hold)
{
    usher_list_init(&hold->list);
    hold->bytes = 0;
}

void hold_fini(struct hold *hold)
{
    usher_list_for_each_safe (node, &hold->list) {
        usher_list_remove(node);
        held_free(usher_list_entry(node, struct held, node));
    }
}

/* The bytes of all texts of a command. */
static size_t hold_length(const struct usher_command *command)
{
    return command->id.length + command->client.length + command->own_agent.length +
           usher_fields_bytes(&command->fields);
}

/* Moves a text to `to`; an absent one stays absent. Returns the place behind it. */
static char *hold_move(struct usher_text *text, char *to)
{
    if (!text->at)
        return to;
    if (text->length)
        memcpy(to, text->at, text->length);
    text->at = to;
    return to + text->length;
}

int hold_put(struct hold *hold, const struct held *held)
{
    size_t bytes = sizeof(struct held) + held->id.length + hold_length(&held->command);
    struct held *copy = malloc(bytes);
    if (!copy)
        return -ENOMEM;
    *copy = *held;
    copy->bytes = bytes;
    struct usher_command *command = &copy->command;
    char *to = (char *)(copy + 1);
    to = hold_move(&copy->id, to);
    to = hold_move(&command->id, to);
    to = hold_move(&command->client, to);
    to = hold_move(&command->own_agent, to);
    (void)usher_fields_move(&command->fields, to);
    usher_list_init(&copy->node);
    usher_list_append(&hold->list, &copy->node);
    hold->bytes += bytes;
    return 0;
}

struct held *hold_take(struct hold *hold)
{
    if (usher_list_is_empty(&hold->list))
        return NULL;
    struct held *held = usher_list_entry(hold->list.next, struct held, node);
    usher_list_remove(&held->node);
    hold->bytes -= held->bytes;
    return held;
}

void held_free(struct held *held)
{
    free(held);
}
