/* What commands name: contacts and agents, and whether the client may touch them. */
#include <stdio.h>
#include <string.h>

#include "engine/decide.h"

/* Whether the PBX was asked to ring for this contact, or has dialled its customer. */
static bool rings_for(const struct usher_engine *engine, struct usher_text id,
                      struct usher_text client)
{
    const struct usher_contact *contact = usher_engine_contact(engine, id);
    return contact &&
           usher_text_is_equal(usher_text_of(engine->clients.list[contact->client].name), client);
}

/* Whose the contact is by its name: the client itself, for a bare id. */
static struct usher_text client_of(const struct usher_command *command)
{
    struct usher_text named = usher_contact_id_client(command->fields.contact);
    return named.at ? named : command->client;
}

bool usher_engine_contact_id(const struct usher_command *command,
                             char room[USHER_CONTACT_ID_MAX + 1], struct usher_text *id)
{
    struct usher_text given = command->fields.contact;
    struct usher_text named = usher_contact_id_client(given);
    struct usher_text client = client_of(command);
    struct usher_text own = given;
    if (named.at)
        own = (struct usher_text){given.at + named.length + 1, given.length - named.length - 1};
    if (own.length == 0 || own.length > USHER_CONTACT_OWN_ID_MAX || client.length == 0 ||
        client.length > USHER_CLIENT_NAME_MAX)
        return false;
    memcpy(room, client.at, client.length);
    room[client.length] = '/';
    memcpy(room + client.length + 1, own.at, own.length);
    room[client.length + 1 + own.length] = '\0';
    *id = (struct usher_text){room, client.length + 1 + own.length};
    return true;
}

bool usher_request_contact_id(struct usher_request *request, char room[USHER_CONTACT_ID_MAX + 1],
                              struct usher_text *id)
{
    const struct usher_command *command = request->command;
    if (command->role == USHER_ROLE_PBX &&
        !usher_text_is_equal(client_of(command), command->client) &&
        !rings_for(request->engine, command->fields.contact, command->client)) {
        usher_answer_set(request->answer, USHER_ERROR_NOT_ALLOWED,
                         "the contact is another client's");
        return false;
    }
    if (usher_engine_contact_id(command, room, id))
        return true;
    usher_answer_set(request->answer, USHER_ERROR_BAD_FIELD,
                     "`contact` must be an id of 1 to 128 bytes, or <client>/<id>");
    return false;
}

struct usher_contact *usher_request_contact(struct usher_request *request)
{
    char room[USHER_CONTACT_ID_MAX + 1];
    struct usher_text id;
    if (!usher_request_contact_id(request, room, &id))
        return NULL;
    struct usher_contact *contact = usher_engine_contact(request->engine, id);
    if (!contact) {
        usher_answer_set(request->answer, USHER_ERROR_NO_SUCH_CONTACT,
                         "there is no live contact of this id");
        return NULL;
    }
    if (request->command->role == USHER_ROLE_DESK &&
        (!contact->agent ||
         !usher_text_is_equal(usher_text_of(contact->agent->id), request->command->own_agent))) {
        usher_answer_set(request->answer, USHER_ERROR_NOT_ALLOWED,
                         "the contact is not with this desk's agent");
        return NULL;
    }
    return contact;
}

struct usher_agent *usher_request_agent(struct usher_request *request)
{
    const struct usher_command *command = request->command;
    struct usher_text id = command->fields.agent.at ? command->fields.agent : command->own_agent;
    if (!id.at || id.length == 0) {
        usher_answer_set(request->answer, USHER_ERROR_MISSING_FIELD,
                         "`agent` is needed: whom the command is about");
        return NULL;
    }
    if (command->role == USHER_ROLE_DESK && !usher_text_is_equal(id, command->own_agent)) {
        usher_answer_set(request->answer, USHER_ERROR_NOT_ALLOWED,
                         "a desk acts for its own agent only");
        return NULL;
    }
    struct usher_agent *agent = usher_engine_agent(request->engine, id);
    if (!agent)
        usher_answer_set(request->answer, USHER_ERROR_NO_SUCH_AGENT,
                         "there is no profile of agent %.*s; write one with HSET",
                         USHER_TEXT_ARGS(id));
    return agent;
}

void usher_request_list(const struct usher_text *list, size_t count, char *room, size_t size)
{
    size_t length = 0;
    room[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        if (length + list[i].length + sizeof(", , …") > size) {
            (void)snprintf(room + length, size - length, ", …");
            return;
        }
        length += (size_t)snprintf(room + length, size - length, "%s%.*s", i > 0 ? ", " : "",
                                   USHER_TEXT_ARGS(list[i]));
    }
}

enum usher_error usher_request_wrong_state(struct usher_request *request,
                                           const struct usher_contact *contact, const char *hint)
{
    return usher_answer_set(request->answer, USHER_ERROR_WRONG_STATE, "the contact is %.*s; %s",
                            USHER_TEXT_ARGS(usher_contact_state_name(contact->state)), hint);
}
