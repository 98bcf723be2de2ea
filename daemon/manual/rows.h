/* The keys of a YAML file as Markdown, from the rows by which it is read and checked. */
#ifndef MANUAL_ROWS_H
#define MANUAL_ROWS_H

#include "rules/schema.h"

/* First the keys of the file, then a heading for each mapping inside with its own. */
void rows_print(const struct usher_schema *schema);

/* "how long an agent's phone rings; 1s to 10m. Without it: 15s". Returns `room`. */
const char *rows_describe(const struct usher_schema_row *row, char *room, size_t size);

#endif
