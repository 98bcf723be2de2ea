/* An engine for tests, with a small center: what each command answers and causes, in a line.
 *
 * A step returns what came of it: the events, each as its name, the contact's own id, the agent and
 * the reason or state, or the code of the error. That an error changes nothing and causes nothing
 * is checked on the way, and at the end that the journal and the snapshot give the same state. */
#ifndef UNIT_ENGINE_WORLD_H
#define UNIT_ENGINE_WORLD_H

#include "world/world.h"

/* Queues: billing (dialled 100, and gold by 101), internet (200, wrap-up 30 s), small (300, one may
 * wait), language (400, the skill by data.lang), written (chat and email), any (the rest). */
extern const char engine_center[];

struct engine_world {
    struct world world;
    struct usher_answer answer; /* of the last command */
    char told[4096];
};

#define ENGINE_LIMITS                                                                              \
    ((struct usher_limits){                                                                        \
        .contacts = 20, .agents = 6, .classes = 8, .clients = 5, .ended = 8, .context_bytes = 64})

/* With the rules of the center, and the limits above. */
void engine_open(struct engine_world *world);
void engine_open_with(struct engine_world *world, const struct usher_limits *limits);
void engine_close(struct engine_world *world);

/* "contact.arrive contact=1 channel=voice": of pbx1, of a desk, of a supervisor, of usherd itself.
 * A word "id=" is the command's id. No value has a space. */
const char *pbx(struct engine_world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
const char *pbx_of(struct engine_world *world, const char *client, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *desk(struct engine_world *world, const char *agent, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *boss(struct engine_world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
const char *router(struct engine_world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Time passes, and each deadline fires at its moment. */
const char *after(struct engine_world *world, int64_t ms);
/* The same, when nobody was heard meanwhile. */
const char *after_outage(struct engine_world *world, int64_t ms);

/* An agent with skills "billing=8,internet=3", ready. */
void engine_agent(struct engine_world *world, const char *id, const char *skills);
/* "1-7": the open or last offer of pbx1's contact. */
const char *offer_of(const struct engine_world *world, const char *contact);
/* A contact of pbx1, or NULL. */
struct usher_contact *engine_contact(const struct engine_world *world, const char *contact);
/* Applies a line as if it stood in the journal; false when it is refused. */
bool engine_apply(struct engine_world *world, const char *line);
/* Reads "contact.arrive contact=1" into `command`, whose texts lie in `room`. */
void engine_read(const struct engine_world *world, struct usher_command *command, char *room,
                 const char *text);

#endif
