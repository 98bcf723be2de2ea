/* The queue_log of Asterisk's app_queue: a line an event, with bars between: seconds since 1970,
 * the call's id, queue, agent, event, and what the event adds. Calls are followed from
 * ENTERQUEUE to where they end; who is there is known of agents who are added and removed, or log
 * in and off. Lines that are cut off are counted and passed over: logs are rotated. */
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/table.h"
#include "ctl/memory.h"
#include "ctl/simulate/call_log.h"
#include "model/limits.h"

#define FIELDS_MAX 10
#define NUMBER_MAX INT64_C(1000000000) /* a number of seconds, or a place in line */
#define EPOCH_MIN  INT64_C(100000000)
#define EPOCH_MAX  INT64_C(253402300799) /* the end of the year 9999 */
#define RING_S_MAX 120
#define FAIR_LEVEL 7 /* of penalty 1, */
#define POOR_LEVEL 4 /* and of those above */

enum field { FIELD_TIME = 0, FIELD_CALL, FIELD_QUEUE, FIELD_AGENT, FIELD_EVENT, FIELD_DATA };

/* A call that has not ended. */
struct open_call {
    struct usher_text id;
    int64_t entered_ms;
    int64_t answered_ms; /* -1: not yet */
    int64_t wait_ms;
    size_t kind;
    size_t agent;
};

struct member {
    size_t queues; /* that the agent was added to */
    bool is_paused;
    int64_t since_ms; /* there; -1: is not */
};

struct log_reader {
    struct call_log *log;
    struct usher_problems *problems;
    size_t line;
    struct usher_text fields[FIELDS_MAX];
    size_t fields_count;
    int64_t now_ms; /* civil, as all times here */
    struct open_call *opens;
    size_t opens_count;
    struct usher_table by_id;
    struct member members[USHER_FIT_AGENTS_MAX];
    uint8_t levels[USHER_FIT_AGENTS_MAX][USHER_FIT_KINDS_MAX]; /* 0: nothing was said of it */
    int64_t ring_s;
    size_t rings_count;
    int64_t seconds; /* of the line; its civil time is now_ms */
};

static struct usher_text key_of(const void *item)
{
    const struct open_call *call = item;
    return call->id;
}

static bool is_event(const struct log_reader *reader, const char *name)
{
    return usher_text_is_equal(reader->fields[FIELD_EVENT], usher_text_of(name));
}

static bool is_one_of(const struct log_reader *reader, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_event(reader, names[i]))
            return true;
    return false;
}

static bool read_number(const struct log_reader *reader, size_t field, int64_t *number)
{
    return field < reader->fields_count && usher_text_read_int64(reader->fields[field], number) &&
           *number >= 0 && *number <= NUMBER_MAX;
}

/* ---- calls ---- */

static void enter(struct log_reader *reader)
{
    struct open_call *call = usher_table_find(&reader->by_id, reader->fields[FIELD_CALL]);
    size_t kind = call_log_kind(reader->log, reader->fields[FIELD_QUEUE]);
    if (kind == SIZE_MAX) {
        if (reader->problems->count == 0)
            usher_problems_add(reader->problems, reader->line, 1,
                               "there are more than 64 queues; take the lines of those that "
                               "matter, as with grep");
        return;
    }
    if (!call) {
        call = &reader->opens[reader->opens_count++];
        call->id = reader->fields[FIELD_CALL];
        if (usher_table_put(&reader->by_id, call) != USHER_TABLE_PUT)
            memory_fail();
    }
    call->entered_ms = reader->now_ms;
    call->answered_ms = -1;
    call->kind = kind;
}

static size_t agent_of(struct log_reader *reader)
{
    struct usher_text name = reader->fields[FIELD_AGENT];
    if (name.length == 0 || usher_text_is_equal(name, USHER_TEXT("NONE")))
        return USHER_FIT_NOBODY;
    return call_log_agent(reader->log, name); /* too many are nobody, too */
}

static void answer(struct log_reader *reader, struct open_call *call)
{
    int64_t ring_s;
    int64_t hold_s;
    call->answered_ms = reader->now_ms;
    call->wait_ms = reader->now_ms - call->entered_ms;
    if (read_number(reader, FIELD_DATA, &hold_s))
        call->wait_ms = hold_s * 1000;
    call->agent = agent_of(reader);
    if (!read_number(reader, FIELD_DATA + 2, &ring_s) || ring_s > RING_S_MAX)
        return;
    reader->ring_s += ring_s;
    reader->rings_count++;
}

