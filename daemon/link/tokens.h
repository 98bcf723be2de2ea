/* The tokens that let clients in over TCP: a YAML list that holds their SHA-256 and never the
 * tokens themselves.
 *
 *     - {client: pbx1, role: pbx, sha256: 9f86d0…}
 *     - {client: desk-olena, role: desk, agent: olena, sha256: 60303a…}      # printf %s "$token" |
 * sha256sum
 */
#ifndef LINK_TOKENS_H
#define LINK_TOKENS_H

#include "base/text.h"
#include "model/limits.h"
#include "model/role.h"

struct tokens;

/* What a token binds. */
struct tokens_row {
    char client[USHER_CLIENT_NAME_MAX + 1];
    enum usher_role role;
    char agent[USHER_AGENT_ID_MAX + 1]; /* role desk: needed; else "" */
    unsigned char digest[32];
};

/* Reads the file. It must be whole and right, and nobody but its owner and group may read it,
 * nobody but its owner may write it: else -EINVAL or another negative errno, and the log says why
 * with line and column. */
int tokens_open(struct tokens **tokens, const char *path);
void tokens_close(struct tokens *tokens);

/* The row of `token`, or NULL; it stays until the next call. The file is read again when it has
 * changed, so that a token that was struck out is refused from then on; a file that has become
 * wrong refuses all tokens. The time it takes does not depend on how much of a token was right. */
const struct tokens_row *tokens_find(struct tokens *tokens, struct usher_text token);

#endif
