/* The shelf of rules' texts: a few places, the least recently used goes. */
#include "journal/shelf.h"

#define RULES_TEXT_MAX ((size_t)4 * 1024 * 1024)

static struct journal_rules *find(struct journal_shelf *shelf, struct usher_text hash)
{
    for (size_t i = 0; i < JOURNAL_SHELF_MAX; i++) {
        struct journal_rules *rules = &shelf->places[i];
        if (rules->hash[0] && usher_text_is_equal(usher_text_of(rules->hash), hash))
            return rules;
    }
    return NULL;
}

void journal_shelf_init(struct journal_shelf *shelf)
{
    *shelf = (struct journal_shelf){.uses = 0};
    for (size_t i = 0; i < JOURNAL_SHELF_MAX; i++)
        usher_bytes_init(&shelf->places[i].text, RULES_TEXT_MAX);
}

void journal_shelf_fini(struct journal_shelf *shelf)
{
    for (size_t i = 0; i < JOURNAL_SHELF_MAX; i++)
        usher_bytes_fini(&shelf->places[i].text);
}

bool journal_shelf_put(struct journal_shelf *shelf, struct usher_text hash, struct usher_text text)
{
    struct journal_rules *rules = find(shelf, hash);
    if (!rules) {
        rules = &shelf->places[0];
        for (size_t i = 1; i < JOURNAL_SHELF_MAX; i++) {
            if (shelf->places[i].used < rules->used)
                rules = &shelf->places[i];
        }
    }
    usher_bytes_clear(&rules->text);
    usher_bytes_append_text(&rules->text, text);
    if (hash.length == 0 || rules->text.is_full ||
        !usher_text_copy(rules->hash, sizeof(rules->hash), hash)) {
        rules->hash[0] = '\0';
        rules->used = 0;
        return false;
    }
    rules->used = ++shelf->uses;
    return true;
}

void journal_shelf_use(struct journal_shelf *shelf, struct usher_text hash)
{
    struct journal_rules *rules = find(shelf, hash);
    if (rules)
        rules->used = ++shelf->uses;
}

bool journal_shelf_has(const struct journal_shelf *shelf, struct usher_text hash)
{
    for (size_t i = 0; i < JOURNAL_SHELF_MAX; i++) {
        if (shelf->places[i].hash[0] &&
            usher_text_is_equal(usher_text_of(shelf->places[i].hash), hash))
            return true;
    }
    return false;
}

void journal_shelf_list(const struct journal_shelf *shelf, struct usher_bytes *out)
{
    bool needs_space = false;
    for (size_t i = 0; i < JOURNAL_SHELF_MAX; i++) {
        if (!shelf->places[i].hash[0])
            continue;
        if (needs_space)
            usher_bytes_append_char(out, ' ');
        usher_bytes_append_text(out, usher_text_of(shelf->places[i].hash));
        needs_space = true;
    }
}
