/* Each function shows one noun. Times are those of the router's clock, so a desk with a wrong clock
 * sees right waits. */
#include "ctl/show.h"

#include <inttypes.h>
#include <string.h>

#include "clock.h"
#include "ctl/mask.h"
#include "ctl/until.h"
#include "wire/json.h"

#define MASKED_MAX ((size_t)256 * 1024)

const char *show_duration(int64_t since_ms, int64_t now_ms, char room[SHOW_DURATION_SIZE])
{
    int64_t seconds = (now_ms - since_ms) / 1000;
    if (since_ms <= 0 || now_ms < since_ms)
        return "";
    if (seconds < 60)
        snprintf(room, SHOW_DURATION_SIZE, "%" PRId64 " s", seconds);
    else if (seconds < 3600)
        snprintf(room, SHOW_DURATION_SIZE, "%" PRId64 ":%02d", seconds / 60, (int)(seconds % 60));
    else if (seconds < 86400)
        snprintf(room, SHOW_DURATION_SIZE, "%" PRId64 ":%02d:%02d", seconds / 3600,
                 (int)(seconds / 60 % 60), (int)(seconds % 60));
    else
        snprintf(room, SHOW_DURATION_SIZE, "%" PRId64 " d %02d:%02d", seconds / 86400,
                 (int)(seconds / 3600 % 24), (int)(seconds / 60 % 60));
    return room;
}

/* A field's text, "" when it is absent: rows' texts are NUL-terminated. */
static const char *text_of(struct usher_text text)
{
    return text.at ? text.at : "";
}

static bool is_state(const struct snapshot_row *row, const char *state)
{
    return usher_text_is_equal(row->event.fields.state, usher_text_of(state));
}

static size_t count_state(const struct snapshot *snapshot, enum usher_event_kind kind,
                          const char *state)
{
    size_t count = 0;
    for (size_t i = 0; i < snapshot->count; i++)
        count += snapshot->rows[i].event.kind == kind &&
                 (state == NULL || is_state(&snapshot->rows[i], state));
    return count;
}

/* Agents who are ready, can be reached, and hold nothing. */
static size_t count_free(const struct snapshot *snapshot)
{
    size_t count = 0;
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct snapshot_row *row = &snapshot->rows[i];
        if (row->event.kind == USHER_EVENT_STATE_AGENT && is_state(row, "ready") &&
            row->event.fields.reason.length == 0 &&
            snapshot_find_contact_of(snapshot, row->event.fields.agent) == NULL)
            count++;
    }
    return count;
}

static const char *const contact_states[] = {"waiting", "offered",  "ringing",  "talking",
                                             "held",    "wrapping", "scheduled"};
static const char *const contact_words[] = {"waiting", "offered", "ringing",  "talking",
                                            "on hold", "wrap-up", "scheduled"};

static enum table_colour colour_of_wait(int64_t since_ms, int64_t now_ms)
{
    if (since_ms <= 0 || now_ms - since_ms < 20000)
        return TABLE_PLAIN;
    return now_ms - since_ms < 60000 ? TABLE_YELLOW : TABLE_RED;
}

static bool is_any_by_hand(const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->count; i++)
        if (snapshot->rows[i].event.kind == USHER_EVENT_STATE_QUEUE &&
            usher_text_is_equal(snapshot->rows[i].event.fields.reason, USHER_TEXT("supervisor")))
            return true;
    return false;
}

/* "closed by hand until 18:00"; "" for one that is open by its hours. */
static void add_door(struct table *table, const struct usher_fields *fields,
                     const struct usher_zone *zone)
{
    char room[UNTIL_SIZE];
    bool is_closed = usher_text_is_equal(fields->state, USHER_TEXT("closed"));
    bool is_by_hand = usher_text_is_equal(fields->reason, USHER_TEXT("supervisor"));
    if (is_closed || is_by_hand)
        table_add(table, TABLE_YELLOW, "%s%s%s", text_of(fields->state),
                  is_by_hand ? " by hand" : "",
                  until_write(fields->until_ms, zone, clock_civil_ms(), room));
    else
        table_add(table, TABLE_PLAIN, "%s", text_of(fields->state));
}

