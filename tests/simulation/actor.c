/* Each act is a row with a weight. An act picks from what the model knows, and with some chance
 * picks wrongly: an offer that is over, a contact in another state, an id that nobody has. */
#include "simulation/actor.h"

#include <stdio.h>
#include <string.h>

#include "simulation/scene.h"
#include "wire/codec.h"

/* A command under construction; texts are borrowed from here. */
struct act {
    struct usher_command command;
    char contact[USHER_CONTACT_ID_MAX + 1];
    char offer[USHER_NUMBER_SIZE];
    char id[32];
    char texts[4][512];
};

typedef bool (*act_fill)(struct actor *actor, struct act *act);

static const char *const pbxs[] = {"pbx1", "pbx2"};

static struct usher_text pick(struct actor *actor, const char *const list[], unsigned count)
{
    return usher_text_of(list[chance_below(&actor->chance, count)]);
}
#define PICK(actor, list) pick(actor, list, USHER_COUNT_OF(list))

static size_t any_agent(struct actor *actor)
{
    return chance_below(&actor->chance, (unsigned)actor->model->agents_count);
}

/* A live contact in one of the states of `mask`; with some chance any live one; NULL when there is
 * none. */
static const struct model_contact *any_contact(struct actor *actor, unsigned mask)
{
    const struct model_contact *found = NULL;
    unsigned seen = 0;
    bool is_wrong = chance_is(&actor->chance, 4);
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++) {
        const struct model_contact *contact = &actor->model->contacts[i];
        if (contact->state == MODEL_GONE || (!is_wrong && !((mask >> contact->state) & 1)))
            continue;
        if (chance_below(&actor->chance, ++seen) == 0)
            found = contact;
    }
    return found;
}

#define IN(STATE) (1u << MODEL_##STATE)

static void set_contact(struct act *act, const struct model_contact *contact)
{
    snprintf(act->contact, sizeof(act->contact), "%s", contact->id);
    USHER_FIELDS_SET(&act->command.fields, CONTACT, contact, usher_text_of(act->contact));
}

/* The contact's PBX speaks of it, in the full id. */
static bool by_pbx(struct actor *actor, struct act *act, unsigned mask)
{
    const struct model_contact *contact = any_contact(actor, mask);
    if (!contact)
        return false;
    set_contact(act, contact);
    act->command.role = USHER_ROLE_PBX;
    act->command.client = usher_text_of(actor->model->clients[contact->client].name);
    if (chance_is(&actor->chance, 2))
        act->command.client = PICK(actor, pbxs);
    return true;
}

/* The contact's last offer; with some chance another number. */
static void set_offer(struct actor *actor, struct act *act)
{
    size_t index = model_find_contact(actor->model, act->command.fields.contact);
    snprintf(act->offer, sizeof(act->offer), "%s", actor->model->contacts[index].offer);
    if (act->offer[0] == '\0' || chance_is(&actor->chance, 6))
        snprintf(act->offer, sizeof(act->offer), "%u-%u", actor->world->epoch,
                 1 + chance_below(&actor->chance, (unsigned)actor->model->last.seq));
    USHER_FIELDS_SET(&act->command.fields, OFFER, offer, usher_text_of(act->offer));
}

static bool fill_arrive(struct actor *actor, struct act *act)
{
    static const char *const channels[] = {"voice", "voice", "voice", "voice",
                                           "chat",  "chat",  "email", "task"};
    static const char *const numbers[] = {"0", "1", "2", "3", "9"};
    struct usher_fields *fields = &act->command.fields;
    unsigned number = ++actor->contacts_count;
    if (number > 3 && chance_is(&actor->chance, 4))
        number -= 1 + chance_below(&actor->chance, 3);
    snprintf(act->contact, sizeof(act->contact), "c%u", number);
    act->command.role = USHER_ROLE_PBX;
    act->command.client = PICK(actor, pbxs);
    USHER_FIELDS_SET(fields, CONTACT, contact, usher_text_of(act->contact));
    USHER_FIELDS_SET(fields, CHANNEL, channel, PICK(actor, channels));
    USHER_FIELDS_SET(fields, TO, to, PICK(actor, numbers));
    scene_write_data(&actor->chance, act->texts[0], sizeof(act->texts[0]));
    if (act->texts[0][0] != '\0')
        USHER_FIELDS_SET(fields, DATA, data, usher_text_of(act->texts[0]));
    if (chance_is(&actor->chance, 20))
        USHER_FIELDS_SET(fields, SINCE_MS, since_ms,
                         actor->world->now_ms - 1000 * chance_between(&actor->chance, -5, 90));
    return true;
}

static bool fill_abandon(struct actor *actor, struct act *act)
{
    return by_pbx(actor, act, IN(WAITING) | IN(OFFERED) | IN(RINGING));
}

static bool fill_ring(struct actor *actor, struct act *act)
{
    if (!by_pbx(actor, act, IN(OFFERED)))
        return false;
    set_offer(actor, act);
    return true;
}

