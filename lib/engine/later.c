/* Work for later: nobody is on a line for it, so it can wait for its time, and be tried again. Its
 * place in line is kept meanwhile. */
#include "engine/decide.h"

const struct usher_client *usher_later_ringer(const struct usher_engine *engine,
                                              const struct usher_contact *contact)
{
    (void)engine;
    (void)contact;
    return NULL;
}

bool usher_later_is_over(const struct usher_contact *contact, int64_t now_ms)
{
    return contact->not_after_ms != 0 && contact->not_after_ms <= now_ms;
}

void usher_later_expire(struct usher_engine *engine, struct usher_contact *contact, int64_t now_ms)
{
    struct usher_event event = usher_event_about(USHER_EVENT_CONTACT_EXPIRED, contact);
    USHER_FIELDS_SET(&event.fields, REASON, reason, USHER_TEXT("not_after"));
    USHER_FIELDS_SET(&event.fields, WAITED_MS, waited_ms, usher_contact_waited_ms(contact, now_ms));
    usher_engine_emit(engine, &event, now_ms);
}

void usher_later_wake(struct usher_engine *engine, struct usher_contact *contact, int64_t now_ms)
{
    const struct usher_rules *rules = engine->floor.rules;
    if (usher_later_is_over(contact, now_ms)) {
        usher_later_expire(engine, contact, now_ms);
        return;
    }
    struct usher_event event = usher_event_about(USHER_EVENT_CONTACT_DUE, contact);
    USHER_FIELDS_SET(&event.fields, QUEUE, queue, rules->queues[contact->queue].name);
    USHER_FIELDS_SET(&event.fields, TIER, tier, rules->tiers[contact->tier].name);
    USHER_FIELDS_SET(&event.fields, CHANNEL, channel, usher_channel_name(contact->channel));
    USHER_FIELDS_SET(&event.fields, PLACE_MS, place_ms, contact->place_ms);
    USHER_FIELDS_SET(&event.fields, DUE_MS, due_ms,
                     contact->place_ms + usher_rules_promise_ms(rules, contact->queue,
                                                                contact->tier, contact->channel));
    if (contact->attempts_count > 0)
        USHER_FIELDS_SET(&event.fields, ATTEMPT, attempt, contact->attempts_count + 1);
    usher_engine_emit(engine, &event, now_ms);
    usher_dispatch_contact(engine, contact, now_ms);
}
