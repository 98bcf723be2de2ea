/* Fields of commands and events by their names, written as words: key=value. */
#ifndef WORLD_WORDS_H
#define WORLD_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/fields.h"

/* Reads a time or number: 5000, +15s (from `now_ms`), @2m (from WORLD_START_MS). Units: ms, s, m,
 * h; none is ms. */
bool words_read_number(const char *word, int64_t now_ms, int64_t *number);

/* Sets the field `key`. The value is borrowed. False when there is no such field, or the value is
 * no number. */
bool words_set(struct usher_fields *fields, const char *key, const char *value, int64_t now_ms);

/* Compares the field `key` with `value`; "*" stands for anything that is there. NULL, or what is
 * wrong. */
const char *words_compare(const struct usher_fields *fields, const char *key, const char *value,
                          int64_t now_ms);

/* The text of a field that is one; absent when it is not there. */
struct usher_text words_text(const struct usher_fields *fields, const char *key);

#endif
