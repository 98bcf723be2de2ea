/* Events, one function for each kind: is it possible in the state before it, and what does it
 * change. */
#include "simulation/model.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/codec.h"

#define COOL_DOWN_MS  60000
#define SETTLE_MS     1000
#define RING_GRACE_MS 2000

bool model_fail(struct model *model, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(model->what, sizeof(model->what), format, arguments);
    va_end(arguments);
    return false;
}

const char *model_state_name(enum model_state state)
{
    static const char *const names[MODEL_STATE_COUNT] = {
        "gone", "waiting", "offered", "ringing", "talking", "held", "wrapping", "scheduled"};
    return names[state];
}

void model_open(struct model *model, const struct world *world)
{
    memset(model, 0, sizeof(*model));
    model->world = world;
    model->last = (struct usher_number){1, 1}; /* the world's router.started */
    model->stepped_ms = world->now_ms;
}

void model_close(struct model *model)
{
    for (size_t i = 0; i < model->pools_count; i++)
        usher_pool_fini(&model->pools[i].lib);
    usher_rules_free(model->rules);
}

size_t model_find_agent(const struct model *model, struct usher_text id)
{
    for (size_t i = 0; i < model->agents_count && id.at; i++)
        if (usher_text_is_equal(usher_text_of(model->agents[i].id), id))
            return i;
    return MODEL_NONE;
}

size_t model_find_contact(const struct model *model, struct usher_text id)
{
    for (size_t i = 0; i < MODEL_CONTACTS_MAX && id.at; i++)
        if (model->contacts[i].state != MODEL_GONE &&
            usher_text_is_equal(usher_text_of(model->contacts[i].id), id))
            return i;
    return MODEL_NONE;
}

size_t model_find_client(struct model *model, struct usher_text name)
{
    for (size_t i = 0; i < model->clients_count; i++)
        if (usher_text_is_equal(usher_text_of(model->clients[i].name), name))
            return i;
    snprintf(model->clients[model->clients_count].name, sizeof(model->clients[0].name), "%.*s",
             USHER_TEXT_ARGS(name));
    return model->clients_count++;
}

void model_keep(char *room, size_t room_size, struct usher_text text)
{
    snprintf(room, room_size, "%.*s", USHER_TEXT_ARGS(text));
}

static bool is_offer(const struct model_contact *contact)
{
    return contact->state == MODEL_OFFERED || contact->state == MODEL_RINGING;
}

bool model_is_talk(const struct model_contact *contact)
{
    return contact->state == MODEL_TALKING || contact->state == MODEL_HELD;
}

void model_set_state(struct model_contact *contact, enum model_state state, int64_t at_ms)
{
    if (contact->state == MODEL_WAITING || is_offer(contact))
        contact->waited_ms += at_ms - contact->since_ms;
    contact->state = state;
    contact->since_ms = at_ms;
    contact->until_ms = 0;
}

bool model_refuse(struct model *model, const struct model_contact *contact)
{
    return model_fail(model, "not possible: %s is %s", contact->id,
                      model_state_name(contact->state));
}

static struct usher_text text_or_none(const char *text)
{
    return text[0] ? usher_text_of(text) : USHER_NO_TEXT;
}

struct usher_facts model_facts(const struct model_contact *contact)
{
    return (struct usher_facts){.channel = contact->channel,
                                .from = text_or_none(contact->from),
                                .to = text_or_none(contact->to),
                                .data = text_or_none(contact->data),
                                .customer = text_or_none(contact->memory),
                                .skills = text_or_none(contact->skills)};
}

static struct model_contact *model_free_place(struct model *model)
{
    for (size_t i = 0; i < MODEL_CONTACTS_MAX; i++)
        if (model->contacts[i].state == MODEL_GONE)
            return &model->contacts[i];
    return NULL;
}

