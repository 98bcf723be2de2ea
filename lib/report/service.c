/* Each queue has a ring of steps; a step that is not of the window any more is emptied when its
 * place is needed again, and passed over until then. */
#include "report/service.h"

#include <assert.h>
#include <stdlib.h>

#include "base/list.h"
#include "base/table.h"
#include "model/limits.h"

struct step {
    int64_t number; /* of the time: at_ms / step_ms */
    struct usher_service_figures figures;
};

struct line {
    char name[USHER_NAME_MAX + 1];
    struct step *steps; /* [steps_count], each at its number modulo that */
};

/* A contact that waits for its first answer. */
struct waiter {
    struct usher_list node;
    size_t line;
    int64_t place_ms;
    int64_t due_ms;  /* 0 = nothing was promised */
    int64_t told_ms; /* when a wait was told first; 0 = none was */
    int64_t foretold_ms;
    int64_t before_ms; /* waited before, in a leg that was judged */
    struct usher_text id;
    char room[];
};

struct usher_service {
    struct usher_service_bounds bounds;
    struct line *lines;
    size_t lines_count;
    struct usher_list waiting;
    struct usher_table by_id;
};

static struct usher_text id_of(const void *item)
{
    return ((const struct waiter *)item)->id;
}

struct usher_service *usher_service_new(const struct usher_service_bounds *bounds,
                                        struct usher_hash_seed seed)
{
    assert(bounds->step_ms > 0 && bounds->steps_count > 0);
    struct usher_service *service = calloc(1, sizeof(*service));
    if (!service)
        return NULL;
    service->bounds = *bounds;
    usher_list_init(&service->waiting);
    service->lines = calloc(bounds->queues_max ? bounds->queues_max : 1, sizeof(*service->lines));
    if (!service->lines || !usher_table_init(&service->by_id, bounds->contacts_max, seed, id_of)) {
        usher_service_free(service);
        return NULL;
    }
    return service;
}

static void forget(struct usher_service *service, struct waiter *waiter)
{
    usher_table_remove(&service->by_id, waiter);
    usher_list_remove(&waiter->node);
    free(waiter);
}

void usher_service_forget_waiting(struct usher_service *service)
{
    usher_list_for_each_safe (node, &service->waiting)
        forget(service, usher_list_entry(node, struct waiter, node));
}

void usher_service_free(struct usher_service *service)
{
    if (!service)
        return;
    usher_service_forget_waiting(service);
    usher_table_fini(&service->by_id);
    for (size_t i = 0; i < service->lines_count; i++)
        free(service->lines[i].steps);
    free(service->lines);
    free(service);
}

/* SIZE_MAX when there is none. */
static size_t find_line(const struct usher_service *service, struct usher_text queue)
{
    for (size_t i = 0; i < service->lines_count; i++)
        if (usher_text_is_equal(usher_text_of(service->lines[i].name), queue))
            return i;
    return SIZE_MAX;
}

/* The line, made when it is new; SIZE_MAX when there is no room for it. */
static size_t take_line(struct usher_service *service, struct usher_text queue)
{
    size_t found = find_line(service, queue);
    if (found != SIZE_MAX || service->lines_count == service->bounds.queues_max)
        return found;
    struct line *line = &service->lines[service->lines_count];
    line->steps = calloc(service->bounds.steps_count, sizeof(*line->steps));
    if (!line->steps)
        return SIZE_MAX;
    if (!usher_text_copy(line->name, sizeof(line->name), queue)) {
        free(line->steps);
        return SIZE_MAX;
    }
    for (size_t i = 0; i < service->bounds.steps_count; i++)
        line->steps[i].number = -1;
    return service->lines_count++;
}

static size_t place_of(const struct usher_service *service, int64_t number)
{
    return (size_t)number % service->bounds.steps_count;
}

