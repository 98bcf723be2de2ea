/* The routing rules: rules.yaml, checked and compiled. Immutable once read. */
#ifndef USHER_RULES_RULES_H
#define USHER_RULES_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "model/channel.h"
#include "model/limits.h"
#include "rules/condition.h"
#include "rules/hours.h"
#include "rules/problem.h"

struct usher_schema;

#define USHER_SKILLS_MAX           512
#define USHER_QUEUES_MAX           512
#define USHER_TIERS_MAX            16
#define USHER_ROUTES_MAX           1024
#define USHER_BLOCKED_MAX          1000
#define USHER_NEEDS_MAX            16 /* skills that one queue needs */
#define USHER_RELAX_MAX            4  /* steps of one queue's `relax` */
#define USHER_RESERVES_MAX         8
#define USHER_SWITCHES_MAX         64 /* each is a bit of usher_facts */
#define USHER_NOTICES_MAX          256
#define USHER_CUSTOMER_SOURCES_MAX 8

/* A skill that a contact needs: found by its name in the rules or, with `key`, by prefix + what the
 * contact's data, or what is remembered of its customer, has under the key. */
struct usher_need_rule {
    size_t skill; /* index into rules->skills; with a key the one of `else`, USHER_SKILL_NONE
                     without `else` */
    struct usher_text prefix;         /* "lang." of lang.$data.lang */
    struct usher_text key;            /* "lang" of lang.$data.lang; absent: the skill is fixed */
    bool is_customers;                /* the key is the customer's: lang.$customer.lang */
    int min;                          /* hard minimum level, 1 .. 10; default 1 */
    int weight;                       /* 1 .. 100; default 1 */
    uint8_t relaxed[USHER_RELAX_MAX]; /* the minimum from each step of `relax` on, never above that
                                         of the step before; 0 = not needed any more */
};
#define USHER_SKILL_NONE SIZE_MAX

/* One skill that a certain contact needs. */
struct usher_need {
    uint16_t skill;
    uint8_t min;
    uint8_t weight;
    uint8_t relaxed[USHER_RELAX_MAX]; /* as that of the rule; behind the last step as the last */
};

struct usher_tier {
    struct usher_text name;
    int64_t head_start_ms;
};

/* Where a contact goes that does not stay in its queue, and what it is played. */
struct usher_way {
    enum usher_way_kind {
        USHER_WAY_NONE = 0,
        USHER_WAY_WAIT,     /* it waits on */
        USHER_WAY_QUEUE,    /* into another queue */
        USHER_WAY_CALLBACK, /* it is called back */
        USHER_WAY_FAREWELL, /* it ends */
        USHER_WAY_KIND_COUNT,
    } kind;
    size_t queue;  /* QUEUE: index */
    size_t notice; /* index into rules->notices; USHER_NOTICE_NONE when it names none */
};
#define USHER_NOTICE_NONE SIZE_MAX
/* "wait", "callback", "farewell"; "" for the others. */
struct usher_text usher_way_name(enum usher_way_kind kind);

/* How a contact may have ended, in the center's own words. */
struct usher_dispositions {
    const struct usher_text *list;
    size_t count; /* 0: any */
};
bool usher_dispositions_has(const struct usher_dispositions *dispositions, struct usher_text name);

/* What it is worth that the agent who served a customer before does so again. */
struct usher_last_agent {
    int64_t worth_ms;                     /* 30 s when absent */
    int64_t within_ms;                    /* 7 d when absent: how long ago at most */
    int64_t wait_ms[USHER_CHANNEL_COUNT]; /* how long a contact is kept for that agent; 0 = is not,
                                             as always for voice and chat */
};

/* What follows when an agent lets offers ring out. */
struct usher_missed_rule {
    int64_t count_max; /* so many in a row make the agent not ready; 0 = none do */
    int64_t lasts_ms;  /* ready again by itself after so long; 0 = not by itself */
};

