/* The loop of the live screen: the connection, the keys, the clock. What comes is applied at once
 * and drawn when the terminal had time for the page before; without any news a page is drawn each
 * second. usherd is asked nothing but its snapshot, once a connection. */
#include "ctl/top/top.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl/perform.h"
#include "ctl/top/action.h"
#include "ctl/top/follow.h"
#include "ctl/top/terminal.h"

#define DRAW_MS      50   /* at least between two pages */
#define REST_PART    9    /* and so many times as long as the last one took */
#define AWAY_DRAW_MS 100  /* while the time away is counted */
#define REFRESH_MS   1000 /* at least between two snapshots that are asked for */
#define GRACE_MS     500  /* a new snapshot may take so long before usherd counts as away */
#define PAGE_WIDTH   100  /* of a page that goes to no terminal */
#define NEVER        INT64_MAX

/* All of it. */
struct screen {
    struct top top;
    const struct options *options;
    struct follow follow;
    struct live next; /* the snapshot that is coming */
    bool is_building;
    bool has_lost;      /* the connection, and not by our own will */
    int64_t open_ms;    /* our clock: when the state was last not live */
    int64_t refresh_ms; /* our clock: not before this is a new snapshot asked for */
    int64_t ahead_ms;   /* of the router's clock */
    struct action action;
    size_t action_at; /* which of them runs */
    struct top_action actions[TOP_ACTIONS_MAX];
    struct frame shown, drawn;
    bool has_shown; /* `shown` is what the terminal shows */
    bool has_news;
    int64_t drawn_ms;
    int64_t cost_ms; /* how long that took */
    bool is_over;
};

static int64_t read_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What the connection brings. */

static void take_time(struct screen *screen, const struct usher_event *event)
{
    if (event->at_ms > 0)
        screen->ahead_ms = event->at_ms - read_clock();
}

static void take_welcome(struct screen *screen, const struct usher_event *event)
{
    struct top *top = &screen->top;
    live_init(&screen->next);
    live_apply(&screen->next, event);
    screen->is_building = true;
    usher_service_forget_waiting(top->service);
    top->epoch = event->n.epoch;
    if (event->fields.site.length > 0)
        (void)!usher_text_copy(top->site, sizeof(top->site), event->fields.site);
    if (event->fields.hash.length > 0)
        (void)!usher_text_copy(top->hash, sizeof(top->hash), event->fields.hash);
    snprintf(top->leader, sizeof(top->leader), "%s", screen->follow.client.address.text);
}

/* What has become of those who were live when the connection broke. */
static void compare(struct screen *screen, int64_t away_ms)
{
    struct top *top = &screen->top;
    size_t live = 0, waiting = 0, there = 0, in_place = 0;
    for (size_t i = 0; i < top->live.contacts.count; i++) {
        const struct live_contact *before =
            (const struct live_contact *)top->live.contacts.items[i];
        const struct live_contact *now =
            live_find_contact(&screen->next, usher_text_of(before->item.id));
        bool is_waiting = before->state == USHER_CONTACT_WAITING;
        live++;
        waiting += is_waiting;
        there += now != NULL;
        in_place += now && is_waiting && now->place_ms == before->place_ms;
    }
    snprintf(top->returned, sizeof(top->returned),
             "usherd is back after %" PRId64
             ".%d s: %zu of %zu contacts are there, %zu of %zu in place",
             away_ms / 1000, (int)(away_ms / 100 % 10), there, live, in_place, waiting);
    top->returned_ms = top->now_ms;
    feed_say(&top->feed, FEED_ALARM, top->now_ms, "%s", top->returned);
}

/* A snapshot does not say since when an agent holds nothing. */
static void keep_freed(struct screen *screen)
{
    for (size_t i = 0; i < screen->next.agents.count; i++) {
        struct live_agent *agent = (struct live_agent *)screen->next.agents.items[i];
        const struct live_agent *before =
            live_find_agent(&screen->top.live, usher_text_of(agent->item.id));
        if (before)
            agent->freed_ms = before->freed_ms;
    }
}

static void take_snapshot(struct screen *screen)
{
    int64_t now = read_clock();
    if (screen->has_lost)
        compare(screen, now - screen->open_ms);
    keep_freed(screen);
    live_fini(&screen->top.live);
    screen->top.live = screen->next;
    screen->is_building = false;
    screen->has_lost = false;
    screen->refresh_ms = now + REFRESH_MS;
}

