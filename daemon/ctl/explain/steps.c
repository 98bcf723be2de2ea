/* Sentences. */
#include "ctl/explain/steps.h"

#include <inttypes.h>

#include "ctl/explain/reasons.h"
#include "ctl/past/moment.h"

/* "Olena Koval (olena)" */
static void print_agent(const struct usher_event *event, const struct usher_agent *agent, FILE *out)
{
    if (agent && agent->name[0])
        fprintf(out, "%s (%.*s)", agent->name, USHER_TEXT_ARGS(event->fields.agent));
    else
        fprintf(out, "%.*s", USHER_TEXT_ARGS(event->fields.agent));
}

static void print_reason(const struct usher_event *event, FILE *out)
{
    if (event->fields.reason.length > 0)
        fprintf(out, " (%.*s)", USHER_TEXT_ARGS(event->fields.reason));
}

static void print_arrival(const struct usher_fields *fields, bool is_full, FILE *out)
{
    fprintf(out, "arrived: %.*s, queue %.*s, tier %.*s", USHER_TEXT_ARGS(fields->channel),
            USHER_TEXT_ARGS(fields->queue), USHER_TEXT_ARGS(fields->tier));
    if (fields->repeat == 1)
        fputs(", again with what was answered lately", out);
    if (fields->case_id.at)
        fprintf(out, ", of the case %.*s", USHER_TEXT_ARGS(fields->case_id));
    if (fields->last_agent.at)
        fprintf(out, ", served last by %.*s", USHER_TEXT_ARGS(fields->last_agent));
    if (is_full && fields->customer.at)
        fprintf(out, ", customer %.*s", USHER_TEXT_ARGS(fields->customer));
    if (is_full && fields->from.at)
        fprintf(out, ", from %.*s", USHER_TEXT_ARGS(fields->from));
    if (is_full && fields->data.at)
        fprintf(out, ", data %.*s", USHER_TEXT_ARGS(fields->data));
    fputc('\n', out);
}

/* How an offer came to nothing. */
static void print_offer_over(const struct usher_event *event, const char *what, FILE *out)
{
    char clock[REASONS_SPAN_SIZE];
    fputs(what, out);
    print_reason(event, out);
    if (usher_fields_has(&event->fields, USHER_FIELD_UNTIL_MS))
        fprintf(out, "; not asked again before %s, unless nobody else is there",
                moment_write_near(event->fields.until_ms, event->at_ms, clock));
    fputc('\n', out);
}

static void print_wait(const struct usher_event *event, const char *what, FILE *out)
{
    char span[REASONS_SPAN_SIZE];
    fputs(what, out);
    print_reason(event, out);
    if (usher_fields_has(&event->fields, USHER_FIELD_WAITED_MS))
        fprintf(out, ", after %s", reasons_span(event->fields.waited_ms, span));
    if (usher_fields_has(&event->fields, USHER_FIELD_KEPT))
        fprintf(out, ", %s than was told", event->fields.kept ? "no later" : "later");
    fputc('\n', out);
}

static void print_until(const struct usher_event *event, const char *what, FILE *out)
{
    char clock[REASONS_SPAN_SIZE];
    fprintf(out, "%s %s", what, moment_write_near(event->fields.until_ms, event->at_ms, clock));
    print_reason(event, out);
    if (usher_fields_has(&event->fields, USHER_FIELD_ATTEMPT) &&
        usher_fields_has(&event->fields, USHER_FIELD_ATTEMPTS))
        fprintf(out, ", attempt %" PRId64 " of %" PRId64, event->fields.attempt,
                event->fields.attempts);
    fputc('\n', out);
}

static void print_offered_callback(const struct usher_fields *fields, FILE *out)
{
    char span[REASONS_SPAN_SIZE];
    fputs("the PBX may ask the caller whether to be called back: ", out);
    if (usher_fields_has(fields, USHER_FIELD_WAIT_MS))
        fprintf(out, "the wait would be %s\n", reasons_span(fields->wait_ms, span));
    else
        fputs("nobody is on duty for it\n", out);
}

