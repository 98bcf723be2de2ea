/* `outage` and `state`: what usherd does while Redis is away, and the folder of its own that going
 * on without Redis needs. */
#include <stdlib.h>
#include <string.h>

#include "rules/schema.h"
#include "settings_part.h"

#define STATE_FOLDER "/var/lib/usher"

static const struct usher_schema_row outage_row = {.key = "outage",
                                                   .type = USHER_VALUE_TEXT,
                                                   .max = 16,
                                                   .sentence =
                                                       "what usherd does while Redis is away"};

static const struct {
    const char *name;
    enum settings_outage outage;
} words[] = {
    {"hold", SETTINGS_OUTAGE_HOLD},
    {"route", SETTINGS_OUTAGE_ROUTE},
};

const char *settings_outage_name(enum settings_outage outage)
{
    return outage == SETTINGS_OUTAGE_ROUTE ? "route" : "hold";
}

static void read_word(struct settings_part *part, const struct usher_node *node)
{
    struct usher_text text;

    if (!usher_schema_read_value(&outage_row, node, &text, part->problems))
        return;
    for (size_t i = 0; i < USHER_COUNT_OF(words); i++) {
        if (!usher_text_is_equal(text, usher_text_of(words[i].name)))
            continue;
        part->settings->outage = words[i].outage;
        return;
    }
    usher_problems_add(part->problems, node->line, node->column,
                       "`outage` is `%.*s`; write `route` to go on from memory while Redis is "
                       "away, or `hold` to wait for it",
                       USHER_TEXT_ARGS(usher_node_excerpt(text)));
}

/* systemd's StateDirectory= comes as a list with colons; ours is the first. */
static void take_usual_folder(struct settings *settings)
{
    const char *given = getenv("STATE_DIRECTORY");
    struct usher_text folder = usher_text_of(given && given[0] == '/' ? given : STATE_FOLDER);
    const char *colon = memchr(folder.at, ':', folder.length);

    if (colon)
        folder.length = (size_t)(colon - folder.at);
    if (!usher_text_copy(settings->state, sizeof(settings->state), folder))
        (void)!usher_text_copy(settings->state, sizeof(settings->state), USHER_TEXT(STATE_FOLDER));
}

const char *settings_without_route(const struct settings *settings)
{
    if (settings->is_standby)
        return "`standby: true`: a standby cannot know what a leader decides without Redis";
    if (settings->redis.wait_replicas > 0 && settings->redis.replicas == SETTINGS_REPLICAS_STRICT)
        return "`replicas: strict`, which tells nothing that the replicas do not have";
    return NULL;
}

/* `state: .` is usherd.yaml's own folder. */
static void cut_dot(char *path)
{
    size_t length = strlen(path);

    if (length > 2 && strcmp(path + length - 2, "/.") == 0)
        path[length - 2] = '\0';
}

void settings_read_outage(struct settings_part *part, const struct usher_node *outage,
                          const struct usher_node *state)
{
    struct settings *settings = part->settings;

    const char *exclusion = settings_without_route(settings);

    settings->outage = exclusion ? SETTINGS_OUTAGE_HOLD : SETTINGS_OUTAGE_ROUTE;
    if (outage)
        read_word(part, outage);
    if (exclusion && settings->outage == SETTINGS_OUTAGE_ROUTE)
        usher_problems_add(part->problems, outage->line, outage->column,
                           "`outage: route` cannot go with %s; write `hold`, or leave it out",
                           exclusion);
    if (state && settings_read_path(part, state, settings->state, sizeof(settings->state)))
        cut_dot(settings->state);
    else if (!state)
        take_usual_folder(settings);
}
