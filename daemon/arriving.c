/* A table by contact over a list by age. The bytes of what was taken out are the caller's. */
#include "arriving.h"

#include <errno.h>
#include <stdlib.h>

static struct usher_text key_of(const void *item)
{
    return usher_text_of(((const struct arrival *)item)->contact);
}

int arriving_init(struct arriving *arriving, struct usher_hash_seed seed)
{
    *arriving = (struct arriving){.count = 0};
    usher_list_init(&arriving->list);
    return usher_table_init(&arriving->by_contact, ARRIVING_MAX, seed, key_of) ? 0 : -ENOMEM;
}

void arriving_fini(struct arriving *arriving)
{
    struct arrival *arrival;
    while ((arrival = arriving_oldest(arriving)) != NULL) {
        arriving_remove(arriving, arrival);
        arrival_free(arrival);
    }
    usher_table_fini(&arriving->by_contact);
}

struct arrival *arriving_add(struct arriving *arriving, struct usher_text contact,
                             const struct held *held)
{
    struct arrival *arrival;
    if (arriving->count == ARRIVING_MAX)
        return NULL;
    arrival = calloc(1, sizeof(*arrival));
    if (!arrival)
        return NULL;
    usher_list_init(&arrival->node);
    hold_init(&arrival->commands);
    if (!usher_text_copy(arrival->contact, sizeof(arrival->contact), contact) ||
        usher_table_put(&arriving->by_contact, arrival) != USHER_TABLE_PUT) {
        free(arrival);
        return NULL;
    }
    usher_list_append(&arriving->list, &arrival->node);
    arriving->count++;
    arrival->ticket = ++arriving->ticket_last;
    arrival->tickets_count = 1;
    arrival->sync = held->sync;
    if (arriving_push(arriving, arrival, held))
        return arrival;
    arriving_remove(arriving, arrival);
    arrival_free(arrival);
    return NULL;
}

void arriving_take_tickets(struct arriving *arriving, struct arrival *arrival, uint64_t count)
{
    arrival->tickets_count += count;
    arriving->ticket_last += count;
}

struct arrival *arriving_find(const struct arriving *arriving, struct usher_text contact)
{
    return usher_table_find(&arriving->by_contact, contact);
}

struct arrival *arriving_find_ticket(const struct arriving *arriving, uint64_t ticket)
{
    /* They are answered in their order, or nearly so. */
    usher_list_for_each (node, &arriving->list) {
        struct arrival *arrival = usher_list_entry(node, struct arrival, node);
        if (ticket - arrival->ticket < arrival->tickets_count)
            return arrival;
    }
    return NULL;
}

struct arrival *arriving_oldest(const struct arriving *arriving)
{
    if (usher_list_is_empty(&arriving->list))
        return NULL;
    return usher_list_entry(arriving->list.next, struct arrival, node);
}

bool arriving_push(struct arriving *arriving, struct arrival *arrival, const struct held *held)
{
    size_t before = arrival->commands.bytes;
    if (arrival->commands_count == ARRIVING_COMMANDS_MAX || hold_put(&arrival->commands, held) < 0)
        return false;
    arrival->commands_count++;
    arriving->bytes += arrival->commands.bytes - before;
    return true;
}

void arriving_remove(struct arriving *arriving, struct arrival *arrival)
{
    usher_table_remove(&arriving->by_contact, arrival);
    usher_list_remove(&arrival->node);
    arriving->count--;
    arriving->bytes -= arrival->commands.bytes;
}

void arrival_free(struct arrival *arrival)
{
    hold_fini(&arrival->commands);
    free(arrival);
}
