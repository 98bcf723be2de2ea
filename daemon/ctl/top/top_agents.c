/* The agents: in as many columns as there is room for. Who fits stands by name, so that everybody
 * finds himself; when they do not all fit, those who need a look come first. */
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "ctl/memory.h"
#include "ctl/top/top.h"

#define CELL_MIN    36
#define CELL_WIDE   64 /* from here on skills stand beside the contact */
#define GAP         2
#define STATE_WIDTH 8
#define TIMER_WIDTH 6
#define NAME_MAX    16
#define NAME_WIDE   26

/* What an agent does, as a person says it; the lowest urgency stands last. */
struct doing {
    char word[USHER_AGENT_ID_MAX + 1];
    int style;
    int urgency;
    int64_t since_ms;
};

static struct doing doing_contact(const struct live_contact *contact)
{
    static const struct {
        enum usher_contact_state state;
        const char *word;
        int style;
        int urgency;
    } words[] = {
        {USHER_CONTACT_OFFERED, "ringing", FRAME_YELLOW, 7},
        {USHER_CONTACT_RINGING, "ringing", FRAME_YELLOW, 7},
        {USHER_CONTACT_TALKING, "talking", FRAME_CYAN, 5},
        {USHER_CONTACT_HELD, "on hold", FRAME_CYAN, 6},
        {USHER_CONTACT_WRAPPING, "wrap-up", FRAME_PLAIN, 4},
    };
    struct doing doing = {"busy", FRAME_PLAIN, 4, contact->since_ms};
    for (size_t i = 0; i < USHER_COUNT_OF(words); i++)
        if (words[i].state == contact->state) {
            memcpy(doing.word, words[i].word, strlen(words[i].word) + 1);
            doing.style = words[i].style;
            doing.urgency = words[i].urgency;
        }
    return doing;
}

/* "ring_no_answer" as "ring no answer". */
static void set_word(struct doing *doing, const char *text)
{
    size_t length = strlen(text);
    memcpy(doing->word, text, length + 1);
    for (size_t i = 0; i < length; i++)
        if (doing->word[i] == '_')
            doing->word[i] = ' ';
}

static struct doing doing_of(const struct live_agent *agent)
{
    const struct live_contact *contact = live_contact_of(agent);
    struct doing doing = {"free", FRAME_GREEN, 2, agent->since_ms};
    if (contact)
        return doing_contact(contact);
    if (agent->state == USHER_AGENT_READY && agent->freed_ms > agent->since_ms)
        doing.since_ms = agent->freed_ms;
    if (agent->state == USHER_AGENT_SIGNED_OUT)
        return (struct doing){"out", FRAME_DIM, 1, agent->since_ms};
    if (agent->state == USHER_AGENT_NOT_READY) {
        bool is_missed = strcmp(agent->reason, "ring_no_answer") == 0;
        doing.style = is_missed ? FRAME_RED : FRAME_YELLOW;
        doing.urgency = is_missed ? 9 : 3;
        set_word(&doing, is_missed ? "missed" : agent->reason[0] ? agent->reason : "not ready");
    } else if (agent->reason[0]) {
        doing.style = FRAME_RED;
        doing.urgency = 8;
        set_word(&doing, agent->reason);
    }
    return doing;
}

static int compare_names(const void *a, const void *b)
{
    const struct live_agent *left = *(const struct live_agent *const *)a;
    const struct live_agent *right = *(const struct live_agent *const *)b;
    int order = strcmp(left->name, right->name);
    return order ? order : strcmp(left->item.id, right->item.id);
}

static int compare_urgency(const void *a, const void *b)
{
    struct doing left = doing_of(*(const struct live_agent *const *)a);
    struct doing right = doing_of(*(const struct live_agent *const *)b);
    if (left.urgency != right.urgency)
        return left.urgency > right.urgency ? -1 : 1;
    if (left.since_ms != right.since_ms)
        return left.since_ms < right.since_ms ? -1 : 1;
    return compare_names(a, b);
}

/* The contact's own id, without the PBX's name. */
static const char *own_id(const struct live_contact *contact)
{
    const char *slash = strchr(contact->item.id, '/');
    return slash ? slash + 1 : contact->item.id;
}

/* Where an agent is drawn. */
struct cell {
    int width;
    int name;     /* columns of the name */
    bool is_wide; /* skills stand beside the contact */
};

static void draw_work(struct frame *frame, int x, int y, int width, bool is_wide,
                      const struct live_agent *agent)
{
    const struct live_contact *contact = live_contact_of(agent);
    if (contact && contact->queue)
        frame_put(frame, x, y, is_wide ? 12 : width, FRAME_PLAIN, contact->queue->item.id);
    if (!is_wide)
        return;
    if (contact)
        frame_put(frame, x + 13, y, 8, FRAME_DIM, own_id(contact));
    if (agent->skills)
        frame_put(frame, x + 22, y, width - 22, FRAME_DIM, agent->skills);
}

