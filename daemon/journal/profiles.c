/* The profiles' follower: two connections. On the reader tracking is switched on (BCAST over the
 * prefix of the agents' keys), with its invalidations redirected to the listener; then all keys are
 * scanned, so nothing can change unseen between the two. Redis tells neither side when the other is
 * gone, so a probe key is written now and then whose invalidation must come back: without it both
 * are made anew. */
#include "journal/profiles.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/list.h"
#include "journal/keys.h"
#include "journal/profile.h"
#include "journal/redis.h"
#include "journal/reply.h"
#include "log.h"

#define PROBE_SUFFIX       "~probe" /* ~ stands in no agent's id */
#define PROBE_EVERY_MS     10000
#define PROBE_ANSWER_MS    5000
#define PROBE_SECONDS_KEPT "60"

/* An HGETALL on its way; answers come in the order of the questions. */
struct profile_read {
    struct usher_list node;
    char agent[USHER_AGENT_ID_MAX + 1];
};

struct profiles {
    const struct settings *settings;
    const struct profiles_ops *ops;
    void *owner;
    struct redis *listener;
    struct redis *reader;
    bool is_listening;    /* the listener is subscribed */
    bool is_tracking;     /* the reader's tracking is on */
    bool is_scanning;     /* until the last answer of a scan's questions */
    bool has_more;        /* the scan's cursor is not back at 0 */
    bool is_scan_wanted;  /* once the present one is over */
    bool is_loaded;       /* `loaded` was told in this connection's life */
    bool has_warned_gone; /* of a profile that was there, in this connection's life */
    int64_t listener_id;  /* CLIENT ID */
    size_t scanned_count; /* profiles of this scan */
    size_t loaded_count;  /* of the last whole scan */
    struct usher_list reads;
    struct profile profile;
    struct event *probe;
    bool is_probe_out; /* its invalidation has not come yet */
    bool is_probe_due; /* what the timer is for: to write the next one, or to look for the last
                          one's invalidation */
    int64_t probes_count;
    char prefix_room[JOURNAL_KEY_SIZE];
    struct usher_text prefix;
};

static void begin_scan(struct profiles *profiles);

static void arm_probe(struct profiles *profiles, int64_t ms)
{
    struct timeval wait = {.tv_sec = ms / 1000, .tv_usec = (ms % 1000) * 1000};
    event_add(profiles->probe, &wait);
}

/* Both connections are made anew. Nothing may be asked of the reader in the same call afterwards.
 */
static void start_over(struct profiles *profiles, const char *reason)
{
    redis_drop(profiles->listener, reason);
    redis_drop(profiles->reader, reason);
}

static void on_error_reply(struct profiles *profiles, const char *what,
                           const struct redisReply *reply)
{
    char value[LOG_VALUE_SIZE];
    if (journal_reply_classify(reply) == JOURNAL_REPLY_AWAY) {
        start_over(profiles, "Redis cannot serve now");
        return;
    }
    log_error("Redis refused what following the profiles needs; trying again. See to its ACL",
              "command=%s reason=%s", what, log_value(journal_reply_text(reply), value));
    start_over(profiles, "refused");
}

/* The agent's id in a key; absent when the key is none of an agent's. */
static struct usher_text agent_of(const struct profiles *profiles, struct usher_text key)
{
    struct usher_text id = {key.at + profiles->prefix.length, key.length - profiles->prefix.length};
    if (key.length <= profiles->prefix.length ||
        memcmp(key.at, profiles->prefix.at, profiles->prefix.length) != 0)
        return USHER_NO_TEXT;
    return id;
}

static void finish_scan(struct profiles *profiles)
{
    if (!profiles->is_scanning || profiles->has_more || !usher_list_is_empty(&profiles->reads))
        return;
    profiles->is_scanning = false;
    if (profiles->is_scan_wanted) {
        begin_scan(profiles);
        return;
    }
    if (profiles->scanned_count == 0 && profiles->loaded_count > 0)
        log_warning("All profiles are gone from Redis; the agents stay as they were", "site=%s",
                    profiles->settings->site);
    profiles->loaded_count = profiles->scanned_count;
    if (profiles->is_loaded)
        return;
    profiles->is_loaded = true;
    profiles->ops->loaded(profiles->owner, profiles->scanned_count);
}

