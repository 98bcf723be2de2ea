/* A contact's way, step by step. What the events say comes from the journal alone; why an offer was
 * made comes from the state right before it, as long as a snapshot reaches back so far. */
#include "ctl/explain.h"

#include <inttypes.h>
#include <string.h>

#include "ctl/mask.h"
#include "ctl/moment.h"
#include "ctl/reasons.h"
#include "ctl/steps.h"
#include "ctl/trail.h"
#include "wire/codec.h"

#define SHOWN_MAX  6 /* candidates; JSON has all */
#define PRICED_MAX 3
#define INDENT     "          "

struct telling {
    const struct options *options;
    const struct trail *trail;
    size_t next;          /* step to be told */
    size_t blind_count;   /* offers whose state before is not known */
    size_t strange_count; /* offers that the state before does not explain */
    bool has_told_class;  /* what the contact needs */
    struct usher_bytes json;
    struct usher_json_writer writer;
    struct usher_scratch scratch;
};

static void write_number(struct telling *telling, const char *key, int64_t number)
{
    usher_json_write_key(&telling->writer, usher_text_of(key));
    usher_json_write_int64(&telling->writer, number);
}

static void write_text(struct telling *telling, const char *key, struct usher_text text)
{
    usher_json_write_key(&telling->writer, usher_text_of(key));
    usher_json_write_text(&telling->writer, text);
}

static struct usher_text agreement_name(enum usher_agreement agreement)
{
    switch (agreement) {
    case USHER_AGREES:
        return USHER_TEXT("agrees");
    case USHER_DISAGREES_AGENT:
        return USHER_TEXT("other_agent");
    case USHER_DISAGREES_CONTACT:
        return USHER_TEXT("other_contact");
    case USHER_DISAGREES_TERMS:
        return USHER_TEXT("other_figures");
    case USHER_AGREES_NOT_ASKED:
        break;
    }
    return USHER_TEXT("no_figures");
}

static bool is_strange(enum usher_agreement agreement)
{
    return agreement != USHER_AGREES && agreement != USHER_AGREES_NOT_ASKED;
}

static void write_class(struct telling *telling, const struct usher_floor *floor,
                        const struct usher_class *class)
{
    write_text(telling, "rules", usher_text_of(floor->rules->hash));
    if (!class)
        return;
    write_number(telling, "promise_ms", class->promise_ms);
    usher_json_write_key(&telling->writer, USHER_TEXT("needs"));
    usher_json_write_open(&telling->writer, '[');
    for (size_t i = 0; i < class->key.needs_count; i++) {
        const struct usher_need *need = &class->key.needs[i];
        usher_json_write_open(&telling->writer, '{');
        write_text(telling, "skill", floor->rules->skills[need->skill]);
        write_number(telling, "min", need->min);
        write_number(telling, "weight", need->weight);
        usher_json_write_close(&telling->writer, '}');
    }
    usher_json_write_close(&telling->writer, ']');
}

static void write_offer(struct telling *telling, const struct usher_engine *engine,
                        const struct usher_explained_offer *offer)
{
    static const char *const of_agents[2] = {"candidates", "excluded"};
    static const char *const of_contacts[2] = {"contacts", "contacts_excluded"};
    const struct usher_floor *floor = usher_explain_floor(engine);
    usher_json_write_key(&telling->writer, USHER_TEXT("explanation"));
    usher_json_write_open(&telling->writer, '{');
    write_text(telling, "choice", usher_choice_name(offer->choice));
    write_text(telling, "agreement", agreement_name(offer->agreement));
    write_class(telling, floor, offer->chosen.contact->class);
    usher_json_write_key(&telling->writer, USHER_TEXT("chosen"));
    reasons_write_pair(floor, &offer->chosen, &telling->writer);
    reasons_write_json(floor, &offer->agents, of_agents, &telling->writer);
    reasons_write_json(floor, &offer->contacts, of_contacts, &telling->writer);
    usher_json_write_close(&telling->writer, '}');
}

/* What the contact needs and was promised, once. */
static void print_class(struct telling *telling, const struct usher_floor *floor,
                        const struct usher_contact *contact)
{
    char span[REASONS_SPAN_SIZE];
    char clock[REASONS_SPAN_SIZE];
    const struct usher_class *class = contact->class;
    if (telling->has_told_class || !class)
        return;
    telling->has_told_class = true;
    fputs(INDENT "needs ", stdout);
    reasons_write_needs(floor, class, stdout);
    printf("; an answer was promised within %s, until %s; rules %.12s\n",
           reasons_span(class->promise_ms, span),
           reasons_clock(contact->place_ms + class->promise_ms, clock), floor->rules->hash);
}

