/* What makes a bid (reasons.c), and what keeps an agent and a contact apart (hurdles.c), said in
 * words and in JSON. */
#ifndef CTL_EXPLAIN_REASONS_H
#define CTL_EXPLAIN_REASONS_H

#include <stdint.h>
#include <stdio.h>

#include "ctl/table.h"
#include "engine/explain.h"
#include "wire/json.h"

/* "+12.3 s", "-0.5 s". */
#define REASONS_SPAN_SIZE 32
const char *reasons_signed(int64_t ms, char room[REASONS_SPAN_SIZE]);
/* "12.3 s", "4:05 min", "2:04:05 h". */
const char *reasons_span(int64_t ms, char room[REASONS_SPAN_SIZE]);

/* A person's name, else the id. */
const char *reasons_name(const struct usher_agent *agent);

/* What a class needs: "internet 5, lang.uk 1"; "nothing special". */
void reasons_write_needs(const struct usher_floor *floor, const struct usher_class *class,
                         FILE *out);

/* The price of a candidate with one, a line: "Anna is 1 of 1 free for lang.fr, 7 on duty, 3.0
 * erlangs: lending costs 42 % of a caller: -67.1 s". */
void reasons_print_price(const struct usher_floor *floor, const struct usher_explained_pair *pair,
                         const char *indent, FILE *out);

/* The own ground of a candidate who has one, a line: "Anna's usual contacts fit 84 %; half of it is
 * held against each: -100.8 s". */
void reasons_print_ground(const struct usher_explained_pair *pair, const char *indent, FILE *out);

/* The candidates as a table, `most` of them at most: agents for a contact, or contacts for an
 * agent. `chosen` is marked; NULL = none. */
void reasons_print_agents(const struct usher_explanation *agents, size_t most,
                          const struct usher_agent *chosen, struct table_style style, FILE *out);
void reasons_print_contacts(const struct usher_explanation *contacts, size_t most,
                            const struct usher_contact *chosen, enum usher_choice choice,
                            int64_t now_ms, struct table_style style, FILE *out);

/* Why a waiting contact is in no line: a hurdle of usher_explain_wait, as "its queue is closed". */
const char *reasons_of_wait(enum usher_hurdle hurdle);

/* Who is no candidate and why, a line a reason, with the first few by name. */
void reasons_print_hurdles(const struct usher_floor *floor, const struct usher_explanation *pairs,
                           bool are_agents, int64_t now_ms, const char *indent, FILE *out);

/* Candidates and the others as two members, `names[0]` and `names[1]`, of the open object. */
void reasons_write_json(const struct usher_floor *floor, const struct usher_explanation *pairs,
                        const char *const names[2], struct usher_json_writer *writer);
/* One pair as an object: the terms of a candidate, else the hurdle and what belongs to it. */
void reasons_write_pair(const struct usher_floor *floor, const struct usher_explained_pair *pair,
                        struct usher_json_writer *writer);

#endif
