/* One agent's profile: the fields of its hash in Redis, checked, as the router wants them. */
#ifndef JOURNAL_PROFILE_H
#define JOURNAL_PROFILE_H

#include "base/bytes.h"
#include "model/limits.h"

struct redisReply;

#define PROFILE_SKILLS_MAX       512
#define PROFILE_SKILLS_BYTES_MAX 8192 /* so that its event fits into a line */

struct profile {
    struct usher_text name;      /* borrowed from the reply; absent when there is none */
    struct usher_text phone;     /* likewise */
    struct usher_bytes skills;   /* a JSON object, keys sorted: equal profiles give equal bytes */
    struct usher_bytes capacity; /* likewise */
};

void profile_init(struct profile *profile);
void profile_fini(struct profile *profile);
/* Reads the answer to HGETALL: name, phone, skill.<name> 0 to 10 (0 = not held, left out),
 * capacity.<channel> 0 to 100. Other fields are nobody's business here. What is wrong is left out,
 * with a warning that names agent and field. */
void profile_read(struct profile *profile, struct usher_text agent, const struct redisReply *reply);

#endif
