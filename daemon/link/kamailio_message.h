/* The messages between usherd and Kamailio (config/kamailio/README.md): JSON objects, read and
 * written by tables. Nothing here knows of connections or keeps anything. */
#ifndef LINK_KAMAILIO_MESSAGE_H
#define LINK_KAMAILIO_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/text.h"
#include "model/answer.h"
#include "model/command.h"
#include "wire/codec.h"

enum kamailio_message_kind {
    KAMAILIO_NONE = 0,
    KAMAILIO_ARRIVED,
    KAMAILIO_RINGING,
    KAMAILIO_ANSWERED,
    KAMAILIO_HELD,
    KAMAILIO_RESUMED,
    KAMAILIO_FAILED,    /* the phone of an offer was not reached; the caller waits again */
    KAMAILIO_ABANDONED, /* the caller left unserved */
    KAMAILIO_ENDED,
    KAMAILIO_GAVE_UP,     /* nobody decided in time; the caller was sent away */
    KAMAILIO_REFER,       /* the agent's phone asks that the caller goes on to `to` */
    KAMAILIO_TRANSFERRED, /* the caller did, and is held again */
    KAMAILIO_GONE,        /* a command was about a call that is not there */
    KAMAILIO_SYNC_BEGIN,
    KAMAILIO_SYNC_CONTACT,
    KAMAILIO_SYNC_END,
    KAMAILIO_REFUSED, /* a command's epoch is below one that was seen */
    KAMAILIO_PONG,
    KAMAILIO_MESSAGE_COUNT,
};

/* What Kamailio says. Absent fields are absent texts and zeros. */
struct kamailio_message {
    enum kamailio_message_kind kind;
    struct usher_text call;        /* the Call-ID, as Kamailio writes it */
    struct usher_text transaction; /* "index:label": where the caller is held */
    struct usher_text state;       /* of a call in a sync */
    struct usher_text agent;
    struct usher_text offer;
    struct usher_text from;
    struct usher_text to;
    struct usher_text id;   /* of the command that is answered */
    struct usher_text born; /* Kamailio's present life */
    struct usher_text since;
    struct usher_text target; /* of a call in a sync: as `to` of TRANSFERRED, until a phone rings */
    int64_t code;             /* SIP's status of a phone that was not reached */
    int64_t replied;          /* 0: the phone said nothing at all */
    int64_t count;            /* of the calls of a sync */
    int64_t epoch;            /* the highest that Kamailio has seen */
};

/* False when `body` is no message of this form, or lacks a field that its kind needs, or has an
 * offer or state that can be none. The texts are borrowed from `body` and `scratch`. */
USHER_MUST_USE bool kamailio_message_read(struct usher_text body, struct usher_scratch *scratch,
                                          struct kamailio_message *message);

/* The contact's own id: the Call-ID if it fits, else "h-" and 16 hexadecimal digits of its hash
 * with a fixed key, the same in every life of usherd. */
struct usher_text kamailio_contact_id(struct usher_text call,
                                      char room[USHER_CONTACT_OWN_ID_MAX + 1]);

/* Makes the command that tells the router of `message` (sync.contact among them), such as a client
 * could have sent: the caller's odd or long numbers are left out or cut. False when the message is
 * none about a contact. The texts are borrowed from `message` and `contact`. */
USHER_MUST_USE bool kamailio_message_command(const struct kamailio_message *message,
                                             struct usher_text contact,
                                             struct usher_command *command);

/* The reason of contact.fail for what SIP said of the phone. */
struct usher_text kamailio_fail_reason(int64_t code, bool has_replied);
/* With which status a caller is sent away whose arrival met `error`; 0 = not at all. */
int kamailio_reject_code(enum usher_error error);

/* What usherd says: each writes a whole object into `out`, which it empties before. */

struct kamailio_ring {
    struct usher_text call;
    struct usher_text transaction;
    struct usher_text uri; /* this and the queue: USHER_NAME_MAX bytes at most */
    struct usher_text agent;
    struct usher_text offer;
    struct usher_text contact; /* for the phone's X-Contact-Id */
    struct usher_text queue;   /* for the phone's X-Queue */
    int64_t ring_ms;
};
void kamailio_write_ring(struct usher_bytes *out, uint32_t epoch, const struct kamailio_ring *ring);
/* Stops ringing for `offer`. */
void kamailio_write_cancel(struct usher_bytes *out, uint32_t epoch, struct usher_text call,
                           struct usher_text offer);
void kamailio_write_reject(struct usher_bytes *out, uint32_t epoch, struct usher_text call,
                           struct usher_text transaction, int code, struct usher_text notice);
/* Answers a refer: with `code` 202 the caller is sent to `token`, with another the phone is told.
 */
void kamailio_write_refer(struct usher_bytes *out, uint32_t epoch, struct usher_text call,
                          struct usher_text transaction, int code, struct usher_text token);
/* `name` is "sync" or "ping"; `id` comes back in the answer. */
void kamailio_write_ask(struct usher_bytes *out, uint32_t epoch, struct usher_text name,
                        struct usher_text id);

#endif
