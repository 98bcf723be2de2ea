/* What the files of the journal share; nobody else includes this.
 *
 *     FINDING -> FOLLOWING <-> CLAIMING -> READING -> LEADING <-> REPAIRING
 *
 * In FOLLOWING a start comes to the end of what others wrote (a site's first start has none of
 * that); a standby stays there until nobody leads, and is there again when it was fenced.
 *
 * LOSING may come from each of them when the stream is gone, and leads to LEADING; STOPPED is the
 * end of each. A phase has one step, which begins its work from whatever is known. The step is run
 * when the phase is entered, when the connection comes back, and when a retry is due; so an error
 * needs no path of its own. */
#ifndef JOURNAL_INSIDE_H
#define JOURNAL_INSIDE_H

#include <sys/types.h>

#include "journal/alarm.h"
#include "journal/entry.h"
#include "journal/erasures.h"
#include "journal/journal.h"
#include "journal/keys.h"
#include "journal/redis.h"
#include "journal/reply.h"
#include "journal/shelf.h"
#include "journal/tail.h"

#define JOURNAL_SAVED_MAX ((size_t)512 * 1024 * 1024) /* Redis takes no longer string */
#define JOURNAL_MARKS_MAX 64

struct event;
struct redisContext;

enum journal_phase {
    JOURNAL_PHASE_STOPPED = 0,
    JOURNAL_PHASE_FINDING,   /* the promise of durability; the newest snapshot that is good */
    JOURNAL_PHASE_FOLLOWING, /* what others wrote is handed over; to a standby as it comes */
    JOURNAL_PHASE_CLAIMING,  /* router.started is to be appended under a new epoch */
    JOURNAL_PHASE_READING,   /* it stands; the lines from the snapshot to it are handed over */
    JOURNAL_PHASE_LEADING,   /* batches are appended */
    JOURNAL_PHASE_REPAIRING, /* the stream's end is compared with what was appended */
    JOURNAL_PHASE_LOSING,    /* the stream is gone: a snapshot of now and a new claim are written */
    JOURNAL_PHASE_COUNT,
};

/* Snapshots in Redis, newest first, while the one to start from is looked for. */
struct journal_find {
    struct usher_number *list;
    size_t count;
    size_t room;
    size_t index;         /* the one that is tried */
    unsigned again_count; /* how often none could be used, and they were looked for again */
    bool has_stream;
    bool has_state; /* a snapshot was handed over */
    struct usher_bytes saved;
    struct usher_bytes rules; /* hashes with spaces between them */
    size_t rules_at;
};

struct journal_follow {
    bool is_live;           /* the end was reached since the start */
    bool is_prompt;         /* the answer being read came in time */
    bool is_hurried;        /* nobody leads: claims without waiting for a silence */
    int64_t silent_count;   /* answered reads without an entry, in a row */
    int64_t sent_ms;        /* of the read, CLOCK_BOOTTIME */
    uint32_t joining_epoch; /* it is asked whether our last entry stands before its first one */
    uint32_t joined_epoch;  /* it does */
    struct event *jitter;
};

struct journal_claim {
    struct usher_number n;   /* of its router.started */
    struct usher_bytes line; /* with its newline */
    bool is_sent;            /* it may stand in the stream: its end tells */
    bool did_stand;          /* Redis has said so once */
    bool is_judged;          /* its answer was looked at */
    int64_t redis_s;
    void (*on_ready)(struct journal *journal);
};

struct journal_flight {
    bool is_active;
    struct usher_text lines; /* the owner's */
    struct usher_number last;
    size_t events_count;
    int64_t
        sent_ms; /* CLOCK_BOOTTIME; of the last question whose answer tells that it is durable */
};

/* Replicas that are waited for, redis.wait_replicas. */
struct journal_wait {
    struct alarm alarm;
    /* What goes on when enough of them have confirmed; NULL = the answer on its way is of no use
     * any more. */
    void (*then)(struct journal *journal);
    int64_t full_ms; /* CLOCK_BOOTTIME: when they were last waited for as long as is allowed */
    uint64_t unconfirmed_count; /* batches published without them since they were there */
};

struct journal_loss {
    bool
        is_prepared; /* `saved` and the claim's line are made, and the owner has applied the line */
    struct usher_bytes saved;
    struct usher_bytes rules;
};

