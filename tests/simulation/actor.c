/* Each act is a row with a weight. An act picks from what the model knows, and with some chance
 * picks wrongly: an offer that is over, a contact in another state, an id that nobody has. */
#include "simulation/actor.h"

#include <stdio.h>
#include <string.h>

#include "simulation/act.h"
#include "simulation/scene.h"
#include "wire/codec.h"

static const struct row {
    unsigned weight;
    enum usher_command_kind kind;
    act_fill fill;
} rows[] = {
    {220, USHER_COMMAND_CONTACT_ARRIVE, act_arrive},
    {60, USHER_COMMAND_CONTACT_ABANDON, act_abandon},
    {80, USHER_COMMAND_CONTACT_RING, act_ring},
    {150, USHER_COMMAND_CONTACT_ANSWER, act_answer},
    {70, USHER_COMMAND_CONTACT_FAIL, act_fail},
    {20, USHER_COMMAND_CONTACT_HOLD, act_talk},
    {20, USHER_COMMAND_CONTACT_RESUME, act_talk},
    {130, USHER_COMMAND_CONTACT_END, act_talk},
    {70, USHER_COMMAND_CONTACT_SCHEDULE, act_schedule},
    {40, USHER_COMMAND_CONTACT_CALLBACK, act_callback},
    {8, USHER_COMMAND_CONTACT_CANCEL, act_cancel},
    {30, USHER_COMMAND_CONTACT_FAIL, act_miss},
    {30, USHER_COMMAND_CONTACT_END, act_desk_end},
    {10, USHER_COMMAND_CONTACT_FOLLOW_UP, act_follow_up},
    {10, USHER_COMMAND_CONTACT_NOTE, act_note},
    {6, USHER_COMMAND_CUSTOMER_ERASE, act_erase},
    {15, USHER_COMMAND_CONTACT_MOVE, act_move},
    {15, USHER_COMMAND_CONTACT_PRIORITISE, act_move},
    {50, USHER_COMMAND_CONTACT_TRANSFER, act_transfer},
    {60, USHER_COMMAND_CONTACT_WRAP_UP, act_wrap_up},
    {30, USHER_COMMAND_CONTACT_EXTEND, act_extend},
    {80, USHER_COMMAND_OFFER_ACCEPT, act_offer},
    {60, USHER_COMMAND_OFFER_DECLINE, act_offer},
    {30, USHER_COMMAND_AGENT_SIGN_IN, act_agent},
    {120, USHER_COMMAND_AGENT_READY, act_agent},
    {40, USHER_COMMAND_AGENT_NOT_READY, act_not_ready},
    {30, USHER_COMMAND_AGENT_SIGN_OUT, act_sign_out},
    {6, USHER_COMMAND_QUEUE_CLOSE, act_queue},
    {6, USHER_COMMAND_QUEUE_OPEN, act_queue},
    {8, USHER_COMMAND_SWITCH_SET, act_switch},
    {15, USHER_COMMAND_AGENT_FORCE, act_force},
    {25, USHER_COMMAND_DESK_REGAIN, act_desk_regain},
    {12, USHER_COMMAND_DESK_LOSE, act_desk_lose},
    {30, USHER_COMMAND_AGENT_PHONE, act_phone},
    {15, USHER_COMMAND_PROFILE_SET, act_profile},
    {6, USHER_COMMAND_LINK_LOSE, act_link_lose},
    {10, USHER_COMMAND_LINK_REGAIN, act_link_regain},
    {5, USHER_COMMAND_CONTACT_VANISH, act_vanish},
    {5, USHER_COMMAND_ROUTER_BEAT, act_nothing},
};