static void print_how(const struct usher_explained_offer *offer)
{
    size_t agents = offer->agents.candidates_count;
    size_t contacts = offer->contacts.candidates_count;
    switch (offer->choice) {
    case USHER_CHOICE_BEST_CONTACT:
        if (contacts > 1)
            printf(", who became free: the best of %zu contacts that waited\n", contacts);
        else
            puts(", who became free: no other contact waited for this agent");
        break;
    case USHER_CHOICE_BEST_PAIR:
        printf(": the best pair, of %zu agents for it and %zu contacts for the agent\n", agents,
               contacts);
        break;
    case USHER_CHOICE_BEST_AGENT:
    case USHER_CHOICE_NONE:
    case USHER_CHOICE_COUNT:
        if (agents > 1)
            printf(": the best of %zu who were free for it\n", agents);
        else
            puts(": the only one who was free for it");
        break;
    }
}

static void print_offer(struct telling *telling, const struct usher_engine *engine,
                        const struct usher_explained_offer *offer, int64_t at_ms)
{
    const struct usher_floor *floor = usher_explain_floor(engine);
    const struct usher_explained_pair *chosen = &offer->chosen;
    struct table_style style = telling->options->style;
    bool is_of_agent = offer->choice == USHER_CHOICE_BEST_CONTACT;
    print_how(offer);
    print_class(telling, floor, chosen->contact);
    if (offer->choice != USHER_CHOICE_BEST_AGENT)
        reasons_print_contacts(&offer->contacts, SHOWN_MAX, chosen->contact, offer->choice, at_ms,
                               style, stdout);
    if (!is_of_agent)
        reasons_print_agents(&offer->agents, SHOWN_MAX, chosen->agent, style, stdout);
    for (size_t i = 0; i < PRICED_MAX && i < offer->agents.candidates_count; i++)
        reasons_print_price(floor, &offer->agents.pairs[i], INDENT, stdout);
    if (offer->agents.count > offer->agents.candidates_count)
        puts(INDENT "who could not:");
    reasons_print_hurdles(floor, &offer->agents, true, INDENT "  ", stdout);
    if (is_strange(offer->agreement))
        table_print_text(INDENT
                         "The state before it does not lead to this offer. Keep the journal, "
                         "and report this: it must not be.\n",
                         0, TABLE_RED, style, stdout);
}

static void tell_offer(struct telling *telling, struct usher_engine *engine,
                       const struct usher_event *event)
{
    struct usher_explained_offer offer;
    bool is_json = telling->options->is_json;
    if (!engine || !usher_explain_offer(engine, event, &offer)) {
        telling->blind_count++;
        if (!is_json)
            steps_print_figures(event, INDENT, stdout);
        return;
    }
    telling->strange_count += is_strange(offer.agreement);
    if (is_json)
        write_offer(telling, engine, &offer);
    else
        print_offer(telling, engine, &offer, event->at_ms);
    usher_explained_offer_fini(&offer);
}

/* The next step; `engine` is the state right before it, NULL when that is not known. */
static void tell_step(struct telling *telling, struct usher_engine *engine)
{
    const struct trail_step *step = &telling->trail->steps[telling->next++];
    struct usher_text line = {step->line, step->length};
    struct usher_event event;
    struct usher_answer answer;
    if (!usher_event_decode(line, &telling->scratch, &event, &answer))
        return;
    bool is_offer = event.kind == USHER_EVENT_CONTACT_OFFERED;
    if (!telling->options->is_json) {
        const struct usher_agent *agent =
            engine ? usher_explain_find_agent(engine, event.fields.agent) : NULL;
        steps_print(&event, agent, telling->options->is_full, telling->options->style, stdout);
        if (is_offer)
            tell_offer(telling, engine, &event);
        return;
    }
    usher_json_write_open(&telling->writer, '{');
    usher_json_write_key(&telling->writer, USHER_TEXT("event"));
    telling->writer.needs_comma = true;
    if (telling->options->is_full)
        usher_bytes_append_text(&telling->json, line);
    else
        mask_line(line, &telling->json);
    if (is_offer)
        tell_offer(telling, engine, &event);
    usher_json_write_close(&telling->writer, '}');
}

static bool before(void *owner, struct usher_engine *engine, const struct usher_event *event,
                   struct usher_text line)
{
    struct telling *telling = owner;
    const struct trail *trail = telling->trail;
    (void)line;
    while (telling->next < trail->count &&
           usher_number_compare(trail->steps[telling->next].n, event->n) < 0)
        tell_step(telling, NULL);
    if (telling->next < trail->count &&
        usher_number_compare(trail->steps[telling->next].n, event->n) == 0)
        tell_step(telling, engine);
    return true;
}

