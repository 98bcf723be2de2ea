/* What is said between Kamailio and the router. What happens in Kamailio while it lists its calls
 * is held until the list is whole: a line of the list may be older than an event that overtook it,
 * never newer, so the events come after. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/sync.h"
#include "link/kamailio_link.h"
#include "link/kamailio_message.h"
#include "log.h"

#define ID_SIZE 64

/* To Kamailio. */

uint32_t kamailio_epoch(struct kamailio_link *link)
{
    uint32_t epoch = usher_engine_last_number(router_engine(link->router)).epoch;
    if (epoch > link->epoch)
        link->epoch = epoch;
    return link->epoch;
}

void kamailio_ask_sync(struct kamailio_link *link)
{
    link->is_syncing = true;
    link->wants_sync = false;
    snprintf(link->sync_id, sizeof(link->sync_id), "s%" PRIu64, ++link->sync_serial);
    kamailio_write_ask(&link->body, kamailio_epoch(link), USHER_TEXT("sync"),
                       usher_text_of(link->sync_id));
    kamailio_send(link);
}

void kamailio_ping(struct kamailio_link *link)
{
    kamailio_write_ask(&link->body, kamailio_epoch(link), USHER_TEXT("ping"), USHER_TEXT("p"));
    kamailio_send(link);
}

static void reject(struct kamailio_link *link, struct usher_text call,
                   struct usher_text transaction, int code)
{
    kamailio_write_reject(&link->body, kamailio_epoch(link), call, transaction, code,
                          USHER_NO_TEXT);
    kamailio_send(link);
}

static void reject_call(struct kamailio_link *link, const struct kamailio_call *call, int code,
                        struct usher_text notice)
{
    kamailio_write_reject(&link->body, kamailio_epoch(link), usher_text_of(call->call),
                          usher_text_of(call->transaction), code, notice);
    kamailio_send(link);
}

/* Rings the phone of call->next, which the call has. */
static void ring_next(struct kamailio_link *link, struct kamailio_call *call)
{
    struct kamailio_next *next = call->next;
    char contact[USHER_CONTACT_ID_MAX + 1];
    int length = snprintf(contact, sizeof(contact), "%s/%s", link->settings->name, call->contact);
    memcpy(call->offer, next->offer, sizeof(call->offer));
    kamailio_write_ring(&link->body, kamailio_epoch(link),
                        &(struct kamailio_ring){
                            .call = usher_text_of(call->call),
                            .transaction = usher_text_of(call->transaction),
                            .uri = usher_text_of(next->uri),
                            .agent = usher_text_of(next->agent),
                            .offer = usher_text_of(next->offer),
                            .contact = {contact, (size_t)length},
                            .queue = usher_text_of(next->queue),
                            .ring_ms = next->ring_ms,
                        });
    free(next);
    call->next = NULL;
    kamailio_send(link);
}

/* From Kamailio. */

static bool keep_transaction(struct kamailio_call *call, struct usher_text transaction)
{
    return usher_text_copy(call->transaction, sizeof(call->transaction), transaction);
}

/* The contact's row, made if there is none, with the transaction of `message`. NULL: there is no
 * room. */
static struct kamailio_call *take_call(struct kamailio_link *link, struct usher_text contact,
                                       const struct kamailio_message *message)
{
    struct kamailio_call *call = kamailio_calls_find(&link->calls, contact);
    if (!call)
        call = kamailio_calls_add(&link->calls, contact, message->call);
    if (call && !keep_transaction(call, message->transaction)) {
        kamailio_calls_remove(&link->calls, call);
        return NULL;
    }
    return call;
}

static void submit(struct kamailio_link *link, struct usher_command *command)
{
    router_submit(link->router, &link->party, command);
}

/* What happened to a call, ready to be told. */
struct happening {
    const struct kamailio_message *message;
    struct usher_text contact;
    struct kamailio_call *call; /* NULL = no row */
    struct usher_command command;
};

