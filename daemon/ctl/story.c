/* The fields come from the vocabulary's own list, so a field that is added there shows here. */
#include "ctl/story.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/past/moment.h"

/* How a field's number is told. */
enum form {
    FORM_PLAIN = 0,
    FORM_SPAN,
    FORM_TIME,
    FORM_PER_MILLE,
    FORM_PER_TEN_THOUSAND,
    FORM_HIDDEN
};

/* Shown by the columns before, personal, or of no use to a person. */
static enum form form_of(enum usher_field field, bool is_full)
{
    usher_field_mask bit = (usher_field_mask)1 << field;
    const usher_field_mask spans = USHER_FIELD_BIT(RING_MS) | USHER_FIELD_BIT(WAITED_MS) |
                                   USHER_FIELD_BIT(BID_MS) | USHER_FIELD_BIT(LATE_MS) |
                                   USHER_FIELD_BIT(IDLE_MS) | USHER_FIELD_BIT(WAIT_MS) |
                                   USHER_FIELD_BIT(WAIT_MIN_MS) | USHER_FIELD_BIT(WAIT_MAX_MS) |
                                   USHER_FIELD_BIT(RAW_MS) | USHER_FIELD_BIT(AFFINITY_MS);
    const usher_field_mask times = USHER_FIELD_BIT(SINCE_MS) | USHER_FIELD_BIT(PLACE_MS) |
                                   USHER_FIELD_BIT(UNTIL_MS) | USHER_FIELD_BIT(DUE_MS) |
                                   USHER_FIELD_BIT(NOT_AFTER_MS) | USHER_FIELD_BIT(LAST_MS);
    const usher_field_mask personal = USHER_FIELD_BIT(FROM) | USHER_FIELD_BIT(DATA) |
                                      USHER_FIELD_BIT(NOTE) | USHER_FIELD_BIT(CUSTOMER) |
                                      USHER_FIELD_BIT(MEMORY);
    const usher_field_mask hidden = USHER_FIELD_BIT(CONTACT) | USHER_FIELD_BIT(AGENT) |
                                    USHER_FIELD_BIT(TOKEN) | USHER_FIELD_BIT(ACCEPT) |
                                    USHER_FIELD_BIT(PHONE) | USHER_FIELD_BIT(OFFER) |
                                    USHER_FIELD_BIT(BY_ID);
    if ((bit & hidden) || ((bit & personal) && !is_full))
        return FORM_HIDDEN;
    if (bit & spans)
        return FORM_SPAN;
    if (bit & times)
        return FORM_TIME;
    if (bit & (USHER_FIELD_BIT(MATCH) | USHER_FIELD_BIT(GROUND)))
        return FORM_PER_MILLE;
    return bit & USHER_FIELD_BIT(LEND) ? FORM_PER_TEN_THOUSAND : FORM_PLAIN;
}

static void add_text(FILE *line, const char *name, struct usher_text text)
{
    fprintf(line, "  %s %.*s", name, USHER_TEXT_ARGS(text));
}

static void add_number(FILE *line, const char *name, int64_t number, enum form form)
{
    char room[MOMENT_SIZE];
    size_t length = strlen(name);
    if (form == FORM_SPAN || form == FORM_TIME)
        length -= strlen("_ms");
    fprintf(line, "  %.*s ", (int)length, name);
    switch (form) {
    case FORM_SPAN:
        fprintf(line, "%s%" PRId64 ".%d s", number < 0 ? "-" : "",
                (number < 0 ? -number : number) / 1000,
                (int)((number < 0 ? -number : number) / 100 % 10));
        break;
    case FORM_TIME:
        moment_write_clock(number, room);
        fputs(room, line);
        break;
    case FORM_PER_MILLE:
        fprintf(line, "%" PRId64 "%%", number / 10);
        break;
    case FORM_PER_TEN_THOUSAND:
        fprintf(line, "%" PRId64 ".%d%%", number / 100, (int)(number / 10 % 10));
        break;
    case FORM_PLAIN:
    case FORM_HIDDEN:
        fprintf(line, "%" PRId64, number);
        break;
    }
}