/* The figures of the step of this time, empty when it begins. */
static struct usher_service_figures *figures_at(struct usher_service *service, size_t line,
                                                int64_t at_ms)
{
    int64_t number = at_ms / service->bounds.step_ms;
    struct step *step = &service->lines[line].steps[place_of(service, number)];
    if (step->number != number)
        *step = (struct step){.number = number};
    return &step->figures;
}

/* Whoever has this id waits from now on. NULL when nobody can be taken in. */
static struct waiter *await(struct usher_service *service, const struct usher_fields *fields)
{
    struct waiter *waiter = usher_table_find(&service->by_id, fields->contact);
    if (waiter)
        forget(service, waiter);
    size_t line = take_line(service, fields->queue);
    if (line == SIZE_MAX)
        return NULL;
    waiter = malloc(sizeof(*waiter) + fields->contact.length + 1);
    if (!waiter)
        return NULL;
    *waiter = (struct waiter){.line = line, .place_ms = fields->place_ms, .due_ms = fields->due_ms};
    usher_list_init(&waiter->node);
    waiter->id = (struct usher_text){waiter->room, fields->contact.length};
    if (!usher_text_copy(waiter->room, fields->contact.length + 1, fields->contact) ||
        usher_table_put(&service->by_id, waiter) != USHER_TABLE_PUT) {
        free(waiter);
        return NULL;
    }
    usher_list_append(&service->waiting, &waiter->node);
    return waiter;
}

/* It waits in another queue from here on, and is judged there. */
static void move(struct usher_service *service, const struct usher_fields *fields)
{
    struct waiter *waiter = usher_table_find(&service->by_id, fields->contact);
    size_t line = waiter ? take_line(service, fields->queue) : SIZE_MAX;
    if (!waiter)
        return;
    if (line == SIZE_MAX) {
        forget(service, waiter);
        return;
    }
    waiter->line = line;
    waiter->place_ms = fields->place_ms;
    waiter->due_ms = fields->due_ms;
}

/* After a talk a new leg begins, which counts as an arrival there. */
static void transfer(struct usher_service *service, const struct usher_event *event)
{
    if (usher_table_find(&service->by_id, event->fields.contact)) {
        move(service, &event->fields);
        return;
    }
    struct waiter *waiter = await(service, &event->fields);
    if (!waiter)
        return;
    waiter->before_ms = event->fields.waited_ms;
    figures_at(service, waiter->line, event->at_ms)->arrived_count++;
}

static void note_told(struct usher_service *service, const struct usher_event *event)
{
    struct waiter *waiter = usher_table_find(&service->by_id, event->fields.contact);
    if (!waiter || waiter->told_ms != 0 || !usher_fields_has(&event->fields, USHER_FIELD_WAIT_MS))
        return;
    waiter->told_ms = event->at_ms;
    waiter->foretold_ms = event->fields.wait_ms;
}

/* What came of what the customer was told. */
static void count_told(struct usher_service_figures *figures, const struct waiter *waiter,
                       const struct usher_event *event, bool is_answered)
{
    bool is_judged = usher_fields_has(&event->fields, USHER_FIELD_KEPT);
    figures->told_kept_count += is_judged && event->fields.kept != 0;
    figures->told_broken_count += is_judged && event->fields.kept == 0;
    if (!is_answered || waiter->told_ms == 0)
        return;
    int64_t over_ms = waiter->foretold_ms - (event->at_ms - waiter->told_ms);
    figures->foretold_count++;
    figures->foretold_over_ms += over_ms;
    figures->foretold_off_ms += over_ms < 0 ? -over_ms : over_ms;
}

