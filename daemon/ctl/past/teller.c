/* What every command that shows events has in common. */
#include "ctl/past/teller.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "ctl/mask.h"
#include "ctl/past/moment.h"
#include "ctl/story.h"

void teller_init(struct teller *teller, const struct options *options)
{
    *teller = (struct teller){.options = options};
    usher_bytes_init(&teller->masked, SIZE_MAX);
    moment_write_date(clock_civil_ms(), teller->date);
}

void teller_fini(struct teller *teller)
{
    usher_bytes_fini(&teller->masked);
}

bool teller_shows(const struct teller *teller, enum usher_event_kind kind)
{
    const char *asked = teller->options->event;
    if (kind == USHER_EVENT_NONE)
        return true;
    if (kind == USHER_EVENT_ROUTER_HEARTBEAT && !teller->options->is_all)
        return asked && strcmp(asked, usher_event_row(kind)->name) == 0;
    return usher_event_row(kind)->is_journaled;
}

static void tell_date(struct teller *teller, int64_t at_ms)
{
    char date[sizeof(teller->date)];
    moment_write_date(at_ms, date);
    if (strcmp(date, teller->date) == 0)
        return;
    memcpy(teller->date, date, sizeof(date));
    table_print_text(date, 0, TABLE_BOLD, teller->options->style, stdout);
    putchar('\n');
}

void teller_tell(struct teller *teller, const struct usher_event *event, struct usher_text line)
{
    const struct options *options = teller->options;
    if (!options->is_json && event->kind != USHER_EVENT_NONE) {
        tell_date(teller, event->at_ms);
        story_print(event, options->is_full, options->style, stdout);
        return;
    }
    usher_bytes_clear(&teller->masked);
    if (options->is_full)
        usher_bytes_append_text(&teller->masked, line);
    else
        mask_line(line, &teller->masked);
    printf("%.*s\n", USHER_TEXT_ARGS(usher_bytes_text(&teller->masked)));
}
