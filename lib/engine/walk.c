/* What the walks over the state have in common. */
#include "engine/walk.h"

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
    if (usher_archive_is_loading(archive))
        archive->is_bad |= !usher_text_keep(owned, text);
}
