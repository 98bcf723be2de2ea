/* Spans, prices and terms. Of many who are kept away by the same, the first few are named. */
#include "ctl/explain/reasons.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *reasons_signed(int64_t ms, char room[REASONS_SPAN_SIZE])
{
    int64_t tenths = (ms < 0 ? -ms : ms) / 100;
    const char *sign = tenths == 0 ? "" : ms < 0 ? "-" : "+";
    (void)snprintf(room, REASONS_SPAN_SIZE, "%s%" PRId64 ".%d s", sign, tenths / 10,
                   (int)(tenths % 10));
    return room;
}

const char *reasons_span(int64_t ms, char room[REASONS_SPAN_SIZE])
{
    int64_t seconds = ms / 1000;
    if (seconds < 60)
        (void)snprintf(room, REASONS_SPAN_SIZE, "%" PRId64 ".%d s", seconds,
                       (int)(ms % 1000 / 100));
    else if (seconds < 3600)
        (void)snprintf(room, REASONS_SPAN_SIZE, "%" PRId64 ":%02d min", seconds / 60,
                       (int)(seconds % 60));
    else
        (void)snprintf(room, REASONS_SPAN_SIZE, "%" PRId64 ":%02d:%02d h", seconds / 3600,
                       (int)(seconds / 60 % 60), (int)(seconds % 60));
    return room;
}

const char *reasons_name(const struct usher_agent *agent)
{
    return agent->name[0] ? agent->name : agent->id;
}

void reasons_write_needs(const struct usher_floor *floor, const struct usher_class *class,
                         FILE *out)
{
    if (class->key.needs_count == 0)
        fputs("nothing special", out);
    for (size_t i = 0; i < class->key.needs_count; i++) {
        const struct usher_need *need = &class->key.needs[i];
        fprintf(out, "%s%.*s %d", i > 0 ? ", " : "",
                USHER_TEXT_ARGS(floor->rules->skills[need->skill]), need->min);
    }
}

/* What its members share: a skill, skills, a channel. */
static void write_pool(const struct usher_floor *floor, const struct usher_pool *pool, FILE *out)
{
    if (pool->kind == USHER_POOL_CHANNEL)
        fprintf(out, "%.*s",
                USHER_TEXT_ARGS(usher_channel_name((enum usher_channel)pool->channel)));
    for (uint32_t i = 0; i < pool->skills_count; i++)
        fprintf(out, "%s%.*s", i > 0 ? " with " : "",
                USHER_TEXT_ARGS(floor->rules->skills[pool->skills[i]]));
}

void reasons_print_price(const struct usher_floor *floor, const struct usher_explained_pair *pair,
                         const char *indent, FILE *out)
{
    char room[REASONS_SPAN_SIZE];
    if (pair->terms.dear_pool == SIZE_MAX || pair->terms.lend_ms == 0)
        return;
    const struct usher_pool *pool = &floor->pools[pair->terms.dear_pool];
    uint32_t tenths = (usher_pool_load_a16(pool) * 10 + 8) / 16;
    int64_t lend = pair->terms.bid.lend;
    fprintf(out, "%s%s is 1 of %" PRIu32 " free for ", indent, reasons_name(pair->agent),
            pool->open_count);
    write_pool(floor, pool, out);
    fprintf(out, ", %" PRIu32 " on duty, %" PRIu32 ".%" PRIu32 " erlangs: lending costs ",
            pool->member_count, tenths / 10, tenths % 10);
    if (lend >= 1000)
        fprintf(out, "%" PRId64 " %%", (lend + 50) / 100);
    else
        fprintf(out, "%" PRId64 ".%" PRId64 " %%", lend / 100, lend % 100 / 10);
    fprintf(out, " of a caller: %s\n", reasons_signed(pair->terms.lend_ms, room));
}

void reasons_print_ground(const struct usher_explained_pair *pair, const char *indent, FILE *out)
{
    char room[REASONS_SPAN_SIZE];
    if (pair->terms.ground_ms == 0)
        return;
    fprintf(out, "%s%s's usual contacts fit %" PRId64 " %%; half of it is held against each: %s\n",
            indent, reasons_name(pair->agent), (pair->terms.bid.ground + 5) / 10,
            reasons_signed(pair->terms.ground_ms, room));
}

