/* A story: commands in, events expected, time moved by hand. tests/scenario/README.md tells how one
 * is written. */
#ifndef SCENARIO_STORY_H
#define SCENARIO_STORY_H

#include <stdbool.h>

#include "engine/sync.h"
#include "world/world.h"

#define STORY_AGENTS_MAX 64
#define STORY_OFFERS_MAX 256
#define STORY_WORDS_MAX  32
#define STORY_LINE_MAX   4096

struct story_offer {
    char name[USHER_CONTACT_ID_MAX + 1]; /* a contact, an agent, or a $name; the last one counts */
    char number[USHER_NUMBER_SIZE];
};

struct story {
    struct world world;
    const char *path;
    int line;
    char agents[STORY_AGENTS_MAX][USHER_AGENT_ID_MAX + 1];
    size_t agents_count;
    struct story_offer offers[STORY_OFFERS_MAX];
    size_t offers_count;
    struct usher_sync *sync;
    struct usher_zone *zone;  /* by which dates are read; NULL = UTC */
    struct usher_text events; /* of the last step; those from events_at on are not expected yet */
    enum usher_error error;   /* of the last command, until it is expected */
    char message[USHER_ANSWER_MESSAGE_SIZE];
    bool has_rules_text; /* lines of rules are being read */
    char rules_text[STORY_LINE_MAX * 4];
    char what[1024]; /* why it failed */
};

/* Opens the world of the story in the file at `path`. */
void story_open(struct story *story, const char *path);
void story_close(struct story *story);
/* One line of the file, without its newline; it is cut into words. False with story->what. */
bool story_step(struct story *story, char *line);
/* After the last line. False with story->what. */
bool story_end(struct story *story);

/* In expect.c: */
/* An indented line: the next event, an error, or `nothing`. */
bool story_expect(struct story *story, char *words[], size_t count);
/* `c1 is waiting`, `olena is ready`: compares with a description of the state. */
bool story_expect_state(struct story *story, char *words[], size_t count);
/* Fails when the last step left an event or an error that nobody expected. */
bool story_expect_no_more(struct story *story);
/* Takes the step's own event, of this kind, from the head. */
bool story_skip(struct story *story, enum usher_event_kind kind);
/* Fails: fills story->what as printf does. */
bool story_fail(struct story *story, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *story_offer_of(const struct story *story, const char *name);

#endif
