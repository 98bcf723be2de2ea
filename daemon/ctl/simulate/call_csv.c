/* A CSV file of calls: one a row. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "ctl/profile/csv.h"
#include "ctl/simulate/call_columns.h"
#include "ctl/simulate/call_log.h"
#include "rules/characters.h"
#include "rules/document.h"

#define EPOCH_MIN      INT64_C(100000000)    /* a number from here on is seconds since 1970, */
#define EPOCH_MS_MIN   INT64_C(100000000000) /* and from here on milliseconds */
#define DURATION_S_MAX INT64_C(1000000)

static const char answered_words[] = " agent answered answer served handled complete completed "
                                     "completeagent completecaller connect connected success yes "
                                     "true 1 ";
static const char abandoned_words[] = " hang hangup hungup abandon abandoned lost noanswer cancel "
                                      "cancelled canceled gaveup left missed unanswered no false "
                                      "0 ";
static const char lost_words[] = " timeout exitwithtimeout exitwithkey exitempty overflow "
                                 "overflowed voicemail callback transferred ";

static const char slash_remedy[] =
    "is 02/03 in March or in February? Write 02.03.2026 09:00:58 or 2026-03-02 09:00:58";

struct call_reader {
    struct call_log *log;
    struct csv csv;
    struct usher_problems *problems;
    struct call_columns columns;
};

/* ---- cells ---- */

static const struct csv_cell *cell_of(const struct call_reader *reader, enum call_role role)
{
    size_t column = reader->columns.at[role];
    return column == SIZE_MAX ? NULL : &reader->csv.cells[column];
}

static void refuse(struct call_reader *reader, enum call_role role, const struct csv_cell *cell,
                   const char *remedy)
{
    struct usher_text excerpt = usher_node_excerpt(cell->text);
    usher_problems_add(reader->problems, cell->line, cell->column, "%s `%.*s`: %s",
                       call_role_name(role), USHER_TEXT_ARGS(excerpt), remedy);
}

struct numbers {
    int64_t parts[3];
    int64_t thousandths; /* behind the point of the last part */
};

/* The digits behind a point. */
static bool read_thousandths(struct usher_text digits, int64_t *thousandths)
{
    int64_t weight = 100;
    for (size_t i = 0; i < digits.length; i++, weight /= 10) {
        if (digits.at[i] < '0' || digits.at[i] > '9')
            return false;
        *thousandths += (digits.at[i] - '0') * weight;
    }
    return digits.length > 0;
}

/* Up to `most` numbers with `sign` between; how many there were, 0 when it is none of that. */
static size_t split_numbers(struct usher_text text, char sign, size_t most, struct numbers *numbers)
{
    size_t found = 0;
    bool has_digit = false;
    *numbers = (struct numbers){.thousandths = 0};
    for (size_t i = 0; i < text.length; i++) {
        char c = text.at[i];
        int64_t *part = &numbers->parts[found];
        if (c >= '0' && c <= '9') {
            *part = *part * 10 + (c - '0');
            has_digit = true;
            if (*part > INT64_C(100000000000000))
                return 0;
        } else if (c == sign && has_digit && found + 1 < most) {
            has_digit = false;
            found++;
        } else if (c == '.' && has_digit && sign != '.') {
            struct usher_text rest = {text.at + i + 1, text.length - i - 1};
            return read_thousandths(rest, &numbers->thousandths) ? found + 1 : 0;
        } else {
            return 0;
        }
    }
    return has_digit ? found + 1 : 0;
}

/* "2026-11-23", "2026/11/23" or "23.11.2026". */
static bool read_date(struct usher_text text, int64_t *day_ms)
{
    struct numbers numbers;
    const int64_t *parts = numbers.parts;
    bool is_year_last = false;
    if (split_numbers(text, '-', 3, &numbers) != 3 && split_numbers(text, '/', 3, &numbers) != 3) {
        is_year_last = true;
        if (split_numbers(text, '.', 3, &numbers) != 3)
            return false;
    }
    int64_t year = parts[is_year_last ? 2 : 0];
    int64_t day = parts[is_year_last ? 0 : 2];
    if (year < 1970 || year > 9999 || parts[1] < 1 || parts[1] > 12 || day < 1 ||
        day > usher_month_days(year, (int)parts[1]))
        return false;
    const struct usher_date date = {year, (int)parts[1], (int)day};
    *day_ms = usher_date_days(date) * USHER_DAY_MS;
    return true;
}

