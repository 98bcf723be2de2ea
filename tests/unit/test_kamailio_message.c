#include "link/kamailio_message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

static struct usher_scratch scratch;
static struct kamailio_message message;
static struct usher_command command;
static char room[USHER_CONTACT_OWN_ID_MAX + 1];

static bool read_message(const char *text)
{
    return kamailio_message_read(usher_text_of(text), &scratch, &message);
}

static bool translate(const char *text)
{
    return read_message(text) &&
           kamailio_message_command(&message, kamailio_contact_id(message.call, room), &command);
}

#define CHECK_TEXT(text, wanted) ck_assert(usher_text_is_equal((text), USHER_TEXT(wanted)))

START_TEST(arrival_becomes_contact_arrive)
{
    ck_assert(translate(
        "{\"ev\":\"arrived\",\"call\":\"a1@h\",\"t\":\"7:8\",\"from\":\"380\",\"to\":\"hotline\","
        "\"since\":\"1763745600.123456\"}"));
    ck_assert_int_eq(command.kind, USHER_COMMAND_CONTACT_ARRIVE);
    CHECK_TEXT(command.fields.contact, "a1@h");
    CHECK_TEXT(command.fields.channel, "voice");
    CHECK_TEXT(command.fields.from, "380");
    CHECK_TEXT(command.fields.to, "hotline");
    ck_assert_int_eq(command.fields.since_ms, INT64_C(1763745600123));
    CHECK_TEXT(message.transaction, "7:8");
}
END_TEST

START_TEST(anonymous_arrival_has_no_from)
{
    ck_assert(translate("{\"ev\":\"arrived\",\"call\":\"a1\",\"t\":\"7:8\",\"from\":\"\",\"to\":"
                        "\"\",\"since\":\"?\"}"));
    ck_assert(!usher_fields_has(&command.fields, USHER_FIELD_FROM));
    ck_assert(!usher_fields_has(&command.fields, USHER_FIELD_TO));
    ck_assert(!usher_fields_has(&command.fields, USHER_FIELD_SINCE_MS));
}
END_TEST

START_TEST(number_longer_than_the_journal_takes_is_cut_at_a_character)
{
    char text[2048];
    int length = snprintf(text, sizeof(text),
                          "{\"ev\":\"arrived\",\"call\":\"a1\",\"t\":\"7:8\","
                          "\"since\":\"1.5\",\"to\":\"100\",\"from\":\"+");
    for (int i = 0; i < 200; i++)
        length += snprintf(text + length, sizeof(text) - (size_t)length, "\xc3\xa9");
    snprintf(text + length, sizeof(text) - (size_t)length, "\"}");
    ck_assert(translate(text));
    ck_assert_uint_eq(command.fields.from.length, 255);
    CHECK_TEXT(command.fields.to, "100");
}
END_TEST

START_TEST(what_no_client_could_say_is_left_out_or_refused)
{
    ck_assert(
        translate("{\"ev\":\"arrived\",\"call\":\"a1\",\"t\":\"7:8\",\"from\":\"a\\nb\",\"to\":"
                  "\"\\u0085\",\"since\":\"?\"}"));
    ck_assert(!usher_fields_has(&command.fields, USHER_FIELD_FROM));
    ck_assert(!usher_fields_has(&command.fields, USHER_FIELD_TO));
    ck_assert(
        translate("{\"ev\":\"answered\",\"call\":\"a\",\"offer\":\"5-1\",\"agent\":\"o l\"}"));
    ck_assert(!usher_fields_has(&command.fields, USHER_FIELD_AGENT));
    ck_assert(!read_message("{\"ev\":\"ringing\",\"call\":\"a\",\"offer\":\"5\\n1\"}"));
    ck_assert(!read_message("{\"ev\":\"ringing\",\"call\":\"a\",\"offer\":"
                            "\"123456789012345678901234567890123\"}"));
}
END_TEST

