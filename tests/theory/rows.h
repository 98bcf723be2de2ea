/* The rows of the tables that the simulator is checked by: a center, and what theory says of it. */
#ifndef THEORY_ROWS_H
#define THEORY_ROWS_H

#include <stddef.h>

#define THEORY_VALUES_MAX 8

enum theory_kind {
    THEORY_BLOCKED = 0, /* of all who came */
    THEORY_WAITS,       /* had to wait, of those let in */
    THEORY_WAIT_S,      /* mean, also of those who were answered at once or gave up */
    THEORY_ABANDONS,
    THEORY_SERVED_IN_TIME, /* within 20 s, of those let in */
    THEORY_LEFT_IN_TIME,
    THEORY_OCCUPANCY,
};

struct theory_value {
    enum theory_kind kind;
    const char *of; /* the queue's, or for the occupancy the crew's, name begins so; NULL: all */
    double exact;
    double fine;   /* the standard error must be below this share; 0: the usual one */
    double unsure; /* how far `exact` itself may be off: the rounding, or a standard error */
};

/* A center of one kind, two kinds with a priority, or two kinds with two crews. */
struct theory_row {
    const char *name;
    int agents;
    int specialists;    /* of the second kind, who also take the first; 0: one kind or a priority */
    int reserve;        /* of the specialists, kept free */
    double per_hour[2]; /* 0: no second kind */
    int handle_s;
    int patience_s[2]; /* 0: never */
    int trunks;        /* 0: enough */
    int types;  /* of pooling: so many kinds; per_hour[0] is then the load in erlangs; 0: none */
    int skills; /* of pooling: so many an agent */
    struct theory_value values[THEORY_VALUES_MAX];
    size_t values_count;
};

extern const struct theory_row theory_rows[];
extern const size_t theory_rows_count;

const char *theory_value_name(enum theory_kind kind);
void theory_write_rules(const struct theory_row *row, char *room, size_t size);
void theory_write_traffic(const struct theory_row *row, char *room, size_t size);

#endif
