/* The state as tables for people, or as JSON for programs. */
#ifndef CTL_SHOW_H
#define CTL_SHOW_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "ctl/look.h"
#include "ctl/table.h"

/* "4 s", "2:05", "1:02:05", "3 d 04:10"; "" for a time that is not known (0 or above now). */
#define SHOW_DURATION_SIZE 32
const char *show_duration(int64_t since_ms, int64_t now_ms, char room[SHOW_DURATION_SIZE]);

/* One page: agents and contacts by state, the switches that are on, and the queues. JSON: one
 * object, with all switches. */
void show_status(const struct look *look, struct table_style style, FILE *file);
void show_status_json(const struct look *look, FILE *file);

/* A row each. */
void show_agents(const struct snapshot *snapshot, struct table_style style, FILE *file);
/* Personal data only when `is_full`. */
void show_contacts(const struct snapshot *snapshot, bool is_full, struct table_style style,
                   FILE *file);
void show_queues(const struct look *look, struct table_style style, FILE *file);

/* The rows of `kind` as they came, a JSON object a line; without personal data unless `is_full`. */
void show_rows_json(const struct snapshot *snapshot, enum usher_event_kind kind, bool is_full,
                    FILE *file);

#endif