/* The rules' texts that are stored again. */
struct journal_texts {
    size_t index; /* of the shelf's places */
    void (*done)(struct journal *journal);
};

/* Everything up to `n` was appended at or before `at_ms` (CLOCK_BOOTTIME). */
struct journal_mark {
    int64_t at_ms;
    struct usher_number n;
};

struct journal_snapshot {
    bool has_any;          /* one is in Redis */
    bool is_wished;        /* one is due */
    uint64_t events_count; /* since the last one */
    int64_t at_ms;         /* of the last one, or of our start */
    int64_t not_before_ms;
    pid_t child;             /* 0 = none */
    struct event *child_end; /* the child's end of a pipe was closed: it is over */
    int child_fd;
    uint64_t child_events_count;                  /* events_count when it began */
    struct journal_mark marks[JOURNAL_MARKS_MAX]; /* oldest first */
    size_t marks_count;
};

struct journal_keeping {
    bool is_active;
    char hash[JOURNAL_HASH_MAX + 1];
    void (*done)(void *owner, bool is_kept);
    void *owner;
};

struct journal {
    struct event_base *base;
    const struct settings *settings;
    const struct journal_ops *ops;
    void *owner;
    struct redis *redis; /* NULL when stopped */
    struct event *retry;
    int64_t retry_ms;
    enum journal_phase phase;
    bool is_first;   /* neither stream nor snapshot was there */
    bool is_leading; /* `claimed` was told */
    bool is_away;    /* `away` was told */
    struct alarm alarm;
    char stream_room[JOURNAL_KEY_SIZE];
    struct usher_text stream;
    uint32_t epoch;           /* ours; 0 before the first claim */
    struct usher_text outage; /* for router.started */
    struct usher_text home;
    struct usher_number last; /* recovery: the last id handed over; then the last batch accepted */
    struct journal_find find;
    struct journal_follow follow;
    struct journal_claim claim;
    struct journal_flight flight;
    int64_t proven_ms;        /* CLOCK_BOOTTIME: when the last append that stands was sent */
    struct journal_tail tail; /* from our claim on */
    struct journal_wait wait;
    struct usher_number gap; /* the newest claim behind which starting over has found nothing */
    struct journal_batch *repair_next;
    int64_t repair_sent_ms;
    struct journal_loss loss;
    struct journal_texts texts;
    struct journal_shelf shelf;
    struct journal_keeping keeping;
    struct journal_snapshot snapshot;
};

/* journal.c */
/* Assigns the phase without running its step. */
void journal_set_phase(struct journal *journal, enum journal_phase phase);
/* Assigns it, and runs its step if Redis is there. */
void journal_enter(struct journal *journal, enum journal_phase phase);
/* Runs the phase's step again in a while. */
void journal_retry(struct journal *journal);
/* True when `reply` is no error. Else the alarm for it is raised, and the phase is tried again in a
 * while. */
USHER_MUST_USE bool journal_take(struct journal *journal, const struct redisReply *reply);
/* The end, told to the owner; the caller has logged why. The caller must return at once. */
void journal_fail(struct journal *journal);
void journal_be_fenced(struct journal *journal, struct usher_number by);
/* Tells the owner that Redis is away, or is back, if it leads and was not told so already. */
void journal_tell_away(struct journal *journal, bool is_away);
/* An entry that no router wrote stands in the way: raises the alarm, holds, and runs the phase's
 * step again each second, until somebody has removed it. */
void journal_hold_foreign(struct journal *journal, struct usher_text id, enum entry_fault fault);
/* The same when it was deleted, and Redis still takes no id below its. */
void journal_hold_trace(struct journal *journal, struct usher_text given);
/* figures.c: the figures to an alarm that was told just now. */
void journal_tell_figures(struct journal *journal, enum alarm_kind kind);
/* Whatever an alarm was raised for is over. */
void journal_calm(struct journal *journal);
void journal_command(struct journal *journal, const struct usher_text *args, size_t count,
                     redis_reply on_reply);
/* XINFO STREAM, for entry_end_read. */
void journal_ask_end(struct journal *journal, redis_reply on_reply);
/* As journal_take, for the answer to that. Also false, and held, when the last entry is foreign;
 * what comes before that entry is not known then. */
USHER_MUST_USE bool journal_take_end(struct journal *journal, const struct redisReply *reply,
                                     struct entry_end *end);
