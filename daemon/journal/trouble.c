/* Each sentence says what to do, unless waiting is all there is to do. */
#include "journal/trouble.h"

#include <string.h>

#include "journal/again.h"
#include "journal/login.h"
#include "journal/redis.h"

const char *trouble_place(const struct settings *settings, const struct settings_place *place,
                          char room[LOG_VALUE_SIZE])
{
    char text[SETTINGS_PATH_MAX];
    return log_value(usher_text_of(settings_write_redis(settings, place, text)), room);
}

static void tell_no_master(const struct trouble *trouble, const char *place, const char *found)
{
    if (trouble->settings->redis.sentinels_count > 0)
        log_warning("The Redis that the sentinels name is no master; asking them again",
                    "connection=%s redis=%s is=%s", trouble->connection, place, found);
    else
        log_error("This Redis is no master. Name the master under `redis` in usherd.yaml, or its "
                  "`sentinels`; trying again",
                  "connection=%s redis=%s is=%s", trouble->connection, place, found);
}

void trouble_tell(struct trouble *trouble, enum trouble_kind kind,
                  const struct settings_place *place, const char *why)
{
    const char *connection = trouble->connection;
    const char *master = trouble->settings->redis.master;
    char place_room[LOG_VALUE_SIZE];
    char reason[LOG_VALUE_SIZE];
    if (!again_is_due(&trouble->told_ms[kind], redis_now_ms()))
        return;
    trouble->is_told = true;
    (void)trouble_place(trouble->settings, place, place_room);
    (void)log_value(usher_text_of(why), reason);
    switch (kind) {
    case TROUBLE_AWAY:
        log_warning("Redis cannot be reached; trying again until it can. See whether redis-server "
                    "runs, and its log: with appendfsync always it ends itself when its disk is "
                    "full; then free space and start it",
                    "connection=%s redis=%s reason=%s", connection, place_room, reason);
        break;
    case TROUBLE_DROPPED:
        log_warning("The connection to Redis is made anew", "connection=%s redis=%s reason=%s",
                    connection, place_room, reason);
        break;
    case TROUBLE_SENTINELS:
        log_warning("No sentinel says where Redis is; asking again until one does",
                    "connection=%s master=%s reason=%s", connection, master, reason);
        break;
    case TROUBLE_NAME:
        log_error("The sentinels know no master of this name. Compare `master` under `redis` in "
                  "usherd.yaml with `sentinel monitor` in sentinel.conf",
                  "connection=%s master=%s reason=%s", connection, master, reason);
        break;
    case TROUBLE_OLDER:
        log_error("The sentinels that answer name only a master of an older switch, as those do "
                  "that were cut off; asking again until one says something newer, or all agree. "
                  "If the master was made known to them anew, take those that are gone for good "
                  "out of `sentinels` in usherd.yaml and restart usherd",
                  "connection=%s master=%s reason=%s", connection, master, reason);
        break;
    case TROUBLE_REFUSED:
        login_log_refusal(trouble->settings, connection, usher_text_of(why));
        break;
    case TROUBLE_NO_MASTER:
        tell_no_master(trouble, place_room, reason);
        break;
    case TROUBLE_NONE:
    case TROUBLE_COUNT:
        break;
    }
}

void trouble_end(struct trouble *trouble)
{
    if (!trouble->is_told)
        return;
    log_info("Redis is back", "connection=%s", trouble->connection);
    trouble->is_told = false;
    memset(trouble->told_ms, 0, sizeof(trouble->told_ms));
}