static void print_dial(const struct usher_fields *fields, FILE *out)
{
    bool is_preview = usher_text_is_equal(fields->mode, USHER_TEXT("preview"));
    fputs("the PBX", out);
    if (fields->client.at)
        fprintf(out, " %.*s", USHER_TEXT_ARGS(fields->client));
    fputs(is_preview ? " is to ring the agent, then to dial the customer"
                     : " is to dial the customer",
          out);
    if (usher_fields_has(fields, USHER_FIELD_ATTEMPT))
        fprintf(out, ", attempt %" PRId64, fields->attempt);
    fputc('\n', out);
}

static void print_plain(const struct usher_event *event, const char *what, FILE *out)
{
    fputs(what, out);
    print_reason(event, out);
    fputc('\n', out);
}

/* The sentences that begin with the agent. */
static void print_of_agent(const struct usher_event *event, const struct usher_agent *agent,
                           FILE *out)
{
    print_agent(event, agent, out);
    if (event->kind == USHER_EVENT_CONTACT_ANSWERED)
        print_wait(event, " answered", out);
    else if (event->kind == USHER_EVENT_CONTACT_RINGING)
        print_plain(event, " is being rung", out);
    else if (event->kind == USHER_EVENT_OFFER_DECLINED)
        print_offer_over(event, " declined", out);
    else if (event->kind == USHER_EVENT_OFFER_FAILED)
        print_offer_over(event, " was not reached", out);
    else
        print_offer_over(event, " did not answer in time", out);
}

static void print_promise(const struct usher_event *event, FILE *out)
{
    const struct usher_fields *fields = &event->fields;
    char span[REASONS_SPAN_SIZE];
    char clock[REASONS_SPAN_SIZE];
    fprintf(out, "told: number %" PRId64 " in line", fields->position);
    if (usher_fields_has(fields, USHER_FIELD_WAIT_MAX_MS)) {
        fprintf(out, ", from %s", reasons_span(fields->wait_min_ms, span));
        fprintf(out, " to %s", reasons_span(fields->wait_max_ms, span));
    } else if (usher_fields_has(fields, USHER_FIELD_WAIT_MS)) {
        fprintf(out, ", about %s", reasons_span(fields->wait_ms, span));
    }
    if (usher_fields_has(fields, USHER_FIELD_DUE_MS))
        fprintf(out, "; kept by an answer until %s",
                moment_write_near(fields->due_ms, event->at_ms, clock));
    fputc('\n', out);
}

static void print_move(const struct usher_event *event, FILE *out)
{
    const struct usher_fields *fields = &event->fields;
    fprintf(out, "moved to queue %.*s", USHER_TEXT_ARGS(fields->queue));
    if (fields->tier.at)
        fprintf(out, ", tier %.*s", USHER_TEXT_ARGS(fields->tier));
    if (fields->skills.at)
        fprintf(out, ", to who has %.*s", USHER_TEXT_ARGS(fields->skills));
    print_reason(event, out);
    fputc('\n', out);
}

static void print_transfer(const struct usher_event *event, bool is_full, FILE *out)
{
    const struct usher_fields *fields = &event->fields;
    char clock[REASONS_SPAN_SIZE];
    fputs("transferred", out);
    if (fields->agent.at)
        fprintf(out, " by %.*s", USHER_TEXT_ARGS(fields->agent));
    if (fields->to_agent.at)
        fprintf(out, " to %.*s", USHER_TEXT_ARGS(fields->to_agent));
    if (fields->until_ms > 0)
        fprintf(out, " alone until %s, then",
                moment_write_near(fields->until_ms, event->at_ms, clock));
    fprintf(out, " to queue %.*s", USHER_TEXT_ARGS(fields->queue));
    if (fields->skills.at)
        fprintf(out, ", to who has %.*s", USHER_TEXT_ARGS(fields->skills));
    if (fields->note.at && is_full)
        fprintf(out, "; noted: %.*s", USHER_TEXT_ARGS(fields->note));
    fputc('\n', out);
}

