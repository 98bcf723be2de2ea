/* The journal as calls: each leg of a voice contact, from where it began to wait to where its agent
 * was free again, with the work after the talk. Who is to be called back waits
 * no more: the callback is no voice contact. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/table.h"
#include "ctl/memory.h"
#include "ctl/past/history.h"
#include "ctl/past/moment.h"
#include "ctl/simulate/call_log.h"
#include "model/channel.h"
#include "model/limits.h"
#include "wire/json.h"

#define LEGS_MAX 65536 /* at the same time */

/* A contact that has not ended. */
struct leg {
    struct usher_list live;
    char id[USHER_CONTACT_ID_MAX + 1];
    size_t kind;
    size_t agent;
    int64_t arrived_ms;
    int64_t offered_ms;
    int64_t answered_ms; /* 0: not yet */
};

struct profile {
    char *skills;     /* the JSON object, or NULL */
    int64_t ready_ms; /* 0: is not */
};

struct journal_reader {
    struct call_log *log;
    struct usher_table legs;
    struct usher_list live; /* all of them */
    struct profile profiles[USHER_FIT_AGENTS_MAX];
    int64_t last_ms;
    int64_t ring_ms;
    int64_t rings_count;
};

static struct usher_text key_of(const void *item)
{
    const struct leg *leg = item;
    return usher_text_of(leg->id);
}

/* ---- contacts ---- */

static void begin(struct journal_reader *reader, const struct usher_event *event)
{
    const struct usher_fields *fields = &event->fields;
    size_t kind = call_log_kind(reader->log, fields->queue);
    struct leg *leg = usher_table_find(&reader->legs, fields->contact);
    if (kind == SIZE_MAX)
        return;
    if (!leg) {
        leg = memory_resize(NULL, sizeof(*leg));
        *leg = (struct leg){.kind = kind};
        if (!usher_text_copy(leg->id, sizeof(leg->id), fields->contact) ||
            usher_table_put(&reader->legs, leg) != USHER_TABLE_PUT) {
            free(leg);
            return;
        }
        usher_list_append(&reader->live, &leg->live);
    }
    leg->kind = kind;
    leg->agent = USHER_FIT_NOBODY;
    leg->arrived_ms = event->at_ms;
    leg->answered_ms = 0;
}

static void count(struct journal_reader *reader, const struct leg *leg, int64_t now_ms,
                  enum usher_fit_outcome outcome)
{
    bool is_answered = outcome == USHER_FIT_ANSWERED;
    int64_t waited_until_ms = is_answered ? leg->answered_ms : now_ms;
    const struct usher_fit_call call = {
        .arrived_ms = call_log_civil_ms(leg->arrived_ms),
        .wait_ms = waited_until_ms - leg->arrived_ms,
        .service_ms = is_answered && now_ms > 0 ? now_ms - leg->answered_ms : -1,
        .outcome = outcome,
        .kind = leg->kind,
        .agent = leg->agent,
    };
    call_log_add(reader->log, &call);
}

static void forget(struct journal_reader *reader, struct leg *leg)
{
    usher_table_remove(&reader->legs, leg);
    usher_list_remove(&leg->live);
    free(leg);
}

static void answer(struct journal_reader *reader, struct leg *leg, const struct usher_event *event)
{
    leg->answered_ms = event->at_ms;
    leg->agent = call_log_agent(reader->log, event->fields.agent);
    if (leg->offered_ms == 0)
        return;
    reader->ring_ms += event->at_ms - leg->offered_ms;
    reader->rings_count++;
}

static void move(struct journal_reader *reader, struct leg *leg, struct usher_text queue)
{
    size_t kind = call_log_kind(reader->log, queue);
    leg->kind = kind == SIZE_MAX ? leg->kind : kind;
}

static void follow_leg(struct journal_reader *reader, struct leg *leg,
                       const struct usher_event *event)
{
    bool is_answered = leg->answered_ms > 0;
    enum usher_fit_outcome outcome = is_answered ? USHER_FIT_ANSWERED : USHER_FIT_LOST;
    switch ((int)event->kind) {
    case USHER_EVENT_CONTACT_MOVED:
        if (usher_channel_find(event->fields.channel) != USHER_CHANNEL_VOICE)
            break;
        move(reader, leg, event->fields.queue);
        return;
    case USHER_EVENT_CONTACT_OFFERED:
        leg->offered_ms = event->at_ms;
        return;
    case USHER_EVENT_CONTACT_ANSWERED:
        answer(reader, leg, event);
        return;
    case USHER_EVENT_CONTACT_TRANSFERRED:
        count(reader, leg, event->at_ms, outcome);
        begin(reader, event);
        return;
    case USHER_EVENT_CONTACT_ABANDONED:
        outcome = is_answered ? USHER_FIT_ANSWERED : USHER_FIT_ABANDONED;
        break;
    case USHER_EVENT_CONTACT_DONE:
    case USHER_EVENT_CONTACT_EXPIRED:
    case USHER_EVENT_CONTACT_OVERFLOWED:
    case USHER_EVENT_CONTACT_SCHEDULED:
    case USHER_EVENT_CONTACT_POSTPONED:
        break;
    default:
        return;
    }
    count(reader, leg, event->at_ms, outcome);
    forget(reader, leg);
}