struct model_contact *model_new_contact(struct model *model, const struct usher_event *event,
                                        enum model_state state)
{
    const struct usher_fields *fields = &event->fields;
    const char *slash = memchr(fields->contact.at, '/', fields->contact.length);
    struct model_contact *contact = model_free_place(model);
    if (!contact || !slash)
        return NULL;
    *contact = (struct model_contact){.state = state,
                                      .agent = MODEL_NONE,
                                      .served_by = MODEL_NONE,
                                      .serial = ++model->serial,
                                      .since_ms = event->at_ms};
    model_keep(contact->id, sizeof(contact->id), fields->contact);
    model_keep(contact->from, sizeof(contact->from), fields->from);
    model_keep(contact->to, sizeof(contact->to), fields->to);
    model_keep(contact->data, sizeof(contact->data), fields->data);
    model_keep(contact->customer, sizeof(contact->customer), fields->customer);
    contact->client = model_find_client(
        model, (struct usher_text){fields->contact.at, (size_t)(slash - fields->contact.at)});
    contact->channel = usher_channel_find(fields->channel);
    contact->queue = usher_rules_find_queue(model->rules, fields->queue);
    contact->tier = usher_rules_find_tier(model->rules, fields->tier);
    contact->place_ms = fields->place_ms;
    return contact;
}

static bool on_arrived(struct model *model, const struct usher_event *event,
                       struct model_contact *contact, size_t agent)
{
    const struct usher_fields *fields = &event->fields;
    (void)agent;
    if (contact)
        return model_fail(model, "a live contact arrives");
    contact = model_new_contact(model, event, MODEL_WAITING);
    if (!contact || fields->place_ms > event->at_ms)
        return model_fail(model, "an arrival that cannot be");
    contact->served_by = model_find_agent(model, fields->last_agent);
    contact->served_ms = fields->last_ms;
    contact->arrived_ms = fields->since_ms;
    contact->due_ms = fields->due_ms;
    contact->waited_ms = event->at_ms - contact->arrived_ms;
    if (usher_fields_has(fields, USHER_FIELD_WAITED_MS))
        contact->leg_ms = contact->arrived_ms; /* the place is that of another, and older */
    if (!model_take_known(model, event, contact))
        return false;
    contact->class = model_class(model, contact, event->at_ms);
    model_note_arrival(model, contact->class, event->at_ms);
    return true;
}

static bool on_offered(struct model *model, const struct usher_event *event,
                       struct model_contact *contact, size_t agent)
{
    if (contact->state != MODEL_WAITING)
        return model_refuse(model, contact);
    if (!model_check_offer(model, event, (size_t)(contact - model->contacts), agent))
        return false;
    if (contact->is_ours && !model_take_ringer(model, event, contact))
        return false;
    bool is_phone = model_is_rung(contact);
    int64_t ring_ms = model->rules->queues[contact->queue].ring_ms;
    if (event->fields.ring_ms != ring_ms ||
        event->fields.until_ms != event->at_ms + ring_ms + (is_phone ? RING_GRACE_MS : 0) ||
        !usher_text_is_equal(event->fields.accept,
                             is_phone ? USHER_TEXT("phone") : USHER_TEXT("desk")))
        return model_fail(model, "the offer of %s has a wrong lease", contact->id);
    model_set_state(contact, MODEL_OFFERED, event->at_ms);
    model_keep(contact->offer, sizeof(contact->offer), event->fields.offer);
    contact->until_ms = event->fields.until_ms;
    contact->settle_until_ms = 0;
    contact->agent = agent;
    contact->idle_before_ms = model->agents[agent].idle_since_ms;
    model->agents[agent].idle_since_ms = event->at_ms;
    if (event->fields.waited_ms != contact->waited_ms)
        return model_fail(model, "%s has waited %lld ms", contact->id,
                          (long long)contact->waited_ms);
    return true;
}

static bool on_ringing(struct model *model, const struct usher_event *event,
                       struct model_contact *contact, size_t agent)
{
    if (contact->state != MODEL_OFFERED || contact->agent != agent)
        return model_refuse(model, contact);
    int64_t until_ms = contact->until_ms;
    model_set_state(contact, MODEL_RINGING, event->at_ms);
    contact->until_ms = until_ms;
    return true;
}

/* The PBX is right: it may connect an agent who was not asked, or not any more, but then no other
 * offer is open. */
