/* What is told of contacts and offers: by their PBX, by the desk whose they are. */
#include "simulation/act.h"

#include <stdio.h>

#include "simulation/scene.h"

const char *const act_pbxs[2] = {"pbx1", "pbx2"};

struct usher_text act_pick(struct actor *actor, const char *const list[], unsigned count)
{
    return usher_text_of(list[chance_below(&actor->chance, count)]);
}

size_t act_any_agent(struct actor *actor)
{
    return chance_below(&actor->chance, (unsigned)actor->model->agents_count);
}

/* A live contact in one of the states of `mask`; with some chance any live one; NULL when there is
 * none. */
const struct model_contact *act_any_contact(struct actor *actor, unsigned mask)
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

void act_set_contact(struct act *act, const struct model_contact *contact)
{
    snprintf(act->contact, sizeof(act->contact), "%s", contact->id);
    USHER_FIELDS_SET(&act->command.fields, CONTACT, contact, usher_text_of(act->contact));
}

/* The contact's PBX speaks of it, in the full id. */
bool act_by_pbx(struct actor *actor, struct act *act, unsigned mask)
{
    const struct model_contact *contact = act_any_contact(actor, mask);
    if (!contact)
        return false;
    act_set_contact(act, contact);
    act->command.role = USHER_ROLE_PBX;
    act->command.client = usher_text_of(actor->model->clients[contact->client].name);
    if (chance_is(&actor->chance, 2))
        act->command.client = ACT_PICK(actor, act_pbxs);
    return true;
}

/* The contact's last offer; with some chance another number. */
void act_set_offer(struct actor *actor, struct act *act)
{
    size_t index = model_find_contact(actor->model, act->command.fields.contact);
    snprintf(act->offer, sizeof(act->offer), "%s", actor->model->contacts[index].offer);
    if (act->offer[0] == '\0' || chance_is(&actor->chance, 6))
        snprintf(act->offer, sizeof(act->offer), "%u-%u", actor->world->epoch,
                 1 + chance_below(&actor->chance, (unsigned)actor->model->last.seq));
    USHER_FIELDS_SET(&act->command.fields, OFFER, offer, usher_text_of(act->offer));
}

static const char *const customers[] = {"k0", "k1", "k2", "k3"};

/* Who comes, and what was read of him before. */
static void set_customer(struct actor *actor, struct act *act)
{
    struct usher_fields *fields = &act->command.fields;
    if (!chance_is(&actor->chance, 35))
        return;
    USHER_FIELDS_SET(fields, FROM, from, ACT_PICK(actor, customers));
    if (!chance_is(&actor->chance, 60))
        return;
    snprintf(act->texts[1], sizeof(act->texts[1]),
             "{\"contacts\":%u,\"lang\":\"%s\",\"served\":{\"queue0\":%lld}}",
             chance_below(&actor->chance, 9), chance_is(&actor->chance, 50) ? "uk" : "en",
             (long long)actor->world->now_ms - 1000);
    USHER_FIELDS_SET(fields, MEMORY, memory, usher_text_of(act->texts[1]));
}

bool act_erase(struct actor *actor, struct act *act)
{
    act->command.role = USHER_ROLE_ADMIN;
    act->command.client = USHER_TEXT("admin");
    USHER_FIELDS_SET(&act->command.fields, CUSTOMER, customer, ACT_PICK(actor, customers));
    return true;
}

/* Somebody who is there, or not any more, served the customer before. */
static void set_last_agent(struct actor *actor, struct act *act)
{
    struct usher_fields *fields = &act->command.fields;
    size_t agent = act_any_agent(actor);
    USHER_FIELDS_SET(fields, LAST_AGENT, last_agent,
                     chance_is(&actor->chance, 10) ? USHER_TEXT("nobody")
                                                   : usher_text_of(actor->model->agents[agent].id));
    if (chance_is(&actor->chance, 80))
        USHER_FIELDS_SET(fields, LAST_MS, last_ms,
                         actor->world->now_ms - 1000 * chance_between(&actor->chance, 0, 200));
}

