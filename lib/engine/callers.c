/* Lists by a hash of the customer's key. Which list it is decides nothing. */
#include "engine/callers.h"

static struct usher_list *list_of(const struct usher_engine *engine, struct usher_text customer)
{
    struct usher_hash_seed fixed = {0x75736865722d6361u, 0x6c6c657273212121u};
    uint64_t hash = usher_hash(fixed, customer.at, customer.length);
    return &engine->callers[hash % USHER_CALLERS_LISTS];
}

void usher_callers_add(struct usher_engine *engine, struct usher_contact *contact)
{
    bool is_call = contact->channel == USHER_CHANNEL_VOICE;
    usher_list_remove(&contact->of_customer);
    if (contact->customer.length > 0 && !contact->is_parted &&
        (is_call || contact->channel == USHER_CHANNEL_CALLBACK))
        usher_list_append(list_of(engine, contact->customer), &contact->of_customer);
}

static bool is_first(const struct usher_contact *a, const struct usher_contact *b)
{
    return !b || a->place_ms < b->place_ms || (a->place_ms == b->place_ms && a->serial < b->serial);
}

/* The first of the customer's contacts of the channel that talks, or does not. */
static struct usher_contact *find(const struct usher_engine *engine, struct usher_text customer,
                                  enum usher_channel channel, bool is_talk,
                                  const struct usher_contact *but)
{
    struct usher_contact *found = NULL;
    if (customer.length == 0)
        return NULL;
    usher_list_for_each (node, list_of(engine, customer)) {
        struct usher_contact *contact = usher_list_entry(node, struct usher_contact, of_customer);
        bool is_meant = contact->channel == channel && contact->state != USHER_CONTACT_WRAPPING &&
                        usher_contact_state_is_talk(contact->state) == is_talk &&
                        usher_text_is_equal(contact->customer, customer) && contact != but;
        if (is_meant && is_first(contact, found))
            found = contact;
    }
    return found;
}

struct usher_contact *usher_callers_callback(const struct usher_engine *engine,
                                             struct usher_text customer,
                                             const struct usher_contact *but)
{
    return find(engine, customer, USHER_CHANNEL_CALLBACK, false, but);
}

struct usher_contact *usher_callers_called(const struct usher_engine *engine,
                                           struct usher_text customer)
{
    return find(engine, customer, USHER_CHANNEL_CALLBACK, true, NULL);
}

struct usher_contact *usher_callers_waiting(const struct usher_engine *engine,
                                            struct usher_text customer,
                                            const struct usher_contact *but)
{
    return find(engine, customer, USHER_CHANNEL_VOICE, false, but);
}

struct usher_contact *usher_callers_call(const struct usher_engine *engine,
                                         struct usher_text customer,
                                         const struct usher_contact *but)
{
    struct usher_contact *call = usher_callers_waiting(engine, customer, but);
    return call ? call : find(engine, customer, USHER_CHANNEL_VOICE, true, but);
}
