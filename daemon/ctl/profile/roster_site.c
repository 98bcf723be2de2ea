/* The profiles that are in Redis: their keys by SCAN, then their hashes, many in one go. */
#include <hiredis/hiredis.h>
#include <stdlib.h>

#include "ctl/profile/roster.h"
#include "journal/dial.h"
#include "journal/keys.h"
#include "journal/reply.h"
#include "model/limits.h"

#define GO_MAX 500 /* hashes asked for before the first answer is read */
#define RIGHTS "+scan +hgetall"

/* Adds the agents of one SCAN's answer. SCAN may name a key twice. */
static void add_agents(struct roster *roster, const struct redisReply *keys,
                       struct usher_text prefix)
{
    for (size_t i = 0; keys && i < keys->elements; i++) {
        struct usher_text key = journal_reply_text(keys->element[i]);
        struct usher_text agent = {key.at + prefix.length, key.length - prefix.length};
        if (key.length > prefix.length && agent.length <= USHER_AGENT_ID_MAX &&
            usher_text_is_id(agent))
            (void)roster_add(roster, agent);
    }
}

static enum exit_code scan(struct roster *roster, struct site *site)
{
    char pattern_room[JOURNAL_KEY_SIZE], prefix_room[JOURNAL_KEY_SIZE], cursor[32] = "0";
    struct usher_text prefix = journal_key_agent(site->settings.site, "", prefix_room);
    struct usher_text args[] = {
        USHER_TEXT("SCAN"),  USHER_NO_TEXT,
        USHER_TEXT("MATCH"), journal_key_agent(site->settings.site, "*", pattern_room),
        USHER_TEXT("COUNT"), USHER_TEXT("1000")};
    do {
        args[1] = usher_text_of(cursor);
        redisReply *reply = dial_ask(site->redis, args, USHER_COUNT_OF(args));
        struct usher_text next = journal_reply_text(journal_reply_element(reply, 0));
        if (!next.at || !usher_text_copy(cursor, sizeof(cursor), next)) {
            enum exit_code code = site_refuse(site, reply, RIGHTS);
            freeReplyObject(reply);
            return code;
        }
        add_agents(roster, journal_reply_element(reply, 1), prefix);
        freeReplyObject(reply);
    } while (cursor[0] != '0' || cursor[1]);
    return EXIT_DONE;
}

static void drop_twins(struct roster *roster)
{
    size_t count = 0;
    roster_sort(roster);
    for (size_t i = 0; i < roster->count; i++)
        if (count == 0 ||
            !usher_text_is_equal(roster->list[count - 1].agent, roster->list[i].agent))
            roster->list[count++] = roster->list[i];
    roster->count = count;
}

static void read_hash(struct roster *roster, struct roster_profile *profile,
                      const struct redisReply *reply)
{
    for (size_t i = 0; i + 1 < reply->elements; i += 2) {
        struct usher_text name = journal_reply_text(reply->element[i]);
        struct usher_text value = journal_reply_text(reply->element[i + 1]);
        if (name.at && value.at)
            (void)roster_add_field(profile, roster_keep(roster, name), roster_keep(roster, value));
    }
}

/* Something else than a hash under an agent's key is nobody's profile. */
static enum exit_code refuse_hash(const struct site *site, const struct roster_profile *profile,
                                  const struct redisReply *reply)
{
    if (reply->type != REDIS_REPLY_ERROR || strncmp(reply->str, "WRONGTYPE", 9) != 0)
        return site_refuse(site, reply, RIGHTS);
    fprintf(stderr, "usherctl: the key of agent %.*s is no hash, and is left out; delete it\n",
            USHER_TEXT_ARGS(profile->agent));
    return EXIT_DONE;
}

static enum exit_code read_some(struct roster *roster, struct site *site, size_t from, size_t to)
{
    enum exit_code code = EXIT_DONE;
    for (size_t i = from; i < to; i++) {
        char room[JOURNAL_KEY_SIZE];
        struct usher_text key =
            journal_key_agent(site->settings.site, roster->list[i].agent.at, room);
        const char *args[] = {"HGETALL", key.at};
        const size_t lengths[] = {sizeof("HGETALL") - 1, key.length};
        if (redisAppendCommandArgv(site->redis, 2, args, lengths) != REDIS_OK)
            return site_refuse(site, NULL, RIGHTS);
    }
    for (size_t i = from; i < to; i++) {
        void *reply = NULL;
        if (redisGetReply(site->redis, &reply) != REDIS_OK)
            return code == EXIT_DONE ? site_refuse(site, NULL, RIGHTS) : code;
        const struct redisReply *hash = reply;
        if (hash->type == REDIS_REPLY_ARRAY)
            read_hash(roster, &roster->list[i], hash);
        else if (code == EXIT_DONE)
            code = refuse_hash(site, &roster->list[i], hash);
        freeReplyObject(reply);
    }
    return code;
}

/* A key that is gone meanwhile, or never was. */
static void drop_empty(struct roster *roster)
{
    size_t count = 0;
    for (size_t i = 0; i < roster->count; i++)
        if (roster->list[i].fields_count > 0)
            roster->list[count++] = roster->list[i];
    roster->count = count;
}

enum exit_code roster_read_site(struct roster *roster, struct site *site)
{
    enum exit_code code = scan(roster, site);
    drop_twins(roster);
    for (size_t i = 0; i < roster->count && code == EXIT_DONE; i += GO_MAX)
        code = read_some(roster, site, i, i + GO_MAX < roster->count ? i + GO_MAX : roster->count);
    drop_empty(roster);
    roster_sort(roster);
    return code;
}

enum exit_code roster_read_agent(struct roster *roster, struct site *site, struct usher_text agent)
{
    (void)roster_add(roster, agent);
    enum exit_code code = read_some(roster, site, roster->count - 1, roster->count);
    drop_empty(roster);
    roster_sort(roster);
    return code;
}
