/* `usherctl traffic fit`: estimates a traffic model from calls that were, and shows how well it
 * gives them back. */
#include "ctl/simulate/fitting.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/civil.h"
#include "ctl/input.h"
#include "ctl/memory.h"
#include "ctl/past/moment.h"
#include "ctl/perform.h"
#include "ctl/problems.h"
#include "simulate/calibrate.h"

#define TEXT_BYTES ((size_t)1 << 23)
#define PROMISE_MS 20000
#define DATE_BYTES 48 /* whatever the year */
/* Other days than those by which the model is judged: no --seed is that great. */
#define CALIBRATION_SEED (UINT64_C(1) << 63)

/* ---- reading ---- */

/* The first day and the last of the calls, as people write them; there must be some. */
struct span {
    char first[DATE_BYTES];
    char last[DATE_BYTES];
};

static void write_date(int64_t at_ms, char room[DATE_BYTES])
{
    struct usher_date date = usher_date_of_days(usher_floor_div(at_ms, USHER_DAY_MS));
    (void)snprintf(room, DATE_BYTES, "%04d-%02d-%02d", (int)date.year, date.month, date.day);
}

static struct span span_of(const struct call_log *log, bool is_answered_only)
{
    int64_t first_ms = INT64_MAX;
    int64_t last_ms = INT64_MIN;
    for (size_t i = 0; i < log->count; i++) {
        int64_t at_ms = log->calls[i].arrived_ms;
        if (is_answered_only && log->calls[i].outcome != USHER_FIT_ANSWERED)
            continue;
        first_ms = at_ms < first_ms ? at_ms : first_ms;
        last_ms = at_ms > last_ms ? at_ms : last_ms;
    }
    struct span span;
    write_date(first_ms, span.first);
    write_date(last_ms, span.last);
    return span;
}

static enum exit_code read_file(struct call_log *log, const char *path,
                                const struct options *options)
{
    struct usher_bytes text;
    struct usher_problems *problems = memory_resize(NULL, sizeof(*problems));
    enum exit_code code = input_read(path, &text) ? EXIT_DONE : EXIT_REFUSED;
    bool is_queue_log = code == EXIT_DONE && call_log_is_queue_log(usher_bytes_text(&text));
    usher_problems_init(problems);
    if (is_queue_log && options->columns_count > 0) {
        fprintf(stderr, "usherctl: --column is for a CSV, and %s is a queue_log; leave it out\n",
                input_name(path));
        code = EXIT_USAGE;
    } else if (is_queue_log) {
        call_log_read_queue_log(log, usher_bytes_text(&text), problems);
    } else if (code == EXIT_DONE) {
        call_log_read_csv(log, usher_bytes_text(&text), options, problems);
    }
    usher_problems_sort(problems);
    problems_tell(problems, input_name(path));
    if (problems->count > 0)
        code = EXIT_REFUSED;
    usher_bytes_fini(&text);
    free(problems);
    return code;
}

static void tell_why_empty(const struct fitting *fitting, enum usher_fit_result result)
{
    const struct call_log *log = fitting->log;
    fprintf(stderr, "usherctl: %s: ", fitting->source);
    if (result == USHER_FIT_LONG) {
        struct span span = span_of(log, true);
        fprintf(stderr,
                "the answered calls came from %s to %s, in more than ten years: is a date wrong? "
                "Choose a part with --since and --until",
                span.first, span.last);
    } else if (result == USHER_FIT_SPARSE) {
        fputs("at no time of day was somebody answered on every third day; more calls are needed",
              stderr);
    } else if (log->count == 0) {
        fputs("there are no calls in it that ended; nothing can be estimated", stderr);
    } else {
        fprintf(stderr, "of %zu call%s none was answered; nothing can be estimated", log->count,
                log->count == 1 ? "" : "s");
    }
    fputc('\n', stderr);
    if (log->passed_over > 0)
        fprintf(stderr, "usherctl: passed over (%zu): %s%s%s\n", log->passed_over, log->passed_what,
                log->passed_word[0] ? ", the first of them " : "", log->passed_word);
}

/* False after saying why. */
static bool estimate(struct fitting *fitting)
{
    enum usher_fit_result result = call_log_fit(fitting->log, PROMISE_MS, &fitting->fit);
    if (result == USHER_FIT_NO_MEMORY)
        memory_fail();
    if (result != USHER_FIT_DONE)
        tell_why_empty(fitting, result);
    return result == USHER_FIT_DONE;
}

/* ---- simulating ---- */

static bool refuse_model(struct fitting *fitting, const struct usher_problems *problems)
{
    progress_stop(&fitting->progress);
    problems_tell(problems, "the estimated model");
    if (problems->count == 0)
        fputs("usherctl: the estimated model cannot be simulated: memory is out, or more customers "
              "wait than an usherd would take\n",
              stderr);
    return false;
}

static bool calibrate(struct fitting *fitting, struct usher_problems *problems)
{
    struct usher_calibration *calibration =
        usher_calibration_new(fitting->fit, fitting->way, CALIBRATION_SEED, problems);
    bool is_good = true;
    if (!calibration)
        memory_fail();
    for (size_t i = 0; is_good && i < USHER_CALIBRATION_ROUNDS; i++) {
        is_good = usher_calibration_try(calibration);
        if (is_good)
            progress_show(&fitting->progress, ++fitting->done);
    }
    is_good = is_good && usher_calibration_end(calibration);
    usher_calibration_free(calibration);
    return is_good || refuse_model(fitting, problems);
}