static bool on_answered(struct model *model, const struct usher_event *event,
                        struct model_contact *contact, size_t agent)
{
    if (contact->state != MODEL_WAITING && (!is_offer(contact) || contact->agent != agent))
        return model_refuse(model, contact);
    if (is_offer(contact) &&
        !usher_text_is_equal(event->fields.offer, usher_text_of(contact->offer)))
        return model_fail(model, "%s answers another offer than the open one", contact->id);
    if (contact->state == MODEL_WAITING)
        contact->idle_before_ms = model->agents[agent].idle_since_ms;
    if (!model_end_told(model, event, contact))
        return false;
    model_set_state(contact, MODEL_TALKING, event->at_ms);
    model_keep(contact->offer, sizeof(contact->offer), event->fields.offer);
    contact->settle_until_ms = 0;
    contact->agent = agent;
    contact->answered_ms = event->at_ms;
    contact->declines_count = 0;
    contact->meant_until_ms = 0;
    model->agents[agent].idle_since_ms = event->at_ms;
    return true;
}

static bool on_talk(struct model *model, const struct usher_event *event,
                    struct model_contact *contact, size_t agent)
{
    enum model_state from = event->kind == USHER_EVENT_CONTACT_HELD ? MODEL_TALKING : MODEL_HELD;
    if (contact->state != from || contact->agent != agent)
        return model_refuse(model, contact);
    model_set_state(contact, from == MODEL_TALKING ? MODEL_HELD : MODEL_TALKING, event->at_ms);
    return true;
}

static bool on_wrapping(struct model *model, const struct usher_event *event,
                        struct model_contact *contact, size_t agent)
{
    if (!model_is_talk(contact) || contact->agent != agent)
        return model_refuse(model, contact);
    model_set_state(contact, MODEL_WRAPPING, event->at_ms);
    contact->until_ms = event->fields.until_ms;
    if (contact->until_ms != event->at_ms + model->rules->queues[contact->queue].wrap_up_ms)
        return model_fail(model, "the wrap-up of %s has a wrong lease", contact->id);
    return true;
}

static bool on_extended(struct model *model, const struct usher_event *event,
                        struct model_contact *contact, size_t agent)
{
    const struct usher_queue *queue = &model->rules->queues[contact->queue];
    if (contact->state != MODEL_WRAPPING || contact->agent != agent)
        return model_refuse(model, contact);
    if (event->fields.until_ms != contact->until_ms + queue->extend_ms ||
        event->fields.count > queue->extend_max)
        return model_fail(model, "the wrap-up of %s is extended by more than the rules allow",
                          contact->id);
    contact->until_ms = event->fields.until_ms;
    return true;
}

/* Where one is required, none is missing; and it is one of the rules'. */
static bool check_disposition(struct model *model, const struct model_contact *contact,
                              struct usher_text given)
{
    const struct usher_queue *queue = &model->rules->queues[contact->queue];
    bool is_none = usher_text_is_equal(given, USHER_TEXT("none"));
    if (contact->state != MODEL_WRAPPING)
        return true;
    if (given.length == 0 ? queue->needs_disposition
                          : !is_none && !usher_dispositions_has(&queue->dispositions, given))
        return model_fail(model, "%s ends with the disposition \"%.*s\"", contact->id,
                          USHER_TEXT_ARGS(given));
    return true;
}

static bool on_gone(struct model *model, const struct usher_event *event,
                    struct model_contact *contact, size_t agent)
{
    bool was_served = model_is_talk(contact) || contact->state == MODEL_WRAPPING;
    if (event->kind == USHER_EVENT_CONTACT_ABANDONED && (was_served || contact->is_ours))
        return model_refuse(model, contact);
    if (event->kind == USHER_EVENT_CONTACT_ABANDONED && !model_end_told(model, event, contact))
        return false;
    if (contact->agent != agent)
        return model_fail(model, "%s ends with another agent than its own", contact->id);
    if (!check_disposition(model, contact, event->fields.disposition))
        return false;
    if (agent != MODEL_NONE)
        model->agents[agent].idle_since_ms = was_served ? event->at_ms : contact->idle_before_ms;
    if (was_served && !contact->is_parted)
        model_note_handled(model, contact->class, event->at_ms - contact->answered_ms);
    contact->state = MODEL_GONE;
    contact->agent = MODEL_NONE;
    return true;
}

static void remember_decline(struct model_contact *contact, size_t agent, int64_t until_ms)
{
    size_t place = contact->declines_count;
    for (size_t i = 0; i < contact->declines_count; i++)
        if (contact->declines[i].agent == agent)
            place = i;
    if (place == MODEL_DECLINES_MAX) {
        place = 0;
        for (size_t i = 1; i < MODEL_DECLINES_MAX; i++)
            if (contact->declines[i].until_ms < contact->declines[place].until_ms)
                place = i;
    }
    contact->declines[place] = (struct model_decline){agent, until_ms};
    if (place == contact->declines_count)
        contact->declines_count++;
}

