/* Messages of Kamailio to commands of ours, and back. What each message must have and what it makes
 * stands in `rows`; how each field is read stands in `fields`. */
#include "link/kamailio_message.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/hash.h"
#include "model/channel.h"
#include "wire/json.h"
#include "wire/members.h"

#define MESSAGE_DEPTH_MAX 2
/* What the fields of that name take (model/fields.h). */
#define NUMBER_BYTES_MAX 256
#define OFFER_BYTES_MAX  32
#define STATE_BYTES_MAX  16

enum field {
    CALL,
    TRANSACTION,
    STATE,
    AGENT,
    OFFER,
    FROM,
    TO,
    ID,
    BORN,
    SINCE,
    CODE,
    REPLIED,
    COUNT,
    EPOCH,
    TARGET,
};
#define BIT(FIELD) (1u << (FIELD))

#define ROW(FIELD, name_, member, is_number_)                                                      \
    [FIELD] = {{(name_), sizeof(name_) - 1}, offsetof(struct kamailio_message, member), is_number_}
static const struct {
    struct usher_text name;
    size_t offset;
    bool is_number;
} fields[] = {
    ROW(CALL, "call", call, false),
    ROW(TRANSACTION, "t", transaction, false),
    ROW(STATE, "state", state, false),
    ROW(AGENT, "agent", agent, false),
    ROW(OFFER, "offer", offer, false),
    ROW(FROM, "from", from, false),
    ROW(TO, "to", to, false),
    ROW(ID, "id", id, false),
    ROW(BORN, "born", born, false),
    ROW(SINCE, "since", since, false),
    ROW(CODE, "code", code, true),
    ROW(REPLIED, "replied", replied, true),
    ROW(COUNT, "count", count, true),
    ROW(EPOCH, "epoch", epoch, true),
    ROW(TARGET, "target", target, false),
};
#undef ROW

/* What a message is called, must have, and makes; NONE makes no command. */
static const struct {
    const char *name;
    unsigned needed;
    enum usher_command_kind command;
} rows[KAMAILIO_MESSAGE_COUNT] = {
    [KAMAILIO_ARRIVED] = {"arrived", BIT(CALL) | BIT(TRANSACTION), USHER_COMMAND_CONTACT_ARRIVE},
    [KAMAILIO_RINGING] = {"ringing", BIT(CALL) | BIT(OFFER), USHER_COMMAND_CONTACT_RING},
    [KAMAILIO_ANSWERED] = {"answered", BIT(CALL) | BIT(OFFER), USHER_COMMAND_CONTACT_ANSWER},
    [KAMAILIO_HELD] = {"held", BIT(CALL), USHER_COMMAND_CONTACT_HOLD},
    [KAMAILIO_RESUMED] = {"resumed", BIT(CALL), USHER_COMMAND_CONTACT_RESUME},
    [KAMAILIO_FAILED] = {"failed", BIT(CALL) | BIT(OFFER) | BIT(CODE), USHER_COMMAND_CONTACT_FAIL},
    [KAMAILIO_ABANDONED] = {"abandoned", BIT(CALL), USHER_COMMAND_CONTACT_ABANDON},
    [KAMAILIO_ENDED] = {"ended", BIT(CALL), USHER_COMMAND_CONTACT_END},
    [KAMAILIO_GAVE_UP] = {"gave_up", BIT(CALL), USHER_COMMAND_CONTACT_ABANDON},
    [KAMAILIO_REFER] = {"refer", BIT(CALL) | BIT(TRANSACTION) | BIT(TO),
                        USHER_COMMAND_CONTACT_TRANSFER},
    [KAMAILIO_TRANSFERRED] = {"transferred", BIT(CALL) | BIT(TRANSACTION) | BIT(TO),
                              USHER_COMMAND_CONTACT_TRANSFER},
    [KAMAILIO_GONE] = {"gone", BIT(CALL), USHER_COMMAND_CONTACT_ABANDON},
    [KAMAILIO_SYNC_BEGIN] = {"sync.begin", BIT(ID), USHER_COMMAND_NONE},
    [KAMAILIO_SYNC_CONTACT] = {"sync.contact", BIT(ID) | BIT(CALL) | BIT(TRANSACTION) | BIT(STATE),
                               USHER_COMMAND_SYNC_CONTACT},
    [KAMAILIO_SYNC_END] = {"sync.end", BIT(ID) | BIT(COUNT), USHER_COMMAND_NONE},
    [KAMAILIO_REFUSED] = {"refused", BIT(EPOCH), USHER_COMMAND_NONE},
    [KAMAILIO_PONG] = {"pong", 0, USHER_COMMAND_NONE},
};

