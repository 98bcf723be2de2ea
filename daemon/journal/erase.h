/* Takes erased customers out of the files that we wrote: for the child that makes snapshots. */
#ifndef JOURNAL_ERASE_H
#define JOURNAL_ERASE_H

#include "journal/erasures.h"
#include "journal/filing.h"
#include "settings.h"

/* Rewrites the files of days that have events of those customers, and the states that hold them:
 * each whole or not at all. A state that cannot be read any more is removed; explain then begins at
 * the one before. 0 or a negative errno; `count` is how many files changed. The filing must be open
 * and nothing added yet. */
int erase_filed(struct filing *filing, const struct settings *settings,
                const struct erasures *erasures, size_t *count);

/* The same for the files of the state folder that hold what another leader kept out of the journal,
 * but for that of `epoch`, into which the living router may write. Without a folder there are none.
 */
int erase_refused(const char *path, uint32_t epoch, const struct erasures *erasures, size_t *count);
/* Writes into `out` the saved state without the customers who were erased after it. Its rules must
 * be filed. False when the state cannot be read. */
USHER_MUST_USE bool erase_state(const struct settings *settings, const struct erasures *erasures,
                                struct usher_text saved, struct usher_bytes *out);
/* Whether the bytes name one of those customers. */
bool erase_is_needed(const struct erasures *erasures, struct usher_text bytes);

#endif
