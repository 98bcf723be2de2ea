/* An agent: what the state is, who waits, and the decisions of the last quarter of an hour in which
 * the agent was free and another was better. */
#include <string.h>

#include "ctl/explain/explain.h"
#include "ctl/explain/reasons.h"
#include "ctl/past/history.h"
#include "ctl/past/moment.h"

#define WINDOW_MS     900000
#define WINDOW_AGO    "-15m"
#define DECISIONS_MAX 10 /* the last ones */
#define SHOWN_MAX     8

/* An offer that went to this agent or, although free for it, did not. */
struct decision {
    int64_t at_ms;
    struct usher_number n;
    char contact[USHER_CONTACT_ID_MAX + 1];
    char winner[USHER_AGENT_ID_MAX + 1];
    bool is_won;
    struct usher_terms own;
    struct usher_terms winners;
};

struct looking {
    const struct options *options;
    const char *id;
    int64_t since_ms;                         /* of the decisions; the fold may begin before */
    struct decision decisions[DECISIONS_MAX]; /* a ring */
    size_t decisions_count;
    struct usher_bytes json;
    struct usher_json_writer writer;
};

/* The n-th of those that are kept, the oldest first. */
static const struct decision *decision_at(const struct looking *looking, size_t n)
{
    size_t first =
        looking->decisions_count > DECISIONS_MAX ? looking->decisions_count - DECISIONS_MAX : 0;
    return &looking->decisions[(first + n) % DECISIONS_MAX];
}

static size_t kept_count(const struct looking *looking)
{
    return looking->decisions_count < DECISIONS_MAX ? looking->decisions_count : DECISIONS_MAX;
}

static bool before(void *owner, struct usher_engine *engine, const struct usher_event *event,
                   struct usher_text line)
{
    struct looking *looking = owner;
    struct usher_explained_pair own;
    struct usher_explained_pair other;
    (void)line;
    if (event->kind != USHER_EVENT_CONTACT_OFFERED || event->at_ms < looking->since_ms)
        return true;
    const struct usher_contact *contact = usher_explain_find_contact(engine, event->fields.contact);
    const struct usher_agent *agent = usher_explain_find_agent(engine, usher_text_of(looking->id));
    const struct usher_agent *winner = usher_explain_find_agent(engine, event->fields.agent);
    if (!contact || !agent || !winner)
        return true;
    enum usher_choice choice = usher_choice_find(event->fields.reason);
    usher_explain_pair(engine, contact, agent, choice, event->at_ms, &own);
    usher_explain_pair(engine, contact, winner, choice, event->at_ms, &other);
    if (own.hurdle != USHER_HURDLE_NONE || other.hurdle != USHER_HURDLE_NONE)
        return true;
    struct decision *decision = &looking->decisions[looking->decisions_count++ % DECISIONS_MAX];
    *decision = (struct decision){.at_ms = event->at_ms,
                                  .n = event->n,
                                  .is_won = agent == winner,
                                  .own = own.terms,
                                  .winners = other.terms};
    memcpy(decision->contact, contact->id, sizeof(decision->contact));
    memcpy(decision->winner, winner->id, sizeof(decision->winner));
    return true;
}

static void write_number(struct looking *looking, const char *key, int64_t number)
{
    usher_json_write_key(&looking->writer, usher_text_of(key));
    usher_json_write_int64(&looking->writer, number);
}

static void write_text(struct looking *looking, const char *key, struct usher_text text)
{
    usher_json_write_key(&looking->writer, usher_text_of(key));
    usher_json_write_text(&looking->writer, text);
}

static void write_channels(struct looking *looking, const struct usher_agent *agent)
{
    usher_json_write_key(&looking->writer, USHER_TEXT("channels"));
    usher_json_write_open(&looking->writer, '{');
    for (enum usher_channel channel = USHER_CHANNEL_VOICE; channel < USHER_CHANNEL_COUNT;
         channel++) {
        usher_json_write_key(&looking->writer, usher_channel_name(channel));
        usher_json_write_open(&looking->writer, '{');
        write_number(looking, "held", agent->active[channel]);
        write_number(looking, "cap", agent->cap[channel]);
        usher_json_write_key(&looking->writer, USHER_TEXT("free"));
        usher_json_write_bool(&looking->writer, (agent->open_mask >> channel) & 1);
        usher_json_write_close(&looking->writer, '}');
    }
    usher_json_write_close(&looking->writer, '}');
    usher_json_write_key(&looking->writer, USHER_TEXT("holds"));
    usher_json_write_open(&looking->writer, '[');
    usher_list_for_each (node, &agent->contacts)
        usher_json_write_text(
            &looking->writer,
            usher_text_of(usher_list_entry(node, struct usher_contact, of_agent)->id));
    usher_json_write_close(&looking->writer, ']');
}

