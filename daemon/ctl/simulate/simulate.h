/* What the files of `usherctl simulate` share. */
#ifndef CTL_SIMULATE_SIMULATE_H
#define CTL_SIMULATE_SIMULATE_H

#include <stdio.h>

#include "ctl/options.h"
#include "simulate/study.h"

/* A study that was made, and what it was made of. */
struct simulation {
    const struct options *options;
    const struct usher_traffic *traffic;
    struct usher_entry entries[USHER_ENTRIES_MAX];
    size_t entries_count;
    size_t days;
    uint64_t seed;
    const struct usher_study *study;
    /* Each queue and tier to which customers came, once; first those of the first entry. */
    const struct usher_daybook_class **classes;
    size_t classes_count;
};

/* Fills in `classes`, which the caller frees, of a study that was made. */
void simulate_gather_classes(struct simulation *simulation);
/* The service level of one of `classes`; -1 when nobody came there by this entry. */
double simulate_class_level(const struct simulation *simulation, size_t entry, size_t class);

/* The rules of an entry, which the caller frees; NULL where they are those of the first entry, or
 * have problems. */
struct usher_rules *simulate_read_rules(const struct simulation *simulation, size_t entry);

/* On standard error: which skills of the agents each of the rules do not have, and which customers
 * nobody can serve under them. */
void simulate_compare_skills(const struct simulation *simulation);
/* A line for people, where rules promise different times; nothing where they do not. */
void simulate_print_promises(const struct simulation *simulation);
/* For people; for programs: an object an entry, or a row an entry and day. */
void simulate_print_table(const struct simulation *simulation);
void simulate_print_json(const struct simulation *simulation);
void simulate_print_csv(const struct simulation *simulation);
/* The service level of each queue and tier as a drawing. False after saying why it could not be
 * written. */
USHER_MUST_USE bool simulate_write_svg(const struct simulation *simulation, const char *path);

#endif
