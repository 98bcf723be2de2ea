/* What a run of the simulation plays in: rules, profiles and contexts, made up from chance. */
#ifndef SIMULATION_SCENE_H
#define SIMULATION_SCENE_H

#include <stddef.h>

#include "simulation/chance.h"

/* Writes a rules.yaml into `room`: no problems in it. */
void scene_write_rules(struct chance *chance, char *room, size_t room_size);

/* Writes a profile's skills and capacity as JSON objects; the capacity may be "" for none. */
void scene_write_profile(struct chance *chance, char *skills, size_t skills_size, char *capacity,
                         size_t capacity_size);

/* Writes a contact's context as a JSON object, or "" for none. */
void scene_write_data(struct chance *chance, char *room, size_t room_size);

#endif