/* XADD stream [NOMKSTREAM] n b lines. */
void journal_add(struct journal *journal, struct usher_number n, struct usher_text lines,
                 bool may_create, redis_reply on_reply);

/* Forgets all that is known of the stream, tells the owner so, and begins to find. It must not
 * lead. */
void journal_start_over(struct journal *journal);
/* The same, logged: the stream is not the one that was begun. */
void journal_start_anew(struct journal *journal);

/* find.c, follow.c, claim.c, read.c, append.c, repair.c, loss.c: the steps */
void journal_find_step(struct journal *journal);
void journal_follow_step(struct journal *journal);
void journal_claim_step(struct journal *journal);
void journal_repair_step(struct journal *journal);
void journal_loss_step(struct journal *journal);

void journal_find_fini(struct journal *journal);
/* Makes the line of router.started under an epoch above all that are known, then calls `on_ready`.
 */
void journal_claim_prepare(struct journal *journal, void (*on_ready)(struct journal *journal));
/* Hands over what follows journal->last up to the claim. */
void journal_read_on(struct journal *journal);
/* Reads what comes behind journal->last. */
void journal_follow_on(struct journal *journal);
enum journal_handing {
    JOURNAL_HANDING_NONE = 0,
    JOURNAL_HANDING_DONE,   /* journal->last is its id */
    JOURNAL_HANDING_WAITS,  /* for rules; reading goes on by itself when they are there */
    JOURNAL_HANDING_FAILED, /* the journal has failed: return at once */
};
/* True when the entry is the claim of a router that knew more than the journal has: Redis had lost
 * it, and only the snapshot under the claim's number has it. What follows on the claim cannot be
 * handed over to whoever has not read that snapshot. */
bool journal_is_written_anew(struct journal *journal, const struct journal_entry *entry);
/* Hands the entry's lines to the owner. */
USHER_MUST_USE enum journal_handing journal_hand_over(struct journal *journal,
                                                      const struct journal_entry *entry);
/* replicas.c */
/* Right behind an XADD, which this asks the replicas to confirm. */
void journal_send_wait(struct journal *journal);
/* That XADD was accepted: calls `then` when it is confirmed as far as the settings ask for it,
 * perhaps at once. With `strict` and too few the phase is tried again in a while instead. */
void journal_confirm(struct journal *journal, void (*then)(struct journal *journal));
/* The same for an entry, the stream's last, that may have been appended over another connection. */
void journal_confirm_again(struct journal *journal, struct usher_number n,
                           void (*then)(struct journal *journal));

void journal_send_flight(struct journal *journal);
/* The batch in flight is durable. */
void journal_accept_flight(struct journal *journal);
/* The stream is gone, or can no longer be made whole: writes it anew. `why` is for the log. */
void journal_lose(struct journal *journal, const char *why);
/* The claim in `journal->claim` is the stream's end, and all is applied: from here on batches
 * follow it. */
void journal_begin_leading(struct journal *journal);
void journal_send_rules(struct journal *journal);
/* texts.c: stores the texts of all rules on the shelf that Redis does not have, then calls
 * `done`. After an error the phase is tried again. */
void journal_store_texts(struct journal *journal, void (*done)(struct journal *journal));

/* snapshot.c, child.c */
/* Notes when the last batch was accepted, for what `keep` still protects. */
void journal_mark_now(struct journal *journal);
void journal_snapshot_stop(struct journal *journal);
/* In the forked child: writes the snapshot of journal->last and trims. The exit status. */
int journal_child_run(struct journal *journal, struct usher_text rules_hash);
/* An answer that is no error; NULL after logging it. */
struct redisReply *journal_child_ask(struct redisContext *redis, const struct usher_text *args,
                                     size_t count);
/* erasing.c: reads who was erased, and takes them out of the archive, if that is not done yet.
 * False when Redis does not say. */
USHER_MUST_USE bool journal_child_erase(struct redisContext *redis, const struct journal *journal,
                                        struct erasures *erasures);
/* Forgets of whom the stream holds nothing more. */
void journal_child_forget_erasures(struct redisContext *redis, const struct journal *journal,
                                   struct erasures *erasures);
/* trim.c: behind the newest snapshots, which are written. */
void journal_child_trim(struct redisContext *redis, const struct journal *journal);

#endif
