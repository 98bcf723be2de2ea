/* The calls of a center, as a list of them or a log told them. */
#ifndef CTL_SIMULATE_CALL_LOG_H
#define CTL_SIMULATE_CALL_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "ctl/options.h"
#include "rules/problem.h"
#include "simulate/fit.h"

/* Names as they were written, and as a model may have them: by their place in the list. */
struct call_names {
    struct call_name {
        char *own;
        char *clean;
    } * list;
    size_t count;
    size_t room;
    size_t last; /* that was looked for */
};

struct call_log {
    struct usher_fit_call *calls;
    size_t count;
    size_t room;
    struct call_names kinds;
    struct call_names agents;
    struct usher_fit_spell *spells;
    size_t spells_count;
    size_t spells_room;
    struct usher_fit_skill *skills;
    size_t skills_count;
    uint8_t *levels;    /* as of struct usher_fit_input, or NULL */
    int64_t ring_ms;    /* the same */
    char **skill_names; /* as many; what the skills' names may point to */
    size_t passed_over;
    const char *passed_what; /* those are */
    char passed_word[64];    /* what one of those said, or "" */
    bool has_penalties;
    struct usher_bytes columns; /* of a CSV: which were taken, as a comment of a model */
    bool has_zones;             /* times had one, which was left out */
};

void call_log_init(struct call_log *log);
void call_log_fini(struct call_log *log);

/* The place of a name, which joins the list; "" is named "calls". SIZE_MAX when there are too many.
 */
size_t call_log_kind(struct call_log *log, struct usher_text name);
size_t call_log_agent(struct call_log *log, struct usher_text name);
void call_log_add(struct call_log *log, const struct usher_fit_call *call);
/* One of more than 16 hours is passed over: nobody works longer, such an agent stayed signed in. */
void call_log_add_spell(struct call_log *log, size_t agent, int64_t from_ms, int64_t until_ms);

/* A moment as the clocks of this machine's zone show it: civil, as of 1970 (base/civil.h). */
int64_t call_log_civil_ms(int64_t at_ms);

/* A CSV file whose first row names its columns; options->columns says what is what where that does
 * not tell. What is wrong goes to `problems`. */
void call_log_read_csv(struct call_log *log, struct usher_text text, const struct options *options,
                       struct usher_problems *problems);

/* Whether the text begins as a queue_log does. */
bool call_log_is_queue_log(struct usher_text text);
/* Asterisk's queue_log. What is wrong goes to `problems`; lines that are none are counted. */
void call_log_read_queue_log(struct call_log *log, struct usher_text text,
                             struct usher_problems *problems);

/* The model of all of it, as usher_fit. */
USHER_MUST_USE enum usher_fit_result call_log_fit(const struct call_log *log, int64_t promise_ms,
                                                  struct usher_fit **fit);

/* Forgets the calls that arrived before `since_ms` or behind `until_ms`, civil times. */
void call_log_cut(struct call_log *log, int64_t since_ms, int64_t until_ms);

/* The journal of a site, by options->config, since and until: calls by voice, by the queue in which
 * they waited last. Anything but EXIT_DONE after saying why. */
enum exit_code call_log_read_journal(struct call_log *log, const struct options *options);

#endif
