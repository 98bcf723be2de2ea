/* Each check is one that some other file would otherwise have to make at every use. */
#include "engine/sound.h"

#include "wire/json.h"
#include "wire/members.h"

bool usher_sound_is_time(int64_t ms)
{
    return ms >= 0 && ms <= INT64_C(1) << 53;
}

/* The reader of JSON takes only what was checked. */
static bool is_json(struct usher_text text)
{
    struct usher_json_problem problem;
    return !text.at || usher_json_check(text, USHER_DEPTH_MAX, &problem);
}

/* Who leaves is there, and goes somewhere; a break that ends by itself is one; a desk is lost by
 * those who are there. */
static bool are_leases_sound(const struct usher_agent *agent)
{
    bool is_leaving = agent->leaving_to != USHER_AGENT_NONE;
    return agent->leaving_to != USHER_AGENT_READY &&
           (!is_leaving || agent->state != USHER_AGENT_SIGNED_OUT) &&
           (agent->away_until_ms == 0 || agent->state == USHER_AGENT_NOT_READY) &&
           (agent->desk_until_ms == 0 || agent->desk_state == USHER_DESK_LOST) &&
           (agent->desk_state != USHER_DESK_LOST || agent->state != USHER_AGENT_SIGNED_OUT);
}

bool usher_sound_agent(const struct usher_agent *agent, int64_t now_ms)
{
    struct usher_fields fields = {0};
    if (agent->skills)
        USHER_FIELDS_SET(&fields, SKILLS, skills, usher_text_of(agent->skills));
    if (agent->capacity)
        USHER_FIELDS_SET(&fields, CAPACITY, capacity, usher_text_of(agent->capacity));
    return agent->id[0] != '\0' && agent->state != USHER_AGENT_NONE &&
           agent->phone_state != USHER_PHONE_NONE && is_json(fields.skills) &&
           is_json(fields.capacity) && usher_members_is_in_bounds(&fields) &&
           agent->since_ms <= now_ms && agent->idle_since_ms <= now_ms && are_leases_sound(agent);
}

/* A contact is called by the name of whose it was first: one of ours, or one whose customer another
 * PBX has dialled, may be anybody's now. */
static bool is_of_its_client(const struct usher_engine *engine, const struct usher_contact *contact)
{
    struct usher_text id = usher_text_of(contact->id);
    struct usher_text client = usher_contact_id_client(id);
    struct usher_text name = usher_text_of(engine->clients.list[contact->client].name);
    bool is_elsewhere = contact->is_ours || contact->channel == USHER_CHANNEL_VOICE;
    return client.at && (is_elsewhere || usher_text_is_equal(client, name)) &&
           id.length > client.length + 1;
}

static bool are_texts_sound(const struct usher_contact *contact)
{
    struct usher_fields fields = {0};
    usher_contact_tell(contact, &fields);
    if (contact->zone.at)
        USHER_FIELDS_SET(&fields, ZONE, zone, contact->zone);
    USHER_FIELDS_SET(&fields, SKILLS, skills, usher_text_of(contact->skills));
    return usher_members_is_in_bounds(&fields) && is_json(contact->data) &&
           is_json(contact->memory) && is_json(fields.skills);
}

static bool are_times_sound(const struct usher_contact *contact, int64_t now_ms)
{
    bool is_scheduled = contact->state == USHER_CONTACT_SCHEDULED;
    int64_t place_max_ms = is_scheduled ? contact->until_ms : now_ms;
    return contact->arrived_ms <= now_ms && contact->place_ms <= place_max_ms &&
           contact->since_ms <= now_ms && contact->idle_before_ms <= now_ms &&
           contact->answered_ms <= now_ms && contact->waited_ms <= now_ms;
}

/* Or nobody. */
static bool is_agent(const struct usher_engine *engine, uint32_t index)
{
    return index == UINT32_MAX || index < engine->floor.agents_count;
}

/* Only who goes on as a call was something else before. */
static bool is_dialled_sound(const struct usher_contact *contact)
{
    const struct usher_dialled *dialled = &contact->dialled;
    return (dialled->offer.epoch == 0 || !contact->is_ours) && dialled->offer.epoch <= INT32_MAX &&
           dialled->offer.seq <= INT64_MAX && dialled->attempts_count >= 0 &&
           dialled->attempts_count <= USHER_ATTEMPTS_MAX && dialled->attempts_max >= 0 &&
           dialled->attempts_max <= USHER_ATTEMPTS_MAX;
}

bool usher_sound_contact(const struct usher_engine *engine, const struct usher_contact *contact,
                         bool has_agent)
{
    enum usher_contact_state state = contact->state;
    bool is_wrapping = state == USHER_CONTACT_WRAPPING;
    bool is_offer = usher_contact_state_is_offer(state);
    bool is_with_agent = is_offer || is_wrapping || usher_contact_state_is_talk(state);
    bool are_agents_known = is_agent(engine, contact->transferred_by) &&
                            is_agent(engine, contact->meant_for) &&
                            (contact->meant_until_ms == 0 || contact->meant_for != UINT32_MAX);
    bool is_scheduled = state == USHER_CONTACT_SCHEDULED;
    bool is_leased = is_offer || is_wrapping || is_scheduled;
    bool is_last_agent_known = contact->last_agent < engine->floor.agents_count ||
                               (contact->last_agent == UINT32_MAX && !has_agent);
    return (is_with_agent || is_scheduled || state == USHER_CONTACT_WAITING) &&
           is_dialled_sound(contact) && has_agent == is_with_agent &&
           is_leased == (contact->until_ms != 0) && is_last_agent_known && are_agents_known &&
           contact->channel != USHER_CHANNEL_NONE && contact->attempts_count >= 0 &&
           contact->attempts_count <= USHER_ATTEMPTS_MAX && contact->attempts_max >= 0 &&
           contact->attempts_max <= USHER_ATTEMPTS_MAX &&
           is_scheduled == (contact->pause != USHER_PAUSE_NONE) &&
           (contact->is_ours || (!is_scheduled && contact->call_until_ms == 0)) &&
           contact->offer.epoch <= INT32_MAX && contact->offer.seq <= INT64_MAX &&
           is_of_its_client(engine, contact) && are_texts_sound(contact) &&
           are_times_sound(contact, engine->last_ms);
}
