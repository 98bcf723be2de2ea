/* The check of a `hello`: may this connection be who it says it is? */
#ifndef LINK_GREETING_H
#define LINK_GREETING_H

#include <stdbool.h>

#include "link/tokens.h"
#include "model/answer.h"
#include "model/command.h"
#include "settings.h"

/* Who a session is. */
struct greeting {
    enum usher_role role;
    char client[USHER_CLIENT_NAME_MAX + 1]; /* "" when the hello named none */
    char agent[USHER_AGENT_ID_MAX + 1];     /* role desk */
};

/* Checks a decoded `hello` by what the listener allows: a token's row binds client, role and agent,
 * and the hello may leave them out but not contradict; a Unix peer may take the roles in
 * `peer_roles`. `tokens` is NULL on a Unix listener. Errors: UNAUTHORIZED, MISSING_FIELD (a PBX
 * without client, a desk without agent), BAD_FIELD (no such role). */
enum usher_error greeting_check(const struct usher_command *hello, const struct settings *settings,
                                unsigned peer_roles, struct tokens *tokens,
                                struct greeting *greeting, struct usher_answer *answer);

#endif
