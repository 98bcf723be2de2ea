/* Tells events on standard output: in words for people, with the date where a day begins, or as the
 * lines of JSON that they came in. Personal data only with --full. */
#ifndef CTL_PAST_TELLER_H
#define CTL_PAST_TELLER_H

#include "ctl/options.h"
#include "ctl/past/moment.h"
#include "model/event.h"

struct teller {
    const struct options *options;
    struct usher_bytes masked;
    char date[MOMENT_SIZE]; /* of the event before, or of today */
};

void teller_init(struct teller *teller, const struct options *options);
void teller_fini(struct teller *teller);
/* Heartbeats only with --all, or when they are asked for by name; what belongs to the opening of a
 * session is no event of the center's life. */
bool teller_shows(const struct teller *teller, enum usher_event_kind kind);
/* The kind is NONE for an event of a newer usherd: then the line is all that is known. */
void teller_tell(struct teller *teller, const struct usher_event *event, struct usher_text line);

#endif
