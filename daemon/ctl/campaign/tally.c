/* One reading of the journal: contact.scheduled names the campaign, and what follows has the
 * contact's id, which begins with it. */
#include "ctl/campaign/tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/memory.h"
#include "ctl/past/history.h"
#include "ctl/table.h"
#include "model/contact.h"
#include "wire/json.h"

#define CAMPAIGNS_MAX 1024

struct tally {
    char name[USHER_CLIENT_NAME_MAX + 1];
    size_t booked_count;
    size_t talks_count; /* customer and agent, or the agent about the customer */
    size_t skipped_count;
    size_t done_count;
    size_t expired_count;
    size_t cancelled_count;
};

struct tallies {
    const char *only; /* NULL = all */
    struct tally *list;
    size_t count;
};

static struct tally *find(struct tallies *tallies, struct usher_text name)
{
    for (size_t i = 0; i < tallies->count; i++)
        if (usher_text_is_equal(usher_text_of(tallies->list[i].name), name))
            return &tallies->list[i];
    return NULL;
}

static struct tally *take(struct tallies *tallies, struct usher_text name)
{
    struct tally *tally = find(tallies, name);
    bool is_wanted = !tallies->only || usher_text_is_equal(name, usher_text_of(tallies->only));
    if (tally || !is_wanted || tallies->count == CAMPAIGNS_MAX || !calls_is_name(name))
        return tally;
    tallies->list = memory_resize(tallies->list, (tallies->count + 1) * sizeof(*tallies->list));
    tally = &tallies->list[tallies->count++];
    *tally = (struct tally){.name = ""};
    (void)!usher_text_copy(tally->name, sizeof(tally->name), name);
    return tally;
}

static bool count(void *owner, struct usher_engine *engine, const struct usher_event *event,
                  struct usher_text line)
{
    struct tallies *tallies = owner;
    const struct usher_fields *fields = &event->fields;
    (void)engine;
    (void)line;
    if (event->kind == USHER_EVENT_CONTACT_SCHEDULED && fields->campaign.at) {
        struct tally *tally = take(tallies, fields->campaign);
        if (tally)
            tally->booked_count++;
        return true;
    }
    struct tally *tally =
        fields->contact.at ? find(tallies, usher_contact_id_client(fields->contact)) : NULL;
    if (!tally)
        return true;
    bool is_cancelled = usher_text_is_equal(fields->reason, USHER_TEXT("cancelled"));
    tally->talks_count += event->kind == USHER_EVENT_CONTACT_ANSWERED;
    tally->skipped_count += event->kind == USHER_EVENT_OFFER_DECLINED;
    tally->expired_count += event->kind == USHER_EVENT_CONTACT_EXPIRED;
    tally->cancelled_count += event->kind == USHER_EVENT_CONTACT_DONE && is_cancelled;
    tally->done_count += event->kind == USHER_EVENT_CONTACT_DONE && !is_cancelled;
    return true;
}

static size_t open_count(const struct tally *tally)
{
    size_t ended = tally->done_count + tally->expired_count + tally->cancelled_count;
    return tally->booked_count > ended ? tally->booked_count - ended : 0;
}

static void print_json(const struct tally *tally)
{
    printf("{\"campaign\":\"%s\",\"booked\":%zu,\"open\":%zu,\"talks\":%zu,\"skipped\":%zu,"
           "\"done\":%zu,\"expired\":%zu,\"cancelled\":%zu}\n",
           tally->name, tally->booked_count, open_count(tally), tally->talks_count,
           tally->skipped_count, tally->done_count, tally->expired_count, tally->cancelled_count);
}

