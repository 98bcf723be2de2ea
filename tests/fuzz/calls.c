/* Calls as a CSV or a queue_log: what is wrong has a place; of the rest comes a model that can be
 * read, and rules that go with it. */
#include <string.h>

#include "ctl/simulate/call_log.h"
#include "fuzz/fuzz.h"
#include "rules/rules.h"

#define TEXT_BYTES ((size_t)1 << 22)

static struct usher_problems problems;

static void require_places(struct usher_text text)
{
    size_t lines = 1;
    for (size_t i = 0; i < text.length; i++)
        lines += text.at[i] == '\n' || text.at[i] == '\r';
    for (size_t i = 0; i < problems.count && i < USHER_PROBLEMS_MAX; i++)
        FUZZ_REQUIRE(problems.list[i].line >= 1 && problems.list[i].line <= lines &&
                         problems.list[i].column >= 1 && problems.list[i].what[0],
                     "a problem without a place");
}

static void require_readable(const struct usher_fit *fit)
{
    struct usher_bytes text;
    usher_bytes_init(&text, TEXT_BYTES);
    usher_problems_init(&problems);
    usher_fit_write_traffic(fit, &text);
    struct usher_traffic *traffic = usher_traffic_read(usher_bytes_text(&text), &problems);
    FUZZ_REQUIRE(traffic != NULL, "%s\n%.*s", problems.list[0].what,
                 USHER_TEXT_ARGS(usher_bytes_text(&text)));
    usher_traffic_free(traffic);
    usher_bytes_clear(&text);
    usher_fit_write_rules(fit, &text);
    struct usher_rules *rules = usher_rules_read(usher_bytes_text(&text), "", &problems);
    FUZZ_REQUIRE(rules != NULL, "%s\n%.*s", problems.list[0].what,
                 USHER_TEXT_ARGS(usher_bytes_text(&text)));
    usher_rules_free(rules);
    usher_bytes_fini(&text);
}

static void fit(const struct call_log *log)
{
    struct usher_fit *made = NULL;
    if (call_log_fit(log, 20000, &made) == USHER_FIT_DONE)
        require_readable(made);
    usher_fit_free(made);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct options options = {.columns_count = 0};
    struct usher_text text = fuzz_text(data, size);
    struct call_log log;
    call_log_init(&log);
    usher_problems_init(&problems);
    if (call_log_is_queue_log(text))
        call_log_read_queue_log(&log, text, &problems);
    else
        call_log_read_csv(&log, text, &options, &problems);
    require_places(text);
    if (problems.count == 0 && log.count > 0)
        fit(&log);
    call_log_fini(&log);
    return 0;
}
