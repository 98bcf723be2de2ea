/* The router: what comes in. Invariants: nothing is decided unless it leads and does not hold; what
 * was decided stands in a batch at once, behind what was decided before. */
#include "router.h"

#include <assert.h>
#include <stdlib.h>

#include "engine/sync.h"
#include "log.h"
#include "router_state.h"
#include "zones.h"

static size_t router_pending_bytes(const struct router *router)
{
    size_t bytes = router->hold.bytes + router->customers.arriving.bytes +
                   (router->in_flight ? batch_bytes(router->in_flight) : 0);
    usher_list_for_each (node, &router->waiting)
        bytes += batch_bytes(usher_list_entry(node, struct batch, node));
    return bytes;
}

/* Deciding. */

void router_carry_out(struct router *router, uint64_t serial, struct usher_text id,
                      const struct usher_command *command)
{
    struct usher_answer answer = {.error = USHER_OK};
    bool is_done =
        command->id.at && usher_engine_has_done(router->engine, command->client, command->id);
    if (command->fields.zone.at)
        (void)zones_give_named(router->engine, command->fields.zone);
    if (!is_done)
        (void)usher_engine_decide(router->engine, command, router_now_ms(router), &answer);
    router_gather(router);
    if (serial == 0 && answer.error != USHER_OK)
        log_warning("An order of the router itself was refused", "do=%s error=\"%s\"",
                    usher_command_row(command->kind)->name, answer.message);
    router_answer(router, serial, id, &answer, USHER_NO_TEXT);
}

void router_hold(struct router *router, const struct held *held)
{
    if (hold_put(&router->hold, held) == 0)
        return;
    struct usher_answer answer;
    (void)usher_answer_set(&answer, USHER_ERROR_STORAGE_UNAVAILABLE,
                           "Redis is away, and memory for what waits is out; try again later");
    router_answer_at_once(router, held->serial, held->id, &answer);
}

/* What comes before them must be decided before them. */
static bool router_ends_waiting(enum usher_command_kind kind)
{
    return kind == USHER_COMMAND_LINK_LOSE || kind == USHER_COMMAND_ROUTER_STOP ||
           kind == USHER_COMMAND_ROUTER_YIELD || kind == USHER_COMMAND_RULES_LOAD;
}

void router_order(struct router *router, uint64_t serial, struct usher_text id,
                  struct usher_command *command)
{
    bool is_too_late = router->standby.is_yielding && command->kind != USHER_COMMAND_ROUTER_BEAT &&
                       command->kind != USHER_COMMAND_ROUTER_YIELD;
    command->role = USHER_ROLE_ROUTER;
    if (router->has_ended || is_too_late)
        return;
    if (router_ends_waiting(command->kind))
        router_release_arrivals(router);
    if (router_is_holding(router))
        router_hold(
            router,
            &(struct held){.kind = HELD_COMMAND, .serial = serial, .id = id, .command = *command});
    else
        router_carry_out(router, serial, id, command);
}

void router_order_simple(struct router *router, enum usher_command_kind kind)
{
    struct usher_command command = {.kind = kind};
    router_order(router, 0, USHER_NO_TEXT, &command);
}

void router_end_sync(struct router *router, const struct held *held)
{
    struct usher_answer answer = {.error = USHER_OK};
    const struct router_party *party = parties_find(&router->parties, held->serial);
    if (!party)
        return; /* and so is its list */
    router_release_arrivals(router);
    (void)usher_sync_finish(held->sync, router->engine, usher_text_of(party->client), held->count,
                            router_now_ms(router), &answer);
    router_gather(router);
    router_answer(router, held->serial, held->id, &answer, USHER_NO_TEXT);
}

