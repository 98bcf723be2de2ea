/* Agents' profiles as names and values: as they are in Redis, or as somebody wants them. */
#ifndef CTL_PROFILE_ROSTER_H
#define CTL_PROFILE_ROSTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "ctl/site.h"
#include "rules/arena.h"
#include "rules/problem.h"

struct roster_field {
    struct usher_text name;  /* as in the hash: "phone", "skill.billing" */
    struct usher_text value; /* empty: to be removed */
    size_t line;             /* of a file; else 0 */
    size_t column;
};

struct roster_profile {
    struct usher_text agent;
    struct roster_field *fields;
    size_t fields_count;
    size_t fields_room;
    bool has_all_skills; /* whatever skill is not among the fields is to be removed */
    size_t line;         /* of a file; else 0 */
    size_t column;
};

#define ROSTER_PASSED_OVER_SIZE 256

struct roster {
    struct roster_profile *list; /* by agent, after roster_sort */
    size_t count;
    size_t room;
    char passed_over[ROSTER_PASSED_OVER_SIZE]; /* columns of a file that are nobody's, with commas;
                                                  perhaps not all of many */
    struct usher_arena arena;                  /* what the texts lie in */
};

void roster_init(struct roster *roster);
void roster_fini(struct roster *roster);
/* A copy of `text` that lasts as long as the roster. */
struct usher_text roster_keep(struct roster *roster, struct usher_text text);
/* A new profile without fields; borrowed until the next call. `agent` is copied. */
struct roster_profile *roster_add(struct roster *roster, struct usher_text agent);
/* Adds a field, whose texts must last. */
struct roster_field *roster_add_field(struct roster_profile *profile, struct usher_text name,
                                      struct usher_text value);
/* By agent, and each one's fields by name. */
void roster_sort(struct roster *roster);
/* NULL when it is not there. The roster must be sorted. */
const struct roster_profile *roster_find(const struct roster *roster, struct usher_text agent);
/* The value of a field, absent when there is none or it is empty. */
struct usher_text roster_value(const struct roster_profile *profile, const char *name);
const struct roster_field *roster_find_field(const struct roster_profile *profile,
                                             struct usher_text name);

/* All profiles of the site, sorted. The site must be dialled. */
USHER_MUST_USE enum exit_code roster_read_site(struct roster *roster, struct site *site);
/* The profile of one agent; the roster stays empty when it has none. */
USHER_MUST_USE enum exit_code roster_read_agent(struct roster *roster, struct site *site,
                                                struct usher_text agent);
/* Those of the CSV in `text`, sorted, each field checked: all that is wrong is added to the
 * problems. An empty cell is a field with an empty value. A column that is none of
 * a profile's is passed over, unless it looks like one that is written wrong. */
void roster_read_csv(struct roster *roster, struct usher_text text,
                     struct usher_problems *problems);

/* What is wrong with this field of a profile that is to be written, as "what; what to do"; NULL
 * when it is good. */
const char *roster_judge(struct usher_text name, struct usher_text value);

#endif
