#include "ctl/rulebook/preview.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "ctl/memory.h"
#include "ctl/rulebook/effect.h"
#include "routing/lint.h"
#include "rules/compare.h"
#include "wire/json.h"
#include "zones.h"

#define TEXT_BYTES_MAX ((size_t)4 * 1024 * 1024)
#define LINE_BYTES     8192
#define SHOWN_MAX      60 /* rows for people; JSON has all */

/* The changes of the rules. */

static void add_change(struct table *table, const struct usher_change *change)
{
    bool is_whole = !change->key[0];
    table_add(table, TABLE_PLAIN, "%s%s%.*s", usher_rules_section_name(change->section),
              change->name.length > 0 ? " " : "", USHER_TEXT_ARGS(change->name));
    table_add(table, TABLE_PLAIN, "%s", change->key);
    table_add(table, TABLE_DIM, "%s", change->was);
    if (!change->now[0])
        table_add(table, TABLE_RED, "(removed)");
    else
        table_add(table, is_whole ? TABLE_GREEN : TABLE_YELLOW, "%s", change->now);
}

static size_t kept_count(size_t count, size_t max)
{
    return count < max ? count : max;
}

static void show_changes(const struct usher_changes *changes, struct table_style style)
{
    static const struct table_column columns[] = {{"WHERE", false, true},
                                                  {"WHAT", false, true},
                                                  {"WAS", false, true},
                                                  {"WILL BE", false, true}};
    size_t shown = kept_count(changes->count, SHOWN_MAX);
    struct table *table = table_new(columns, USHER_COUNT_OF(columns));
    for (size_t i = 0; i < shown; i++)
        add_change(table, &changes->list[i]);
    if (shown > 0)
        table_print(table, style, stdout);
    else
        puts("Only comments and the like differ: nothing in the routing changes.");
    if (changes->count > USHER_CHANGES_MAX)
        printf("and %zu more; --dry-run --json names the first %d\n", changes->count - shown,
               USHER_CHANGES_MAX);
    else if (changes->count > shown)
        printf("and %zu more; --dry-run --json names all\n", changes->count - shown);
    table_free(table);
}

static void write_text(struct usher_json_writer *writer, const char *key, struct usher_text text)
{
    if (text.length == 0)
        return;
    usher_json_write_key(writer, usher_text_of(key));
    usher_json_write_text(writer, text);
}

static void write_number(struct usher_json_writer *writer, const char *key, size_t number)
{
    usher_json_write_key(writer, usher_text_of(key));
    usher_json_write_int64(writer, (int64_t)number);
}

static void print_line(struct usher_bytes *out)
{
    printf("%.*s\n", USHER_TEXT_ARGS(usher_bytes_text(out)));
    usher_bytes_clear(out);
}

static void show_changes_json(const struct usher_changes *changes, struct usher_bytes *out)
{
    for (size_t i = 0; i < kept_count(changes->count, USHER_CHANGES_MAX); i++) {
        const struct usher_change *change = &changes->list[i];
        struct usher_json_writer writer;
        usher_json_write_start(&writer, out);
        usher_json_write_open(&writer, '{');
        write_text(&writer, "section", usher_text_of(usher_rules_section_name(change->section)));
        write_text(&writer, "name", change->name);
        write_text(&writer, "key", usher_text_of(change->key));
        write_text(&writer, "was", usher_text_of(change->was));
        write_text(&writer, "now", usher_text_of(change->now));
        usher_json_write_close(&writer, '}');
        print_line(out);
    }
}

/* Those who wait. */

static void add_agents(struct table *table, enum table_colour colour, size_t count)
{
    if (count == 0)
        table_add(table, colour, "nobody");
    else
        table_add(table, colour, "%zu", count);
}

/* "callback", or the queue's name. */
static struct usher_text name_of_way(const struct usher_way *way, const struct usher_rules *rules)
{
    return way->kind == USHER_WAY_QUEUE ? rules->queues[way->queue].name
                                        : usher_way_name(way->kind);
}

static const char *door_words(const struct effect *effect)
{
    static const char *const words[] = {
        [EFFECT_STAYS] = "", [EFFECT_OPENS] = "opens", [EFFECT_CLOSES] = "closes"};
    return effect->leaves ? "closed: " : words[effect->door];
}