static void on_event(void *owner, const struct usher_event *event)
{
    struct screen *screen = owner;
    struct top *top = &screen->top;
    screen->has_news |= event->kind != USHER_EVENT_ROUTER_HEARTBEAT;
    take_time(screen, event);
    if (event->kind == USHER_EVENT_WELCOME) {
        take_welcome(screen, event);
    } else if (event->kind == USHER_EVENT_SNAPSHOT_END) {
        take_snapshot(screen);
    } else if (screen->is_building) {
        live_apply(&screen->next, event);
        usher_service_apply(top->service, event);
    } else {
        if (event->kind == USHER_EVENT_RULES_LOADED)
            (void)!usher_text_copy(top->hash, sizeof(top->hash), event->fields.hash);
        feed_tell(&top->feed, &top->live, event);
        live_apply(&top->live, event);
        usher_service_apply(top->service, event);
    }
}

static void drop_half(struct screen *screen)
{
    if (screen->is_building)
        live_fini(&screen->next);
    screen->is_building = false;
}

static void on_lost(void *owner)
{
    struct screen *screen = owner;
    drop_half(screen);
    if (!screen->has_lost) {
        screen->open_ms = read_clock();
        feed_say(&screen->top.feed, FEED_ALARM, screen->top.now_ms, "usherd is away: %s",
                 screen->follow.client.problem);
    }
    screen->has_lost = true;
    screen->has_news = true;
}

/* Profiles or rules have changed: who can serve what is told by a new snapshot alone. */
static void refresh(struct screen *screen, int64_t now)
{
    if (screen->follow.state != FOLLOW_LIVE || !screen->top.live.is_outdated ||
        now < screen->refresh_ms)
        return;
    drop_half(screen);
    screen->open_ms = now;
    screen->refresh_ms = now + REFRESH_MS;
    follow_restart(&screen->follow, now);
}

/* The keys. */

static void filter_next(struct top *top)
{
    const struct live_queue *next = top_queue_after(top, top->filter);
    memset(top->scroll, 0, sizeof(top->scroll));
    snprintf(top->filter, sizeof(top->filter), "%s", next ? next->item.id : "");
}

static void start_action(struct screen *screen, size_t at)
{
    struct top *top = &screen->top;
    if (screen->action.pid != 0)
        return; /* one at a time */
    screen->action_at = at;
    if (!action_start(&screen->action, screen->actions[at].command))
        feed_say(&top->feed, FEED_ALARM, top->now_ms, "%s: cannot be started: %s",
                 screen->actions[at].label, strerror(errno));
}

static void end_action(struct screen *screen)
{
    struct top *top = &screen->top;
    int status;
    if (screen->action.fd < 0 || !action_read(&screen->action, &status))
        return;
    const char *text = screen->action.text;
    const char *label = screen->actions[screen->action_at].label;
    screen->has_news = true;
    if (status != 0)
        feed_say(&top->feed, FEED_ALARM, top->now_ms, "%s: %s (exit status %d)", label,
                 text[0] ? text : "failed", status);
    else
        feed_say(&top->feed, FEED_NOTE, top->now_ms, "%s: %s", label, text[0] ? text : "done");
}

static void scroll(struct top *top, int by)
{
    int *lines = &top->scroll[top->focus];
    *lines = *lines + by > 0 ? *lines + by : 0;
}

static void take_other_key(struct screen *screen, int key)
{
    for (size_t i = 0; i < screen->top.actions_count; i++)
        if (screen->actions[i].key == key)
            start_action(screen, i);
}

static void take_key(struct screen *screen, int key)
{
    struct top *top = &screen->top;
    screen->has_news = true;
    if (key == 'q') {
        screen->is_over = true;
    } else if (top->has_help) {
        top->has_help = false;
    } else if (key == '?' || key == 'h') {
        top->has_help = true;
    } else if (key == 'p') {
        top->is_paused = !top->is_paused;
    } else if (key == 'f') {
        filter_next(top);
    } else if (key == TERMINAL_ESCAPE) {
        top->filter[0] = '\0';
    } else if (key == TERMINAL_TAB) {
        top->focus = (top->focus + 1) % TOP_PANELS_COUNT;
    } else if (key == TERMINAL_UP || key == TERMINAL_DOWN) {
        scroll(top, key == TERMINAL_UP ? -1 : 1);
    } else if (key == TERMINAL_PAGE_UP || key == TERMINAL_PAGE_DOWN) {
        scroll(top, key == TERMINAL_PAGE_UP ? -10 : 10);
    } else {
        take_other_key(screen, key);
    }
}

