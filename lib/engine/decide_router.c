/* Commands of usherd itself: its start and end, rules, links. */
#include "engine/decide.h"
#include "engine/dispatch.h"
#include "engine/moves.h"
#include "wire/json.h"

static enum usher_error emit_plain(struct usher_request *request, enum usher_event_kind kind)
{
    struct usher_event event = {.kind = kind, .fields = request->command->fields};
    usher_engine_emit(request->engine, &event, request->now_ms);
    return USHER_OK;
}

enum usher_error usher_decide_router_start(struct usher_request *request)
{
    return emit_plain(request, USHER_EVENT_ROUTER_STARTED);
}

enum usher_error usher_decide_router_beat(struct usher_request *request)
{
    struct usher_engine *engine = request->engine;
    struct usher_event event = {.kind = USHER_EVENT_ROUTER_HEARTBEAT};
    struct usher_number n = {engine->last.epoch, engine->last.seq + 1};
    char digest[USHER_DIGEST_SIZE];
    USHER_FIELDS_SET(&event.fields, DIGEST, digest, usher_engine_digest(engine, n, digest));
    usher_engine_emit(engine, &event, request->now_ms);
    return USHER_OK;
}

enum usher_error usher_decide_router_stop(struct usher_request *request)
{
    return emit_plain(request, USHER_EVENT_ROUTER_STOPPED);
}

enum usher_error usher_decide_router_yield(struct usher_request *request)
{
    return emit_plain(request, USHER_EVENT_ROUTER_YIELDED);
}

enum usher_error usher_decide_router_set_outage(struct usher_request *request)
{
    return emit_plain(request, USHER_EVENT_ROUTER_OUTAGE);
}

enum usher_error usher_decide_journal_lose(struct usher_request *request)
{
    return emit_plain(request, USHER_EVENT_JOURNAL_LOST);
}

enum usher_error usher_decide_rules_load(struct usher_request *request)
{
    struct usher_engine *engine = request->engine;
    struct usher_text hash = request->command->fields.hash;
    if (!usher_engine_has_rules(engine, hash))
        return usher_answer_set(request->answer, USHER_ERROR_BAD_RULES,
                                "no rules of this hash are on the shelf");
    if (engine->floor.rules && usher_text_is_equal(usher_text_of(engine->floor.rules->hash), hash))
        return USHER_OK;
    emit_plain(request, USHER_EVENT_RULES_LOADED);
    usher_site_review(engine, request->now_ms);
    usher_dispatch_all(engine, request->now_ms);
    return USHER_OK;
}

static void lose(struct usher_request *request, const struct usher_client *client)
{
    struct usher_event event = {.kind = USHER_EVENT_LINK_LOST};
    USHER_FIELDS_SET(&event.fields, CLIENT, client, usher_text_of(client->name));
    USHER_FIELDS_SET(&event.fields, UNTIL_MS, until_ms, request->command->fields.until_ms);
    usher_engine_emit(request->engine, &event, request->now_ms);
}

enum usher_error usher_decide_link_lose(struct usher_request *request)
{
    struct usher_clients *clients = &request->engine->clients;
    struct usher_text name = request->command->fields.client;
    if (name.at) {
        struct usher_client *client = usher_clients_find(clients, name);
        if (client && !client->is_lost)
            lose(request, client);
        return USHER_OK;
    }
    struct usher_client *own = usher_clients_find(clients, USHER_TEXT(USHER_OWN_CLIENT));
    for (size_t i = 0; i < clients->count; i++)
        if (&clients->list[i] != own &&
            (clients->list[i].can_dial || !usher_list_is_empty(&clients->list[i].contacts)))
            lose(request, &clients->list[i]);
    return USHER_OK;
}

/* Which of the PBXs told of a phone is not kept: the words of another are lost, too, and cost one
 * failed offer at most. */
static void forget_phones(struct usher_engine *engine, int64_t now_ms)
{
    for (size_t i = 0; i < engine->floor.agents_count; i++) {
        const struct usher_agent *agent = &engine->floor.agents[i];
        if (agent->phone_state == USHER_PHONE_IDLE || agent->phone_until_ms != 0)
            continue;
        struct usher_event event = {.kind = USHER_EVENT_AGENT_PHONE};
        USHER_FIELDS_SET(&event.fields, AGENT, agent, usher_text_of(agent->id));
        USHER_FIELDS_SET(&event.fields, STATE, state, usher_phone_state_name(USHER_PHONE_IDLE));
        usher_engine_emit(engine, &event, now_ms);
    }
}

/* All calls of the client are gone, and what it told of phones. Nobody is offered a call that is
 * about to be closed. */
static void begin_new_life(struct usher_engine *engine, struct usher_client *client, int64_t now_ms)
{
    engine->holds_offers = true;
    usher_list_for_each_safe (node, &client->contacts)
        usher_close_contact(engine, usher_list_entry(node, struct usher_contact, of_client),
                            "pbx_restarted", now_ms);
    forget_phones(engine, now_ms);
    engine->holds_offers = false;
}

static bool is_new_life(const struct usher_client *client, struct usher_text instance)
{
    return client && instance.at && client->instance[0] &&
           !usher_text_is_equal(usher_text_of(client->instance), instance);
}

enum usher_error usher_decide_link_regain(struct usher_request *request)
{
    struct usher_engine *engine = request->engine;
    const struct usher_fields *fields = &request->command->fields;
    struct usher_client *client = usher_clients_find(&engine->clients, fields->client);
    bool is_known_life =
        !fields->instance.at ||
        (client && usher_text_is_equal(usher_text_of(client->instance), fields->instance));
    bool can_dial = usher_json_has_text(fields->can, USHER_TEXT("dial"));
    bool only_refers = usher_json_has_text(fields->can, USHER_TEXT("refer"));
    bool is_news = !is_known_life || can_dial != (client && client->can_dial) ||
                   only_refers != (client && client->only_refers);
    if (client ? !client->is_lost && !is_news
               : !is_news ||
                     !usher_clients_has_room(&engine->clients, fields->client, request->now_ms))
        return USHER_OK;
    if (is_new_life(client, fields->instance))
        begin_new_life(engine, client, request->now_ms);
    emit_plain(request, USHER_EVENT_LINK_REGAINED);
    usher_dispatch_all(engine, request->now_ms);
    return USHER_OK;
}
