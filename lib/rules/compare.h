/* What differs between two sets of rules, for people who are about to take the second into use. */
#ifndef USHER_RULES_COMPARE_H
#define USHER_RULES_COMPARE_H

#include "rules/document.h"
#include "rules/rules.h"

enum usher_rules_section {
    USHER_SECTION_NONE = 0,
    USHER_SECTION_SKILLS,
    USHER_SECTION_NOT_READY,
    USHER_SECTION_SWITCHES,
    USHER_SECTION_NOTICES,
    USHER_SECTION_TIERS,
    USHER_SECTION_BID,
    USHER_SECTION_CHANNELS,
    USHER_SECTION_QUEUES,
    USHER_SECTION_ROUTES,
    USHER_SECTION_RULES, /* keys of the file itself */
    USHER_SECTION_COUNT,
};

#define USHER_CHANGE_KEY_SIZE   160
#define USHER_CHANGE_VALUE_SIZE 200 /* longer ones are cut, with `…` */

struct usher_change {
    enum usher_rules_section section;
    struct usher_text name;            /* of the skill, tier, channel, queue; absent where there is
                                          none. Borrowed from the rules. */
    char key[USHER_CHANGE_KEY_SIZE];   /* "promise.answer_within"; "" = the whole of it is new or
                                          gone */
    char was[USHER_CHANGE_VALUE_SIZE]; /* "" = it was not there */
    char now[USHER_CHANGE_VALUE_SIZE]; /* "" = it is gone */
};

#define USHER_CHANGES_MAX 500 /* further ones are counted, not kept */

struct usher_changes {
    struct usher_change list[USHER_CHANGES_MAX];
    size_t count;
};

/* What the rules mean, in the order of the sections. */
void usher_rules_compare(const struct usher_rules *before, const struct usher_rules *now,
                         struct usher_changes *changes);

/* Adds what else differs in two documents: keys of which the above knows nothing, as they are
 * written. Names are borrowed from `now`. */
void usher_rules_compare_keys(const struct usher_node *before, const struct usher_node *now,
                              struct usher_changes *changes);

/* Ends a text of `size` bytes, of which `length` were wanted, with `…` if that was too long. */
void usher_change_cut(char *text, size_t size, size_t length);

/* "queues". */
const char *usher_rules_section_name(enum usher_rules_section section);

#endif
