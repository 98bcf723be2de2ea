/* The journal as it was written, event by event: what was trimmed from the archive folder, if there
 * is one, and the rest from Redis. It is only read, and goes along with a journal that is appended
 * to and trimmed meanwhile. What no router wrote is passed over, and events of customers who
 * were erased later come without their personal data. */
#ifndef CTL_PAST_PAST_H
#define CTL_PAST_PAST_H

#include "base/bytes.h"
#include "ctl/site.h"
#include "journal/erasures.h"
#include "journal/keys.h"

struct redisReply;

struct past {
    struct site *site;
    char key_room[JOURNAL_KEY_SIZE];
    struct usher_text key;     /* of the stream */
    struct usher_text holding; /* most lines without this text are passed over; absent: none
                                  are */
    bool is_quiet;             /* tells no progress */
    struct erasures erasures;  /* of customers, who are nobody in all that was before */
    struct usher_bytes masked;
    int64_t begun_ms; /* for the progress that a terminal shows */
    int64_t told_ms;
    uint64_t events_count;
    size_t foreign_count;
    size_t broken_count; /* lines of the archive that are none */
};

/* Anything but EXIT_DONE after saying why on standard error. past_close is due in any case. */
enum exit_code past_open(struct past *past, const struct options *options);
void past_close(struct past *past);

/* An answer of Redis that is no error and must be freed; NULL after saying why on standard error.
 * `code` is then what to end with. */
struct redisReply *past_ask(struct past *past, const struct usher_text *args, size_t count,
                            enum exit_code *code);

/* The next event; its kind is NONE when a newer router wrote it, its number is known all the same.
 * Event and line are borrowed for the call. False ends the reading. */
typedef bool (*past_on_event)(void *owner, const struct usher_event *event, struct usher_text line);

/* Reads what comes behind `after`, in order, to the present end. With 0-0 it begins where
 * `since_ms` lies, or before that; else the event `after` must have happened then. */
enum exit_code past_read(struct past *past, struct usher_number after, int64_t since_ms,
                         past_on_event on_event, void *owner);

/* The time of the event with this number, which ends an entry of the stream; -1 when it does not.
 */
enum exit_code past_time_of(struct past *past, struct usher_number n, int64_t *at_ms);

#endif
