/* A line of the journal: what is read is written and read again as the same. */
#include "fuzz/fuzz.h"
#include "wire/codec.h"

#define WRITTEN_MAX ((size_t)1 << 22)

static void check_again(const struct usher_event *event)
{
    static struct usher_scratch scratch;
    struct usher_event again;
    struct usher_answer answer;
    struct usher_bytes once;
    struct usher_bytes twice;
    usher_bytes_init(&once, WRITTEN_MAX);
    usher_bytes_init(&twice, WRITTEN_MAX);
    usher_event_encode(event, &once);
    struct usher_text line = usher_bytes_text(&once);
    FUZZ_REQUIRE(!once.is_full && !memchr(line.at, '\n', line.length), "no line");
    FUZZ_REQUIRE(usher_event_decode(line, &scratch, &again, &answer), "%s: %.*s", answer.message,
                 USHER_TEXT_ARGS(line));
    FUZZ_REQUIRE(again.kind == event->kind && again.at_ms == event->at_ms &&
                     usher_number_compare(again.n, event->n) == 0,
                 "%.*s", USHER_TEXT_ARGS(line));
    fuzz_require_same_fields(&event->fields, &again.fields);
    usher_event_encode(&again, &twice);
    FUZZ_REQUIRE(usher_text_is_equal(line, usher_bytes_text(&twice)), "%.*s",
                 USHER_TEXT_ARGS(line));
    usher_bytes_fini(&once);
    usher_bytes_fini(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct usher_scratch scratch;
    struct usher_text text = fuzz_text(data, size);
    struct usher_text line;
    while (fuzz_next_line(&text, &line)) {
        struct usher_event event;
        struct usher_answer answer;
        if (usher_event_decode(line, &scratch, &event, &answer))
            check_again(&event);
        else
            FUZZ_REQUIRE(answer.message[0] != '\0', "refused without words");
    }
    return 0;
}