static void take_plain(struct kamailio_link *link, struct happening *what)
{
    submit(link, &what->command);
}

static void take_arrival(struct kamailio_link *link, struct happening *what)
{
    char id[ID_SIZE];
    const struct kamailio_message *message = what->message;
    if (what->call &&
        usher_text_is_equal(usher_text_of(what->call->transaction), message->transaction))
        return; /* the sync has named it */
    struct kamailio_call *call = take_call(link, what->contact, message);
    if (!call) {
        reject(link, message->call, message->transaction, 503);
        return;
    }
    int length = snprintf(id, sizeof(id), "a%" PRIu32 "-%zu-%" PRIu64, kamailio_epoch(link),
                          call->slot, call->serial);
    what->command.id = (struct usher_text){id, (size_t)length};
    submit(link, &what->command);
}

static void take_answer(struct kamailio_link *link, struct happening *what)
{
    if (what->call) {
        what->call->is_talking = true;
        what->call->offer[0] = '\0';
    }
    submit(link, &what->command);
}

static void take_failure(struct kamailio_link *link, struct happening *what)
{
    struct kamailio_call *call = what->call;
    struct usher_text transaction = what->message->transaction;
    submit(link, &what->command);
    if (!call)
        return;
    if (transaction.length > 0 && !keep_transaction(call, transaction))
        log_warning("Kamailio named a transaction that is too long", "link=%s contact=%s",
                    link->settings->name, call->contact);
    if (!usher_text_is_equal(usher_text_of(call->offer), what->message->offer))
        return;
    call->offer[0] = '\0';
    if (call->next)
        ring_next(link, call);
}

static void take_end(struct kamailio_link *link, struct happening *what)
{
    struct usher_command *command = &what->command;
    /* A call that failed before an agent was on it has not been served. */
    if (command->kind == USHER_COMMAND_CONTACT_END && what->call && !what->call->is_talking)
        command->kind = USHER_COMMAND_CONTACT_ABANDON;
    submit(link, command);
    if (what->call)
        kamailio_calls_remove(&link->calls, what->call);
}

static void take_refer(struct kamailio_link *link, struct happening *what)
{
    kamailio_take_refer(link, what->message, what->call, &what->command);
}

static void take_transfer(struct kamailio_link *link, struct happening *what)
{
    kamailio_take_transfer(link, what->message, what->call, &what->command);
}

/* NULL: the message tells of no call. */
static void (*const takers[KAMAILIO_MESSAGE_COUNT])(struct kamailio_link *, struct happening *) = {
    [KAMAILIO_ARRIVED] = take_arrival, [KAMAILIO_RINGING] = take_plain,
    [KAMAILIO_ANSWERED] = take_answer, [KAMAILIO_HELD] = take_plain,
    [KAMAILIO_RESUMED] = take_plain,   [KAMAILIO_FAILED] = take_failure,
    [KAMAILIO_ABANDONED] = take_end,   [KAMAILIO_ENDED] = take_end,
    [KAMAILIO_GAVE_UP] = take_end,     [KAMAILIO_GONE] = take_end,
    [KAMAILIO_REFER] = take_refer,     [KAMAILIO_TRANSFERRED] = take_transfer,
};

static void take_event(struct kamailio_link *link, const struct kamailio_message *message)
{
    char room[USHER_CONTACT_OWN_ID_MAX + 1];
    struct happening what = {.message = message};
    what.contact = kamailio_contact_id(message->call, room);
    if (!kamailio_message_command(message, what.contact, &what.command))
        return;
    what.call = kamailio_calls_find(&link->calls, what.contact);
    takers[message->kind](link, &what);
}

