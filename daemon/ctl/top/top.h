/* The live screen: what it knows, and the pages that are drawn of it. top.c keeps it up to date and
 * takes the keys; top_page.c draws a page, and top_gates.c, top_queues.c, top_agents.c and
 * top_feed.c its parts. */
#ifndef CTL_TOP_TOP_H
#define CTL_TOP_TOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ctl/top/feed.h"
#include "ctl/top/frame.h"
#include "ctl/top/live.h"
#include "report/service.h"

#define TOP_STEP_MS     INT64_C(10000) /* of the service level's window, and of the charts */
#define TOP_STEPS_COUNT 180
#define TOP_NOTICE_SIZE 512
#define TOP_ACTIONS_MAX 8
#define TOP_SILENT_MS   2500 /* usherd is asked for a sign of life each second */
#define TOP_RETURN_MS   8000 /* so long a return is told in the banner */

enum top_panel {
    TOP_QUEUES = 0,
    TOP_AGENTS,
    TOP_WAITING,
    TOP_FEED,
    TOP_PANELS_COUNT,
};

/* A key that runs a command of the operator's. */
struct top_action {
    int key;
    char label[64];
    const char *command;
};

struct top {
    struct live live;
    struct usher_service *service;
    struct feed feed;
    int64_t now_ms; /* the router's clock, as far as it is known here */
    char site[33];
    char hash[65]; /* of the rules; "" = not known */
    uint32_t epoch;
    char leader[256];    /* where it is */
    bool is_away;        /* nobody leads, as far as we can reach */
    int64_t away_ms;     /* for how long */
    int64_t silent_ms;   /* since the last word */
    int64_t returned_ms; /* now_ms of the last return; 0 = none */
    char returned[256];  /* what it was like */
    char problem[256];   /* why we are not let in; "" = none */
    char notice[TOP_NOTICE_SIZE];
    const struct top_action *actions;
    size_t actions_count;
    /* What the keys have set. */
    bool has_keys; /* a person is there */
    bool is_paused;
    bool has_help;
    enum top_panel focus;
    int scroll[TOP_PANELS_COUNT];    /* lines; each panel bounds its own when it is drawn */
    char filter[USHER_NAME_MAX + 1]; /* a queue: only what concerns it is shown; "" = all */
};

struct top_place {
    int x;
    int y;
    int width;
    int height;
};

/* Draws all of it; live_count must have been called for top->now_ms. Bounds top->scroll. */
void top_draw(struct top *top, struct frame *frame);
/* The rows of a page of this width that shows everything. */
int top_full_height(const struct top *top, int width);

/* Panels: the title's row, then what fits. Below it the most urgent come first, and the last row
 * says how many more there are. */
void top_draw_queues(struct top *top, struct frame *frame, struct top_place place);
void top_draw_agents(struct top *top, struct frame *frame, struct top_place place);
void top_draw_waiting(struct top *top, struct frame *frame, struct top_place place);
void top_draw_feed(struct top *top, struct frame *frame, struct top_place place);
/* How many rows, without the title, the panel would like to have in this width. */
int top_queues_rows(const struct top *top);
int top_agents_rows(const struct top *top, int width);

/* The title's row of a panel: a line with `title` in it. */
void top_draw_title(const struct top *top, struct frame *frame, struct top_place place,
                    enum top_panel panel, const char *title);
/* Bounds the panel's scroll, and says which of `count` rows is the first to be shown; `*rows`, the
 * rows that there are, becomes how many are shown. A row is kept for "+7 more" when it is needed:
 * then *is_more. */
int top_scroll(struct top *top, enum top_panel panel, int count, int *rows, bool *is_more);

/* What is not as the rules alone would have it: the switches that are on, and the queues that are
 * open or closed by hand. One row, or none: returns how many. */
int top_gates_rows(const struct top *top);
int top_draw_gates(const struct top *top, struct frame *frame, int y);

/* The first queue whose name comes after `name`, or NULL. */
const struct live_queue *top_queue_after(const struct top *top, const char *name);
/* The queue that the filter names, or NULL. */
const struct live_queue *top_filter_queue(const struct top *top);

#define TOP_TEXT_SIZE 32
/* "12 s", "2:05", "1:02:05"; "" below 0. */
const char *top_span(int64_t span_ms, char room[TOP_TEXT_SIZE]);

#endif
