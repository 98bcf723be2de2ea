/* The states of contacts, the moves between them, and the memory of who declined. */
#include "model/contact.h"

static const bool moves[USHER_CONTACT_STATE_COUNT][USHER_CONTACT_STATE_COUNT] = {
    [USHER_CONTACT_NONE] = {[USHER_CONTACT_WAITING] = true,
                            [USHER_CONTACT_SCHEDULED] = true,
                            [USHER_CONTACT_WRAPPING] = true /* after a transfer */},
    [USHER_CONTACT_SCHEDULED] = {[USHER_CONTACT_WAITING] = true,
                                 [USHER_CONTACT_SCHEDULED] = true,
                                 [USHER_CONTACT_DONE] = true,
                                 [USHER_CONTACT_EXPIRED] = true},
    [USHER_CONTACT_WAITING] = {[USHER_CONTACT_OFFERED] = true,
                               [USHER_CONTACT_SCHEDULED] = true,
                               [USHER_CONTACT_EXPIRED] = true,
                               [USHER_CONTACT_TALKING] = true, /* the PBX says so, and is right */
                               [USHER_CONTACT_DONE] = true,
                               [USHER_CONTACT_OVERFLOWED] = true,
                               [USHER_CONTACT_ABANDONED] = true},
    [USHER_CONTACT_OFFERED] = {[USHER_CONTACT_WAITING] = true,
                               [USHER_CONTACT_RINGING] = true,
                               [USHER_CONTACT_TALKING] = true,
                               [USHER_CONTACT_DONE] = true,
                               [USHER_CONTACT_ABANDONED] = true},
    [USHER_CONTACT_RINGING] = {[USHER_CONTACT_WAITING] = true,
                               [USHER_CONTACT_TALKING] = true,
                               [USHER_CONTACT_DONE] = true,
                               [USHER_CONTACT_ABANDONED] = true},
    [USHER_CONTACT_TALKING] = {[USHER_CONTACT_WAITING] = true, /* the PBX is right */
                               [USHER_CONTACT_HELD] = true,
                               [USHER_CONTACT_SCHEDULED] = true, /* the customer was not reached */
                               [USHER_CONTACT_WRAPPING] = true,
                               [USHER_CONTACT_DONE] = true},
    [USHER_CONTACT_HELD] = {[USHER_CONTACT_WAITING] = true,
                            [USHER_CONTACT_TALKING] = true,
                            [USHER_CONTACT_SCHEDULED] = true, /* likewise */
                            [USHER_CONTACT_WRAPPING] = true,
                            [USHER_CONTACT_DONE] = true},
    [USHER_CONTACT_WRAPPING] = {[USHER_CONTACT_DONE] = true},
};

static const char *const names[USHER_CONTACT_STATE_COUNT] = {
    [USHER_CONTACT_NONE] = "",
    [USHER_CONTACT_WAITING] = "waiting",
    [USHER_CONTACT_OFFERED] = "offered",
    [USHER_CONTACT_RINGING] = "ringing",
    [USHER_CONTACT_TALKING] = "talking",
    [USHER_CONTACT_HELD] = "held",
    [USHER_CONTACT_WRAPPING] = "wrapping",
    [USHER_CONTACT_DONE] = "done",
    [USHER_CONTACT_ABANDONED] = "abandoned",
    [USHER_CONTACT_SCHEDULED] = "scheduled",
    [USHER_CONTACT_EXPIRED] = "expired",
    [USHER_CONTACT_OVERFLOWED] = "overflowed",
};

static const char *const pauses[USHER_PAUSE_COUNT] = {
    [USHER_PAUSE_NONE] = "",
    [USHER_PAUSE_NOT_BEFORE] = "not_before",
    [USHER_PAUSE_RETRY] = "retry",
    [USHER_PAUSE_HOURS] = "calling_hours",
};

bool usher_contact_move(struct usher_contact *contact, enum usher_contact_state to, int64_t now_ms)
{
    if (!moves[contact->state][to])
        return false;
    contact->waited_ms = usher_contact_waited_ms(contact, now_ms);
    contact->state = to;
    contact->since_ms = now_ms;
    contact->has_waited |= to == USHER_CONTACT_WAITING;
    return true;
}

int64_t usher_contact_waited_ms(const struct usher_contact *contact, int64_t now_ms)
{
    bool is_waiting =
        contact->state == USHER_CONTACT_WAITING || usher_contact_state_is_offer(contact->state);
    return contact->waited_ms + (is_waiting ? now_ms - contact->since_ms : 0);
}