static void on_profile(void *owner, const struct redisReply *reply)
{
    struct profiles *profiles = owner;
    struct profile_read *read = usher_list_entry(profiles->reads.next, struct profile_read, node);
    struct usher_text agent = usher_text_of(read->agent);
    char value[LOG_VALUE_SIZE];
    assert(!usher_list_is_empty(&profiles->reads));
    usher_list_remove(&read->node);
    if (reply->type != REDIS_REPLY_ARRAY) {
        log_warning("A profile cannot be read: its key must be a hash", "agent=%s reason=%s",
                    agent.at, log_value(journal_reply_text(reply), value));
    } else if (reply->elements == 0) {
        if (!profiles->has_warned_gone)
            log_warning("A profile is gone from Redis; the agent stays as it was", "agent=%s",
                        agent.at);
        profiles->has_warned_gone = true;
    } else {
        profile_read(&profiles->profile, agent, reply);
        profiles->scanned_count++;
        profiles->ops->profile(profiles->owner, agent, profiles->profile.name,
                               profiles->profile.phone, usher_bytes_text(&profiles->profile.skills),
                               usher_bytes_text(&profiles->profile.capacity));
    }
    free(read);
    finish_scan(profiles);
}

static void ask_profile(struct profiles *profiles, struct usher_text key)
{
    const struct usher_text args[] = {USHER_TEXT("HGETALL"), key};
    struct usher_text agent = agent_of(profiles, key);
    char value[LOG_VALUE_SIZE];
    struct profile_read *read;
    if (!agent.at || usher_text_is_equal(agent, USHER_TEXT(PROBE_SUFFIX)))
        return;
    if (agent.length > USHER_AGENT_ID_MAX || !usher_text_is_id(agent)) {
        log_warning("A profile is left out: an agent's id is 1 to 64 of A-Z a-z 0-9 . _ @ : + -",
                    "agent=%s", log_value(agent, value));
        return;
    }
    read = calloc(1, sizeof(*read));
    if (!read || !usher_text_copy(read->agent, sizeof(read->agent), agent)) {
        free(read);
        start_over(profiles, "memory is out");
        return;
    }
    usher_list_init(&read->node);
    usher_list_append(&profiles->reads, &read->node);
    redis_command(profiles->reader, args, 2, on_profile, profiles);
}

static void scan(struct profiles *profiles, struct usher_text cursor);

static void begin_scan(struct profiles *profiles)
{
    if (profiles->is_scanning) {
        profiles->is_scan_wanted = true;
        return;
    }
    profiles->is_scanning = true;
    profiles->has_more = true;
    profiles->is_scan_wanted = false;
    profiles->has_warned_gone = false;
    profiles->scanned_count = 0;
    scan(profiles, USHER_TEXT("0"));
}

static void on_scan(void *owner, const struct redisReply *reply)
{
    struct profiles *profiles = owner;
    const struct redisReply *keys = journal_reply_element(reply, 1);
    struct usher_text cursor = journal_reply_text(journal_reply_element(reply, 0));
    if (!cursor.at) {
        on_error_reply(profiles, "SCAN", reply);
        return;
    }
    for (size_t i = 0; keys && i < keys->elements && redis_is_up(profiles->reader); i++)
        ask_profile(profiles, journal_reply_text(keys->element[i]));
    if (!redis_is_up(profiles->reader))
        return;
    if (!usher_text_is_equal(cursor, USHER_TEXT("0"))) {
        scan(profiles, cursor);
        return;
    }
    profiles->has_more = false;
    finish_scan(profiles);
}

static void scan(struct profiles *profiles, struct usher_text cursor)
{
    char pattern[JOURNAL_KEY_SIZE];
    const struct usher_text args[] = {
        USHER_TEXT("SCAN"),  cursor,
        USHER_TEXT("MATCH"), journal_key_agent(profiles->settings->site, "*", pattern),
        USHER_TEXT("COUNT"), USHER_TEXT("500")};
    redis_command(profiles->reader, args, USHER_COUNT_OF(args), on_scan, profiles);
}