START_TEST(each_message_has_its_command)
{
    static const struct {
        const char *text;
        enum usher_command_kind command;
    } rows[] = {
        {"{\"ev\":\"ringing\",\"call\":\"a\",\"offer\":\"5-1\"}", USHER_COMMAND_CONTACT_RING},
        {"{\"ev\":\"refer\",\"call\":\"a\",\"t\":\"7:8\",\"to\":\"internet\"}",
         USHER_COMMAND_CONTACT_TRANSFER},
        {"{\"ev\":\"transferred\",\"call\":\"a\",\"t\":\"7:8\",\"to\":\"internet\"}",
         USHER_COMMAND_CONTACT_TRANSFER},
        {"{\"ev\":\"answered\",\"call\":\"a\",\"offer\":\"5-1\"}", USHER_COMMAND_CONTACT_ANSWER},
        {"{\"ev\":\"held\",\"call\":\"a\"}", USHER_COMMAND_CONTACT_HOLD},
        {"{\"ev\":\"resumed\",\"call\":\"a\"}", USHER_COMMAND_CONTACT_RESUME},
        {"{\"ev\":\"failed\",\"call\":\"a\",\"offer\":\"5-1\",\"code\":486}",
         USHER_COMMAND_CONTACT_FAIL},
        {"{\"ev\":\"abandoned\",\"call\":\"a\",\"offer\":\"\"}", USHER_COMMAND_CONTACT_ABANDON},
        {"{\"ev\":\"gave_up\",\"call\":\"a\"}", USHER_COMMAND_CONTACT_ABANDON},
        {"{\"ev\":\"gone\",\"call\":\"a\"}", USHER_COMMAND_CONTACT_ABANDON},
        {"{\"ev\":\"ended\",\"call\":\"a\"}", USHER_COMMAND_CONTACT_END},
    };
    for (size_t i = 0; i < USHER_COUNT_OF(rows); i++) {
        ck_assert_msg(translate(rows[i].text), "%s", rows[i].text);
        ck_assert_int_eq(command.kind, rows[i].command);
        usher_field_mask needed = usher_command_row(command.kind)->needed;
        ck_assert_msg((command.fields.present & needed) == needed, "%s", rows[i].text);
    }
}
END_TEST

START_TEST(listed_call_becomes_sync_contact)
{
    ck_assert(translate(
        "{\"ev\":\"sync.contact\",\"id\":\"s1\",\"call\":\"a\",\"t\":\"1:2\",\"state\":\"talking\","
        "\"agent\":\"olena\",\"offer\":\"5-1\",\"from\":\"380\",\"to\":\"x\",\"since\":\"10.5\"}"));
    ck_assert_int_eq(command.kind, USHER_COMMAND_SYNC_CONTACT);
    CHECK_TEXT(command.fields.state, "talking");
    CHECK_TEXT(command.fields.agent, "olena");
    CHECK_TEXT(command.fields.offer, "5-1");
    ck_assert_int_eq(command.fields.since_ms, 10500);
}
END_TEST

START_TEST(waiting_call_of_a_list_has_no_agent)
{
    ck_assert(translate(
        "{\"ev\":\"sync.contact\",\"id\":\"s1\",\"call\":\"a\",\"t\":\"1:2\",\"state\":\"waiting\","
        "\"agent\":\"\",\"offer\":\"\",\"target\":\"internet\"}"));
    CHECK_TEXT(message.target, "internet");
    ck_assert(!usher_fields_has(&command.fields, USHER_FIELD_AGENT));
    ck_assert(!usher_fields_has(&command.fields, USHER_FIELD_OFFER));
}
END_TEST

START_TEST(unfit_messages_are_refused)
{
    const char *const texts[] = {
        "",
        "[]",
        "{}",
        "7",
        "{\"ev\":\"party\"}",
        "{\"ev\":7}",
        "{\"ev\":\"ended\"}",
        "{\"ev\":\"ended\",\"call\":\"\"}",
        "{\"ev\":\"ended\",\"call\":7}",
        "{\"ev\":\"failed\",\"call\":\"a\",\"offer\":\"5-1\"}",
        "{\"ev\":\"failed\",\"call\":\"a\",\"offer\":\"5-1\",\"code\":\"486\"}",
        "{\"ev\":\"ended\",\"call\":\"a\",\"call\":\"b\"}",
        "{\"ev\":\"ended\",\"call\":\"a\"",
        "{\"ev\":\"ended\",\"call\":\"\\'\"}",
    };
    for (size_t i = 0; i < USHER_COUNT_OF(texts); i++)
        ck_assert_msg(!read_message(texts[i]), "%s", texts[i]);
}
END_TEST

START_TEST(unknown_fields_are_ignored)
{
    ck_assert(read_message("{\"later\":{\"a\":1},\"ev\":\"ended\",\"more\":[1,2],\"call\":\"a\"}"));
    ck_assert_int_eq(message.kind, KAMAILIO_ENDED);
}
END_TEST

START_TEST(call_id_that_fits_is_the_contact_id)
{
    CHECK_TEXT(kamailio_contact_id(USHER_TEXT("1-4711@127.0.0.1"), room), "1-4711@127.0.0.1");
}
END_TEST

START_TEST(other_call_ids_are_hashed_the_same_every_time)
{
    struct usher_text text = kamailio_contact_id(USHER_TEXT("we'ird%22id"), room);
    ck_assert_uint_eq(text.length, 18);
    ck_assert_int_eq(memcmp(text.at, "h-", 2), 0);
    ck_assert(usher_text_is_id(text));
    char again[USHER_CONTACT_OWN_ID_MAX + 1];
    ck_assert(usher_text_is_equal(text, kamailio_contact_id(USHER_TEXT("we'ird%22id"), again)));
    ck_assert(!usher_text_is_equal(text, kamailio_contact_id(USHER_TEXT("we'ird%22ie"), again)));
    char long_id[USHER_CONTACT_OWN_ID_MAX + 1];
    memset(long_id, 'a', sizeof(long_id));
    text = kamailio_contact_id((struct usher_text){long_id, sizeof(long_id)}, room);
    ck_assert_uint_eq(text.length, 18);
}
END_TEST