/* The page. */

static void read_notice(struct screen *screen)
{
    struct top *top = &screen->top;
    char notice[TOP_NOTICE_SIZE] = "";
    FILE *file = screen->options->notice ? fopen(screen->options->notice, "re") : NULL;
    if (file && fgets(notice, sizeof(notice), file))
        notice[strcspn(notice, "\r\n")] = '\0';
    if (file)
        (void)fclose(file);
    if (strcmp(notice, top->notice) == 0)
        return;
    if (notice[0])
        feed_say(&top->feed, FEED_NOTICE, top->now_ms, "%s", notice);
    memcpy(top->notice, notice, sizeof(notice));
}

/* Brings what is drawn up to now. */
static void look(struct screen *screen, int64_t now)
{
    struct top *top = &screen->top;
    int64_t router_ms = now + screen->ahead_ms;
    bool is_live = screen->follow.state == FOLLOW_LIVE;
    if (router_ms > top->now_ms)
        top->now_ms = router_ms;
    top->is_away = !is_live && (screen->has_lost || now - screen->open_ms > GRACE_MS);
    top->away_ms = now - screen->open_ms;
    top->silent_ms = is_live ? now - screen->follow.heard_ms : 0;
    top->problem[0] = '\0';
    if (!is_live && screen->follow.is_refused)
        snprintf(top->problem, sizeof(top->problem), "%.255s", screen->follow.client.problem);
    read_notice(screen);
    live_count(&top->live, top->now_ms);
}

static void resize(struct screen *screen)
{
    int width, height;
    bool is_ascii = !terminal_is_utf8();
    terminal_size(&width, &height);
    frame_fini(&screen->drawn);
    frame_fini(&screen->shown);
    frame_init(&screen->drawn, width, height, is_ascii);
    frame_init(&screen->shown, width, height, is_ascii);
    screen->has_shown = false;
    screen->has_news = true;
    screen->drawn_ms = 0;
}

static void draw(struct screen *screen, int64_t now)
{
    struct usher_bytes out;
    if (!screen->top.is_paused)
        look(screen, now);
    top_draw(&screen->top, &screen->drawn);
    usher_bytes_init(&out, SIZE_MAX);
    frame_send(&screen->drawn, screen->has_shown ? &screen->shown : NULL,
               screen->options->style.has_colour, &out);
    terminal_write(usher_bytes_text(&out));
    usher_bytes_fini(&out);
    frame_copy(&screen->shown, &screen->drawn);
    screen->has_shown = true;
    screen->has_news = false;
    screen->drawn_ms = now;
    screen->cost_ms = read_clock() - now;
}

/* When the next page is due. */
static int64_t next_draw_ms(const struct screen *screen)
{
    if (screen->has_news)
        return screen->drawn_ms + DRAW_MS + REST_PART * screen->cost_ms;
    if (screen->top.is_paused)
        return NEVER;
    if (screen->top.is_away)
        return screen->drawn_ms + AWAY_DRAW_MS;
    /* Timers change with the router's seconds. */
    return screen->drawn_ms + 1000 - (screen->drawn_ms + screen->ahead_ms) % 1000;
}

static void wait_for_news(struct screen *screen)
{
    int fds[] = {follow_fd(&screen->follow), screen->action.fd};
    int64_t now = read_clock(), next = next_draw_ms(screen);
    if (follow_next_ms(&screen->follow) < next)
        next = follow_next_ms(&screen->follow);
    if (screen->top.live.is_outdated && screen->refresh_ms > now && screen->refresh_ms < next)
        next = screen->refresh_ms;
    int64_t span = next == NEVER ? 1000 : next - now;
    terminal_wait(fds, USHER_COUNT_OF(fds), span < 0 ? 0 : span > 1000 ? 1000 : (int)span);
}

static void run(struct screen *screen)
{
    screen->top.has_keys = true;
    screen->top.focus = TOP_AGENTS;
    resize(screen);
    while (!screen->is_over) {
        wait_for_news(screen);
        struct terminal_signals signals = terminal_take_signals();
        int64_t now = read_clock();
        screen->is_over |= signals.is_ended;
        if (signals.is_resized)
            resize(screen);
        follow_step(&screen->follow, now);
        refresh(screen, now);
        end_action(screen);
        for (int key; (key = terminal_take_key()) != TERMINAL_NONE;)
            take_key(screen, key);
        if (now >= next_draw_ms(screen))
            draw(screen, now);
    }
}

