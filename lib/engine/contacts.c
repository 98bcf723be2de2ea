/* The table of contacts, and what holds for one of them beside its state: line, deadline, the lists
 * it stands in. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/leave.h"

void usher_engine_slice_contact(struct usher_engine *engine, struct usher_contact *contact)
{
    usher_list_remove(&contact->of_slice);
    /* Contacts that came one after the other lie side by side in memory, and are read together. */
    uint64_t slice = contact->serial / USHER_DIGEST_BLOCK % USHER_DIGEST_SLICES;
    usher_list_append(&engine->slices[slice], &contact->of_slice);
}

struct usher_contact *usher_engine_new_contact(struct usher_engine *engine)
{
    if (engine->free_slots_count == 0)
        return NULL;
    uint32_t slot = engine->free_slots[--engine->free_slots_count];
    struct usher_contact *contact = &engine->contacts[slot];
    memset(contact, 0, sizeof(*contact));
    contact->slot = slot;
    contact->serial = ++engine->serial_last;
    contact->lease.tie = contact->serial;
    contact->last_agent = contact->meant_for = contact->transferred_by = UINT32_MAX;
    usher_list_init(&contact->in_line);
    usher_list_init(&contact->in_legs);
    usher_list_init(&contact->in_hopes);
    usher_list_init(&contact->in_waits);
    usher_list_init(&contact->of_agent);
    usher_list_init(&contact->of_client);
    usher_list_init(&contact->live);
    usher_list_init(&contact->declined);
    usher_list_init(&contact->of_previews);
    usher_list_init(&contact->of_customer);
    usher_list_init(&contact->of_meant);
    usher_list_init(&contact->of_slice);
    usher_list_append(&engine->live, &contact->live);
    usher_engine_slice_contact(engine, contact);
    return contact;
}

static void leave_meant(struct usher_engine *engine, struct usher_contact *contact)
{
    if (usher_list_is_empty(&contact->of_meant))
        return;
    usher_list_remove(&contact->of_meant);
    engine->meant_count--;
}

void usher_engine_free_contact(struct usher_engine *engine, struct usher_contact *contact)
{
    assert(!contact->agent && usher_list_is_empty(&contact->in_line));
    usher_heap_remove(&engine->deadlines, &contact->lease);
    usher_list_remove(&contact->live);
    usher_list_remove(&contact->of_slice);
    usher_list_remove(&contact->of_client);
    usher_list_remove(&contact->declined);
    usher_list_remove(&contact->of_previews);
    usher_list_remove(&contact->of_customer);
    leave_meant(engine, contact);
    usher_table_remove(&engine->contacts_by_id, contact);
    free(contact->texts);
    free(contact->note);
    free(contact->skills);
    engine->free_slots[engine->free_slots_count++] = contact->slot;
}

bool usher_contact_keep_texts(struct usher_contact *contact, const struct usher_fields *fields)
{
    struct usher_text *kept[] = {&contact->from,     &contact->to,      &contact->data,
                                 &contact->customer, &contact->case_id, &contact->campaign,
                                 &contact->zone,     &contact->memory};
    struct usher_text given[] = {fields->from,    fields->to,       fields->data, fields->customer,
                                 fields->case_id, fields->campaign, fields->zone, fields->memory};
    size_t length = 1;
    for (size_t i = 0; i < USHER_COUNT_OF(given); i++)
        length += given[i].length;
    char *texts = malloc(length);
    char *at = texts;
    if (!texts)
        return false;
    for (size_t i = 0; i < USHER_COUNT_OF(given); i++) {
        if (given[i].length > 0)
            memcpy(at, given[i].at, given[i].length);
        *kept[i] = given[i].at ? (struct usher_text){at, given[i].length} : USHER_NO_TEXT;
        at += given[i].length;
    }
    free(contact->texts);
    contact->texts = texts;
    return true;
}

struct usher_fields usher_contact_texts(const struct usher_contact *contact)
{
    return (struct usher_fields){.from = contact->from,
                                 .to = contact->to,
                                 .data = contact->data,
                                 .customer = contact->customer,
                                 .case_id = contact->case_id,
                                 .campaign = contact->campaign,
                                 .zone = contact->zone,
                                 .memory = contact->memory};
}

void usher_contact_tell(const struct usher_contact *contact, struct usher_fields *fields)
{
    if (contact->from.at)
        USHER_FIELDS_SET(fields, FROM, from, contact->from);
    if (contact->to.at)
        USHER_FIELDS_SET(fields, TO, to, contact->to);
    if (contact->data.at)
        USHER_FIELDS_SET(fields, DATA, data, contact->data);
    if (contact->customer.at)
        USHER_FIELDS_SET(fields, CUSTOMER, customer, contact->customer);
    if (contact->memory.at)
        USHER_FIELDS_SET(fields, MEMORY, memory, contact->memory);
    if (contact->is_repeat)
        USHER_FIELDS_SET(fields, REPEAT, repeat, 1);
    if (contact->case_id.at)
        USHER_FIELDS_SET(fields, CASE_ID, case_id, contact->case_id);
    if (contact->campaign.at)
        USHER_FIELDS_SET(fields, CAMPAIGN, campaign, contact->campaign);
    if (contact->note)
        USHER_FIELDS_SET(fields, NOTE, note, usher_text_of(contact->note));
}

