/* What the files of the daybook share. */
#ifndef USHER_REPORT_DAYBOOK_STATE_H
#define USHER_REPORT_DAYBOOK_STATE_H

#include "base/list.h"
#include "base/table.h"
#include "report/daybook.h"

struct usher_daybook_record {
    struct usher_list live;
    char id[USHER_CONTACT_ID_MAX + 1];
    struct usher_daybook_class *class;
    struct usher_daybook_person *agent; /* who talks or wraps up */
    int64_t arrived_ms;
    int64_t due_ms;
    int64_t told_ms;      /* when first; 0: nothing */
    int64_t told_wait_ms; /* -1: none */
    int64_t match;        /* of the last offer */
    bool is_counted;
    bool is_met; /* by a free agent, in the moment of arrival */
    bool is_again;
};

struct usher_daybook_person {
    char id[USHER_AGENT_ID_MAX + 1];
    bool is_ready;
    unsigned held_count; /* talks and wrap-ups */
    int64_t since_ms;    /* up to then it is in the sums */
    int64_t busy_ms;
    int64_t there_ms;
};

struct usher_daybook {
    int64_t counts_ms;
    int64_t ends_ms;
    char first_tier[USHER_NAME_MAX + 1];
    struct usher_table records;
    struct usher_list live; /* all of them */
    struct usher_table people;
    struct usher_daybook_person *persons;
    size_t persons_count;
    size_t persons_max;
    struct usher_daybook_record *spare; /* one freed record, by and by used again */
    struct usher_daybook_class classes[USHER_DAYBOOK_CLASSES_MAX];
    size_t classes_count;
    struct usher_daybook_half halves[USHER_DAYBOOK_HALVES];
    int64_t *waits; /* of those answered */
    size_t waits_count;
    size_t waits_room;
    int64_t longest_ms;
    int64_t match_sum;
    int64_t first_count; /* those who are not there again */
    int64_t first_helped_count;
    int64_t refused_count;
    int64_t open_count;
    int64_t told_kept_count;
    int64_t told_count;
    double cost_s;
};

/* What has passed since the person's last change goes into the sums. */
void usher_daybook_account(const struct usher_daybook *book, struct usher_daybook_person *person,
                           int64_t now_ms);

#endif