static void print_place(const struct usher_engine *engine, const struct usher_contact *contact,
                        int64_t now_ms)
{
    char room[REASONS_SPAN_SIZE];
    struct usher_line_place place = usher_explain_place(engine, contact);
    printf("still waiting, for %s: %zu before it in its line, %zu wait in the queue",
           reasons_span(usher_contact_waited_ms(contact, now_ms), room), place.before_count,
           place.waiting_count);
    if (!contact->class)
        return;
    int64_t left_ms = contact->place_ms + contact->class->promise_ms - now_ms;
    printf("; the promise %s %s%s", left_ms >= 0 ? "holds for" : "ran out",
           reasons_span(left_ms >= 0 ? left_ms : -left_ms, room), left_ms >= 0 ? "" : " ago");
}

static void print_waiting(struct telling *telling, struct usher_engine *engine,
                          const struct usher_contact *contact,
                          const struct usher_explanation *agents, int64_t now_ms)
{
    const struct usher_floor *floor = usher_explain_floor(engine);
    print_place(engine, contact, now_ms);
    putchar('\n');
    print_class(telling, floor, contact);
    if (agents->candidates_count > 0) {
        fputs(INDENT "its offer is due at this moment, to the first of\n", stdout);
        reasons_print_agents(agents, SHOWN_MAX, NULL, telling->options->style, stdout);
    } else {
        puts(agents->count > 0 ? INDENT "nobody can take it now:"
                               : INDENT "no agent has a profile");
    }
    reasons_print_hurdles(floor, agents, true, INDENT "  ", stdout);
}

static void write_waiting(struct telling *telling, const struct usher_engine *engine,
                          const struct usher_contact *contact,
                          const struct usher_explanation *agents, int64_t now_ms)
{
    static const char *const names[2] = {"candidates", "excluded"};
    const struct usher_floor *floor = usher_explain_floor(engine);
    struct usher_line_place place = usher_explain_place(engine, contact);
    int64_t until_ms;
    enum usher_hurdle hurdle = usher_explain_wait(engine, contact, now_ms, &until_ms);
    write_number(telling, "waited_ms", usher_contact_waited_ms(contact, now_ms));
    write_number(telling, "before", (int64_t)place.before_count);
    write_number(telling, "waiting", (int64_t)place.waiting_count);
    if (hurdle != USHER_HURDLE_NONE)
        write_text(telling, "reason", usher_hurdle_name(hurdle));
    if (until_ms != 0)
        write_number(telling, "until_ms", until_ms);
    write_class(telling, floor, contact->class);
    if (contact->class)
        write_number(telling, "late_ms", usher_class_lateness_ms(contact->class, contact, now_ms));
    reasons_write_json(floor, agents, names, &telling->writer);
}

/* How the contact is where the fold has ended; nothing when it is gone. */
static void tell_state(struct telling *telling, struct usher_engine *engine, int64_t now_ms)
{
    char clock[REASONS_SPAN_SIZE];
    struct usher_explanation agents;
    const struct usher_contact *contact =
        usher_explain_find_contact(engine, usher_text_of(telling->trail->found));
    if (!contact)
        return;
    usher_explain_pass_time(engine, now_ms);
    if (telling->options->is_json) {
        usher_json_write_key(&telling->writer, USHER_TEXT("state"));
        usher_json_write_open(&telling->writer, '{');
        write_number(telling, "at", now_ms);
        write_text(telling, "state", usher_contact_state_name(contact->state));
        if (contact->agent)
            write_text(telling, "agent", usher_text_of(contact->agent->id));
    } else {
        printf("%s  ", reasons_clock(now_ms, clock));
    }
    if (contact->state != USHER_CONTACT_WAITING) {
        if (!telling->options->is_json)
            printf("now %.*s, with %s\n", USHER_TEXT_ARGS(usher_contact_state_name(contact->state)),
                   contact->agent ? reasons_name(contact->agent) : "nobody");
    } else if (usher_explain_contact(engine, contact, USHER_CHOICE_NONE, now_ms, &agents)) {
        if (telling->options->is_json)
            write_waiting(telling, engine, contact, &agents, now_ms);
        else
            print_waiting(telling, engine, contact, &agents, now_ms);
        usher_explanation_fini(&agents);
    }
    if (telling->options->is_json)
        usher_json_write_close(&telling->writer, '}');
}

