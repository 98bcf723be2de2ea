/* What a line of a session means. Invariant: every line gets exactly one answer, now or from the
 * router. */
#include "link/dispatch.h"

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdio.h>

#include "engine/sync.h"
#include "link/greeting.h"
#include "link/session.h"
#include "log.h"
#include "wire/json.h"

/* Wrong tokens are answered late, the later the more there were, and end the connection. */
static void dispatch_refuse(struct session *session)
{
    struct session_origin *origin = session->origin;
    log_warning("A client was refused", "peer=%s wrong_tokens=%u", session->peer,
                origin->refusals_count + 1);
    if (!origin->tokens) {
        session_finish(session);
        return;
    }
    session_set_state(session, SESSION_REFUSING);
    origin->refusals_count++;
}

/* A client that named itself not is named by its role, the epoch and a serial number: never the
 * same in another life of the router, since the ids of its commands are remembered. */
static void dispatch_name(struct session *session, const struct greeting *greeting)
{
    struct router_party *party = &session->party;
    struct usher_text role = usher_role_name(greeting->role);
    session->serial = ++session->sessions->serial;
    party->role = greeting->role;
    snprintf(party->agent, sizeof(party->agent), "%s", greeting->agent);
    if (greeting->client[0])
        snprintf(party->client, sizeof(party->client), "%s", greeting->client);
    else
        snprintf(party->client, sizeof(party->client), "%.*s-%u-%llu", USHER_TEXT_ARGS(role),
                 (unsigned)usher_engine_last_number(router_engine(session->sessions->router)).epoch,
                 (unsigned long long)session->serial);
}

static enum usher_error dispatch_check_hello(struct session *session,
                                             const struct usher_command *hello,
                                             struct greeting *greeting, struct usher_answer *answer)
{
    struct sessions *sessions = session->sessions;
    enum usher_error error = greeting_check(hello, sessions->settings, session->roles,
                                            session->origin->tokens, greeting, answer);
    if (error != USHER_OK)
        return error;
    if (greeting->client[0] && greeting->role != USHER_ROLE_PBX &&
        sessions_find_rival(sessions, usher_text_of(greeting->client), greeting->role))
        return usher_answer_set(
            answer, USHER_ERROR_NOT_ALLOWED,
            "`client` is the name of another client that is connected in another role");
    if (!router_is_leading(sessions->router))
        return router_refuse(sessions->router, answer);
    return USHER_OK;
}

static void dispatch_hello(struct session *session, const struct usher_command *hello)
{
    struct sessions *sessions = session->sessions;
    struct usher_answer answer = {0};
    struct greeting greeting;
    enum usher_error error = dispatch_check_hello(session, hello, &greeting, &answer);
    if (error != USHER_OK) {
        session_answer(session, hello->id, &answer);
        if (error == USHER_ERROR_UNAUTHORIZED && session->state == SESSION_GREETING)
            dispatch_refuse(session);
        else if (error == USHER_ERROR_NOT_LEADER)
            session_finish(session);
        return;
    }
    session->origin->refusals_count = 0;
    dispatch_name(session, &greeting);
    session_set_state(session, SESSION_OPENING);
    router_join(sessions->router, &session->party);
    session->is_joined = true;
    session->party.instance[0] = 0;
    if (greeting.role == USHER_ROLE_PBX && hello->fields.instance.at)
        (void)!usher_text_copy(session->party.instance, sizeof(session->party.instance),
                               hello->fields.instance);
    session->party.can_dial = greeting.role == USHER_ROLE_PBX &&
                              usher_json_has_text(hello->fields.can, USHER_TEXT("dial"));
    session->party.only_refers = greeting.role == USHER_ROLE_PBX &&
                                 usher_json_has_text(hello->fields.can, USHER_TEXT("refer"));
    log_info("A client has come", "client=%s role=%.*s agent=%s peer=%s", session->party.client,
             USHER_TEXT_ARGS(usher_role_name(greeting.role)),
             greeting.agent[0] ? greeting.agent : "-", session->peer);
    router_submit_hello(sessions->router, &session->party, hello->id, hello->fields.after);
}

static void dispatch_ping(struct session *session, const struct usher_command *ping)
{
    static const struct usher_answer done = {0};
    static const struct timeval silence = {.tv_sec = SESSION_SILENCE_MS / 1000};
    if (!session->has_pinged)
        event_add(session->timer, &silence);
    session->has_pinged = true;
    session_answer(session, ping->id, &done);
}

/* `instance` is the life of the PBX that the session was opened for; another needs another session.
 */
static enum usher_error dispatch_sync_begin(struct session *session,
                                            const struct usher_command *command,
                                            struct usher_answer *answer)
{
    struct usher_text instance = command->fields.instance;
    char *known = session->party.instance;
    if (instance.at && !known[0])
        (void)!usher_text_copy(known, sizeof(session->party.instance), instance);
    if (instance.at && !usher_text_is_equal(instance, usher_text_of(known)))
        return usher_answer_set(
            answer, USHER_ERROR_WRONG_STATE,
            "`instance` is not that of hello: a PBX that started anew opens a new session");
    if (!session->sync)
        session->sync = usher_sync_new(session->sessions->settings->limits.contacts);
    if (!session->sync)
        return usher_answer_set(answer, USHER_ERROR_LIMIT, "memory for the list of calls is out");
    usher_sync_begin(session->sync);
    return USHER_OK;
}