static void add_effect(struct table *table, const struct effect *effect,
                       const struct usher_rules *before, const struct usher_rules *after)
{
    struct usher_text from = before->queues[effect->queue_before].name;
    struct usher_text to = after->queues[effect->queue_after].name;
    struct usher_text channel = usher_channel_name(effect->channel);
    bool is_moved = !usher_text_is_equal(from, to);
    table_add(table, is_moved ? TABLE_YELLOW : TABLE_PLAIN, "%.*s%s%.*s", USHER_TEXT_ARGS(from),
              is_moved ? " -> " : "", USHER_TEXT_ARGS(is_moved ? to : USHER_TEXT("")));
    table_add(table, TABLE_PLAIN, "%.*s", USHER_TEXT_ARGS(channel));
    table_add(table, TABLE_PLAIN, "%zu", effect->waiting_count);
    add_agents(table, TABLE_DIM, effect->agents_before);
    add_agents(table, effect->agents_after == 0 ? TABLE_RED : TABLE_PLAIN, effect->agents_after);
    struct usher_text way = effect->leaves ? name_of_way(effect->leaves, after) : USHER_TEXT("");
    const char *door = door_words(effect);
    bool has_names = effect->gained[0] || effect->lost[0];
    table_add(table, door[0] ? TABLE_YELLOW : TABLE_PLAIN, "%s%s%s%s%s%s%s%.*s",
              effect->gained[0] ? "+ " : "", effect->gained,
              effect->gained[0] && effect->lost[0] ? "  " : "", effect->lost[0] ? "- " : "",
              effect->lost, has_names && door[0] ? "  " : "", door, USHER_TEXT_ARGS(way));
}

static void show_effects(const struct effects *effects, const struct usher_rules *before,
                         const struct usher_rules *after, struct table_style style)
{
    static const struct table_column columns[] = {
        {"QUEUE", false, true},       {"CHANNEL", false, false}, {"WAITING", true, false},
        {"AGENTS WERE", true, false}, {"WILL BE", true, false},  {"WHO", false, true}};
    struct table *table = table_new(columns, USHER_COUNT_OF(columns));
    size_t concerned = 0;
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->list[i];
        if (!effect->is_changed)
            continue;
        concerned += effect->waiting_count;
        add_effect(table, effect, before, after);
    }
    printf("\n%zu contact%s now; %zu of them would have other agents, another queue or nobody, or "
           "find it open or closed.\n",
           effects->waiting_count, effects->waiting_count == 1 ? " waits" : "s wait", concerned);
    if (concerned > 0)
        table_print(table, style, stdout);
    table_free(table);
}

static void show_effects_json(const struct effects *effects, const struct usher_rules *before,
                              const struct usher_rules *after, struct usher_bytes *out)
{
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->list[i];
        struct usher_json_writer writer;
        usher_json_write_start(&writer, out);
        usher_json_write_open(&writer, '{');
        write_text(&writer, "section", USHER_TEXT("waiting"));
        write_text(&writer, "queue", before->queues[effect->queue_before].name);
        write_text(&writer, "to", after->queues[effect->queue_after].name);
        write_text(&writer, "channel", usher_channel_name(effect->channel));
        write_number(&writer, "waiting", effect->waiting_count);
        write_number(&writer, "agents_before", effect->agents_before);
        write_number(&writer, "agents_after", effect->agents_after);
        write_number(&writer, "gained", effect->gained_count);
        write_number(&writer, "lost", effect->lost_count);
        if (effect->leaves)
            write_text(&writer, "closed", name_of_way(effect->leaves, after));
        else if (effect->door != EFFECT_STAYS)
            write_text(&writer, "door", usher_text_of(door_words(effect)));
        usher_json_write_close(&writer, '}');
        print_line(out);
    }
}

/* Those who would wait for ever, under the rules that are to come. */

static void find(struct usher_findings *findings, const struct usher_staff *staff,
                 struct usher_text text)
{
    struct usher_problems *problems = memory_resize(NULL, sizeof(*problems));
    struct usher_document document;
    *findings = (struct usher_findings){.count = 0};
    usher_problems_init(problems);
    if (usher_document_read(&document, text, problems))
        usher_lint(staff->rules, &document, staff, findings);
    usher_document_fini(&document);
    free(problems);
}

static bool has_finding(const struct usher_findings *findings, const struct usher_finding *wanted)
{
    for (size_t i = 0; i < kept_count(findings->count, USHER_FINDINGS_MAX); i++)
        if (findings->list[i].kind == wanted->kind &&
            strcmp(findings->list[i].what, wanted->what) == 0)
            return true;
    return false;
}

/* Those that are new; the others are counted. */
static void show_errors(const struct usher_findings *before, const struct usher_findings *now,
                        struct table_style style)
{
    size_t old_count = 0;
    if (now->errors_count > 0)
        putchar('\n');
    for (size_t i = 0; i < kept_count(now->count, USHER_FINDINGS_MAX); i++) {
        const struct usher_finding *finding = &now->list[i];
        bool is_error = usher_finding_is_error(finding->kind);
        bool is_old = is_error && has_finding(before, finding);
        old_count += is_old;
        if (!is_error || is_old)
            continue;
        (void)table_print_text("error", 0, TABLE_RED, style, stdout);
        printf(": %s\n", finding->what);
    }
    if (old_count > 0)
        printf("%zu error%s of the rules in use stay%s; `usherctl check` tells %s.\n", old_count,
               old_count == 1 ? "" : "s", old_count == 1 ? "s" : "",
               old_count == 1 ? "it" : "them");
}

