/* Service level: what the customers of each queue got, over a sliding window. A fold over events:
 * who reads a journal, or follows a running router, gets the same figures.
 *
 * A promise is kept when the contact is answered by its due_ms, and broken when it is answered, or
 * given up, after that. Who gives up before counts as abandoned and as neither. A contact counts
 * once for each talk, in the queue in which it waited last for it and at the time of the answer or
 * its end: after a transfer it arrives anew. The window moves by steps: it has the step that runs
 * and those before it. */
#ifndef USHER_REPORT_SERVICE_H
#define USHER_REPORT_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/hash.h"
#include "base/text.h"
#include "model/event.h"

struct usher_service_figures {
    int64_t arrived_count;
    int64_t answered_count;
    int64_t abandoned_count;
    int64_t kept_count;
    int64_t broken_count;
    int64_t known_count;     /* answered, of customers who are known */
    int64_t repeat_count;    /* arrived again with what they were answered for lately */
    int64_t told_kept_count; /* answered as soon as they were told (contact.promised) */
    int64_t told_broken_count;
    int64_t foretold_count;   /* answered, of those who were told a wait */
    int64_t foretold_over_ms; /* by how much the first that each was told was above what came, in
                                 all; below 0: it was below */
    int64_t foretold_off_ms;  /* the same without its sign */
    int64_t answered_wait_ms; /* of all who were answered, together */
    int64_t longest_wait_ms;  /* of those who were answered or gave up */
};

struct usher_service_bounds {
    int64_t step_ms;     /* above 0 */
    size_t steps_count;  /* of the window; above 0 */
    size_t queues_max;   /* contacts of further queues are not counted */
    size_t contacts_max; /* waiting at the same time; further ones are not counted */
};

struct usher_service;

/* `seed` decides nothing. NULL when memory is out. */
struct usher_service *usher_service_new(const struct usher_service_bounds *bounds,
                                        struct usher_hash_seed seed);
void usher_service_free(struct usher_service *service);

/* Events come in their order; those that say nothing of waiting are passed over. A snapshot's
 * state.contact makes a waiting contact known without counting it as arrived. */
void usher_service_apply(struct usher_service *service, const struct usher_event *event);
/* Forgets who is waiting, and keeps the figures: to be called before a snapshot is applied. */
void usher_service_forget_waiting(struct usher_service *service);

/* The figures of a queue in the window that ends now; all 0 for a queue that nobody has heard of.
 * An absent `queue` means all queues together. */
struct usher_service_figures usher_service_read(const struct usher_service *service,
                                                struct usher_text queue, int64_t now_ms);
/* How many arrived in the step that was `ago` steps before the one that runs; likewise. */
int64_t usher_service_arrived(const struct usher_service *service, struct usher_text queue,
                              int64_t now_ms, size_t ago);

/* The share of promises kept, per cent, rounded down; -1 while none was kept or broken. */
int usher_service_kept_percent(const struct usher_service_figures *figures);
/* First-contact resolution, per cent, rounded down: the share of answered contacts of known
 * customers that no repeated contact follows. A repeat is counted when it comes, and so tells of an
 * answer that may lie before the window; over a time that is long against `repeat` of the rules
 * that makes no difference. -1 while no known customer was answered. */
int usher_service_resolved_percent(const struct usher_service_figures *figures);
/* The share of those who were told a wait and were answered by then, per cent, rounded down; -1
 * while nobody was told any. */
int usher_service_told_percent(const struct usher_service_figures *figures);
/* By how much a wait that is told is too long on average, and how far off it is; 0 while nobody was
 * told any. */
int64_t usher_service_told_bias_ms(const struct usher_service_figures *figures);
int64_t usher_service_told_error_ms(const struct usher_service_figures *figures);
/* The average speed of answer; 0 while nobody was answered. */
int64_t usher_service_answer_ms(const struct usher_service_figures *figures);

#endif