void show_queues(const struct look *look, struct table_style style, FILE *file)
{
    const struct snapshot *snapshot = &look->snapshot;
    static const struct table_column columns[] = {
        {"QUEUE", false, true}, {"WAITING", true, false},   {"LONGEST WAIT", true, false},
        {"FREE", true, false},  {"SIGNED IN", true, false}, {"STATE", false, false},
    };
    bool has_doors =
        is_any_by_hand(snapshot) || count_state(snapshot, USHER_EVENT_STATE_QUEUE, "closed") > 0;
    struct table *table = table_new(columns, USHER_COUNT_OF(columns) - (has_doors ? 0 : 1));
    struct usher_zone *zone = until_zone(look->zone);
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct usher_fields *fields = &snapshot->rows[i].event.fields;
        if (snapshot->rows[i].event.kind != USHER_EVENT_STATE_QUEUE)
            continue;
        char room[SHOW_DURATION_SIZE];
        bool is_waiting = fields->waiting > 0;
        table_add(table, TABLE_PLAIN, "%s", text_of(fields->queue));
        table_add(table, is_waiting ? TABLE_YELLOW : TABLE_PLAIN, "%" PRId64, fields->waiting);
        table_add(table, colour_of_wait(is_waiting ? fields->since_ms : 0, snapshot->now_ms), "%s",
                  is_waiting ? show_duration(fields->since_ms, snapshot->now_ms, room) : "");
        table_add(table, fields->free > 0 ? TABLE_GREEN : TABLE_PLAIN, "%" PRId64, fields->free);
        table_add(table, is_waiting && fields->signed_in == 0 ? TABLE_RED : TABLE_PLAIN, "%" PRId64,
                  fields->signed_in);
        if (has_doors)
            add_door(table, fields, zone);
    }
    usher_zone_free(zone);
    table_print(table, style, file);
    table_free(table);
}

/* A line of those that are on, if any is. */
static void print_switches(const struct look *look, FILE *file)
{
    struct usher_zone *zone = until_zone(look->zone);
    char until[UNTIL_SIZE];
    const char *separator = "switches  ";
    for (size_t i = 0; i < look->snapshot.count; i++) {
        const struct snapshot_row *row = &look->snapshot.rows[i];
        if (row->event.kind != USHER_EVENT_STATE_SWITCH || !is_state(row, "on"))
            continue;
        fprintf(file, "%s%s on%s", separator, text_of(row->event.fields.name),
                until_write(row->event.fields.until_ms, zone, clock_civil_ms(), until));
        separator = ", ";
    }
    if (separator[0] == ',')
        fputc('\n', file);
    usher_zone_free(zone);
}

void show_status(const struct look *look, struct table_style style, FILE *file)
{
    const struct snapshot *snapshot = &look->snapshot;
    char room[USHER_NUMBER_SIZE];
    size_t known = count_state(snapshot, USHER_EVENT_STATE_AGENT, NULL);
    size_t signed_out = count_state(snapshot, USHER_EVENT_STATE_AGENT, "signed_out");
    size_t ready = count_state(snapshot, USHER_EVENT_STATE_AGENT, "ready");
    size_t not_ready = count_state(snapshot, USHER_EVENT_STATE_AGENT, "not_ready");
    size_t free_count = count_free(snapshot);
    fprintf(file, "usherd    serves at %s, event %.*s\n", look->address,
            USHER_TEXT_ARGS(usher_number_write(look->number, room)));
    fprintf(file, "agents    %zu known, %zu signed in: %zu free, %zu busy, %zu not ready\n", known,
            known - signed_out, free_count, ready - free_count, not_ready);
    fprintf(file, "contacts  %zu", count_state(snapshot, USHER_EVENT_STATE_CONTACT, NULL));
    const char *separator = ": ";
    for (size_t i = 0; i < USHER_COUNT_OF(contact_states); i++) {
        size_t count = count_state(snapshot, USHER_EVENT_STATE_CONTACT, contact_states[i]);
        if (count > 0) {
            fprintf(file, "%s%zu %s", separator, count, contact_words[i]);
            separator = ", ";
        }
    }
    fputc('\n', file);
    print_switches(look, file);
    fputc('\n', file);
    show_queues(look, style, file);
}

static void write_count(struct usher_json_writer *writer, const char *key, size_t count)
{
    usher_json_write_key(writer, usher_text_of(key));
    usher_json_write_int64(writer, (int64_t)count);
}

static void write_rows(struct usher_json_writer *writer, const char *key,
                       const struct snapshot *snapshot, enum usher_event_kind kind)
{
    usher_json_write_key(writer, usher_text_of(key));
    usher_json_write_open(writer, '[');
    for (size_t i = 0; i < snapshot->count; i++)
        if (snapshot->rows[i].event.kind == kind)
            usher_json_write_raw(writer, snapshot->rows[i].line);
    usher_json_write_close(writer, ']');
}

