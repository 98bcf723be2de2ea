/* A model of a center's traffic, read from YAML: who calls how often, for what, for how long and
 * with how much patience; who is there to answer. It says what is true of customers and agents,
 * whatever the rules that route them make of it. */
#ifndef USHER_SIMULATE_TRAFFIC_H
#define USHER_SIMULATE_TRAFFIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "model/channel.h"
#include "rules/problem.h"
#include "rules/schema.h"

#define USHER_KINDS_MAX    512  /* kinds of customers */
#define USHER_CREWS_MAX    2000 /* groups of agents alike */
#define USHER_SHAPE_MAX    336  /* half hours: a week */
#define USHER_SURVIVAL_MAX 64   /* points of a survival table */
#define USHER_TRUNKS_MAX   20000
#define USHER_HALF_HOUR_MS 1800000
#define USHER_DAY_MAX_MS   INT64_C(86400000000) /* 1,000 days: of tests against theory */
#define USHER_NEVER_LEAVES INT64_MAX

enum usher_law {
    USHER_LAW_NONE = 0,
    USHER_LAW_LOGNORMAL,
    USHER_LAW_EXPONENTIAL,
    USHER_LAW_CONSTANT,
    USHER_LAW_COUNT,
};

/* A skill, or whatever else has a number under a name. */
struct usher_traffic_share {
    struct usher_text name;
    int64_t number;
};

/* How long customers wait before they give up. */
struct usher_patience {
    int64_t mean_ms; /* exponential; 0: by the table; USHER_NEVER_LEAVES */
    struct {
        int64_t at_ms; /* upwards, above 0 */
        double share;  /* who are still there then: downwards, below 1, above 0 */
    } points[USHER_SURVIVAL_MAX];
    size_t points_count;
};

/* A kind of customers. Of work and resolution the worst is with an agent who knows nothing of what
 * is needed (match 0), the best with one who knows all of it (1); in between it is in proportion.
 */
struct usher_traffic_kind {
    struct usher_text name;
    enum usher_channel channel;
    double per_hour[USHER_SHAPE_MAX]; /* in each half hour; from the first again after the last */
    size_t per_hour_count;
    struct usher_text to;
    struct usher_text data;                  /* a JSON object; absent: none */
    const struct usher_traffic_share *needs; /* skill and weight */
    size_t needs_count;                      /* 0: what the rules say that the contact needs */
    struct usher_patience patience;
    enum usher_law law;
    double spread; /* the lognormal law's coefficient of variation */
    int64_t handle_ms;
    double handle_worst; /* times handle_ms */
    double handle_best;
    int64_t wrap_up_ms; /* of the handle time; at most all of it */
    double resolved_worst;
    double resolved_best;
    double again_unresolved; /* the share of those not helped who come again */
    double again_abandoned;  /* the share of those who gave up */
    int64_t again_ms;        /* after a time that is exponential with this mean */
};

/* Agents who are alike. */
struct usher_traffic_crew {
    struct usher_text name; /* of one; the n-th of several is name.n */
    size_t count;
    struct usher_text skills;                 /* a JSON object: skill to level */
    struct usher_text capacity;               /* a JSON object; absent: as the rules have it */
    const struct usher_traffic_share *levels; /* the same as `skills` */
    size_t levels_count;
    /* The first shift, from the beginning of the day; below 0: it runs already. Further ones begin
     * every 24 hours. */
    int64_t begins_ms;
    int64_t ends_ms; /* INT64_MAX: when the last customer is served */
    int64_t breaks;  /* so many, spread over the shift */
    int64_t break_ms;
    int64_t answers_ms[2]; /* an answer takes evenly between the two */
    double misses;         /* the share of offers that ring out */
    double declines;
    int64_t returns_ms; /* who missed an offer is back after so long */
};

struct usher_traffic {
    int64_t starts_ms;  /* what clocks show when the day begins, from midnight */
    int64_t day_ms;     /* customers come for so long; then the last are served */
    int64_t warm_up_ms; /* of the day; who comes in it is not counted */
    double load;        /* all rates are multiplied by it; 1, unless the caller says otherwise */
    size_t trunks;      /* so many customers can be there at the same time, until the wrap-up */
    struct usher_traffic_kind *kinds;
    size_t kinds_count;
    struct usher_traffic_crew *crews;
    size_t crews_count;
    size_t agents_count; /* of all crews */
    void *owner;
};

/* The keys of the file. */
extern const struct usher_schema usher_traffic_schema;

/* NULL when `problems` got any. Nothing of `text` is kept. */
struct usher_traffic *usher_traffic_read(struct usher_text text, struct usher_problems *problems);
void usher_traffic_free(struct usher_traffic *traffic);

#endif
