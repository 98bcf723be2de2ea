/* What happens, the newest first; and who waits, the latest first. */
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "ctl/memory.h"
#include "ctl/past/moment.h"
#include "ctl/top/top.h"

#define CLOCK_WIDTH 8

static const struct {
    const char *mark;
    int style;
    bool is_all; /* the whole line has the style, not its mark alone */
} looks[FEED_KIND_COUNT] = {
    [FEED_NONE] = {" ", FRAME_PLAIN, false},
    [FEED_DECISION] = {"›", FRAME_CYAN | FRAME_BOLD, false},
    [FEED_ANSWER] = {"+", FRAME_GREEN, true},
    [FEED_MISS] = {"-", FRAME_YELLOW, true},
    [FEED_LEFT] = {"!", FRAME_RED, true},
    [FEED_NOTE] = {" ", FRAME_DIM, true},
    [FEED_NOTICE] = {"!", FRAME_YELLOW | FRAME_BOLD, true},
    [FEED_ALARM] = {"*", FRAME_RED | FRAME_BOLD, true},
};

/* How wide each part is. */
struct parts {
    int agent;
    int contact;
    int queue;
};

static struct parts parts_in(int width)
{
    if (width >= 100)
        return (struct parts){22, 10, 12};
    if (width >= 76)
        return (struct parts){14, 5, 10};
    return width >= 56 ? (struct parts){14, 5, 0} : (struct parts){12, 0, 0};
}

static void draw_line(struct frame *frame, struct top_place place, int y,
                      const struct feed_line *line)
{
    char room[TOP_TEXT_SIZE];
    struct parts parts = parts_in(place.width);
    int x = place.x, end = place.x + place.width;
    int style = looks[line->kind].is_all ? looks[line->kind].style : FRAME_PLAIN;
    frame_put(frame, x, y, CLOCK_WIDTH, FRAME_DIM, moment_write_clock(line->at_ms, room));
    x += CLOCK_WIDTH + 1;
    frame_put(frame, x, y, 1, looks[line->kind].style, looks[line->kind].mark);
    x += 2;
    if (!line->agent[0] && !line->contact[0]) {
        frame_put(frame, x, y, end - x, style, line->words);
        return;
    }
    frame_put(frame, x, y, parts.agent, style | (line->kind == FEED_DECISION ? FRAME_BOLD : 0),
              line->agent);
    x += parts.agent + 1;
    if (line->contact[0] && parts.contact) {
        frame_put(frame, x, y, parts.contact, FRAME_DIM, line->contact);
        x += parts.contact + 1;
        frame_put(frame, x, y, parts.queue, style, line->queue);
        x += parts.queue + (parts.queue ? 1 : 0);
    }
    frame_put(frame, x, y, end - x, style, line->words);
}

static bool is_shown(const struct top *top, const struct feed_line *line)
{
    return !top->filter[0] || !line->queue[0] || strcmp(line->queue, top->filter) == 0;
}

void top_draw_feed(struct top *top, struct frame *frame, struct top_place place)
{
    int rows = place.height - 1, seen = 0;
    if (place.height < 1)
        return;
    top_draw_title(top, frame, place, TOP_FEED, "WHAT HAPPENS, AND WHY");
    int most = (int)(top->feed.count < FEED_LINES_MAX ? top->feed.count : FEED_LINES_MAX) - rows;
    if (top->scroll[TOP_FEED] > most)
        top->scroll[TOP_FEED] = most > 0 ? most : 0;
    const struct feed_line *line;
    for (size_t i = 0; seen < rows + top->scroll[TOP_FEED] && (line = feed_at(&top->feed, i));
         i++) {
        if (!is_shown(top, line))
            continue;
        int y = place.y + 1 + seen++ - top->scroll[TOP_FEED];
        if (y > place.y)
            draw_line(frame, place, y, line);
    }
}

static int compare_waiting(const void *a, const void *b)
{
    const struct live_contact *left = *(const struct live_contact *const *)a;
    const struct live_contact *right = *(const struct live_contact *const *)b;
    if (left->due_ms != right->due_ms)
        return left->due_ms < right->due_ms ? -1 : 1;
    return strcmp(left->item.id, right->item.id);
}

static void draw_waiting(const struct top *top, struct frame *frame, struct top_place place, int y,
                         const struct live_contact *contact)
{
    char room[TOP_TEXT_SIZE];
    bool is_late = contact->due_ms > 0 && top->now_ms > contact->due_ms;
    int style = is_late ? FRAME_RED | FRAME_BOLD : FRAME_PLAIN;
    const char *slash = strchr(contact->item.id, '/');
    int x = place.x + 2;
    frame_put(frame, place.x, y, 1, style, is_late ? "!" : " ");
    frame_put(frame, x, y, 16, style, contact->queue ? contact->queue->item.id : "");
    frame_put(frame, x + 17, y, 12, FRAME_DIM, slash ? slash + 1 : contact->item.id);
    frame_print_right(frame, x + 30, y, 7, style, "%s",
                      top_span(top->now_ms - contact->place_ms, room));
    if (contact->due_ms > 0)
        frame_print_right(
            frame, x + 39, y, 13, style, is_late ? "%s late" : "due in %s",
            top_span(is_late ? top->now_ms - contact->due_ms : contact->due_ms - top->now_ms,
                     room));
}

void top_draw_waiting(struct top *top, struct frame *frame, struct top_place place)
{
    const struct live_queue *queue = top_filter_queue(top);
    int count = 0, rows = place.height - 1;
    char title[64];
    bool is_more;
    if (place.height < 1)
        return;
    const struct live_contact **waiting =
        memory_resize(NULL, (top->live.contacts.count + 1) * sizeof(struct live_contact *));
    for (size_t i = 0; i < top->live.contacts.count; i++) {
        const struct live_contact *contact =
            (const struct live_contact *)top->live.contacts.items[i];
        if (contact->state == USHER_CONTACT_WAITING && (!queue || contact->queue == queue))
            waiting[count++] = contact;
    }
    qsort(waiting, (size_t)count, sizeof(const struct live_contact *), compare_waiting);
    snprintf(title, sizeof(title), "NEXT PROMISES · %d waiting", count);
    top_draw_title(top, frame, place, TOP_WAITING, title);
    int first = top_scroll(top, TOP_WAITING, count, &rows, &is_more);
    for (int i = 0; i < rows && first + i < count; i++)
        draw_waiting(top, frame, place, place.y + 1 + i, waiting[first + i]);
    if (is_more)
        frame_print(frame, place.x + 2, place.y + 1 + rows, place.width - 2, FRAME_DIM, "+%d more",
                    count - first - rows);
    free(waiting);
}
