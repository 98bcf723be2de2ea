/* Transfers by an agent's phone: usherd is asked before the caller is, and the contact goes on when
 * the caller has come with the token. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "engine/explain.h"
#include "link/kamailio_link.h"
#include "link/kamailio_message.h"
#include "log.h"

#define ID_SIZE 64

/* What an agent's phone is told of its REFER. */
#define REFER_ACCEPTED 202
#define REFER_NOBODY   480
#define REFER_FAILED   500

void kamailio_set_target(struct kamailio_link *link, struct usher_text to,
                         struct usher_fields *fields)
{
    if (usher_explain_find_agent(router_engine(link->router), to))
        USHER_FIELDS_SET(fields, TO_AGENT, to_agent, to);
    else
        USHER_FIELDS_SET(fields, QUEUE, queue, to);
}

/* The id of a command about the call: a letter, then what kamailio_calls_of_arrival finds it by,
 * and which command it is, for a call may be transferred again. */
static struct usher_text write_id(struct kamailio_link *link, const struct kamailio_call *call,
                                  char letter, char room[ID_SIZE])
{
    int length = snprintf(room, ID_SIZE, "%c%" PRIu32 "-%zu-%" PRIu64 "-%" PRIu64, letter,
                          kamailio_epoch(link), call->slot, call->serial, ++link->transfer_serial);
    return (struct usher_text){room, (size_t)length};
}

static void answer_refer(struct kamailio_link *link, struct usher_text call,
                         struct usher_text transaction, int code)
{
    uint64_t chance[2] = {0};
    char token[48] = "";
    if (code == REFER_ACCEPTED && getrandom(chance, sizeof(chance), 0) != (ssize_t)sizeof(chance))
        code = REFER_FAILED;
    (void)snprintf(token, sizeof(token), "u-%016" PRIx64 "%016" PRIx64, chance[0], chance[1]);
    kamailio_write_refer(&link->body, kamailio_epoch(link), call, transaction, code,
                         usher_text_of(token));
    kamailio_send(link);
}

/* Would the transfer find anybody? Then the caller is sent to a token, and only with the INVITE to
 * that the transfer happens. */
void kamailio_take_refer(struct kamailio_link *link, const struct kamailio_message *message,
                         struct kamailio_call *call, struct usher_command *command)
{
    char id[ID_SIZE];
    struct usher_text transaction = message->transaction;
    if (!call || !usher_text_copy(call->referred, sizeof(call->referred), transaction)) {
        answer_refer(link, message->call, transaction, REFER_FAILED);
        return;
    }
    kamailio_set_target(link, message->to, &command->fields);
    USHER_FIELDS_SET(&command->fields, MODE, mode, USHER_TEXT("check"));
    command->id = write_id(link, call, 'r', id);
    router_submit(link->router, &link->party, command);
}

void kamailio_take_transfer(struct kamailio_link *link, const struct kamailio_message *message,
                            struct kamailio_call *call, struct usher_command *command)
{
    char id[ID_SIZE];
    if (!call || usher_text_is_equal(usher_text_of(call->transaction), message->transaction))
        return; /* the sync has named it */
    if (!usher_text_copy(call->transaction, sizeof(call->transaction), message->transaction))
        return;
    call->is_talking = false;
    call->offer[0] = '\0';
    kamailio_set_target(link, message->to, &command->fields);
    command->id = write_id(link, call, 'm', id);
    router_submit(link->router, &link->party, command);
}

/* Whether the transfer that a phone asks for would find anybody. */
void kamailio_answer_refer(struct kamailio_link *link, struct usher_text id,
                           const struct usher_answer *answer)
{
    struct kamailio_call *call = kamailio_calls_of_arrival(&link->calls, id);
    if (!call || !call->referred[0])
        return;
    char transaction[sizeof(call->referred)];
    memcpy(transaction, call->referred, sizeof(transaction));
    call->referred[0] = '\0';
    if (answer->error != USHER_OK)
        log_info("A transfer was refused", "contact=%s/%s error=\"%s\"", link->settings->name,
                 call->contact, answer->message);
    answer_refer(link, usher_text_of(call->call), usher_text_of(transaction),
                 answer->error == USHER_OK ? REFER_ACCEPTED : REFER_NOBODY);
}