static bool study(struct fitting *fitting, struct usher_problems *problems)
{
    const struct options *options = fitting->options;
    size_t days = (size_t)options->days;
    struct usher_entry entry = {.name = usher_way_to_choose_name(fitting->way),
                                .way = fitting->way,
                                .rules = usher_bytes_text(&fitting->rules)};
    struct usher_traffic *traffic =
        usher_traffic_read(usher_bytes_text(&fitting->traffic), problems);
    if (!traffic)
        return refuse_model(fitting, problems);
    struct usher_study *tried = usher_study_new(traffic, &entry, 1, (uint64_t)options->seed);
    if (!tried)
        memory_fail();
    bool is_good = true;
    for (size_t i = 0; is_good && i < days; i++) {
        is_good = usher_study_try(tried, 0);
        if (is_good)
            progress_show(&fitting->progress, ++fitting->done);
    }
    if (is_good)
        fitting_print_differences(fitting, usher_study_result(tried, 0));
    usher_study_free(tried);
    usher_traffic_free(traffic);
    return is_good || refuse_model(fitting, problems);
}

/* ---- the whole ---- */

/* Rules that are there may be those of the center, or the calls themselves. False after saying so.
 */
static bool is_new(const char *path)
{
    bool is_there = access(path, F_OK) == 0;
    if (is_there)
        fprintf(stderr, "usherctl: %s is there already; name a new file, or remove it\n", path);
    return !is_there;
}

/* 0, or what went wrong. */
static int write_to(const struct fitting *fitting, FILE *file)
{
    struct usher_text text = usher_bytes_text(&fitting->rules);
    if (fprintf(file, "# A queue for each kind of calls in %s, made by usherctl traffic fit.\n\n",
                fitting->source) < 0 ||
        fwrite(text.at, 1, text.length, file) != text.length || fflush(file) != 0)
        return errno;
    return 0;
}

static bool write_rules(const struct fitting *fitting)
{
    const char *path = fitting->options->rules;
    if (!path)
        return true;
    FILE *file = fopen(path, "wxe");
    int error = file ? write_to(fitting, file) : errno;
    if (file && fclose(file) != 0 && error == 0)
        error = errno;
    if (error != 0)
        fprintf(stderr, "usherctl: %s cannot be written: %s\n", path, strerror(error));
    return error == 0;
}

static bool make(struct fitting *fitting)
{
    struct usher_problems *problems = memory_resize(NULL, sizeof(*problems));
    usher_problems_init(problems);
    fitting->progress =
        progress_start(fitting->options, USHER_CALIBRATION_ROUNDS + (size_t)fitting->options->days);
    usher_bytes_init(&fitting->traffic, TEXT_BYTES);
    usher_bytes_init(&fitting->rules, TEXT_BYTES);
    bool is_good = calibrate(fitting, problems);
    if (is_good) {
        usher_fit_write_traffic(fitting->fit, &fitting->traffic);
        usher_fit_write_rules(fitting->fit, &fitting->rules);
        is_good = study(fitting, problems) && write_rules(fitting);
    }
    if (is_good)
        fitting_print_model(fitting);
    usher_bytes_fini(&fitting->traffic);
    usher_bytes_fini(&fitting->rules);
    free(problems);
    return is_good;
}

/* A journal's present rule is Usher's own; a queue_log with penalties is held against these. */
static enum usher_way_to_choose way_of(const struct fitting *fitting)
{
    if (!fitting->is_file)
        return USHER_CHOOSE_BY_BID;
    return fitting->log->has_penalties ? USHER_CHOOSE_PENALTIES : USHER_CHOOSE_FIFO;
}

/* Leaves the calls of that time. False after saying that there are none. */
static bool cut(const struct fitting *fitting, struct call_log *log, int64_t since_ms,
                int64_t until_ms)
{
    size_t count = log->count;
    if (count == 0)
        return true;
    struct span span = span_of(log, false);
    call_log_cut(log, since_ms, until_ms);
    if (log->count == 0)
        fprintf(stderr,
                "usherctl: %s: of %zu call%s none came in that time; choose --since and --until "
                "from %s to %s\n",
                fitting->source, count, count == 1 ? "" : "s", span.first, span.last);
    return log->count > 0;
}

static enum exit_code read_calls(struct fitting *fitting, struct call_log *log)
{
    const struct options *options = fitting->options;
    if (!fitting->is_file && options->columns_count > 0) {
        fputs("usherctl: --column is for a CSV; which FILE?\n", stderr);
        return EXIT_USAGE;
    }
    if (!fitting->is_file)
        return call_log_read_journal(log, options);
    int64_t since_ms = INT64_MIN;
    int64_t until_ms = INT64_MAX;
    if ((options->since && !moment_read_option("--since", options->since, &since_ms)) ||
        (options->until && !moment_read_option("--until", options->until, &until_ms)))
        return EXIT_USAGE;
    enum exit_code code = read_file(log, options->arguments[0], options);
    if (code == EXIT_DONE &&
        !cut(fitting, log, options->since ? call_log_civil_ms(since_ms) : INT64_MIN,
             options->until ? call_log_civil_ms(until_ms) : INT64_MAX))
        code = EXIT_REFUSED;
    return code;
}

enum exit_code perform_traffic_fit(const struct options *options, enum usher_role role)
{
    struct call_log log;
    struct fitting fitting = {
        .options = options, .log = &log, .is_file = options->arguments_count > 0};
    (void)role;
    if (options->rules && !is_new(options->rules))
        return EXIT_REFUSED;
    call_log_init(&log);
    fitting.source = fitting.is_file ? input_name(options->arguments[0]) : "the journal";
    enum exit_code code = read_calls(&fitting, &log);
    fitting.way = way_of(&fitting);
    if (code == EXIT_DONE && (!estimate(&fitting) || !make(&fitting)))
        code = EXIT_REFUSED;
    usher_fit_free(fitting.fit);
    call_log_fini(&log);
    return code;
}
