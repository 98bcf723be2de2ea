/* What the walks over the state have in common. */
#include "engine/walk.h"

#include <stdlib.h>
#include <string.h>

#include "engine/sound.h"

void usher_walk_time(struct usher_archive *archive, int64_t *ms)
{
    usher_archive_i64(archive, ms);
    if (usher_archive_is_loading(archive) && !usher_sound_is_time(*ms))
        archive->is_bad = true;
}

void usher_walk_owned(struct usher_archive *archive, char **owned)
{
    struct usher_text text = usher_text_of(*owned);
    usher_archive_text(archive, &text);
    if (!usher_archive_is_loading(archive) || !text.at)
        return;
    *owned = malloc(text.length + 1);
    if (!*owned) {
        archive->is_bad = true;
        return;
    }
    memcpy(*owned, text.at, text.length);
    (*owned)[text.length] = '\0';
}
