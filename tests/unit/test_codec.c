/* Commands, events and answers to lines and back. What holds for each row of the tables is tested
 * for each row. */
#include <check.h>
#include <stdio.h>

#include "unit/sample.h"
#include "unit/suite.h"
#include "wire/codec.h"
#include "wire/json.h"

static struct samples samples;
static struct usher_scratch scratch;
static struct usher_answer answer;
static struct usher_bytes line;

static enum usher_error decode(const char *text, struct usher_command *command)
{
    return usher_command_decode(usher_text_of(text), &scratch, command, &answer);
}

/* Encodes and decodes; `id` is given along. */
static enum usher_error send(struct usher_command *command, struct usher_command *received)
{
    usher_bytes_fini(&line);
    usher_bytes_init(&line, 1 << 20);
    command->id = USHER_TEXT("c-17");
    usher_command_encode(command, &line);
    ck_assert(!line.is_full);
    return usher_command_decode(usher_bytes_text(&line), &scratch, received, &answer);
}

static bool is_on_the_wire(int kind)
{
    return !usher_command_is_internal((enum usher_command_kind)kind);
}

START_TEST(every_command_decodes_to_what_was_encoded)
{
    for (int kind = USHER_COMMAND_NONE + 1; kind < USHER_COMMAND_COUNT; kind++) {
        if (!is_on_the_wire(kind))
            continue;
        struct usher_command sent = {.kind = (enum usher_command_kind)kind};
        struct usher_command received = {0};
        const struct usher_command_row *row = usher_command_row(sent.kind);
        const usher_field_mask masks[] = {row->needed, row->needed | row->optional};
        for (int i = 0; i < 4; i++) {
            sample_fill(&sent.fields, masks[i / 2], i % 2 ? SAMPLE_LONG : SAMPLE_SHORT, &samples);
            ck_assert_msg(send(&sent, &received) == USHER_OK, "%s: %s", row->name, answer.message);
            ck_assert_int_eq(received.kind, kind);
            ck_assert(usher_text_is_equal(received.id, sent.id));
            sample_assert_same(&received.fields, &sent.fields);
            ck_assert_int_eq(answer.error, USHER_OK);
            ck_assert_str_eq(answer.message, "");
        }
    }
}
END_TEST

START_TEST(commands_of_usherd_itself_are_unknown_on_the_wire)
{
    for (int kind = USHER_COMMAND_NONE + 1; kind < USHER_COMMAND_COUNT; kind++) {
        struct usher_command sent = {.kind = (enum usher_command_kind)kind};
        struct usher_command received = {0};
        if (is_on_the_wire(kind))
            continue;
        sample_fill(&sent.fields, usher_command_row(sent.kind)->needed, SAMPLE_SHORT, &samples);
        ck_assert_int_eq(send(&sent, &received), USHER_ERROR_UNKNOWN_COMMAND);
        ck_assert(usher_text_is_equal(received.id, sent.id));
    }
}
END_TEST

START_TEST(command_without_a_field_that_it_needs_is_refused_with_the_name_of_the_field)
{
    for (int kind = USHER_COMMAND_NONE + 1; kind < USHER_COMMAND_COUNT; kind++) {
        struct usher_command sent = {.kind = (enum usher_command_kind)kind};
        struct usher_command received = {0};
        const struct usher_command_row *row = usher_command_row(sent.kind);
        for (usher_field_mask rest = is_on_the_wire(kind) ? row->needed : 0; rest != 0;
             rest &= rest - 1) {
            usher_field_mask bit = rest & (0 - rest);
            char message[USHER_ANSWER_MESSAGE_SIZE];
            snprintf(message, sizeof(message), "`%s` is missing: `%s` needs it", sample_name(bit),
                     row->name);
            sample_fill(&sent.fields, row->needed & ~bit, SAMPLE_SHORT, &samples);
            ck_assert_int_eq(send(&sent, &received), USHER_ERROR_MISSING_FIELD);
            ck_assert_str_eq(answer.message, message);
            ck_assert(usher_text_is_equal(received.id, sent.id));
        }
    }
}
END_TEST

