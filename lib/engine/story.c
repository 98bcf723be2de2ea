/* Notes grow with each agent who had the contact. */
#include "engine/story.h"

#include <string.h>

#include "engine/moves.h"

/* The last `length` bytes at most, from the beginning of a character. */
static struct usher_text end_of(struct usher_text text, size_t length)
{
    if (text.length <= length)
        return text;
    struct usher_text end = {text.at + text.length - length, length};
    while (end.length > 0 && ((unsigned char)end.at[0] & 0xc0) == 0x80) {
        end.at++;
        end.length--;
    }
    return end;
}

static bool is_last_line(struct usher_text kept, struct usher_text line)
{
    if (kept.length <= line.length || kept.at[kept.length - line.length - 1] != '\n')
        return usher_text_is_equal(kept, line);
    return memcmp(kept.at + kept.length - line.length, line.at, line.length) == 0;
}

static bool begins_with(struct usher_text text, struct usher_text start)
{
    return start.length <= text.length && memcmp(text.at, start.at, start.length) == 0;
}

struct usher_text usher_story_note(struct usher_text kept, struct usher_text added, char *room)
{
    struct usher_text last = end_of(added, USHER_STORY_NOTE_MAX);
    if (kept.length > 0 && begins_with(added, kept))
        kept = USHER_NO_TEXT;
    if (last.length == 0 || is_last_line(kept, last)) {
        last = end_of(kept, USHER_STORY_NOTE_MAX);
        kept = USHER_NO_TEXT;
    }
    size_t length = 0;
    if (kept.length > 0 && last.length + 1 < USHER_STORY_NOTE_MAX) {
        struct usher_text first = end_of(kept, USHER_STORY_NOTE_MAX - last.length - 1);
        memcpy(room, first.at, first.length);
        length = first.length;
        room[length++] = '\n';
    }
    if (last.length > 0)
        memcpy(room + length, last.at, last.length);
    length += last.length;
    room[length] = '\0';
    return (struct usher_text){room, length};
}

void usher_story_tell(struct usher_engine *engine, const struct usher_contact *contact,
                      struct usher_text added, int64_t now_ms)
{
    char room[USHER_STORY_NOTE_MAX + 1];
    struct usher_event event = usher_event_about(USHER_EVENT_CONTACT_NOTED, contact);
    USHER_FIELDS_SET(&event.fields, NOTE, note,
                     usher_story_note(usher_text_of(contact->note), added, room));
    usher_event_add_customer(&event, engine, contact);
    usher_engine_emit(engine, &event, now_ms);
}
