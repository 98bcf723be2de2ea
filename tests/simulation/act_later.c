/* Bookings, callbacks, customers who are not reached. */
#include <stdio.h>

#include "simulation/act.h"
#include "simulation/scene.h"

#define IN(STATE) (1u << MODEL_##STATE)

/* Who is to be called: somebody whom the rules know by the number. */
static void set_customer(struct actor *actor, struct act *act)
{
    static const char *const customers[] = {"k0", "k1", "k2", "k3"};
    if (chance_is(&actor->chance, 60))
        USHER_FIELDS_SET(&act->command.fields, FROM, from, ACT_PICK(actor, customers));
    else if (chance_is(&actor->chance, 80))
        USHER_FIELDS_SET(&act->command.fields, FROM, from, USHER_TEXT("+380501112233"));
    if (chance_is(&actor->chance, 10))
        USHER_FIELDS_SET(&act->command.fields, CUSTOMER, customer, ACT_PICK(actor, customers));
}

bool act_schedule(struct actor *actor, struct act *act)
{
    static const char *const channels[] = {"callback", "callback", "callback", "outbound",
                                           "task",     "email",    "voice"};
    static const char *const numbers[] = {"0", "1", "2", "3", "9"};
    struct usher_fields *fields = &act->command.fields;
    int64_t now_ms = actor->world->now_ms;
    int64_t in_ms = 1000 * chance_between(&actor->chance, -10, 90);
    bool is_by_pbx = chance_is(&actor->chance, 30);
    act->command.role = is_by_pbx ? USHER_ROLE_PBX : USHER_ROLE_SUPERVISOR;
    act->command.client = is_by_pbx ? ACT_PICK(actor, act_pbxs) : USHER_TEXT("boss");
    if (chance_is(&actor->chance, 60)) {
        snprintf(act->contact, sizeof(act->contact), "b%u", ++actor->contacts_count);
        USHER_FIELDS_SET(fields, CONTACT, contact, usher_text_of(act->contact));
    }
    USHER_FIELDS_SET(fields, CHANNEL, channel, ACT_PICK(actor, channels));
    USHER_FIELDS_SET(fields, TO, to, ACT_PICK(actor, numbers));
    set_customer(actor, act);
    scene_write_data(&actor->chance, act->texts[0], sizeof(act->texts[0]));
    if (act->texts[0][0] != '\0')
        USHER_FIELDS_SET(fields, DATA, data, usher_text_of(act->texts[0]));
    if (chance_is(&actor->chance, 60))
        USHER_FIELDS_SET(fields, NOT_BEFORE_MS, not_before_ms, now_ms + in_ms);
    if (chance_is(&actor->chance, 40))
        USHER_FIELDS_SET(fields, NOT_AFTER_MS, not_after_ms,
                         now_ms + in_ms + 1000 * chance_between(&actor->chance, -20, 300));
    if (chance_is(&actor->chance, 30))
        USHER_FIELDS_SET(fields, ATTEMPTS, attempts, chance_between(&actor->chance, 1, 3));
    return true;
}

bool act_cancel(struct actor *actor, struct act *act)
{
    return act_by_pbx(actor, act, IN(SCHEDULED) | IN(WAITING));
}

bool act_callback(struct actor *actor, struct act *act)
{
    if (chance_is(&actor->chance, 20))
        USHER_FIELDS_SET(&act->command.fields, FROM, from, USHER_TEXT("+380671234567"));
    return act_by_pbx(actor, act, IN(WAITING) | IN(OFFERED) | IN(RINGING));
}

bool act_follow_up(struct actor *actor, struct act *act)
{
    if (!act_of_agent(actor, act, IN(TALKING) | IN(WRAPPING)))
        return false;
    USHER_FIELDS_SET(&act->command.fields, QUEUE, queue, actor->model->rules->queues[0].name);
    if (chance_is(&actor->chance, 50))
        USHER_FIELDS_SET(&act->command.fields, DUE_MS, due_ms,
                         actor->world->now_ms + 1000 * chance_between(&actor->chance, -10, 600));
    return true;
}

/* One that was transferred when a PBX had dialled the customer, told of by that PBX. */
static bool set_dialled(struct actor *actor, struct act *act)
{
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++) {
        const struct model_contact *contact = &actor->model->contacts[i];
        if (contact->state == MODEL_GONE || contact->dialled.offer[0] == '\0')
            continue;
        act_set_contact(act, contact);
        act->command.role = USHER_ROLE_PBX;
        act->command.client = usher_text_of(actor->model->clients[contact->client].name);
        snprintf(act->offer, sizeof(act->offer), "%s", contact->dialled.offer);
        USHER_FIELDS_SET(&act->command.fields, OFFER, offer, usher_text_of(act->offer));
        return true;
    }
    return false;
}

/* The customer of a call that we made, told of by the PBX or the desk that dials. */
bool act_miss(struct actor *actor, struct act *act)
{
    static const char *const reasons[] = {"busy", "no_answer", "error"};
    if (chance_is(&actor->chance, 80) && set_dialled(actor, act)) {
        USHER_FIELDS_SET(&act->command.fields, REASON, reason, ACT_PICK(actor, reasons));
        return true;
    }
    bool is_by_desk = chance_is(&actor->chance, 50);
    if (!(is_by_desk ? act_of_agent : act_by_pbx)(actor, act, IN(TALKING) | IN(HELD)))
        return false;
    act_set_offer(actor, act);
    USHER_FIELDS_SET(&act->command.fields, REASON, reason, ACT_PICK(actor, reasons));
    return true;
}

bool act_desk_end(struct actor *actor, struct act *act)
{
    return act_of_agent(actor, act, IN(TALKING));
}
