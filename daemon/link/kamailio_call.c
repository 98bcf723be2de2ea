/* The table of a Kamailio's calls. Invariant: slots[call->slot] is the call, and the other slots
 * are NULL and stand in free_slots. */
#include "link/kamailio_call.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct usher_text contact_of(const void *item)
{
    return usher_text_of(((const struct kamailio_call *)item)->contact);
}

int kamailio_calls_init(struct kamailio_calls *calls, size_t count_max, struct usher_hash_seed seed)
{
    *calls = (struct kamailio_calls){.count_max = count_max, .free_count = count_max};
    calls->slots = calloc(count_max, sizeof(struct kamailio_call *));
    calls->free_slots = calloc(count_max, sizeof(*calls->free_slots));
    if (!calls->slots || !calls->free_slots ||
        !usher_table_init(&calls->by_contact, count_max, seed, contact_of)) {
        free(calls->slots);
        free(calls->free_slots);
        return -ENOMEM;
    }
    for (size_t i = 0; i < count_max; i++)
        calls->free_slots[i] = count_max - 1 - i;
    return 0;
}

void kamailio_calls_fini(struct kamailio_calls *calls)
{
    kamailio_calls_clear(calls);
    usher_table_fini(&calls->by_contact);
    free(calls->slots);
    free(calls->free_slots);
}

void kamailio_calls_clear(struct kamailio_calls *calls)
{
    for (size_t i = 0; i < calls->count_max; i++)
        if (calls->slots[i])
            kamailio_calls_remove(calls, calls->slots[i]);
}

struct kamailio_call *kamailio_calls_add(struct kamailio_calls *calls, struct usher_text contact,
                                         struct usher_text call)
{
    if (calls->free_count == 0)
        return NULL;
    struct kamailio_call *row = calloc(1, sizeof(*row) + call.length + 1);
    if (!row)
        return NULL;
    memcpy(row->call, call.at, call.length);
    if (!usher_text_copy(row->contact, sizeof(row->contact), contact) ||
        usher_table_put(&calls->by_contact, row) != USHER_TABLE_PUT) {
        free(row);
        return NULL;
    }
    row->serial = ++calls->serial;
    row->slot = calls->free_slots[--calls->free_count];
    calls->slots[row->slot] = row;
    return row;
}

struct kamailio_call *kamailio_calls_find(const struct kamailio_calls *calls,
                                          struct usher_text contact)
{
    return usher_table_find(&calls->by_contact, contact);
}

/* Takes the number with which `rest` begins, and what separates it from the next. */
static bool take_number(struct usher_text *rest, int64_t *number)
{
    size_t length = 0;
    while (length < rest->length && rest->at[length] != '-')
        length++;
    if (!usher_text_read_int64((struct usher_text){rest->at, length}, number) || *number < 0)
        return false;
    size_t taken = length < rest->length ? length + 1 : length;
    *rest = (struct usher_text){rest->at + taken, rest->length - taken};
    return true;
}

static struct kamailio_call *of_arrival(const struct kamailio_calls *calls, size_t slot,
                                        uint64_t serial)
{
    struct kamailio_call *call = slot < calls->count_max ? calls->slots[slot] : NULL;
    return call && call->serial == serial ? call : NULL;
}

struct kamailio_call *kamailio_calls_of_arrival(const struct kamailio_calls *calls,
                                                struct usher_text id)
{
    int64_t epoch;
    int64_t slot;
    int64_t serial;
    struct usher_text rest = {id.at + 1, id.length - 1};
    if (!take_number(&rest, &epoch) || !take_number(&rest, &slot) || !take_number(&rest, &serial))
        return NULL;
    return of_arrival(calls, (size_t)slot, (uint64_t)serial);
}

void kamailio_calls_remove(struct kamailio_calls *calls, struct kamailio_call *call)
{
    assert(calls->slots[call->slot] == call);
    usher_table_remove(&calls->by_contact, call);
    calls->slots[call->slot] = NULL;
    calls->free_slots[calls->free_count++] = call->slot;
    free(call->next);
    free(call);
}
