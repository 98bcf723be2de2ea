/* What the files of `usherctl traffic fit` share. */
#ifndef CTL_SIMULATE_FITTING_H
#define CTL_SIMULATE_FITTING_H

#include "ctl/progress.h"
#include "ctl/simulate/call_log.h"
#include "simulate/study.h"

/* Where the calls stood, in words, and what was made of them. */
struct fitting {
    const struct options *options;
    const char *source;
    bool is_file; /* else it is the journal */
    const struct call_log *log;
    struct usher_fit *fit;
    struct progress progress; /* of simulating */
    size_t done;
    enum usher_way_to_choose way; /* the center's present one */
    struct usher_bytes traffic;
    struct usher_bytes rules;
};

/* On standard error: what was seen in the calls beside what the model gives under the present way,
 * in so many days. */
void fitting_print_differences(const struct fitting *fitting,
                               const struct usher_entry_result *result);
/* What makes a noun fit for so many: "" or "s". */
const char *fitting_s_of(size_t count);
/* The model on standard output, with what it was made of and what it cannot know. */
void fitting_print_model(const struct fitting *fitting);

#endif
