/* A list of customers to be called, as a CSV file has it: each row is checked, and becomes a
 * contact.schedule. */
#ifndef CTL_CAMPAIGN_CALLS_H
#define CTL_CAMPAIGN_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "model/channel.h"
#include "model/command.h"
#include "rules/problem.h"

struct call {
    struct usher_command command; /* its texts lie in `room` */
    char *room;
    char id[USHER_CONTACT_ID_MAX + 1]; /* <campaign>/<key>: the same row has the same again */
    bool is_known;                     /* booked before */
    size_t line;
};

struct calls {
    struct call *list; /* in the order of the file */
    size_t count;
    size_t room;
};

/* A campaign's name is the first part of its contacts' ids. */
bool calls_is_name(struct usher_text name);

void calls_init(struct calls *calls);
void calls_fini(struct calls *calls);

/* Reads `text` for the campaign `name`. All problems are found in one reading; with any, the list
 * is of no use. Times of day are those of this machine, at `now_ms`. */
void calls_read_csv(struct calls *calls, const char *name, struct usher_text text, int64_t now_ms,
                    struct usher_problems *problems);

#endif
