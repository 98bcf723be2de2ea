#include "ctl/site.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/memory.h"
#include "ctl/problems.h"
#include "journal/dial.h"

static bool read_settings(const char *path, struct settings *settings)
{
    struct usher_problems problems;
    usher_problems_init(&problems);
    int result = settings_read(settings, path, &problems);
    if (result == 0)
        return true;
    if (problems.count == 0) {
        fprintf(stderr,
                "usherctl: %s cannot be read: %s; name usherd's settings with --config FILE or "
                "$USHER_CONFIG\n",
                path, strerror(-result));
        return false;
    }
    problems_tell(&problems, path);
    return false;
}

struct site *site_read(const char *config)
{
    struct site *site = memory_resize(NULL, sizeof(*site));
    *site = (struct site){.redis = NULL};
    if (read_settings(config, &site->settings))
        return site;
    site_free(site);
    return NULL;
}

void site_free(struct site *site)
{
    if (site && site->redis)
        redisFree(site->redis);
    free(site);
}

static const char *user_of(const struct site *site)
{
    return site->settings.redis.login.user[0] ? site->settings.redis.login.user : "default";
}

/* "redis-cli -s /run/redis.sock" */
static void print_client(const struct site *site)
{
    if (site->settings.redis.socket[0])
        fprintf(stderr, "redis-cli -s %s", site->settings.redis.socket);
    else
        fprintf(stderr, "redis-cli -h %s -p %u", site->place.host, (unsigned)site->place.port);
}

enum exit_code site_tell_unreachable(const struct site *site, const char *why)
{
    const struct settings *settings = &site->settings;
    char room[SETTINGS_PATH_MAX];
    if (!settings->redis.socket[0] && site->place.port == 0) {
        fprintf(stderr,
                "usherctl: Redis cannot be reached: no sentinel says where the master \"%s\" is: "
                "%s\nSee whether they run and answer PING; %s names them, or name other settings "
                "with --config FILE\n",
                settings->redis.master, why, settings->file);
        return EXIT_UNREACHABLE;
    }
    fprintf(stderr, "usherctl: Redis cannot be reached: %s: %s\nSee whether it runs and `",
            settings_write_redis(settings, &site->place, room), why);
    print_client(site);
    fprintf(stderr, " PING` is answered; %s %s it, or name other settings with --config FILE\n",
            settings->file,
            settings->redis.sentinels_count > 0 ? "names the sentinels of" : "names");
    return EXIT_UNREACHABLE;
}

enum exit_code site_dial(struct site *site)
{
    char why[DIAL_WHY_MAX] = "";
    switch (dial_master(&site->redis, &site->settings, &site->place, why)) {
    case DIAL_DONE:
        return EXIT_DONE;
    case DIAL_REFUSED:
        fprintf(stderr,
                "usherctl: Redis does not let \"%s\" in: %s\n"
                "Compare `user` and `password_file` under `redis` in usherd.yaml (for sentinels "
                "`sentinel_user`, `sentinel_password_file`) with ACL LIST\n",
                user_of(site), why);
        site->redis = NULL;
        return EXIT_REFUSED;
    case DIAL_NO_MASTER:
        fprintf(stderr, "usherctl: no master is found: %s\n", why);
        break;
    case DIAL_UNREACHABLE:
        (void)site_tell_unreachable(site, why);
        break;
    }
    site->redis = NULL;
    return EXIT_UNREACHABLE;
}

enum exit_code site_refuse(const struct site *site, const struct redisReply *reply,
                           const char *rights)
{
    if (!reply)
        return site_tell_unreachable(site, dial_why(site->redis));
    const char *why = reply->type == REDIS_REPLY_ERROR ? reply->str : "an answer of another kind";
    fprintf(stderr, "usherctl: Redis refused it: %s\n", why);
    if (strstr(why, "NOPERM"))
        fprintf(stderr, "Allow Redis's user it: ACL SETUSER %s %s\n", user_of(site), rights);
    return EXIT_REFUSED;
}

enum exit_code site_refuse_absent(const struct settings *settings, struct usher_text key,
                                  const char *place)
{
    fprintf(stderr,
            "usherctl: there is no journal %.*s in the Redis at %s: either usherd never ran "
            "for the site \"%s\", or this is not its Redis, or Redis was emptied\n",
            USHER_TEXT_ARGS(key), place, settings->site);
    return EXIT_REFUSED;
}