START_TEST(field_beyond_its_bound_is_refused_with_its_name_and_without_its_value)
{
    struct samples others;
    for (int kind = USHER_COMMAND_NONE + 1; kind < USHER_COMMAND_COUNT; kind++) {
        struct usher_command sent = {.kind = (enum usher_command_kind)kind};
        struct usher_command received = {0};
        const struct usher_command_row *row = usher_command_row(sent.kind);
        usher_field_mask all = row->needed | row->optional;
        /* A context of the highest length makes the line itself too long. */
        all &= ~(USHER_FIELD_BIT(DATA) | USHER_FIELD_BIT(SKILLS));
        for (usher_field_mask rest = is_on_the_wire(kind) ? all : 0; rest != 0; rest &= rest - 1) {
            usher_field_mask bit = rest & (0 - rest);
            char name[64];
            struct usher_fields wrong;
            snprintf(name, sizeof(name), ": `%s` must be ", sample_name(bit));
            sample_fill(&wrong, bit, SAMPLE_TOO_BIG, &others);
            sample_fill(&sent.fields, all & ~bit, SAMPLE_SHORT, &samples);
#define PUT_WRONG(NAME, member, TYPE, bound, sentence)                                             \
    if (bit == USHER_FIELD_BIT(NAME))                                                              \
        USHER_FIELDS_SET(&sent.fields, NAME, member, wrong.member);
            USHER_FIELDS(PUT_WRONG)
#undef PUT_WRONG
            ck_assert_int_eq(send(&sent, &received), USHER_ERROR_BAD_FIELD);
            ck_assert_msg(strstr(answer.message, name) != NULL, "%s: %s", row->name,
                          answer.message);
            ck_assert_ptr_null(strstr(answer.message, "xxx"));
            ck_assert(usher_text_is_equal(received.id, sent.id));
        }
    }
}
END_TEST

START_TEST(refusal_says_the_column_and_what_the_field_must_be)
{
    static const struct {
        const char *line;
        enum usher_error error;
        const char *message;
    } cases[] = {
        {"{\"do\":\"ping\",\"do\":\"ping\"}", USHER_ERROR_BAD_JSON, "column 14: a duplicate key"},
        {"[1]", USHER_ERROR_BAD_JSON, "column 1: a command must be a JSON object"},
        {"{}", USHER_ERROR_MISSING_FIELD, "`do` is missing: it names the command"},
        {"{\"do\":7}", USHER_ERROR_BAD_FIELD, "column 7: `do` must be a text"},
        {"{\"do\":\"dance\"}", USHER_ERROR_UNKNOWN_COMMAND, "column 7: `do` names no command"},
        {"{\"do\":\"sync.end\",\"count\":-1}", USHER_ERROR_BAD_FIELD,
         "column 26: `count` must be a whole number from 0 to 1000000000"},
        {"{\"do\":\"sync.end\",\"count\":\"1\"}", USHER_ERROR_BAD_FIELD,
         "column 26: `count` must be a whole number from 0 to 1000000000"},
        {"{\"do\":\"sync.end\",\"count\":1.0}", USHER_ERROR_BAD_FIELD,
         "column 26: `count` must be a whole number from 0 to 1000000000"},
        {"{\"do\":\"contact.arrive\",\"contact\":\"1\",\"channel\":\"voice\",\"since_ms\":-1}",
         USHER_ERROR_BAD_FIELD, "column 67: `since_ms` must be a whole number, 0 or above"},
        {"{\"do\":\"contact.arrive\",\"contact\":\"1\",\"channel\":\"voice\",\"data\":\"x\"}",
         USHER_ERROR_BAD_FIELD,
         "column 63: `data` must be an object or array of at most 16384 bytes"},
        {"{\"do\":\"contact.arrive\",\"contact\":\"1\",\"channel\":\"voice\",\"from\":null}",
         USHER_ERROR_BAD_FIELD, "column 63: `from` must be a text of at most 256 bytes"},
        {"{\"id\":17,\"do\":\"ping\"}", USHER_ERROR_BAD_FIELD,
         "column 7: `id` must be a text of 1 to 64 bytes without control characters"},
    };
    struct usher_command command;
    for (size_t i = 0; i < USHER_COUNT_OF(cases); i++) {
        ck_assert_int_eq(decode(cases[i].line, &command), cases[i].error);
        ck_assert_str_eq(answer.message, cases[i].message);
        ck_assert_int_eq(answer.error, cases[i].error);
    }
}
END_TEST