/* A PBX whose link is lost says nothing, or comes back first: the router tells the engine. */
static bool is_there(struct actor *actor, struct usher_text client)
{
    size_t index = model_find_client(actor->model, client);
    if (!actor->model->clients[index].is_lost)
        return true;
    if (chance_is(&actor->chance, 80))
        return false;
    struct usher_command command = {.kind = USHER_COMMAND_LINK_REGAIN, .role = USHER_ROLE_ROUTER};
    struct usher_answer answer;
    USHER_FIELDS_SET(&command.fields, CLIENT, client, client);
    return world_decide(actor->world, &command, &answer) == USHER_OK &&
           model_take(actor->model, world_take(actor->world));
}

/* Some commands have an id, and some of those are sent twice: the router then repeats its answer
 * and asks nobody. */
static void give(struct actor *actor, struct act *act)
{
    struct usher_command *command = &act->command;
    struct usher_answer answer;
    if (command->role == USHER_ROLE_PBX && !is_there(actor, command->client))
        return;
    if (command->role != USHER_ROLE_ROUTER && chance_is(&actor->chance, 30)) {
        snprintf(act->id, sizeof(act->id), "k%u", chance_below(&actor->chance, 3000));
        command->id = usher_text_of(act->id);
        if (usher_engine_has_done(actor->world->engine, command->client, command->id))
            return;
    }
    enum usher_error error = world_decide(actor->world, command, &answer);
    actor->had_error = error != USHER_OK;
    struct usher_bytes line;
    usher_bytes_init(&line, USHER_LINE_MAX);
    usher_command_encode(command, &line);
    snprintf(actor->done, sizeof(actor->done), "%.*s -> %.*s",
             USHER_TEXT_ARGS(usher_bytes_text(&line)), USHER_TEXT_ARGS(usher_error_code(error)));
    usher_bytes_fini(&line);
}

static void act_row(struct actor *actor)
{
    unsigned sum = 0;
    for (size_t i = 0; i < USHER_COUNT_OF(rows); i++)
        sum += rows[i].weight;
    unsigned place = chance_below(&actor->chance, sum);
    size_t chosen = 0;
    while (place >= rows[chosen].weight)
        place -= rows[chosen++].weight;
    struct act act;
    memset(&act, 0, sizeof(act));
    act.command.kind = rows[chosen].kind;
    if (rows[chosen].fill(actor, &act))
        give(actor, &act);
}

static bool use_rules(struct actor *actor)
{
    static char text[8192];
    snprintf(actor->done, sizeof(actor->done), "rules.load");
    scene_write_rules(&actor->chance, text, sizeof(text));
    return world_use_rules(actor->world, usher_text_of(text));
}

/* Who serves a listed call, for which offer; with some chance somebody else, or another offer. */
static void set_served_by(struct actor *actor, struct act *act, size_t place)
{
    size_t agent = place < MODEL_CONTACTS_MAX ? actor->model->contacts[place].agent : MODEL_NONE;
    if (chance_is(&actor->chance, 2))
        return;
    if (agent == MODEL_NONE || chance_is(&actor->chance, 10))
        agent = act_any_agent(actor);
    USHER_FIELDS_SET(&act->command.fields, AGENT, agent,
                     usher_text_of(actor->model->agents[agent].id));
    if (place < MODEL_CONTACTS_MAX)
        act_set_offer(actor, act);
    else
        USHER_FIELDS_SET(&act->command.fields, OFFER, offer, USHER_TEXT("1-1"));
}

/* A list of the PBX's calls: most as they are, some missing, some unknown, some in another state.
 */
