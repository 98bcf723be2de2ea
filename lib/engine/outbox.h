/* What the engine has to say: the events of a turn, encoded once, each with whom it concerns. */
#ifndef USHER_ENGINE_OUTBOX_H
#define USHER_ENGINE_OUTBOX_H

#include <stddef.h>

#include "base/bytes.h"
#include "model/event.h"

struct usher_outbox_entry {
    enum usher_event_kind kind;
    struct usher_number n;
    size_t at;         /* offset of the line in `lines` */
    size_t length;     /* without its newline */
    bool has_customer; /* the line names one */
    char client[USHER_CLIENT_NAME_MAX +
                1]; /* of the contact concerned: the PBX that must know; "" = none */
    char
        agent[USHER_AGENT_ID_MAX + 1]; /* the agent concerned: the desk that must know; "" = none */
};

struct usher_outbox {
    struct usher_bytes lines; /* each with its newline */
    struct usher_outbox_entry *entries;
    size_t count;
    size_t room;
};

void usher_outbox_init(struct usher_outbox *outbox);
void usher_outbox_fini(struct usher_outbox *outbox);
void usher_outbox_clear(struct usher_outbox *outbox);
/* Encodes `event`, which concerns the PBX `client` (absent: none). Memory that is out ends the
 * process: a decided event must not be lost. */
void usher_outbox_add(struct usher_outbox *outbox, const struct usher_event *event,
                      struct usher_text client);

#endif
