/* One field of an agent's profile, as it stands in the agent's hash in Redis, and whether its value
 * is good. Who reads profiles (usherd) and who writes them (usherctl) share this. */
#ifndef USHER_MODEL_PROFILE_H
#define USHER_MODEL_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "model/channel.h"
#include "model/limits.h"

#define USHER_CAPACITY_MAX 100

enum usher_profile_kind {
    USHER_PROFILE_NONE = 0, /* none of the fields that a router reads */
    USHER_PROFILE_NAME,
    USHER_PROFILE_PHONE,
    USHER_PROFILE_SKILL,    /* skill.<name> */
    USHER_PROFILE_CAPACITY, /* capacity.<channel> */
    USHER_PROFILE_KIND_COUNT,
};

struct usher_profile_field {
    enum usher_profile_kind kind;
    struct usher_text key;      /* SKILL, CAPACITY: what stands behind the dot; borrowed */
    enum usher_channel channel; /* CAPACITY */
    int64_t number;             /* SKILL: the level; CAPACITY: contacts at the same time */
    const char *expected;       /* NULL: the value is good; else what should stand there */
};

/* What the field `name` with `value` is. With an unknown kind `expected` is NULL. */
struct usher_profile_field usher_profile_field_read(struct usher_text name,
                                                    struct usher_text value);

/* Whether `phone` begins as a SIP URI: sip: or sips:, then something without a space. A router
 * takes any text, since the PBX alone has to understand it; but Kamailio rings these only. */
bool usher_profile_is_sip(struct usher_text phone);

#endif
