/* A floor whose matches are asked for: both ways, at its time, with the bid that won. */
#ifndef UNIT_MATCH_WORLD_H
#define UNIT_MATCH_WORLD_H

#include "unit/floor_world.h"

static struct floor_world world;
static struct usher_bid bid;

static inline struct usher_agent *agent_for(const struct usher_contact *contact)
{
    return usher_match_agent(&world.floor, contact, world.now_ms, &bid);
}

static inline struct usher_contact *contact_for(const struct usher_agent *agent)
{
    return usher_match_contact(&world.floor, agent, world.now_ms, &bid);
}

#endif
