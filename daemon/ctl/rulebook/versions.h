/* The rules that a site had: their texts lie in Redis under their hashes. */
#ifndef CTL_RULEBOOK_VERSIONS_H
#define CTL_RULEBOOK_VERSIONS_H

#include "base/bytes.h"
#include "ctl/site.h"
#include "rules/rules.h"

#define VERSION_HASH_SIZE  65
#define VERSION_SHORT_SIZE 13 /* as people read it */

struct version {
    char hash[VERSION_HASH_SIZE];
    int64_t loaded_ms; /* when it was taken into use last; 0 = not known */
};

struct versions {
    struct version *list; /* the newest first */
    size_t count;
};

/* The site must be dialled. `in_use` ("" = not known) is among them in any case. versions_fini is
 * due when it was done. */
USHER_MUST_USE enum exit_code versions_read(struct versions *versions, struct site *site,
                                            const char *in_use);
void versions_fini(struct versions *versions);

/* The one whose hash begins with `beginning`, of 4 digits at least; NULL when none does, or
 * several. */
const struct version *versions_find(const struct versions *versions, const char *beginning);

/* Reads the text of a hash into `text`. EXIT_REFUSED, after it was said, when Redis has none. */
USHER_MUST_USE enum exit_code versions_read_text(struct site *site, const char *hash,
                                                 struct usher_bytes *text);
/* The rules that were taken into use last, by what Redis says, or else those of the file: what
 * profiles are held against. NULL when neither can be read. */
struct usher_rules *versions_read_rules(struct site *site);
/* The first digits of a hash. */
const char *version_short(const char *hash, char room[VERSION_SHORT_SIZE]);

#endif