/* How much of the text stands before its zone: "Z", "+02", "-0330" or "+02:00". */
static size_t length_before_zone(struct usher_text text)
{
    size_t sign = text.length;
    while (sign > 0 && !strchr("+-Z", text.at[sign - 1]))
        sign--;
    if (sign == 0)
        return text.length;
    struct usher_text zone = {text.at + sign, text.length - sign};
    struct numbers numbers;
    bool is_zone = text.at[sign - 1] == 'Z' ? zone.length == 0
                                            : zone.length >= 2 && zone.length <= 5 &&
                                                  split_numbers(zone, ':', 2, &numbers) > 0;
    return is_zone ? sign - 1 : text.length;
}

/* "9:30", "09:30:05" or "09:30:05.2"; a zone behind it is passed over. */
static bool read_clock(struct call_reader *reader, struct usher_text text, int64_t *clock_ms)
{
    struct numbers numbers;
    const int64_t *parts = numbers.parts;
    size_t length = length_before_zone(text);
    bool has_zone = length < text.length;
    text.length = length > 0 && text.at[length - 1] == ' ' ? length - 1 : length;
    size_t count = split_numbers(text, ':', 3, &numbers);
    if (count < 2 || parts[0] > 24 || parts[1] > 59 || parts[2] > 60)
        return false;
    reader->log->has_zones |= has_zone;
    *clock_ms = ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1000;
    if (count == 3)
        *clock_ms += numbers.thousandths;
    return true;
}

/* A date and a clock in one, or a number since 1970. */
static bool read_moment(struct call_reader *reader, struct usher_text text, int64_t *at_ms)
{
    struct numbers numbers;
    if (split_numbers(text, ' ', 1, &numbers) == 1 && numbers.parts[0] >= EPOCH_MIN) {
        int64_t number = numbers.parts[0];
        *at_ms =
            call_log_civil_ms(number < EPOCH_MS_MIN ? number * 1000 + numbers.thousandths : number);
        return true;
    }
    size_t length = 0;
    while (length < text.length && text.at[length] != ' ' && text.at[length] != 'T')
        length++;
    struct usher_text date = {text.at, length};
    size_t rest = length < text.length ? length + 1 : length;
    struct usher_text clock = {text.at + rest, text.length - rest};
    int64_t clock_ms;
    if (!read_date(date, at_ms) || !read_clock(reader, clock, &clock_ms))
        return false;
    *at_ms += clock_ms;
    return true;
}

static bool has_slash(struct usher_text text)
{
    return memchr(text.at, '/', text.length) != NULL;
}

static bool read_arrival(struct call_reader *reader, int64_t *at_ms)
{
    const struct csv_cell *cell = cell_of(reader, ROLE_ARRIVAL);
    const struct csv_cell *date = cell_of(reader, ROLE_DATE);
    int64_t clock_ms;
    if (read_moment(reader, cell->text, at_ms))
        return true;
    if (!read_clock(reader, cell->text, &clock_ms)) {
        refuse(reader, ROLE_ARRIVAL, cell,
               has_slash(cell->text)
                   ? slash_remedy
                   : "write 2026-11-23 09:30:05, or 09:30:05 beside a column `date`, or seconds "
                     "since 1970");
        return false;
    }
    if (!date || !read_date(date->text, at_ms)) {
        refuse(reader, date ? ROLE_DATE : ROLE_ARRIVAL, date ? date : cell,
               date && has_slash(date->text)
                   ? slash_remedy
                   : "of which day? Write 2026-11-23, or say with --column date=NAME where it "
                     "stands");
        return false;
    }
    *at_ms += clock_ms;
    return true;
}

/* "37", "37.5", "0:37" or "0:00:37"; -1 for an empty cell or no column. */
static bool read_length(struct call_reader *reader, enum call_role role, int64_t *ms)
{
    const struct csv_cell *cell = cell_of(reader, role);
    struct numbers numbers;
    *ms = -1;
    if (!cell || cell->text.length == 0)
        return true;
    size_t count = split_numbers(cell->text, ':', 3, &numbers);
    int64_t unit_ms = count > 1 ? 1000 : reader->columns.units_ms[role];
    int64_t value = numbers.parts[0];
    for (size_t i = 1; i < count; i++)
        value = value * 60 + numbers.parts[i];
    if (count == 0 || value > DURATION_S_MAX * 1000 / unit_ms) {
        refuse(reader, role, cell, "write seconds, or minutes and seconds as 2:05");
        return false;
    }
    *ms = value * unit_ms + numbers.thousandths * unit_ms / 1000;
    return true;
}

