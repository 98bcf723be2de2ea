/* Opening a session: what a client is told when it comes, made in one piece at one number, so that
 * the events that follow fit on exactly. */
#include <stdlib.h>

#include "engine/engine.h"
#include "log.h"
#include "router_state.h"
#include "wire/codec.h"

#define ROUTER_PROTOCOL_VERSION 1

static void router_put_line(struct usher_bytes *out, const struct usher_event *event)
{
    usher_event_encode(event, out);
    usher_bytes_append_char(out, '\n');
}

static void router_put_welcome(struct router *router, const struct router_party *party,
                               bool is_resumed, struct usher_bytes *out)
{
    struct usher_event event = {
        .kind = USHER_EVENT_WELCOME,
        .at_ms = router_now_ms(router),
        .n = usher_engine_last_number(router->engine),
    };
    USHER_FIELDS_SET(&event.fields, VERSION, version, ROUTER_PROTOCOL_VERSION);
    USHER_FIELDS_SET(&event.fields, RESUMED, resumed, is_resumed);
    USHER_FIELDS_SET(&event.fields, ROLE, role, usher_role_name(party->role));
    USHER_FIELDS_SET(&event.fields, CLIENT, client, usher_text_of(party->client));
    if (party->role == USHER_ROLE_DESK)
        USHER_FIELDS_SET(&event.fields, AGENT, agent, usher_text_of(party->agent));
    USHER_FIELDS_SET(&event.fields, SITE, site, usher_text_of(router->settings->site));
    const struct usher_rules *rules = usher_engine_rules(router->engine);
    if (rules) {
        USHER_FIELDS_SET(&event.fields, HASH, hash, usher_text_of(rules->hash));
        USHER_FIELDS_SET(&event.fields, ZONE, zone, usher_text_of(rules->timezone.name));
    }
    router_put_line(out, &event);
}

static void router_put_concerned(const struct router_party *party, const struct router_event *event,
                                 struct usher_bytes *out)
{
    if (event->kind == USHER_EVENT_ROUTER_HEARTBEAT || !parties_is_concerned(party, event))
        return;
    usher_bytes_append_text(out, event->line);
    usher_bytes_append_char(out, '\n');
}

static void router_put_batch(const struct router_party *party, const struct batch *batch,
                             struct usher_bytes *out)
{
    for (size_t i = 0; i < batch->events_count; i++) {
        struct router_event event = batch_event(batch, i);
        router_put_concerned(party, &event, out);
    }
}

static void router_put_batches(const struct router_party *party, const struct usher_list *batches,
                               struct usher_bytes *out)
{
    usher_list_for_each (node, batches)
        router_put_batch(party, usher_list_entry(node, struct batch, node), out);
}

/* All events of the party after the place `at` in the ring: the published ones, and those on their
 * way. */
static void router_put_missed(const struct router *router, const struct router_party *party,
                              size_t at, struct usher_bytes *out)
{
    struct router_event event;
    while (ring_next(&router->ring, &at, &event))
        router_put_concerned(party, &event, out);
    router_put_batches(party, &router->withheld, out);
    if (router->in_flight)
        router_put_batch(party, router->in_flight, out);
    router_put_batches(party, &router->waiting, out);
}

static void router_put_state(struct router *router, const struct router_party *party,
                             struct usher_bytes *out)
{
    struct usher_view view = {
        .role = party->role,
        .client = usher_text_of(party->client),
        .agent = usher_text_of(party->agent),
    };
    usher_engine_describe(router->engine, &view, router_now_ms(router), out);
}

static void router_put_sync_wanted(struct router *router, struct usher_bytes *out)
{
    struct usher_event event = {
        .kind = USHER_EVENT_SYNC_WANTED,
        .at_ms = router_now_ms(router),
        .n = usher_engine_last_number(router->engine),
    };
    router_put_line(out, &event);
}

static void router_regain_link(struct router *router, const struct router_party *party)
{
    struct usher_command command = {.kind = USHER_COMMAND_LINK_REGAIN};
    USHER_FIELDS_SET(&command.fields, CLIENT, client, usher_text_of(party->client));
    if (party->instance[0])
        USHER_FIELDS_SET(&command.fields, INSTANCE, instance, usher_text_of(party->instance));
    static const char *const can[2][2] = {{NULL, "[\"refer\"]"},
                                          {"[\"dial\"]", "[\"dial\",\"refer\"]"}};
    if (party->can_dial || party->only_refers)
        USHER_FIELDS_SET(&command.fields, CAN, can,
                         usher_text_of(can[party->can_dial][party->only_refers]));
    router_order(router, 0, USHER_NO_TEXT, &command);
}

/* The agent may lose it from now on. */
static void router_regain_desk(struct router *router, const struct router_party *party)
{
    struct usher_command command = {.kind = USHER_COMMAND_DESK_REGAIN};
    USHER_FIELDS_SET(&command.fields, AGENT, agent, usher_text_of(party->agent));
    router_order(router, 0, USHER_NO_TEXT, &command);
}

void router_open_session(struct router *router, struct router_party *party, struct usher_text id,
                         struct usher_text after)
{
    struct usher_answer answer = {.error = USHER_OK};
    struct usher_number seen;
    struct usher_bytes payload;
    size_t at = 0;
    bool is_resumed =
        after.at && usher_number_read(after, &seen) && ring_find(&router->ring, seen, &at);
    usher_bytes_init(&payload, SIZE_MAX);
    router_put_welcome(router, party, is_resumed, &payload);
    if (is_resumed)
        router_put_missed(router, party, at, &payload);
    else
        router_put_state(router, party, &payload);
    if (party->role == USHER_ROLE_PBX)
        router_put_sync_wanted(router, &payload);
    if (payload.is_full || parties_open(&router->parties, party) < 0) {
        log_error("Memory is out for a new session", "client=%s", party->client);
        (void)usher_answer_set(&answer, USHER_ERROR_LIMIT,
                               "Memory is out for a new session; try again later");
        router_answer(router, party->serial, id, &answer, USHER_NO_TEXT);
    } else {
        party->since = usher_engine_last_number(router->engine);
        router_answer(router, party->serial, id, &answer, usher_bytes_text(&payload));
        if (party->role == USHER_ROLE_PBX)
            router_regain_link(router, party);
        else if (party->role == USHER_ROLE_DESK)
            router_regain_desk(router, party);
    }
    usher_bytes_fini(&payload);
}
