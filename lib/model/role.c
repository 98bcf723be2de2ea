/* The roles' names. */
#include "model/role.h"

#include <assert.h>

static const struct usher_text names[USHER_ROLE_COUNT] = {
    [USHER_ROLE_NONE] = {"", 0},         [USHER_ROLE_PBX] = {"pbx", 3},
    [USHER_ROLE_DESK] = {"desk", 4},     [USHER_ROLE_SUPERVISOR] = {"supervisor", 10},
    [USHER_ROLE_ADMIN] = {"admin", 5},   [USHER_ROLE_OBSERVER] = {"observer", 8},
    [USHER_ROLE_ROUTER] = {"router", 6},
};

struct usher_text usher_role_name(enum usher_role role)
{
    assert((unsigned)role < USHER_ROLE_COUNT);
    return names[role];
}

enum usher_role usher_role_find(struct usher_text name)
{
    for (unsigned i = USHER_ROLE_NONE + 1; i < USHER_ROLE_ROUTER; i++) {
        if (usher_text_is_equal(names[i], name))
            return (enum usher_role)i;
    }
    return USHER_ROLE_NONE;
}
