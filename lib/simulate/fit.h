/* A model of a center's traffic, estimated from its calls: who came when and for what, how long it
 * took to serve them, how long they would have waited, and how many agents were there. What a list
 * of calls cannot tell is left at what traffic.yaml has by itself.
 *
 * Times are civil ones of the center, in milliseconds since 1970 as if it were UTC (base/civil.h).
 * Only ordinary days and open hours count: days with at least half the answered calls of the
 * median day, and half hours from the first to the last in which on a third of these days
 * somebody was answered. */
#ifndef USHER_SIMULATE_FIT_H
#define USHER_SIMULATE_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "rules/arena.h"
#include "simulate/traffic.h"

#define USHER_FIT_HALVES     48 /* of a day */
#define USHER_FIT_KINDS_MAX  64
#define USHER_FIT_AGENTS_MAX 1000 /* with two shifts each there is room for them in a model */
#define USHER_FIT_POINTS_MAX 24   /* of a survival table */
#define USHER_FIT_NOBODY     SIZE_MAX

enum usher_fit_outcome {
    USHER_FIT_NONE = 0,
    USHER_FIT_ANSWERED,
    USHER_FIT_ABANDONED,
    USHER_FIT_LOST, /* ended in another way before it was answered, such as a queue's time-out */
};

struct usher_fit_call {
    int64_t arrived_ms;
    int64_t wait_ms;
    int64_t service_ms; /* -1: not known */
    enum usher_fit_outcome outcome;
    size_t kind;
    size_t agent; /* or USHER_FIT_NOBODY */
};

/* An agent was there, from one moment to the other. */
struct usher_fit_spell {
    size_t agent;
    int64_t from_ms;
    int64_t until_ms;
};

/* What an agent knows, by a profile. */
struct usher_fit_skill {
    size_t agent;
    struct usher_text name; /* of a kind: the agent's level for it */
    uint8_t level;          /* from 1 to 10 */
};

/* All is borrowed; the calls may be in any order. */
struct usher_fit_input {
    const struct usher_fit_call *calls;
    size_t calls_count;
    const struct usher_text *kinds;  /* names that a model may have */
    size_t kinds_count;              /* from 1 to USHER_FIT_KINDS_MAX */
    const struct usher_text *agents; /* the same, without colons; 56 bytes at most with a number */
    size_t agents_count;             /* 0: the calls name nobody; at most USHER_FIT_AGENTS_MAX */
    const struct usher_fit_spell *spells;
    size_t spells_count; /* of agents who have none it follows from their calls */
    /* Levels from 1 to 10 of each agent for each kind, an agent's beside each other; 0, or NULL for
     * all: 10 for what an agent has served. */
    const uint8_t *levels;
    const struct usher_fit_skill *skills; /* an agent's beside each other */
    size_t skills_count;
    int64_t promise_ms; /* of the service level */
    int64_t ring_ms;    /* how long it rang on average until an agent answered, a part of the wait;
                           0: not known */
};

struct usher_fit_kind {
    struct usher_text name;
    size_t arrived_count;
    size_t answered_count;
    size_t kept_count; /* of these, within the promise */
    size_t abandoned_count;
    size_t short_count; /* of these, within the first seconds */
    size_t lost_count;
    double waited_ms; /* of those answered, together */
    double per_hour[USHER_FIT_HALVES];
    size_t handled_count; /* whose time of service is known */
    double handle_ms;     /* 0: nobody's is */
    double spread;        /* coefficient of variation */
    struct usher_patience patience;
    bool is_patience_of_all; /* too few of this kind gave up: that of all kinds together */
    int64_t known_until_ms;  /* of the table: there are next to no waits that are longer */
};

struct usher_fit_agent {
    struct usher_text name;         /* absent: nobody whom a call names */
    double there[USHER_FIT_HALVES]; /* the share of the days */
    uint8_t levels[USHER_FIT_KINDS_MAX];
    bool is_there[USHER_FIT_HALVES];  /* in the model */
    struct usher_traffic_share *more; /* skills that are no kind's name */
    size_t more_count;
};

struct usher_fit_half {
    double waited_ms; /* of those answered and those who gave up, together, on an average day */
    double ended;     /* of these, on an average day */
    double staff;     /* who were there, on an average day */
    size_t count;     /* of agents in the model */
};

struct usher_fit {
    struct usher_fit_kind *kinds;
    size_t kinds_count;
    struct usher_fit_agent
        *agents; /* those named by the calls, and then as many as may be needed */
    size_t agents_count;
    size_t agents_named;
    struct usher_fit_half halves[USHER_FIT_HALVES];
    size_t first_half;     /* that is open */
    size_t end_half;       /* behind the last */
    size_t days_count;     /* that count */
    size_t days_left_out;  /* that have calls */
    size_t closed_count;   /* calls at other hours */
    size_t left_out_count; /* calls of other days */
    int64_t first_day;     /* that counts, since 1970 */
    int64_t last_day;
    double dispersion; /* variance by mean of the days' calls: 1 if all that differs is chance */
    int64_t promise_ms;
    int64_t ring_ms;
    double service_level;
    double answer_s;
    double abandoned;
    struct usher_arena arena; /* all that it points to */
};

enum usher_fit_result {
    USHER_FIT_DONE = 0,
    USHER_FIT_EMPTY,  /* nobody was answered */
    USHER_FIT_LONG,   /* more than some ten years lie between the answers */
    USHER_FIT_SPARSE, /* in no half hour of the day somebody was answered on every third day */
    USHER_FIT_NO_MEMORY,
};

USHER_MUST_USE enum usher_fit_result usher_fit(const struct usher_fit_input *input,
                                               struct usher_fit **fit);
void usher_fit_free(struct usher_fit *fit);

/* Who of the agents is there, so that each half hour has halves[].count of them: those who are
 * there most often, and rather those who were there the half hour before. False when memory is
 * out. */
USHER_MUST_USE bool usher_fit_set_agents(struct usher_fit *fit);

/* The model as traffic.yaml and the rules with a queue a kind that go with it. */
void usher_fit_write_traffic(const struct usher_fit *fit, struct usher_bytes *out);
void usher_fit_write_rules(const struct usher_fit *fit, struct usher_bytes *out);

#endif
