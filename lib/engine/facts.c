/* One place for each fact: what is asked when a contact comes must be what is asked of it later. */
#include "engine/facts.h"

struct usher_facts usher_engine_facts(const struct usher_engine *engine,
                                      const struct usher_contact *contact)
{
    return (struct usher_facts){.channel = contact->channel,
                                .from = contact->from,
                                .to = contact->to,
                                .data = contact->data,
                                .skills = usher_text_of(contact->skills),
                                .customer = contact->memory,
                                .switches = usher_site_switches(&engine->site),
                                .now_ms = engine->last_ms};
}

struct usher_facts usher_engine_facts_of(const struct usher_engine *engine,
                                         enum usher_channel channel,
                                         const struct usher_fields *fields)
{
    return (struct usher_facts){.channel = channel,
                                .from = fields->from,
                                .to = fields->to,
                                .data = fields->data,
                                .customer = fields->memory,
                                .switches = usher_site_switches(&engine->site),
                                .now_ms = engine->last_ms};
}
