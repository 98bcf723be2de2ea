/* Our JSON reader beside jansson's. */
#ifndef UNIT_JSON_ORACLE_H
#define UNIT_JSON_ORACLE_H

#include <stdbool.h>

#include "base/text.h"

/* Whether both take or refuse `text`, and read the same from it. NULL, or what is wrong, until the
 * next call. `is_accepted`: both take it. */
const char *json_oracle_compare(struct usher_text text, bool *is_accepted);

#endif
