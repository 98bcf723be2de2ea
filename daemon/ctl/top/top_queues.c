/* The queues: one row each. Where the page is narrow, the columns that tell least are left out. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "ctl/memory.h"
#include "ctl/top/top.h"

#define TITLE      "QUEUES"
#define NAME_MIN   8
#define NAME_LEAST 2
#define RANK_DEAR  1 /* a name is shortened before a column of this rank is left out */
#define NAME_MAX   24
#define SPARKS_MIN 8
#define GAP        2
#define NEAR_PART  4 /* the last quarter of a promise counts as near */

enum column {
    COLUMN_WAITING = 0,
    COLUMN_LONGEST,
    COLUMN_DUE,
    COLUMN_KEPT,
    COLUMN_GOAL,
    COLUMN_ANSWERED,
    COLUMN_SPEED,
    COLUMN_LEFT,
    COLUMN_TALKING,
    COLUMN_FREE,
    COLUMN_CALLS,
    COLUMNS_COUNT,
};

static const struct {
    const char *title;
    int width;
    int rank; /* the highest is left out first */
} columns[COLUMNS_COUNT] = {
    [COLUMN_WAITING] = {"WAIT", 4, 0},
    [COLUMN_LONGEST] = {"LONGEST", 7, 5},
    [COLUMN_DUE] = {"PROMISE", 9, 1},
    [COLUMN_KEPT] = {"KEPT", 13, 4},
    [COLUMN_GOAL] = {"GOAL", 5, 8},
    [COLUMN_ANSWERED] = {"ANSWERED", 8, 9},
    [COLUMN_SPEED] = {"SPEED", 6, 10},
    [COLUMN_LEFT] = {"LEFT", 4, 6},
    [COLUMN_TALKING] = {"TALK", 4, 7},
    [COLUMN_FREE] = {"FREE", 6, 2},
    [COLUMN_CALLS] = {"CALLS", SPARKS_MIN, 3},
};

/* Where the columns stand; width 0 = left out. */
struct layout {
    int name_width;
    int x[COLUMNS_COUNT];
    int width[COLUMNS_COUNT];
};

static int width_of(const struct layout *layout)
{
    int width = 2 + layout->name_width;
    for (int i = 0; i < COLUMNS_COUNT; i++)
        width += layout->width[i] > 0 ? GAP + layout->width[i] : 0;
    return width;
}

/* Takes something away. How many wait goes last, after most of the name. */
static void narrow(struct layout *layout)
{
    int least = COLUMN_WAITING;
    for (int i = 0; i < COLUMNS_COUNT; i++)
        if (layout->width[i] > 0 && columns[i].rank > columns[least].rank)
            least = i;
    int name_min = least == COLUMN_WAITING ? NAME_LEAST : NAME_MIN;
    if (columns[least].rank <= RANK_DEAR && layout->name_width > name_min)
        layout->name_width--;
    else
        layout->width[least] = 0;
}

/* The width of the longest name, as far as that may be. */
static int name_width_of(const struct top *top)
{
    int width = NAME_MIN;
    for (size_t i = 0; i < top->live.queues.count; i++) {
        int name = frame_width_of(top->live.queues.items[i]->id);
        if (name > width)
            width = name < NAME_MAX ? name : NAME_MAX;
    }
    return width;
}

static struct layout lay_out(const struct top *top, int width)
{
    int name_width = name_width_of(top);
    struct layout layout = {.name_width = name_width};
    for (int i = 0; i < COLUMNS_COUNT; i++)
        layout.width[i] = columns[i].width;
    while (width_of(&layout) > width && layout.width[COLUMN_WAITING] > 0)
        narrow(&layout);
    int spare = width - width_of(&layout);
    if (spare > 0 || layout.width[COLUMN_WAITING] == 0)
        layout.name_width =
            layout.name_width + spare < name_width ? layout.name_width + spare : name_width;
    if (layout.width[COLUMN_CALLS] > 0)
        layout.width[COLUMN_CALLS] += width - width_of(&layout);
    int x = 2 + layout.name_width;
    for (int i = 0; i < COLUMNS_COUNT; i++) {
        layout.x[i] = x + GAP;
        x += layout.width[i] > 0 ? GAP + layout.width[i] : 0;
    }
    return layout;
}

/* How badly a queue stands: late, near, waiting, quiet. */
enum stand { STAND_QUIET = 0, STAND_WAITING, STAND_NEAR, STAND_LATE };

static enum stand stand_of(const struct live_queue *queue, int64_t now_ms)
{
    if (queue->late > 0)
        return STAND_LATE;
    if (queue->waiting == 0)
        return STAND_QUIET;
    bool is_near = queue->due_ms > 0 && queue->promise_ms > 0 &&
                   queue->due_ms - now_ms <= queue->promise_ms / NEAR_PART;
    return is_near ? STAND_NEAR : STAND_WAITING;
}

