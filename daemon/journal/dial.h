/* A connection to Redis that waits for each answer, for those who have nothing else to do: the
 * snapshot's child, and usherctl. */
#ifndef JOURNAL_DIAL_H
#define JOURNAL_DIAL_H

#include <stddef.h>

#include "base/text.h"
#include "settings.h"

struct redisContext;
struct redisReply;

#define DIAL_WHY_MAX 256

/* Connects to `place`, or to the socket of the settings, and says who we are. NULL with the reason
 * in `why`. The caller frees it with redisFree. */
struct redisContext *dial_open(const struct settings *settings, const struct settings_place *place,
                               char why[DIAL_WHY_MAX]);
/* The same; where the master is is found out as the settings say: they name it, or sentinels. */
struct redisContext *dial_master(const struct settings *settings, char why[DIAL_WHY_MAX]);

/* The answer, an error perhaps; NULL when none came, and the connection is of no use any more. */
struct redisReply *dial_ask(struct redisContext *redis, const struct usher_text *args,
                            size_t count);

#endif
