/* A sentinel's word: where the master is, and the config-epoch, which rises at each switch and
 * tells the newer of two words. A sentinel that was cut off goes on naming the old master, which
 * may still take itself for one; so of all words the newest counts. */
#ifndef JOURNAL_WORD_H
#define JOURNAL_WORD_H

#include "base/text.h"
#include "settings.h"

struct redisReply;

struct word {
    struct settings_place place;
    int64_t epoch; /* -1 = there is no word */
};

#define WORD_NONE    ((struct word){.epoch = -1})
#define WORD_ARGS    3
#define WORD_WHY_MAX 160

/* The two questions, of which the first must be asked first: after a switch between them the word
 * has the new place and the old epoch, and the next word puts that right; with the old place and
 * the new epoch it would pass for the newest. The address is that of the new master from the moment
 * of its promotion, when the epoch rises. The arguments borrow from `settings`. */
void word_ask_epoch(const struct settings *settings, struct usher_text args[WORD_ARGS]);
void word_ask_address(const struct settings *settings, struct usher_text args[WORD_ARGS]);

enum word_result {
    WORD_READ = 0,
    WORD_UNKNOWN, /* it knows no master of the name */
    WORD_REFUSED, /* an error, or no answer that is known */
};

/* Read an answer each; `why` says what was wrong. The word stands when both are read. */
USHER_MUST_USE enum word_result word_read_epoch(struct word *word, const struct redisReply *reply,
                                                char why[WORD_WHY_MAX]);
USHER_MUST_USE enum word_result word_read_address(struct word *word, const struct redisReply *reply,
                                                  char why[WORD_WHY_MAX]);

/* Any word is newer than none. */
bool word_is_newer(const struct word *word, const struct word *than);

#endif
