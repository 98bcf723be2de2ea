/* A record a live contact, found by its id; what has ended is only in the sums. An agent is busy
 * while at least one talk or wrap-up is in hand. */
#include "report/daybook.h"

#include <stdlib.h>
#include <string.h>

#include "model/channel.h"
#include "report/daybook_state.h"

#define HALF_HOUR_MS 1800000
#define HALF_COST_S  120.0 /* J: w + w^2/120, */
#define LOST_COST_S  240.0 /* and this for whoever gives up, */
#define AGAIN_COST_S 240.0 /* or is not helped */

static struct usher_text key_of_record(const void *item)
{
    const struct usher_daybook_record *record = item;
    return usher_text_of(record->id);
}

static struct usher_text key_of_person(const void *item)
{
    const struct usher_daybook_person *person = item;
    return usher_text_of(person->id);
}

struct usher_daybook *usher_daybook_new(const struct usher_limits *limits, int64_t counts_ms,
                                        int64_t ends_ms, struct usher_text first_tier)
{
    struct usher_hash_seed seed = {1, 2};
    struct usher_daybook *book = calloc(1, sizeof(*book));
    if (!book)
        return NULL;
    usher_list_init(&book->live);
    book->counts_ms = counts_ms;
    book->ends_ms = ends_ms;
    book->persons_max = limits->agents;
    book->persons = calloc(limits->agents, sizeof(*book->persons));
    if (book->persons && usher_text_copy(book->first_tier, sizeof(book->first_tier), first_tier) &&
        usher_table_init(&book->records, limits->contacts, seed, key_of_record) &&
        usher_table_init(&book->people, limits->agents, seed, key_of_person))
        return book;
    usher_daybook_free(book);
    return NULL;
}

void usher_daybook_free(struct usher_daybook *book)
{
    if (!book)
        return;
    usher_list_for_each_safe (node, &book->live)
        free(usher_list_entry(node, struct usher_daybook_record, live));
    usher_table_fini(&book->records);
    usher_table_fini(&book->people);
    free(book->persons);
    free(book->spare);
    free(book->waits);
    free(book);
}

/* ---- agents ---- */

static struct usher_daybook_person *person_of(struct usher_daybook *book, struct usher_text id)
{
    struct usher_daybook_person *person = usher_table_find(&book->people, id);
    if (person || book->persons_count == book->persons_max)
        return person;
    person = &book->persons[book->persons_count++];
    if (!usher_text_copy(person->id, sizeof(person->id), id) ||
        usher_table_put(&book->people, person) != USHER_TABLE_PUT)
        return NULL;
    person->since_ms = book->counts_ms;
    return person;
}

void usher_daybook_account(const struct usher_daybook *book, struct usher_daybook_person *person,
                           int64_t now_ms)
{
    int64_t until_ms = now_ms < book->ends_ms ? now_ms : book->ends_ms;
    int64_t lasted_ms = until_ms - person->since_ms;
    if (lasted_ms <= 0)
        return;
    if (person->held_count > 0)
        person->busy_ms += lasted_ms;
    if (person->held_count > 0 || person->is_ready)
        person->there_ms += lasted_ms;
    person->since_ms = until_ms;
}

static bool set_ready(struct usher_daybook *book, const struct usher_event *event, bool is_ready)
{
    struct usher_daybook_person *person = person_of(book, event->fields.agent);
    if (!person)
        return false;
    usher_daybook_account(book, person, event->at_ms);
    person->is_ready = is_ready;
    return true;
}

static void let_go(const struct usher_daybook *book, struct usher_daybook_record *record,
                   int64_t now_ms)
{
    if (!record->agent)
        return;
    usher_daybook_account(book, record->agent, now_ms);
    record->agent->held_count--;
    record->agent = NULL;
}

/* ---- contacts ---- */

