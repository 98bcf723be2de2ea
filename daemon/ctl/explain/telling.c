/* What led to an offer, what a contact waits for, and how it is at the end. */
#include "ctl/explain/telling.h"

#include <string.h>

#include "ctl/explain/reasons.h"
#include "ctl/explain/steps.h"
#include "ctl/past/moment.h"

#define SHOWN_MAX     6 /* candidates; JSON has all */
#define PRICED_MAX    3
#define WAIT_SHOWN_MS 1000 /* a shorter one needs no reason */
#define INDENT        TELLING_INDENT

void telling_number(struct telling *telling, const char *key, int64_t number)
{
    usher_json_write_key(&telling->writer, usher_text_of(key));
    usher_json_write_int64(&telling->writer, number);
}

void telling_text(struct telling *telling, const char *key, struct usher_text text)
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
    telling_text(telling, "rules", usher_text_of(floor->rules->hash));
    if (!class)
        return;
    telling_number(telling, "promise_ms", class->promise_ms);
    usher_json_write_key(&telling->writer, USHER_TEXT("needs"));
    usher_json_write_open(&telling->writer, '[');
    for (size_t i = 0; i < class->key.needs_count; i++) {
        const struct usher_need *need = &class->key.needs[i];
        usher_json_write_open(&telling->writer, '{');
        telling_text(telling, "skill", floor->rules->skills[need->skill]);
        telling_number(telling, "min", need->min);
        telling_number(telling, "weight", need->weight);
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
    telling_text(telling, "choice", usher_choice_name(offer->choice));
    telling_text(telling, "agreement", agreement_name(offer->agreement));
    write_class(telling, floor, offer->chosen.contact->class);
    usher_json_write_key(&telling->writer, USHER_TEXT("chosen"));
    reasons_write_pair(floor, &offer->chosen, &telling->writer);
    reasons_write_json(floor, &offer->agents, of_agents, &telling->writer);
    reasons_write_json(floor, &offer->contacts, of_contacts, &telling->writer);
    usher_json_write_close(&telling->writer, '}');
}

/* What the contact needs and was promised, once under the same rules. */
static void print_class(struct telling *telling, const struct usher_floor *floor,
                        const struct usher_contact *contact, int64_t now_ms)
{
    char span[REASONS_SPAN_SIZE];
    char clock[REASONS_SPAN_SIZE];
    const struct usher_class *class = contact->class;
    if (!class || strcmp(telling->told_rules, floor->rules->hash) == 0)
        return;
    memcpy(telling->told_rules, floor->rules->hash, sizeof(telling->told_rules));
    fputs(INDENT "needs ", telling->out);
    reasons_write_needs(floor, class, telling->out);
    fprintf(telling->out, "; an answer was promised within %s, until %s; rules %.12s\n",
            reasons_span(class->promise_ms, span),
            moment_write_near(contact->place_ms + class->promise_ms, now_ms, clock),
            floor->rules->hash);
}

static void print_how(const struct usher_explained_offer *offer, FILE *out)
{
    size_t agents = offer->agents.candidates_count;
    size_t contacts = offer->contacts.candidates_count;
    switch (offer->choice) {
    case USHER_CHOICE_BEST_CONTACT:
        if (contacts > 1)
            fprintf(out, ", who became free: the best of %zu contacts that waited\n", contacts);
        else
            fputs(", who became free: no other contact waited for this agent\n", out);
        break;
    case USHER_CHOICE_DEFERRED:
        fprintf(out,
                ", who became free at a turn of deferred contacts: the best of those, before all "
                "others of %zu that waited\n",
                contacts);
        break;
    case USHER_CHOICE_BEST_PAIR:
        fprintf(out, ": the best pair, of %zu agents for it and %zu contacts for the agent\n",
                agents, contacts);
        break;
    case USHER_CHOICE_MEANT:
        fputs(": it was transferred to this agent\n", out);
        break;
    case USHER_CHOICE_BEST_AGENT:
    case USHER_CHOICE_NONE:
    case USHER_CHOICE_COUNT:
        if (agents > 1)
            fprintf(out, ": the best of %zu who were free for it\n", agents);
        else
            fputs(": the only one who was free for it\n", out);
        break;
    }
}