void show_status_json(const struct look *look, FILE *file)
{
    const struct snapshot *snapshot = &look->snapshot;
    char room[USHER_NUMBER_SIZE];
    struct usher_bytes out;
    struct usher_json_writer writer;
    usher_bytes_init(&out, SIZE_MAX);
    usher_json_write_start(&writer, &out);
    usher_json_write_open(&writer, '{');
    usher_json_write_key(&writer, USHER_TEXT("n"));
    usher_json_write_text(&writer, usher_number_write(look->number, room));
    usher_json_write_key(&writer, USHER_TEXT("at"));
    usher_json_write_int64(&writer, snapshot->now_ms);
    usher_json_write_key(&writer, USHER_TEXT("agents"));
    usher_json_write_open(&writer, '{');
    write_count(&writer, "known", count_state(snapshot, USHER_EVENT_STATE_AGENT, NULL));
    write_count(&writer, "signed_out",
                count_state(snapshot, USHER_EVENT_STATE_AGENT, "signed_out"));
    write_count(&writer, "ready", count_state(snapshot, USHER_EVENT_STATE_AGENT, "ready"));
    write_count(&writer, "not_ready", count_state(snapshot, USHER_EVENT_STATE_AGENT, "not_ready"));
    write_count(&writer, "free", count_free(snapshot));
    usher_json_write_close(&writer, '}');
    usher_json_write_key(&writer, USHER_TEXT("contacts"));
    usher_json_write_open(&writer, '{');
    write_count(&writer, "live", count_state(snapshot, USHER_EVENT_STATE_CONTACT, NULL));
    for (size_t i = 0; i < USHER_COUNT_OF(contact_states); i++)
        write_count(&writer, contact_states[i],
                    count_state(snapshot, USHER_EVENT_STATE_CONTACT, contact_states[i]));
    usher_json_write_close(&writer, '}');
    write_rows(&writer, "queues", snapshot, USHER_EVENT_STATE_QUEUE);
    write_rows(&writer, "switches", snapshot, USHER_EVENT_STATE_SWITCH);
    usher_json_write_close(&writer, '}');
    usher_bytes_append_char(&out, '\n');
    fwrite(out.at, 1, out.length, file);
    usher_bytes_fini(&out);
}

/* A contact's state in a person's words. */
static const char *word_of_contact(const struct snapshot_row *row)
{
    for (size_t i = 0; i < USHER_COUNT_OF(contact_states); i++)
        if (is_state(row, contact_states[i]))
            return contact_words[i];
    return text_of(row->event.fields.state);
}

/* What an agent does, in a word or two: the contact's state says more than "ready". */
static void add_agent_state(struct table *table, const struct usher_fields *fields,
                            const struct snapshot_row *contact)
{
    if (contact != NULL && fields->then.length > 0)
        table_add(table, TABLE_CYAN, "%s, leaving", word_of_contact(contact));
    else if (contact != NULL)
        table_add(table, TABLE_CYAN, "%s", word_of_contact(contact));
    else if (usher_text_is_equal(fields->state, USHER_TEXT("ready")) && fields->reason.length > 0)
        table_add(table, TABLE_RED, "%s",
                  fields->reason.at); /* a phone that is busy, unreachable or missing */
    else if (usher_text_is_equal(fields->state, USHER_TEXT("ready")))
        table_add(table, TABLE_GREEN, "ready");
    else if (usher_text_is_equal(fields->state, USHER_TEXT("not_ready")))
        table_add(table, TABLE_YELLOW, "%s",
                  fields->reason.length ? fields->reason.at : "not ready");
    else
        table_add(table, TABLE_DIM, "signed out");
}

/* {"billing":8,"lang.uk":10} as "billing 8, lang.uk 10". */
static void add_skills(struct table *table, struct usher_text skills)
{
    char room[1024];
    size_t length = 0;
    bool is_quoted = false;
    for (size_t i = 0; i < skills.length && length + 2 < sizeof(room); i++) {
        char c = skills.at[i];
        if (c == '"')
            is_quoted = !is_quoted;
        else if (!is_quoted && c == ':')
            room[length++] = ' ';
        else if (!is_quoted && c == ',') {
            room[length++] = ',';
            room[length++] = ' ';
        } else if (is_quoted || (c >= '0' && c <= '9'))
            room[length++] = c;
    }
    room[length] = '\0';
    table_add(table, TABLE_PLAIN, "%s", room);
}