/* On USHER_OK the router answers. The list is the router's until then. */
static enum usher_error dispatch_sync_end(struct session *session,
                                          const struct usher_command *command,
                                          struct usher_answer *answer)
{
    session->sync_id[0] = 0;
    if (command->id.at && !usher_text_copy(session->sync_id, sizeof(session->sync_id), command->id))
        return usher_answer_set(answer, USHER_ERROR_BAD_FIELD, "`id` has more than %zu bytes",
                                sizeof(session->sync_id) - 1);
    session->is_syncing = true;
    router_submit_sync(session->sessions->router, &session->party, command->id, session->sync,
                       command->fields.count);
    return USHER_OK;
}

static bool dispatch_is_sync(enum usher_command_kind kind)
{
    return kind == USHER_COMMAND_SYNC_BEGIN || kind == USHER_COMMAND_SYNC_CONTACT ||
           kind == USHER_COMMAND_SYNC_END;
}

static void dispatch_sync(struct session *session, const struct usher_command *command)
{
    struct usher_answer answer = {0};
    enum usher_error error;
    if (session->is_syncing)
        error = usher_answer_set(&answer, USHER_ERROR_WRONG_STATE,
                                 "the last `sync.end` is not answered yet");
    else if (command->kind == USHER_COMMAND_SYNC_BEGIN)
        error = dispatch_sync_begin(session, command, &answer);
    else if (!session->sync)
        error = usher_answer_set(&answer, USHER_ERROR_WRONG_STATE, "`sync.begin` must come first");
    else if (command->kind == USHER_COMMAND_SYNC_CONTACT)
        error = usher_sync_add(session->sync, command, &answer);
    else
        error = dispatch_sync_end(session, command, &answer);
    if (error != USHER_OK || command->kind != USHER_COMMAND_SYNC_END)
        session_answer(session, command->id, &answer);
}

/* A command of an open session whose role may give it. */
static void dispatch_open(struct session *session, struct usher_command *command)
{
    if (command->kind == USHER_COMMAND_PING)
        dispatch_ping(session, command);
    else if (dispatch_is_sync(command->kind))
        dispatch_sync(session, command);
    else
        router_submit(session->sessions->router, &session->party, command);
}

/* Anybody who may say hello may ask. */
static void dispatch_describe(struct session *session, const struct usher_command *command)
{
    struct session_origin *origin = session->origin;
    struct usher_answer answer = {0};
    struct usher_bytes line;
    if (session->state != SESSION_OPEN &&
        (origin->tokens
             ? !command->fields.token.at || !tokens_find(origin->tokens, command->fields.token)
             : session->roles == 0)) {
        usher_answer_set(&answer, USHER_ERROR_UNAUTHORIZED,
                         "no such token, or the user of this process may not ask here");
        session_answer(session, command->id, &answer);
        if (session->state == SESSION_GREETING)
            dispatch_refuse(session);
        return;
    }
    session_answer(session, command->id, &answer);
    usher_bytes_init(&line, USHER_LINE_MAX);
    router_describe(session->sessions->router, &line);
    session_write(session, usher_bytes_text(&line));
    usher_bytes_fini(&line);
}

/* What a standby says to everything but a question of what it is. */
static bool dispatch_is_turned_away(struct session *session, const struct usher_command *command)
{
    struct usher_answer answer = {0};
    if (command->kind == USHER_COMMAND_HELLO || router_is_leading(session->sessions->router) ||
        router_refuse(session->sessions->router, &answer) != USHER_ERROR_NOT_LEADER)
        return false;
    session_answer(session, command->id, &answer);
    session_finish(session);
    return true;
}

static enum usher_error dispatch_check(const struct session *session,
                                       const struct usher_command *command,
                                       struct usher_answer *answer)
{
    const struct usher_command_row *row = usher_command_row(command->kind);
    if (command->kind == USHER_COMMAND_HELLO && session->state == SESSION_OPEN)
        return usher_answer_set(answer, USHER_ERROR_HELLO_FIRST,
                                "`hello` comes once, and was here already");
    if (command->kind != USHER_COMMAND_HELLO && session->state != SESSION_OPEN)
        return usher_answer_set(answer, USHER_ERROR_HELLO_FIRST, "`hello` must come before `%s`",
                                row->name);
    if (command->kind != USHER_COMMAND_HELLO && !(row->roles >> session->party.role & 1))
        return usher_answer_set(answer, USHER_ERROR_NOT_ALLOWED, "the role %.*s may not give `%s`",
                                USHER_TEXT_ARGS(usher_role_name(session->party.role)), row->name);
    return USHER_OK;
}

void dispatch_line(struct session *session, struct usher_text line)
{
    struct usher_command command;
    struct usher_answer answer = {0};
    enum usher_error error =
        usher_command_decode(line, &session->sessions->scratch, &command, &answer);
    if (error == USHER_OK && command.kind == USHER_COMMAND_ROUTER_DESCRIBE) {
        dispatch_describe(session, &command);
        return;
    }
    if (error == USHER_OK && dispatch_is_turned_away(session, &command))
        return;
    if (error == USHER_OK)
        error = dispatch_check(session, &command, &answer);
    if (error != USHER_OK)
        session_answer(session, command.id, &answer);
    else if (command.kind == USHER_COMMAND_HELLO)
        dispatch_hello(session, &command);
    else
        dispatch_open(session, &command);
}