static bool on_offer_over(struct model *model, const struct usher_event *event,
                          struct model_contact *contact, size_t agent)
{
    bool is_withdrawn = event->kind == USHER_EVENT_OFFER_WITHDRAWN;
    bool is_open = (is_offer(contact) || (is_withdrawn && model_is_talk(contact))) &&
                   usher_text_is_equal(event->fields.offer, usher_text_of(contact->offer));
    if (!is_open && !is_withdrawn)
        return model_refuse(model, contact);
    if (is_open) {
        if (contact->agent != agent)
            return model_fail(model, "the offer of %s is another agent's", contact->id);
        if (event->kind == USHER_EVENT_OFFER_EXPIRED && event->at_ms < contact->until_ms)
            return model_fail(model, "the offer of %s expires too early", contact->id);
        if (!is_withdrawn && event->fields.until_ms != event->at_ms + COOL_DOWN_MS)
            return model_fail(model, "a cool-down of %s that is not a minute", contact->id);
        model_set_state(contact, MODEL_WAITING, event->at_ms);
        contact->agent = MODEL_NONE;
        model->agents[agent].idle_since_ms = is_withdrawn ? contact->idle_before_ms : event->at_ms;
        if (!is_withdrawn)
            remember_decline(contact, agent, event->fields.until_ms);
        if (!is_withdrawn || !model->agents[agent].is_signed_in)
            contact->meant_until_ms = 0;
    }
    if (contact->state == MODEL_WAITING && model_is_rung(contact) &&
        event->kind != USHER_EVENT_OFFER_FAILED)
        contact->settle_until_ms = event->at_ms + SETTLE_MS;
    return true;
}

static bool on_settled(struct model *model, const struct usher_event *event,
                       struct model_contact *contact, size_t agent)
{
    (void)model;
    (void)event;
    (void)agent;
    contact->settle_until_ms = 0;
    return true;
}

static bool on_nothing(struct model *model, const struct usher_event *event,
                       struct model_contact *contact, size_t agent)
{
    (void)model;
    (void)event;
    (void)contact;
    (void)agent;
    return true;
}

static const model_apply table[USHER_EVENT_COUNT] = {
    [USHER_EVENT_ROUTER_STARTED] = on_nothing,
    [USHER_EVENT_ROUTER_HEARTBEAT] = on_nothing,
    [USHER_EVENT_RULES_LOADED] = model_on_rules,
    [USHER_EVENT_LINK_LOST] = model_on_link,
    [USHER_EVENT_LINK_REGAINED] = model_on_link,
    [USHER_EVENT_AGENT_PROFILED] = model_on_profile,
    [USHER_EVENT_AGENT_SIGNED_IN] = model_on_agent,
    [USHER_EVENT_AGENT_READY] = model_on_agent,
    [USHER_EVENT_AGENT_NOT_READY] = model_on_agent,
    [USHER_EVENT_AGENT_SIGNED_OUT] = model_on_agent,
    [USHER_EVENT_AGENT_DESK] = model_on_desk,
    [USHER_EVENT_AGENT_LEAVING] = model_on_leaving,
    [USHER_EVENT_AGENT_PHONE] = model_on_phone,
    [USHER_EVENT_CONTACT_ARRIVED] = on_arrived,
    [USHER_EVENT_CONTACT_MOVED] = model_on_moved,
    [USHER_EVENT_CONTACT_PROMISED] = model_on_promised,
    [USHER_EVENT_CONTACT_TRANSFERRED] = model_on_transferred,
    [USHER_EVENT_CONTACT_PARTED] = model_on_parted,
    [USHER_EVENT_CONTACT_SCHEDULED] = model_on_scheduled,
    [USHER_EVENT_CONTACT_DUE] = model_on_due,
    [USHER_EVENT_CONTACT_POSTPONED] = model_on_postponed,
    [USHER_EVENT_CONTACT_EXPIRED] = model_on_expired,
    [USHER_EVENT_CALLBACK_OFFERED] = model_on_asked,
    [USHER_EVENT_CONTACT_DIAL] = model_on_dial,
    [USHER_EVENT_CONTACT_OFFERED] = on_offered,
    [USHER_EVENT_CONTACT_RINGING] = on_ringing,
    [USHER_EVENT_CONTACT_ANSWERED] = on_answered,
    [USHER_EVENT_CONTACT_HELD] = on_talk,
    [USHER_EVENT_CONTACT_RESUMED] = on_talk,
    [USHER_EVENT_CONTACT_WRAPPING] = on_wrapping,
    [USHER_EVENT_CONTACT_DONE] = on_gone,
    [USHER_EVENT_CONTACT_ABANDONED] = on_gone,
    [USHER_EVENT_CONTACT_OVERFLOWED] = model_on_overflowed,
    [USHER_EVENT_CONTACT_REFUSED] = model_on_refused,
    [USHER_EVENT_QUEUE_CLOSED] = model_on_queue,
    [USHER_EVENT_QUEUE_OPENED] = model_on_queue,
    [USHER_EVENT_SWITCH_SET] = model_on_switch,
    [USHER_EVENT_CONTACT_EXTENDED] = on_extended,
    [USHER_EVENT_CONTACT_NOTED] = on_nothing,
    [USHER_EVENT_CUSTOMER_KNOWN] = model_on_known,
    [USHER_EVENT_CUSTOMER_ERASED] = model_on_erased,
    [USHER_EVENT_OFFER_DECLINED] = on_offer_over,
    [USHER_EVENT_OFFER_FAILED] = on_offer_over,
    [USHER_EVENT_OFFER_EXPIRED] = on_offer_over,
    [USHER_EVENT_OFFER_WITHDRAWN] = on_offer_over,
    [USHER_EVENT_OFFER_SETTLED] = on_settled,
};