START_TEST(id_is_known_even_when_it_comes_behind_what_is_wrong)
{
    static const char *const lines[] = {
        "{\"do\":\"dance\",\"id\":\"c-1\"}",
        "{\"do\":\"sync.end\",\"count\":-1,\"id\":\"c-1\"}",
        "{\"do\":\"sync.end\",\"id\":\"c\\u002d1\"}",
        "{\"id\":\"c-1\"}",
    };
    for (size_t i = 0; i < USHER_COUNT_OF(lines); i++) {
        struct usher_command command = {0};
        ck_assert_int_ne(decode(lines[i], &command), USHER_OK);
        ck_assert(usher_text_is_equal(command.id, USHER_TEXT("c-1")));
    }
}
END_TEST

START_TEST(ids_have_only_their_characters)
{
    static const char *const good[] = {"0042", "pbx1/0042", "a.b_c@d:e+f-g"};
    static const char *const bad[] = {"",    "/",        "a/",  "/b",      "a/b/c",
                                      "a b", "a\\u0000", "{a}", "\\u044f", "a\\n"};
    char text[200];
    struct usher_command command;
    for (size_t i = 0; i < USHER_COUNT_OF(good); i++) {
        snprintf(text, sizeof(text), "{\"do\":\"contact.abandon\",\"contact\":\"%s\"}", good[i]);
        ck_assert_int_eq(decode(text, &command), USHER_OK);
        ck_assert(usher_text_is_equal(command.fields.contact, usher_text_of(good[i])));
    }
    for (size_t i = 0; i < USHER_COUNT_OF(bad); i++) {
        snprintf(text, sizeof(text), "{\"do\":\"contact.abandon\",\"contact\":\"%s\"}", bad[i]);
        ck_assert_msg(decode(text, &command) != USHER_OK, "%s", text);
        snprintf(text, sizeof(text), "{\"do\":\"agent.ready\",\"agent\":\"%s\"}", bad[i]);
        ck_assert_msg(decode(text, &command) != USHER_OK, "%s", text);
    }
    memset(text, 'x', sizeof(text));
    memcpy(text, "{\"do\":\"contact.abandon\",\"contact\":\"", 35);
    memcpy(text + 35 + USHER_CONTACT_OWN_ID_MAX, "\"}", 3);
    ck_assert_int_eq(decode(text, &command), USHER_OK);
    memcpy(text + 35 + USHER_CONTACT_OWN_ID_MAX, "x\"}", 4);
    ck_assert_int_eq(decode(text, &command), USHER_ERROR_BAD_FIELD);
}
END_TEST

