/* The states of the past from which a fold can begin: the snapshots that can be reached. */
#ifndef CTL_PAST_STATES_H
#define CTL_PAST_STATES_H

#include "ctl/past/past.h"
#include "engine/engine.h"

struct state {
    struct usher_number n; /* of the last event that it holds */
    int64_t at_ms;         /* when that was */
    bool is_filed;         /* in the archive folder */
};

struct states {
    struct state *list; /* the oldest first */
    size_t count;
    int archive_error; /* why those of the archive are not among them: a negative errno; 0 = they
                          are */
};

/* Anything but EXIT_DONE after saying why on standard error; `states` is then empty. */
enum exit_code states_list(struct states *states, struct past *past);
void states_fini(struct states *states);
/* The state with this number, or NULL. */
const struct state *states_find(const struct states *states, struct usher_number n);

/* A new engine in that state, with the limits of the settings; in no state at all (NULL) an empty
 * one. `*engine` is NULL, with EXIT_DONE, when the snapshot is damaged or gone by now. */
enum exit_code states_load(struct past *past, const struct state *state,
                           struct usher_engine **engine);

/* Sees to it that the engine has the rules with this hash on its shelf. */
enum exit_code states_shelve(struct past *past, struct usher_engine *engine,
                             struct usher_text hash);

#endif
