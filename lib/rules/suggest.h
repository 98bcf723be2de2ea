/* "Did you mean …?": of all the names that are known, the one nearest to a wrong one. */
#ifndef USHER_RULES_SUGGEST_H
#define USHER_RULES_SUGGEST_H

#include <stddef.h>

#include "base/text.h"

struct usher_suggestion {
    struct usher_text wrong;
    struct usher_text best; /* absent: none of the names offered is near enough */
    size_t distance;        /* of `best` */
};

void usher_suggestion_start(struct usher_suggestion *suggestion, struct usher_text wrong);
/* Takes `name` for the best when it is nearer than all before. It is borrowed. */
void usher_suggestion_offer(struct usher_suggestion *suggestion, struct usher_text name);

#endif
