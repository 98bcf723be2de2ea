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

static struct usher_contact *of_legs(struct usher_list *node)
{
    return usher_list_entry(node, struct usher_contact, in_legs);
}

static bool is_older(const struct usher_contact *a, const struct usher_contact *b)
{
    int64_t since_a = usher_contact_leg_since_ms(a);
    int64_t since_b = usher_contact_leg_since_ms(b);
    return since_a < since_b || (since_a == since_b && a->serial < b->serial);
}

static void join_legs(struct usher_class *class, struct usher_contact *contact)
{
    struct usher_list *place = &class->legs;
    usher_list_init(&contact->in_legs);
    while (place->prev != &class->legs && is_older(contact, of_legs(place->prev)))
        place = place->prev;
    usher_list_insert_before(place, &contact->in_legs);
    for (uint32_t i = 0; i < class->ages_count; i++)
        if (class->ages[i].cursor == place)
            class->ages[i].cursor = &contact->in_legs;
}

static void leave_legs(struct usher_class *class, struct usher_contact *contact)
{
    for (uint32_t i = 0; i < class->ages_count; i++)
        if (class->ages[i].cursor == &contact->in_legs)
            class->ages[i].cursor = contact->in_legs.next;
    usher_list_remove(&contact->in_legs);
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
    if (class->ages_count > 0)
        join_legs(class, contact);
}

void usher_class_leave(struct usher_class *class, struct usher_contact *contact)
{
    if (usher_list_is_empty(&contact->in_line))
        return;
    if (class->cursor == &contact->in_line)
        class->cursor = contact->in_line.next;
    usher_list_remove(&contact->in_line);
    class->line_count--;
    if (class->ages_count > 0)
        leave_legs(class, contact);
}

void usher_class_count_sign_in(struct usher_class *class, uint32_t agent, int by)
{
    for (uint32_t i = usher_class_step_of(class, agent); i < class->steps_count; i++)
        class->steps[i].signed_in_count =
            (uint32_t)((int64_t) class->steps[i].signed_in_count + by);
}

uint32_t usher_class_open_step(const struct usher_class *class, const struct usher_contact *contact,
                               int64_t now_ms)
{
    int64_t age_ms = now_ms - usher_contact_leg_since_ms(contact);
    uint32_t step = 0;
    while (step + 1 < class->steps_count &&
           (age_ms >= class->steps[step + 1].after_ms || class->steps[step].signed_in_count == 0))
        step++;
    return step;
}

struct usher_contact *usher_class_oldest(const struct usher_class *class)
{
    return usher_list_is_empty(&class->legs) ? NULL : of_legs(class->legs.next);
}

int64_t usher_class_next_opening_ms(const struct usher_class *class)
{
    int64_t next_ms = INT64_MAX;
    for (uint32_t i = 0; i < class->ages_count; i++) {
        const struct usher_class_age *age = &class->ages[i];
        if (age->cursor == &class->legs)
            continue;
        int64_t at_ms = usher_contact_leg_since_ms(of_legs(age->cursor)) + age->age_ms;
        next_ms = at_ms < next_ms ? at_ms : next_ms;
    }
    return next_ms;
}

size_t usher_class_open(struct usher_class *class, int64_t now_ms, struct usher_contact **one)
{
    size_t count = 0;
    for (uint32_t i = 0; i < class->ages_count; i++) {
        struct usher_class_age *age = &class->ages[i];
        while (age->cursor != &class->legs) {
            struct usher_contact *contact = of_legs(age->cursor);
            if (usher_contact_leg_since_ms(contact) + age->age_ms > now_ms)
                break;
            *one = contact;
            count++;
            age->cursor = age->cursor->next;
        }
    }
    return count;
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

/* The first step from `step` on whose minimum the level reaches; USHER_STEPS_MAX when none is. */
static uint32_t step_for(const struct usher_need *need, unsigned level, uint32_t step)
{
    if (step == 0 && level >= need->min && level > 0)
        return 0;
    step = step == 0 ? 1 : step;
    while (step < USHER_STEPS_MAX && level < need->relaxed[step - 1])
        step++;
    return step;
}

uint16_t usher_class_relaxed_match(const struct usher_class_key *key, const uint8_t *levels,
                                   uint32_t *step)
{
    unsigned sum = 0;
    unsigned weights = 0;
    *step = 0;
    for (size_t i = 0; i < key->needs_count; i++) {
        const struct usher_need *need = &key->needs[i];
        unsigned level = levels[need->skill];
        *step = step_for(need, level, *step);
        if (*step == USHER_STEPS_MAX)
            return USHER_MATCH_NONE;
        sum += need->weight * level;
        weights += need->weight;
    }
    if (weights == 0)
        return 1000;
    return (uint16_t)((200 * sum + weights) / (2 * weights));
}

uint16_t usher_class_match(const struct usher_class_key *key, const uint8_t *levels)
{
    uint32_t step;
    uint16_t match = usher_class_relaxed_match(key, levels, &step);
    return step == 0 ? match : USHER_MATCH_NONE;
}