struct usher_queue {
    struct usher_text name;
    int64_t promise_ms;                                 /* answer_within; 20 s when absent */
    int target_percent;                                 /* 80 when absent */
    int64_t promise_by_tier_ms[USHER_TIERS_MAX];        /* -1 = none of its own */
    int64_t promise_by_channel_ms[USHER_CHANNEL_COUNT]; /* -1 = none of its own */
    int64_t forecast_per_hour;                          /* -1 = none */
    int64_t forecast_handle_ms;                         /* -1 = none */
    struct usher_need_rule needs[USHER_NEEDS_MAX];
    size_t needs_count;
    int64_t relax_after_ms[USHER_RELAX_MAX]; /* upwards */
    size_t relax_count;
    struct usher_last_agent last_agent;
    int64_t ring_ms;          /* 15 s when absent */
    int64_t wrap_up_ms;       /* 0 when absent */
    int64_t transfer_wait_ms; /* -1 = as the channel has it */
    int64_t extend_max;       /* how often an agent may make the wrap-up longer */
    int64_t extend_ms;        /* by how much each time */
    bool needs_disposition;
    struct usher_dispositions dispositions;
    struct usher_missed_rule missed;
    int64_t repeat_ms; /* who was served within this comes again with the same; 7 d when absent */
    struct {
        bool is_offered;           /* to callers, above that wait */
        int64_t when_wait_over_ms; /* -1: three times what is promised */
        int64_t attempts;          /* to reach a customer, at most */
        int64_t every_ms;          /* from one of them to the next */
    } callback;
    int64_t announce_ms;   /* how often those who wait are told of it; 0: once; -1: never */
    int64_t waiting_max;   /* limit: {waiting: N}; INT64_MAX when absent */
    struct usher_way full; /* at that limit; NONE: whoever comes is refused */
    const struct usher_hours *hours; /* NULL: always open */
    bool keeps_holidays;             /* of the rules */
    struct usher_way closed;         /* of those who hold the line; FAREWELL when absent */
    int64_t overflow_after_ms;       /* -1 = never */
    struct usher_way overflow;       /* NONE: it has none */
};

struct usher_route {
    const struct usher_condition *conditions; /* all must fit; none = always fits */
    size_t conditions_count;
    size_t queue;  /* index */
    size_t tier;   /* index; default_tier when the route names none */
    size_t notice; /* index into rules->notices; USHER_NOTICE_NONE when it names none */
};

/* Who counts as one customer: the first of the sources that a contact has. */
struct usher_customer_rule {
    struct usher_customer_source {
        struct usher_text data_key; /* "contract" of data.contract; absent: `from` */
    } sources[USHER_CUSTOMER_SOURCES_MAX];
    size_t sources_count;
    int64_t keep_ms; /* how long a customer is remembered: 365 d */
    int64_t read_ms; /* how long a contact waits for that: 50 ms; 0 = it is not asked */
};

/* The last `keep` free agents with a skill are refused to contacts that do not need it. */
struct usher_reserve {
    size_t skill;
    int64_t keep;
    int64_t until_ms; /* to who has waited for less; -1 = to all */
};

/* The knobs of the bid; per mille and milliseconds. */
struct usher_bid_knobs {
    int64_t match_worth_ms;     /* 240 s */
    int64_t lend_worth_ms;      /* 160 s */
    int64_t fairness_per_mille; /* 150 */
    int64_t idle_cap_ms;        /* 900 s */
    int64_t second_promise;     /* 2; `off` = 1 */
    bool overtaking;            /* true */
    int64_t deferred_share;     /* 0 .. 100 */
};

/* The zone whose clocks the hours mean, by its name: whoever knows zones says whether there is one,
 * at this place of the file. */
struct usher_rules_zone {
    char name[USHER_ZONE_NAME_MAX + 1]; /* "UTC" when the file names none */
    size_t line;
    size_t column;
};

struct usher_rules {
    char hash[65]; /* SHA-256 of the text, given by the caller of usher_rules_read */
    struct usher_rules_zone timezone;
    struct usher_holidays holidays;
    const struct usher_hours *calling_hours; /* in the customer's zone; NULL: always */
    bool calling_keeps_holidays;             /* of the rules */
    const struct usher_text *blocked; /* numbers and customers' keys; a `*` at the end stands for
                                         any rest */
    size_t blocked_count;
    const struct usher_text *skills;
    size_t skills_count;
    const struct usher_text *not_ready; /* reasons; ring_no_answer, desk_lost and forced are
                                           always among them */
    size_t not_ready_count;
    struct usher_dispositions dispositions; /* of queues that have none of their own */
    struct usher_missed_rule missed;        /* likewise */
    const struct usher_text *switches;      /* what supervisors turn on and off */
    size_t switches_count;
    const struct usher_text *notices; /* what a PBX can play */
    size_t notices_count;
    struct usher_tier tiers[USHER_TIERS_MAX]; /* in the order of the file; `standard` is added at
                                                 the end if absent */
    size_t tiers_count;
    size_t default_tier; /* `standard` */
    struct usher_bid_knobs bid;
    struct usher_customer_rule customer;
    struct usher_channel_load channels[USHER_CHANNEL_COUNT];
    struct usher_reserve reserves[USHER_RESERVES_MAX];
    size_t reserves_count;
    struct usher_queue *queues;
    size_t queues_count;
    const struct usher_route *routes;
    size_t routes_count;
    void *owner; /* what the texts above lie in */
};

