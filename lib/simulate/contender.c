/* The engine's events are read back from its lines, as everybody else reads them. */
#include "simulate/contender.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "simulate/simple.h"
#include "wire/codec.h"

struct usher_contender {
    struct usher_engine *engine; /* or NULL: */
    struct usher_simple *simple;
    struct usher_rules *rules; /* the simple one's; the engine has its own */
    size_t taken_count;        /* of the outbox */
    struct usher_scratch scratch;
};

static const char *const names[USHER_CHOOSE_COUNT] = {
    [USHER_CHOOSE_NONE] = "",
    [USHER_CHOOSE_BY_BID] = "usher",
    [USHER_CHOOSE_FIFO] = "fifo",
    [USHER_CHOOSE_GREEDY] = "greedy",
    [USHER_CHOOSE_PENALTIES] = "penalties",
};

struct usher_text usher_way_to_choose_name(enum usher_way_to_choose way)
{
    return usher_text_of(names[way]);
}

enum usher_way_to_choose usher_way_to_choose_find(struct usher_text name)
{
    for (unsigned i = 1; i < USHER_CHOOSE_COUNT; i++)
        if (usher_text_is_equal(name, usher_text_of(names[i])))
            return (enum usher_way_to_choose)i;
    return USHER_CHOOSE_NONE;
}

static void decide_own(struct usher_contender *contender, const struct usher_command *command,
                       int64_t now_ms)
{
    struct usher_answer answer;
    enum usher_error error = usher_engine_decide(contender->engine, command, now_ms, &answer);
    assert(error == USHER_OK);
    (void)error;
}

/* All hours mean the clocks of the simulated center, which are UTC. */
static void hand_zones_in(struct usher_engine *engine)
{
    struct usher_text zone;
    while ((zone = usher_engine_missing_zone(engine)).at)
        if (!usher_engine_take_zone(engine, zone, NULL))
            return;
}

/* Takes `rules`. */
static void start_engine(struct usher_contender *contender, struct usher_rules *rules,
                         int64_t now_ms)
{
    struct usher_command start = {.kind = USHER_COMMAND_ROUTER_START, .role = USHER_ROLE_ROUTER};
    struct usher_command load = {.kind = USHER_COMMAND_RULES_LOAD, .role = USHER_ROLE_ROUTER};
    char hash[65];
    bool is_short = usher_text_copy(hash, sizeof(hash), usher_text_of(rules->hash));
    assert(is_short);
    (void)is_short;
    usher_engine_begin_epoch(contender->engine, 1);
    USHER_FIELDS_SET(&start.fields, TOKEN, token, USHER_TEXT("simulation"));
    USHER_FIELDS_SET(&start.fields, PREV, prev, USHER_TEXT("0-0"));
    USHER_FIELDS_SET(&start.fields, VERSION, version, USHER_JOURNAL_VERSION);
    USHER_FIELDS_SET(&start.fields, OUTAGE, outage, USHER_TEXT("hold"));
    decide_own(contender, &start, now_ms);
    usher_engine_shelve(contender->engine, rules);
    hand_zones_in(contender->engine);
    usher_engine_set_civil(contender->engine, now_ms, now_ms);
    USHER_FIELDS_SET(&load.fields, HASH, hash, usher_text_of(hash));
    decide_own(contender, &load, now_ms);
}

struct usher_contender *usher_contender_new(enum usher_way_to_choose way, struct usher_rules *rules,
                                            const struct usher_limits *limits, uint64_t seed,
                                            int64_t now_ms)
{
    struct usher_contender *contender = calloc(1, sizeof(*contender));
    if (contender && way == USHER_CHOOSE_BY_BID) {
        contender->engine = usher_engine_new(limits, (struct usher_hash_seed){1, 2});
        if (contender->engine) {
            start_engine(contender, rules, now_ms);
            return contender;
        }
    } else if (contender) {
        contender->simple = usher_simple_new(way, rules, limits, seed);
        contender->rules = rules;
        if (contender->simple)
            return contender;
    }
    free(contender);
    usher_rules_free(rules);
    return NULL;
}

void usher_contender_free(struct usher_contender *contender)
{
    if (!contender)
        return;
    usher_engine_free(contender->engine);
    usher_simple_free(contender->simple);
    usher_rules_free(contender->rules);
    free(contender);
}

const struct usher_rules *usher_contender_rules(const struct usher_contender *contender)
{
    return contender->simple ? contender->rules : usher_engine_rules(contender->engine);
}

enum usher_error usher_contender_decide(struct usher_contender *contender,
                                        const struct usher_command *command, int64_t now_ms,
                                        struct usher_answer *answer)
{
    if (contender->simple)
        return usher_simple_decide(contender->simple, command, now_ms);
    return usher_engine_decide(contender->engine, command, now_ms, answer);
}

void usher_contender_pass_time(struct usher_contender *contender, int64_t now_ms)
{
    if (contender->simple) {
        usher_simple_pass_time(contender->simple, now_ms);
        return;
    }
    usher_engine_set_civil(contender->engine, now_ms, now_ms);
    usher_engine_pass_time(contender->engine, now_ms);
}

int64_t usher_contender_next_ms(const struct usher_contender *contender)
{
    return contender->simple ? usher_simple_next_ms(contender->simple)
                             : usher_engine_next_deadline_ms(contender->engine);
}

bool usher_contender_take(struct usher_contender *contender, struct usher_event *event)
{
    if (contender->simple)
        return usher_simple_take(contender->simple, event);
    struct usher_outbox *outbox = usher_engine_outbox(contender->engine);
    struct usher_answer answer;
    if (contender->taken_count == outbox->count) {
        usher_outbox_clear(outbox);
        contender->taken_count = 0;
        return false;
    }
    const struct usher_outbox_entry *entry = &outbox->entries[contender->taken_count++];
    struct usher_text line = {outbox->lines.at + entry->at, entry->length};
    bool is_read = usher_event_decode(line, &contender->scratch, event, &answer);
    assert(is_read);
    return is_read;
}