static void write_fits(struct looking *looking, const struct usher_floor *floor,
                       const struct usher_agent *agent)
{
    const struct usher_stand *stand = &floor->stands[agent->index];
    usher_json_write_key(&looking->writer, USHER_TEXT("fits"));
    usher_json_write_open(&looking->writer, '[');
    for (uint32_t i = 0; i < stand->seats_count; i++) {
        const struct usher_class_key *key = &floor->classes[stand->seats[i].class]->key;
        usher_json_write_open(&looking->writer, '{');
        write_text(looking, "queue", floor->rules->queues[key->queue].name);
        write_text(looking, "tier", floor->rules->tiers[key->tier].name);
        write_text(looking, "channel", usher_channel_name((enum usher_channel)key->channel));
        write_number(looking, "match", stand->seats[i].match);
        usher_json_write_close(&looking->writer, '}');
    }
    usher_json_write_close(&looking->writer, ']');
}

static void write_decisions(struct looking *looking)
{
    char number[USHER_NUMBER_SIZE];
    usher_json_write_key(&looking->writer, USHER_TEXT("decisions"));
    usher_json_write_open(&looking->writer, '[');
    for (size_t i = 0; i < kept_count(looking); i++) {
        const struct decision *decision = decision_at(looking, i);
        usher_json_write_open(&looking->writer, '{');
        write_number(looking, "at", decision->at_ms);
        write_text(looking, "n", usher_number_write(decision->n, number));
        write_text(looking, "contact", usher_text_of(decision->contact));
        write_text(looking, "winner", usher_text_of(decision->winner));
        write_number(looking, "bid_ms", decision->own.bid.bid_ms);
        write_number(looking, "winner_bid_ms", decision->winners.bid.bid_ms);
        usher_json_write_close(&looking->writer, '}');
    }
    usher_json_write_close(&looking->writer, ']');
}

static void show_json(struct looking *looking, const struct usher_engine *engine,
                      const struct usher_agent *agent, const struct usher_explanation *contacts,
                      int64_t now_ms)
{
    static const char *const names[2] = {"contacts", "contacts_excluded"};
    const struct usher_floor *floor = usher_explain_floor(engine);
    usher_bytes_init(&looking->json, SIZE_MAX);
    usher_json_write_start(&looking->writer, &looking->json);
    usher_json_write_open(&looking->writer, '{');
    write_text(looking, "agent", usher_text_of(agent->id));
    write_number(looking, "at", now_ms);
    write_text(looking, "state", usher_agent_state_name(agent->state));
    if (agent->reason[0])
        write_text(looking, "reason", usher_text_of(agent->reason));
    if (agent->desk_state != USHER_DESK_NONE)
        write_text(looking, "desk", usher_desk_state_name(agent->desk_state));
    if (agent->leaving_to != USHER_AGENT_NONE)
        write_text(looking, "then", usher_agent_state_name(agent->leaving_to));
    write_text(looking, "phone", usher_phone_state_name(agent->phone_state));
    write_number(looking, "since_ms", agent->since_ms);
    write_number(looking, "idle_since_ms", agent->idle_since_ms);
    write_text(looking, "rules", usher_text_of(floor->rules->hash));
    write_channels(looking, agent);
    write_fits(looking, floor, agent);
    reasons_write_json(floor, contacts, names, &looking->writer);
    write_decisions(looking);
    usher_json_write_close(&looking->writer, '}');
    printf("%.*s\n", USHER_TEXT_ARGS(usher_bytes_text(&looking->json)));
    usher_bytes_fini(&looking->json);
}

