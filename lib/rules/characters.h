/* The bytes of a YAML text before libyaml sees them: UTF-8 without control characters. */
#ifndef USHER_RULES_CHARACTERS_H
#define USHER_RULES_CHARACTERS_H

#include <stdbool.h>

#include "base/text.h"
#include "rules/problem.h"

/* False with the first problem added: bad UTF-8, a NUL, or a character that YAML does not allow. */
USHER_MUST_USE bool usher_characters_check(struct usher_text text, struct usher_problems *problems);
/* Whether a value, after its escapes were read, holds a control character. `text` is valid UTF-8.
 */
bool usher_characters_has_control(struct usher_text text);

#endif
