/* Numbers and texts, written and read by the same calls. */
#include "engine/archive.h"

#include <string.h>

#define FOLDED_TEXT_MAX ((size_t)64)

static void fold(uint64_t *digest, uint64_t value)
{
    uint64_t mixed = (*digest ^ value) * UINT64_C(0x9fb21c651e98df25);
    *digest = mixed ^ (mixed >> 35);
}

static void fold_text(uint64_t *digest, struct usher_text text)
{
    size_t length = text.length < FOLDED_TEXT_MAX ? text.length : FOLDED_TEXT_MAX;
    uint64_t word = 0;
    size_t at = 0;
    for (; at + sizeof(word) <= length; at += sizeof(word)) {
        memcpy(&word, text.at + at, sizeof(word));
        fold(digest, word);
    }
    word = 0;
    if (at < length)
        memcpy(&word, text.at + at, length - at);
    fold(digest, word);
}

void usher_archive_u64(struct usher_archive *archive, uint64_t *value)
{
    unsigned char bytes[8];
    if (archive->digest) {
        fold(archive->digest, *value);
        return;
    }
    if (!usher_archive_is_loading(archive)) {
        for (size_t i = 0; i < sizeof(bytes); i++)
            bytes[i] = (unsigned char)(*value >> (8 * i));
        usher_bytes_append(archive->out, bytes, sizeof(bytes));
        return;
    }
    *value = 0;
    if (archive->is_bad || (size_t)(archive->end - archive->at) < sizeof(bytes)) {
        archive->is_bad = true;
        return;
    }
    for (size_t i = 0; i < sizeof(bytes); i++)
        *value |= (uint64_t)(unsigned char)archive->at[i] << (8 * i);
    archive->at += sizeof(bytes);
}

void usher_archive_i64(struct usher_archive *archive, int64_t *value)
{
    uint64_t bits = (uint64_t)*value;
    usher_archive_u64(archive, &bits);
    *value = (int64_t)bits;
}

void usher_archive_u32(struct usher_archive *archive, uint32_t *value)
{
    uint64_t wide = *value;
    usher_archive_u64(archive, &wide);
    if (wide > UINT32_MAX) {
        archive->is_bad = true;
        wide = 0;
    }
    *value = (uint32_t)wide;
}

void usher_archive_count(struct usher_archive *archive, size_t *count, size_t count_max)
{
    uint64_t wide = *count;
    usher_archive_u64(archive, &wide);
    if (wide > count_max) {
        archive->is_bad = true;
        wide = 0;
    }
    *count = (size_t)wide;
}

void usher_archive_text(struct usher_archive *archive, struct usher_text *text)
{
    uint64_t length = text->at ? text->length + 1 : 0; /* 0 = absent */
    usher_archive_u64(archive, &length);
    if (archive->digest) {
        fold_text(archive->digest, *text);
        return;
    }
    if (!usher_archive_is_loading(archive)) {
        if (text->at)
            usher_bytes_append_text(archive->out, *text);
        return;
    }
    *text = USHER_NO_TEXT;
    if (archive->is_bad || length == 0)
        return;
    if (length - 1 > (uint64_t)(archive->end - archive->at) ||
        memchr(archive->at, '\0', (size_t)(length - 1))) { /* no text of ours has one */
        archive->is_bad = true;
        return;
    }
    *text = (struct usher_text){archive->at, (size_t)(length - 1)};
    archive->at += length - 1;
}

void usher_archive_chars(struct usher_archive *archive, char *room, size_t room_size)
{
    struct usher_text text = usher_text_of(room);
    usher_archive_text(archive, &text);
    if (usher_archive_is_loading(archive) &&
        (!text.at || !usher_text_copy(room, room_size, text))) {
        room[0] = '\0';
        archive->is_bad = true;
    }
}