/* What SIP's status says of the phone; the first that fits. */
static const struct {
    int64_t from;
    int64_t to;
    const char *reason;
} reasons[] = {
    {486, 486, "busy"},        {600, 600, "busy"},        {408, 408, "no_answer"},
    {487, 487, "no_answer"},   {603, 603, "rejected"},    {403, 403, "rejected"},
    {404, 404, "unreachable"}, {410, 410, "unreachable"}, {480, 480, "unreachable"},
    {484, 484, "unreachable"}, {502, 504, "unreachable"}, {604, 604, "unreachable"},
};

static const struct {
    enum usher_error error;
    int code;
} rejects[] = {
    {USHER_ERROR_NO_QUEUE, 480},  {USHER_ERROR_LIMIT, 503},       {USHER_ERROR_CONTACT_EXISTS, 482},
    {USHER_ERROR_BAD_FIELD, 400}, {USHER_ERROR_WRONG_STATE, 480},
};

/* Reading. */

static enum kamailio_message_kind find_kind(struct usher_text name)
{
    for (int kind = 1; kind < KAMAILIO_MESSAGE_COUNT; kind++)
        if (usher_text_is_equal(name, usher_text_of(rows[kind].name)))
            return (enum kamailio_message_kind)kind;
    return KAMAILIO_NONE;
}

static bool read_field(struct usher_json *json, size_t field, struct kamailio_message *message)
{
    void *place = (char *)message + fields[field].offset;
    if (fields[field].is_number)
        return usher_json_read_int64(json, place);
    return usher_json_read_text(json, place);
}

static bool read_member(struct usher_json *json, struct usher_text key,
                        struct kamailio_message *message, unsigned *present)
{
    struct usher_text name;
    if (usher_text_is_equal(key, USHER_TEXT("ev"))) {
        if (!usher_json_read_text(json, &name))
            return false;
        message->kind = find_kind(name);
        return true;
    }
    for (size_t i = 0; i < USHER_COUNT_OF(fields); i++)
        if (usher_text_is_equal(key, fields[i].name)) {
            *present |= BIT(i);
            return read_field(json, i, message);
        }
    usher_json_skip(json);
    return true;
}

static bool is_fit(struct usher_text text, size_t bytes_max)
{
    return text.length <= bytes_max && usher_members_is_clean(text);
}

bool kamailio_message_read(struct usher_text body, struct usher_scratch *scratch,
                           struct kamailio_message *message)
{
    struct usher_json_problem problem;
    struct usher_json json;
    struct usher_text key;
    unsigned present = 0;
    *message = (struct kamailio_message){.kind = KAMAILIO_NONE};
    if (body.length > sizeof(scratch->bytes) ||
        !usher_json_check(body, MESSAGE_DEPTH_MAX, &problem))
        return false;
    usher_json_start(&json, body, scratch->bytes, sizeof(scratch->bytes));
    if (usher_json_peek(&json) != USHER_JSON_OBJECT || !usher_json_enter(&json))
        return false;
    while (usher_json_next_key(&json, &key))
        if (!read_member(&json, key, message, &present))
            return false;
    unsigned needed = rows[message->kind].needed;
    return message->kind != KAMAILIO_NONE && (present & needed) == needed &&
           (!(needed & BIT(CALL)) || message->call.length > 0) &&
           is_fit(message->offer, OFFER_BYTES_MAX) && is_fit(message->state, STATE_BYTES_MAX);
}

/* Translating. */

struct usher_text kamailio_contact_id(struct usher_text call,
                                      char room[USHER_CONTACT_OWN_ID_MAX + 1])
{
    static const struct usher_hash_seed seed = {UINT64_C(0x7573686572206b61),
                                                UINT64_C(0x6d61696c696f2031)};
    if (usher_text_is_id(call) && usher_text_copy(room, USHER_CONTACT_OWN_ID_MAX + 1, call))
        return (struct usher_text){room, call.length};
    int length = snprintf(room, USHER_CONTACT_OWN_ID_MAX + 1, "h-%016" PRIx64,
                          usher_hash(seed, call.at, call.length));
    return (struct usher_text){room, (size_t)length};
}

