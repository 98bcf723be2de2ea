/* Comma-separated values as spreadsheets write them (RFC 4180, and what is common beside it): the
 * separator is a comma, semicolon or tab, whichever the first row has most of; lines end with LF,
 * CR LF or CR; a cell in quotes may hold separators, line ends and doubled quotes. */
#ifndef CTL_PROFILE_CSV_H
#define CTL_PROFILE_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "rules/problem.h"

struct csv_cell {
    struct usher_text text; /* without quotes, and without spaces around it */
    size_t line;            /* 1-based; where the cell begins */
    size_t column;          /* 1-based, in characters */
};

struct csv {
    const char *at;
    const char *end;
    char separator;
    size_t line;
    size_t column;
    char *room; /* what quoted cells are written into: as many bytes as the text has */
    size_t room_used;
    struct csv_cell *cells; /* of the row that was read last */
    size_t count;
    size_t cells_room;
    struct usher_problems *problems;
};

/* Borrows `text`, which must be UTF-8, and `problems`. A byte order mark is passed over. */
void csv_init(struct csv *csv, struct usher_text text, struct usher_problems *problems);
/* The same of a file whose first row names its columns: that is read. False, with the problem
 * added, when there is none; `example` is what one may look like. */
USHER_MUST_USE bool csv_begin(struct csv *csv, struct usher_text text, const char *example,
                              struct usher_problems *problems);
void csv_fini(struct csv *csv);
/* The next row that is not empty, into `cells`; their texts are good until csv_fini. False at the
 * end. What is wrong with quotes is added to the problems, and the row is read on as it may be
 * meant. */
USHER_MUST_USE bool csv_next(struct csv *csv);

#endif
