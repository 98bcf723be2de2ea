/* The alarms, a row each: what people read, and by which words Redis says it. */
#include "journal/alarm.h"

#include <inttypes.h>
#include <string.h>

#include "journal/again.h"
#include "journal/login.h"
#include "log.h"

struct alarm_row {
    enum log_level level;
    const char *sentence;
    const char *over;
};

struct word_row {
    const char *word; /* that the error begins with */
    enum alarm_kind kind;
};

static const struct alarm_row rows[ALARM_COUNT] = {
    [ALARM_FOREIGN_ENTRY] = {LOG_LEVEL_ERROR,
                             "The journal holds an entry that no router wrote; nothing can be "
                             "appended until it is removed. "
                             "Remedy: usherctl journal repair",
                             "The journal holds routers' entries only"},
    [ALARM_FOREIGN_TRACE] =
        {LOG_LEVEL_ERROR,
         "The journal held an entry that no router wrote, and Redis takes no number below its id, "
         "though it was deleted. Remedy: usherctl journal repair",
         "The journal goes on behind the last router's entry"},
    [ALARM_REPLICAS_STRICT] =
        {LOG_LEVEL_ERROR,
         "Too few replicas of Redis confirm what is written; nothing counts as written until they "
         "do. Remedy: bring them back (INFO replication), or lower `wait_replicas`, or set "
         "`replicas: best` under `redis` in usherd.yaml and restart usherd",
         "Enough replicas of Redis confirm what is written"},
    [ALARM_REPLICAS_BEST] =
        {LOG_LEVEL_WARNING,
         "Too few replicas of Redis confirm what is written; it goes on without them, and a "
         "failover now would lose the newest events. Remedy: bring them back (INFO replication)",
         "Enough replicas of Redis confirm what is written again"},
    [ALARM_MEMORY] =
        {LOG_LEVEL_ERROR,
         "Redis has no memory left for the journal. Remedy: raise maxmemory (CONFIG SET maxmemory, "
         "and redis.conf), or remove other data from this Redis; keep maxmemory-policy noeviction. "
         "`journal: {max}` in usherd.yaml says how much of it the journal may take",
         "Redis has memory again"},
    [ALARM_DISK] =
        {LOG_LEVEL_ERROR,
         "Redis cannot write to its disk. Remedy: free space where Redis keeps its files (CONFIG "
         "GET dir), see to their rights and to Redis's log; it goes on by itself then",
         "Redis writes to its disk again"},
    [ALARM_REPLICAS] =
        {LOG_LEVEL_ERROR,
         "Redis has fewer replicas than its min-replicas-to-write asks for. Remedy: bring the "
         "replicas back (INFO replication), or lower min-replicas-to-write",
         "Redis has its replicas again"},
    [ALARM_LOADING] = {LOG_LEVEL_WARNING,
                       "Redis reads its files after a start. Nothing to do but to wait; should it "
                       "not end, see Redis's log",
                       "Redis has read its files"},
    [ALARM_READ_ONLY] =
        {LOG_LEVEL_WARNING,
         "This Redis is a replica and takes no writes: a failover is under way, or usherd.yaml "
         "names the wrong one. Remedy: name the master in `redis`, or its sentinels; or make this "
         "one the master (REPLICAOF NO ONE)",
         "Redis takes writes again"},
    [ALARM_MASTER_DOWN] =
        {LOG_LEVEL_WARNING,
         "This Redis is a replica whose master cannot be reached. Remedy: bring the master back, "
         "or make this one the master (REPLICAOF NO ONE)",
         "Redis's master is back"},
    [ALARM_BUSY] = {LOG_LEVEL_ERROR,
                    "A script keeps Redis busy. Remedy: SCRIPT KILL; if it has written already, "
                    "wait for its end",
                    "No script keeps Redis busy any more"},
    [ALARM_CLUSTER] =
        {LOG_LEVEL_WARNING,
         "The Redis Cluster cannot serve the journal here. Remedy: see CLUSTER INFO and CLUSTER "
         "NODES; usherd.yaml must name the node that has the site's slot",
         "The Redis Cluster serves the journal again"},
    [ALARM_PASSWORD] =
        {LOG_LEVEL_ERROR,
         "Redis wants a name or password that usherd does not have. Remedy: set `redis: {user, "
         "password_file}` in usherd.yaml as Redis's ACL has them (ACL LIST)",
         "Redis takes usherd's password"},
    [ALARM_PERMISSION] =
        {LOG_LEVEL_ERROR,
         "Redis's ACL forbids usherd a command or a key (ACL LOG shows which). Remedy: ACL SETUSER "
         "with usherd's user, ~usher:{site}:* and " LOGIN_ACL,
         "Redis's ACL lets usherd do its work again"},
    [ALARM_TYPE] =
        {LOG_LEVEL_ERROR,
         "The journal's key holds something else than a stream. Remedy: see who uses this Redis "
         "besides Usher; rename the key away (RENAME), or set another `site` or Redis",
         "The journal's key holds a stream"},
    [ALARM_OTHER] =
        {LOG_LEVEL_ERROR,
         "Redis gave an answer that was not expected; trying again. See to Redis and its ACL",
         "Redis answers as expected again"},
};

