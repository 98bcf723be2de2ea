/* A connection to Redis that waits for each answer, for those who have nothing else to do: the
 * snapshot's child, and usherctl. */
#ifndef JOURNAL_DIAL_H
#define JOURNAL_DIAL_H

#include <stddef.h>

#include "base/text.h"
#include "settings.h"

struct redisContext;
struct redisReply;

#define DIAL_WHY_MAX 512

enum dial_result {
    DIAL_DONE = 0,
    DIAL_UNREACHABLE, /* no connection, or no answer */
    DIAL_REFUSED,     /* Redis, or a sentinel, does not let us in */
    DIAL_NO_MASTER,   /* no sentinel says where it is, or what they name is none */
};

/* Connects to `place`, or to the socket of the settings, and says who we are. Else `why` has the
 * reason. The caller frees `*redis` with redisFree. For the snapshot's child: an answer is given up
 * after a minute of silence. */
USHER_MUST_USE enum dial_result dial_open(struct redisContext **redis,
                                          const struct settings *settings,
                                          const struct settings_place *place,
                                          char why[DIAL_WHY_MAX]);
/* The same; where the master is, which goes into `place`, is found out as the settings say: they
 * name it, or sentinels. Then all of those are asked, and the newest word counts (word.h). For a
 * person who waits: an answer is given up after 5 s of silence, also later on. `place` is all zero
 * when no sentinel named one. */
USHER_MUST_USE enum dial_result dial_master(struct redisContext **redis,
                                            const struct settings *settings,
                                            struct settings_place *place, char why[DIAL_WHY_MAX]);

/* The answer, an error perhaps; NULL when none came, and the connection is of no use any more. */
struct redisReply *dial_ask(struct redisContext *redis, const struct usher_text *args,
                            size_t count);
/* Why it gave none. */
const char *dial_why(const struct redisContext *redis);

#endif