#define ADD_TEXT(NAME, member) add_text(line, #member, fields->member)
#define ADD_RAW(NAME, member)  ADD_TEXT(NAME, member)
#define ADD_INT(NAME, member)  add_number(line, #member, fields->member, form)

/* What a person looks for first: a narrow terminal cuts what comes behind. */
static const usher_field_mask first_fields = USHER_FIELD_BIT(QUEUE) | USHER_FIELD_BIT(REASON) |
                                             USHER_FIELD_BIT(STATE) | USHER_FIELD_BIT(WAITED_MS) |
                                             USHER_FIELD_BIT(MATCH) | USHER_FIELD_BIT(LEND) |
                                             USHER_FIELD_BIT(SKILLS);

/* Those of `fields` that are in `wanted`. */
static void add_fields(FILE *line, const struct usher_fields *fields, usher_field_mask wanted,
                       bool is_full)
{
    enum form form;
#define ADD(NAME, member, TYPE, bound, sentence)                                                   \
    form = form_of(USHER_FIELD_##NAME, is_full);                                                   \
    if ((fields->present & wanted & USHER_FIELD_BIT(NAME)) && form != FORM_HIDDEN)                 \
        ADD_##TYPE(NAME, member);
    USHER_FIELDS(ADD)
#undef ADD
}

static enum table_colour colour_of(enum usher_event_kind kind)
{
    const char *name = usher_event_row(kind)->name;
    if (kind == USHER_EVENT_CONTACT_ANSWERED || kind == USHER_EVENT_CONTACT_DONE)
        return TABLE_GREEN;
    if (kind == USHER_EVENT_CONTACT_OFFERED || kind == USHER_EVENT_CONTACT_RINGING)
        return TABLE_CYAN;
    if (kind == USHER_EVENT_CONTACT_ABANDONED || kind == USHER_EVENT_CONTACT_EXPIRED ||
        kind == USHER_EVENT_CONTACT_OVERFLOWED || kind == USHER_EVENT_CONTACT_REFUSED ||
        kind == USHER_EVENT_JOURNAL_LOST || kind == USHER_EVENT_LINK_LOST)
        return TABLE_RED;
    return strncmp(name, "offer.", strlen("offer.")) == 0 ? TABLE_YELLOW : TABLE_PLAIN;
}

void story_print(const struct usher_event *event, bool is_full, struct table_style style,
                 FILE *file)
{
    char time_room[MOMENT_SIZE], name[32], *text = NULL;
    size_t length = 0;
    const struct usher_fields *fields = &event->fields;
    moment_write_clock(event->at_ms, time_room);
    FILE *line = open_memstream(&text, &length);
    if (line == NULL)
        return;
    if (fields->contact.length > 0)
        fprintf(line, " %.*s", USHER_TEXT_ARGS(fields->contact));
    if (fields->agent.length > 0)
        fprintf(line, "%s%.*s", fields->contact.length > 0 ? " > " : " ",
                USHER_TEXT_ARGS(fields->agent));
    /* There `to` is the customer's number. */
    bool is_dialled = event->kind == USHER_EVENT_CONTACT_DIAL && !is_full;
    usher_field_mask others = ~first_fields & ~(is_dialled ? USHER_FIELD_BIT(TO) : 0);
    add_fields(line, fields, first_fields, is_full);
    add_fields(line, fields, others, is_full);
    fclose(line);
    size_t taken = strlen(time_room) + 1;
    snprintf(name, sizeof(name), "%-17s", usher_event_row(event->kind)->name);
    table_print_text(time_room, 0, TABLE_DIM, style, file);
    fputc(' ', file);
    taken += table_print_text(name, 0, colour_of(event->kind), style, file);
    table_print_text(text, style.width > taken ? style.width - taken : 0, TABLE_PLAIN, style, file);
    fputc('\n', file);
    free(text);
}
