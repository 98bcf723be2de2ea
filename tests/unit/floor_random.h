/* Floors at random: rules with odd knobs, agents with any levels, loads and states, and lines with
 * ties. The same seed gives the same floor. */
#ifndef UNIT_FLOOR_RANDOM_H
#define UNIT_FLOOR_RANDOM_H

#include "unit/floor_plain.h"
#include "unit/floor_world.h"

/* A center whose rules have all defaults. */
extern const char floor_center[];
/* The same with steps of `relax`, last agents who are waited for, and reserves. */
extern const char floor_gated[];

/* Opens `world` with these rules of the center, or with any when NULL, 1 to 40 agents, seldom up to
 * 600, and up to 60 waiting contacts. */
void floor_open_random(struct floor_world *world, const char *rules, uint64_t *state);
/* One of the agents gets another profile. */
void floor_profile_random(struct floor_world *world, uint64_t *state);
/* One agent's state, phone, load or idle time changes. */
void floor_change_random(struct floor_world *world, uint64_t *state);
/* Some agents have declined some contacts. */
void floor_decline_random(struct floor_world *world, uint64_t *state);

#endif
