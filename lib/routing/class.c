/* The line of a class and its cursor. The line is in the order of places, so those who are late are
 * its beginning; the cursor only ever moves forward over them, or back to one who returns and is on
 * time still. */
#include "routing/class.h"

#include <assert.h>

static struct usher_contact *of(struct usher_list *node)
{
    return usher_list_entry(node, struct usher_contact, in_line);
}

static bool is_before(const struct usher_contact *a, const struct usher_contact *b)
{
    return a->place_ms < b->place_ms || (a->place_ms == b->place_ms && a->serial < b->serial);
}

void usher_class_join(struct usher_class *class, struct usher_contact *contact)
{
    assert(usher_list_is_empty(&contact->in_line));
    struct usher_list *place = &class->line;
    while (place->prev != &class->line && is_before(contact, of(place->prev)))
        place = place->prev;
    usher_list_insert_before(place, &contact->in_line);
    if (class->cursor == place)
        class->cursor = &contact->in_line;
    class->line_count++;
}

void usher_class_leave(struct usher_class *class, struct usher_contact *contact)
{
    if (usher_list_is_empty(&contact->in_line))
        return;
    if (class->cursor == &contact->in_line)
        class->cursor = contact->in_line.next;
    usher_list_remove(&contact->in_line);
    class->line_count--;
}

int64_t usher_class_lateness_ms(const struct usher_class *class,
                                const struct usher_contact *contact, int64_t now_ms)
{
    bool is_late = usher_class_is_late(class, contact, now_ms);
    return now_ms - contact->place_ms - (is_late ? class->second_promise_ms : class->promise_ms) +
           class->head_start_ms;
}

struct usher_contact *usher_class_first(const struct usher_class *class)
{
    return usher_list_is_empty(&class->line) ? NULL : of(class->line.next);
}

struct usher_contact *usher_class_next(const struct usher_class *class,
                                       const struct usher_contact *contact)
{
    return contact->in_line.next == &class->line ? NULL : of(contact->in_line.next);
}

uint32_t usher_class_position(const struct usher_class *class, const struct usher_contact *contact)
{
    uint32_t before = class->line_count;
    struct usher_list *node = class->line.prev;
    while (node != &class->line && node != &contact->in_line && is_before(contact, of(node))) {
        node = node->prev;
        before--;
    }
    return node == &contact->in_line ? before : before + 1;
}

struct usher_contact *usher_class_first_on_time(struct usher_class *class, int64_t now_ms)
{
    while (class->cursor != &class->line && usher_class_is_late(class, of(class->cursor), now_ms))
        class->cursor = class->cursor->next;
    return class->cursor == &class->line ? NULL : of(class->cursor);
}

uint16_t usher_class_match(const struct usher_class_key *key, const uint8_t *levels)
{
    unsigned sum = 0;
    unsigned weights = 0;
    for (size_t i = 0; i < key->needs_count; i++) {
        const struct usher_need *need = &key->needs[i];
        unsigned level = levels[need->skill];
        if (level < need->min || level == 0)
            return USHER_MATCH_NONE;
        sum += need->weight * level;
        weights += need->weight;
    }
    if (weights == 0)
        return 1000;
    return (uint16_t)((200 * sum + weights) / (2 * weights));
}