static struct usher_daybook_class *class_of(struct usher_daybook *book, struct usher_text queue,
                                            struct usher_text tier)
{
    for (size_t i = 0; i < book->classes_count; i++)
        if (usher_text_is_equal(usher_text_of(book->classes[i].queue), queue) &&
            usher_text_is_equal(usher_text_of(book->classes[i].tier), tier))
            return &book->classes[i];
    if (book->classes_count == USHER_DAYBOOK_CLASSES_MAX)
        return NULL;
    struct usher_daybook_class *class = &book->classes[book->classes_count++];
    bool is_copied = usher_text_copy(class->queue, sizeof(class->queue), queue) &&
                     usher_text_copy(class->tier, sizeof(class->tier), tier);
    return is_copied ? class : NULL;
}

static bool arrive(struct usher_daybook *book, const struct usher_event *event)
{
    const struct usher_fields *fields = &event->fields;
    struct usher_daybook_record *record = book->spare ? book->spare : malloc(sizeof(*record));
    book->spare = NULL;
    if (!record)
        return false;
    memset(record, 0, sizeof(*record));
    record->class = class_of(book, fields->queue, fields->tier);
    record->arrived_ms = event->at_ms;
    record->due_ms = usher_fields_has(fields, USHER_FIELD_DUE_MS) ? fields->due_ms : INT64_MAX;
    record->told_wait_ms = -1;
    record->is_counted = event->at_ms >= book->counts_ms;
    if (!record->class || !usher_text_copy(record->id, sizeof(record->id), fields->contact) ||
        usher_table_put(&book->records, record) != USHER_TABLE_PUT) {
        free(record);
        return false;
    }
    usher_list_append(&book->live, &record->live);
    if (!record->is_counted)
        return true;
    record->class->arrived_count++;
    book->open_count++;
    book->first_count++;
    return true;
}

/* Wherever it waits, it counts where it came to, and by the promise of that; who is to be called
 * back was promised something else. */
static void move(struct usher_daybook_record *record, const struct usher_event *event)
{
    if (usher_channel_find(event->fields.channel) == USHER_CHANNEL_CALLBACK)
        record->due_ms = event->fields.due_ms;
}

static void compare_told(struct usher_daybook_record *record, const struct usher_event *event,
                         bool is_answered)
{
    struct usher_daybook_class *class = record->class;
    if (record->told_wait_ms < 0)
        return;
    int64_t actual_ms = event->at_ms - record->told_ms;
    if (!is_answered && record->told_wait_ms > actual_ms)
        actual_ms = record->told_wait_ms;
    int64_t over_ms = record->told_wait_ms - actual_ms;
    class->foretold_count++;
    class->foretold_over_ms += over_ms;
    class->foretold_off_ms += over_ms < 0 ? -over_ms : over_ms;
    class->foretold_wait_ms += actual_ms;
}

static void count_half(struct usher_daybook *book, const struct usher_daybook_record *record,
                       int64_t wait_ms)
{
    int64_t half = (record->arrived_ms - book->counts_ms) / HALF_HOUR_MS;
    if (half >= USHER_DAYBOOK_HALVES)
        return;
    book->halves[half].ended_count++;
    book->halves[half].waited_ms += wait_ms;
}

static void count_wait(struct usher_daybook *book, struct usher_daybook_record *record,
                       const struct usher_event *event, bool is_answered)
{
    int64_t wait_ms = event->at_ms - record->arrived_ms;
    double wait_s = (double)wait_ms / 1000;
    record->class->waited_count += !record->is_met;
    record->class->all_waited_ms += wait_ms;
    count_half(book, record, wait_ms);
    if (wait_ms > book->longest_ms)
        book->longest_ms = wait_ms;
    book->cost_s += wait_s + wait_s * wait_s / HALF_COST_S;
    compare_told(record, event, is_answered);
    if (!usher_fields_has(&event->fields, USHER_FIELD_KEPT))
        return;
    book->told_count++;
    book->told_kept_count += event->fields.kept;
}