static const int stand_styles[] = {FRAME_PLAIN, FRAME_PLAIN, FRAME_YELLOW | FRAME_BOLD,
                                   FRAME_RED | FRAME_BOLD};

static int compare_names(const void *a, const void *b)
{
    return strcmp((*(const struct live_queue *const *)a)->item.id,
                  (*(const struct live_queue *const *)b)->item.id);
}

/* The latest first, then those that wait longest. */
static int compare_urgency(const void *a, const void *b)
{
    const struct live_queue *left = *(const struct live_queue *const *)a;
    const struct live_queue *right = *(const struct live_queue *const *)b;
    if ((left->waiting > 0) != (right->waiting > 0))
        return left->waiting > 0 ? -1 : 1;
    if (left->late != right->late)
        return left->late > right->late ? -1 : 1;
    if (left->due_ms != right->due_ms)
        return left->due_ms < right->due_ms ? -1 : 1;
    return compare_names(a, b);
}

static void draw_due(struct frame *frame, int x, int y, int width, const struct live_queue *queue,
                     int64_t now_ms)
{
    char room[TOP_TEXT_SIZE];
    enum stand stand = stand_of(queue, now_ms);
    if (queue->is_closed && stand != STAND_LATE)
        frame_print_right(frame, x, y, width, FRAME_YELLOW, "closed");
    else if (stand == STAND_QUIET)
        frame_print_right(frame, x, y, width, FRAME_DIM, "%s", top_span(queue->promise_ms, room));
    else if (stand == STAND_LATE)
        frame_print_right(frame, x, y, width, stand_styles[stand], "%s late",
                          top_span(now_ms - queue->due_ms, room));
    else if (queue->due_ms > 0)
        frame_print_right(frame, x, y, width, stand_styles[stand], "in %s",
                          top_span(queue->due_ms - now_ms, room));
}

static int style_of_share(int percent, int64_t target)
{
    if (target < 0 || percent >= target)
        return FRAME_GREEN;
    return percent >= target - 15 ? FRAME_YELLOW : FRAME_RED | FRAME_BOLD;
}

static void draw_kept(struct frame *frame, int x, int y, int width, int64_t target,
                      const struct usher_service_figures *figures)
{
    int percent = usher_service_kept_percent(figures);
    if (percent < 0 || width == 0)
        return;
    int style = style_of_share(percent, target);
    frame_bar(frame, x, y, width - 6, style & ~FRAME_BOLD, percent, 100);
    frame_print_right(frame, x + width - 6, y, 6, style, "%d %%", percent);
}

static void draw_sparks(const struct top *top, struct frame *frame, int x, int y, int width,
                        const struct live_queue *queue, int64_t whole)
{
    for (int i = 0; i < width && i < TOP_STEPS_COUNT; i++) {
        int64_t arrived = usher_service_arrived(top->service, usher_text_of(queue->item.id),
                                                top->now_ms, (size_t)i);
        frame_spark(frame, x + width - 1 - i, y, FRAME_CYAN, arrived, whole);
    }
}

/* The most that arrived in one step, in any queue, so that the charts can be compared. */
static int64_t most_arrived(const struct top *top, int width)
{
    int64_t most = 4;
    for (size_t i = 0; i < top->live.queues.count; i++)
        for (int j = 0; j < width && j < TOP_STEPS_COUNT; j++) {
            int64_t arrived = usher_service_arrived(
                top->service, usher_text_of(top->live.queues.items[i]->id), top->now_ms, (size_t)j);
            most = arrived > most ? arrived : most;
        }
    return most;
}

static void draw_figures(const struct top *top, struct frame *frame, int left, int y,
                         const struct layout *layout, const struct live_queue *queue)
{
    char room[TOP_TEXT_SIZE];
    struct usher_service_figures figures =
        usher_service_read(top->service, usher_text_of(queue->item.id), top->now_ms);
#define AT(column) left + layout->x[column], y, layout->width[column]
    draw_kept(frame, AT(COLUMN_KEPT), queue->target, &figures);
    if (queue->target >= 0)
        frame_print_right(frame, AT(COLUMN_GOAL), FRAME_DIM, "%" PRId64 " %%", queue->target);
    frame_print_right(frame, AT(COLUMN_ANSWERED), FRAME_PLAIN, "%" PRId64, figures.answered_count);
    frame_print_right(frame, AT(COLUMN_SPEED), FRAME_PLAIN, "%s",
                      figures.answered_count ? top_span(usher_service_answer_ms(&figures), room)
                                             : "");
    frame_print_right(frame, AT(COLUMN_LEFT), figures.abandoned_count ? FRAME_YELLOW : FRAME_DIM,
                      "%" PRId64, figures.abandoned_count);
#undef AT
}

