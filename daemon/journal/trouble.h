/* Why a connection to Redis is not there: told once, again each minute while it lasts, and when it
 * is back. */
#ifndef JOURNAL_TROUBLE_H
#define JOURNAL_TROUBLE_H

#include <stdbool.h>

#include "log.h"
#include "settings.h"

enum trouble_kind {
    TROUBLE_NONE = 0,
    TROUBLE_AWAY,      /* it does not answer, or not now */
    TROUBLE_DROPPED,   /* the connection was ended here */
    TROUBLE_SENTINELS, /* none of them says where it is */
    TROUBLE_NAME,      /* none of them knows a master of the name in the settings */
    TROUBLE_OLDER,     /* they name a master of an older switch, and not all of them do */
    TROUBLE_REFUSED,   /* it does not let usherd in, or refuses a command */
    TROUBLE_NO_MASTER, /* what answers is a replica, or a sentinel */
    TROUBLE_COUNT,
};

struct trouble {
    const struct settings *settings;
    const char *connection; /* its name in the log */
    bool is_told;
    int64_t told_ms[TROUBLE_COUNT]; /* CLOCK_BOOTTIME; 0 = not since it was there */
};

/* `place`: where it was tried; `why`: an answer, or the system's word. */
void trouble_tell(struct trouble *trouble, enum trouble_kind kind,
                  const struct settings_place *place, const char *why);
/* It is back: tells that, if there was any trouble. */
void trouble_end(struct trouble *trouble);

/* settings_write_redis as a value for the log. */
const char *trouble_place(const struct settings *settings, const struct settings_place *place,
                          char room[LOG_VALUE_SIZE]);

#endif