static void count_end(struct usher_service *service, const struct usher_event *event,
                      bool is_answered)
{
    struct waiter *waiter = usher_table_find(&service->by_id, event->fields.contact);
    if (!waiter)
        return;
    struct usher_service_figures *figures = figures_at(service, waiter->line, event->at_ms);
    int64_t waited_ms = usher_fields_has(&event->fields, USHER_FIELD_WAITED_MS)
                            ? event->fields.waited_ms - waiter->before_ms
                            : event->at_ms - waiter->place_ms;
    bool is_promised = waiter->due_ms > 0;
    bool is_late = event->at_ms > waiter->due_ms;
    figures->answered_count += is_answered;
    figures->known_count += is_answered && event->fields.customer.length > 0;
    figures->abandoned_count += !is_answered;
    figures->answered_wait_ms += is_answered ? waited_ms : 0;
    figures->kept_count += is_promised && is_answered && !is_late;
    figures->broken_count += is_promised && is_late;
    count_told(figures, waiter, event, is_answered);
    if (waited_ms > figures->longest_wait_ms)
        figures->longest_wait_ms = waited_ms;
    forget(service, waiter);
}

/* It ended by itself, or was cancelled: nobody was served, and nobody left. */
static void count_unserved(struct usher_service *service, const struct usher_event *event)
{
    struct waiter *waiter = usher_table_find(&service->by_id, event->fields.contact);
    if (!waiter)
        return;
    bool is_broken = event->kind == USHER_EVENT_CONTACT_EXPIRED && waiter->due_ms > 0 &&
                     event->at_ms > waiter->due_ms;
    figures_at(service, waiter->line, event->at_ms)->broken_count += is_broken;
    forget(service, waiter);
}

/* Whether it comes for the first time, and not once more: put off, or its customer called anew. */
static bool is_first(const struct usher_service *service, const struct usher_event *event)
{
    return event->kind == USHER_EVENT_CONTACT_ARRIVED ||
           (!usher_fields_has(&event->fields, USHER_FIELD_ATTEMPT) &&
            !usher_table_find(&service->by_id, event->fields.contact));
}

/* Of a contact in a snapshot: whether it has arrived, and is still to be answered. */
static bool is_before_answer(const struct usher_fields *fields)
{
    if (usher_text_is_equal(fields->state, USHER_TEXT("scheduled")))
        return usher_fields_has(fields, USHER_FIELD_WAITED_MS) &&
               !usher_fields_has(fields, USHER_FIELD_ATTEMPT);
    return usher_text_is_equal(fields->state, USHER_TEXT("waiting")) ||
           usher_text_is_equal(fields->state, USHER_TEXT("offered")) ||
           usher_text_is_equal(fields->state, USHER_TEXT("ringing"));
}

static void count_arrival(struct usher_service_figures *figures, const struct usher_event *event)
{
    figures->arrived_count++;
    figures->repeat_count += event->fields.repeat == 1;
}

/* Whether the customer left, or was sent out because he waited too long for us. */
static bool has_left(const struct usher_event *event)
{
    return event->kind == USHER_EVENT_CONTACT_ABANDONED ||
           (event->kind == USHER_EVENT_CONTACT_OVERFLOWED &&
            usher_text_is_equal(event->fields.reason, USHER_TEXT("overflow")));
}

void usher_service_apply(struct usher_service *service, const struct usher_event *event)
{
    const struct waiter *waiter;
    if (event->kind == USHER_EVENT_CONTACT_ARRIVED || event->kind == USHER_EVENT_CONTACT_DUE) {
        waiter = is_first(service, event) ? await(service, &event->fields) : NULL;
        if (waiter)
            count_arrival(figures_at(service, waiter->line, event->at_ms), event);
    } else if (event->kind == USHER_EVENT_STATE_CONTACT) {
        if (is_before_answer(&event->fields))
            (void)await(service, &event->fields);
    } else if (event->kind == USHER_EVENT_CONTACT_PROMISED) {
        note_told(service, event);
    } else if (event->kind == USHER_EVENT_CONTACT_MOVED) {
        move(service, &event->fields);
    } else if (event->kind == USHER_EVENT_CONTACT_TRANSFERRED) {
        transfer(service, event);
    } else if (event->kind == USHER_EVENT_CONTACT_ANSWERED) {
        count_end(service, event, true);
    } else if (has_left(event)) {
        count_end(service, event, false);
    } else if (event->kind == USHER_EVENT_CONTACT_OVERFLOWED ||
               event->kind == USHER_EVENT_CONTACT_EXPIRED ||
               event->kind == USHER_EVENT_CONTACT_DONE ||
               (event->kind == USHER_EVENT_CONTACT_POSTPONED && event->fields.channel.at)) {
        count_unserved(service, event);
    }
}

