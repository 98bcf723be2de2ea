/* A line of a client: what is read is written and read again as the same, and what is refused has
 * an answer that can be sent. */
#include "fuzz/fuzz.h"
#include "wire/codec.h"
#include "wire/json.h"

#define WRITTEN_MAX ((size_t)8 * USHER_LINE_MAX)

static void check_answer(enum usher_error error, const struct usher_command *command,
                         const struct usher_answer *answer)
{
    struct usher_json_problem problem;
    struct usher_bytes line;
    FUZZ_REQUIRE(error == answer->error, "%d and %d", error, answer->error);
    FUZZ_REQUIRE(answer->message[0] != '\0', "an error without words");
    usher_bytes_init(&line, WRITTEN_MAX);
    usher_answer_encode(command->id, answer, &line);
    FUZZ_REQUIRE(usher_json_check(usher_bytes_text(&line), USHER_DEPTH_MAX, &problem), "%s: %.*s",
                 problem.what, USHER_TEXT_ARGS(usher_bytes_text(&line)));
    usher_bytes_fini(&line);
}

static void check_again(const struct usher_command *command)
{
    static struct usher_scratch scratch;
    struct usher_command again = {0};
    struct usher_answer answer;
    struct usher_bytes once;
    struct usher_bytes twice;
    usher_bytes_init(&once, WRITTEN_MAX);
    usher_bytes_init(&twice, WRITTEN_MAX);
    usher_command_encode(command, &once);
    struct usher_text line = usher_bytes_text(&once);
    FUZZ_REQUIRE(!once.is_full && !memchr(line.at, '\n', line.length), "no line");
    if (line.length <= USHER_LINE_MAX) { /* escapes make it longer */
        FUZZ_REQUIRE(usher_command_decode(line, &scratch, &again, &answer) == USHER_OK, "%s: %.*s",
                     answer.message, USHER_TEXT_ARGS(line));
        FUZZ_REQUIRE(again.kind == command->kind && FUZZ_IS_SAME_TEXT(again.id, command->id),
                     "%.*s", USHER_TEXT_ARGS(line));
        fuzz_require_same_fields(&command->fields, &again.fields);
        usher_command_encode(&again, &twice);
        FUZZ_REQUIRE(usher_text_is_equal(line, usher_bytes_text(&twice)), "%.*s",
                     USHER_TEXT_ARGS(line));
    }
    usher_bytes_fini(&once);
    usher_bytes_fini(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct usher_scratch scratch;
    struct usher_text text = fuzz_text(data, size);
    struct usher_text line;
    while (fuzz_next_line(&text, &line)) {
        struct usher_command command = {0};
        struct usher_answer answer;
        enum usher_error error = usher_command_decode(line, &scratch, &command, &answer);
        if (error == USHER_OK)
            check_again(&command);
        else
            check_answer(error, &command, &answer);
    }
    return 0;
}