/* "1763745600.123456", seconds and microseconds; 0 when it is not of this form. */
static int64_t read_since_ms(struct usher_text since)
{
    size_t point = 0;
    int64_t seconds;
    int64_t thousandths = 0;
    while (point < since.length && since.at[point] != '.')
        point++;
    if (point > 12 || !usher_text_read_int64((struct usher_text){since.at, point}, &seconds) ||
        seconds < 0)
        return 0;
    for (size_t at = point + 1; at <= point + 3; at++) {
        int digit = at < since.length ? since.at[at] - '0' : 0;
        if (digit < 0 || digit > 9)
            return 0;
        thousandths = thousandths * 10 + digit;
    }
    return seconds * 1000 + thousandths;
}

/* A caller may call himself what he likes, and is served: what is too long is cut at a character's
 * border, what has control characters is none. */
static struct usher_text fit_number(struct usher_text number)
{
    if (!usher_members_is_clean(number))
        return USHER_NO_TEXT;
    if (number.length <= NUMBER_BYTES_MAX)
        return number;
    number.length = NUMBER_BYTES_MAX;
    while (number.length > 0 && ((unsigned char)number.at[number.length] & 0xc0) == 0x80)
        number.length--;
    return number;
}

static void add_arrival(struct usher_fields *out, const struct kamailio_message *message)
{
    int64_t since_ms = read_since_ms(message->since);
    struct usher_text from = fit_number(message->from);
    struct usher_text to = fit_number(message->to);
    USHER_FIELDS_SET(out, CHANNEL, channel, usher_channel_name(USHER_CHANNEL_VOICE));
    if (from.length > 0)
        USHER_FIELDS_SET(out, FROM, from, from);
    if (to.length > 0)
        USHER_FIELDS_SET(out, TO, to, to);
    if (since_ms > 0)
        USHER_FIELDS_SET(out, SINCE_MS, since_ms, since_ms);
}

static void add_agent(struct usher_fields *out, const struct kamailio_message *message)
{
    if (usher_text_is_id(message->agent) && message->agent.length <= USHER_AGENT_ID_MAX)
        USHER_FIELDS_SET(out, AGENT, agent, message->agent);
}

bool kamailio_message_command(const struct kamailio_message *message, struct usher_text contact,
                              struct usher_command *command)
{
    struct usher_fields *out = &command->fields;
    *command = (struct usher_command){.kind = rows[message->kind].command};
    if (command->kind == USHER_COMMAND_NONE)
        return false;
    USHER_FIELDS_SET(out, CONTACT, contact, contact);
    if (message->kind == KAMAILIO_ARRIVED || message->kind == KAMAILIO_SYNC_CONTACT)
        add_arrival(out, message);
    if (message->kind == KAMAILIO_SYNC_CONTACT)
        USHER_FIELDS_SET(out, STATE, state, message->state);
    if (message->kind == KAMAILIO_SYNC_CONTACT || message->kind == KAMAILIO_ANSWERED)
        add_agent(out, message);
    if (rows[message->kind].needed & BIT(OFFER) ||
        (message->kind == KAMAILIO_SYNC_CONTACT && message->offer.length > 0))
        USHER_FIELDS_SET(out, OFFER, offer, message->offer);
    if (message->kind == KAMAILIO_FAILED)
        USHER_FIELDS_SET(out, REASON, reason,
                         kamailio_fail_reason(message->code, message->replied != 0));
    return true;
}

struct usher_text kamailio_fail_reason(int64_t code, bool has_replied)
{
    if (code == 408 && !has_replied)
        return USHER_TEXT("unreachable");
    for (size_t i = 0; i < USHER_COUNT_OF(reasons); i++)
        if (code >= reasons[i].from && code <= reasons[i].to)
            return usher_text_of(reasons[i].reason);
    return USHER_TEXT("error");
}