/* Does what a party asked, now. */
static void router_do(struct router *router, struct router_party *party, const struct held *held)
{
    assert(held->kind != HELD_NONE);
    switch (held->kind) {
    case HELD_COMMAND:
        if (!router_await_memory(router, held))
            router_carry_out(router, held->serial, held->id, &held->command);
        break;
    case HELD_HELLO:
        if (party)
            router_open_session(router, party, held->id, held->command.fields.after);
        break;
    case HELD_SYNC:
        if (party && !router_await_listed(router, held, usher_text_of(party->client)))
            router_end_sync(router, held);
        break;
    case HELD_NONE:
        break;
    }
}

void router_release_held(struct router *router)
{
    struct held *held;
    while (!router_is_holding(router) && !router->has_ended && (held = hold_take(&router->hold))) {
        router_do(router, parties_find(&router->parties, held->serial), held);
        held_free(held);
    }
    if (router->is_leading && !router_is_holding(router)) {
        usher_engine_pass_outage(router->engine, router_now_ms(router));
        router_gather(router);
    }
}

/* Submitting. */

enum usher_error router_admit(const struct router *router, struct usher_answer *answer)
{
    if (router->is_draining || router->standby.is_yielding)
        return usher_answer_set(answer, USHER_ERROR_DRAINING,
                                "The router is stopping; connect again in a moment");
    if (!router->is_leading)
        return router_refuse(router, answer);
    if (router_pending_bytes(router) > (size_t)router->settings->pending_bytes)
        return usher_answer_set(
            answer, USHER_ERROR_STORAGE_UNAVAILABLE,
            "Redis is away, and limits.pending is reached; try again when it is back");
    return USHER_OK;
}

static bool router_allows(const struct router_party *party, const struct usher_command *command,
                          struct usher_answer *answer)
{
    const struct usher_command_row *row = usher_command_row(command->kind);
    if (row->roles & (1u << party->role) && !usher_command_is_internal(command->kind))
        return true;
    struct usher_text role = usher_role_name(party->role);
    (void)usher_answer_set(answer, USHER_ERROR_NOT_ALLOWED,
                           "The role %.*s may not do %s; say hello with a role that may",
                           USHER_TEXT_ARGS(role), row->name);
    return false;
}

/* Carries out what is asked, or holds it while Redis is away. */
static void router_take(struct router *router, struct router_party *party, const struct held *held)
{
    struct usher_answer answer = {.error = USHER_OK};
    if (router_admit(router, &answer) != USHER_OK)
        router_answer_at_once(router, party->serial, held->id, &answer);
    else if (router_is_holding(router))
        router_hold(router, held);
    else
        router_do(router, party, held);
}

static void router_submit_drain(struct router *router, struct router_party *party,
                                struct usher_text id)
{
    struct usher_answer answer = {.error = USHER_OK};
    log_info("A client asked for an orderly end", "client=%s", party->client);
    router_answer_at_once(router, party->serial, id, &answer);
    router_drain(router);
}

void router_submit(struct router *router, struct router_party *party, struct usher_command *command)
{
    struct usher_answer answer = {.error = USHER_OK};
    command->client = usher_text_of(party->client);
    command->role = party->role;
    command->own_agent =
        party->role == USHER_ROLE_DESK ? usher_text_of(party->agent) : USHER_NO_TEXT;
    if (!router_allows(party, command, &answer) || command->kind == USHER_COMMAND_PING) {
        router_answer_at_once(router, party->serial, command->id, &answer);
        return;
    }
    if (party->role == USHER_ROLE_SUPERVISOR || party->role == USHER_ROLE_ADMIN)
        log_info("A client with power gave an order", "client=%s do=%s agent=%.*s contact=%.*s",
                 party->client, usher_command_row(command->kind)->name,
                 USHER_TEXT_ARGS(command->fields.agent), USHER_TEXT_ARGS(command->fields.contact));
    if (command->kind == USHER_COMMAND_ROUTER_DRAIN) {
        router_submit_drain(router, party, command->id);
        return;
    }
    if (command->kind == USHER_COMMAND_ROUTER_SWITCHOVER) {
        router_yield(router, party, command->id);
        return;
    }
    if (command->kind == USHER_COMMAND_RULES_RELOAD) {
        if (router_admit(router, &answer) == USHER_OK)
            reload_begin(router, party->serial, command->id, command->fields.hash);
        else
            router_answer_at_once(router, party->serial, command->id, &answer);
        return;
    }
    router_take(
        router, party,
        &(struct held){
            .kind = HELD_COMMAND, .serial = party->serial, .id = command->id, .command = *command});
}

