/* What supervisors say of the site: queues open and close, switches go on and off. */
#include "simulation/act.h"

static void set_until(struct actor *actor, struct act *act)
{
    if (chance_is(&actor->chance, 60))
        USHER_FIELDS_SET(&act->command.fields, UNTIL_MS, until_ms,
                         actor->world->now_ms + 1000 * chance_between(&actor->chance, 0, 300));
}

bool act_queue(struct actor *actor, struct act *act)
{
    static const char *const queues[] = {"queue0", "queue0", "queue1", "queue2", "queue9"};
    act->command.role = USHER_ROLE_SUPERVISOR;
    act->command.client = USHER_TEXT("boss");
    USHER_FIELDS_SET(&act->command.fields, QUEUE, queue, ACT_PICK(actor, queues));
    set_until(actor, act);
    return true;
}

bool act_switch(struct actor *actor, struct act *act)
{
    static const char *const names[] = {"outage", "outage", "flood", "none"};
    static const char *const states[] = {"on", "on", "off", "up"};
    act->command.role = USHER_ROLE_SUPERVISOR;
    act->command.client = USHER_TEXT("boss");
    USHER_FIELDS_SET(&act->command.fields, NAME, name, ACT_PICK(actor, names));
    USHER_FIELDS_SET(&act->command.fields, STATE, state, ACT_PICK(actor, states));
    set_until(actor, act);
    return true;
}