/* A line of the list of all calls. */
static void take_listed(struct kamailio_link *link, const struct kamailio_message *message)
{
    char room[USHER_CONTACT_OWN_ID_MAX + 1];
    struct usher_text contact = kamailio_contact_id(message->call, room);
    struct usher_command command;
    struct usher_answer answer = {.error = USHER_OK};
    if (!kamailio_message_command(message, contact, &command))
        return;
    bool is_waiting = usher_text_is_equal(message->state, USHER_TEXT("waiting"));
    if (is_waiting && message->target.length > 0)
        kamailio_set_target(link, message->target, &command.fields);
    struct kamailio_call *call = take_call(link, contact, message);
    if (!call || usher_sync_add(link->sync, &command, &answer) != USHER_OK) {
        log_warning("A call of Kamailio cannot be taken in", "link=%s contact=%s error=\"%s\"",
                    link->settings->name, room, answer.message);
        link->sync_skipped++;
        if (call)
            kamailio_calls_remove(&link->calls, call);
        if (is_waiting)
            reject(link, message->call, message->transaction, 503);
        return;
    }
    bool is_ringing = usher_text_is_equal(message->state, USHER_TEXT("ringing"));
    call->is_talking = !is_waiting && !is_ringing;
    if (!is_ringing || !usher_text_copy(call->offer, sizeof(call->offer), message->offer))
        call->offer[0] = '\0';
}

/* What happened during the sync, in its order. */
static void release_held(struct kamailio_link *link)
{
    size_t done = 0;
    struct usher_text body;
    size_t taken;
    while (link->state == KAMAILIO_UP &&
           netstring_read((struct usher_text){link->held.at + done, link->held.length - done},
                          &body, &taken) == NETSTRING_WHOLE) {
        struct kamailio_message message;
        if (kamailio_message_read(body, &link->scratch, &message))
            take_event(link, &message); /* only such were held */
        done += taken;
    }
    usher_bytes_clear(&link->held);
}

static void end_sync(struct kamailio_link *link, int64_t count)
{
    link->is_syncing = false;
    if (link->state == KAMAILIO_SYNCING) {
        link->party.ops = &kamailio_party_ops;
        link->party.role = USHER_ROLE_PBX;
        link->party.only_refers = true;
        memcpy(link->party.client, link->settings->name, sizeof(link->settings->name));
        kamailio_come_up(link);
        router_join(link->router, &link->party);
        router_submit_hello(link->router, &link->party, USHER_TEXT("hello"), USHER_NO_TEXT);
    }
    link->is_sync_submitted = true;
    router_submit_sync(link->router, &link->party, USHER_TEXT("sync"), link->sync,
                       count - link->sync_skipped);
    if (link->held.length > 0)
        release_held(link);
}

static void take_sync(struct kamailio_link *link, const struct kamailio_message *message)
{
    if (!link->is_syncing || link->is_sync_submitted ||
        !usher_text_is_equal(message->id, usher_text_of(link->sync_id)))
        return; /* somebody else asked for it */
    if (message->kind == KAMAILIO_SYNC_CONTACT) {
        take_listed(link, message);
        return;
    }
    if (message->kind == KAMAILIO_SYNC_END) {
        end_sync(link, message->count);
        return;
    }
    usher_sync_begin(link->sync);
    link->sync_skipped = 0;
    if (link->state == KAMAILIO_SYNCING &&
        !usher_text_copy(link->party.instance, sizeof(link->party.instance), message->born))
        link->party.instance[0] = '\0';
}

static void hold(struct kamailio_link *link, struct usher_text body)
{
    netstring_write(body, &link->held);
    if (link->held.is_full)
        kamailio_drop(link, "too much happens while it lists its calls");
}

void kamailio_take(struct kamailio_link *link, struct usher_text body)
{
    struct kamailio_message message;
    if (!kamailio_message_read(body, &link->scratch, &message)) {
        log_warning("Kamailio sent a message that is not understood: is its configuration of this "
                    "version?",
                    "link=%s bytes=%zu", link->settings->name, body.length);
        return;
    }
    if (message.kind == KAMAILIO_PONG)
        return;
    if (message.kind == KAMAILIO_REFUSED) {
        log_warning("Kamailio has obeyed a router of a higher epoch", "link=%s epoch=%" PRId64,
                    link->settings->name, message.epoch);
        kamailio_drop(link, "it obeys another router");
    } else if (!takers[message.kind]) {
        take_sync(link, &message);
    } else if (link->is_syncing) {
        hold(link, body);
    } else {
        take_event(link, &message);
    }
}