static void draw_agent(const struct top *top, struct frame *frame, int x, int y,
                       const struct cell *cell, const struct live_agent *agent)
{
    char room[TOP_TEXT_SIZE];
    struct doing doing = doing_of(agent);
    int end = x + cell->width, gap = cell->is_wide ? 2 : 1;
    bool is_out = agent->state == USHER_AGENT_SIGNED_OUT;
    frame_put(frame, x, y, 1, doing.style, doing.urgency >= 8 ? "!" : " ");
    x += gap;
    frame_put(frame, x, y, cell->name, is_out ? FRAME_DIM : FRAME_PLAIN, agent->name);
    x += cell->name + gap;
    frame_put(frame, x, y, STATE_WIDTH, doing.style, doing.word);
    x += STATE_WIDTH;
    if (!is_out && x + TIMER_WIDTH <= end)
        frame_print_right(frame, x, y, TIMER_WIDTH, FRAME_PLAIN, "%s",
                          top_span(top->now_ms - doing.since_ms, room));
    x += TIMER_WIDTH + gap;
    draw_work(frame, x, y, end - x, cell->is_wide, agent);
}

static struct cell cell_of(const struct live_agent **agents, int count, int width)
{
    struct cell cell = {.width = width, .name = 0, .is_wide = width >= CELL_WIDE};
    int most = cell.is_wide ? NAME_WIDE : NAME_MAX;
    for (int i = 0; i < count && cell.name < most; i++) {
        int name = frame_width_of(agents[i]->name);
        cell.name = name < cell.name ? cell.name : name < most ? name : most;
    }
    int room = width - 2 - STATE_WIDTH; /* a page so narrow has gaps of one */
    if (cell.name > room)
        cell.name = room > 0 ? room : 0;
    return cell;
}

static int columns_in(int width)
{
    int columns = (width + GAP) / (CELL_MIN + GAP);
    if (width >= 2 * (CELL_WIDE + 30) + GAP)
        return 2;
    return width >= CELL_WIDE + 30 || columns < 1 ? 1 : columns;
}

static int take_agents(const struct top *top, const struct live_agent **agents)
{
    const struct live_queue *queue = top_filter_queue(top);
    int count = 0;
    for (size_t i = 0; i < top->live.agents.count; i++) {
        const struct live_agent *agent = (const struct live_agent *)top->live.agents.items[i];
        if (!queue || live_agent_serves(agent, queue))
            agents[count++] = agent;
    }
    return count;
}

int top_agents_rows(const struct top *top, int width)
{
    int columns = columns_in(width);
    return ((int)top->live.agents.count + columns - 1) / columns;
}

static void draw_head(const struct top *top, struct frame *frame, struct top_place place)
{
    const struct live_counts *counts = &top->live.counts;
    char title[128];
    snprintf(title, sizeof(title), "AGENTS %zu · %zu free · %zu busy · %zu not ready",
             counts->signed_in, counts->free, counts->signed_in - counts->free - counts->not_ready,
             counts->not_ready);
    top_draw_title(top, frame, place, TOP_AGENTS, title);
}

void top_draw_agents(struct top *top, struct frame *frame, struct top_place place)
{
    int columns = columns_in(place.width), rows = place.height - 1;
    bool is_more;
    if (place.height < 1)
        return;
    const struct live_agent **agents =
        memory_resize(NULL, (top->live.agents.count + 1) * sizeof(struct live_agent *));
    int count = take_agents(top, agents);
    int lines = count > 0 ? (count + columns - 1) / columns : 1;
    qsort(agents, (size_t)count, sizeof(const struct live_agent *),
          lines > rows ? compare_urgency : compare_names);
    bool is_all = lines <= rows;
    int first = top_scroll(top, TOP_AGENTS, lines, &rows, &is_more);
    struct cell cell = cell_of(agents, count, (place.width - GAP * (columns - 1)) / columns);
    draw_head(top, frame, place);
    for (int i = 0; i < rows * columns && first * columns + i < count; i++) {
        int column = is_all ? i / lines : i % columns;
        int row = is_all ? i % lines : i / columns;
        draw_agent(top, frame, place.x + column * (cell.width + GAP), place.y + 1 + row, &cell,
                   agents[first * columns + i]);
    }
    if (is_more)
        frame_print(frame, place.x + 2, place.y + 1 + rows, place.width - 2, FRAME_DIM, "+%d more",
                    count - (first + rows) * columns);
    free(agents);
}