static void end(struct log_reader *reader, struct open_call *call, enum usher_fit_outcome outcome)
{
    struct usher_fit_call seen = {.arrived_ms = call->entered_ms,
                                  .wait_ms = reader->now_ms - call->entered_ms,
                                  .service_ms = -1,
                                  .outcome = outcome,
                                  .kind = call->kind,
                                  .agent = USHER_FIT_NOBODY};
    if (outcome == USHER_FIT_ANSWERED) {
        seen.wait_ms = call->wait_ms;
        seen.agent = call->agent;
        seen.service_ms = reader->now_ms - call->answered_ms;
    }
    if (seen.wait_ms < 0 || seen.service_ms < -1) { /* a clock was set back */
        seen.wait_ms = seen.wait_ms < 0 ? 0 : seen.wait_ms;
        seen.service_ms = -1;
    }
    call_log_add(reader->log, &seen);
    usher_table_remove(&reader->by_id, call);
}

static void follow_call(struct log_reader *reader)
{
    static const char *const completed[] = {"COMPLETECALLER", "COMPLETEAGENT", "TRANSFER",
                                            "BLINDTRANSFER", "ATTENDEDTRANSFER"};
    static const char *const lost[] = {"EXITWITHTIMEOUT", "EXITWITHKEY", "EXITEMPTY"};
    struct open_call *call = usher_table_find(&reader->by_id, reader->fields[FIELD_CALL]);
    if (is_event(reader, "ENTERQUEUE"))
        enter(reader);
    else if (!call)
        return;
    else if (is_event(reader, "CONNECT"))
        answer(reader, call);
    else if (call->answered_ms >= 0 && is_one_of(reader, completed, USHER_COUNT_OF(completed)))
        end(reader, call, USHER_FIT_ANSWERED);
    else if (call->answered_ms < 0 && is_event(reader, "ABANDON"))
        end(reader, call, USHER_FIT_ABANDONED);
    else if (call->answered_ms < 0 && is_one_of(reader, lost, USHER_COUNT_OF(lost)))
        end(reader, call, USHER_FIT_LOST);
}

/* Calls that were answered, and of whose end the log knows nothing. */
static void end_answered(struct log_reader *reader)
{
    for (size_t i = 0; i < reader->opens_count; i++) {
        struct open_call *call = &reader->opens[i];
        if (usher_table_find(&reader->by_id, call->id) != call || call->answered_ms < 0)
            continue;
        reader->now_ms = call->answered_ms - 1; /* no time of service */
        end(reader, call, USHER_FIT_ANSWERED);
    }
}

/* ---- agents ---- */

static void note_presence(struct log_reader *reader, size_t agent)
{
    struct member *member = &reader->members[agent];
    bool is_there = member->queues > 0 && !member->is_paused;
    if (is_there == (member->since_ms >= 0))
        return;
    if (is_there) {
        member->since_ms = reader->now_ms;
        return;
    }
    call_log_add_spell(reader->log, agent, member->since_ms, reader->now_ms);
    member->since_ms = -1;
}

/* Who was in no queue begins anew: app_queue forgets a member's pause with the member. */
static void come_to(const struct log_reader *reader, struct member *member)
{
    bool is_paused = reader->fields_count > FIELD_DATA &&
                     usher_text_is_equal(reader->fields[FIELD_DATA], USHER_TEXT("PAUSED"));
    member->is_paused = is_paused || (member->is_paused && member->queues > 0);
    member->queues++;
}

static void follow_agent(struct log_reader *reader)
{
    static const char *const come[] = {"ADDMEMBER", "AGENTLOGIN", "AGENTCALLBACKLOGIN"};
    static const char *const go[] = {"REMOVEMEMBER", "AGENTLOGOFF", "AGENTCALLBACKLOGOFF"};
    static const char *const pause[] = {"PAUSE", "PAUSEALL"};
    static const char *const resume[] = {"UNPAUSE", "UNPAUSEALL"};
    bool comes = is_one_of(reader, come, USHER_COUNT_OF(come));
    bool goes = is_one_of(reader, go, USHER_COUNT_OF(go));
    bool pauses = is_one_of(reader, pause, USHER_COUNT_OF(pause));
    if (!comes && !goes && !pauses && !is_one_of(reader, resume, USHER_COUNT_OF(resume)))
        return;
    size_t agent = agent_of(reader);
    if (agent == USHER_FIT_NOBODY)
        return;
    struct member *member = &reader->members[agent];
    if (comes)
        come_to(reader, member);
    else if (goes)
        member->queues -= member->queues > 0;
    else
        member->is_paused = pauses;
    note_presence(reader, agent);
}