/* From the router. */

static struct kamailio_call *call_of(struct kamailio_link *link, struct usher_text contact)
{
    size_t prefix = strlen(link->settings->name) + 1;
    if (contact.length <= prefix)
        return NULL;
    return kamailio_calls_find(&link->calls,
                               (struct usher_text){contact.at + prefix, contact.length - prefix});
}

/* The offer came to nothing before a phone could ring. */
static void fail(struct kamailio_link *link, const struct usher_fields *fields, const char *reason)
{
    struct usher_command command = {.kind = USHER_COMMAND_CONTACT_FAIL};
    USHER_FIELDS_SET(&command.fields, CONTACT, contact, fields->contact);
    USHER_FIELDS_SET(&command.fields, OFFER, offer, fields->offer);
    USHER_FIELDS_SET(&command.fields, REASON, reason, usher_text_of(reason));
    submit(link, &command);
}

static void offered(struct kamailio_link *link, const struct usher_fields *fields)
{
    if (!usher_text_is_equal(fields->accept, USHER_TEXT("phone")))
        return;
    struct kamailio_call *call = call_of(link, fields->contact);
    if (!call) {
        log_debug("An offer is for a call that has just ended", "contact=%.*s",
                  USHER_TEXT_ARGS(fields->contact));
        return;
    }
    if (fields->phone.length == 0) {
        log_warning("An agent without a phone was offered a call", "agent=%.*s contact=%.*s",
                    USHER_TEXT_ARGS(fields->agent), USHER_TEXT_ARGS(fields->contact));
        fail(link, fields, "unreachable");
        return;
    }
    struct kamailio_next *next = calloc(1, sizeof(*next));
    if (!next || !usher_text_copy(next->offer, sizeof(next->offer), fields->offer) ||
        !usher_text_copy(next->agent, sizeof(next->agent), fields->agent) ||
        !usher_text_copy(next->uri, sizeof(next->uri), fields->phone) ||
        !usher_text_copy(next->queue, sizeof(next->queue), fields->queue)) {
        free(next);
        fail(link, fields, "error");
        return;
    }
    next->ring_ms = fields->ring_ms;
    free(call->next);
    call->next = next;
    if (!call->offer[0])
        ring_next(link, call);
}

static void taken_back(struct kamailio_link *link, const struct usher_fields *fields)
{
    struct kamailio_call *call = call_of(link, fields->contact);
    if (!call)
        return;
    if (call->next && usher_text_is_equal(usher_text_of(call->next->offer), fields->offer)) {
        free(call->next);
        call->next = NULL;
    }
    if (!usher_text_is_equal(usher_text_of(call->offer), fields->offer))
        return;
    kamailio_write_cancel(&link->body, kamailio_epoch(link), usher_text_of(call->call),
                          fields->offer);
    kamailio_send(link);
}

/* The contact has ended, or goes on without its call. */
static void sent_away(struct kamailio_link *link, const struct usher_event *event)
{
    struct kamailio_call *call = call_of(link, event->fields.contact);
    bool is_moved = event->kind == USHER_EVENT_CONTACT_MOVED;
    enum usher_channel channel = usher_channel_find(event->fields.channel);
    if (!call || call->is_talking || (is_moved && channel != USHER_CHANNEL_CALLBACK))
        return;
    reject_call(link, call, event->kind == USHER_EVENT_CONTACT_REFUSED ? 403 : 480,
                event->fields.notice);
    if (link->state == KAMAILIO_UP)
        kamailio_calls_remove(&link->calls, call);
}

