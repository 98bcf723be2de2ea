/* An agent who looks at whom to call could take a customer who comes to us meanwhile: nobody waits
 * for that call yet, so it steps back. */
#include "engine/preview.h"

#include "engine/dispatch.h"
#include "engine/moves.h"
#include "routing/gate.h"

#define CUSTOMER_WAITS "customer_waits"

/* Whether the agent could be offered the contact, were the preview not in hand. */
static bool could_take(const struct usher_engine *engine, const struct usher_contact *contact,
                       const struct usher_agent *agent, int64_t now_ms)
{
    struct usher_agent freed = *agent;
    freed.active[USHER_CHANNEL_OUTBOUND]--;
    if (!usher_agent_is_serving(agent) || agent->phone_state != USHER_PHONE_IDLE ||
        !usher_agent_has_desk_for(agent, contact->channel) ||
        !usher_floor_has_room(&engine->floor, &freed, contact->channel))
        return false;
    if (!usher_list_is_empty(&contact->of_meant))
        return contact->meant_for == agent->index;
    return contact->class && contact->class->match[agent->index] != USHER_MATCH_NONE &&
           !usher_match_is_excluded(&engine->floor, contact, agent, now_ms) &&
           usher_gate_is_open(&engine->floor, contact, agent, now_ms);
}

static bool is_better(const struct usher_contact *contact, const struct usher_agent *agent,
                      const struct usher_agent *best)
{
    if (!best)
        return true;
    int one = contact->class ? contact->class->match[agent->index] : 0;
    int other = contact->class ? contact->class->match[best->index] : 0;
    return one > other || (one == other && agent->index < best->index);
}

void usher_preview_yield(struct usher_engine *engine, const struct usher_contact *contact,
                         int64_t now_ms)
{
    struct usher_contact *preview = NULL;
    if (usher_list_is_empty(&engine->previews) || !usher_channel_is_live(contact->channel))
        return;
    if (contact->class)
        usher_floor_refresh(&engine->floor, contact->class);
    usher_list_for_each (node, &engine->previews) {
        struct usher_contact *other = usher_list_entry(node, struct usher_contact, of_previews);
        if (could_take(engine, contact, other->agent, now_ms) &&
            is_better(contact, other->agent, preview ? preview->agent : NULL))
            preview = other;
    }
    if (!preview)
        return;
    struct usher_agent *agent = preview->agent;
    usher_withdraw_offer(engine, preview, CUSTOMER_WAITS, now_ms);
    usher_dispatch_agent(engine, agent, now_ms);
    usher_dispatch_contact(engine, preview, now_ms);
}
