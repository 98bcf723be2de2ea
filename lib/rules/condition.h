/* What a route asks of a contact before it takes it: `when` of the rules, compiled. */
#ifndef USHER_RULES_CONDITION_H
#define USHER_RULES_CONDITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "model/channel.h"

/* What is known of a contact and of the site when it is routed. Texts are borrowed. */
struct usher_facts {
    enum usher_channel channel;
    struct usher_text from;
    struct usher_text to;
    struct usher_text data;     /* a checked JSON object, or absent */
    struct usher_text customer; /* likewise: what is remembered of the customer */
    struct usher_text skills;   /* likewise: its own needs, skill to level, instead of a queue's */
    bool is_repeat;             /* the customer was served of late in the queue that is looked at */
    int64_t now_ms;             /* for that: the routes find it out by `customer` */
    uint64_t switches;          /* bit i: switch i of the rules is on */
};

/* X(NAME, key). A key that ends in `.` has the contact's own key behind it. */
#define USHER_CONDITIONS(X)                                                                        \
    X(CHANNEL, "channel")                                                                          \
    X(DIALLED, "dialled") /* the contact's `to`, whole, or its beginning before a `*` */           \
    X(FROM, "from")       /* likewise */                                                           \
    X(SWITCH, "switch")                                                                            \
    X(REPEAT, "repeat")                                                                            \
    X(DATA, "data.")         /* a text, number or truth of the contact's data, whole */            \
    X(CUSTOMER, "customer.") /* the same of what is remembered of the customer */

enum usher_condition_kind {
    USHER_CONDITION_NONE = 0,
#define USHER_CONDITION_ENUM(NAME, key) USHER_CONDITION_##NAME,
    USHER_CONDITIONS(USHER_CONDITION_ENUM)
#undef USHER_CONDITION_ENUM
        USHER_CONDITION_KIND_COUNT,
};

/* One condition: any of its values fits; with `is_not`, none does. A value that is not there fits
 * nothing, and so it does fit what is denied. */
struct usher_condition {
    enum usher_condition_kind kind;
    bool is_not;           /* it stands under `not` */
    struct usher_text key; /* "city" of data.city */
    const struct usher_text *values;
    size_t values_count;
    uint64_t switches; /* those of `values` that are switches, as bits */
};

/* "data.", "channel". */
const char *usher_condition_name(enum usher_condition_kind kind);
/* The kind of a key of `when`, and the rest of it behind "data." or "customer."; NONE for others
 * and for one that has nothing behind the point. */
enum usher_condition_kind usher_condition_find(struct usher_text key, struct usher_text *rest);

bool usher_condition_is_fit(const struct usher_condition *condition,
                            const struct usher_facts *facts);

/* Whether every contact that fits `a` surely fits `b`. False when that cannot be seen. */
bool usher_condition_implies(const struct usher_condition *a, const struct usher_condition *b);
/* Whether surely no contact fits both. */
bool usher_condition_excludes(const struct usher_condition *a, const struct usher_condition *b);

#endif
