/* A batch: events and answers that become durable together, in the order in which they came. It is
 * gathered, written to the journal as one entry, and then handed out; or, while the router goes on
 * without Redis, handed out first, when only its lines are left to be written. Memory that is out
 * ends the process: what was decided must not be lost. */
#ifndef BATCH_H
#define BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/list.h"
#include "engine/outbox.h"
#include "model/answer.h"
#include "router.h"

/* An answer as it stands in a batch: offsets into `texts`. */
struct batch_answer {
    uint64_t serial; /* of the party that asked */
    enum usher_error error;
    bool has_id;
    bool has_payload;
    size_t id_at;
    size_t id_length;
    size_t message_at;
    size_t message_length;
    size_t payload_at;
    size_t payload_length;
};

struct batch {
    struct usher_list node;   /* the owner's */
    struct usher_bytes lines; /* of all events, each with its newline */
    size_t lines_count;
    size_t customers_count;            /* of lines that name a customer */
    struct usher_number last;          /* the number of the last line */
    struct usher_outbox_entry *events; /* offsets into `lines` */
    size_t events_count;               /* 0 once they are handed out */
    size_t events_room;
    struct batch_answer *answers;
    size_t answers_count;
    size_t answers_room;
    struct usher_bytes texts;
};

struct batch *batch_new(void);
void batch_free(struct batch *batch);
/* Empties; keeps room for the next use, but not much. */
void batch_clear(struct batch *batch);

void batch_add_events(struct batch *batch, const struct usher_outbox *outbox);
/* Copies. An absent `payload` stays absent. */
void batch_add_answer(struct batch *batch, uint64_t serial, struct usher_text id,
                      const struct usher_answer *answer, struct usher_text payload);

/* It is handed out: keeps its lines only. */
void batch_forget(struct batch *batch);
/* Adds the lines of `more`, which was handed out and comes next, to `batch`, which was. */
void batch_join(struct batch *batch, const struct batch *more);

bool batch_is_empty(const struct batch *batch);
size_t batch_bytes(const struct batch *batch);
/* The number of its last line; there must be one. */
struct usher_number batch_last(const struct batch *batch);

/* The event and answer at an index, borrowed from the batch. */
struct router_event batch_event(const struct batch *batch, size_t index);
struct usher_text batch_answer(const struct batch *batch, size_t index, struct usher_answer *answer,
                               struct usher_text *payload);

#endif