static bool fill_answer(struct actor *actor, struct act *act)
{
    bool is_odd = chance_is(&actor->chance, 8);
    if (!by_pbx(actor, act, is_odd ? IN(WAITING) | IN(OFFERED) : IN(OFFERED) | IN(RINGING)))
        return false;
    set_offer(actor, act);
    if (is_odd || chance_is(&actor->chance, 5))
        USHER_FIELDS_SET(&act->command.fields, AGENT, agent,
                         usher_text_of(actor->model->agents[any_agent(actor)].id));
    return true;
}

static bool fill_fail(struct actor *actor, struct act *act)
{
    static const char *const reasons[] = {"busy",        "no_answer", "no_answer", "rejected",
                                          "unreachable", "error",     "lazy"};
    /* A waiting one: the PBX tells that it has stopped ringing. */
    if (!by_pbx(actor, act, IN(OFFERED) | IN(RINGING) | IN(WAITING)))
        return false;
    set_offer(actor, act);
    USHER_FIELDS_SET(&act->command.fields, REASON, reason, PICK(actor, reasons));
    return true;
}

static bool fill_talk(struct actor *actor, struct act *act)
{
    return by_pbx(actor, act, IN(TALKING) | IN(HELD));
}

static bool fill_of_agent(struct actor *actor, struct act *act, unsigned mask)
{
    const struct model_contact *contact = any_contact(actor, mask);
    if (!contact)
        return false;
    set_contact(act, contact);
    act->command.role = USHER_ROLE_DESK;
    size_t agent = contact->agent == MODEL_NONE || chance_is(&actor->chance, 3) ? any_agent(actor)
                                                                                : contact->agent;
    act->command.own_agent = usher_text_of(actor->model->agents[agent].id);
    act->command.client = act->command.own_agent;
    return true;
}

static bool fill_wrap_up(struct actor *actor, struct act *act)
{
    return fill_of_agent(actor, act, IN(WRAPPING));
}

static bool fill_note(struct actor *actor, struct act *act)
{
    USHER_FIELDS_SET(&act->command.fields, NOTE, note, USHER_TEXT("call back \"soon\""));
    return fill_of_agent(actor, act, IN(TALKING) | IN(WRAPPING) | IN(OFFERED));
}

/* accept and decline: the offer alone is named. */
static bool fill_offer(struct actor *actor, struct act *act)
{
    if (!fill_of_agent(actor, act, IN(OFFERED) | IN(RINGING)))
        return false;
    set_offer(actor, act);
    act->command.fields.present &= ~USHER_FIELD_BIT(CONTACT);
    act->command.fields.contact = USHER_NO_TEXT;
    return true;
}

static bool fill_agent(struct actor *actor, struct act *act)
{
    act->command.role = USHER_ROLE_SUPERVISOR;
    act->command.client = USHER_TEXT("boss");
    USHER_FIELDS_SET(&act->command.fields, AGENT, agent,
                     chance_is(&actor->chance, 1)
                         ? USHER_TEXT("nobody")
                         : usher_text_of(actor->model->agents[any_agent(actor)].id));
    return true;
}

static bool fill_not_ready(struct actor *actor, struct act *act)
{
    static const char *const reasons[] = {"lunch", "training", "ring_no_answer", "swimming"};
    if (chance_is(&actor->chance, 70))
        USHER_FIELDS_SET(&act->command.fields, REASON, reason, PICK(actor, reasons));
    return fill_agent(actor, act);
}

static bool fill_phone(struct actor *actor, struct act *act)
{
    static const char *const states[] = {"idle", "idle", "busy", "unreachable", "asleep"};
    fill_agent(actor, act);
    act->command.role = USHER_ROLE_PBX;
    act->command.client = PICK(actor, pbxs);
    USHER_FIELDS_SET(&act->command.fields, STATE, state, PICK(actor, states));
    return true;
}

static void set_profile(struct actor *actor, struct act *act, size_t agent)
{
    struct usher_fields *fields = &act->command.fields;
    act->command.role = USHER_ROLE_ROUTER;
    scene_write_profile(&actor->chance, act->texts[0], sizeof(act->texts[0]), act->texts[1], 256);
    snprintf(act->texts[2], sizeof(act->texts[2]), "agent%zu", agent);
    USHER_FIELDS_SET(fields, AGENT, agent, usher_text_of(act->texts[2]));
    USHER_FIELDS_SET(fields, SKILLS, skills, usher_text_of(act->texts[0]));
    if (chance_is(&actor->chance, 90))
        USHER_FIELDS_SET(fields, PHONE, phone, USHER_TEXT("sip:desk"));
    if (act->texts[1][0] != '\0')
        USHER_FIELDS_SET(fields, CAPACITY, capacity, usher_text_of(act->texts[1]));
}