static void follow_contact(struct journal_reader *reader, const struct usher_event *event)
{
    const struct usher_fields *fields = &event->fields;
    struct leg *leg = usher_table_find(&reader->legs, fields->contact);
    if (event->kind != USHER_EVENT_CONTACT_ARRIVED) {
        if (leg)
            follow_leg(reader, leg, event);
    } else if (usher_channel_find(fields->channel) == USHER_CHANNEL_VOICE) {
        begin(reader, event);
    } else {
        if (reader->log->passed_over++ == 0)
            (void)snprintf(reader->log->passed_word, sizeof(reader->log->passed_word), "%.*s",
                           USHER_TEXT_ARGS(fields->channel));
    }
}

/* ---- agents ---- */

static void set_ready(struct journal_reader *reader, struct profile *profile, size_t agent,
                      bool is_ready)
{
    if (is_ready == (profile->ready_ms > 0))
        return;
    if (!is_ready)
        call_log_add_spell(reader->log, agent, call_log_civil_ms(profile->ready_ms),
                           call_log_civil_ms(reader->last_ms));
    profile->ready_ms = is_ready ? reader->last_ms : 0;
}

static void follow_agent(struct journal_reader *reader, const struct usher_event *event)
{
    const struct usher_fields *fields = &event->fields;
    size_t agent = call_log_agent(reader->log, fields->agent);
    if (agent == SIZE_MAX)
        return;
    struct profile *profile = &reader->profiles[agent];
    if (event->kind != USHER_EVENT_AGENT_PROFILED) {
        set_ready(reader, profile, agent, event->kind == USHER_EVENT_AGENT_READY);
        return;
    }
    profile->skills = memory_resize(profile->skills, fields->skills.length + 1);
    memcpy(profile->skills, fields->skills.at, fields->skills.length);
    profile->skills[fields->skills.length] = '\0';
}

static void keep_skill(struct call_log *log, size_t agent, struct usher_text name, int64_t level)
{
    size_t kind = 0;
    while (kind < log->kinds.count &&
           !usher_text_is_equal(usher_text_of(log->kinds.list[kind].own), name))
        kind++;
    char *own = memory_resize(NULL, name.length + 1);
    memcpy(own, name.at, name.length);
    own[name.length] = '\0';
    log->skills = memory_resize(log->skills, (log->skills_count + 1) * sizeof(*log->skills));
    log->skill_names =
        memory_resize(log->skill_names, (log->skills_count + 1) * sizeof(*log->skill_names));
    log->skill_names[log->skills_count] = own;
    log->skills[log->skills_count++] = (struct usher_fit_skill){
        agent, usher_text_of(kind < log->kinds.count ? log->kinds.list[kind].clean : own),
        (uint8_t)level};
}

static void keep_skills(struct journal_reader *reader, size_t agent)
{
    struct usher_json json;
    struct usher_text key;
    int64_t level;
    const char *skills = reader->profiles[agent].skills;
    size_t length = skills ? strlen(skills) : 0;
    char *scratch = memory_resize(NULL, length + 1);
    usher_json_start(&json, usher_text_of(skills ? skills : "0"), scratch, length);
    if (usher_json_enter(&json))
        while (usher_json_next_key(&json, &key)) {
            if (key.at && usher_json_read_int64(&json, &level) && level >= 1 &&
                level <= USHER_LEVEL_MAX)
                keep_skill(reader->log, agent, key, level);
            else
                usher_json_skip(&json);
        }
    free(scratch);
}

/* ---- the whole ---- */

static bool take(void *owner, struct usher_engine *engine, const struct usher_event *event,
                 struct usher_text line)
{
    struct journal_reader *reader = owner;
    (void)engine;
    (void)line;
    reader->last_ms = event->at_ms > reader->last_ms ? event->at_ms : reader->last_ms;
    switch ((int)event->kind) {
    case USHER_EVENT_AGENT_PROFILED:
    case USHER_EVENT_AGENT_READY:
    case USHER_EVENT_AGENT_NOT_READY:
    case USHER_EVENT_AGENT_SIGNED_OUT:
        follow_agent(reader, event);
        break;
    default:
        if (event->fields.contact.at)
            follow_contact(reader, event);
        break;
    }
    return true;
}

/* What goes on at the end: talks whose length is not known yet, and agents who are there. */
static void end_all(struct journal_reader *reader)
{
    usher_list_for_each_safe (node, &reader->live) {
        struct leg *leg = usher_list_entry(node, struct leg, live);
        if (leg->answered_ms > 0)
            count(reader, leg, 0, USHER_FIT_ANSWERED);
        forget(reader, leg);
    }
    for (size_t i = 0; i < reader->log->agents.count; i++) {
        set_ready(reader, &reader->profiles[i], i, false);
        keep_skills(reader, i);
        free(reader->profiles[i].skills);
    }
    if (reader->rings_count > 0)
        reader->log->ring_ms = reader->ring_ms / reader->rings_count;
}

enum exit_code call_log_read_journal(struct call_log *log, const struct options *options)
{
    struct history history;
    struct history_query query = {.since_ms = HISTORY_ALL, .until_ms = HISTORY_END};
    if ((options->since && !moment_read_option("--since", options->since, &query.since_ms)) ||
        (options->until && !moment_read_option("--until", options->until, &query.until_ms)))
        return EXIT_USAGE;
    struct journal_reader *reader = memory_resize(NULL, sizeof(*reader));
    *reader = (struct journal_reader){.log = log};
    usher_list_init(&reader->live);
    log->passed_what = "contacts of other channels than voice";
    if (!usher_table_init(&reader->legs, LEGS_MAX, (struct usher_hash_seed){1, 2}, key_of))
        memory_fail();
    enum exit_code code = history_read(options, &query, take, reader, &history);
    end_all(reader);
    usher_table_fini(&reader->legs);
    free(reader);
    return code;
}