static enum usher_fit_outcome read_outcome(const struct call_reader *reader,
                                           const struct usher_fit_call *call)
{
    const struct csv_cell *cell = cell_of(reader, ROLE_OUTCOME);
    const struct csv_cell *agent = cell_of(reader, ROLE_AGENT);
    char word[CALL_WORD_BYTES];
    if (!cell) {
        bool is_answered = call->service_ms > 0 || (agent && agent->text.length > 0);
        return is_answered ? USHER_FIT_ANSWERED : USHER_FIT_ABANDONED;
    }
    call_word_read(cell->text, word);
    if (call_word_is_one_of(word, answered_words))
        return USHER_FIT_ANSWERED;
    if (call_word_is_one_of(word, abandoned_words))
        return USHER_FIT_ABANDONED;
    return call_word_is_one_of(word, lost_words) ? USHER_FIT_LOST : USHER_FIT_NONE;
}

static bool take_names(struct call_reader *reader, struct usher_fit_call *call)
{
    const struct csv_cell *queue = cell_of(reader, ROLE_QUEUE);
    const struct csv_cell *agent = cell_of(reader, ROLE_AGENT);
    call->kind = call_log_kind(reader->log, queue ? queue->text : USHER_NO_TEXT);
    call->agent = USHER_FIT_NOBODY;
    if (agent && agent->text.length > 0 && call->outcome == USHER_FIT_ANSWERED)
        call->agent = call_log_agent(reader->log, agent->text);
    if (queue && call->kind == SIZE_MAX)
        refuse(
            reader, ROLE_QUEUE, queue,
            "there are more than 64 of them; name a column with fewer, with --column queue=NAME");
    return call->kind != SIZE_MAX;
}

static void pass_over(struct call_log *log, const struct csv_cell *cell)
{
    struct usher_text excerpt = usher_node_excerpt(cell->text);
    if (log->passed_over++ == 0)
        (void)snprintf(log->passed_word, sizeof(log->passed_word), "%.*s",
                       USHER_TEXT_ARGS(excerpt));
}

static bool read_row(struct call_reader *reader)
{
    struct usher_fit_call call = {0};
    const struct csv *csv = &reader->csv;
    if (csv->count != reader->columns.count) {
        usher_problems_add(reader->problems, csv->cells[0].line, csv->cells[0].column,
                           "this row has %zu cell%s, and the first row %zu; give it as many",
                           csv->count, csv->count == 1 ? "" : "s", reader->columns.count);
        return true;
    }
    if (!read_arrival(reader, &call.arrived_ms) || !read_length(reader, ROLE_WAIT, &call.wait_ms) ||
        !read_length(reader, ROLE_SERVICE, &call.service_ms))
        return true;
    call.wait_ms = call.wait_ms < 0 ? 0 : call.wait_ms;
    call.outcome = read_outcome(reader, &call);
    if (call.outcome == USHER_FIT_NONE) {
        pass_over(reader->log, cell_of(reader, ROLE_OUTCOME));
        return true;
    }
    if (!take_names(reader, &call))
        return false;
    call_log_add(reader->log, &call);
    return true;
}

void call_log_read_csv(struct call_log *log, struct usher_text text, const struct options *options,
                       struct usher_problems *problems)
{
    struct call_reader reader = {.log = log, .problems = problems};
    log->passed_what = "calls whose outcome is unknown here";
    if (!usher_characters_check(text, problems))
        return;
    if (csv_begin(&reader.csv, text, "arrival,queue,wait,outcome,service_time,agent", problems) &&
        call_columns_read(&reader.columns, &reader.csv, options)) {
        call_columns_tell(&reader.columns, &reader.csv, &log->columns);
        while (csv_next(&reader.csv))
            if (!read_row(&reader))
                break;
    }
    csv_fini(&reader.csv);
}
