/* What the files of the lint share: each looks for findings of its kind, in the order below. */
#ifndef USHER_ROUTING_LINTER_H
#define USHER_ROUTING_LINTER_H

#include "routing/lint.h"

struct linter {
    const struct usher_rules *rules;
    const struct usher_node *root;
    const struct usher_staff *staff; /* NULL: there are no profiles */
    struct usher_findings *findings;
    unsigned channels[USHER_QUEUES_MAX]; /* by which a queue's contacts may come; 0 = none does */
    bool is_told[USHER_QUEUES_MAX];      /* the routes to the queue name their channels */
    uint64_t *takers; /* [queue][words]: bit a, member a can take a contact of some kind; NULL
                         without profiles */
    size_t words;
};

static inline const uint64_t *usher_linter_takers(const struct linter *linter, size_t queue)
{
    return linter->takers + queue * linter->words;
}

/* Adds a finding at the key of `node`, or at the node itself when it has no key; NULL = it is about
 * the profiles. `queue` and `skill` are absent texts where it is about none. */
void usher_linter_add(struct linter *linter, enum usher_finding_kind kind,
                      const struct usher_node *node, struct usher_text queue,
                      struct usher_text skill, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* The queue's node; NULL when there is none. */
const struct usher_node *usher_linter_queue(const struct linter *linter, size_t queue);

/* Fills in `channels` and `is_told`. */
void usher_lint_reach(struct linter *linter);
/* What the rules alone show: queues that no contact reaches, names that nothing uses. */
void usher_lint_rules(struct linter *linter);
/* With profiles: who could take the contacts of each queue, which fills in `takers`, and agents who
 * could take none. */
void usher_lint_staff(struct linter *linter);
/* With profiles and `takers`: forecasts and promises that are too much for them. */
void usher_lint_promises(struct linter *linter);
/* Tiers whose head start leaves the others behind. */
void usher_lint_tiers(struct linter *linter);

#endif
