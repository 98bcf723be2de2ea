/* Whoever routes in a simulation: the engine under its rules, or one of the simple ways in which
 * other routers choose. All take the same commands and give the same events, so that nothing else
 * in a simulation knows which of them it is. */
#ifndef USHER_SIMULATE_CONTENDER_H
#define USHER_SIMULATE_CONTENDER_H

#include <stdbool.h>
#include <stdint.h>

#include "model/answer.h"
#include "model/command.h"
#include "model/event.h"
#include "model/limits.h"
#include "rules/rules.h"

enum usher_way_to_choose {
    USHER_CHOOSE_NONE = 0,
    USHER_CHOOSE_BY_BID,    /* the engine */
    USHER_CHOOSE_FIFO,      /* who waits longest, within the tiers; who idles longest */
    USHER_CHOOSE_GREEDY,    /* the best match both ways, whatever the tiers */
    USHER_CHOOSE_PENALTIES, /* a line of the best tier at random, of it who waits longest; of the
                               agents of the best band of matches who idles longest */
    USHER_CHOOSE_COUNT,
};
/* "", "usher", "fifo", "greedy", "penalties". */
struct usher_text usher_way_to_choose_name(enum usher_way_to_choose way);
/* NONE when there is none of this name. */
enum usher_way_to_choose usher_way_to_choose_find(struct usher_text name);

struct usher_contender;

/* Takes `rules`. `seed` is for what is chosen at random. NULL when memory is out; then `rules` are
 * freed, too. */
struct usher_contender *usher_contender_new(enum usher_way_to_choose way, struct usher_rules *rules,
                                            const struct usher_limits *limits, uint64_t seed,
                                            int64_t now_ms);
void usher_contender_free(struct usher_contender *contender);

const struct usher_rules *usher_contender_rules(const struct usher_contender *contender);

/* As usher_engine_decide and usher_engine_pass_time. The simple ways know only what a simulation
 * sends. */
enum usher_error usher_contender_decide(struct usher_contender *contender,
                                        const struct usher_command *command, int64_t now_ms,
                                        struct usher_answer *answer);
void usher_contender_pass_time(struct usher_contender *contender, int64_t now_ms);
/* INT64_MAX when nothing is due. */
int64_t usher_contender_next_ms(const struct usher_contender *contender);

/* The next event that was not taken yet. Its texts hold until the next call. False when there is
 * none. */
USHER_MUST_USE bool usher_contender_take(struct usher_contender *contender,
                                         struct usher_event *event);

#endif