void show_agents(const struct snapshot *snapshot, struct table_style style, FILE *file)
{
    static const struct table_column columns[] = {
        {"AGENT", false, true}, {"NAME", false, true},    {"STATE", false, false},
        {"SINCE", true, false}, {"CONTACT", false, true}, {"SKILLS", false, true},
    };
    struct table *table = table_new(columns, USHER_COUNT_OF(columns));
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct usher_fields *fields = &snapshot->rows[i].event.fields;
        if (snapshot->rows[i].event.kind != USHER_EVENT_STATE_AGENT)
            continue;
        const struct snapshot_row *contact = snapshot_find_contact_of(snapshot, fields->agent);
        char room[SHOW_DURATION_SIZE];
        bool is_out = usher_text_is_equal(fields->state, USHER_TEXT("signed_out"));
        table_add(table, is_out ? TABLE_DIM : TABLE_PLAIN, "%s", text_of(fields->agent));
        table_add(table, is_out ? TABLE_DIM : TABLE_PLAIN, "%s", text_of(fields->name));
        add_agent_state(table, fields, contact);
        table_add(table, TABLE_PLAIN, "%s",
                  show_duration(contact ? contact->event.fields.since_ms : fields->since_ms,
                                snapshot->now_ms, room));
        table_add(table, TABLE_PLAIN, "%s", contact ? text_of(contact->event.fields.contact) : "");
        add_skills(table, fields->skills);
    }
    table_print(table, style, file);
    table_free(table);
}

static enum table_colour colour_of_contact(const struct snapshot_row *row)
{
    if (is_state(row, "waiting"))
        return TABLE_YELLOW;
    return is_state(row, "talking") ? TABLE_GREEN : TABLE_CYAN;
}

void show_contacts(const struct snapshot *snapshot, bool is_full, struct table_style style,
                   FILE *file)
{
    static const struct table_column columns[] = {
        {"CONTACT", false, true}, {"STATE", false, false}, {"SINCE", true, false},
        {"QUEUE", false, true},   {"TIER", false, true},   {"CHANNEL", false, false},
        {"AGENT", false, true},   {"FROM", false, true},   {"DATA", false, true},
        {"NOTE", false, true},
    };
    struct table *table = table_new(columns, USHER_COUNT_OF(columns) - (is_full ? 0 : 3));
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct snapshot_row *row = &snapshot->rows[i];
        const struct usher_fields *fields = &row->event.fields;
        if (row->event.kind != USHER_EVENT_STATE_CONTACT)
            continue;
        char room[SHOW_DURATION_SIZE];
        table_add(table, TABLE_PLAIN, "%s", text_of(fields->contact));
        bool has_reason = fields->reason.length > 0;
        table_add(table, colour_of_contact(row), "%s%s%s", word_of_contact(row),
                  has_reason ? ": " : "", text_of(fields->reason));
        int64_t since_ms = is_state(row, "waiting") ? fields->place_ms : fields->since_ms;
        table_add(table,
                  is_state(row, "waiting") ? colour_of_wait(since_ms, snapshot->now_ms)
                                           : TABLE_PLAIN,
                  "%s", show_duration(since_ms, snapshot->now_ms, room));
        table_add(table, TABLE_PLAIN, "%s", text_of(fields->queue));
        table_add(table, TABLE_PLAIN, "%s", text_of(fields->tier));
        table_add(table, TABLE_PLAIN, "%s", text_of(fields->channel));
        table_add(table, TABLE_PLAIN, "%s", text_of(fields->agent));
        if (is_full) {
            table_add(table, TABLE_PLAIN, "%s", text_of(fields->from));
            table_add(table, TABLE_PLAIN, "%s", text_of(fields->data));
            table_add(table, TABLE_PLAIN, "%s", text_of(fields->note));
        }
    }
    table_print(table, style, file);
    table_free(table);
}

void show_rows_json(const struct snapshot *snapshot, enum usher_event_kind kind, bool is_full,
                    FILE *file)
{
    struct usher_bytes out;
    usher_bytes_init(&out, MASKED_MAX);
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct snapshot_row *row = &snapshot->rows[i];
        if (row->event.kind != kind)
            continue;
        usher_bytes_clear(&out);
        if (is_full)
            usher_bytes_append_text(&out, row->line);
        else
            mask_line(row->line, &out);
        struct usher_text text = usher_bytes_text(&out);
        fwrite(text.at, 1, text.length, file);
        fputc('\n', file);
    }
    usher_bytes_fini(&out);
}