static const struct word_row words[] = {
    {"OOM", ALARM_MEMORY},          {"MISCONF", ALARM_DISK},
    {"NOREPLICAS", ALARM_REPLICAS}, {"LOADING", ALARM_LOADING},
    {"READONLY", ALARM_READ_ONLY},  {"MASTERDOWN", ALARM_MASTER_DOWN},
    {"BUSY", ALARM_BUSY},           {"CLUSTERDOWN", ALARM_CLUSTER},
    {"TRYAGAIN", ALARM_CLUSTER},    {"MOVED", ALARM_CLUSTER},
    {"ASK", ALARM_CLUSTER},         {"NOAUTH", ALARM_PASSWORD},
    {"WRONGPASS", ALARM_PASSWORD},  {"NOPERM", ALARM_PERMISSION},
    {"WRONGTYPE", ALARM_TYPE},
};

enum alarm_kind alarm_of_error(struct usher_text error)
{
    for (size_t i = 0; error.at && i < USHER_COUNT_OF(words); i++) {
        size_t length = strlen(words[i].word);
        if (error.length > length && error.at[length] == ' ' &&
            memcmp(error.at, words[i].word, length) == 0)
            return words[i].kind;
    }
    return ALARM_OTHER;
}

bool alarm_raise(struct alarm *alarm, enum alarm_kind kind, struct usher_text key,
                 struct usher_text entry, struct usher_text reason, int64_t now_ms)
{
    char entry_room[LOG_VALUE_SIZE];
    char reason_room[LOG_VALUE_SIZE];
    int64_t lasts_s;
    if (!alarm->is_on[kind])
        alarm->began_ms[kind] = now_ms;
    alarm->is_any = alarm->is_on[kind] = true;
    if (!again_is_due(&alarm->told_ms[kind], now_ms))
        return false;
    lasts_s = (now_ms - alarm->began_ms[kind]) / 1000;
    if (entry.at)
        log_write(rows[kind].level, rows[kind].sentence,
                  "key=%s entry=%s reason=%s lasts_s=%" PRId64, key.at,
                  log_value(entry, entry_room), log_value(reason, reason_room), lasts_s);
    else
        log_write(rows[kind].level, rows[kind].sentence, "key=%s reason=%s lasts_s=%" PRId64,
                  key.at, log_value(reason, reason_room), lasts_s);
    return true;
}

void alarm_end(struct alarm *alarm, struct usher_text key, int64_t now_ms)
{
    for (size_t kind = 0; alarm->is_any && kind < ALARM_COUNT; kind++) {
        if (!alarm->is_on[kind])
            continue;
        alarm->is_on[kind] = false;
        alarm->told_ms[kind] = 0;
        log_info(rows[kind].over, "key=%s lasted_ms=%" PRId64, key.at,
                 now_ms - alarm->began_ms[kind]);
    }
    alarm->is_any = false;
}