static void on_event(struct router_party *party, const struct router_event *event)
{
    struct kamailio_link *link = usher_container_of(party, struct kamailio_link, party);
    struct usher_event what;
    struct usher_answer answer;
    bool is_offer = event->kind == USHER_EVENT_CONTACT_OFFERED;
    bool may_end = event->kind == USHER_EVENT_CONTACT_OVERFLOWED ||
                   event->kind == USHER_EVENT_CONTACT_REFUSED ||
                   event->kind == USHER_EVENT_CONTACT_MOVED;
    if (event->n.epoch > link->epoch)
        link->epoch = event->n.epoch;
    if (!is_offer && !may_end && event->kind != USHER_EVENT_OFFER_DECLINED &&
        event->kind != USHER_EVENT_OFFER_WITHDRAWN && event->kind != USHER_EVENT_OFFER_EXPIRED)
        return;
    if (!usher_event_decode(event->line, &link->scratch, &what, &answer)) {
        log_error("An event of our own cannot be read", "error=\"%s\"", answer.message);
        return;
    }
    if (is_offer)
        offered(link, &what.fields);
    else if (may_end)
        sent_away(link, &what);
    else
        taken_back(link, &what.fields);
}

/* An arrival that was not taken: the caller is sent away, or tried again when Redis is back. */
static void refuse_arrival(struct kamailio_link *link, struct usher_text id,
                           const struct usher_answer *answer)
{
    struct kamailio_call *call = kamailio_calls_of_arrival(&link->calls, id);
    if (!call)
        return;
    int code = kamailio_reject_code(answer->error);
    log_warning("A caller was not taken in", "contact=%s/%s error=\"%s\" status=%d",
                link->settings->name, call->contact, answer->message, code);
    if (code == 0) {
        kamailio_calls_remove(&link->calls, call);
        link->wants_sync = true;
        return;
    }
    reject_call(link, call, code, USHER_NO_TEXT);
    if (link->state == KAMAILIO_UP)
        kamailio_calls_remove(&link->calls, call);
}

/* The calls of the sync that the router did not take in. */
static void refuse_listed(struct kamailio_link *link)
{
    struct usher_text contact;
    enum usher_error error;
    for (size_t i = 0; usher_sync_refused(link->sync, i, &contact, &error); i++) {
        struct kamailio_call *call = kamailio_calls_find(&link->calls, contact);
        int code = kamailio_reject_code(error);
        if (!call || call->is_talking || code == 0)
            continue;
        log_warning("A caller was not taken in", "contact=%s/%s error=%s status=%d",
                    link->settings->name, call->contact, usher_error_code(error).at, code);
        reject_call(link, call, code, USHER_NO_TEXT);
        if (link->state != KAMAILIO_UP)
            return;
        kamailio_calls_remove(&link->calls, call);
    }
}

static void on_answer(struct router_party *party, struct usher_text id,
                      const struct usher_answer *answer, struct usher_text payload)
{
    (void)payload;
    struct kamailio_link *link = usher_container_of(party, struct kamailio_link, party);
    bool is_sync = usher_text_is_equal(id, USHER_TEXT("sync"));
    bool is_refer = id.length > 0 && id.at[0] == 'r';
    if (is_sync)
        link->is_sync_submitted = false;
    if (is_refer)
        kamailio_answer_refer(link, id, answer);
    if (answer->error == USHER_OK || is_refer)
        return;
    if (is_sync && answer->error == USHER_ERROR_LIMIT)
        refuse_listed(link);
    else if (is_sync || usher_text_is_equal(id, USHER_TEXT("hello")))
        kamailio_drop(link, answer->message);
    else if (id.length > 0 && id.at[0] == 'a')
        refuse_arrival(link, id, answer);
    else if (answer->error == USHER_ERROR_STORAGE_UNAVAILABLE || (id.length > 0 && id.at[0] == 'm'))
        link->wants_sync = true; /* what was refused, the list will tell */
    else
        log_debug("The router did not follow Kamailio", "link=%s error=\"%s\"",
                  link->settings->name, answer->message);
}

const struct router_party_ops kamailio_party_ops = {
    .answer = on_answer,
    .event = on_event,
};
