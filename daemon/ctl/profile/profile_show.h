/* Profiles for people, for programs and for spreadsheets; and the file that they come from. */
#ifndef CTL_PROFILE_PROFILE_SHOW_H
#define CTL_PROFILE_PROFILE_SHOW_H

#include "ctl/profile/roster.h"

/* A row each, or with `is_json` an object a line; what a router leaves out of them is said on
 * standard error. */
void profile_show(const struct roster *roster, const struct options *options);
/* A CSV file that `usherctl profile import` takes. */
void profile_export(const struct roster *roster);

/* Reads the CSV file at `path`, or standard input for "-". False when it has said what is wrong. */
USHER_MUST_USE bool profile_read_file(const char *path, struct roster *roster);

#endif
