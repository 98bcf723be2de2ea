/* All that compiled rules say, as a text: two that mean the same have the same. */
#ifndef FUZZ_SAID_H
#define FUZZ_SAID_H

#include "base/bytes.h"
#include "rules/rules.h"

void said_rules(struct usher_bytes *out, const struct usher_rules *rules);

#endif
