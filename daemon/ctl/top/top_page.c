/* The page: what stands where, its head and foot, and the help over it. Three shapes: all in one
 * column; wide, with what happens beside the agents; and tall, with figures that are read from the
 * other end of the room. */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/compiler.h"
#include "ctl/past/moment.h"
#include "ctl/top/top.h"

#define WIDE_MIN       130
#define TALL_MIN       44
#define TILES_HEIGHT   8
#define TILES_WIDTH    110
#define FULL_FEED_ROWS 4

const char *top_span(int64_t span_ms, char room[TOP_TEXT_SIZE])
{
    int64_t seconds = span_ms / 1000;
    room[0] = '\0';
    if (span_ms < 0)
        return room;
    if (seconds < 60)
        snprintf(room, TOP_TEXT_SIZE, "%" PRId64 " s", seconds);
    else if (seconds < 3600)
        snprintf(room, TOP_TEXT_SIZE, "%" PRId64 ":%02d", seconds / 60, (int)(seconds % 60));
    else if (seconds < 86400)
        snprintf(room, TOP_TEXT_SIZE, "%" PRId64 " h %02d", seconds / 3600,
                 (int)(seconds / 60 % 60));
    else
        snprintf(room, TOP_TEXT_SIZE, "%" PRId64 " d", seconds / 86400);
    return room;
}

const struct live_queue *top_filter_queue(const struct top *top)
{
    return top->filter[0] ? live_find_queue(&top->live, usher_text_of(top->filter)) : NULL;
}

void top_draw_title(const struct top *top, struct frame *frame, struct top_place place,
                    enum top_panel panel, const char *title)
{
    bool has_focus = top->has_keys && top->focus == panel;
    frame_rule(frame, place.x, place.y, place.width, FRAME_DIM);
    frame_put(frame, place.x, place.y, 1, has_focus ? FRAME_CYAN | FRAME_BOLD : FRAME_DIM,
              has_focus ? "›" : "─");
    frame_put(frame, place.x + 1, place.y, 1, FRAME_PLAIN, " ");
    int taken = frame_put(frame, place.x + 2, place.y, place.width - 3, FRAME_BOLD, title);
    frame_put(frame, place.x + 2 + taken, place.y, 1, FRAME_PLAIN, " ");
}

int top_scroll(struct top *top, enum top_panel panel, int count, int *rows, bool *is_more)
{
    int most = count > *rows ? count - *rows : 0;
    int *scroll = &top->scroll[panel];
    if (*rows < 0)
        *rows = 0;
    if (*scroll > most)
        *scroll = most;
    *is_more = *rows > 1 && *scroll < most;
    if (*is_more)
        (*rows)--;
    if (*rows > count)
        *rows = count;
    return *scroll;
}

/* Head and foot. */

static void draw_head(const struct top *top, struct frame *frame)
{
    char clock[TOP_TEXT_SIZE], right[160], rules[32] = "";
    const char *state = top->is_paused ? "PAUSED" : "● live";
    int style = FRAME_REVERSE | FRAME_BOLD;
    if (top->is_away) {
        state = "○ away";
        style |= FRAME_RED;
    } else if (top->silent_ms > TOP_SILENT_MS) {
        state = "○ silent";
        style |= FRAME_YELLOW;
    }
    if (top->hash[0] && frame->width >= 72)
        snprintf(rules, sizeof(rules), "rules %.8s   ", top->hash);
    snprintf(right, sizeof(right), "%sepoch %u   %s   %s ", rules, top->epoch, state,
             moment_write_clock(top->now_ms, clock));
    if (frame->width < 48)
        snprintf(right, sizeof(right), "%s %s ", state, clock);
    frame_fill(frame, 0, 0, frame->width, style);
    int taken = frame_print(frame, 0, 0, frame->width, style, " USHER  %s  ", top->site);
    frame_print_right(frame, taken, 0, frame->width - taken, style, "%s", right);
}

/* The promises of the whole center. */
static struct usher_service_figures total_of(const struct top *top)
{
    return usher_service_read(top->service, USHER_NO_TEXT, top->now_ms);
}

