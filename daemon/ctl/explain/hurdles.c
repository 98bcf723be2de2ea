/* Those who are no candidates: whom the same keeps away stand in one line. */
#include <stdlib.h>
#include <string.h>

#include "ctl/explain/reasons.h"
#include "ctl/past/moment.h"

#define NAMED_MAX 4

/* %s is the detail. */
static const struct {
    const char *of_agents;
    const char *of_contacts;
} phrases[USHER_HURDLE_COUNT] = {
    [USHER_HURDLE_CHANNEL] = {"no capacity for %s", "no capacity for %s"},
    [USHER_HURDLE_NO_PHONE] = {"no phone in the profile", "no phone in the profile"},
    [USHER_HURDLE_LEVEL] = {"less than %s", "needs %s"},
    [USHER_HURDLE_SIGNED_OUT] = {"signed out", "the agent is signed out"},
    [USHER_HURDLE_NOT_READY] = {"not ready%s", "the agent is not ready%s"},
    [USHER_HURDLE_LEAVING] = {"about to leave", "the agent is about to leave"},
    [USHER_HURDLE_PHONE_BUSY] = {"phone busy", "the phone is busy"},
    [USHER_HURDLE_PHONE_UNREACHABLE] = {"phone unreachable", "the phone is unreachable"},
    [USHER_HURDLE_DESK_LOST] = {"desk not connected", "the agent's desk is not connected"},
    [USHER_HURDLE_FULL] = {"busy", "the agent is busy"},
    [USHER_HURDLE_TRANSFERRED] = {"has transferred it away", "transferred away by the agent"},
    [USHER_HURDLE_COOL_DOWN] = {"asked a short while ago", "asked for a short while ago"},
    [USHER_HURDLE_NOT_WAITING] = {"free, but the contact is not waiting", "not waiting"},
    [USHER_HURDLE_OVER] = {"free, but it has no use any more", "it has no use any more"},
    [USHER_HURDLE_NOT_BEFORE] = {"free, but it was booked for later", "booked for later"},
    [USHER_HURDLE_RETRY] = {"free, but its customer is tried again later",
                            "the customer was not reached, and is tried again later"},
    [USHER_HURDLE_HOURS] = {"free, but its customer may not be called at this time",
                            "the customer may not be called at this time"},
    [USHER_HURDLE_CLOSED] = {"free, but its queue is closed", "its queue is closed"},
    [USHER_HURDLE_LIMIT_CLASSES] = {"free, but limits.classes was reached when it came",
                                    "limits.classes was reached when it came"},
    [USHER_HURDLE_LINK_LOST] = {"free, but its PBX is away", "its PBX is away"},
    [USHER_HURDLE_SETTLING] = {"free, but its PBX may still ring for the offer before",
                               "its PBX may still ring for the offer before"},
    [USHER_HURDLE_STEP] = {"not let in yet, less than %s",
                           "does not let the agent in yet, needs %s"},
    [USHER_HURDLE_HOLD] = {"free, but it waits for %s", "waits for %s"},
    [USHER_HURDLE_RESERVE] = {"kept free for %s", "the agent is kept free for %s"},
    [USHER_HURDLE_MEANT] = {"free, but it was transferred to another, and waits for that one",
                            "transferred to another, for whom it waits"},
    [USHER_HURDLE_BEHIND] = {"free, but for somebody before it in line",
                             "another before it in line"},
};

const char *reasons_of_wait(enum usher_hurdle hurdle)
{
    return phrases[hurdle].of_contacts;
}

static const char *detail_of(const struct usher_floor *floor,
                             const struct usher_explained_pair *pair, bool of_agents, char *room,
                             size_t size)
{
    room[0] = '\0';
    if (pair->hurdle == USHER_HURDLE_CHANNEL)
        (void)snprintf(room, size, "%.*s",
                       USHER_TEXT_ARGS(usher_channel_name(pair->contact->channel)));
    else if (pair->hurdle == USHER_HURDLE_HOLD)
        (void)snprintf(room, size, "%s", pair->held_for->id);
    else if (pair->hurdle == USHER_HURDLE_RESERVE)
        (void)snprintf(room, size, "%.*s", USHER_TEXT_ARGS(floor->rules->skills[pair->skill]));
    else if (pair->hurdle == USHER_HURDLE_LEVEL || pair->hurdle == USHER_HURDLE_STEP)
        (void)snprintf(room, size, of_agents ? "%.*s %d" : "%.*s %d, has %d",
                       USHER_TEXT_ARGS(floor->rules->skills[pair->skill]), pair->min, pair->level);
    else if (pair->hurdle == USHER_HURDLE_NOT_READY && pair->agent->reason[0])
        (void)snprintf(room, size, ": %s", pair->agent->reason);
    return room;
}

