/* The check of a `hello`. Invariant: a greeting is only filled when it is allowed. */
#include "link/greeting.h"

#include <assert.h>

/* Fills `greeting` from the hello alone. */
static enum usher_error greeting_read(const struct usher_command *hello, struct greeting *greeting,
                                      struct usher_answer *answer)
{
    const struct usher_fields *fields = &hello->fields;
    *greeting = (struct greeting){.role = usher_role_find(fields->role)};
    if (greeting->role == USHER_ROLE_NONE)
        return usher_answer_set(answer, USHER_ERROR_BAD_FIELD,
                                "`role` must be pbx, desk, supervisor, admin or observer");
    if (fields->client.at &&
        !usher_text_copy(greeting->client, sizeof(greeting->client), fields->client))
        return usher_answer_set(answer, USHER_ERROR_BAD_FIELD, "`client` has more than %d bytes",
                                USHER_CLIENT_NAME_MAX);
    if (fields->agent.at &&
        !usher_text_copy(greeting->agent, sizeof(greeting->agent), fields->agent))
        return usher_answer_set(answer, USHER_ERROR_BAD_FIELD, "`agent` has more than %d bytes",
                                USHER_AGENT_ID_MAX);
    return USHER_OK;
}

/* A name that the hello left out is the row's; any other must be the row's. */
static bool greeting_bind(char *said, size_t said_size, const char *bound)
{
    struct usher_text name = usher_text_of(bound);
    if (!said[0])
        return usher_text_copy(said, said_size, name);
    return usher_text_is_equal(usher_text_of(said), name);
}

static enum usher_error greeting_check_token(const struct usher_command *hello,
                                             struct tokens *tokens, struct greeting *greeting,
                                             struct usher_answer *answer)
{
    if (!hello->fields.token.at)
        return usher_answer_set(answer, USHER_ERROR_UNAUTHORIZED,
                                "this listener wants a `token` in hello");
    const struct tokens_row *row = tokens_find(tokens, hello->fields.token);
    if (!row)
        return usher_answer_set(answer, USHER_ERROR_UNAUTHORIZED, "no such token");
    if (greeting->role != row->role)
        return usher_answer_set(answer, USHER_ERROR_UNAUTHORIZED,
                                "the token is for the `role` %.*s",
                                USHER_TEXT_ARGS(usher_role_name(row->role)));
    if (!greeting_bind(greeting->client, sizeof(greeting->client), row->client))
        return usher_answer_set(answer, USHER_ERROR_UNAUTHORIZED,
                                "the token is for another `client`");
    if (row->role == USHER_ROLE_DESK &&
        !greeting_bind(greeting->agent, sizeof(greeting->agent), row->agent))
        return usher_answer_set(answer, USHER_ERROR_UNAUTHORIZED,
                                "the token is for another `agent`");
    return USHER_OK;
}

static enum usher_error greeting_check_peer(unsigned peer_roles, const struct greeting *greeting,
                                            struct usher_answer *answer)
{
    if (peer_roles >> greeting->role & 1)
        return USHER_OK;
    return usher_answer_set(answer, USHER_ERROR_UNAUTHORIZED,
                            "the user of this process may not take the role %.*s here",
                            USHER_TEXT_ARGS(usher_role_name(greeting->role)));
}

/* The contacts of a configured link are that link's alone. */
static bool greeting_is_link(const struct settings *settings, const char *client)
{
    for (size_t i = 0; i < settings->links_count; i++)
        if (usher_text_is_equal(usher_text_of(client), usher_text_of(settings->links[i].name)))
            return true;
    return false;
}

enum usher_error greeting_check(const struct usher_command *hello, const struct settings *settings,
                                unsigned peer_roles, struct tokens *tokens,
                                struct greeting *greeting, struct usher_answer *answer)
{
    struct greeting said;
    assert(hello->kind == USHER_COMMAND_HELLO);
    enum usher_error error = greeting_read(hello, &said, answer);
    if (error == USHER_OK)
        error = tokens ? greeting_check_token(hello, tokens, &said, answer)
                       : greeting_check_peer(peer_roles, &said, answer);
    if (error != USHER_OK)
        return error;
    if (said.role == USHER_ROLE_PBX && !said.client[0])
        return usher_answer_set(
            answer, USHER_ERROR_MISSING_FIELD,
            "`client` is missing: a PBX must say its name, its contacts are <client>/<id>");
    if (said.role == USHER_ROLE_DESK && !said.agent[0])
        return usher_answer_set(answer, USHER_ERROR_MISSING_FIELD,
                                "`agent` is missing: a desk must say whose it is");
    if (usher_text_is_equal(usher_text_of(said.client), USHER_TEXT("usher")))
        return usher_answer_set(answer, USHER_ERROR_UNAUTHORIZED,
                                "`client` is the name of usherd's own contacts");
    if (greeting_is_link(settings, said.client))
        return usher_answer_set(answer, USHER_ERROR_UNAUTHORIZED,
                                "`client` is the name of a link of usherd's own");
    if (said.role != USHER_ROLE_DESK)
        said.agent[0] = 0;
    *greeting = said;
    return USHER_OK;
}