int kamailio_reject_code(enum usher_error error)
{
    for (size_t i = 0; i < USHER_COUNT_OF(rejects); i++)
        if (rejects[i].error == error)
            return rejects[i].code;
    return 0;
}

/* Writing. */

static void write_member(struct usher_json_writer *writer, struct usher_text name,
                         struct usher_text value)
{
    usher_json_write_key(writer, name);
    usher_json_write_text(writer, value);
}

static void begin(struct usher_json_writer *writer, struct usher_bytes *out, struct usher_text name,
                  uint32_t epoch)
{
    usher_bytes_clear(out);
    usher_json_write_start(writer, out);
    usher_json_write_open(writer, '{');
    write_member(writer, USHER_TEXT("do"), name);
    usher_json_write_key(writer, USHER_TEXT("epoch"));
    usher_json_write_int64(writer, epoch);
}

/* Appends `text` without control characters: it will stand in a SIP header. */
static void write_clean(struct usher_json_writer *writer, struct usher_text name,
                        struct usher_text text)
{
    char room[USHER_CONTACT_ID_MAX];
    size_t length = 0;
    for (size_t i = 0; i < text.length && length < sizeof(room); i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (byte >= 0x20 && byte != 0x7f)
            room[length++] = text.at[i];
    }
    write_member(writer, name, (struct usher_text){room, length});
}

void kamailio_write_ring(struct usher_bytes *out, uint32_t epoch, const struct kamailio_ring *ring)
{
    struct usher_json_writer writer;
    begin(&writer, out, USHER_TEXT("ring"), epoch);
    write_member(&writer, USHER_TEXT("call"), ring->call);
    write_member(&writer, USHER_TEXT("t"), ring->transaction);
    write_member(&writer, USHER_TEXT("offer"), ring->offer);
    write_member(&writer, USHER_TEXT("agent"), ring->agent);
    write_clean(&writer, USHER_TEXT("uri"), ring->uri);
    write_clean(&writer, USHER_TEXT("contact"), ring->contact);
    write_clean(&writer, USHER_TEXT("queue"), ring->queue);
    usher_json_write_key(&writer, USHER_TEXT("ring"));
    usher_json_write_int64(&writer, ring->ring_ms);
    usher_json_write_close(&writer, '}');
}

void kamailio_write_cancel(struct usher_bytes *out, uint32_t epoch, struct usher_text call,
                           struct usher_text offer)
{
    struct usher_json_writer writer;
    begin(&writer, out, USHER_TEXT("cancel"), epoch);
    write_member(&writer, USHER_TEXT("call"), call);
    write_member(&writer, USHER_TEXT("offer"), offer);
    usher_json_write_close(&writer, '}');
}

/* What a transaction of the call is answered with. */
static void write_answer(struct usher_json_writer *writer, struct usher_text call,
                         struct usher_text transaction, int code)
{
    write_member(writer, USHER_TEXT("call"), call);
    write_member(writer, USHER_TEXT("t"), transaction);
    usher_json_write_key(writer, USHER_TEXT("code"));
    usher_json_write_int64(writer, code);
}

void kamailio_write_reject(struct usher_bytes *out, uint32_t epoch, struct usher_text call,
                           struct usher_text transaction, int code, struct usher_text notice)
{
    struct usher_json_writer writer;
    begin(&writer, out, USHER_TEXT("reject"), epoch);
    write_answer(&writer, call, transaction, code);
    if (notice.length > 0)
        write_clean(&writer, USHER_TEXT("notice"), notice);
    usher_json_write_close(&writer, '}');
}

void kamailio_write_refer(struct usher_bytes *out, uint32_t epoch, struct usher_text call,
                          struct usher_text transaction, int code, struct usher_text token)
{
    struct usher_json_writer writer;
    begin(&writer, out, USHER_TEXT("refer"), epoch);
    write_answer(&writer, call, transaction, code);
    write_member(&writer, USHER_TEXT("token"), token);
    usher_json_write_close(&writer, '}');
}

void kamailio_write_ask(struct usher_bytes *out, uint32_t epoch, struct usher_text name,
                        struct usher_text id)
{
    struct usher_json_writer writer;
    begin(&writer, out, name, epoch);
    write_member(&writer, USHER_TEXT("id"), id);
    usher_json_write_close(&writer, '}');
}