bool act_arrive(struct actor *actor, struct act *act)
{
    static const char *const channels[] = {"voice", "voice", "voice", "voice",   "chat",
                                           "chat",  "email", "task",  "outbound"};
    static const char *const numbers[] = {"0", "1", "2", "3", "9"};
    struct usher_fields *fields = &act->command.fields;
    unsigned number = ++actor->contacts_count;
    if (number > 3 && chance_is(&actor->chance, 4))
        number -= 1 + chance_below(&actor->chance, 3);
    snprintf(act->contact, sizeof(act->contact), "c%u", number);
    act->command.role = USHER_ROLE_PBX;
    act->command.client = ACT_PICK(actor, act_pbxs);
    USHER_FIELDS_SET(fields, CONTACT, contact, usher_text_of(act->contact));
    USHER_FIELDS_SET(fields, CHANNEL, channel, ACT_PICK(actor, channels));
    USHER_FIELDS_SET(fields, TO, to, ACT_PICK(actor, numbers));
    scene_write_data(&actor->chance, act->texts[0], sizeof(act->texts[0]));
    if (act->texts[0][0] != '\0')
        USHER_FIELDS_SET(fields, DATA, data, usher_text_of(act->texts[0]));
    set_customer(actor, act);
    if (chance_is(&actor->chance, 20))
        USHER_FIELDS_SET(fields, SINCE_MS, since_ms,
                         actor->world->now_ms - 1000 * chance_between(&actor->chance, -5, 90));
    if (chance_is(&actor->chance, 40))
        set_last_agent(actor, act);
    return true;
}

bool act_abandon(struct actor *actor, struct act *act)
{
    return act_by_pbx(actor, act, IN(WAITING) | IN(OFFERED) | IN(RINGING));
}

bool act_ring(struct actor *actor, struct act *act)
{
    if (!act_by_pbx(actor, act, IN(OFFERED)))
        return false;
    act_set_offer(actor, act);
    return true;
}

bool act_answer(struct actor *actor, struct act *act)
{
    bool is_odd = chance_is(&actor->chance, 8);
    if (!act_by_pbx(actor, act, is_odd ? IN(WAITING) | IN(OFFERED) : IN(OFFERED) | IN(RINGING)))
        return false;
    act_set_offer(actor, act);
    if (is_odd || chance_is(&actor->chance, 5))
        USHER_FIELDS_SET(&act->command.fields, AGENT, agent,
                         usher_text_of(actor->model->agents[act_any_agent(actor)].id));
    return true;
}

bool act_fail(struct actor *actor, struct act *act)
{
    static const char *const reasons[] = {"busy",        "no_answer", "no_answer", "rejected",
                                          "unreachable", "error",     "lazy"};
    /* A waiting one: the PBX tells that it has stopped ringing. */
    if (!act_by_pbx(actor, act, IN(OFFERED) | IN(RINGING) | IN(WAITING)))
        return false;
    act_set_offer(actor, act);
    USHER_FIELDS_SET(&act->command.fields, REASON, reason, ACT_PICK(actor, reasons));
    return true;
}

bool act_talk(struct actor *actor, struct act *act)
{
    return act_by_pbx(actor, act, IN(TALKING) | IN(HELD));
}

bool act_of_agent(struct actor *actor, struct act *act, unsigned mask)
{
    const struct model_contact *contact = act_any_contact(actor, mask);
    if (!contact)
        return false;
    act_set_contact(act, contact);
    act->command.role = USHER_ROLE_DESK;
    size_t agent = contact->agent == MODEL_NONE || chance_is(&actor->chance, 3)
                       ? act_any_agent(actor)
                       : contact->agent;
    act->command.own_agent = usher_text_of(actor->model->agents[agent].id);
    act->command.client = act->command.own_agent;
    return true;
}

