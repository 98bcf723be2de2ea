/* Switches that are on, and queues by hand, by their names: one row, cut where the page ends. */
#include <stdlib.h>
#include <string.h>

#include "ctl/memory.h"
#include "ctl/top/top.h"
#include "ctl/until.h"

#define TITLE "BY HAND"

static int compare_ids(const void *a, const void *b)
{
    return strcmp((*(const struct live_item *const *)a)->id,
                  (*(const struct live_item *const *)b)->id);
}

/* Those of a set, by name; for the caller to free. */
static const struct live_item **sorted(const struct live_set *set)
{
    const struct live_item **items =
        memory_resize(NULL, (set->count + 1) * sizeof(const struct live_item *));
    for (size_t i = 0; i < set->count; i++)
        items[i] = set->items[i];
    qsort(items, set->count, sizeof(const struct live_item *), compare_ids);
    return items;
}

int top_gates_rows(const struct top *top)
{
    for (size_t i = 0; i < top->live.switches.count; i++)
        if (((const struct live_switch *)top->live.switches.items[i])->is_on)
            return 1;
    for (size_t i = 0; i < top->live.queues.count; i++)
        if (((const struct live_queue *)top->live.queues.items[i])->is_by_hand)
            return 1;
    return 0;
}

int top_draw_gates(const struct top *top, struct frame *frame, int y)
{
    const struct live *live = &top->live;
    char until[UNTIL_SIZE];
    if (top_gates_rows(top) == 0)
        return 0;
    int width = frame->width;
    int x = 1 + frame_put(frame, 1, y, width - 1, FRAME_BOLD, TITLE);
    const struct live_item **switches = sorted(&live->switches);
    const struct live_item **queues = sorted(&live->queues);
    for (size_t i = 0; i < live->switches.count; i++) {
        const struct live_switch *own = (const struct live_switch *)switches[i];
        if (own->is_on)
            x += frame_print(frame, x, y, width - x, FRAME_YELLOW, "   %s on%s", own->item.id,
                             until_write(own->until_ms, live->zone, top->now_ms, until));
    }
    for (size_t i = 0; i < live->queues.count; i++) {
        const struct live_queue *queue = (const struct live_queue *)queues[i];
        if (queue->is_by_hand)
            x += frame_print(frame, x, y, width - x, FRAME_YELLOW, "   %s %s%s", queue->item.id,
                             queue->is_closed ? "closed" : "open",
                             until_write(queue->until_ms, live->zone, top->now_ms, until));
    }
    free(switches);
    free(queues);
    return 1;
}