START_TEST(control_characters_are_refused_but_in_notes)
{
    struct usher_command command;
    ck_assert_int_eq(
        decode("{\"do\":\"contact.end\",\"contact\":\"1\",\"reason\":\"a\\r\\nb\"}", &command),
        USHER_ERROR_BAD_FIELD);
    ck_assert_str_eq(answer.message, "column 44: `reason` must have no control characters");
    ck_assert_int_eq(
        decode("{\"do\":\"contact.end\",\"contact\":\"1\",\"reason\":\"\\u007f\"}", &command),
        USHER_ERROR_BAD_FIELD);
    ck_assert_int_eq(
        decode("{\"do\":\"contact.end\",\"contact\":\"1\",\"reason\":\"\\u0085\"}", &command),
        USHER_ERROR_BAD_FIELD);
    ck_assert_int_eq(
        decode("{\"do\":\"contact.end\",\"contact\":\"1\",\"reason\":\"\\u00a0\"}", &command),
        USHER_OK);
    ck_assert_int_eq(
        decode("{\"do\":\"contact.note\",\"contact\":\"1\",\"note\":\"a\\n\\tb\"}", &command),
        USHER_OK);
    ck_assert(usher_text_is_equal(command.fields.note, USHER_TEXT("a\n\tb")));
    ck_assert_int_eq(decode("{\"do\":\"ping\",\"id\":\"a\\nb\"}", &command), USHER_ERROR_BAD_FIELD);
    ck_assert_ptr_null(command.id.at);
}
END_TEST

START_TEST(fields_that_the_command_does_not_have_are_ignored_whatever_they_hold)
{
    struct usher_command command;
    ck_assert_int_eq(decode("{\"do\":\"agent.ready\",\"agent\":\"olena\",\"count\":\"x\",\"new\":{"
                            "\"do\":1},\"not\\u0065\":7}",
                            &command),
                     USHER_OK);
    ck_assert(command.fields.present == USHER_FIELD_BIT(AGENT));
}
END_TEST

START_TEST(context_is_kept_without_the_white_space_around_its_parts)
{
    struct usher_command command;
    ck_assert_int_eq(
        decode("{\"do\":\"contact.arrive\",\"contact\":\"1\",\"channel\":\"chat\",\n\"data\": "
               "{\r\n \"a b\" : [ 1 ,\t\"x \\\" y\\\\\" ] , \"c\" : \"\\\\\" } }",
               &command),
        USHER_OK);
    ck_assert(usher_text_is_equal(command.fields.data,
                                  USHER_TEXT("{\"a b\":[1,\"x \\\" y\\\\\"],\"c\":\"\\\\\"}")));
}
END_TEST

START_TEST(line_of_16_kib_is_read_and_a_longer_one_is_not)
{
    struct usher_command command;
    char *text = malloc(USHER_LINE_MAX + 1);
    ck_assert_ptr_nonnull(text);
    memset(text, ' ', USHER_LINE_MAX + 1);
    memcpy(text, "{\"do\":\"ping\"}", 13);
    ck_assert_int_eq(usher_command_decode((struct usher_text){text, USHER_LINE_MAX}, &scratch,
                                          &command, &answer),
                     USHER_OK);
    ck_assert_int_eq(usher_command_decode((struct usher_text){text, USHER_LINE_MAX + 1}, &scratch,
                                          &command, &answer),
                     USHER_ERROR_TOO_LONG);
    free(text);
}
END_TEST

START_TEST(decoding_leaves_what_the_session_knows_alone)
{
    struct usher_command command = {
        .client = USHER_TEXT("pbx1"), .role = USHER_ROLE_PBX, .own_agent = USHER_TEXT("olena")};
    ck_assert_int_eq(decode("{\"do\":\"ping\"}", &command), USHER_OK);
    ck_assert(usher_text_is_equal(command.client, USHER_TEXT("pbx1")));
    ck_assert(usher_text_is_equal(command.own_agent, USHER_TEXT("olena")));
    ck_assert_int_eq(command.role, USHER_ROLE_PBX);
    ck_assert_ptr_null(command.id.at);
}
END_TEST

static bool publish(const struct usher_event *event, struct usher_event *received)
{
    usher_bytes_fini(&line);
    usher_bytes_init(&line, 1 << 20);
    usher_event_encode(event, &line);
    ck_assert(!line.is_full);
    return usher_event_decode(usher_bytes_text(&line), &scratch, received, &answer);
}

