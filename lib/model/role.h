/* Roles: what a client may do is a table of command by role (model/command.h). */
#ifndef USHER_MODEL_ROLE_H
#define USHER_MODEL_ROLE_H

#include "base/text.h"

enum usher_role {
    USHER_ROLE_NONE = 0,
    USHER_ROLE_PBX,        /* tells of its own calls, and rings agents */
    USHER_ROLE_DESK,       /* one agent */
    USHER_ROLE_SUPERVISOR, /* sees all, acts for any agent */
    USHER_ROLE_ADMIN,      /* a supervisor who may also reload and drain */
    USHER_ROLE_OBSERVER,   /* sees all, does nothing */
    USHER_ROLE_ROUTER,     /* usherd itself: profiles, rules, links; on no wire */
    USHER_ROLE_COUNT,
};

#define USHER_ROLE_BIT(NAME) (1u << USHER_ROLE_##NAME)

struct usher_text usher_role_name(enum usher_role role);
/* NONE when there is no such role, and for `router`, which nobody may ask for. */
enum usher_role usher_role_find(struct usher_text name);

#endif