static void print_page(struct screen *screen)
{
    int width = screen->options->style.width ? (int)screen->options->style.width : PAGE_WIDTH;
    struct frame frame;
    look(screen, read_clock());
    frame_init(&frame, width, top_full_height(&screen->top, width), !terminal_is_utf8());
    top_draw(&screen->top, &frame);
    frame_print_lines(&frame, stdout);
    frame_fini(&frame);
}

/* The first connection: who cannot have it is told why, and does not wait. */
static enum exit_code open_first(struct screen *screen)
{
    struct follow *follow = &screen->follow;
    while (follow->state != FOLLOW_LIVE) {
        follow_step(follow, read_clock());
        if (follow->is_refused || follow->failed_count >= follow->client.addresses.count) {
            fprintf(stderr, "usherctl: %s\n", follow->client.problem);
            return follow->is_refused ? EXIT_REFUSED : EXIT_UNREACHABLE;
        }
        int fd = follow_fd(follow);
        if (follow->state != FOLLOW_LIVE && fd >= 0)
            (void)poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 1000);
    }
    return EXIT_DONE;
}

/* "k:kill usherd:kill -9 …"; says what is wrong with it. */
static bool read_action(const char *text, struct top_action *action)
{
    const char *colon = text[0] && text[1] == ':' ? strchr(text + 2, ':') : NULL;
    if (!colon || colon == text + 2 || !colon[1] || text[0] <= ' ' || text[0] > '~' ||
        strchr("q?hpf", text[0])) {
        fprintf(stderr,
                "usherctl: --action takes KEY:LABEL:COMMAND, such as r:reload:usherctl reload "
                "--yes; q, ?, h, p and f are taken; not \"%s\"\n",
                text);
        return false;
    }
    action->key = (unsigned char)text[0];
    snprintf(action->label, sizeof(action->label), "%.*s", (int)(colon - text - 2), text + 2);
    action->command = colon + 1;
    return true;
}

static bool read_actions(struct screen *screen)
{
    const struct options *options = screen->options;
    for (size_t i = 0; i < options->actions_count; i++)
        if (!read_action(options->actions[i], &screen->actions[i]))
            return false;
    screen->top.actions = screen->actions;
    screen->top.actions_count = options->actions_count;
    return true;
}

static const struct follow_ops ops = {on_event, on_lost};

static bool prepare(struct screen *screen, const struct options *options, enum usher_role role)
{
    static const struct usher_service_bounds bounds = {.step_ms = TOP_STEP_MS,
                                                       .steps_count = TOP_STEPS_COUNT,
                                                       .queues_max = 512,
                                                       .contacts_max = 65536};
    screen->options = options;
    screen->open_ms = read_clock();
    screen->top.service = usher_service_new(&bounds, (struct usher_hash_seed){1, 2});
    action_init(&screen->action);
    live_init(&screen->top.live);
    follow_init(&screen->follow, &options->addresses, role, &ops, screen);
    return screen->top.service != NULL;
}

static void tidy(struct screen *screen)
{
    drop_half(screen);
    live_fini(&screen->top.live);
    usher_service_free(screen->top.service);
    follow_fini(&screen->follow);
    action_fini(&screen->action);
    frame_fini(&screen->drawn);
    frame_fini(&screen->shown);
}

enum exit_code perform_top(const struct options *options, enum usher_role role)
{
    struct screen *screen = calloc(1, sizeof(*screen));
    enum exit_code code = EXIT_USAGE;
    if (options->is_json) {
        fputs("usherctl: top is for people; `usherctl status --json` and `usherctl events --json` "
              "are for programs\n",
              stderr);
        free(screen);
        return EXIT_USAGE;
    }
    if (!screen || !prepare(screen, options, role)) {
        fputs("usherctl: memory is out\n", stderr);
        free(screen);
        return EXIT_REFUSED;
    }
    if (read_actions(screen))
        code = open_first(screen);
    if (code == EXIT_DONE && !terminal_is_there()) {
        print_page(screen);
    } else if (code == EXIT_DONE && !terminal_open()) {
        fprintf(stderr, "usherctl: the terminal cannot be used: %s\n", strerror(errno));
        code = EXIT_REFUSED;
    } else if (code == EXIT_DONE) {
        run(screen);
        terminal_close();
    }
    tidy(screen);
    free(screen);
    return code;
}
