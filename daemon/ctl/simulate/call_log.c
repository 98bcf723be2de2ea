#include "ctl/simulate/call_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/civil.h"
#include "ctl/memory.h"
#include "model/limits.h"

#define COLUMNS_BYTES 65536
#define SPELL_MAX_MS  (16 * INT64_C(3600000))
#define NAME_BYTES    48 /* of a name in a model: with room for a number behind it */

void call_log_init(struct call_log *log)
{
    *log = (struct call_log){.count = 0};
    usher_bytes_init(&log->columns, COLUMNS_BYTES);
}

static void names_fini(struct call_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        free(names->list[i].own);
        free(names->list[i].clean);
    }
    free(names->list);
}

void call_log_fini(struct call_log *log)
{
    names_fini(&log->kinds);
    names_fini(&log->agents);
    free(log->calls);
    free(log->spells);
    free(log->levels);
    for (size_t i = 0; i < log->skills_count; i++)
        free(log->skill_names[i]);
    free(log->skill_names);
    free(log->skills);
    usher_bytes_fini(&log->columns);
}

/* ---- names ---- */

static bool is_own(const struct call_name *name, struct usher_text text)
{
    return usher_text_is_equal(usher_text_of(name->own), text);
}

static bool is_taken(const struct call_names *names, const char *clean)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->list[i].clean, clean) == 0)
            return true;
    return false;
}

/* Only characters that a name may have, and no name twice. */
static char *clean_name(const struct call_names *names, struct usher_text text)
{
    char *clean = memory_resize(NULL, NAME_BYTES + 16);
    size_t length = text.length < NAME_BYTES ? text.length : NAME_BYTES;
    for (size_t i = 0; i < length; i++) {
        struct usher_text letter = {text.at + i, 1};
        clean[i] = '-';
        if (usher_text_is_id(letter) && text.at[i] != ':') /* a model's own names have one */
            clean[i] = text.at[i];
    }
    clean[length] = '\0';
    for (size_t number = 2; is_taken(names, clean); number++)
        (void)snprintf(clean + length, 16, "-%zu", number);
    return clean;
}

static size_t find_name(struct call_names *names, struct usher_text text, size_t most)
{
    if (names->last < names->count && is_own(&names->list[names->last], text))
        return names->last;
    for (size_t i = 0; i < names->count; i++)
        if (is_own(&names->list[i], text))
            return names->last = i;
    if (names->count == most)
        return SIZE_MAX;
    if (names->count == names->room) {
        names->room = names->room * 2 + 16;
        names->list = memory_resize(names->list, names->room * sizeof(*names->list));
    }
    char *clean = clean_name(names, text);
    char *own = memory_resize(NULL, text.length + 1);
    memcpy(own, text.at, text.length);
    own[text.length] = '\0';
    names->list[names->count] = (struct call_name){own, clean};
    return names->last = names->count++;
}

size_t call_log_kind(struct call_log *log, struct usher_text name)
{
    return find_name(&log->kinds, name.length > 0 ? name : USHER_TEXT("calls"),
                     USHER_FIT_KINDS_MAX);
}

size_t call_log_agent(struct call_log *log, struct usher_text name)
{
    return find_name(&log->agents, name, USHER_FIT_AGENTS_MAX);
}

/* ---- calls ---- */

void call_log_add(struct call_log *log, const struct usher_fit_call *call)
{
    if (log->count == log->room) {
        log->room = log->room * 2 + 1024;
        log->calls = memory_resize(log->calls, log->room * sizeof(*log->calls));
    }
    log->calls[log->count++] = *call;
}

void call_log_add_spell(struct call_log *log, size_t agent, int64_t from_ms, int64_t until_ms)
{
    if (until_ms - from_ms > SPELL_MAX_MS)
        return;
    if (log->spells_count == log->spells_room) {
        log->spells_room = log->spells_room * 2 + 256;
        log->spells = memory_resize(log->spells, log->spells_room * sizeof(*log->spells));
    }
    log->spells[log->spells_count++] = (struct usher_fit_spell){agent, from_ms, until_ms};
}

void call_log_cut(struct call_log *log, int64_t since_ms, int64_t until_ms)
{
    size_t count = 0;
    for (size_t i = 0; i < log->count; i++)
        if (log->calls[i].arrived_ms >= since_ms && log->calls[i].arrived_ms <= until_ms)
            log->calls[count++] = log->calls[i];
    log->count = count;
}

int64_t call_log_civil_ms(int64_t at_ms)
{
    time_t seconds = (time_t)usher_floor_div(at_ms, 1000);
    struct tm local;
    if (!localtime_r(&seconds, &local))
        return at_ms;
    struct usher_date date = {local.tm_year + 1900, local.tm_mon + 1, local.tm_mday};
    int64_t clock_s = local.tm_hour * INT64_C(3600) + local.tm_min * INT64_C(60) + local.tm_sec;
    return usher_date_days(date) * USHER_DAY_MS + clock_s * 1000 +
           (at_ms - (int64_t)seconds * 1000);
}

static struct usher_text *clean_names(const struct call_names *names)
{
    struct usher_text *texts = memory_resize(NULL, (names->count + 1) * sizeof(*texts));
    for (size_t i = 0; i < names->count; i++)
        texts[i] = usher_text_of(names->list[i].clean);
    return texts;
}

enum usher_fit_result call_log_fit(const struct call_log *log, int64_t promise_ms,
                                   struct usher_fit **fit)
{
    struct usher_text *kinds = clean_names(&log->kinds);
    struct usher_text *agents = clean_names(&log->agents);
    const struct usher_fit_input input = {
        .calls = log->calls,
        .calls_count = log->count,
        .kinds = kinds,
        .kinds_count = log->kinds.count,
        .agents = agents,
        .agents_count = log->agents.count,
        .spells = log->spells,
        .spells_count = log->spells_count,
        .levels = log->levels,
        .skills = log->skills,
        .skills_count = log->skills_count,
        .ring_ms = log->ring_ms,
        .promise_ms = promise_ms,
    };
    enum usher_fit_result result = log->count > 0 ? usher_fit(&input, fit) : USHER_FIT_EMPTY;
    free(kinds);
    free(agents);
    return result;
}