static bool answer(struct usher_daybook *book, struct usher_daybook_record *record,
                   const struct usher_event *event)
{
    struct usher_daybook_person *person = person_of(book, event->fields.agent);
    int64_t wait_ms = event->at_ms - record->arrived_ms;
    if (!person)
        return false;
    usher_daybook_account(book, person, event->at_ms);
    person->held_count++;
    record->agent = person;
    if (!record->is_counted)
        return true;
    if (book->waits_count == book->waits_room) {
        size_t room = book->waits_room * 2 + 1024;
        int64_t *waits = realloc(book->waits, room * sizeof(*waits));
        if (!waits)
            return false;
        book->waits = waits;
        book->waits_room = room;
    }
    book->waits[book->waits_count++] = wait_ms;
    book->match_sum += record->match;
    record->class->answered_count++;
    record->class->kept_count += event->at_ms <= record->due_ms;
    record->class->waited_ms += wait_ms;
    count_wait(book, record, event, true);
    return true;
}

static void abandon(struct usher_daybook *book, struct usher_daybook_record *record,
                    const struct usher_event *event)
{
    if (!record->is_counted)
        return;
    record->class->abandoned_count++;
    record->class->left_early_count += event->at_ms <= record->due_ms;
    record->class->short_count += event->at_ms - record->arrived_ms < USHER_SHORT_WAIT_MS;
    count_wait(book, record, event, false);
    book->cost_s += LOST_COST_S;
}

static void end(struct usher_daybook *book, struct usher_daybook_record *record, int64_t now_ms)
{
    let_go(book, record, now_ms);
    book->open_count -= record->is_counted;
    usher_table_remove(&book->records, record);
    usher_list_remove(&record->live);
    free(book->spare);
    book->spare = record;
}

static bool apply_contact(struct usher_daybook *book, const struct usher_event *event)
{
    struct usher_daybook_record *record = usher_table_find(&book->records, event->fields.contact);
    if (!record)
        return true;
    switch ((int)event->kind) {
    case USHER_EVENT_CONTACT_MOVED:
        move(record, event);
        return true;
    case USHER_EVENT_CONTACT_PROMISED:
        if (record->told_ms == 0) {
            bool is_known = usher_fields_has(&event->fields, USHER_FIELD_WAIT_MS);
            record->told_ms = event->at_ms;
            record->told_wait_ms = is_known ? event->fields.wait_ms : -1;
        }
        return true;
    case USHER_EVENT_CONTACT_OFFERED:
        record->match = event->fields.match;
        record->is_met |= event->at_ms == record->arrived_ms;
        return true;
    case USHER_EVENT_CONTACT_ANSWERED:
        return answer(book, record, event);
    case USHER_EVENT_CONTACT_ABANDONED:
        abandon(book, record, event);
        end(book, record, event->at_ms);
        return true;
    case USHER_EVENT_CONTACT_OVERFLOWED:
        book->refused_count += record->is_counted;
        end(book, record, event->at_ms);
        return true;
    case USHER_EVENT_CONTACT_DONE:
    case USHER_EVENT_CONTACT_EXPIRED:
        end(book, record, event->at_ms);
        return true;
    default:
        return true;
    }
}

bool usher_daybook_apply(struct usher_daybook *book, const struct usher_event *event)
{
    switch ((int)event->kind) {
    case USHER_EVENT_CONTACT_ARRIVED:
        return arrive(book, event);
    case USHER_EVENT_AGENT_READY:
        return set_ready(book, event, true);
    case USHER_EVENT_AGENT_NOT_READY:
    case USHER_EVENT_AGENT_LEAVING:
    case USHER_EVENT_AGENT_SIGNED_OUT:
        return set_ready(book, event, false);
    default:
        return !event->fields.contact.at || apply_contact(book, event);
    }
}

void usher_daybook_note_again(struct usher_daybook *book, struct usher_text contact)
{
    struct usher_daybook_record *record = usher_table_find(&book->records, contact);
    if (!record || record->is_again)
        return;
    record->is_again = true;
    book->first_count -= record->is_counted;
}

void usher_daybook_note_outcome(struct usher_daybook *book, struct usher_text contact,
                                bool is_helped)
{
    struct usher_daybook_record *record = usher_table_find(&book->records, contact);
    if (!record || !record->is_counted)
        return;
    if (!is_helped)
        book->cost_s += AGAIN_COST_S;
    else if (!record->is_again)
        book->first_helped_count++;
}

void usher_daybook_note_refused(struct usher_daybook *book, int64_t now_ms)
{
    book->refused_count += now_ms >= book->counts_ms;
}
