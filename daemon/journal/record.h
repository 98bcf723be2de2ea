/* What events say of one customer, until it is written (remember.h). */
#ifndef JOURNAL_RECORD_H
#define JOURNAL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/table.h"
#include "model/event.h"
#include "wire/codec.h"

#define RECORD_ARGS_MAX 16 /* a name and a value each */

struct record {
    struct usher_list node;
    struct usher_number n; /* of the newest event in it */
    bool is_erasing;       /* the customer is forgotten; nothing below counts */
    bool is_done;          /* nothing of it is to be written: another was later */
    bool is_outdated;      /* what is there is newer */
    int64_t keep_ms;
    int64_t contacts;  /* how many there were; 0 = nothing is said */
    int64_t last_ms;   /* 0 = nothing is said; the same for the texts when empty */
    int64_t served_ms; /* when `queue` answered him; 0 = nothing is said */
    char customer[USHER_CUSTOMER_MAX + 1];
    char agent[USHER_AGENT_ID_MAX + 1];
    char queue[USHER_NAME_MAX + 1];
    char outcome[65];
    char disposition[65];
};

/* False when the event says nothing of a customer. */
USHER_MUST_USE bool record_read(struct record *record, const struct usher_event *event,
                                int64_t keep_ms);
struct usher_text record_key(const struct record *record);

/* Room for what is written. */
struct record_texts {
    char number[USHER_NUMBER_SIZE];
    char contacts[24];
    char last_ms[24];
    char served_ms[24];
    char served_name[USHER_NAME_MAX + 32];
    char seconds[24];
};
/* Names and values for HSET, and how many. They lie in `texts` and in the record. */
size_t record_args(const struct record *record, struct record_texts *texts,
                   struct usher_text args[RECORD_ARGS_MAX]);
/* For EXPIRE. */
struct usher_text record_seconds(const struct record *record, struct record_texts *texts);

/* Records that wait, the oldest first; what comes of the same customer joins what waits. */
struct records {
    struct usher_list list;
    struct usher_table by_key; /* the newest of each customer */
    size_t count;
    size_t count_max;
    size_t erasures_count;
};

USHER_MUST_USE bool records_init(struct records *records, size_t count_max);
void records_fini(struct records *records);
void records_clear(struct records *records);
/* Copies. False when the oldest that erases nobody, or memory, had to go for it. */
USHER_MUST_USE bool records_put(struct records *records, const struct record *record);
/* Gives the oldest, to be freed; or NULL. */
struct record *records_take(struct records *records);

#endif