/* The keys of a rules file: what is read, checked and told in the manual. */
extern const struct usher_schema usher_rules_schema;

/* Reads and checks a rules file. NULL when `problems` got any. The rules copy what they need of
 * `text`. `hash` is 64 hexadecimal digits or shorter, kept as it is. */
struct usher_rules *usher_rules_read(struct usher_text text, const char *hash,
                                     struct usher_problems *problems);
void usher_rules_free(struct usher_rules *rules);
/* The zone that a text names, even where it has problems. False when it names none. */
USHER_MUST_USE bool usher_rules_find_zone(struct usher_text text, struct usher_rules_zone *zone);

/* Indices by name; SIZE_MAX when there is none. */
size_t usher_rules_find_skill(const struct usher_rules *rules, struct usher_text name);
size_t usher_rules_find_queue(const struct usher_rules *rules, struct usher_text name);
/* The declared skill that was probably meant by `wrong`; absent when none is near. */
struct usher_text usher_rules_suggest_skill(const struct usher_rules *rules,
                                            struct usher_text wrong);
size_t usher_rules_find_tier(const struct usher_rules *rules, struct usher_text name);
size_t usher_rules_find_switch(const struct usher_rules *rules, struct usher_text name);
bool usher_rules_has_reason(const struct usher_rules *rules, struct usher_text reason);

/* Whether it is no number: absent, or what networks say in place of one that is withheld. That is
 * not one customer but many, and nobody can be called there. */
bool usher_rules_is_withheld(struct usher_text from);
/* The customer's key: the first source that the contact has, if it is 1 to USHER_CUSTOMER_MAX bytes
 * without control characters; a withheld number is nobody's. Absent when there is none. It is
 * borrowed from `from` or lies in `room`. */
struct usher_text usher_rules_customer(const struct usher_rules *rules, struct usher_text from,
                                       struct usher_text data, char room[USHER_CUSTOMER_MAX]);
/* When a customer of whom `memory` (an object or absent) is remembered was served in the queue
 * last; -1 when that is not known. */
int64_t usher_rules_served_ms(const struct usher_rules *rules, size_t queue,
                              struct usher_text memory);
/* Whether that is so lately that the customer comes again with the same. */
bool usher_rules_is_repeat(const struct usher_rules *rules, size_t queue, struct usher_text memory,
                           int64_t now_ms);
/* Whether one of two texts, which may be absent, is blocked. */
bool usher_rules_is_blocked(const struct usher_rules *rules, struct usher_text from,
                            struct usher_text customer);
/* Whether a queue is open at `at_ms` (civil), and until when. */
struct usher_opening usher_rules_opening(const struct usher_rules *rules, size_t queue,
                                         const struct usher_zone *zone, int64_t at_ms);

/* The first route that fits; NULL when none does. */
const struct usher_route *usher_rules_route(const struct usher_rules *rules,
                                            const struct usher_facts *facts);

/* Where a contact that stands in `*queue` and `*tier` of the rules `before` goes: the queue and
 * tier of the same name, or what the routes say, or the last route's queue and the default tier. */
void usher_rules_route_again(const struct usher_rules *rules, const struct usher_rules *before,
                             const struct usher_facts *facts, size_t *queue, size_t *tier);

/* What a contact of these facts needs in this queue: by skill index upwards, each skill once
 * (the higher minimum and the sum of weights up to 255, when two rules name the same). Needs of its
 * own count instead, as far as these rules have the skills; with none left, the queue's. Returns
 * how many; at most USHER_NEEDS_MAX. */
size_t usher_rules_needs(const struct usher_rules *rules, size_t queue,
                         const struct usher_facts *facts, struct usher_need needs[USHER_NEEDS_MAX]);

/* "internet", "lang.$data.lang": how the need is written in the rules, cut to fit into `room`. */
struct usher_text usher_rules_need_name(const struct usher_rules *rules,
                                        const struct usher_need_rule *need, char *room,
                                        size_t room_size);

/* The promise: the lower of those of tier and channel that are there, else answer_within. */
int64_t usher_rules_promise_ms(const struct usher_rules *rules, size_t queue, size_t tier,
                               enum usher_channel channel);

#endif
