/* What the next agent is told of a contact that others have had: their notes, one after the other.
 * For the engine's own files. */
#ifndef USHER_ENGINE_STORY_H
#define USHER_ENGINE_STORY_H

#include "base/text.h"
#include "engine/state.h"

#define USHER_STORY_NOTE_MAX 2048 /* bytes of a contact's note: the bound of the field */

/* The notes, the newest last, with a line's end between; of those that are too long together the
 * beginning is left out, by whole characters. What `kept` ends with is not said twice, and who
 * sends all that is there with more behind it adds that. `room` has USHER_STORY_NOTE_MAX + 1 bytes.
 */
struct usher_text usher_story_note(struct usher_text kept, struct usher_text added, char *room);

/* contact.noted: what is noted of the contact from now on, with `added` as its end. */
void usher_story_tell(struct usher_engine *engine, const struct usher_contact *contact,
                      struct usher_text added, int64_t now_ms);

#endif
