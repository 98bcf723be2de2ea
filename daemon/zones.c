/* A zone's name is checked before it becomes a path. */
#include "zones.h"

#include <stdio.h>
#include <string.h>

#include "file.h"
#include "log.h"
#include "rules/suggest.h"

#define ZONES_FOLDER    "/usr/share/zoneinfo"
#define ZONES_NAMES     ZONES_FOLDER "/tzdata.zi"
#define ZONES_NAMES_MAX ((size_t)1 << 20)

struct usher_zone *zones_read(struct usher_text name, const char **why)
{
    char path[sizeof(ZONES_FOLDER) + 1 + USHER_ZONE_NAME_MAX];
    struct usher_zone *zone = NULL;
    struct usher_bytes bytes;
    if (!usher_zone_is_name(name)) {
        *why = "it is no name of a zone";
        return NULL;
    }
    snprintf(path, sizeof(path), ZONES_FOLDER "/%.*s", USHER_TEXT_ARGS(name));
    usher_bytes_init(&bytes, USHER_ZONE_BYTES_MAX);
    int error = file_read_text(path, USHER_ZONE_BYTES_MAX, &bytes);
    if (error < 0)
        *why = strerror(-error);
    else
        zone = usher_zone_read(usher_bytes_text(&bytes), why);
    usher_bytes_fini(&bytes);
    return zone;
}

void zones_give(struct usher_engine *engine)
{
    struct usher_text missing;
    while ((missing = usher_engine_missing_zone(engine)).length > 0) {
        char name[USHER_ZONE_NAME_MAX + 1];
        const char *why = "";
        snprintf(name, sizeof(name), "%.*s", USHER_TEXT_ARGS(missing));
        struct usher_zone *zone = zones_read(usher_text_of(name), &why);
        if (!zone && strcmp(name, "UTC") != 0)
            log_warning("A time zone cannot be read, and is taken for UTC. Remedy: install tzdata, "
                        "then restart usherd",
                        "zone=%s reason=\"%s\"", name, why);
        if (!usher_engine_take_zone(engine, usher_text_of(name), zone))
            return;
    }
}

bool zones_give_named(struct usher_engine *engine, struct usher_text name)
{
    const char *why = "";
    if (usher_engine_has_zone(engine, name))
        return true;
    struct usher_zone *zone = zones_read(name, &why);
    return zone && usher_engine_take_zone(engine, name, zone);
}

/* The word behind the first `skipped` words of a line. */
static struct usher_text zones_word(struct usher_text line, int skipped)
{
    struct usher_text word = USHER_NO_TEXT;
    for (; skipped >= 0; skipped--) {
        const char *end = line.length > 0 ? memchr(line.at, ' ', line.length) : NULL;
        word = (struct usher_text){line.at, end ? (size_t)(end - line.at) : line.length};
        size_t taken = word.length + (end ? 1 : 0);
        line = (struct usher_text){line.at + taken, line.length - taken};
    }
    return word;
}

/* All names of tzdata: "Z name ..." and "L target name". */
static void zones_suggest(struct usher_text names, struct usher_suggestion *suggestion)
{
    while (names.length > 0) {
        const char *end = memchr(names.at, '\n', names.length);
        struct usher_text line = {names.at, end ? (size_t)(end - names.at) : names.length};
        size_t taken = line.length + (end ? 1 : 0);
        names = (struct usher_text){names.at + taken, names.length - taken};
        if (line.length > 2 && (line.at[0] == 'Z' || line.at[0] == 'L') && line.at[1] == ' ')
            usher_suggestion_offer(suggestion, zones_word(line, line.at[0] == 'Z' ? 1 : 2));
    }
}

static void zones_tell(const struct usher_rules_zone *named, const char *why,
                       struct usher_problems *problems)
{
    struct usher_suggestion suggestion;
    struct usher_bytes names;
    usher_suggestion_start(&suggestion, usher_text_of(named->name));
    usher_bytes_init(&names, ZONES_NAMES_MAX);
    bool has_names = file_read_text(ZONES_NAMES, ZONES_NAMES_MAX, &names) == 0;
    if (has_names)
        zones_suggest(usher_bytes_text(&names), &suggestion);
    if (suggestion.best.at)
        usher_problems_add(problems, named->line, named->column,
                           "there is no time zone `%s`; did you mean `%.*s`?", named->name,
                           USHER_TEXT_ARGS(suggestion.best));
    else if (has_names)
        usher_problems_add(problems, named->line, named->column,
                           "there is no time zone `%s`; write one of tzdata, such as Europe/Kyiv, "
                           "America/New_York or UTC",
                           named->name);
    else
        usher_problems_add(problems, named->line, named->column,
                           "the time zone `%s` cannot be read: %s; install tzdata", named->name,
                           why);
    usher_bytes_fini(&names);
}

bool zones_check(struct usher_text rules, struct usher_problems *problems)
{
    struct usher_rules_zone named;
    const char *why = "";
    if (!usher_rules_find_zone(rules, &named) || strcmp(named.name, "UTC") == 0)
        return true;
    struct usher_zone *zone = zones_read(usher_text_of(named.name), &why);
    if (!zone)
        zones_tell(&named, why, problems);
    usher_zone_free(zone);
    return zone != NULL;
}

struct usher_rules *zones_read_rules(struct usher_text text, const char *hash,
                                     struct usher_problems *problems)
{
    struct usher_rules *rules = usher_rules_read(text, hash, problems);
    if (zones_check(text, problems))
        return rules;
    usher_problems_sort(problems);
    usher_rules_free(rules);
    return NULL;
}