/* Of a contact that comes to be. */
static bool makes_contact(enum usher_event_kind kind)
{
    return kind == USHER_EVENT_CONTACT_ARRIVED || kind == USHER_EVENT_CONTACT_SCHEDULED ||
           kind == USHER_EVENT_CONTACT_PARTED || kind == USHER_EVENT_CONTACT_REFUSED;
}

static bool needs_agent(enum usher_event_kind kind)
{
    return usher_event_row(kind)->needed & USHER_FIELD_BIT(AGENT) &&
           kind != USHER_EVENT_AGENT_PROFILED;
}

static bool take_event(struct model *model, const struct usher_event *event)
{
    const struct usher_event_row *row = usher_event_row(event->kind);
    size_t agent = model_find_agent(model, event->fields.agent);
    size_t contact = model_find_contact(model, event->fields.contact);
    bool is_next = event->n.epoch == model->last.epoch
                       ? event->n.seq == model->last.seq + 1
                       : event->n.epoch > model->last.epoch && event->n.seq == 1;
    if (!table[event->kind])
        return model_fail(model, "no event of the journal");
    if (!is_next || event->at_ms != model->world->now_ms)
        return model_fail(model, "a wrong number or time");
    if (needs_agent(event->kind) && agent == MODEL_NONE)
        return model_fail(model, "an unknown agent");
    if (row->needed & USHER_FIELD_BIT(CONTACT) && contact == MODEL_NONE &&
        !makes_contact(event->kind) && event->kind != USHER_EVENT_CUSTOMER_KNOWN)
        return model_fail(model, "an unknown contact");
    model->last = event->n;
    model->events_count++;
    if (!table[event->kind](model, event, contact == MODEL_NONE ? NULL : &model->contacts[contact],
                            agent))
        return false;
    if (model->rules)
        model_recount(model, event->at_ms);
    return true;
}

bool model_take(struct model *model, struct usher_text lines)
{
    static struct usher_scratch scratch;
    const char *at = lines.at;
    const char *end = at + lines.length;
    model_count_due(model);
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        struct usher_text line = {at, (size_t)(newline - at)};
        struct usher_event event;
        struct usher_answer answer = {0};
        if (!usher_event_decode(line, &scratch, &event, &answer))
            return model_fail(model, "a line that cannot be read: %s", answer.message);
        if (!take_event(model, &event)) {
            char why[1024];
            snprintf(why, sizeof(why), "%.1000s", model->what);
            return model_fail(model, "%s\n  at %.*s", why,
                              (int)(line.length < 900 ? line.length : 900), line.at);
        }
        at = newline + 1;
    }
    if (model->known_contact[0] != '\0')
        return model_fail(model, "%s was told of and did not arrive", model->known_contact);
    return true;
}
