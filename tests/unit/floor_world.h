/* A floor for tests: rules from a text, agents and waiting contacts in a line each. */
#ifndef UNIT_FLOOR_WORLD_H
#define UNIT_FLOOR_WORLD_H

#include "routing/floor.h"
#include "routing/match.h"

enum { FLOOR_CONTACTS_MAX = 256 };

struct floor_world {
    struct usher_floor floor;
    struct usher_rules *rules;
    struct usher_rules *rules_before; /* those that floor_reload replaced */
    int64_t now_ms;                   /* moved by the test; 0 at the start */
    struct usher_contact contacts[FLOOR_CONTACTS_MAX];
    size_t contacts_count;
};

/* Room for 700 agents and `classes_max` classes. */
void floor_open(struct floor_world *world, const char *rules, size_t classes_max);
void floor_close(struct floor_world *world);
/* Puts other rules in force. */
void floor_reload(struct floor_world *world, const char *rules);

/* With a phone and a profile, signed out. `capacity` may be NULL. */
struct usher_agent *floor_agent(struct floor_world *world, const char *id, const char *skills,
                                const char *capacity);
/* The agent's profile changes. */
void floor_profile(struct floor_world *world, struct usher_agent *agent, const char *skills,
                   const char *capacity);
/* Another phone; "" = none. */
void floor_phone(struct floor_world *world, struct usher_agent *agent, const char *phone);
/* Signs the agent in, ready and idle since `idle_since_ms`. */
void floor_ready(struct floor_world *world, struct usher_agent *agent, int64_t idle_since_ms);
/* Both at once. */
struct usher_agent *floor_ready_agent(struct floor_world *world, const char *id, const char *skills,
                                      int64_t idle_since_ms);
void floor_not_ready(struct floor_world *world, struct usher_agent *agent);
void floor_sign_out(struct floor_world *world, struct usher_agent *agent);
/* The agent holds `count` contacts of the channel. */
void floor_hold(struct floor_world *world, struct usher_agent *agent, enum usher_channel channel,
                uint16_t count);

/* The class of a queue's contacts; `data` may be NULL. */
struct usher_class *floor_class(struct floor_world *world, const char *queue, const char *tier,
                                enum usher_channel channel, const char *data);
/* A contact of the default tier that waits, in line. */
struct usher_contact *floor_contact(struct floor_world *world, const char *queue,
                                    enum usher_channel channel, int64_t place_ms);
/* The same of a class. */
struct usher_contact *floor_contact_of(struct floor_world *world, struct usher_class *class,
                                       int64_t place_ms);

#endif
