/* Acts: each fills one kind of command from what the model knows, and with some chance wrongly: an
 * offer that is over, a contact in another state, an id that nobody has. */
#ifndef SIMULATION_ACT_H
#define SIMULATION_ACT_H

#include "simulation/actor.h"

/* A command under construction; texts are borrowed from here. */
struct act {
    struct usher_command command;
    char contact[USHER_CONTACT_ID_MAX + 1];
    char offer[USHER_NUMBER_SIZE];
    char id[32];
    char texts[4][512];
};

/* False when nothing is there to tell of. */
typedef bool (*act_fill)(struct actor *actor, struct act *act);

extern const char *const act_pbxs[2];

struct usher_text act_pick(struct actor *actor, const char *const list[], unsigned count);
#define ACT_PICK(actor, list) act_pick(actor, list, USHER_COUNT_OF(list))
size_t act_any_agent(struct actor *actor);
void act_set_contact(struct act *act, const struct model_contact *contact);
/* The contact's last offer; with some chance another number. */
void act_set_offer(struct actor *actor, struct act *act);
/* A contact in one of the states of `mask` (1u << MODEL_WAITING ...), told of by its PBX. */
bool act_by_pbx(struct actor *actor, struct act *act, unsigned mask);
/* A contact in one of the states; with some chance any live one; NULL when there is none. */
const struct model_contact *act_any_contact(struct actor *actor, unsigned mask);
/* One, told of by the desk of its agent. */
bool act_of_agent(struct actor *actor, struct act *act, unsigned mask);
void act_set_profile(struct actor *actor, struct act *act, size_t agent);

/* act_contact.c */
bool act_abandon(struct actor *actor, struct act *act);
bool act_answer(struct actor *actor, struct act *act);
bool act_arrive(struct actor *actor, struct act *act);
bool act_erase(struct actor *actor, struct act *act);
bool act_fail(struct actor *actor, struct act *act);
bool act_move(struct actor *actor, struct act *act);
bool act_note(struct actor *actor, struct act *act);
bool act_offer(struct actor *actor, struct act *act);
bool act_ring(struct actor *actor, struct act *act);
bool act_talk(struct actor *actor, struct act *act);
bool act_extend(struct actor *actor, struct act *act);
bool act_transfer(struct actor *actor, struct act *act);
bool act_wrap_up(struct actor *actor, struct act *act);

/* act_later.c */
bool act_callback(struct actor *actor, struct act *act);
bool act_cancel(struct actor *actor, struct act *act);
bool act_desk_end(struct actor *actor, struct act *act);
bool act_follow_up(struct actor *actor, struct act *act);
bool act_miss(struct actor *actor, struct act *act);
bool act_schedule(struct actor *actor, struct act *act);

/* act_site.c */
bool act_queue(struct actor *actor, struct act *act);
bool act_switch(struct actor *actor, struct act *act);

/* act_staff.c */
bool act_agent(struct actor *actor, struct act *act);
bool act_link_lose(struct actor *actor, struct act *act);
bool act_link_regain(struct actor *actor, struct act *act);
bool act_not_ready(struct actor *actor, struct act *act);
bool act_nothing(struct actor *actor, struct act *act);
bool act_phone(struct actor *actor, struct act *act);
bool act_profile(struct actor *actor, struct act *act);
bool act_sign_out(struct actor *actor, struct act *act);
bool act_desk_lose(struct actor *actor, struct act *act);
bool act_desk_regain(struct actor *actor, struct act *act);
bool act_force(struct actor *actor, struct act *act);
bool act_vanish(struct actor *actor, struct act *act);

#endif
