/* Who wrote an entry of the stream, and how the stream ends. A router's entry is numbered as its
 * last event, and holds lines that are events; whatever else stands there was put in by hand. The
 * same judgement serves usherd, which holds before such an entry, and `usherctl journal repair`,
 * which removes it. */
#ifndef JOURNAL_ENTRY_H
#define JOURNAL_ENTRY_H

#include "journal/reply.h"

enum entry_fault {
    ENTRY_FAULT_NONE = 0, /* a router wrote it */
    ENTRY_FAULT_ID,       /* its id is no number of an event, as those that `XADD *` makes */
    ENTRY_FAULT_FIELD,    /* it has no field b */
    ENTRY_FAULT_LINES,    /* field b does not hold events, a line each */
    ENTRY_FAULT_NUMBER,   /* its id is not the number of its last event */
    ENTRY_FAULT_COUNT,
};

/* Judges an element of XRANGE's answer. `entry` is filled as far as it can be read. */
USHER_MUST_USE enum entry_fault entry_judge(const struct redisReply *reply,
                                            struct journal_entry *entry);
/* What is wrong with it, in a few words. */
const char *entry_fault_text(enum entry_fault fault);

/* The time of the last event of an entry in which nothing is wrong; -1 when it says none. */
int64_t entry_time(const struct journal_entry *entry);

/* The stream's end, as XINFO STREAM tells it. */
struct entry_end {
    bool has_stream;
    bool has_last;
    struct journal_entry last;
    enum entry_fault fault;  /* of the last entry */
    struct usher_text id;    /* of the last entry, as Redis tells it */
    struct usher_text given; /* the last id that was ever given: a new one must be above it */
    bool has_trace; /* it is not the last entry's: what followed on that was deleted by hand;
                       without an entry: something was deleted or trimmed */
};

/* Borrows from the reply; "no such key" is no stream. */
void entry_end_read(const struct redisReply *reply, struct entry_end *end);

#endif
