/* The table of commands, from the list in the header. */
#include "model/command.h"

#include <assert.h>

static const struct usher_command_row rows[USHER_COMMAND_COUNT] = {
#define COMMAND_ROW(NAME, name, needed, optional, roles, sentence)                                 \
    [USHER_COMMAND_##NAME] = {(name), (needed), (optional), (roles), (sentence)},
    USHER_COMMANDS(COMMAND_ROW, USHER_FIELD_BIT, USHER_ROLE_BIT)
#undef COMMAND_ROW
};

static const struct usher_text names[USHER_COMMAND_COUNT] = {
#define COMMAND_NAME(NAME, name, needed, optional, roles, sentence)                                \
    [USHER_COMMAND_##NAME] = {(name), sizeof(name) - 1},
    USHER_COMMANDS(COMMAND_NAME, USHER_FIELD_BIT, USHER_ROLE_BIT)
#undef COMMAND_NAME
};

const struct usher_command_row *usher_command_row(enum usher_command_kind kind)
{
    assert(kind > USHER_COMMAND_NONE && kind < USHER_COMMAND_COUNT);
    return &rows[kind];
}

enum usher_command_kind usher_command_find(struct usher_text name)
{
    for (unsigned i = USHER_COMMAND_NONE + 1; i < USHER_COMMAND_COUNT; i++) {
        if (usher_text_is_equal(names[i], name))
            return (enum usher_command_kind)i;
    }
    return USHER_COMMAND_NONE;
}

bool usher_command_is_internal(enum usher_command_kind kind)
{
    return (usher_command_row(kind)->roles & USHER_ROLE_BIT(ROUTER)) != 0;
}
