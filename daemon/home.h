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

#define HOME_REFUSED_NAME_SIZE 32
#define HOME_REFUSED_PATTERN   "refused-*.jsonl"
/* refused-<epoch>.jsonl */
void home_refused_name(uint32_t epoch, char name[HOME_REFUSED_NAME_SIZE]);

/* That file in the folder, for its owner's eyes. */
struct home_refused {
    int folder; /* borrowed */
    int file;   /* -1: not open */
    int error;  /* the first, a negative errno; 0 = none */
    char name[HOME_REFUSED_NAME_SIZE];
};

/* Opens the file behind what it holds already. The folder must be held until the end. Whether all
 * went well is told at the end. */
void home_refused_open(struct home_refused *refused, const struct home *home, uint32_t epoch);
/* Appends lines, with their newlines. */
void home_refused_write(struct home_refused *refused, struct usher_text lines);
/* 0 when all of it is on disk, or the first error. */
int home_refused_close(struct home_refused *refused);

#endif