/* A supervisor's: to any queue of the rules, or none; a tier or a place before the one it has. */
bool act_move(struct actor *actor, struct act *act)
{
    const struct usher_rules *rules = actor->model->rules;
    const struct model_contact *contact = act_any_contact(actor, IN(WAITING) | IN(OFFERED));
    if (!contact)
        return false;
    act_set_contact(act, contact);
    act->command.role = USHER_ROLE_SUPERVISOR;
    act->command.client = USHER_TEXT("boss");
    size_t queue = chance_below(&actor->chance, (unsigned)rules->queues_count);
    size_t tier = chance_below(&actor->chance, (unsigned)rules->tiers_count);
    struct usher_fields *fields = &act->command.fields;
    USHER_FIELDS_SET(fields, QUEUE, queue,
                     chance_is(&actor->chance, 2) ? USHER_TEXT("nowhere")
                                                  : rules->queues[queue].name);
    if (chance_is(&actor->chance, 40))
        USHER_FIELDS_SET(fields, TIER, tier, rules->tiers[tier].name);
    if (chance_is(&actor->chance, 30))
        USHER_FIELDS_SET(fields, POSITION, position, chance_below(&actor->chance, 4));
    if (chance_is(&actor->chance, 30))
        USHER_FIELDS_SET(fields, PLACE_MS, place_ms,
                         contact->place_ms - 1000 * chance_between(&actor->chance, -2, 60));
    return true;
}

bool act_extend(struct actor *actor, struct act *act)
{
    return act_of_agent(actor, act, IN(WRAPPING));
}

/* By the agent's desk, the PBX or a supervisor: to an agent, a queue, skills, or all of them. */
bool act_transfer(struct actor *actor, struct act *act)
{
    static const char *const skills[] = {"{\"sales\":1}", "{\"lang.uk\":3,\"billing\":1}",
                                         "{\"billing\":11}", "{}"};
    const struct usher_rules *rules = actor->model->rules;
    struct usher_fields *fields = &act->command.fields;
    unsigned who = chance_below(&actor->chance, 10);
    unsigned states = IN(TALKING) | IN(HELD);
    bool is_found = who < 6   ? act_of_agent(actor, act, states | (who == 0 ? IN(RINGING) : 0))
                    : who < 9 ? act_by_pbx(actor, act, states | (who == 8 ? IN(WAITING) : 0))
                              : act_by_pbx(actor, act, ~0u);
    if (!is_found)
        return false;
    if (who == 9)
        act->command.role = USHER_ROLE_SUPERVISOR;
    if (chance_is(&actor->chance, 50))
        USHER_FIELDS_SET(fields, TO_AGENT, to_agent,
                         usher_text_of(actor->model->agents[act_any_agent(actor)].id));
    if (chance_is(&actor->chance, 50))
        USHER_FIELDS_SET(
            fields, QUEUE, queue,
            rules->queues[chance_below(&actor->chance, (unsigned)rules->queues_count)].name);
    if (chance_is(&actor->chance, 25))
        USHER_FIELDS_SET(fields, SKILLS, skills, ACT_PICK(actor, skills));
    if (chance_is(&actor->chance, 30))
        USHER_FIELDS_SET(fields, DATA, data, USHER_TEXT("{\"reached\":\"once\"}"));
    if (chance_is(&actor->chance, 50))
        USHER_FIELDS_SET(fields, NOTE, note, USHER_TEXT("goes on"));
    return true;
}

bool act_wrap_up(struct actor *actor, struct act *act)
{
    static const char *const words[] = {"solved", "follow_up", "gone_fishing"};
    if (chance_is(&actor->chance, 60))
        USHER_FIELDS_SET(&act->command.fields, DISPOSITION, disposition, ACT_PICK(actor, words));
    return act_of_agent(actor, act, IN(WRAPPING));
}

bool act_note(struct actor *actor, struct act *act)
{
    USHER_FIELDS_SET(&act->command.fields, NOTE, note, USHER_TEXT("call back \"soon\""));
    return act_of_agent(actor, act, IN(TALKING) | IN(WRAPPING) | IN(OFFERED));
}

/* accept and decline: the offer alone is named. */
bool act_offer(struct actor *actor, struct act *act)
{
    if (!act_of_agent(actor, act, IN(OFFERED) | IN(RINGING)))
        return false;
    act_set_offer(actor, act);
    act->command.fields.present &= ~USHER_FIELD_BIT(CONTACT);
    act->command.fields.contact = USHER_NO_TEXT;
    return true;
}
