/* Lines of a journal that no router wrote: they are refused, or give an engine that can be used. */
#include "fuzz/center.h"
#include "fuzz/fuzz.h"
#include "fuzz/use.h"

#define LINES_MAX 200

static bool apply(struct usher_engine *engine, struct usher_text line)
{
    static struct usher_scratch scratch;
    struct usher_event event;
    struct usher_answer answer = {0};
    if (usher_event_decode(line, &scratch, &event, &answer) &&
        event.kind == USHER_EVENT_RULES_LOADED && event.fields.hash.at)
        center_shelve(engine, event.fields.hash);
    if (usher_engine_apply_line(engine, line, &answer))
        return true;
    FUZZ_REQUIRE(answer.message[0] != '\0', "refused without words");
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct usher_text text = fuzz_text(data, size);
    struct usher_text line;
    struct usher_engine *engine = use_new_engine();
    bool is_good = true;
    for (unsigned i = 0; i < LINES_MAX && is_good && fuzz_next_line(&text, &line); i++)
        is_good = apply(engine, line);
    if (is_good && usher_engine_last_number(engine).epoch > 0) {
        use_check_save(engine, false);
        use_engine(engine);
    }
    usher_engine_free(engine);
    return 0;
}
