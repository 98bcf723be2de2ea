/* What is told of agents and links: by desks and supervisors, by a PBX of phones, by usherd itself.
 */
#include "simulation/act.h"

#include <stdio.h>

#include "simulation/scene.h"

bool act_agent(struct actor *actor, struct act *act)
{
    act->command.role = USHER_ROLE_SUPERVISOR;
    act->command.client = USHER_TEXT("boss");
    USHER_FIELDS_SET(&act->command.fields, AGENT, agent,
                     chance_is(&actor->chance, 1)
                         ? USHER_TEXT("nobody")
                         : usher_text_of(actor->model->agents[act_any_agent(actor)].id));
    return true;
}

/* At once, after the contacts in hand, or in a way that is none. */
static void set_mode(struct actor *actor, struct act *act)
{
    static const char *const modes[] = {"after", "after", "after", "now", "soon"};
    if (chance_is(&actor->chance, 60))
        USHER_FIELDS_SET(&act->command.fields, MODE, mode, ACT_PICK(actor, modes));
}

bool act_sign_out(struct actor *actor, struct act *act)
{
    set_mode(actor, act);
    return act_agent(actor, act);
}

bool act_force(struct actor *actor, struct act *act)
{
    static const char *const states[] = {"ready", "not_ready", "signed_out", "asleep"};
    USHER_FIELDS_SET(&act->command.fields, STATE, state, ACT_PICK(actor, states));
    return act_agent(actor, act);
}

bool act_not_ready(struct actor *actor, struct act *act)
{
    static const char *const reasons[] = {"lunch", "training", "ring_no_answer", "swimming"};
    set_mode(actor, act);
    if (chance_is(&actor->chance, 70))
        USHER_FIELDS_SET(&act->command.fields, REASON, reason, ACT_PICK(actor, reasons));
    return act_agent(actor, act);
}

bool act_phone(struct actor *actor, struct act *act)
{
    static const char *const states[] = {"idle", "idle", "busy", "unreachable", "asleep"};
    act_agent(actor, act);
    act->command.role = USHER_ROLE_PBX;
    act->command.client = ACT_PICK(actor, act_pbxs);
    USHER_FIELDS_SET(&act->command.fields, STATE, state, ACT_PICK(actor, states));
    return true;
}

void act_set_profile(struct actor *actor, struct act *act, size_t agent)
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

bool act_profile(struct actor *actor, struct act *act)
{
    act_set_profile(actor, act, act_any_agent(actor));
    return true;
}

bool act_link_lose(struct actor *actor, struct act *act)
{
    act->command.role = USHER_ROLE_ROUTER;
    if (chance_is(&actor->chance, 70))
        USHER_FIELDS_SET(&act->command.fields, CLIENT, client, ACT_PICK(actor, act_pbxs));
    USHER_FIELDS_SET(&act->command.fields, UNTIL_MS, until_ms,
                     actor->world->now_ms + 1000 * chance_between(&actor->chance, 1, 40));
    return true;
}

bool act_desk_lose(struct actor *actor, struct act *act)
{
    act_agent(actor, act);
    act->command.role = USHER_ROLE_ROUTER;
    if (chance_is(&actor->chance, 20)) {
        act->command.fields.agent = USHER_NO_TEXT;
        act->command.fields.present &= ~USHER_FIELD_BIT(AGENT);
    }
    USHER_FIELDS_SET(&act->command.fields, UNTIL_MS, until_ms,
                     actor->world->now_ms + 1000 * chance_between(&actor->chance, 1, 40));
    return true;
}

bool act_desk_regain(struct actor *actor, struct act *act)
{
    act_agent(actor, act);
    act->command.role = USHER_ROLE_ROUTER;
    return true;
}

bool act_link_regain(struct actor *actor, struct act *act)
{
    static const char *const instances[] = {"a", "a", "a", "b"};
    static const char *const can[] = {"[\"dial\"]", "[\"dial\"]", "[\"dial\"]", "[\"dial\"]",
                                      "[\"refer\"]"};
    act->command.role = USHER_ROLE_ROUTER;
    USHER_FIELDS_SET(&act->command.fields, CLIENT, client, ACT_PICK(actor, act_pbxs));
    if (chance_is(&actor->chance, 60))
        USHER_FIELDS_SET(&act->command.fields, INSTANCE, instance, ACT_PICK(actor, instances));
    if (chance_is(&actor->chance, 60))
        USHER_FIELDS_SET(&act->command.fields, CAN, can, ACT_PICK(actor, can));
    return true;
}

bool act_vanish(struct actor *actor, struct act *act)
{
    bool is_found = act_by_pbx(actor, act, ~0u);
    act->command.role = USHER_ROLE_ROUTER;
    return is_found;
}

bool act_nothing(struct actor *actor, struct act *act)
{
    (void)actor;
    act->command.role = USHER_ROLE_ROUTER;
    return true;
}