/* An agent's of a queue, or of all queues. */
static void follow_penalty(struct log_reader *reader)
{
    static const uint8_t levels[] = {USHER_LEVEL_MAX, FAIR_LEVEL, POOR_LEVEL};
    int64_t penalty;
    if (!is_event(reader, "PENALTY") || !read_number(reader, FIELD_DATA, &penalty))
        return;
    size_t agent = agent_of(reader);
    struct usher_text queue = reader->fields[FIELD_QUEUE];
    bool is_all = usher_text_is_equal(queue, USHER_TEXT("NONE"));
    size_t kind = is_all ? SIZE_MAX : call_log_kind(reader->log, queue);
    if (agent == USHER_FIT_NOBODY || (!is_all && kind == SIZE_MAX))
        return;
    size_t band = penalty < (int64_t)sizeof(levels) ? (size_t)penalty : sizeof(levels) - 1;
    for (size_t i = 0; i < USHER_FIT_KINDS_MAX; i++)
        if (is_all || i == kind)
            reader->levels[agent][i] = levels[band];
    reader->log->has_penalties = true;
}

/* Only as wide as there are queues. */
static void keep_levels(const struct log_reader *reader)
{
    struct call_log *log = reader->log;
    if (!log->has_penalties)
        return;
    log->levels = memory_resize(NULL, log->agents.count * log->kinds.count + 1);
    for (size_t i = 0; i < log->agents.count; i++)
        memcpy(&log->levels[i * log->kinds.count], reader->levels[i], log->kinds.count);
}

/* ---- lines ---- */

static void split(struct log_reader *reader, struct usher_text line)
{
    const char *end = line.at + line.length;
    reader->fields_count = 0;
    for (const char *at = line.at; reader->fields_count < FIELDS_MAX;) {
        const char *bar = memchr(at, '|', (size_t)(end - at));
        const char *stop = bar ? bar : end;
        reader->fields[reader->fields_count++] = (struct usher_text){at, (size_t)(stop - at)};
        if (!bar)
            return;
        at = bar + 1;
    }
}

/* "1366720340", or with a fraction. */
static bool read_time(struct log_reader *reader, struct usher_text text)
{
    int64_t seconds;
    const char *dot = memchr(text.at, '.', text.length);
    if (dot)
        text.length = (size_t)(dot - text.at);
    if (!usher_text_read_int64(text, &seconds) || seconds < EPOCH_MIN || seconds > EPOCH_MAX)
        return false;
    if (seconds != reader->seconds)
        reader->now_ms = call_log_civil_ms(seconds * 1000);
    reader->seconds = seconds;
    return true;
}

static void read_line(struct log_reader *reader, struct usher_text line)
{
    if (line.length > 0 && line.at[line.length - 1] == '\r')
        line.length--;
    if (line.length == 0)
        return;
    split(reader, line);
    if (reader->fields_count <= FIELD_EVENT || !read_time(reader, reader->fields[FIELD_TIME])) {
        reader->log->passed_over++;
        return;
    }
    follow_call(reader);
    follow_agent(reader);
    follow_penalty(reader);
}

static size_t count_lines(struct usher_text text)
{
    size_t count = 1;
    for (size_t i = 0; i < text.length; i++)
        count += text.at[i] == '\n';
    return count;
}

static void read_lines(struct log_reader *reader, struct usher_text text)
{
    while (text.length > 0) {
        const char *newline = memchr(text.at, '\n', text.length);
        size_t length = newline ? (size_t)(newline - text.at) : text.length;
        size_t taken = length + (newline ? 1 : 0);
        reader->line++;
        read_line(reader, (struct usher_text){text.at, length});
        text = (struct usher_text){text.at + taken, text.length - taken};
    }
}

bool call_log_is_queue_log(struct usher_text text)
{
    size_t digits = 0;
    while (digits < text.length && text.at[digits] >= '0' && text.at[digits] <= '9')
        digits++;
    return digits > 0 && digits < text.length && (text.at[digits] == '|' || text.at[digits] == '.');
}

void call_log_read_queue_log(struct call_log *log, struct usher_text text,
                             struct usher_problems *problems)
{
    struct log_reader *reader = memory_resize(NULL, sizeof(*reader));
    size_t lines = count_lines(text);
    log->passed_what = "lines that are none of a queue_log";
    *reader = (struct log_reader){.log = log, .problems = problems};
    for (size_t i = 0; i < USHER_FIT_AGENTS_MAX; i++)
        reader->members[i].since_ms = -1;
    reader->opens = memory_resize(NULL, lines * sizeof(*reader->opens));
    if (!usher_table_init(&reader->by_id, lines, (struct usher_hash_seed){1, 2}, key_of))
        memory_fail();
    read_lines(reader, text);
    for (size_t i = 0; i < log->agents.count; i++) {
        reader->members[i].queues = 0;
        note_presence(reader, i);
    }
    end_answered(reader);
    keep_levels(reader);
    if (reader->rings_count > 0)
        log->ring_ms = reader->ring_s * 1000 / (int64_t)reader->rings_count;
    usher_table_fini(&reader->by_id);
    free(reader->opens);
    free(reader);
}
