/* What libyaml says of a text that is no YAML, in people's words: what is wrong, at the place where
 * it is to be mended, and what to do. */
#ifndef USHER_RULES_COMPLAINT_H
#define USHER_RULES_COMPLAINT_H

#include "base/text.h"
#include "rules/problem.h"

/* As libyaml has it; lines and columns are 1-based. */
struct usher_complaint {
    const char *what;    /* "did not find expected key" */
    const char *context; /* "while parsing a block mapping"; NULL = none */
    size_t line;
    size_t column;
    size_t context_line; /* where what is in hand began; as the problem's place without a context */
    size_t context_column;
};

/* `text` is the whole file. */
void usher_complaint_tell(const struct usher_complaint *complaint, struct usher_text text,
                          struct usher_problems *problems);

#endif