void usher_contact_give(struct usher_contact *contact, struct usher_agent *agent)
{
    assert(!contact->agent);
    contact->agent = agent;
    contact->last_agent = agent->index;
    agent->active[contact->channel]++;
    usher_list_append(&agent->contacts, &contact->of_agent);
}

void usher_contact_take_away(struct usher_contact *contact)
{
    if (!contact->agent)
        return;
    contact->agent->active[contact->channel]--;
    usher_list_remove(&contact->of_agent);
    contact->agent = NULL;
}

bool usher_engine_may_offer(const struct usher_engine *engine, const struct usher_contact *contact,
                            int64_t now_ms)
{
    if (contact->state != USHER_CONTACT_WAITING || !contact->class ||
        contact->settle_until_ms > now_ms || usher_site_is_closed(&engine->site, contact->queue))
        return false;
    if (contact->is_ours)
        return !usher_contact_is_over(contact, now_ms) &&
               (contact->call_until_ms == 0 || contact->call_until_ms > now_ms);
    return !engine->clients.list[contact->client].is_lost;
}

/* When it waits for its customer's last agent no longer; INT64_MAX when it does not wait for him.
 */
static int64_t wait_over_ms(const struct usher_contact *contact, int64_t now_ms)
{
    const struct usher_class *class = contact->class;
    bool may_wait = class && class->wait_ms > 0 && usher_class_last_agent(class, contact);
    int64_t over_ms = may_wait ? usher_contact_leg_since_ms(contact) + class->wait_ms : INT64_MAX;
    return over_ms > now_ms ? over_ms : INT64_MAX;
}

bool usher_engine_can_offer(const struct usher_engine *engine, const struct usher_contact *contact,
                            int64_t now_ms)
{
    return usher_engine_may_offer(engine, contact, now_ms) &&
           !usher_contact_is_meant(contact, now_ms);
}

static int64_t deadline_of(const struct usher_engine *engine, const struct usher_contact *contact,
                           int64_t now_ms)
{
    if (contact->until_ms != 0)
        return contact->until_ms;
    if (contact->state != USHER_CONTACT_WAITING)
        return INT64_MAX;
    int64_t next_ms = usher_contact_next_cool_down_ms(contact, now_ms);
    int64_t over_ms = wait_over_ms(contact, now_ms);
    next_ms = over_ms < next_ms ? over_ms : next_ms;
    if (contact->settle_until_ms > now_ms && contact->settle_until_ms < next_ms)
        next_ms = contact->settle_until_ms;
    if (contact->not_after_ms != 0 && contact->not_after_ms < next_ms)
        next_ms = contact->not_after_ms;
    if (contact->call_until_ms != 0 && contact->call_until_ms < next_ms)
        next_ms = contact->call_until_ms;
    if (contact->meant_until_ms > now_ms && contact->meant_until_ms < next_ms)
        next_ms = contact->meant_until_ms;
    int64_t leave_ms = usher_leave_deadline_ms(engine, contact, now_ms);
    return leave_ms < next_ms ? leave_ms : next_ms;
}

void usher_engine_place_class(struct usher_engine *engine, struct usher_class *class)
{
    int64_t next_ms = usher_class_next_opening_ms(class);
    if (next_ms == INT64_MAX)
        usher_heap_remove(&engine->deadlines, &class->opening);
    else
        usher_heap_set(&engine->deadlines, &class->opening, next_ms);
}

/* With the agent for whom alone it waits, as long as it does. */
static void place_meant(struct usher_engine *engine, struct usher_contact *contact, int64_t now_ms)
{
    leave_meant(engine, contact);
    if (contact->state != USHER_CONTACT_WAITING || !usher_contact_is_meant(contact, now_ms))
        return;
    usher_list_append(&engine->floor.agents[contact->meant_for].meant, &contact->of_meant);
    engine->meant_count++;
}

void usher_engine_leave_line(struct usher_engine *engine, struct usher_contact *contact)
{
    usher_floor_leave(&engine->floor, contact);
    if (contact->class)
        usher_engine_place_class(engine, contact->class);
}

void usher_engine_place_contact(struct usher_engine *engine, struct usher_contact *contact,
                                int64_t now_ms)
{
    bool is_in_line = !usher_list_is_empty(&contact->in_line);
    bool can_offer = usher_engine_can_offer(engine, contact, now_ms);
    if (can_offer && !is_in_line) {
        usher_floor_join(&engine->floor, contact);
        usher_engine_place_class(engine, contact->class);
        usher_engine_announce(engine, contact->class, now_ms);
    } else if (!can_offer && is_in_line) {
        usher_engine_leave_line(engine, contact);
    }
    place_meant(engine, contact, now_ms);
    usher_list_remove(&contact->declined);
    if (contact->state == USHER_CONTACT_WAITING && contact->declines_count > 0)
        usher_list_append(&engine->declined, &contact->declined);
    usher_list_remove(&contact->of_previews);
    if (usher_contact_is_preview(contact))
        usher_list_append(&engine->previews, &contact->of_previews);
    int64_t deadline_ms = deadline_of(engine, contact, now_ms);
    if (deadline_ms == INT64_MAX)
        usher_heap_remove(&engine->deadlines, &contact->lease);
    else
        usher_heap_set(&engine->deadlines, &contact->lease, deadline_ms);
}
