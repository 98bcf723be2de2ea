/* What comes from Kamailio: netstrings, however they are cut; the messages in them; and the
 * commands they become, which must be such as a client could have sent, since the journal takes no
 * others. What goes there is read back. */
#include "fuzz/fuzz.h"
#include "link/kamailio_message.h"
#include "link/netstring.h"
#include "wire/json.h"

#define WRITTEN_MAX ((size_t)1 << 22)

/* Any shorter beginning of a whole netstring is a part of one. */
static void check_cuts(struct usher_text bytes, size_t taken)
{
    for (size_t length = 0; length < taken; length += 1 + length / 4) {
        struct usher_text body;
        size_t again;
        enum netstring_result result =
            netstring_read((struct usher_text){bytes.at, length}, &body, &again);
        FUZZ_REQUIRE(result == NETSTRING_PART, "%d at %zu of %zu", result, length, taken);
    }
}

static void check_written(const struct usher_bytes *written)
{
    struct usher_json_problem problem;
    struct usher_text text = usher_bytes_text(written);
    struct usher_text body;
    struct usher_bytes stream;
    size_t taken = 0;
    FUZZ_REQUIRE(usher_json_check(text, USHER_DEPTH_MAX, &problem), "%s: %.*s", problem.what,
                 USHER_TEXT_ARGS(text));
    if (text.length > NETSTRING_BODY_MAX)
        return;
    usher_bytes_init(&stream, WRITTEN_MAX);
    netstring_write(text, &stream);
    FUZZ_REQUIRE(netstring_read(usher_bytes_text(&stream), &body, &taken) == NETSTRING_WHOLE &&
                     taken == stream.length && usher_text_is_equal(body, text),
                 "a netstring of %zu", text.length);
    usher_bytes_fini(&stream);
}

/* Profiles and rules have no longer ones. */
static struct usher_text short_text(struct usher_text text)
{
    return text.length <= USHER_NAME_MAX ? text : USHER_TEXT("");
}

static void write_back(const struct kamailio_message *message, struct usher_text contact)
{
    struct usher_bytes out;
    struct kamailio_ring ring = {.call = message->call,
                                 .transaction = message->transaction,
                                 .uri = short_text(message->from),
                                 .agent = message->agent,
                                 .offer = message->offer,
                                 .contact = contact,
                                 .queue = short_text(message->to),
                                 .ring_ms = message->count};
    usher_bytes_init(&out, WRITTEN_MAX);
    kamailio_write_ring(&out, 7, &ring);
    check_written(&out);
    kamailio_write_cancel(&out, 7, message->call, message->offer);
    check_written(&out);
    kamailio_write_reject(&out, 7, message->call, message->transaction, 480, message->state);
    check_written(&out);
    kamailio_write_ask(&out, 7, USHER_TEXT("sync"), message->id);
    check_written(&out);
    usher_bytes_fini(&out);
}

static void check_command(const struct usher_command *command)
{
    static struct usher_scratch scratch;
    struct usher_command again = {0};
    struct usher_answer answer;
    struct usher_bytes line;
    usher_bytes_init(&line, WRITTEN_MAX);
    usher_command_encode(command, &line);
    FUZZ_REQUIRE(usher_command_decode(usher_bytes_text(&line), &scratch, &again, &answer) ==
                     USHER_OK,
                 "%s: %.*s", answer.message, USHER_TEXT_ARGS(usher_bytes_text(&line)));
    usher_bytes_fini(&line);
}

static void take(struct usher_text body)
{
    static struct usher_scratch scratch;
    struct kamailio_message message;
    struct usher_command command;
    char room[USHER_CONTACT_OWN_ID_MAX + 1];
    if (!kamailio_message_read(body, &scratch, &message))
        return;
    struct usher_text contact = kamailio_contact_id(message.call, room);
    FUZZ_REQUIRE(usher_text_is_id(contact), "%.*s", USHER_TEXT_ARGS(contact));
    write_back(&message, contact);
    if (kamailio_message_command(&message, contact, &command))
        check_command(&command);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct usher_text bytes = fuzz_text(data, size);
    struct usher_text body;
    size_t taken = 0;
    take(bytes); /* as a body, too: a length need not be hit by chance */
    while (netstring_read(bytes, &body, &taken) == NETSTRING_WHOLE) {
        FUZZ_REQUIRE(taken <= bytes.length && body.length < taken, "%zu taken", taken);
        check_cuts(bytes, taken);
        take(body);
        bytes.at += taken;
        bytes.length -= taken;
    }
    return 0;
}
