/* The journal: a Redis stream that is the log, the lock and the memory. This module connects,
 * recovers, claims, appends one batch at a time, notices that another router took over, writes
 * snapshots and trims. It first reads all that others wrote; with settings.is_standby it follows
 * whoever leads, and claims when he falls silent. It knows lines and numbers, not what they mean,
 * but for router.started and the hash in rules.loaded. */
#ifndef JOURNAL_JOURNAL_H
#define JOURNAL_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/text.h"
#include "model/event.h"
#include "settings.h"

struct event_base;
struct journal;

#define JOURNAL_BATCH_MAX (256 * 1024) /* bytes of lines; a single turn's may be larger */

struct journal_ops {
    /* Recovery, in this order. Each returns false when it cannot go on (it has logged why): the
     * journal then stops. */
    bool (*rules)(void *owner, struct usher_text hash,
                  struct usher_text text); /* before the state or line that needs them */
    bool (*snapshot)(void *owner, struct usher_text saved); /* at most once, first */
    /* Every line behind the snapshot up to our claim, which is the last; without newlines. While
     * leading once more after a loss: the router.started of the new epoch, right before `save`. */
    bool (*line)(void *owner, struct usher_text line);
    /* A standby: all that stands in the journal was handed over; told at each answered read. False
     * as above. */
    bool (*followed)(void *owner);
    /* A standby: the leader is gone. False when this one is not to take over (it has logged why):
     * it follows on. Others, at a start: all that stands in the journal was handed over. False,
     * when somebody leads whom this one must not replace (it has logged why), ends the journal. */
    bool (*may_claim)(void *owner);
    /* Not leading: what was handed over is void, and it all comes once more from the snapshot on.
     * False as above. */
    bool (*forget)(void *owner);
    /* The claim stands, and everything before it was handed over: we lead. `is_first`: the site's
     * very first start. */
    void (*claimed)(void *owner, uint32_t epoch, bool is_first);
    /* The batch in flight is durable. `is_late`: the reply was read later than timing.lease after
     * its sending; nothing may be published until the next batch is durable in time. */
    void (*appended)(void *owner, bool is_late);
    /* Redis refuses our epoch: another router leads. Nothing more of what is in flight may be
     * published. A standby then gets `forget`, and follows. */
    void (*fenced)(void *owner);
    /* Redis is away, or back with nothing lost. The batch in flight is kept and tried again. */
    void (*away)(void *owner, bool is_away);
    /* Redis was away, and may have lost its end: these lines of before, each with its newline,
     * stand in the journal again; what was written elsewhere since need not. */
    void (*restored)(void *owner, struct usher_text lines);
    /* The stream was gone (FLUSHALL, wrong database), is written anew under a higher epoch with a
     * snapshot: decide journal.lose. All that was decided before `save` is durable with that
     * snapshot, and is not appended again. Comes between `away` and back. */
    void (*lost)(void *owner, uint32_t epoch);
    /* Called in the forked child and, after a loss, in the router itself: appends the state of now.
     */
    void (*save)(void *owner, struct usher_bytes *out);
    /* It cannot go on (durability refused, a journal of a newer version, a snapshot that cannot be
     * read): logged; the process should end. */
    void (*failed)(void *owner);
};

int journal_new(struct journal **journal, struct event_base *base, const struct settings *settings,
                const struct journal_ops *ops, void *owner);
void journal_free(struct journal *journal);
/* What router.started tells of us from now on: `hold` or `route`, and the state folder's name, or
 * an empty text. Both are borrowed for the journal's life. */
void journal_introduce(struct journal *journal, struct usher_text outage, struct usher_text home);
/* Connects, recovers, claims; goes on by itself from then. */
void journal_start(struct journal *journal);

/* A standby, inside `line`: the line was appended just now, that is: the end was reached before,
 * and the read was answered in time. */
bool journal_is_live(const struct journal *journal);
/* A standby, inside `line`: nobody leads any more, so a silence need not be waited for. */
void journal_hurry(struct journal *journal);
/* Leads no more by its own will; it must be idle. `forget` comes inside, and it follows. */
void journal_step_down(struct journal *journal);

/* True when we lead, and no batch is in flight. */
bool journal_is_idle(const struct journal *journal);
/* True when something that was sent within timing.lease is known to stand: no other router can have
 * taken over since. */
bool journal_is_fresh(const struct journal *journal);
/* Batches that are durable here, and that fewer replicas than redis.wait_replicas have confirmed:
 * since enough of them were there. */
uint64_t journal_unconfirmed_count(const struct journal *journal);
/* Appends a batch: lines with their newlines, the last numbered `last`. It must be idle. `lines` is
 * borrowed until `appended`, `fenced` or `lost`. */
void journal_append(struct journal *journal, struct usher_text lines, struct usher_number last,
                    size_t events_count);
/* Stores a rules' text under its hash before its rules.loaded is appended; calls `done` with true
 * when Redis has it. */
void journal_keep_rules(struct journal *journal, struct usher_text hash, struct usher_text text,
                        void (*done)(void *owner, bool is_kept), void *owner);
/* To be called when everything decided is durable and published (else it does nothing or, worse,
 * saves too much): writes a snapshot by a child when it is time for one, and trims. */
void journal_consider_snapshot(struct journal *journal, struct usher_text rules_hash);
/* The next consideration finds it due: something is to go from the archive. */
void journal_wish_snapshot(struct journal *journal);

#endif