/* Every change of a key under the prefix comes back, our own too. */
static void on_tracking(void *owner, const struct redisReply *reply)
{
    struct profiles *profiles = owner;
    if (reply->type == REDIS_REPLY_ERROR) {
        on_error_reply(profiles, "CLIENT TRACKING", reply);
        return;
    }
    profiles->is_tracking = true;
    begin_scan(profiles);
    arm_probe(profiles, 0);
}

static void begin_tracking(struct profiles *profiles)
{
    char id[24];
    struct usher_text args[] = {USHER_TEXT("CLIENT"),   USHER_TEXT("TRACKING"), USHER_TEXT("ON"),
                                USHER_TEXT("REDIRECT"), USHER_NO_TEXT,          USHER_TEXT("BCAST"),
                                USHER_TEXT("PREFIX"),   profiles->prefix};
    if (!profiles->is_listening || !redis_is_up(profiles->reader))
        return;
    if (!settings_is_same_place(redis_place(profiles->reader), redis_place(profiles->listener))) {
        start_over(profiles, "the two connections are not with the same Redis");
        return;
    }
    (void)snprintf(id, sizeof(id), "%" PRId64, profiles->listener_id);
    args[4] = usher_text_of(id);
    redis_command(profiles->reader, args, USHER_COUNT_OF(args), on_tracking, profiles);
}

static void on_invalid_key(struct profiles *profiles, struct usher_text key)
{
    struct usher_text agent = agent_of(profiles, key);
    if (agent.at && usher_text_is_equal(agent, USHER_TEXT(PROBE_SUFFIX)))
        profiles->is_probe_out = false;
    else if (redis_is_up(profiles->reader) && profiles->is_tracking)
        ask_profile(profiles, key);
}

/* [subscribe, channel, 1] once, then [message, channel, keys]; keys are nil after FLUSHALL and
 * FLUSHDB. */
static void on_message(void *owner, const struct redisReply *reply)
{
    struct profiles *profiles = owner;
    struct usher_text kind = journal_reply_text(journal_reply_element(reply, 0));
    const struct redisReply *keys = journal_reply_element(reply, 2);
    if (reply->type == REDIS_REPLY_ERROR) {
        on_error_reply(profiles, "SUBSCRIBE", reply);
    } else if (usher_text_is_equal(kind, USHER_TEXT("subscribe"))) {
        profiles->is_listening = true;
        begin_tracking(profiles);
    } else if (keys && keys->type == REDIS_REPLY_NIL) {
        if (profiles->is_tracking)
            begin_scan(profiles);
    } else if (keys && keys->type == REDIS_REPLY_ARRAY) {
        for (size_t i = 0; i < keys->elements; i++)
            on_invalid_key(profiles, journal_reply_text(keys->element[i]));
    }
}

static void on_client_id(void *owner, const struct redisReply *reply)
{
    struct profiles *profiles = owner;
    if (reply->type != REDIS_REPLY_INTEGER) {
        on_error_reply(profiles, "CLIENT ID", reply);
        return;
    }
    profiles->listener_id = reply->integer;
    redis_subscribe(profiles->listener, USHER_TEXT("__redis__:invalidate"), on_message, profiles);
}

static void on_probe_written(void *owner, const struct redisReply *reply)
{
    if (reply->type == REDIS_REPLY_ERROR && journal_reply_classify(reply) != JOURNAL_REPLY_AWAY)
        on_error_reply(owner, "HSET", reply);
}

/* A hash like its neighbours, so that no script over the agents' keys stumbles; it goes when nobody
 * writes it any more. */