static bool is_alike(const struct usher_explained_pair *a, const struct usher_explained_pair *b)
{
    if (a->hurdle != b->hurdle)
        return false;
    if (a->hurdle == USHER_HURDLE_NOT_READY)
        return strcmp(a->agent->reason, b->agent->reason) == 0;
    if (a->hurdle == USHER_HURDLE_CHANNEL)
        return a->contact->channel == b->contact->channel;
    return a->skill == b->skill && a->min == b->min && a->held_for == b->held_for;
}

static void write_name(const struct usher_explained_pair *pair, bool of_agents, int64_t now_ms,
                       FILE *out)
{
    char room[REASONS_SPAN_SIZE];
    fputs(of_agents ? pair->agent->id : pair->contact->id, out);
    if (pair->hurdle == USHER_HURDLE_LEVEL && of_agents)
        fprintf(out, " (%d)", pair->level);
    else if (pair->hurdle == USHER_HURDLE_STEP)
        fprintf(out, " (%d, from %s on)", pair->level,
                moment_write_near(pair->until_ms, now_ms, room));
    else if (pair->hurdle == USHER_HURDLE_RESERVE && of_agents)
        fprintf(out, " (1 of %d free)", pair->free_count);
    else if (pair->hurdle == USHER_HURDLE_FULL && of_agents)
        fprintf(out, " (%d of %d %.*s)", pair->held_count, pair->cap,
                USHER_TEXT_ARGS(usher_channel_name(pair->contact->channel)));
    else if (pair->before)
        fprintf(out, " (behind %s)", pair->before->id);
    else if (pair->until_ms != 0)
        fprintf(out, " (until %s)", moment_write_near(pair->until_ms, now_ms, room));
}

/* The first of a kind: the line for all of that kind. */
static void print_kind(const struct usher_floor *floor, const struct usher_explanation *pairs,
                       size_t first, bool of_agents, int64_t now_ms, FILE *out)
{
    const struct usher_explained_pair *head = &pairs->pairs[first];
    char detail[USHER_NAME_MAX + 64];
    char phrase[2 * USHER_NAME_MAX + 64];
    size_t count = 0;
    for (size_t i = first; i < pairs->count; i++)
        count += is_alike(head, &pairs->pairs[i]);
    const char *format =
        of_agents ? phrases[head->hurdle].of_agents : phrases[head->hurdle].of_contacts;
    const char *place = strstr(format, "%s");
    size_t length = place ? (size_t)(place - format) : strlen(format);
    (void)snprintf(phrase, sizeof(phrase), "%.*s%s%s", (int)length, format,
                   detail_of(floor, head, of_agents, detail, sizeof(detail)),
                   place ? place + 2 : "");
    fprintf(out, "%s (%zu): ", phrase, count);
    size_t named = 0;
    for (size_t i = first; i < pairs->count && named < NAMED_MAX; i++) {
        if (!is_alike(head, &pairs->pairs[i]))
            continue;
        fputs(named++ > 0 ? ", " : "", out);
        write_name(&pairs->pairs[i], of_agents, now_ms, out);
    }
    fputs(count > named ? " …\n" : "\n", out);
}

void reasons_print_hurdles(const struct usher_floor *floor, const struct usher_explanation *pairs,
                           bool are_agents, int64_t now_ms, const char *indent, FILE *out)
{
    for (size_t i = pairs->candidates_count; i < pairs->count; i++) {
        size_t first = pairs->candidates_count;
        while (!is_alike(&pairs->pairs[first], &pairs->pairs[i]))
            first++;
        if (first != i)
            continue;
        fputs(indent, out);
        print_kind(floor, pairs, i, are_agents, now_ms, out);
    }
}

static void write_number(struct usher_json_writer *writer, const char *key, int64_t number)
{
    usher_json_write_key(writer, usher_text_of(key));
    usher_json_write_int64(writer, number);
}

static void write_text(struct usher_json_writer *writer, const char *key, struct usher_text text)
{
    usher_json_write_key(writer, usher_text_of(key));
    usher_json_write_text(writer, text);
}