static void print_of_contact(const struct usher_event *event, const struct usher_agent *agent,
                             bool is_full, FILE *out)
{
    if (event->kind == USHER_EVENT_CONTACT_ARRIVED) {
        print_arrival(&event->fields, is_full, out);
    } else if (event->kind == USHER_EVENT_CONTACT_PROMISED) {
        print_promise(event, out);
    } else if (event->kind == USHER_EVENT_CONTACT_MOVED) {
        print_move(event, out);
    } else if (event->kind == USHER_EVENT_CONTACT_TRANSFERRED) {
        print_transfer(event, is_full, out);
    } else if (event->kind == USHER_EVENT_CONTACT_OFFERED) {
        fputs("offered to ", out);
        print_agent(event, agent, out);
    } else if (event->kind == USHER_EVENT_CONTACT_WRAPPING) {
        print_plain(event, "the talk is over; the agent finishes the work", out);
    } else if (event->kind == USHER_EVENT_CONTACT_SCHEDULED) {
        print_until(event, "booked, to wait from", out);
    } else if (event->kind == USHER_EVENT_CALLBACK_OFFERED) {
        print_offered_callback(&event->fields, out);
    } else if (event->kind == USHER_EVENT_CONTACT_DIAL) {
        print_dial(&event->fields, out);
    } else if (event->kind == USHER_EVENT_OFFER_SETTLED) {
        print_plain(event, "its PBX rings for that offer no more", out);
    } else if (event->kind == USHER_EVENT_CONTACT_DUE) {
        print_plain(event, "its time has come: it waits in its queue", out);
    } else if (event->kind == USHER_EVENT_CONTACT_POSTPONED) {
        print_until(event, "put off until", out);
    } else if (event->kind == USHER_EVENT_CONTACT_EXPIRED) {
        print_wait(event, "nobody came to it before it had no more use", out);
    } else if (event->kind == USHER_EVENT_CONTACT_OVERFLOWED) {
        print_wait(event, "sent away", out);
    } else if (event->kind == USHER_EVENT_CONTACT_DONE) {
        print_plain(event, "done", out);
    } else if (event->kind == USHER_EVENT_CONTACT_ABANDONED) {
        bool is_given_up = event->fields.reason.length > 0;
        print_wait(event, is_given_up ? "given up" : "the customer left", out);
    } else if (event->kind == USHER_EVENT_OFFER_WITHDRAWN) {
        print_plain(event, "the offer was taken back without blame", out);
    } else if (event->kind == USHER_EVENT_CONTACT_NOTED && is_full) {
        fprintf(out, "noted: %.*s\n", USHER_TEXT_ARGS(event->fields.note));
    } else {
        print_plain(event, usher_event_row(event->kind)->sentence, out);
    }
}

static bool is_of_agent(enum usher_event_kind kind)
{
    return kind == USHER_EVENT_CONTACT_ANSWERED || kind == USHER_EVENT_CONTACT_RINGING ||
           kind == USHER_EVENT_OFFER_DECLINED || kind == USHER_EVENT_OFFER_FAILED ||
           kind == USHER_EVENT_OFFER_EXPIRED;
}

void steps_print(const struct usher_event *event, const struct usher_agent *agent, bool is_full,
                 struct table_style style, FILE *out)
{
    char clock[REASONS_SPAN_SIZE];
    table_print_text(moment_write_clock(event->at_ms, clock), 0, TABLE_DIM, style, out);
    fputs("  ", out);
    if (is_of_agent(event->kind))
        print_of_agent(event, agent, out);
    else
        print_of_contact(event, agent, is_full, out);
}

void steps_print_figures(const struct usher_event *event, const char *indent, FILE *out)
{
    const struct usher_fields *fields = &event->fields;
    char bid[REASONS_SPAN_SIZE];
    char late[REASONS_SPAN_SIZE];
    char idle[REASONS_SPAN_SIZE];
    fputc('\n', out);
    if (!usher_fields_has(fields, USHER_FIELD_BID_MS))
        return;
    fprintf(out,
            "%sbid %s: lateness %s, match %" PRId64 ".%03d, own ground %" PRId64
            ".%03d, price of lending %" PRId64 " %%, idle for %s",
            indent, reasons_signed(fields->bid_ms, bid), reasons_signed(fields->late_ms, late),
            fields->match / 1000, (int)(fields->match % 1000), fields->ground / 1000,
            (int)(fields->ground % 1000), fields->lend / 100, reasons_span(fields->idle_ms, idle));
    if (fields->affinity_ms > 0)
        fprintf(out, ", served this customer last %s", reasons_signed(fields->affinity_ms, idle));
    fputc('\n', out);
}