static void sync(struct actor *actor)
{
    static const char *const states[] = {"waiting", "ringing", "talking", "held"};
    struct usher_answer answer;
    struct usher_text client = ACT_PICK(actor, act_pbxs);
    int64_t count = 0;
    if (!is_there(actor, client))
        return;
    usher_sync_begin(actor->sync);
    for (size_t i = 0; i < MODEL_CONTACTS_MAX + 2; i++) {
        struct act act;
        memset(&act, 0, sizeof(act));
        act.command.kind = USHER_COMMAND_SYNC_CONTACT;
        if (i >= MODEL_CONTACTS_MAX) {
            act_arrive(actor, &act);
            USHER_FIELDS_SET(&act.command.fields, STATE, state, ACT_PICK(actor, states));
        } else {
            const struct model_contact *contact = &actor->model->contacts[i];
            bool is_mine = contact->state != MODEL_GONE &&
                           usher_text_is_equal(
                               usher_text_of(actor->model->clients[contact->client].name), client);
            if (!is_mine || chance_is(&actor->chance, 15))
                continue;
            const char *state = contact->state == MODEL_OFFERED ? "waiting"
                                : contact->state == MODEL_WRAPPING
                                    ? "talking"
                                    : model_state_name(contact->state);
            act_set_contact(&act, contact);
            USHER_FIELDS_SET(&act.command.fields, CHANNEL, channel,
                             usher_channel_name(contact->channel));
            USHER_FIELDS_SET(&act.command.fields, STATE, state,
                             chance_is(&actor->chance, 10) ? ACT_PICK(actor, states)
                                                           : usher_text_of(state));
        }
        set_served_by(actor, &act, i);
        act.command.role = USHER_ROLE_PBX;
        act.command.client = client;
        count += usher_sync_add(actor->sync, &act.command, &answer) == USHER_OK;
    }
    if (chance_is(&actor->chance, 10))
        count++;
    enum usher_error error = world_finish_sync(actor->world, actor->sync, client, count, &answer);
    /* At a limit all was decided, but for the calls that found no room. */
    actor->had_error = error != USHER_OK && error != USHER_ERROR_LIMIT;
    snprintf(actor->done, sizeof(actor->done), "sync of %.*s with %lld calls -> %.*s",
             USHER_TEXT_ARGS(client), (long long)count, USHER_TEXT_ARGS(usher_error_code(error)));
}

bool actor_begin(struct actor *actor)
{
    unsigned agents_count = 1 + chance_below(&actor->chance, 8);
    if (!use_rules(actor) || !model_take(actor->model, world_take(actor->world)))
        return false;
    for (unsigned i = 0; i < agents_count; i++) {
        struct act act;
        memset(&act, 0, sizeof(act));
        act.command.kind = USHER_COMMAND_PROFILE_SET;
        act_set_profile(actor, &act, i);
        give(actor, &act);
        if (!model_take(actor->model, world_take(actor->world)))
            return false;
    }
    return true;
}

bool actor_act(struct actor *actor)
{
    actor->had_error = false;
    snprintf(actor->done, sizeof(actor->done), "nothing");
    unsigned choice = chance_below(&actor->chance, 1000);
    if (choice < 5)
        return use_rules(actor);
    if (choice < 8) {
        snprintf(actor->done, sizeof(actor->done), "restart");
        actor->model->stepped_ms = 0; /* deadlines without an event are met once more */
        return world_restart(actor->world);
    }
    if (choice < 18)
        sync(actor);
    else
        act_row(actor);
    return true;
}

void actor_wait(struct actor *actor)
{
    struct world *world = actor->world;
    unsigned choice = chance_below(&actor->chance, 100);
    int64_t next_ms = usher_engine_next_deadline_ms(world->engine);
    int64_t at_ms = world->now_ms;
    if (choice < 30)
        return;
    if (choice < 70)
        at_ms += chance_between(&actor->chance, 0, 3000);
    else if (choice < 90 && next_ms < INT64_MAX && next_ms > at_ms)
        at_ms =
            next_ms + (chance_is(&actor->chance, 60) ? 0 : chance_between(&actor->chance, 1, 500));
    else if (choice < 99)
        at_ms += chance_between(&actor->chance, 0, 40000);
    else
        at_ms += 1000 * chance_between(&actor->chance, 0, 100000);
    snprintf(actor->done, sizeof(actor->done), "time passes to %lld",
             (long long)(at_ms - WORLD_START_MS));
    world_jump_to(world, at_ms);
}