/* Nothing where there is no room for all of it; returns how many columns it took. */
__attribute__((format(printf, 5, 6))) static int print_whole(struct frame *frame, int x, int y,
                                                             int style, const char *format, ...)
{
    char text[2 * TOP_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    int width = frame_width_of(text);
    return width <= frame->width - x ? frame_put(frame, x, y, width, style, text) : 0;
}

/* " (3 s too long)": what is told is rather that than off in both directions. "" below a second. */
static const char *write_bias(int64_t bias_ms, char room[TOP_TEXT_SIZE])
{
    int64_t seconds = bias_ms / 1000;
    room[0] = '\0';
    if (seconds != 0)
        snprintf(room, TOP_TEXT_SIZE, " (%" PRId64 " s too %s)", seconds < 0 ? -seconds : seconds,
                 seconds < 0 ? "short" : "long");
    return room;
}

static void draw_totals(const struct top *top, struct frame *frame, int y)
{
    const struct live_counts *counts = &top->live.counts;
    struct usher_service_figures figures = total_of(top);
    int percent = usher_service_kept_percent(&figures), x = 1;
    char bias[TOP_TEXT_SIZE];
#define ADD(style, ...) x += print_whole(frame, x, y, (style), __VA_ARGS__)
    ADD(counts->waiting ? FRAME_BOLD : FRAME_PLAIN, "waiting %zu", counts->waiting);
    if (counts->late > 0)
        ADD(FRAME_RED | FRAME_BOLD, ", %zu late", counts->late);
    ADD(FRAME_PLAIN, "   talking %zu", counts->talking);
    ADD(FRAME_PLAIN, "   ringing %zu", counts->ringing);
    ADD(counts->free ? FRAME_GREEN : FRAME_PLAIN, "   free %zu of %zu", counts->free,
        counts->signed_in);
    if (counts->scheduled > 0)
        ADD(FRAME_PLAIN, "   scheduled %zu", counts->scheduled);
    if (percent >= 0)
        ADD(FRAME_BOLD, "   promises kept %d %%", percent);
    if (usher_service_told_percent(&figures) >= 0)
        ADD(FRAME_PLAIN, "   told waits kept %d %%, off by %" PRId64 " s%s",
            usher_service_told_percent(&figures), usher_service_told_error_ms(&figures) / 1000,
            write_bias(usher_service_told_bias_ms(&figures), bias));
    if (usher_service_resolved_percent(&figures) >= 0)
        ADD(FRAME_PLAIN, "   FCR %d %%", usher_service_resolved_percent(&figures));
    if (figures.abandoned_count > 0)
        ADD(FRAME_PLAIN, "   left %" PRId64, figures.abandoned_count);
#undef ADD
}

/* What must be seen before all else: one row, or none. */
static int draw_banner(const struct top *top, struct frame *frame, int y)
{
    const struct live_counts *counts = &top->live.counts;
    char text[TOP_NOTICE_SIZE + 32] = "";
    int style = FRAME_REVERSE | FRAME_BOLD;
    bool is_back = top->returned_ms > 0 && top->now_ms - top->returned_ms < TOP_RETURN_MS;
    if (top->problem[0]) {
        snprintf(text, sizeof(text), "! %s", top->problem);
        style |= FRAME_RED;
    } else if (top->is_away) {
        snprintf(text, sizeof(text),
                 "! usherd is away, since %" PRId64 ".%d s: below is what it knew, %zu waiting and "
                 "%zu talking",
                 top->away_ms / 1000, (int)(top->away_ms / 100 % 10), counts->waiting,
                 counts->talking);
        style |= FRAME_RED;
    } else if (top->silent_ms > TOP_SILENT_MS) {
        snprintf(text, sizeof(text), "! usherd says nothing, since %" PRId64 " s",
                 top->silent_ms / 1000);
        style |= FRAME_YELLOW;
    } else if (is_back) {
        snprintf(text, sizeof(text), "%s", top->returned);
        style |= FRAME_GREEN;
    } else if (top->notice[0]) {
        snprintf(text, sizeof(text), "! %s", top->notice);
        style |= FRAME_YELLOW;
    } else {
        return 0;
    }
    frame_fill(frame, 0, y, frame->width, style);
    frame_put(frame, 1, y, frame->width - 2, style, text);
    return 1;
}

static void draw_foot(const struct top *top, struct frame *frame, int y)
{
    static const struct {
        const char *key;
        const char *word;
    } keys[] = {{"q", "quit"}, {"?", "help"}, {"p", "pause"}, {"f", "queue"}, {"tab", "panel"}};
    int x = 1, width = frame->width;
    for (size_t i = 0; i < USHER_COUNT_OF(keys); i++) {
        if (x + (int)(strlen(keys[i].key) + 1 + strlen(keys[i].word)) > width)
            break;
        x += frame_put(frame, x, y, width - x, FRAME_BOLD, keys[i].key) + 1;
        x += frame_put(frame, x, y, width - x, FRAME_DIM, keys[i].word) + 2;
    }
    for (size_t i = 0; i < top->actions_count; i++) {
        x += frame_print(frame, x, y, width - x, FRAME_CYAN | FRAME_BOLD, "%c",
                         top->actions[i].key) +
             1;
        x += frame_put(frame, x, y, width - x, FRAME_CYAN, top->actions[i].label) + 2;
    }
    if (top->filter[0])
        frame_print_right(frame, x, y, width - x - 1, FRAME_YELLOW | FRAME_BOLD, "only %s",
                          top->filter);
}

/* The figures of the tall page. */

#define DIGIT_ROWS 5

/* Three columns a row, the highest bit first. */
static const struct digit {
    char c;
    uint8_t rows[DIGIT_ROWS];
} digits[] = {
    {'0', {7, 5, 5, 5, 7}}, {'1', {2, 6, 2, 2, 7}}, {'2', {7, 1, 7, 4, 7}}, {'3', {7, 1, 7, 1, 7}},
    {'4', {5, 5, 7, 1, 1}}, {'5', {7, 4, 7, 1, 7}}, {'6', {7, 4, 7, 5, 7}}, {'7', {7, 1, 1, 1, 1}},
    {'8', {7, 5, 7, 5, 7}}, {'9', {7, 5, 7, 1, 7}}, {'%', {5, 1, 2, 4, 5}}, {'/', {1, 1, 2, 4, 4}},
    {':', {0, 2, 0, 2, 0}}, {'-', {0, 0, 7, 0, 0}}, {'s', {0, 3, 2, 1, 3}},
};

static int draw_digit(struct frame *frame, int x, int y, int style, char c)
{
    for (size_t i = 0; i < USHER_COUNT_OF(digits); i++) {
        if (digits[i].c != c)
            continue;
        for (int row = 0; row < DIGIT_ROWS; row++)
            for (int column = 0; column < 3; column++)
                if (digits[i].rows[row] >> (2 - column) & 1)
                    frame_put(frame, x + 2 * column, y + row, 2, style, "██");
    }
    return 7;
}

static void draw_tile(struct frame *frame, int x, int y, int width, int style, const char *title,
                      const char *figure)
{
    frame_put(frame, x + 2, y, width - 3, FRAME_DIM, title);
    for (int at = x + 2; *figure && at + 6 < x + width; figure++)
        at += draw_digit(frame, at, y + 1, style, *figure);
}

static void draw_tiles(const struct top *top, struct frame *frame, int y)
{
    const struct live_counts *counts = &top->live.counts;
    struct usher_service_figures figures = total_of(top);
    int percent = usher_service_kept_percent(&figures);
    int64_t longest_ms = counts->since_ms ? top->now_ms - counts->since_ms : 0;
    int style = FRAME_PLAIN, width = frame->width / 6;
    char text[TOP_TEXT_SIZE];
    bool is_late = counts->late > 0;
    style = is_late ? FRAME_RED : FRAME_PLAIN;
    snprintf(text, sizeof(text), "%zu", counts->waiting);
    draw_tile(frame, 0, y, width, style, "WAITING", text);
    snprintf(text, sizeof(text), "%zu", counts->late);
    draw_tile(frame, width, y, width, is_late ? FRAME_RED : FRAME_GREEN, "LATE", text);
    snprintf(text, sizeof(text), "%d:%02d", (int)(longest_ms / 60000 % 1000),
             (int)(longest_ms / 1000 % 60));
    draw_tile(frame, 2 * width, y, width, style, "LONGEST WAIT", text);
    snprintf(text, sizeof(text), "%zu", counts->talking);
    draw_tile(frame, 3 * width, y, width, FRAME_CYAN, "TALKING", text);
    snprintf(text, sizeof(text), "%zu", counts->free);
    snprintf(text + strlen(text), sizeof(text) - strlen(text), "/%zu", counts->signed_in);
    draw_tile(frame, 4 * width, y, width, counts->free ? FRAME_GREEN : FRAME_PLAIN, "AGENTS FREE",
              text);
    snprintf(text, sizeof(text), percent < 0 ? "-" : "%d%%", percent);
    draw_tile(frame, 5 * width, y, width, percent < 0 || percent >= 80 ? FRAME_GREEN : FRAME_YELLOW,
              "PROMISES KEPT", text);
}

/* The help. */

static void draw_help(const struct top *top, struct frame *frame)
{
    static const char *const lines[] = {
        "q         quit",
        "p         pause: the page stands still, nothing is missed",
        "f         show one queue only, then the next; Esc: all",
        "tab       next panel (marked ›);  ↑ ↓ scroll it",
        "?         this help",
        "",
        "QUEUES    PROMISE  when the next one runs out, or how late it is",
        "          KEPT     answered in time, of the last 30 minutes",
        "          LEFT     gave up;  GOAL: of KEPT;  SPEED: the average wait",
        "          FREE     of those signed in who can serve the queue",
        "          CALLS    that came, ten seconds a column, now on the right",
        "BY HAND   the switches that are on, and queues opened or closed so",
        "MARKS     !  late, or in trouble    -  nearly late, or not taken",
        "          ›  a decision: who gets whom, and why    +  answered",
        "WHY       match  how well the agent's levels fit;  idle: how long",
        "                 he was free;  price: what his absence costs others",
        "          usherctl explain CONTACT tells it in full",
    };
    int width = 76, height = (int)USHER_COUNT_OF(lines) + 4 + (top->actions_count ? 1 : 0);
    if (width > frame->width)
        width = frame->width;
    if (height > frame->height)
        height = frame->height;
    int x = (frame->width - width) / 2, y = (frame->height - height) / 2;
    frame_box(frame, x, y, width, height, FRAME_CYAN);
    frame_put(frame, x + 2, y, width - 4, FRAME_BOLD, " Help: any key closes it ");
    for (int i = 0; i < (int)USHER_COUNT_OF(lines) && i + 2 < height - 1; i++)
        frame_put(frame, x + 3, y + 2 + i, width - 5, FRAME_PLAIN, lines[i]);
    int at = x + 3;
    for (size_t i = 0; i < top->actions_count && height > (int)USHER_COUNT_OF(lines) + 4; i++)
        at += frame_print(frame, at, y + height - 3, x + width - 2 - at, FRAME_CYAN, "%c  %s   ",
                          top->actions[i].key, top->actions[i].label);
}

/* The body. */

static int at_least(int value, int bound)
{
    return value > bound ? value : bound;
}

static int at_most(int value, int bound)
{
    return value < bound ? value : bound;
}

static void draw_narrow(struct top *top, struct frame *frame, struct top_place body)
{
    bool has_agents = body.height >= 10;
    int room = body.height - (has_agents ? 3 : 2);
    int queues = at_most(top_queues_rows(top), at_least(room / (has_agents ? 3 : 2), 1));
    int agents = at_most(top_agents_rows(top, body.width), at_least((room - queues) * 3 / 5, 1));
    struct top_place place = body;
    place.height = at_most(queues + 1, body.height);
    top_draw_queues(top, frame, place);
    place.y += place.height;
    if (has_agents) {
        place.height = agents + 1;
        top_draw_agents(top, frame, place);
        place.y += place.height;
    }
    place.height = body.y + body.height - place.y;
    if (place.height > 1)
        top_draw_feed(top, frame, place);
}

static void draw_wide(struct top *top, struct frame *frame, struct top_place body)
{
    struct top_place place = body;
    place.height = at_most(top_queues_rows(top) + 1, body.height / 2);
    top_draw_queues(top, frame, place);
    body.y += place.height + 1;
    body.height -= place.height + 1;
    struct top_place left = {body.x, body.y, (body.width - 3) / 2, body.height};
    struct top_place right = {left.width + 3, body.y, body.width - left.width - 3, body.height};
    int agents = top_agents_rows(top, left.width);
    left.height = at_most(agents + 1, agents + 8 > body.height ? body.height * 2 / 3 : agents + 1);
    top_draw_agents(top, frame, left);
    left.y += left.height + 1;
    left.height = body.y + body.height - left.y;
    top_draw_waiting(top, frame, left);
    top_draw_feed(top, frame, right);
}

int top_full_height(const struct top *top, int width)
{
    return 10 + top_gates_rows(top) + top_queues_rows(top) + top_agents_rows(top, width) +
           FULL_FEED_ROWS;
}

void top_draw(struct top *top, struct frame *frame)
{
    bool is_wide = frame->width >= WIDE_MIN && frame->height >= 24;
    bool is_tall = frame->height >= TALL_MIN && frame->width >= TILES_WIDTH;
    int y = 1, foot = top->has_keys && frame->height >= 8 ? 1 : 0;
    frame_clear(frame);
    draw_head(top, frame);
    y += draw_banner(top, frame, y);
    if (is_tall) {
        draw_tiles(top, frame, y + 1);
        y += TILES_HEIGHT;
    } else {
        draw_totals(top, frame, y++);
    }
    y += top_draw_gates(top, frame, y);
    struct top_place body = {0, y, frame->width, frame->height - y - foot};
    if (body.height >= 2 && is_wide)
        draw_wide(top, frame, body);
    else if (body.height >= 2)
        draw_narrow(top, frame, body);
    if (foot)
        draw_foot(top, frame, frame->height - 1);
    if (top->has_help)
        draw_help(top, frame);
}
