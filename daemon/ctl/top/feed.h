/* What happens in a center, as lines that a person reads: each decision with its reason, and what
 * else moves a contact. The newest are kept. They hold no personal data. */
#ifndef CTL_TOP_FEED_H
#define CTL_TOP_FEED_H

#include <stddef.h>
#include <stdint.h>

#include "ctl/top/live.h"
#include "model/event.h"

#define FEED_LINES_MAX  512
#define FEED_WORDS_SIZE 256

enum feed_kind {
    FEED_NONE = 0,
    FEED_DECISION, /* who gets whom, and why */
    FEED_ANSWER,
    FEED_MISS,   /* declined, rang out, failed, taken back */
    FEED_LEFT,   /* the customer gave up */
    FEED_NOTE,   /* of an agent, the rules, a PBX */
    FEED_NOTICE, /* of the operator's own */
    FEED_ALARM,  /* of usherd itself */
    FEED_KIND_COUNT,
};

struct feed_line {
    enum feed_kind kind;
    int64_t at_ms;
    char agent[USHER_NAME_MAX + 1];             /* the name; "" = none */
    char contact[USHER_CONTACT_OWN_ID_MAX + 1]; /* without the PBX's name; "" = none */
    char queue[USHER_NAME_MAX + 1];             /* "" = none */
    char words[FEED_WORDS_SIZE];
};

struct feed {
    struct feed_line lines[FEED_LINES_MAX]; /* a ring */
    uint64_t count;                         /* of all that were ever told */
};

/* To be called before the event is applied to `live`, which knows the names. */
void feed_tell(struct feed *feed, const struct live *live, const struct usher_event *event);
/* A line that no event tells. */
void feed_say(struct feed *feed, enum feed_kind kind, int64_t at_ms, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The line that was told `ago` lines before the newest; NULL when it is not kept. */
const struct feed_line *feed_at(const struct feed *feed, size_t ago);

#endif
