/* Our JSON reader and jansson's take the same texts, and read the same from them. */
#include "fuzz/fuzz.h"
#include "unit/json_oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool is_accepted;
    const char *wrong = json_oracle_compare(fuzz_text(data, size), &is_accepted);
    FUZZ_REQUIRE(!wrong, "%s: %.*s", wrong, (int)size, (const char *)data);
    return 0;
}