static void add_term(struct table *table, int64_t ms)
{
    char room[REASONS_SPAN_SIZE];
    table_add(table, TABLE_PLAIN, "%s", reasons_signed(ms, room));
}

static void print_more(size_t count, size_t most, FILE *out)
{
    if (count > most)
        fprintf(out, "and %zu more; --json names all\n", count - most);
}

/* A last column, for the agent who served the customer before. */
static bool has_affinity(const struct usher_explanation *pairs)
{
    for (size_t i = 0; i < pairs->candidates_count; i++)
        if (pairs->pairs[i].terms.affinity_ms != 0)
            return true;
    return false;
}

void reasons_print_agents(const struct usher_explanation *agents, size_t most,
                          const struct usher_agent *chosen, struct table_style style, FILE *out)
{
    static const struct table_column columns[] = {
        {"  AGENT", false, true}, {"BID", true, false},    {"LATE", true, false},
        {"MATCH", true, false},   {"GROUND", true, false}, {"LENDING", true, false},
        {"IDLE", true, false},    {"AGAIN", true, false},
    };
    bool is_again = has_affinity(agents);
    struct table *table = table_new(columns, USHER_COUNT_OF(columns) - !is_again);
    for (size_t i = 0; i < agents->candidates_count && i < most; i++) {
        const struct usher_explained_pair *pair = &agents->pairs[i];
        const struct usher_terms *terms = &pair->terms;
        bool is_chosen = pair->agent == chosen;
        char room[REASONS_SPAN_SIZE];
        table_add(table, is_chosen ? TABLE_GREEN : TABLE_PLAIN, "%s %s", is_chosen ? ">" : " ",
                  pair->agent->id);
        table_add(table, TABLE_BOLD, "%s", reasons_signed(terms->bid.bid_ms, room));
        add_term(table, terms->bid.late_ms);
        add_term(table, terms->match_ms);
        add_term(table, terms->ground_ms);
        add_term(table, terms->lend_ms);
        add_term(table, terms->idle_ms);
        if (is_again)
            add_term(table, terms->affinity_ms);
    }
    table_print(table, style, out);
    table_free(table);
    print_more(agents->candidates_count, most, out);
}

void reasons_print_contacts(const struct usher_explanation *contacts, size_t most,
                            const struct usher_contact *chosen, enum usher_choice choice,
                            int64_t now_ms, struct table_style style, FILE *out)
{
    static const struct table_column columns[] = {
        {"  CONTACT", false, true}, {"WAITS", true, false}, {"BID", true, false},
        {"LATE", true, false},      {"MATCH", true, false}, {"LENDING", true, false},
        {"AGAIN", true, false},
    };
    bool is_again = has_affinity(contacts);
    struct table *table = table_new(columns, USHER_COUNT_OF(columns) - !is_again);
    for (size_t i = 0; i < contacts->candidates_count && i < most; i++) {
        const struct usher_explained_pair *pair = &contacts->pairs[i];
        const struct usher_terms *terms = &pair->terms;
        bool is_chosen = pair->contact == chosen;
        int64_t bid_ms =
            choice == USHER_CHOICE_BEST_PAIR ? terms->bid.bid_ms : terms->bid_of_agent_ms;
        char room[REASONS_SPAN_SIZE];
        table_add(table, is_chosen ? TABLE_GREEN : TABLE_PLAIN, "%s %s", is_chosen ? ">" : " ",
                  pair->contact->id);
        table_add(table, TABLE_PLAIN, "%s",
                  reasons_span(usher_contact_waited_ms(pair->contact, now_ms), room));
        table_add(table, TABLE_BOLD, "%s", reasons_signed(bid_ms, room));
        add_term(table, terms->bid.late_ms);
        add_term(table, terms->match_ms);
        add_term(table, terms->lend_ms);
        if (is_again)
            add_term(table, terms->affinity_ms);
    }
    table_print(table, style, out);
    table_free(table);
    print_more(contacts->candidates_count, most, out);
}