static void print_table(const struct tallies *tallies, struct table_style style)
{
    static const struct table_column columns[] = {
        {"CAMPAIGN", false, true}, {"BOOKED", true, false},    {"OPEN", true, false},
        {"TALKS", true, false},    {"SKIPPED", true, false},   {"DONE", true, false},
        {"EXPIRED", true, false},  {"CANCELLED", true, false},
    };
    struct table *table = table_new(columns, USHER_COUNT_OF(columns));
    for (size_t i = 0; i < tallies->count; i++) {
        const struct tally *tally = &tallies->list[i];
        const size_t numbers[] = {tally->booked_count,   open_count(tally), tally->talks_count,
                                  tally->skipped_count,  tally->done_count, tally->expired_count,
                                  tally->cancelled_count};
        table_add(table, TABLE_PLAIN, "%s", tally->name);
        for (size_t k = 0; k < USHER_COUNT_OF(numbers); k++)
            table_add(table, TABLE_PLAIN, "%zu", numbers[k]);
    }
    table_print(table, style, stdout);
    table_free(table);
}

enum exit_code tally_show(const struct options *options)
{
    struct tallies tallies = {.only = options->arguments_count > 0 ? options->arguments[0] : NULL};
    struct history history = {0};
    const struct history_query query = {
        .since_ms = HISTORY_ALL, .until_ms = HISTORY_END, .holding = tallies.only};
    enum exit_code code = history_read(options, &query, count, &tallies, &history);
    history_fini(&history);
    if (code == EXIT_DONE && tallies.only && tallies.count == 0) {
        fprintf(stderr,
                "usherctl: nothing was booked for a campaign \"%s\" as far back as the "
                "journal goes; `usherctl campaign show` lists all\n",
                tallies.only);
        code = EXIT_REFUSED;
    } else if (code == EXIT_DONE && options->is_json) {
        for (size_t i = 0; i < tallies.count; i++)
            print_json(&tallies.list[i]);
    } else if (code == EXIT_DONE && tallies.count == 0) {
        puts("No campaign was booked as far back as the journal goes.");
    } else if (code == EXIT_DONE) {
        print_table(&tallies, options->style);
    }
    free(tallies.list);
    return code;
}

/* Known ones. */

struct marking {
    struct call **sorted; /* by id */
    size_t count;
};

static int compare_calls(const void *one, const void *other)
{
    return strcmp((*(const struct call *const *)one)->id, (*(const struct call *const *)other)->id);
}

static bool mark(void *owner, struct usher_engine *engine, const struct usher_event *event,
                 struct usher_text line)
{
    const struct marking *marking = owner;
    static struct call wanted;
    struct call *key = &wanted;
    (void)engine;
    (void)line;
    if (event->kind != USHER_EVENT_CONTACT_SCHEDULED ||
        !usher_text_copy(wanted.id, sizeof(wanted.id), event->fields.contact))
        return true;
    struct call **found =
        bsearch(&key, marking->sorted, marking->count, sizeof(struct call *), compare_calls);
    if (found)
        (*found)->is_known = true;
    return true;
}

enum exit_code tally_mark_known(struct calls *calls, const struct options *options)
{
    struct history history = {0};
    const struct history_query query = {.since_ms = HISTORY_ALL,
                                        .until_ms = HISTORY_END,
                                        .holding = options->arguments[0],
                                        .is_quiet = true};
    struct marking marking = {.sorted =
                                  memory_resize(NULL, (calls->count + 1) * sizeof(struct call *)),
                              .count = calls->count};
    for (size_t i = 0; i < calls->count; i++)
        marking.sorted[i] = &calls->list[i];
    qsort(marking.sorted, marking.count, sizeof(struct call *), compare_calls);
    enum exit_code code = history_read(options, &query, mark, &marking, &history);
    history_fini(&history);
    free(marking.sorted);
    if (code == EXIT_DONE)
        return EXIT_DONE;
    fputs("usherctl: who was booked before cannot be seen without the journal", stderr);
    fputs(options->is_yes
              ? "; only those whose call is open, or ended in the last hour, are known\n"
              : "; run this where Redis can be reached, or book all with --yes\n",
          stderr);
    return options->is_yes ? EXIT_DONE : code;
}