START_TEST(every_event_decodes_to_what_was_encoded)
{
    usher_field_mask by = USHER_FIELD_BIT(BY) | USHER_FIELD_BIT(BY_ID);
    for (int kind = USHER_EVENT_NONE + 1; kind < USHER_EVENT_COUNT; kind++) {
        struct usher_event sent = {.kind = (enum usher_event_kind)kind,
                                   .at_ms = INT64_C(1763745600123),
                                   .n = {1763745500, 8841}};
        struct usher_event received;
        const struct usher_event_row *row = usher_event_row(sent.kind);
        const usher_field_mask masks[] = {row->needed, row->needed | row->optional | by};
        for (int i = 0; i < 4; i++) {
            sample_fill(&sent.fields, masks[i / 2], i % 2 ? SAMPLE_LONG : SAMPLE_SHORT, &samples);
            ck_assert_msg(publish(&sent, &received), "%s: %s", row->name, answer.message);
            ck_assert_int_eq(received.kind, kind);
            ck_assert_int_eq(received.at_ms, sent.at_ms);
            ck_assert_int_eq(usher_number_compare(received.n, sent.n), 0);
            sample_assert_same(&received.fields, &sent.fields);
            ck_assert_ptr_null(memchr(line.at, '\n', line.length));
        }
    }
}
END_TEST

START_TEST(event_is_written_in_the_order_of_the_vocabulary)
{
    struct usher_event event = {.kind = USHER_EVENT_CONTACT_HELD, .at_ms = 5, .n = {1, 2}};
    USHER_FIELDS_SET(&event.fields, BY_ID, by_id, USHER_TEXT("c-1"));
    USHER_FIELDS_SET(&event.fields, BY, by, USHER_TEXT("pbx1"));
    USHER_FIELDS_SET(&event.fields, AGENT, agent, USHER_TEXT("olena"));
    USHER_FIELDS_SET(&event.fields, CONTACT, contact, USHER_TEXT("pbx1/1"));
    struct usher_event received;
    ck_assert(publish(&event, &received));
    usher_bytes_append_char(&line, '\0');
    ck_assert_str_eq(line.at, "{\"at\":5,\"n\":\"1-2\",\"ev\":\"contact.held\",\"contact\":\"pbx1/"
                              "1\",\"agent\":\"olena\",\"by\":\"pbx1\",\"by_id\":\"c-1\"}");
}
END_TEST

START_TEST(agent_with_as_many_skills_as_there_may_be_comes_back_from_the_journal)
{
    struct usher_bytes skills;
    usher_bytes_init(&skills, 16384);
    for (int i = 0; i < 512; i++) {
        usher_bytes_append_text(&skills,
                                i == 0 ? USHER_TEXT("{\"skill.") : USHER_TEXT(",\"skill."));
        usher_bytes_append_int64(&skills, i);
        usher_bytes_append_text(&skills, USHER_TEXT(".of.some.length\":10"));
    }
    usher_bytes_append_char(&skills, '}');
    ck_assert(!skills.is_full);
    struct usher_event event = {.kind = USHER_EVENT_AGENT_PROFILED, .n = {1, 1}};
    struct usher_event received;
    sample_fill(&event.fields,
                usher_event_row(event.kind)->needed | usher_event_row(event.kind)->optional,
                SAMPLE_SHORT, &samples);
    event.fields.skills = usher_bytes_text(&skills);
    ck_assert_msg(publish(&event, &received), "%s", answer.message);
    sample_assert_same(&received.fields, &event.fields);
    usher_bytes_fini(&skills);
}
END_TEST