static bool fill_profile(struct actor *actor, struct act *act)
{
    set_profile(actor, act, any_agent(actor));
    return true;
}

static bool fill_link_lose(struct actor *actor, struct act *act)
{
    act->command.role = USHER_ROLE_ROUTER;
    if (chance_is(&actor->chance, 70))
        USHER_FIELDS_SET(&act->command.fields, CLIENT, client, PICK(actor, pbxs));
    USHER_FIELDS_SET(&act->command.fields, UNTIL_MS, until_ms,
                     actor->world->now_ms + 1000 * chance_between(&actor->chance, 1, 40));
    return true;
}

static bool fill_link_regain(struct actor *actor, struct act *act)
{
    static const char *const instances[] = {"a", "a", "a", "b"};
    act->command.role = USHER_ROLE_ROUTER;
    USHER_FIELDS_SET(&act->command.fields, CLIENT, client, PICK(actor, pbxs));
    if (chance_is(&actor->chance, 60))
        USHER_FIELDS_SET(&act->command.fields, INSTANCE, instance, PICK(actor, instances));
    return true;
}

static bool fill_vanish(struct actor *actor, struct act *act)
{
    bool is_found = by_pbx(actor, act, ~0u);
    act->command.role = USHER_ROLE_ROUTER;
    return is_found;
}

static bool fill_nothing(struct actor *actor, struct act *act)
{
    (void)actor;
    act->command.role = USHER_ROLE_ROUTER;
    return true;
}

static const struct row {
    unsigned weight;
    enum usher_command_kind kind;
    act_fill fill;
} rows[] = {
    {220, USHER_COMMAND_CONTACT_ARRIVE, fill_arrive},
    {60, USHER_COMMAND_CONTACT_ABANDON, fill_abandon},
    {80, USHER_COMMAND_CONTACT_RING, fill_ring},
    {150, USHER_COMMAND_CONTACT_ANSWER, fill_answer},
    {70, USHER_COMMAND_CONTACT_FAIL, fill_fail},
    {20, USHER_COMMAND_CONTACT_HOLD, fill_talk},
    {20, USHER_COMMAND_CONTACT_RESUME, fill_talk},
    {130, USHER_COMMAND_CONTACT_END, fill_talk},
    {10, USHER_COMMAND_CONTACT_NOTE, fill_note},
    {60, USHER_COMMAND_CONTACT_WRAP_UP, fill_wrap_up},
    {80, USHER_COMMAND_OFFER_ACCEPT, fill_offer},
    {60, USHER_COMMAND_OFFER_DECLINE, fill_offer},
    {30, USHER_COMMAND_AGENT_SIGN_IN, fill_agent},
    {120, USHER_COMMAND_AGENT_READY, fill_agent},
    {40, USHER_COMMAND_AGENT_NOT_READY, fill_not_ready},
    {20, USHER_COMMAND_AGENT_SIGN_OUT, fill_agent},
    {30, USHER_COMMAND_AGENT_PHONE, fill_phone},
    {15, USHER_COMMAND_PROFILE_SET, fill_profile},
    {6, USHER_COMMAND_LINK_LOSE, fill_link_lose},
    {10, USHER_COMMAND_LINK_REGAIN, fill_link_regain},
    {5, USHER_COMMAND_CONTACT_VANISH, fill_vanish},
    {5, USHER_COMMAND_ROUTER_BEAT, fill_nothing},
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
        agent = any_agent(actor);
    USHER_FIELDS_SET(&act->command.fields, AGENT, agent,
                     usher_text_of(actor->model->agents[agent].id));
    if (place < MODEL_CONTACTS_MAX)
        set_offer(actor, act);
    else
        USHER_FIELDS_SET(&act->command.fields, OFFER, offer, USHER_TEXT("1-1"));
}

/* A list of the PBX's calls: most as they are, some missing, some unknown, some in another state.
 */
static void sync(struct actor *actor)
{
    static const char *const states[] = {"waiting", "ringing", "talking", "held"};
    struct usher_answer answer;
    struct usher_text client = PICK(actor, pbxs);
    int64_t count = 0;
    if (!is_there(actor, client))
        return;
    usher_sync_begin(actor->sync);
    for (size_t i = 0; i < MODEL_CONTACTS_MAX + 2; i++) {
        struct act act;
        memset(&act, 0, sizeof(act));
        act.command.kind = USHER_COMMAND_SYNC_CONTACT;
        if (i >= MODEL_CONTACTS_MAX) {
            fill_arrive(actor, &act);
            USHER_FIELDS_SET(&act.command.fields, STATE, state, PICK(actor, states));
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
            set_contact(&act, contact);
            USHER_FIELDS_SET(&act.command.fields, CHANNEL, channel,
                             usher_channel_name(contact->channel));
            USHER_FIELDS_SET(&act.command.fields, STATE, state,
                             chance_is(&actor->chance, 10) ? PICK(actor, states)
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
        set_profile(actor, &act, i);
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