static void print_state(const struct usher_agent *agent, int64_t now_ms)
{
    char room[MOMENT_SIZE];
    char span[REASONS_SPAN_SIZE];
    printf("%s (%s) at %s: ", reasons_name(agent), agent->id, moment_write(now_ms, room));
    if (agent->state == USHER_AGENT_SIGNED_OUT)
        fputs("signed out", stdout);
    else
        printf("%s%s%s for %s", agent->state == USHER_AGENT_READY ? "ready" : "not ready",
               agent->reason[0] ? ": " : "", agent->reason,
               reasons_span(now_ms - agent->since_ms, span));
    if (agent->leaving_to != USHER_AGENT_NONE)
        printf(", %s after the contacts in hand",
               agent->leaving_to == USHER_AGENT_SIGNED_OUT ? "signs out" : "takes a break");
    if (agent->desk_state == USHER_DESK_LOST)
        fputs(", the desk is lost", stdout);
    if (agent->phone_state != USHER_PHONE_IDLE)
        printf(", the phone is %.*s", USHER_TEXT_ARGS(usher_phone_state_name(agent->phone_state)));
    if (agent->phone_until_ms)
        printf(" until %s", moment_write_near(agent->phone_until_ms, now_ms, span));
    if (agent->open_mask && usher_list_is_empty(&agent->contacts))
        printf(", idle for %s", reasons_span(now_ms - agent->idle_since_ms, span));
    putchar('\n');
}

static void print_holds(const struct usher_agent *agent)
{
    fputs("holds", stdout);
    for (enum usher_channel channel = USHER_CHANNEL_VOICE; channel < USHER_CHANNEL_COUNT; channel++)
        if (agent->cap[channel] > 0)
            printf(" %d of %d %.*s,", agent->active[channel], agent->cap[channel],
                   USHER_TEXT_ARGS(usher_channel_name(channel)));
    if (usher_list_is_empty(&agent->contacts))
        fputs(" no contact", stdout);
    usher_list_for_each (node, &agent->contacts) {
        const struct usher_contact *contact =
            usher_list_entry(node, struct usher_contact, of_agent);
        printf(" %s (%.*s)", contact->id,
               USHER_TEXT_ARGS(usher_contact_state_name(contact->state)));
    }
    putchar('\n');
}

/* Of the classes that the rules and the contacts have brought so far, those that the agent fits: a
 * queue once, by the best of its matches. */
static void print_fits(const struct usher_floor *floor, const struct usher_agent *agent)
{
    const struct usher_stand *stand = &floor->stands[agent->index];
    size_t count = 0;
    for (size_t queue = 0; queue < floor->rules->queues_count; queue++) {
        int best = -1;
        for (uint32_t i = 0; i < stand->seats_count; i++)
            if (floor->classes[stand->seats[i].class]->key.queue == queue &&
                stand->seats[i].match > best)
                best = stand->seats[i].match;
        if (best >= 0)
            printf("%s %.*s %d %%", count++ > 0 ? "," : "fits",
                   USHER_TEXT_ARGS(floor->rules->queues[queue].name), (best + 5) / 10);
    }
    puts(count > 0 ? " of the contacts seen so far" : "fits none of the contacts seen so far");
}

static void print_waiting(const struct looking *looking, const struct usher_engine *engine,
                          const struct usher_explanation *contacts, int64_t now_ms)
{
    if (contacts->count == 0)
        puts("\nNobody waits.");
    else if (contacts->candidates_count > 0)
        printf("\nOf %zu who wait, %zu are due to be offered at this moment:\n", contacts->count,
               contacts->candidates_count);
    else
        printf("\nNobody of %zu who wait can be offered:\n", contacts->count);
    if (contacts->candidates_count > 0)
        reasons_print_contacts(contacts, SHOWN_MAX, NULL, USHER_CHOICE_BEST_CONTACT, now_ms,
                               looking->options->style, stdout);
    reasons_print_hurdles(usher_explain_floor(engine), contacts, false, now_ms, "  ", stdout);
}