static void write_pool(const struct usher_floor *floor, size_t index,
                       struct usher_json_writer *writer)
{
    const struct usher_pool *pool = &floor->pools[index];
    usher_json_write_key(writer, USHER_TEXT("dear"));
    usher_json_write_open(writer, '{');
    usher_json_write_key(writer, USHER_TEXT("skills"));
    usher_json_write_open(writer, '[');
    for (uint32_t i = 0; i < pool->skills_count; i++)
        usher_json_write_text(writer, floor->rules->skills[pool->skills[i]]);
    usher_json_write_close(writer, ']');
    if (pool->kind == USHER_POOL_CHANNEL)
        write_text(writer, "channel", usher_channel_name((enum usher_channel)pool->channel));
    write_number(writer, "free", pool->open_count);
    write_number(writer, "on_duty", pool->member_count);
    write_number(writer, "load_erlang_16ths", usher_pool_load_a16(pool));
    usher_json_write_close(writer, '}');
}

static void write_terms(const struct usher_floor *floor, const struct usher_terms *terms,
                        struct usher_json_writer *writer)
{
    write_number(writer, "bid_ms", terms->bid.bid_ms);
    write_number(writer, "bid_of_agent_ms", terms->bid_of_agent_ms);
    write_number(writer, "late_ms", terms->bid.late_ms);
    write_number(writer, "match_ms", terms->match_ms);
    write_number(writer, "ground_ms", terms->ground_ms);
    write_number(writer, "lend_ms", terms->lend_ms);
    write_number(writer, "fairness_ms", terms->idle_ms);
    write_number(writer, "affinity_ms", terms->affinity_ms);
    write_number(writer, "match", terms->bid.match);
    write_number(writer, "ground", terms->bid.ground);
    write_number(writer, "lend", terms->bid.lend);
    write_number(writer, "idle_ms", terms->bid.idle_ms);
    if (terms->dear_pool != SIZE_MAX)
        write_pool(floor, terms->dear_pool, writer);
}

static void write_hurdle(const struct usher_floor *floor, const struct usher_explained_pair *pair,
                         struct usher_json_writer *writer)
{
    write_text(writer, "reason", usher_hurdle_name(pair->hurdle));
    if (pair->hurdle == USHER_HURDLE_STEP)
        write_number(writer, "step", pair->step);
    if (pair->hurdle == USHER_HURDLE_HOLD)
        write_text(writer, "for", usher_text_of(pair->held_for->id));
    if (pair->hurdle == USHER_HURDLE_RESERVE) {
        write_text(writer, "skill", floor->rules->skills[pair->skill]);
        write_number(writer, "free", pair->free_count);
        write_number(writer, "keep", pair->keep);
    }
    if (pair->hurdle == USHER_HURDLE_LEVEL || pair->hurdle == USHER_HURDLE_STEP) {
        write_text(writer, "skill", floor->rules->skills[pair->skill]);
        write_number(writer, "level", pair->level);
        write_number(writer, "min", pair->min);
    }
    if (pair->hurdle == USHER_HURDLE_FULL) {
        write_number(writer, "held", pair->held_count);
        write_number(writer, "cap", pair->cap);
    }
    if (pair->hurdle == USHER_HURDLE_NOT_READY && pair->agent->reason[0])
        write_text(writer, "not_ready", usher_text_of(pair->agent->reason));
    if (pair->before)
        write_text(writer, "behind", usher_text_of(pair->before->id));
    if (pair->until_ms != 0)
        write_number(writer, "until_ms", pair->until_ms);
}

static void write_candidate(const struct usher_floor *floor,
                            const struct usher_explained_pair *pair,
                            struct usher_json_writer *writer)
{
    if (pair->step > 0)
        write_number(writer, "step", pair->step);
    write_terms(floor, &pair->terms, writer);
}

void reasons_write_pair(const struct usher_floor *floor, const struct usher_explained_pair *pair,
                        struct usher_json_writer *writer)
{
    usher_json_write_open(writer, '{');
    write_text(writer, "agent", usher_text_of(pair->agent->id));
    write_text(writer, "contact", usher_text_of(pair->contact->id));
    if (pair->hurdle == USHER_HURDLE_NONE)
        write_candidate(floor, pair, writer);
    else
        write_hurdle(floor, pair, writer);
    usher_json_write_close(writer, '}');
}

void reasons_write_json(const struct usher_floor *floor, const struct usher_explanation *pairs,
                        const char *const names[2], struct usher_json_writer *writer)
{
    for (size_t part = 0; part < 2; part++) {
        size_t begin = part == 0 ? 0 : pairs->candidates_count;
        size_t end = part == 0 ? pairs->candidates_count : pairs->count;
        usher_json_write_key(writer, usher_text_of(names[part]));
        usher_json_write_open(writer, '[');
        for (size_t i = begin; i < end; i++)
            reasons_write_pair(floor, &pairs->pairs[i], writer);
        usher_json_write_close(writer, ']');
    }
}