struct usher_text usher_pause_name(enum usher_pause pause)
{
    return usher_text_of(pauses[pause]);
}

enum usher_pause usher_pause_find(struct usher_text name)
{
    for (unsigned i = USHER_PAUSE_NONE + 1; i < USHER_PAUSE_COUNT; i++)
        if (usher_text_is_equal(usher_text_of(pauses[i]), name))
            return (enum usher_pause)i;
    return USHER_PAUSE_NONE;
}

struct usher_text usher_contact_state_name(enum usher_contact_state state)
{
    return usher_text_of(names[state]);
}

bool usher_contact_state_is_offer(enum usher_contact_state state)
{
    return state == USHER_CONTACT_OFFERED || state == USHER_CONTACT_RINGING;
}

bool usher_contact_state_is_talk(enum usher_contact_state state)
{
    return state == USHER_CONTACT_TALKING || state == USHER_CONTACT_HELD;
}

struct usher_text usher_contact_id_client(struct usher_text id)
{
    const char *slash = id.length > 0 ? memchr(id.at, '/', id.length) : NULL;
    return slash ? (struct usher_text){id.at, (size_t)(slash - id.at)} : USHER_NO_TEXT;
}

/* The entry that `agent` has or gets: when all are taken, that of whoever may be asked again first;
 * of several who never may, the eldest. */
static struct usher_decline *take_entry(struct usher_contact *contact, uint32_t agent)
{
    struct usher_decline *place = &contact->declines[0];
    for (size_t i = 0; i < contact->declines_count; i++) {
        struct usher_decline *decline = &contact->declines[i];
        if (decline->agent == agent)
            return decline;
        if (decline->until_ms < place->until_ms)
            place = decline;
    }
    if (contact->declines_count < USHER_DECLINES_MAX)
        place = &contact->declines[contact->declines_count++];
    *place = (struct usher_decline){agent, 0};
    return place;
}

void usher_contact_remember_decline(struct usher_contact *contact, uint32_t agent, int64_t until_ms)
{
    struct usher_decline *entry = take_entry(contact, agent);
    if (entry->until_ms != USHER_FOREVER_MS)
        entry->until_ms = until_ms;
}

void usher_contact_remember_transfer(struct usher_contact *contact, uint32_t agent)
{
    usher_contact_forgive(contact, agent); /* the eldest come first */
    take_entry(contact, agent)->until_ms = USHER_FOREVER_MS;
}

bool usher_contact_is_transferred_by(const struct usher_contact *contact, uint32_t agent)
{
    for (size_t i = 0; i < contact->declines_count; i++)
        if (contact->declines[i].agent == agent)
            return contact->declines[i].until_ms == USHER_FOREVER_MS;
    return false;
}

void usher_contact_forgive(struct usher_contact *contact, uint32_t agent)
{
    size_t kept = 0;
    for (size_t i = 0; i < contact->declines_count; i++)
        if (contact->declines[i].agent != agent)
            contact->declines[kept++] = contact->declines[i];
    contact->declines_count = kept;
}

void usher_contact_forget_declines(struct usher_contact *contact)
{
    size_t kept = 0;
    for (size_t i = 0; i < contact->declines_count; i++)
        if (contact->declines[i].until_ms == USHER_FOREVER_MS)
            contact->declines[kept++] = contact->declines[i];
    contact->declines_count = kept;
}

bool usher_contact_is_meant(const struct usher_contact *contact, int64_t now_ms)
{
    return contact->meant_until_ms > now_ms;
}

bool usher_contact_is_declined_by(const struct usher_contact *contact, uint32_t agent,
                                  int64_t now_ms)
{
    for (size_t i = 0; i < contact->declines_count; i++)
        if (contact->declines[i].agent == agent)
            return contact->declines[i].until_ms > now_ms;
    return false;
}

int64_t usher_contact_next_cool_down_ms(const struct usher_contact *contact, int64_t now_ms)
{
    int64_t next_ms = INT64_MAX;
    for (size_t i = 0; i < contact->declines_count; i++) {
        int64_t until_ms = contact->declines[i].until_ms;
        if (until_ms > now_ms && until_ms < next_ms && until_ms != USHER_FOREVER_MS)
            next_ms = until_ms;
    }
    return next_ms;
}