/* The term by which the winner was ahead most. */
static const char *main_reason(const struct decision *decision, char *room, size_t size)
{
    const struct usher_terms *own = &decision->own;
    const struct usher_terms *other = &decision->winners;
    const struct {
        const char *name;
        int64_t ms;
    } terms[] = {{"match", own->match_ms - other->match_ms},
                 {"own ground", own->ground_ms - other->ground_ms},
                 {"lending", own->lend_ms - other->lend_ms},
                 {"idle time", own->idle_ms - other->idle_ms}};
    char span[REASONS_SPAN_SIZE];
    size_t worst = 0;
    if (own->bid.bid_ms == other->bid.bid_ms)
        return "equal; longer idle comes first";
    for (size_t i = 1; i < USHER_COUNT_OF(terms); i++)
        if (terms[i].ms < terms[worst].ms)
            worst = i;
    (void)snprintf(room, size, "%s %s", terms[worst].name, reasons_signed(terms[worst].ms, span));
    return room;
}

static void print_decisions(const struct looking *looking)
{
    static const struct table_column columns[] = {
        {"TIME", false, false},   {"CONTACT", false, true},  {"WENT TO", false, true},
        {"OWN BID", true, false}, {"WINNER'S", true, false}, {"MOSTLY", false, true},
    };
    struct table *table = table_new(columns, USHER_COUNT_OF(columns));
    char room[64];
    for (size_t i = 0; i < kept_count(looking); i++) {
        const struct decision *decision = decision_at(looking, i);
        enum table_colour colour = decision->is_won ? TABLE_GREEN : TABLE_PLAIN;
        table_add(table, TABLE_DIM, "%s", moment_write_clock(decision->at_ms, room));
        table_add(table, TABLE_PLAIN, "%s", decision->contact);
        table_add(table, colour, "%s", decision->winner);
        table_add(table, TABLE_PLAIN, "%s", reasons_signed(decision->own.bid.bid_ms, room));
        table_add(table, TABLE_PLAIN, "%s", reasons_signed(decision->winners.bid.bid_ms, room));
        table_add(table, TABLE_PLAIN, "%s",
                  decision->is_won ? "" : main_reason(decision, room, sizeof(room)));
    }
    table_print(table, looking->options->style, stdout);
    table_free(table);
}

static void show(const struct looking *looking, const struct usher_engine *engine,
                 const struct usher_agent *agent, const struct usher_explanation *contacts,
                 int64_t now_ms)
{
    print_state(agent, now_ms);
    print_holds(agent);
    print_fits(usher_explain_floor(engine), agent);
    print_waiting(looking, engine, contacts, now_ms);
    if (looking->decisions_count == 0) {
        puts("\nNo offer of the 15 minutes before was one for this agent.");
        return;
    }
    puts("\nThe last offers of 15 minutes for which the agent was free:");
    print_decisions(looking);
}

static enum exit_code look(struct looking *looking, struct usher_engine *engine)
{
    struct usher_explanation contacts;
    int64_t now_ms = usher_engine_last_ms(engine);
    const struct usher_agent *agent = usher_explain_find_agent(engine, usher_text_of(looking->id));
    if (!agent || !usher_engine_rules(engine)) {
        fprintf(stderr,
                "usherctl: there was no agent \"%s\" then; `usherctl agents` lists those of now\n",
                looking->id);
        return EXIT_REFUSED;
    }
    usher_explain_pass_time(engine, now_ms);
    if (!usher_explain_agent(engine, agent, USHER_CHOICE_NONE, now_ms, &contacts))
        return EXIT_REFUSED;
    if (looking->options->is_json)
        show_json(looking, engine, agent, &contacts, now_ms);
    else
        show(looking, engine, agent, &contacts, now_ms);
    usher_explanation_fini(&contacts);
    return EXIT_DONE;
}

enum exit_code perform_explain_agent(const struct options *options, enum usher_role role)
{
    struct looking looking = {.options = options, .id = options->arguments[0]};
    struct history history;
    struct history_query query = {.until_ms = HISTORY_END};
    (void)role;
    if (!moment_read_at(options->at ? options->at : WINDOW_AGO, &query.since_ms))
        return EXIT_USAGE;
    if (options->at) {
        query.until_ms = query.since_ms;
        query.since_ms -= WINDOW_MS;
    }
    looking.since_ms = query.since_ms;
    enum exit_code code = history_fold(options, &query, before, &looking, &history);
    if (code == EXIT_DONE)
        code = look(&looking, history.engine);
    history_fini(&history);
    return code;
}
