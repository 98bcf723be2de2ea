#include "model/fields.h"

#include <string.h>

static size_t bytes_of(struct usher_text text)
{
    return text.at ? text.length + 1 : 0;
}

#define BYTES_OF_TEXT(text)  bytes_of(text)
#define BYTES_OF_RAW(text)   bytes_of(text)
#define BYTES_OF_INT(number) 0

size_t usher_fields_bytes(const struct usher_fields *fields)
{
    size_t bytes = 0;
#define ADD_BYTES(NAME, member, TYPE, bound, sentence) bytes += BYTES_OF_##TYPE(fields->member);
    USHER_FIELDS(ADD_BYTES)
#undef ADD_BYTES
    return bytes;
}

static void move(struct usher_text *text, char **room)
{
    if (!text->at)
        return;
    memcpy(*room, text->at, text->length);
    (*room)[text->length] = '\0';
    text->at = *room;
    *room += text->length + 1;
}

#define MOVE_TEXT(text, room) move(&(text), room);
#define MOVE_RAW(text, room)  move(&(text), room);
#define MOVE_INT(number, room)

char *usher_fields_move(struct usher_fields *fields, char *room)
{
#define MOVE(NAME, member, TYPE, bound, sentence) MOVE_##TYPE(fields->member, &room)
    USHER_FIELDS(MOVE)
#undef MOVE
    return room;
}
