/* Lines of clients into the engine, as a session would give them: whatever they say, nothing
 * breaks, an error causes nothing, and the journal gives the same state again. */
#include "fuzz/center.h"
#include "fuzz/fuzz.h"

#define LINES_MAX 200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct center center;
    struct usher_text text = fuzz_text(data, size);
    struct usher_text line;
    center_open(&center);
    for (unsigned i = 0; i < LINES_MAX && fuzz_next_line(&text, &line); i++)
        center_do(&center, line);
    const char *wrong = world_check_replay(&center.world);
    FUZZ_REQUIRE(!wrong, "%s", wrong);
    center_close(&center);
    return 0;
}
