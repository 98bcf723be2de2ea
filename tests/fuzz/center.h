/* A small center for targets: rules, three profiles, and what a line of text does in it.
 *
 *   pbx1 {"do":"contact.arrive",…}   a client gives a command: pbx1, pbx2, olena, petro, anna
 * (desks) or boss (a supervisor); `$c1` stands for the last offer of the contact whose id ends with
 * c1 +5000                            time passes, in milliseconds; ~5000: nobody was heard
 * meanwhile profile olena 1                  one of the profiles; also `rules 1`, `beat`,
 * `restart`, lose pbx1 5000                   `back pbx1 INSTANCE`, `vanish pbx1/c1`
 *
 * Anything else does nothing. */
#ifndef FUZZ_CENTER_H
#define FUZZ_CENTER_H

#include "engine/sync.h"
#include "wire/codec.h"
#include "world/world.h"

#define CENTER_OFFERS 32

struct center_offer {
    char contact[USHER_CONTACT_ID_MAX + 1];
    char number[USHER_NUMBER_SIZE];
};

struct center {
    struct world world;
    struct usher_sync *sync;
    struct usher_scratch scratch;
    struct center_offer offers[CENTER_OFFERS]; /* a ring */
    size_t offers_count;
};

extern const struct usher_limits center_limits;
/* The rules: 0, or others with the same queues. */
struct usher_text center_rules(size_t index);

void center_open(struct center *center);
void center_close(struct center *center);
/* Dies when the engine does what it must not: an error that causes events, a journal that cannot be
 * followed. */
void center_do(struct center *center, struct usher_text line);

/* Puts the center's rules on the shelf of an engine under this hash, as if it had read them. */
void center_shelve(struct usher_engine *engine, struct usher_text hash);

#endif
