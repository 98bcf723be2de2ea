/* The account of a day: what its customers and agents had of it, in the figures that operations
 * people and textbooks use. A fold over events, from whatever router they come.
 *
 * Who hangs up within the first five seconds counts as offered and as abandoned, but neither for
 * nor against the service level. */
#ifndef USHER_REPORT_DAYBOOK_H
#define USHER_REPORT_DAYBOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "model/event.h"
#include "model/limits.h"

#define USHER_DAYBOOK_CLASSES_MAX 512
#define USHER_SHORT_WAIT_MS       5000

/* A queue and a tier. */
struct usher_daybook_class {
    char queue[USHER_NAME_MAX + 1];
    char tier[USHER_NAME_MAX + 1];
    int64_t arrived_count;
    int64_t answered_count;
    int64_t kept_count; /* answered within the promise */
    int64_t abandoned_count;
    int64_t short_count;      /* of these, within the first seconds */
    int64_t waited_count;     /* for whom nobody was free in the same moment */
    int64_t left_early_count; /* abandoned within the promise */
    int64_t waited_ms;        /* of those answered, together */
    int64_t all_waited_ms;    /* of those answered and those who gave up */
    int64_t foretold_count;
    int64_t foretold_over_ms; /* first told less actual wait, together; see usher_day_figures */
    int64_t foretold_off_ms;  /* the same without its sign */
    int64_t foretold_wait_ms; /* the actual waits */
};

#define USHER_DAYBOOK_HALVES 96 /* half hours: two days */

/* Who came in a half hour. */
struct usher_daybook_half {
    int64_t ended_count; /* answered or gave up */
    int64_t waited_ms;   /* of these, together */
};

/* Shares are from 0 to 1, times in seconds. What nobody gives a figure for, such as the service
 * level of a day on which nobody came, is NaN. */
struct usher_day_figures {
    double arrived;       /* contacts */
    double service_level; /* answered within the promise, of those answered or not short */
    double worst_level;   /* the class with the lowest */
    double first_level;   /* of the rules' first tier alone */
    double waited;        /* of all that were answered or gave up: nobody was free at once */
    double answer_s;      /* average speed of answer */
    double p50_s;         /* of the waits of those answered, by nearest rank */
    double p95_s;
    double p99_s;
    double longest_s;        /* of all waits */
    double abandoned;        /* of all that arrived */
    double match;            /* mean, of those answered */
    double resolved;         /* first-contact resolution: of those who came for the first time */
    double occupancy;        /* mean over the agents: busy, of the time they were there */
    double occupancy_spread; /* standard deviation between agents */
    double told_kept;        /* answered as soon as they were told, of those who were told */
    double foretold_bias_s;  /* the first told wait less the actual one; who hangs up would have
                                waited at least as long as was told */
    double foretold_error;   /* the mean error without its sign, of the mean actual wait */
    double cost_s;           /* J: see README */
    double refused;          /* contacts that the router did not take or sent away */
};

/* The figures by their place, for tables: usher_day_columns. */
#define USHER_DAY_COLUMNS_COUNT (sizeof(struct usher_day_figures) / sizeof(double))
enum usher_day_unit { USHER_DAY_COUNT_UNIT = 0, USHER_DAY_SHARE, USHER_DAY_SECONDS };
struct usher_day_column {
    const char *key;   /* "service_level": of JSON and CSV */
    const char *title; /* "service level" */
    enum usher_day_unit unit;
    int better; /* 1: more is better, -1: less, 0: neither */
};
extern const struct usher_day_column usher_day_columns[USHER_DAY_COLUMNS_COUNT];
/* The place of a column, which there must be. */
size_t usher_day_column_find(const char *key);

struct usher_daybook;

/* Times of the day: whoever arrives from `counts_ms` on is counted; agents' time from then to
 * `ends_ms`. `first_tier` is borrowed. NULL when memory is out. */
struct usher_daybook *usher_daybook_new(const struct usher_limits *limits, int64_t counts_ms,
                                        int64_t ends_ms, struct usher_text first_tier);
void usher_daybook_free(struct usher_daybook *book);

/* Events in their order. False when more contacts or agents are there than the limits say, or more
 * classes than USHER_DAYBOOK_CLASSES_MAX, a name is too long, or memory is out. */
USHER_MUST_USE bool usher_daybook_apply(struct usher_daybook *book,
                                        const struct usher_event *event);
/* What no event says: whether this live contact is its customer's first, and whether a contact that
 * was answered was helped. */
void usher_daybook_note_again(struct usher_daybook *book, struct usher_text contact);
void usher_daybook_note_outcome(struct usher_daybook *book, struct usher_text contact,
                                bool is_helped);
/* Somebody came, and found the lines busy or was refused by the router. */
void usher_daybook_note_refused(struct usher_daybook *book, int64_t now_ms);

struct usher_day_figures usher_daybook_read(struct usher_daybook *book);
size_t usher_daybook_classes_count(const struct usher_daybook *book);
const struct usher_daybook_class *usher_daybook_class(const struct usher_daybook *book,
                                                      size_t index);
/* The half hours from the first counted moment on; `index` is below USHER_DAYBOOK_HALVES, and what
 * comes behind the last is not in them. */
const struct usher_daybook_half *usher_daybook_half(const struct usher_daybook *book, size_t index);
/* Whether both are of the same queue and tier. */
bool usher_daybook_class_is_like(const struct usher_daybook_class *a,
                                 const struct usher_daybook_class *b);
/* Adds the counts of one to another. */
void usher_daybook_class_add(struct usher_daybook_class *sum,
                             const struct usher_daybook_class *class);
/* Its service level; -1 when nobody counts for it: nobody came, or all left within the first
 * seconds or have not ended. */
double usher_daybook_class_level(const struct usher_daybook_class *class);
/* What an agent did from the first counted moment to the end of the day; as of the last
 * usher_daybook_read. */
struct usher_daybook_agent {
    const char *id;
    int64_t busy_ms;
    int64_t there_ms;
};
size_t usher_daybook_agents_count(const struct usher_daybook *book);
struct usher_daybook_agent usher_daybook_agent(const struct usher_daybook *book, size_t index);
/* Contacts that were counted, and have not ended. */
int64_t usher_daybook_open_count(const struct usher_daybook *book);

#endif