/* The rules before, or after, and who works under them. */
struct side {
    const struct usher_rules *rules;
    struct usher_text text;
    struct effects_side people;
};

static void show_people(const struct side *before, const struct side *now,
                        const struct usher_changes *changes, const struct effects *effects,
                        struct table_style style)
{
    struct usher_findings *were = memory_resize(NULL, sizeof(*were));
    struct usher_findings *will_be = memory_resize(NULL, sizeof(*will_be));
    show_changes(changes, style);
    show_effects(effects, before->rules, now->rules, style);
    find(were, &before->people.staff, before->text);
    find(will_be, &now->people.staff, now->text);
    show_errors(were, will_be, style);
    free(were);
    free(will_be);
}

static void show_json(const struct side *before, const struct side *now,
                      const struct usher_changes *changes, const struct effects *effects)
{
    struct usher_bytes out;
    usher_bytes_init(&out, LINE_BYTES);
    show_changes_json(changes, &out);
    show_effects_json(effects, before->rules, now->rules, &out);
    usher_bytes_fini(&out);
}

/* The documents stay as long as the changes, which borrow from them. */
static void compare_keys(struct usher_text before, struct usher_text now,
                         struct usher_document *was, struct usher_document *will_be,
                         struct usher_changes *changes)
{
    struct usher_problems *problems = memory_resize(NULL, sizeof(*problems));
    usher_problems_init(problems);
    bool is_read = usher_document_read(was, before, problems);
    is_read &= usher_document_read(will_be, now, problems);
    if (is_read)
        usher_rules_compare_keys(was->root, will_be->root, changes);
    free(problems);
}

static void show(const struct look *center, struct side *before, struct side *now,
                 const struct options *options)
{
    struct usher_changes *changes = memory_resize(NULL, sizeof(*changes));
    struct effects effects;
    struct usher_document was, will_be;
    struct crew crew;
    const char *why;
    crew_of_snapshot(&crew, &center->snapshot);
    before->people.zone = zones_read(usher_text_of(before->rules->timezone.name), &why);
    now->people.zone = zones_read(usher_text_of(now->rules->timezone.name), &why);
    usher_rules_compare(before->rules, now->rules, changes);
    compare_keys(before->text, now->text, &was, &will_be, changes);
    bool has_staff =
        usher_staff_init(&before->people.staff, before->rules, crew.members, crew.count);
    has_staff &= usher_staff_init(&now->people.staff, now->rules, crew.members, crew.count);
    if (has_staff) {
        effects_init(&effects, &before->people, &now->people, clock_civil_ms(), &center->snapshot);
        if (options->is_json)
            show_json(before, now, changes, &effects);
        else
            show_people(before, now, changes, &effects, options->style);
        effects_fini(&effects);
    } else {
        fputs("usherctl: memory is out\n", stderr);
    }
    usher_staff_fini(&before->people.staff);
    usher_staff_fini(&now->people.staff);
    usher_zone_free(before->people.zone);
    usher_zone_free(now->people.zone);
    crew_fini(&crew);
    usher_document_fini(&was);
    usher_document_fini(&will_be);
    free(changes);
}

enum exit_code preview_show(const struct look *center, struct site *site,
                            const struct usher_rules *now, struct usher_text text, const char *hash,
                            const struct options *options)
{
    char was_short[VERSION_SHORT_SIZE], now_short[VERSION_SHORT_SIZE];
    struct usher_problems *problems = memory_resize(NULL, sizeof(*problems));
    struct usher_rules *before = NULL;
    struct usher_bytes before_text;
    usher_problems_init(problems);
    usher_bytes_init(&before_text, TEXT_BYTES_MAX);
    enum exit_code code = versions_read_text(site, center->rules, &before_text);
    if (code == EXIT_DONE)
        before = usher_rules_read(usher_bytes_text(&before_text), center->rules, problems);
    if (code == EXIT_DONE && !before) {
        fputs("usherctl: this usherctl cannot read the rules in use; is it of usherd's version?\n",
              stderr);
        code = EXIT_REFUSED;
    }
    if (before && !options->is_json)
        printf("Rules %s -> %s\n", version_short(center->rules, was_short),
               version_short(hash, now_short));
    if (before) {
        struct side was = {.rules = before, .text = usher_bytes_text(&before_text)};
        struct side will_be = {.rules = now, .text = text};
        show(center, &was, &will_be, options);
    }
    usher_rules_free(before);
    usher_bytes_fini(&before_text);
    free(problems);
    return code;
}
