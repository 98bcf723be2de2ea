/* For the commands that go to a site's Redis themselves: usherd's settings, which say where that
 * is, and a connection to it. What goes wrong is said on standard error, with what to do. */
#ifndef CTL_SITE_H
#define CTL_SITE_H

#include "ctl/perform.h"
#include "settings.h"

struct redisContext;
struct redisReply;

struct site {
    struct settings settings;
    struct settings_place place; /* where the master is, unless the settings name a socket */
    struct redisContext *redis;  /* NULL before site_dial */
};

/* Reads the settings at `config`. NULL when it has said why not; else site_free is due. */
struct site *site_read(const char *config);
/* Connects to the Redis of the settings. */
USHER_MUST_USE enum exit_code site_dial(struct site *site);
/* NULL is fine. */
void site_free(struct site *site);

/* Says which Redis gave no connection or no answer, for which reason, and what to do. */
enum exit_code site_tell_unreachable(const struct site *site, const char *why);
/* Says that Redis gave no answer (`reply` NULL) or refused a command; the caller names in `rights`
 * what its user must be allowed to do, as in "+hset +hdel". */
enum exit_code site_refuse(const struct site *site, const struct redisReply *reply,
                           const char *rights);

/* Says that the Redis at `place` has no journal under `key`, and why that may be. */
enum exit_code site_refuse_absent(const struct settings *settings, struct usher_text key,
                                  const char *place);

#endif