static void add(struct usher_service_figures *sum, const struct usher_service_figures *more)
{
    sum->arrived_count += more->arrived_count;
    sum->answered_count += more->answered_count;
    sum->abandoned_count += more->abandoned_count;
    sum->kept_count += more->kept_count;
    sum->broken_count += more->broken_count;
    sum->known_count += more->known_count;
    sum->repeat_count += more->repeat_count;
    sum->told_kept_count += more->told_kept_count;
    sum->told_broken_count += more->told_broken_count;
    sum->foretold_count += more->foretold_count;
    sum->foretold_over_ms += more->foretold_over_ms;
    sum->foretold_off_ms += more->foretold_off_ms;
    sum->answered_wait_ms += more->answered_wait_ms;
    if (more->longest_wait_ms > sum->longest_wait_ms)
        sum->longest_wait_ms = more->longest_wait_ms;
}

struct usher_service_figures usher_service_read(const struct usher_service *service,
                                                struct usher_text queue, int64_t now_ms)
{
    struct usher_service_figures sum = {0};
    int64_t last = now_ms / service->bounds.step_ms;
    int64_t first = last - (int64_t)service->bounds.steps_count + 1;
    size_t only = queue.at ? find_line(service, queue) : SIZE_MAX;
    for (size_t i = 0; i < service->lines_count; i++) {
        if (queue.at && i != only)
            continue;
        for (size_t j = 0; j < service->bounds.steps_count; j++) {
            const struct step *step = &service->lines[i].steps[j];
            if (step->number >= first && step->number <= last)
                add(&sum, &step->figures);
        }
    }
    return sum;
}

int64_t usher_service_arrived(const struct usher_service *service, struct usher_text queue,
                              int64_t now_ms, size_t ago)
{
    int64_t number = now_ms / service->bounds.step_ms - (int64_t)ago;
    size_t only = queue.at ? find_line(service, queue) : SIZE_MAX;
    int64_t sum = 0;
    for (size_t i = 0; number >= 0 && i < service->lines_count; i++) {
        const struct step *step = &service->lines[i].steps[place_of(service, number)];
        if ((!queue.at || i == only) && step->number == number)
            sum += step->figures.arrived_count;
    }
    return sum;
}

int usher_service_kept_percent(const struct usher_service_figures *figures)
{
    int64_t judged = figures->kept_count + figures->broken_count;
    return judged > 0 ? (int)(figures->kept_count * 100 / judged) : -1;
}

int usher_service_resolved_percent(const struct usher_service_figures *figures)
{
    int64_t resolved = figures->known_count - figures->repeat_count;
    if (figures->known_count == 0)
        return -1;
    return resolved > 0 ? (int)(resolved * 100 / figures->known_count) : 0;
}

int usher_service_told_percent(const struct usher_service_figures *figures)
{
    int64_t judged = figures->told_kept_count + figures->told_broken_count;
    return judged > 0 ? (int)(figures->told_kept_count * 100 / judged) : -1;
}

int64_t usher_service_told_bias_ms(const struct usher_service_figures *figures)
{
    return figures->foretold_count > 0 ? figures->foretold_over_ms / figures->foretold_count : 0;
}

int64_t usher_service_told_error_ms(const struct usher_service_figures *figures)
{
    return figures->foretold_count > 0 ? figures->foretold_off_ms / figures->foretold_count : 0;
}

int64_t usher_service_answer_ms(const struct usher_service_figures *figures)
{
    return figures->answered_count > 0 ? figures->answered_wait_ms / figures->answered_count : 0;
}
