/* The state folder: a random name that no other running usherd can have, and what Redis did not
 * take. Whoever holds the folder knows that the usherd which led under its name before is dead. */
#ifndef HOME_H
#define HOME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#define HOME_NAME_LENGTH 16

struct home {
    int folder; /* -1: not held */
    int lock;
    char name[HOME_NAME_LENGTH + 1]; /* hexadecimal; "" = not held */
};

/* Holds nothing. */
void home_init(struct home *home);
/* Holds the folder at `path`, which must be there, until home_fini: makes its name when it has
 * none. 0, or a negative errno after logging it with the remedy: -EBUSY when another process holds
 * it. */
int home_hold(struct home *home, const char *path);
void home_fini(struct home *home);

/* Appends lines, with their newlines, to refused-<epoch>.jsonl in the folder, which must be held.
 * The file is for its owner's eyes. 0, or a negative errno, logged. */
int home_keep_refused(const struct home *home, uint32_t epoch, struct usher_text lines);

#endif