/* All that was weighed. */
static void print_weighed(struct telling *telling, const struct usher_floor *floor,
                          const struct usher_explained_offer *offer, int64_t at_ms)
{
    const struct usher_explained_pair *chosen = &offer->chosen;
    struct table_style style = telling->options->style;
    bool is_of_agent = usher_choice_is_of_agent(offer->choice);
    if (offer->choice != USHER_CHOICE_BEST_AGENT)
        reasons_print_contacts(&offer->contacts, SHOWN_MAX, chosen->contact, offer->choice, at_ms,
                               style, telling->out);
    if (!is_of_agent)
        reasons_print_agents(&offer->agents, SHOWN_MAX, chosen->agent, style, telling->out);
    if (!is_of_agent)
        reasons_print_ground(chosen, INDENT, telling->out);
    for (size_t i = 0; i < PRICED_MAX && i < offer->agents.candidates_count; i++)
        reasons_print_price(floor, &offer->agents.pairs[i], INDENT, telling->out);
    if (offer->agents.count > offer->agents.candidates_count)
        fputs(INDENT "who could not:\n", telling->out);
    reasons_print_hurdles(floor, &offer->agents, true, at_ms, INDENT "  ", telling->out);
}

static void print_offer(struct telling *telling, const struct usher_engine *engine,
                        const struct usher_explained_offer *offer, int64_t at_ms)
{
    const struct usher_floor *floor = usher_explain_floor(engine);
    print_how(offer, telling->out);
    print_class(telling, floor, offer->chosen.contact, at_ms);
    if (offer->choice != USHER_CHOICE_MEANT)
        print_weighed(telling, floor, offer, at_ms);
    if (is_strange(offer->agreement))
        table_print_text(INDENT
                         "The state before it does not lead to this offer. Keep the journal, "
                         "and report this: it must not be.\n",
                         0, TABLE_RED, telling->options->style, telling->out);
}

void telling_offer(struct telling *telling, struct usher_engine *engine,
                   const struct usher_event *event)
{
    struct usher_explained_offer offer;
    bool is_json = telling->options->is_json;
    if (!engine || !usher_explain_offer(engine, event, &offer)) {
        telling->blind_count++;
        if (!is_json)
            steps_print_figures(event, INDENT, telling->out);
        return;
    }
    telling->strange_count += is_strange(offer.agreement);
    if (is_json)
        write_offer(telling, engine, &offer);
    else
        print_offer(telling, engine, &offer, event->at_ms);
    usher_explained_offer_fini(&offer);
}

void telling_wait(struct telling *telling, struct usher_engine *engine)
{
    static const char *const names[2] = {"candidates", "excluded"};
    const struct trail *trail = telling->trail;
    int64_t wait_ms = telling->wait_ms;
    const struct usher_contact *contact =
        usher_explain_find_contact(engine, usher_text_of(trail->found));
    struct usher_explanation agents;
    telling->wait_ms = 0;
    bool is_short =
        telling->next < trail->count && trail->steps[telling->next].at_ms - wait_ms < WAIT_SHOWN_MS;
    if (telling->next == trail->count || is_short || !contact ||
        contact->state != USHER_CONTACT_WAITING ||
        !usher_explain_contact(engine, contact, USHER_CHOICE_NONE, wait_ms, &agents))
        return;
    const struct usher_floor *floor = usher_explain_floor(engine);
    if (telling->options->is_json) {
        usher_json_write_open(&telling->writer, '{');
        usher_json_write_key(&telling->writer, USHER_TEXT("wait"));
        usher_json_write_open(&telling->writer, '{');
        telling_number(telling, "at", wait_ms);
        reasons_write_json(floor, &agents, names, &telling->writer);
        usher_json_write_close(&telling->writer, '}');
        usher_json_write_close(&telling->writer, '}');
    } else {
        print_class(telling, floor, contact, wait_ms);
        fputs(INDENT "waits: nobody can take it:\n", telling->out);
        reasons_print_hurdles(floor, &agents, true, wait_ms, INDENT "  ", telling->out);
    }
    usher_explanation_fini(&agents);
}

