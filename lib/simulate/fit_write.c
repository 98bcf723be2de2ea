/* The model as text. Each kind is a skill and a queue of its own name; `data.queue` tells the rules
 * which. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "simulate/fit_state.h"

#define LINE_BYTES  512
#define RING_MAX_MS 14000

/* Words and numbers only: names may be of any length. */
static void append(struct usher_bytes *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void append(struct usher_bytes *out, const char *format, ...)
{
    char line[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    assert(length >= 0 && length < LINE_BYTES);
    usher_bytes_append(out, line, (size_t)length);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What YAML could take for something else stands in quotes. */
static void append_name(struct usher_bytes *out, struct usher_text name)
{
    bool is_plain = name.length > 0 && is_letter(name.at[0]);
    for (size_t i = 0; is_plain && i < name.length; i++) {
        char c = name.at[i];
        is_plain = is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    }
    const char *quote = is_plain ? "" : "\"";
    append(out, "%s", quote);
    usher_bytes_append_text(out, name);
    append(out, "%s", quote);
}

static void append_numbered_name(struct usher_bytes *out, struct usher_text name, size_t number)
{
    append(out, "\"");
    usher_bytes_append_text(out, name);
    append(out, ":%zu\"", number);
}

static void append_duration(struct usher_bytes *out, int64_t ms)
{
    bool is_minutes = ms % 60000 == 0;
    bool is_seconds = ms % 1000 == 0;
    usher_bytes_append_int64(out, is_minutes ? ms / 60000 : is_seconds ? ms / 1000 : ms);
    append(out, "%s", is_minutes ? "m" : is_seconds ? "s" : "ms");
}

static void append_clock(struct usher_bytes *out, size_t half)
{
    append(out, "%02zu:%s", half / 2, half % 2 ? "30" : "00");
}

/* ---- customers ---- */

static void append_rates(const struct usher_fit *fit, const struct usher_fit_kind *kind,
                         struct usher_bytes *out)
{
    append(out, "    per_hour: [");
    for (size_t half = fit->first_half; half < fit->end_half; half++)
        append(out, "%s%.2f", half > fit->first_half ? ", " : "", kind->per_hour[half]);
    append(out, "]\n");
}

static void append_patience(const struct usher_fit_kind *kind, struct usher_bytes *out)
{
    const struct usher_patience *patience = &kind->patience;
    append(out, "    patience: ");
    if (patience->points_count > 0) {
        append(out, "{");
        for (size_t i = 0; i < patience->points_count; i++) {
            append(out, "%s", i > 0 ? ", " : "");
            append_duration(out, patience->points[i].at_ms);
            append(out, ": %.3f", patience->points[i].share);
        }
        append(out, "}");
    } else if (patience->mean_ms == USHER_NEVER_LEAVES) {
        append(out, "never");
    } else {
        append_duration(out, (patience->mean_ms + 500) / 1000 * 1000);
    }
    if (kind->is_patience_of_all)
        append(out, " # of all kinds together: too few of this one gave up");
    append(out, "\n");
}

static void append_kind(const struct usher_fit *fit, const struct usher_fit_kind *kind,
                        struct usher_bytes *out)
{
    append(out, "  # %zu came: %zu answered, %zu gave up", kind->arrived_count,
           kind->answered_count, kind->abandoned_count);
    if (kind->lost_count > 0)
        append(out, ", %zu ended otherwise", kind->lost_count);
    append(out, "; %zu time%s of service", kind->handled_count,
           kind->handled_count == 1 ? "" : "s");
    if (kind->patience.points_count > 0)
        append(out, "; patience is known up to %lld s", (long long)kind->known_until_ms / 1000);
    append(out, "\n  ");
    append_name(out, kind->name);
    append(out, ":\n    data: {queue: ");
    append_name(out, kind->name);
    append(out, "}\n");
    append_rates(fit, kind, out);
    if (kind->handled_count > 0) {
        int64_t handle_ms = (int64_t)(kind->handle_ms + .5);
        append(out, "    handle: ");
        append_duration(out, handle_ms < 10000 ? handle_ms : (handle_ms + 500) / 1000 * 1000);
        append(out, "\n    spread: %.3f\n", kind->spread);
    } else {
        append(out, "    handle: 5m # a guess: nobody's time of service is known\n");
    }
    append_patience(kind, out);
}

/* ---- agents ---- */

static bool is_like(const struct usher_fit *fit, const struct usher_fit_agent *a,
                    const struct usher_fit_agent *b)
{
    for (size_t half = fit->first_half; half < fit->end_half; half++)
        if (a->is_there[half] != b->is_there[half])
            return false;
    return true;
}

static void append_skills(const struct usher_fit *fit, const struct usher_fit_agent *agent,
                          struct usher_bytes *out)
{
    const char *between = "";
    append(out, "skills: {");
    for (size_t i = 0; i < fit->kinds_count; i++) {
        if (agent->levels[i] == 0)
            continue;
        append(out, "%s", between);
        append_name(out, fit->kinds[i].name);
        append(out, ": %u", agent->levels[i]);
        between = ", ";
    }
    for (size_t i = 0; i < agent->more_count; i++) {
        append(out, "%s", between);
        append_name(out, agent->more[i].name);
        append(out, ": %lld", (long long)agent->more[i].number);
        between = ", ";
    }
    append(out, "}");
}

/* One who stays to the end of the day serves the last who came, for half an hour at most: where
 * there is a night in between. */
static void append_shift(const struct usher_fit *fit, size_t from, size_t until,
                         struct usher_bytes *out)
{
    bool serves_on = until == fit->end_half && fit->end_half - fit->first_half < USHER_FIT_HALVES;
    if (from == fit->first_half && until == fit->end_half)
        return;
    append(out, ", shift: \"");
    append_clock(out, from);
    append(out, "-");
    append_clock(out, (until + serves_on) % USHER_FIT_HALVES);
    append(out, "\"");
}

/* A crew a shift. No agent's name has a colon (fit.h), so none is there twice; `number` counts
 * those of agents whom nobody names. */
static void append_agent(const struct usher_fit *fit, const struct usher_fit_agent *agent,
                         size_t count, size_t *number, struct usher_bytes *out)
{
    size_t shift = 0;
    size_t half = fit->first_half;
    while (half < fit->end_half) {
        size_t from = half;
        while (half < fit->end_half && agent->is_there[half] == agent->is_there[from])
            half++;
        if (!agent->is_there[from])
            continue;
        append(out, "  ");
        if (!agent->name.at)
            append(out, "\"%s:%zu\"", fit->agents_named > 0 ? "further" : "agents", ++*number);
        else if (++shift == 1)
            append_name(out, agent->name);
        else
            append_numbered_name(out, agent->name, shift);
        append(out, ": {");
        if (count > 1)
            append(out, "count: %zu, ", count);
        append_skills(fit, agent, out);
        append_shift(fit, from, half, out);
        append(out, "}\n");
    }
}

/* The first name that append_agent writes with a colon is explained. */
static void append_shifts_comment(const struct usher_fit *fit, struct usher_bytes *out)
{
    for (size_t i = 0; i < fit->agents_named; i++) {
        const struct usher_fit_agent *agent = &fit->agents[i];
        size_t shifts = 0;
        for (size_t half = fit->first_half; half < fit->end_half; half++)
            shifts +=
                agent->is_there[half] && (half == fit->first_half || !agent->is_there[half - 1]);
        if (shifts < 2 || !usher_fit_has_skill(fit, agent))
            continue;
        append(out, "  # ");
        append_numbered_name(out, agent->name, 2);
        append(out, " is a second shift of ");
        usher_bytes_append_text(out, agent->name);
        append(out, ", on the same day.\n");
        return;
    }
}

/* It rings for half to one and a half times the mean, and stops before the rules take the offer
 * away. */
static void append_usual_agent(const struct usher_fit *fit, struct usher_bytes *out)
{
    int64_t least_ms = fit->ring_ms / 2;
    int64_t most_ms = fit->ring_ms + fit->ring_ms / 2;
    if (fit->ring_ms <= 0)
        return;
    append(out, "usual_agent: {answers_after: ");
    append_duration(out, least_ms < RING_MAX_MS ? least_ms : RING_MAX_MS);
    append(out, ", answers_within: ");
    append_duration(out, most_ms < RING_MAX_MS ? most_ms : RING_MAX_MS);
    append(out, "}\n");
}

void usher_fit_write_traffic(const struct usher_fit *fit, struct usher_bytes *out)
{
    size_t number = 0;
    append(out, "starts: ");
    append_duration(out, (int64_t)fit->first_half * USHER_HALF_HOUR_MS);
    append(out, " # ");
    append_clock(out, fit->first_half);
    append(out, "\nday: ");
    append_duration(out, (int64_t)(fit->end_half - fit->first_half) * USHER_HALF_HOUR_MS);
    append(out, "\n\ncustomers:\n");
    for (size_t i = 0; i < fit->kinds_count; i++)
        if (fit->kinds[i].arrived_count > 0)
            append_kind(fit, &fit->kinds[i], out);
    append(out, "\n");
    append_usual_agent(fit, out);
    append(out, "agents:\n");
    append_shifts_comment(fit, out);
    for (size_t i = 0; i < fit->agents_count;) {
        const struct usher_fit_agent *agent = &fit->agents[i];
        size_t count = 1;
        while (!agent->name.at && i + count < fit->agents_count &&
               is_like(fit, agent, &fit->agents[i + count]))
            count++;
        if (usher_fit_has_skill(fit, agent))
            append_agent(fit, agent, count, &number, out);
        i += count;
    }
}

/* ---- rules ---- */

void usher_fit_write_rules(const struct usher_fit *fit, struct usher_bytes *out)
{
    const char *between = "";
    append(out, "skills: [");
    for (size_t i = 0; i < fit->kinds_count; i++) {
        append(out, "%s", between);
        append_name(out, fit->kinds[i].name);
        between = ", ";
    }
    append(out, "]\n\nqueues:\n");
    for (size_t i = 0; i < fit->kinds_count; i++) {
        append(out, "  ");
        append_name(out, fit->kinds[i].name);
        append(out, ": {need: {");
        append_name(out, fit->kinds[i].name);
        append(out, ": {min: 1}}, promise: {answer_within: ");
        append_duration(out, fit->promise_ms);
        append(out, "}, announce: 0}\n");
    }
    append(out, "\nroutes:\n");
    for (size_t i = 0; i < fit->kinds_count; i++) {
        append(out, "  - ");
        if (i + 1 < fit->kinds_count) {
            append(out, "{when: {data.queue: ");
            append_name(out, fit->kinds[i].name);
            append(out, "}, queue: ");
            append_name(out, fit->kinds[i].name);
            append(out, "}\n");
        } else {
            append(out, "queue: ");
            append_name(out, fit->kinds[i].name);
            append(out, "\n");
        }
    }
}