static void begin(struct telling *telling)
{
    const struct trail *trail = telling->trail;
    char room[MOMENT_SIZE];
    if (!telling->options->is_json && trail->count > 0)
        printf("%s, %s %s\n", trail->found,
               trail->has_arrival ? "which arrived on" : "of which the journal tells from",
               moment_write(trail->steps[0].at_ms, room));
    else if (!telling->options->is_json)
        printf("%s, whose events are no longer in the journal\n", trail->found);
    if (!telling->options->is_json)
        return;
    usher_bytes_init(&telling->json, SIZE_MAX);
    usher_json_write_start(&telling->writer, &telling->json);
    usher_json_write_open(&telling->writer, '{');
    write_text(telling, "contact", usher_text_of(trail->found));
    usher_json_write_key(&telling->writer, USHER_TEXT("steps"));
    usher_json_write_open(&telling->writer, '[');
}

static void end(struct telling *telling, struct history *history, enum exit_code code)
{
    while (telling->next < telling->trail->count)
        tell_step(telling, NULL);
    if (telling->options->is_json) {
        usher_json_write_close(&telling->writer, ']');
        write_number(telling, "unexplained", (int64_t)telling->blind_count);
    }
    if (history->engine)
        tell_state(telling, history->engine, usher_engine_last_ms(history->engine));
    if (telling->options->is_json) {
        usher_json_write_close(&telling->writer, '}');
        printf("%.*s\n", USHER_TEXT_ARGS(usher_bytes_text(&telling->json)));
        usher_bytes_fini(&telling->json);
    } else if (telling->blind_count > 0 && code == EXIT_DONE) {
        char room[MOMENT_SIZE];
        printf("What led to %s before %s is no longer known: the states of that time are gone from "
               "Redis.\n",
               telling->blind_count == 1 ? "the offer" : "the offers",
               moment_write(history->known_ms, room));
    }
}

static enum exit_code refuse_several(const char *id, const char *one, const char *other)
{
    fprintf(stderr, "usherctl: several clients have a contact \"%s\"; say which, as in %s%s%s\n",
            id, one, other[0] ? " or " : "", other);
    return EXIT_REFUSED;
}

/* The journal has no event of it any more, but it may still be there. */
static enum exit_code look_in_state(struct trail *trail, const struct usher_engine *engine,
                                    const char *id)
{
    size_t count = 1;
    const struct usher_contact *contact =
        strchr(id, '/') ? usher_explain_find_contact(engine, usher_text_of(id))
                        : usher_explain_find_bare(engine, usher_text_of(id), &count);
    if (contact && count == 1) {
        memcpy(trail->found, contact->id, sizeof(trail->found));
        return EXIT_DONE;
    }
    if (contact)
        return refuse_several(id, contact->id, "");
    fprintf(stderr,
            "usherctl: the journal has no contact \"%s\"; an id is <client>/<id> as in `usherctl "
            "contacts`, or a bare one that only one client has\n",
            id);
    return EXIT_REFUSED;
}

static enum exit_code tell(const struct options *options, struct trail *trail, int64_t until_ms)
{
    static struct telling telling;
    struct history history;
    struct history_query query = {.since_ms = HISTORY_END, .until_ms = until_ms};
    enum exit_code code;
    telling = (struct telling){.options = options, .trail = trail};
    if (trail->count > 0) {
        begin(&telling);
        query.since_ms = trail->steps[0].at_ms;
        code = history_fold(options, &query, before, &telling, &history);
        end(&telling, &history, code);
    } else {
        code = history_fold(options, &query, NULL, NULL, &history);
        if (code == EXIT_DONE)
            code = look_in_state(trail, history.engine, options->arguments[0]);
        if (code == EXIT_DONE) {
            begin(&telling);
            end(&telling, &history, code);
        }
    }
    history_fini(&history);
    return telling.strange_count > 0 && code == EXIT_DONE ? EXIT_REFUSED : code;
}

enum exit_code perform_explain_contact(const struct options *options, enum usher_role role)
{
    struct trail trail;
    int64_t until_ms = HISTORY_END;
    (void)role;
    if (options->at && !moment_read_option("--at", options->at, &until_ms))
        return EXIT_USAGE;
    enum exit_code code = trail_read(&trail, options, options->arguments[0], until_ms);
    if (code == EXIT_DONE && trail.other[0])
        code = refuse_several(options->arguments[0], trail.other, trail.found);
    else if (code == EXIT_DONE)
        code = tell(options, &trail, until_ms);
    trail_fini(&trail);
    return code;
}