static void print_place(const struct usher_engine *engine, const struct usher_contact *contact,
                        int64_t now_ms, FILE *out)
{
    char room[REASONS_SPAN_SIZE];
    struct usher_line_place place = usher_explain_place(engine, contact);
    fprintf(out, "still waiting, for %s: %zu before it in its line, %zu wait in the queue",
            reasons_span(usher_contact_waited_ms(contact, now_ms), room), place.before_count,
            place.waiting_count);
    if (!contact->class)
        return;
    int64_t left_ms = contact->place_ms + contact->class->promise_ms - now_ms;
    fprintf(out, "; the promise %s %s%s", left_ms >= 0 ? "holds for" : "ran out",
            reasons_span(left_ms >= 0 ? left_ms : -left_ms, room), left_ms >= 0 ? "" : " ago");
}

/* What keeps it out of line, whoever is free. */
static void print_pause(const struct usher_engine *engine, const struct usher_contact *contact,
                        int64_t now_ms, FILE *out)
{
    char clock[REASONS_SPAN_SIZE];
    int64_t until_ms;
    enum usher_hurdle hurdle = usher_explain_wait(engine, contact, now_ms, &until_ms);
    if (hurdle == USHER_HURDLE_NONE)
        return;
    fprintf(out, INDENT "in no line: %s", reasons_of_wait(hurdle));
    if (until_ms != 0)
        fprintf(out, ", until %s", moment_write_near(until_ms, now_ms, clock));
    fputc('\n', out);
}

static void print_waiting(struct telling *telling, struct usher_engine *engine,
                          const struct usher_contact *contact,
                          const struct usher_explanation *agents, int64_t now_ms)
{
    char clock[REASONS_SPAN_SIZE];
    const struct usher_floor *floor = usher_explain_floor(engine);
    if (contact->state == USHER_CONTACT_WAITING)
        print_place(engine, contact, now_ms, telling->out);
    else
        fprintf(telling->out, "now scheduled, to wait from %s",
                moment_write_near(contact->until_ms, now_ms, clock));
    fputc('\n', telling->out);
    print_pause(engine, contact, now_ms, telling->out);
    print_class(telling, floor, contact, now_ms);
    if (agents->candidates_count > 0) {
        fputs(INDENT "its offer is due at this moment, to the first of\n", telling->out);
        reasons_print_agents(agents, SHOWN_MAX, NULL, telling->options->style, telling->out);
    } else {
        fputs(agents->count > 0 ? INDENT "nobody can take it now:\n"
                                : INDENT "no agent has a profile\n",
              telling->out);
    }
    reasons_print_hurdles(floor, agents, true, now_ms, INDENT "  ", telling->out);
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
    telling_number(telling, "waited_ms", usher_contact_waited_ms(contact, now_ms));
    telling_number(telling, "before", (int64_t)place.before_count);
    telling_number(telling, "waiting", (int64_t)place.waiting_count);
    if (hurdle != USHER_HURDLE_NONE)
        telling_text(telling, "reason", usher_hurdle_name(hurdle));
    if (until_ms != 0)
        telling_number(telling, "until_ms", until_ms);
    write_class(telling, floor, contact->class);
    if (contact->class)
        telling_number(telling, "late_ms",
                       usher_class_lateness_ms(contact->class, contact, now_ms));
    reasons_write_json(floor, agents, names, &telling->writer);
}

void telling_state(struct telling *telling, struct usher_engine *engine, int64_t now_ms)
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
        telling_number(telling, "at", now_ms);
        telling_text(telling, "state", usher_contact_state_name(contact->state));
        if (contact->agent)
            telling_text(telling, "agent", usher_text_of(contact->agent->id));
    } else {
        fprintf(telling->out, "%s  ", moment_write_clock(now_ms, clock));
    }
    if (contact->state != USHER_CONTACT_WAITING && contact->state != USHER_CONTACT_SCHEDULED) {
        if (!telling->options->is_json)
            fprintf(telling->out, "now %.*s, with %s\n",
                    USHER_TEXT_ARGS(usher_contact_state_name(contact->state)),
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
