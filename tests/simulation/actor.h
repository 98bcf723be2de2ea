/* Who acts in the simulation: PBXs, desks, supervisors and usherd itself, sensible for the most
 * part, and sometimes not. */
#ifndef SIMULATION_ACTOR_H
#define SIMULATION_ACTOR_H

#include "engine/sync.h"
#include "simulation/chance.h"
#include "simulation/model.h"
#include "world/world.h"

struct actor {
    struct chance chance;
    struct world *world;
    struct model *model;
    struct usher_sync *sync;
    unsigned contacts_count; /* ids given so far */
    char done[1024];         /* what the last step was, for people */
    bool had_error;
};

/* Profiles and the first rules. False when the world refuses them. */
bool actor_begin(struct actor *actor);
/* One command, by chance. False when the world broke (a journal that cannot be applied). */
bool actor_act(struct actor *actor);
/* Some time passes, or none. */
void actor_wait(struct actor *actor);

#endif
