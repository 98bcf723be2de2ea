/* How a connection to Redis begins: usherd says who it is, and asks what it has found. */
#ifndef JOURNAL_LOGIN_H
#define JOURNAL_LOGIN_H

#include <stddef.h>

#include "base/text.h"
#include "settings.h"

struct redisReply;

/* What usherd's user must be allowed; `usherctl`, where it goes to Redis itself, is that user too.
 */
#define LOGIN_ACL                                                                                  \
    "&__redis__:invalidate +role +config|get +client|id +client|tracking +subscribe +scan "        \
    "+exists +get +set +hset +hget +hdel +hgetall +expire +unlink +time +wait +info "              \
    "+memory|usage "                                                                               \
    "+xadd "                                                                                       \
    "+xread "                                                                                      \
    "+xrange +xrevrange +xtrim +xdel +xsetid +xinfo|stream +watch +unwatch +multi +exec"

#define LOGIN_ARGS_MAX  3
#define LOGIN_FOUND_MAX 160

enum login_result {
    LOGIN_NONE = 0,
    LOGIN_MASTER,  /* commands may be given */
    LOGIN_REFUSED, /* no such user, a wrong password, or too few rights */
    LOGIN_OTHER,   /* a replica, or no Redis for data at all */
    LOGIN_AWAY,    /* it answers, but not now */
};

/* Writes the arguments of AUTH, which borrow from `login`, and returns how many; 0 = no AUTH is to
 * be sent. Nothing of them may be logged. */
size_t login_write_auth(const struct settings_login *login, struct usher_text args[LOGIN_ARGS_MAX]);

/* Reads the answer to AUTH: REFUSED or AWAY with the error's words in `found`, which never hold the
 * password; NONE when it is no error. */
enum login_result login_read_auth(const struct redisReply *reply,
                                  const struct settings_login *login, char found[LOGIN_FOUND_MAX]);
/* Reads the answer to ROLE. `found` says in words what is there when it is no master. */
enum login_result login_read(const struct redisReply *reply, char found[LOGIN_FOUND_MAX]);

/* Whether this is an error that only another ACL can end. */
bool login_is_refusal(const struct redisReply *reply);

/* Logs why `reason` was said, with the ACL line to set. */
void login_log_refusal(const struct settings *settings, const char *connection,
                       struct usher_text reason);

#endif
