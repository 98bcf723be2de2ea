/* The promise of durability, by a table over appendfsync. */
#include "journal/durability.h"

#include <inttypes.h>

#include "log.h"

struct promise_row {
    const char *appendfsync;
    const char *sentence;
};

static const struct promise_row promises[] = {
    {"always", "Durability: nothing acknowledged is lost when usherd, Redis or the machine dies"},
    {"everysec",
     "Durability: nothing is lost when usherd dies; some two seconds may be lost when Redis or the "
     "machine dies. For more set appendfsync always."},
    {"no", "Durability: nothing is lost when usherd or Redis dies; half a minute may be lost when "
           "the machine dies. "
           "For more set appendfsync always."},
};

static bool is_text(struct usher_text text, const char *string)
{
    return usher_text_is_equal(text, usher_text_of(string));
}

bool durability_is_fit(struct usher_text appendonly, struct usher_text appendfsync,
                       struct usher_text policy, bool accept_loss)
{
    char value[LOG_VALUE_SIZE];
    bool has_file = !is_text(appendonly, "no");
    bool is_fit = true;
    if (!appendonly.at || !appendfsync.at || !policy.at)
        log_warning("Redis does not tell how durable it is: CONFIG GET is refused. Be sure of "
                    "appendonly yes, appendfsync "
                    "always, maxmemory-policy noeviction",
                    NULL);
    if (!has_file) {
        is_fit = false;
        log_error("Redis keeps nothing on disk. Remedy: set `appendonly yes` and `appendfsync "
                  "always` in redis.conf, or "
                  "`redis: {accept_loss: true}` in usherd.yaml to go without.",
                  "appendonly=no");
    }
    if (policy.at && !is_text(policy, "noeviction")) {
        is_fit = false;
        log_error("Redis may throw keys away when its memory is full. Remedy: set "
                  "`maxmemory-policy noeviction` in "
                  "redis.conf, or `redis: {accept_loss: true}` in usherd.yaml to go without.",
                  "maxmemory-policy=%s", log_value(policy, value));
    }
    if (!is_fit && accept_loss)
        log_warning("Durability: everything may be lost when Redis dies; usherd.yaml accepts that",
                    NULL);
    for (size_t i = 0; is_fit && appendfsync.at && i < USHER_COUNT_OF(promises); i++) {
        if (is_text(appendfsync, promises[i].appendfsync))
            log_info(promises[i].sentence, "appendfsync=%s", promises[i].appendfsync);
    }
    return is_fit || accept_loss;
}

void durability_log_replicas(const struct settings *settings, size_t connected_count)
{
    int64_t wanted = settings->redis.wait_replicas;
    bool is_strict = settings->redis.replicas == SETTINGS_REPLICAS_STRICT;
    if (wanted == 0) {
        if (connected_count > 0 || settings->redis.sentinels_count > 0)
            log_warning(
                "Durability: a failover to a replica may lose the newest events, though they "
                "were acknowledged. For more set `wait_replicas: 1` under `redis`",
                "replicas=%zu sentinels=%zu", connected_count, settings->redis.sentinels_count);
        return;
    }
    if (is_strict)
        log_info(
            "Durability: acknowledged = on disk here, and in the memory of as many replicas as "
            "wait_replicas says; a failover to one of them loses nothing",
            "wait_replicas=%" PRId64 " replicas=%zu", wanted, connected_count);
    else
        log_info("Durability: acknowledged = on disk here; replicas are waited for, but it goes on "
                 "without them, and a failover then may lose the newest events",
                 "wait_replicas=%" PRId64 " replicas=%zu", wanted, connected_count);
    if (wanted > (int64_t)connected_count && is_strict)
        log_warning(
            "Redis has fewer replicas than `wait_replicas` asks for: nothing will be decided "
            "until they are there. Remedy: connect them (INFO replication), or lower "
            "`wait_replicas`",
            "wait_replicas=%" PRId64 " replicas=%zu", wanted, connected_count);
}
