/* The problems of a file, as every command tells them. */
#ifndef CTL_PROBLEMS_H
#define CTL_PROBLEMS_H

#include "rules/problem.h"

/* Says each on standard error, with its place in `file`; none is fine. */
void problems_tell(const struct usher_problems *problems, const char *file);

#endif
