/* What the files of the compiler of rules share: each takes one key of the file. They run in the
 * order below, since queues name skills and tiers, and routes name queues. A node that is NULL is
 * an absent key. */
#ifndef USHER_RULES_COMPILE_H
#define USHER_RULES_COMPILE_H

#include "rules/arena.h"
#include "rules/document.h"
#include "rules/names.h"
#include "rules/rules.h"
#include "rules/schema.h"

/* Rules and everything that they point to; rules.owner is this. */
struct usher_rules_owner {
    struct usher_rules rules;
    struct usher_arena arena;
    struct usher_names skills;
    struct usher_names queues;
};

struct usher_compile {
    struct usher_rules_owner *owner;
    struct usher_rules *rules; /* the owner's */
    struct usher_arena *arena; /* the owner's */
    struct usher_problems *problems;
};

/* The keys of a tier, a queue, a route and so on. */
extern const struct usher_schema usher_tier_schema;
extern const struct usher_schema usher_bid_schema;
extern const struct usher_schema usher_channel_schema;
extern const struct usher_schema usher_customer_schema;
extern const struct usher_schema usher_queue_schema;
extern const struct usher_schema usher_promise_schema;
extern const struct usher_schema usher_need_schema;
extern const struct usher_schema usher_closed_schema;
extern const struct usher_schema usher_callback_schema;
extern const struct usher_schema usher_calling_schema;
extern const struct usher_schema usher_overflow_schema;
extern const struct usher_schema usher_limit_schema;
extern const struct usher_schema_row usher_blocked_row;
extern const struct usher_schema usher_missed_schema;
extern const struct usher_schema usher_wrap_up_schema;
extern const struct usher_schema_row usher_wrap_up_row; /* a time alone */
extern const struct usher_schema_row usher_disposition_row;
extern const struct usher_schema usher_relax_schema;
extern const struct usher_schema usher_last_agent_schema;
extern const struct usher_schema usher_reserve_schema;
extern const struct usher_schema usher_route_schema;
extern const struct usher_schema usher_when_schema;
/* What a user's own keys say there: of `when` a value or a list, of `promise` a duration. */
extern const struct usher_schema_row usher_when_own_row;
extern const struct usher_schema_row usher_promise_own_row;
extern const struct usher_schema_row usher_relax_own_row;
/* The hours of a day or of all days, and a day that has them. */
extern const struct usher_schema_row usher_hours_row;
extern const struct usher_schema_row usher_day_row;

#define USHER_CHANNEL_CHOICES "voice chat email task callback outbound"

struct usher_name_list {
    const char *key;
    int64_t bytes_max;
    size_t count_max;
    const char *sentence;
};

/* Takes room for `spare_count` more than the list has, reads and checks each name, and returns how
 * many are good. */
size_t usher_compile_names(struct usher_compile *compile, const struct usher_node *node,
                           const struct usher_name_list *list, size_t spare_count,
                           struct usher_text **names);

void usher_compile_skills(struct usher_compile *compile, const struct usher_node *node);
void usher_compile_not_ready(struct usher_compile *compile, const struct usher_node *node);
void usher_compile_switches(struct usher_compile *compile, const struct usher_node *node);
void usher_compile_notices(struct usher_compile *compile, const struct usher_node *node);
void usher_compile_timezone(struct usher_compile *compile, const struct usher_node *node);
void usher_compile_holidays(struct usher_compile *compile, const struct usher_node *node);
void usher_compile_blocked(struct usher_compile *compile, const struct usher_node *node);
void usher_compile_tiers(struct usher_compile *compile, const struct usher_node *node);
void usher_compile_bid(struct usher_compile *compile, const struct usher_node *node);
void usher_compile_channels(struct usher_compile *compile, const struct usher_node *node);
void usher_compile_calling(struct usher_compile *compile, const struct usher_node *node);
void usher_compile_customer(struct usher_compile *compile, const struct usher_node *node);
void usher_compile_reserves(struct usher_compile *compile, const struct usher_node *node);
void usher_compile_queues(struct usher_compile *compile, const struct usher_node *node);
void usher_compile_routes(struct usher_compile *compile, const struct usher_node *node);

/* The parts of a queue; `node` may be another queue's, which this one is like. */
void usher_compile_promise(struct usher_compile *compile, const struct usher_node *node,
                           struct usher_queue *queue);
void usher_compile_need(struct usher_compile *compile, const struct usher_node *node,
                        struct usher_queue *queue);

/* `closed`, `overflow` and `limit`: where contacts go that do not stay. `is_others`: it is
 * taken over from the queue that this one is like, and may lead to this one: then it has none. */
void usher_compile_closed(struct usher_compile *compile, const struct usher_node *node,
                          struct usher_queue *queue, bool is_others);
void usher_compile_overflow(struct usher_compile *compile, const struct usher_node *node,
                            struct usher_queue *queue, bool is_others);
void usher_compile_limit(struct usher_compile *compile, const struct usher_node *node,
                         struct usher_queue *queue, bool is_others);
void usher_compile_callback(struct usher_compile *compile, const struct usher_node *node,
                            struct usher_queue *queue);
/* When all queues are there: `queues` is their mapping. */
void usher_compile_check_ways(struct usher_compile *compile, const struct usher_node *queues);
void usher_compile_wrap_up(struct usher_compile *compile, const struct usher_node *node,
                           struct usher_queue *queue);
/* Of a queue or of the whole file; without `node` what stands in `without`. */
void usher_compile_missed(struct usher_compile *compile, const struct usher_node *node,
                          const struct usher_missed_rule *without, struct usher_missed_rule *rule);
void usher_compile_dispositions(struct usher_compile *compile, const struct usher_node *node,
                                const struct usher_dispositions *without,
                                struct usher_dispositions *dispositions);

/* The conditions of a route; `when` is a mapping. */
void usher_compile_when(struct usher_compile *compile, const struct usher_node *when,
                        struct usher_route *route);

/* Hours: `always`, `closed`, a day's hours for each day, or a mapping of days to hours. They lie in
 * the owner's arena; NULL for no node, and when memory is out. */
const struct usher_hours *usher_compile_hours(struct usher_compile *compile,
                                              const struct usher_node *node);
/* The needs must be there. */
void usher_compile_relax(struct usher_compile *compile, const struct usher_node *node,
                         struct usher_queue *queue);
/* Without a node: what holds by default. */
void usher_compile_last_agent(struct usher_compile *compile, const struct usher_node *node,
                              struct usher_queue *queue);

/* As usher_arena_take and usher_arena_copy from the owner's arena; false or NULL after adding the
 * problem that memory is out. */
void *usher_compile_take(struct usher_compile *compile, size_t count, size_t size);
USHER_MUST_USE bool usher_compile_copy(struct usher_compile *compile, struct usher_text text,
                                       struct usher_text *copy);

/* The number of `name` among `names`, or SIZE_MAX after adding "`what` `name` is not declared; did
 * you mean …?", with `advice` as what else to do. */
size_t usher_compile_find(struct usher_compile *compile, const struct usher_names *names,
                          const struct usher_node *place, struct usher_text name, const char *what,
                          const char *advice);

/* The same among a list that has no index; the name is that of the scalar `place`. */
size_t usher_compile_find_listed(struct usher_compile *compile, const struct usher_text *list,
                                 size_t count, const struct usher_node *place, const char *what,
                                 const char *advice);

/* True, after adding a problem, when `name` was in the first `count` of `list`. */
USHER_MUST_USE bool usher_compile_is_twice(struct usher_compile *compile,
                                           const struct usher_text *list, size_t count,
                                           const struct usher_node *node);

#endif