static void draw_row(const struct top *top, struct frame *frame, int left, int y,
                     const struct layout *layout, const struct live_queue *queue, int64_t most)
{
    static const char *const marks[] = {" ", " ", "-", "!"};
    char room[TOP_TEXT_SIZE];
    enum stand stand = stand_of(queue, top->now_ms);
    int style = stand_styles[stand];
    bool has_nobody = queue->signed_in == 0;
#define AT(column) left + layout->x[column], y, layout->width[column]
    frame_put(frame, left, y, 1, style, marks[stand]);
    frame_put(frame, left + 2, y, layout->name_width, style | FRAME_BOLD, queue->item.id);
    frame_print_right(frame, AT(COLUMN_WAITING), queue->waiting ? style | FRAME_BOLD : FRAME_DIM,
                      "%zu", queue->waiting);
    if (queue->waiting > 0)
        frame_print_right(frame, AT(COLUMN_LONGEST), style, "%s",
                          top_span(top->now_ms - queue->since_ms, room));
    draw_due(frame, AT(COLUMN_DUE), queue, top->now_ms);
    draw_figures(top, frame, left, y, layout, queue);
    frame_print_right(frame, AT(COLUMN_TALKING), queue->talking ? FRAME_PLAIN : FRAME_DIM, "%zu",
                      queue->talking);
    frame_print_right(frame, AT(COLUMN_FREE),
                      has_nobody         ? FRAME_RED | FRAME_BOLD
                      : queue->free == 0 ? FRAME_DIM
                                         : FRAME_GREEN,
                      "%zu/%zu", queue->free, queue->signed_in);
    draw_sparks(top, frame, AT(COLUMN_CALLS), queue, most);
#undef AT
}

static void draw_head(const struct top *top, struct frame *frame, struct top_place place,
                      const struct layout *layout)
{
    int first = place.x + 2 + (int)strlen(TITLE) + 1;
    top_draw_title(top, frame, place, TOP_QUEUES, TITLE);
    for (int i = 0; i < COLUMNS_COUNT; i++) {
        int width = layout->width[i], x = place.x + layout->x[i];
        int title = frame_width_of(columns[i].title);
        int at = i == COLUMN_CALLS || i == COLUMN_KEPT ? x : x + width - title;
        if (width == 0 || at < first)
            continue;
        frame_put(frame, at - 1, place.y, 1, FRAME_PLAIN, " ");
        frame_put(frame, at, place.y, title, FRAME_DIM, columns[i].title);
        frame_put(frame, at + title, place.y, 1, FRAME_PLAIN, " ");
    }
}

const struct live_queue *top_queue_after(const struct top *top, const char *name)
{
    const struct live_queue *next = NULL;
    for (size_t i = 0; i < top->live.queues.count; i++) {
        const struct live_queue *queue = (const struct live_queue *)top->live.queues.items[i];
        if (strcmp(queue->item.id, name) > 0 &&
            (!next || strcmp(queue->item.id, next->item.id) < 0))
            next = queue;
    }
    return next;
}

int top_queues_rows(const struct top *top)
{
    return top->filter[0] ? 1 : (int)top->live.queues.count;
}

void top_draw_queues(struct top *top, struct frame *frame, struct top_place place)
{
    int count = (int)top->live.queues.count, rows = place.height - 1;
    bool is_more;
    if (place.height < 1)
        return;
    const struct live_queue **queues =
        memory_resize(NULL, ((size_t)count + 1) * sizeof(struct live_queue *));
    for (int i = 0; i < count; i++)
        queues[i] = (const struct live_queue *)top->live.queues.items[i];
    if (top_filter_queue(top)) {
        queues[0] = top_filter_queue(top);
        count = 1;
    }
    qsort(queues, (size_t)count, sizeof(const struct live_queue *),
          count > rows ? compare_urgency : compare_names);
    struct layout layout = lay_out(top, place.width);
    int64_t most = most_arrived(top, layout.width[COLUMN_CALLS]);
    int first = top_scroll(top, TOP_QUEUES, count, &rows, &is_more);
    draw_head(top, frame, place, &layout);
    for (int i = 0; i < rows; i++)
        draw_row(top, frame, place.x, place.y + 1 + i, &layout, queues[first + i], most);
    if (is_more)
        frame_print(frame, place.x + 2, place.y + 1 + rows, place.width - 2, FRAME_DIM, "+%d more",
                    count - first - rows);
    free(queues);
}
