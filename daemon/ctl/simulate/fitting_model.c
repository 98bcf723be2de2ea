/* The model that `usherctl traffic fit` writes, with what stands above it: what it was made of, and
 * what it cannot know. */
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "ctl/simulate/fitting.h"
#include "rules/document.h"

static void print_day(int64_t day)
{
    struct usher_date date = usher_date_of_days(day);
    printf("%04d-%02d-%02d", (int)date.year, date.month, date.day);
}

/* The first name that had to be changed for a model. */
static void print_names(const struct call_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        const struct call_name *name = &names->list[i];
        if (strcmp(name->own, name->clean) == 0)
            continue;
        struct usher_text own = usher_node_excerpt(usher_text_of(name->own));
        printf("# Names: `");
        for (size_t at = 0; at < own.length; at++)
            putchar((unsigned char)own.at[at] < ' ' ? ' ' : own.at[at]);
        printf("` is `%s` here: a model's names have only plain letters, digits and `-._@+`.\n",
               name->clean);
        return;
    }
}

static void print_origin(const struct fitting *fitting)
{
    const struct usher_fit *fit = fitting->fit;
    size_t count = 0;
    for (size_t i = 0; i < fit->kinds_count; i++)
        count += fit->kinds[i].arrived_count;
    const struct call_log *log = fitting->log;
    printf("# A traffic model, estimated by usherctl traffic fit from %s:\n# %zu call%s of %zu "
           "day%s, ",
           fitting->source, count, fitting_s_of(count), fit->days_count,
           fitting_s_of(fit->days_count));
    print_day(fit->first_day);
    printf(" to ");
    print_day(fit->last_day);
    printf(".\n");
    struct usher_text columns = usher_bytes_text(&log->columns);
    if (columns.length > 0)
        (void)fwrite(columns.at, 1, columns.length, stdout);
    if (log->has_zones)
        printf("# Times are as they were written: the zones behind them are left out.\n");
    if (fit->days_left_out > 0)
        printf(
            "# Left out (%zu day%s, with %zu call%s): days of fewer than half the answers of the "
            "median day.\n",
            fit->days_left_out, fitting_s_of(fit->days_left_out), fit->left_out_count,
            fitting_s_of(fit->left_out_count));
    if (fit->closed_count > 0)
        printf("# Left out (%zu): calls at hours at which on most days nobody answers.\n",
               fit->closed_count);
    if (log->passed_over > 0 && log->passed_word[0])
        printf("# Left out (%zu): %s, the first of them `%s`.\n", log->passed_over,
               log->passed_what, log->passed_word);
    else if (log->passed_over > 0)
        printf("# Left out (%zu): %s.\n", log->passed_over, log->passed_what);
    print_names(&log->agents);
    print_names(&log->kinds);
}

static void print_staff(const struct fitting *fitting)
{
    const struct usher_fit *fit = fitting->fit;
    const char *are = fit->agents_named == 1 ? "is" : "are";
    double seen = 0;
    double taken = 0;
    double halves = (double)(fit->end_half - fit->first_half);
    for (size_t half = fit->first_half; half < fit->end_half; half++) {
        seen += fit->halves[half].staff / halves;
        taken += (double)fit->halves[half].count / halves;
    }
    if (fit->agents_named == 0)
        printf("# - Agents: the calls name none. On average %.1f were busy at the same time at the "
               "peak of each half\n#   hour; each of them is taken to know everything.\n",
               seen);
    else if (fitting->log->spells_count > 0)
        printf(
            "# - Agents: %zu %s named, on average %.1f at the same time: signed in and not "
            "paused, or, of those who\n#   never signed in, from their first to their last call; "
            "who could have served what is not known.\n",
            fit->agents_named, are, seen);
    else
        printf("# - Agents: %zu %s named, on average %.1f at the same time, from the first to the "
               "last call of each;\n#   who was signed in and ready in between is not known, nor "
               "who could have served what.\n",
               fit->agents_named, are, seen);
    printf("#   %.1f are there in the model: so many in each half hour that the waits come closest "
           "to those seen.\n",
           taken);
}

static void print_unknown(const struct fitting *fitting)
{
    const struct usher_fit *fit = fitting->fit;
    printf("#\n# What the calls cannot tell, or the model leaves out:\n");
    print_staff(fitting);
    size_t lost = 0;
    for (size_t i = 0; i < fit->kinds_count; i++)
        lost += fit->kinds[i].lost_count;
    if (lost > 0)
        printf(
            "# - Calls that ended in the queue's own way, such as a time-out (%zu): in the model "
            "they wait on.\n",
            lost);
    if (fit->ring_ms > 0)
        printf("# - Phones that were not answered: only how long it rang when they were.\n");
    if (!fitting->is_file)
        printf(
            "# - Under your own rules: give each kind the `to` and `data` that lead to its queue, "
            "and what it needs.\n#   Here each queue is a skill of its own name, beside those of "
            "the "
            "profiles.\n");
    printf("# - Who was helped, and who came again: who called again counts as another caller; "
           "`resolved_*`\n#   and `again_*` are left as they are, and so is what an agent's skill "
           "changes (`handle_*`).\n# - Times of service are what was recorded: work after the "
           "call that was not, is not in them; the\n#   number of agents makes up for it.\n# - How "
           "long customers would wait beyond the longest waits: as in the last part of the "
           "table.\n");
    if (fit->dispersion > 2)
        printf("# - Days differ by more than chance (their calls vary %.1f times as much): the "
               "model's are all alike.\n",
               fit->dispersion);
    printf("\n");
}

void fitting_print_model(const struct fitting *fitting)
{
    struct usher_text text = usher_bytes_text(&fitting->traffic);
    print_origin(fitting);
    print_unknown(fitting);
    (void)fwrite(text.at, 1, text.length, stdout);
}