START_TEST(event_of_the_journal_needs_its_time_and_number_and_others_do_not)
{
    static const struct {
        const char *line;
        const char *message; /* "": accepted */
    } cases[] = {
        {"{\"n\":\"1-1\",\"ev\":\"router.heartbeat\"}",
         "`at` is missing: `router.heartbeat` needs it"},
        {"{\"at\":1,\"ev\":\"router.heartbeat\"}", "`n` is missing: `router.heartbeat` needs it"},
        {"{\"at\":-1,\"n\":\"1-1\",\"ev\":\"router.heartbeat\"}",
         "column 7: `at` must be a whole number, 0 or above"},
        {"{\"at\":1,\"n\":\"1\",\"ev\":\"router.heartbeat\"}",
         "column 13: `n` must be a text \"epoch-seq\""},
        {"{\"at\":1,\"n\":\"1-1\"}", "`ev` is missing: it names the event"},
        {"{\"at\":1,\"n\":\"1-1\",\"ev\":\"x\"}", "column 24: `ev` names no event"},
        {"{\"at\":1,\"n\":\"1-1\",\"ev\":\"agent.ready\"}",
         "`agent` is missing: `agent.ready` needs it"},
        {"{\"at\":1,\"n\":\"1-1\",\"ev\":\"agent.ready\",\"agent\":1}",
         "column 46: `agent` must be a text of at most 64 bytes"},
        {"[]", "column 1: an event must be a JSON object"},
        {"{\"ev\":\"sync.wanted\"}", ""},
        {"{\"ev\":\"router.heartbeat\",\"later\":[{}],\"n\":\"1-1\",\"at\":1}", ""},
    };
    for (size_t i = 0; i < USHER_COUNT_OF(cases); i++) {
        struct usher_event event;
        bool is_read = usher_event_decode(usher_text_of(cases[i].line), &scratch, &event, &answer);
        ck_assert_str_eq(answer.message, cases[i].message);
        ck_assert_int_eq(is_read, cases[i].message[0] == '\0');
        ck_assert_int_eq(answer.error == USHER_OK, is_read);
    }
}
END_TEST

static void assert_answer(struct usher_text id, const char *expected)
{
    struct usher_bytes out;
    usher_bytes_init(&out, 1000);
    usher_answer_encode(id, &answer, &out);
    usher_bytes_append_char(&out, '\0');
    ck_assert_str_eq(out.at, expected);
    usher_bytes_fini(&out);
}

START_TEST(answers_say_ok_or_what_went_wrong_and_whether_to_try_again)
{
    answer = (struct usher_answer){0};
    assert_answer(USHER_TEXT("c-17"), "{\"re\":\"c-17\",\"ok\":true}");
    assert_answer(USHER_NO_TEXT, "{\"re\":null,\"ok\":true}");
    usher_answer_set(&answer, USHER_ERROR_WRONG_STATE, "the contact is \"done\"");
    assert_answer(USHER_TEXT("c-17"),
                  "{\"re\":\"c-17\",\"error\":{\"code\":\"wrong_state\",\"message\":\"the contact "
                  "is \\\"done\\\"\",\"retry\":false}}");
    usher_answer_set(&answer, USHER_ERROR_DRAINING, "the router is about to stop");
    assert_answer(USHER_NO_TEXT, "{\"re\":null,\"error\":{\"code\":\"draining\",\"message\":\"the "
                                 "router is about to stop\",\"retry\":true}}");
}
END_TEST

SUITE_MAIN("codec", every_command_decodes_to_what_was_encoded,
           commands_of_usherd_itself_are_unknown_on_the_wire,
           command_without_a_field_that_it_needs_is_refused_with_the_name_of_the_field,
           field_beyond_its_bound_is_refused_with_its_name_and_without_its_value,
           refusal_says_the_column_and_what_the_field_must_be,
           id_is_known_even_when_it_comes_behind_what_is_wrong, ids_have_only_their_characters,
           control_characters_are_refused_but_in_notes,
           fields_that_the_command_does_not_have_are_ignored_whatever_they_hold,
           context_is_kept_without_the_white_space_around_its_parts,
           line_of_16_kib_is_read_and_a_longer_one_is_not,
           decoding_leaves_what_the_session_knows_alone, every_event_decodes_to_what_was_encoded,
           event_is_written_in_the_order_of_the_vocabulary,
           agent_with_as_many_skills_as_there_may_be_comes_back_from_the_journal,
           event_of_the_journal_needs_its_time_and_number_and_others_do_not,
           answers_say_ok_or_what_went_wrong_and_whether_to_try_again)
