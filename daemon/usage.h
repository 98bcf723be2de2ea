/* What usherd understands on its command line and what it ends with: tables, from which the line is
 * read, and the help and usherd(8) are written. */
#ifndef USAGE_H
#define USAGE_H

#include <stddef.h>
#include <stdio.h>

#define USAGE_CONFIG "/etc/usher/usherd.yaml"

/* What getopt calls the options without a letter. */
enum usage_option {
    USAGE_CHECK_CONFIG = 256,
    USAGE_LOG_PRIORITIES,
    USAGE_TAKE_OVER,
    USAGE_VERSION,
};

struct usage_option_row {
    int id;               /* the letter, or an enum usage_option */
    const char *name;     /* without the dashes */
    const char *argument; /* NULL: takes none */
    const char *sentence; /* no capital, no full stop */
};

struct usage_code_row {
    int code;
    const char *sentence;
};

/* A line for a shell that works as it stands, with /etc/usher/usherd.yaml and its Redis. */
struct usage_example_row {
    const char *line;
    const char *comment;
    int is_serving; /* goes on until it gets a signal */
};

enum { USAGE_OPTIONS_COUNT = 7, USAGE_CODES_COUNT = 6, USAGE_EXAMPLES_COUNT = 4 };

extern const struct usage_option_row usage_options[USAGE_OPTIONS_COUNT];
extern const struct usage_code_row usage_codes[USAGE_CODES_COUNT];
extern const struct usage_example_row usage_examples[USAGE_EXAMPLES_COUNT];

/* "-c, --config FILE" into `room`. */
const char *usage_write_option(const struct usage_option_row *row, char *room, size_t size);

void usage_print(FILE *file);

#endif
