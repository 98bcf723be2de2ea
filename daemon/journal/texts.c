/* The texts of the rules on the shelf, stored in Redis again: a Redis that lost the journal's end,
 * or all of it, may have lost them too, and a journal whose rules are gone cannot be read. A text
 * that is there stays as it is, since its key is its hash. */
#include <hiredis/hiredis.h>

#include "journal/inside.h"

static void store_next(struct journal *journal);

static void on_stored(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    if (!journal_take(journal, reply))
        return;
    journal->texts.index++;
    store_next(journal);
}

static void store_next(struct journal *journal)
{
    struct journal_texts *texts = &journal->texts;
    char key[JOURNAL_KEY_SIZE];
    struct usher_text args[4] = {USHER_TEXT("SET"), USHER_NO_TEXT, USHER_NO_TEXT, USHER_TEXT("NX")};
    const struct journal_rules *rules;
    while (texts->index < JOURNAL_SHELF_MAX && !journal->shelf.places[texts->index].hash[0])
        texts->index++;
    if (texts->index == JOURNAL_SHELF_MAX) {
        texts->done(journal);
        return;
    }
    rules = &journal->shelf.places[texts->index];
    args[1] = journal_key_rules(journal->settings->site, usher_text_of(rules->hash), key);
    args[2] = usher_bytes_text(&rules->text);
    journal_command(journal, args, USHER_COUNT_OF(args), on_stored);
}

void journal_store_texts(struct journal *journal, void (*done)(struct journal *journal))
{
    journal->texts = (struct journal_texts){.done = done};
    store_next(journal);
}