START_TEST(status_of_the_phone_gives_the_reason)
{
    static const struct {
        int64_t code;
        bool has_replied;
        const char *reason;
    } rows[] = {
        {486, true, "busy"},         {600, true, "busy"},        {408, true, "no_answer"},
        {408, false, "unreachable"}, {487, true, "no_answer"},   {603, true, "rejected"},
        {403, true, "rejected"},     {404, true, "unreachable"}, {480, true, "unreachable"},
        {503, true, "unreachable"},  {500, true, "error"},       {302, true, "error"},
        {491, false, "error"},       {-1, true, "error"},
    };
    for (size_t i = 0; i < USHER_COUNT_OF(rows); i++)
        ck_assert_msg(usher_text_is_equal(kamailio_fail_reason(rows[i].code, rows[i].has_replied),
                                          usher_text_of(rows[i].reason)),
                      "%d", (int)rows[i].code);
}
END_TEST

START_TEST(arrival_that_waits_for_redis_is_not_rejected)
{
    ck_assert_int_eq(kamailio_reject_code(USHER_ERROR_STORAGE_UNAVAILABLE), 0);
    ck_assert_int_eq(kamailio_reject_code(USHER_ERROR_DRAINING), 0);
    ck_assert_int_eq(kamailio_reject_code(USHER_ERROR_LIMIT), 503);
    ck_assert_int_eq(kamailio_reject_code(USHER_ERROR_NO_QUEUE), 480);
}
END_TEST

START_TEST(commands_are_written_with_their_epoch)
{
    struct usher_bytes out;
    usher_bytes_init(&out, 4096);
    kamailio_write_cancel(&out, 7, USHER_TEXT("a@h"), USHER_TEXT("7-1"));
    CHECK_TEXT(usher_bytes_text(&out),
               "{\"do\":\"cancel\",\"epoch\":7,\"call\":\"a@h\",\"offer\":\"7-1\"}");
    kamailio_write_reject(&out, 7, USHER_TEXT("a@h"), USHER_TEXT("1:2"), 503, USHER_NO_TEXT);
    CHECK_TEXT(usher_bytes_text(&out),
               "{\"do\":\"reject\",\"epoch\":7,\"call\":\"a@h\",\"t\":\"1:2\",\"code\":503}");
    kamailio_write_ask(&out, 7, USHER_TEXT("sync"), USHER_TEXT("s1"));
    CHECK_TEXT(usher_bytes_text(&out), "{\"do\":\"sync\",\"epoch\":7,\"id\":\"s1\"}");
    usher_bytes_fini(&out);
}
END_TEST

START_TEST(ring_lets_no_control_character_through)
{
    struct usher_bytes out;
    usher_bytes_init(&out, 4096);
    kamailio_write_ring(&out, 7,
                        &(struct kamailio_ring){
                            .call = USHER_TEXT("a@h"),
                            .transaction = USHER_TEXT("1:2"),
                            .uri = USHER_TEXT("sip:olena@h\r\nX: y"),
                            .agent = USHER_TEXT("olena"),
                            .offer = USHER_TEXT("7-1"),
                            .contact = USHER_TEXT("kam1/a@h"),
                            .queue = USHER_TEXT("Бі\x7fл\nінг"),
                            .ring_ms = 15000,
                        });
    CHECK_TEXT(usher_bytes_text(&out),
               "{\"do\":\"ring\",\"epoch\":7,\"call\":\"a@h\",\"t\":\"1:2\",\"offer\":\"7-1\","
               "\"agent\":\"olena\","
               "\"uri\":\"sip:olena@hX: "
               "y\",\"contact\":\"kam1/a@h\",\"queue\":\"Білінг\",\"ring\":15000}");
    usher_bytes_fini(&out);
}
END_TEST

SUITE_MAIN("kamailio_message", arrival_becomes_contact_arrive, anonymous_arrival_has_no_from,
           each_message_has_its_command, number_longer_than_the_journal_takes_is_cut_at_a_character,
           what_no_client_could_say_is_left_out_or_refused, listed_call_becomes_sync_contact,
           waiting_call_of_a_list_has_no_agent, unfit_messages_are_refused,
           unknown_fields_are_ignored, call_id_that_fits_is_the_contact_id,
           other_call_ids_are_hashed_the_same_every_time, status_of_the_phone_gives_the_reason,
           arrival_that_waits_for_redis_is_not_rejected, commands_are_written_with_their_epoch,
           ring_lets_no_control_character_through)
