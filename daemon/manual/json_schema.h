/* The keys of a YAML file as a JSON Schema (draft 7), by which editors complete and check it. It
 * says what the rows say: names that are used and not declared, and sums, are for the reader. */
#ifndef MANUAL_JSON_SCHEMA_H
#define MANUAL_JSON_SCHEMA_H

#include "rules/schema.h"

/* One line, on standard output. */
void json_schema_print(const struct usher_schema *schema, const char *title);

#endif
