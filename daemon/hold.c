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

#define HOLD_LENGTH_TEXT(text)  (text).length
#define HOLD_LENGTH_RAW(text)   (text).length
#define HOLD_LENGTH_INT(number) 0

/* The bytes of all texts of a command. */
static size_t hold_length(const struct usher_command *command)
{
    size_t length = command->id.length + command->client.length + command->own_agent.length;
#define HOLD_LENGTH_OF(NAME, member, TYPE, bound, sentence)                                        \
    length += HOLD_LENGTH_##TYPE(command->fields.member);
    USHER_FIELDS(HOLD_LENGTH_OF)
#undef HOLD_LENGTH_OF
    return length;
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

#define HOLD_MOVE_TEXT(text, to)  hold_move(&(text), to)
#define HOLD_MOVE_RAW(text, to)   hold_move(&(text), to)
#define HOLD_MOVE_INT(number, to) (to)

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
#define HOLD_MOVE_OF(NAME, member, TYPE, bound, sentence)                                          \
    to = HOLD_MOVE_##TYPE(command->fields.member, to);
    USHER_FIELDS(HOLD_MOVE_OF)
#undef HOLD_MOVE_OF
    (void)to;
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