static void write_probe(struct profiles *profiles)
{
    char key[JOURNAL_KEY_SIZE];
    char number[24];
    struct usher_text name = journal_key_agent(profiles->settings->site, PROBE_SUFFIX, key);
    int length = snprintf(number, sizeof(number), "%" PRId64, ++profiles->probes_count);
    const struct usher_text set[] = {
        USHER_TEXT("HSET"), name, USHER_TEXT("probe"), {number, (size_t)length}};
    const struct usher_text expire[] = {USHER_TEXT("EXPIRE"), name, USHER_TEXT(PROBE_SECONDS_KEPT)};
    profiles->is_probe_out = true;
    redis_command(profiles->reader, set, USHER_COUNT_OF(set), on_probe_written, profiles);
    if (redis_is_up(profiles->reader))
        redis_command(profiles->reader, expire, USHER_COUNT_OF(expire), on_probe_written, profiles);
}

/* Writes a probe, or looks whether the last one came back. */
static void on_probe(evutil_socket_t fd, short what, void *arg)
{
    struct profiles *profiles = arg;
    (void)fd, (void)what;
    if (!profiles->is_tracking)
        return;
    if (profiles->is_probe_out) {
        log_warning("Changes of profiles no longer reach this router; connecting anew", "site=%s",
                    profiles->settings->site);
        start_over(profiles, "the probe did not come back");
        return;
    }
    if (profiles->is_probe_due) {
        write_probe(profiles);
        arm_probe(profiles, PROBE_ANSWER_MS);
    } else {
        arm_probe(profiles, PROBE_EVERY_MS - PROBE_ANSWER_MS);
    }
    profiles->is_probe_due = !profiles->is_probe_due;
}

static void on_listener_up(void *owner)
{
    struct profiles *profiles = owner;
    const struct usher_text args[] = {USHER_TEXT("CLIENT"), USHER_TEXT("ID")};
    redis_command(profiles->listener, args, 2, on_client_id, profiles);
}

/* The reader's tracking points at a connection that is gone: it begins anew as well. */
static void on_listener_down(void *owner, const char *reason)
{
    struct profiles *profiles = owner;
    profiles->is_listening = false;
    redis_drop(profiles->reader, reason);
}

static void on_reader_up(void *owner)
{
    begin_tracking(owner);
}

static void forget_reads(struct profiles *profiles)
{
    usher_list_for_each_safe (node, &profiles->reads) {
        usher_list_remove(node);
        free(usher_list_entry(node, struct profile_read, node));
    }
}

static void on_reader_down(void *owner, const char *reason)
{
    struct profiles *profiles = owner;
    (void)reason;
    forget_reads(profiles);
    event_del(profiles->probe);
    profiles->is_tracking = false;
    profiles->is_scanning = false;
    profiles->is_loaded = false;
    profiles->is_probe_out = false;
    profiles->is_probe_due = true;
}

static const struct redis_ops listener_ops = {.up = on_listener_up, .down = on_listener_down};
static const struct redis_ops reader_ops = {.up = on_reader_up, .down = on_reader_down};

int profiles_new(struct profiles **profiles, struct event_base *base,
                 const struct settings *settings, const struct profiles_ops *ops, void *owner)
{
    struct profiles *made = calloc(1, sizeof(*made));
    int error = -ENOMEM;
    if (!made)
        return error;
    made->settings = settings;
    made->ops = ops;
    made->owner = owner;
    made->is_probe_due = true;
    made->prefix = journal_key_agent(settings->site, "", made->prefix_room);
    usher_list_init(&made->reads);
    profile_init(&made->profile);
    made->probe = evtimer_new(base, on_probe, made);
    if (made->probe)
        error = redis_open(&made->listener, base, settings, "invalidations", &listener_ops, made);
    if (!error)
        error = redis_open(&made->reader, base, settings, "profiles", &reader_ops, made);
    if (error) {
        profiles_free(made);
        return error;
    }
    *profiles = made;
    return 0;
}

void profiles_free(struct profiles *profiles)
{
    if (!profiles)
        return;
    redis_close(profiles->listener);
    redis_close(profiles->reader);
    if (profiles->probe)
        event_free(profiles->probe);
    forget_reads(profiles);
    profile_fini(&profiles->profile);
    free(profiles);
}

void profiles_start(struct profiles *profiles)
{
    redis_start(profiles->listener);
    redis_start(profiles->reader);
}