void router_submit_hello(struct router *router, struct router_party *party, struct usher_text id,
                         struct usher_text after)
{
    struct held held = {.kind = HELD_HELLO, .serial = party->serial, .id = id};
    held.command.fields.after = after;
    router_take(router, party, &held);
}

void router_submit_sync(struct router *router, struct router_party *party, struct usher_text id,
                        struct usher_sync *sync, int64_t count)
{
    router_take(
        router, party,
        &(struct held){
            .kind = HELD_SYNC, .serial = party->serial, .id = id, .sync = sync, .count = count});
}

void router_profile(void *owner, struct usher_text agent, struct usher_text name,
                    struct usher_text phone, struct usher_text skills, struct usher_text capacity)
{
    struct router *router = owner;
    struct usher_command command = {.kind = USHER_COMMAND_PROFILE_SET};
    if (!router->is_leading || router->is_draining)
        return;
    USHER_FIELDS_SET(&command.fields, AGENT, agent, agent);
    USHER_FIELDS_SET(&command.fields, SKILLS, skills, skills);
    if (name.at)
        USHER_FIELDS_SET(&command.fields, NAME, name, name);
    if (phone.at)
        USHER_FIELDS_SET(&command.fields, PHONE, phone, phone);
    if (capacity.at)
        USHER_FIELDS_SET(&command.fields, CAPACITY, capacity, capacity);
    router_order(router, 0, USHER_NO_TEXT, &command);
    if (!parties_has_desk(&router->parties, agent))
        return;
    struct usher_command regain = {.kind = USHER_COMMAND_DESK_REGAIN};
    USHER_FIELDS_SET(&regain.fields, AGENT, agent, agent);
    router_order(router, 0, USHER_NO_TEXT, &regain);
}

/* Parties. */

void router_join(struct router *router, struct router_party *party)
{
    if (parties_add(&router->parties, party) < 0) {
        log_error(
            "Memory is out for another party; the process ends, and what is durable is recovered",
            NULL);
        abort();
    }
}

static void router_lose(struct router *router, enum usher_command_kind kind, int64_t grace_ms,
                        struct usher_text client, struct usher_text agent)
{
    struct usher_command command = {.kind = kind};
    if (client.at)
        USHER_FIELDS_SET(&command.fields, CLIENT, client, client);
    if (agent.at)
        USHER_FIELDS_SET(&command.fields, AGENT, agent, agent);
    USHER_FIELDS_SET(&command.fields, UNTIL_MS, until_ms, router_now_ms(router) + grace_ms);
    router_order(router, 0, USHER_NO_TEXT, &command);
}

void router_leave(struct router *router, struct router_party *party)
{
    struct usher_text client = usher_text_of(party->client);
    struct usher_text agent = usher_text_of(party->agent);
    bool was_open = parties_is_open(party);
    parties_remove(&router->parties, party);
    if (!was_open || !router->is_leading || router->is_draining)
        return;
    if (party->role == USHER_ROLE_PBX && !parties_has_pbx(&router->parties, client)) {
        log_warning("A PBX is gone; its contacts get no new offers", "client=%s", party->client);
        router_lose(router, USHER_COMMAND_LINK_LOSE, router->settings->timing.grace_ms, client,
                    USHER_NO_TEXT);
    }
    if (party->role == USHER_ROLE_DESK && !parties_has_desk(&router->parties, agent))
        router_lose(router, USHER_COMMAND_DESK_LOSE, router->settings->timing.desk_grace_ms,
                    USHER_NO_TEXT, agent);
}
