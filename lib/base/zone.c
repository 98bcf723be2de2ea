/* The table gives the offset up to its last change; the footer's rule (posix_zone.h) all that
 * follows. Of a file of version 2 and higher the second block counts, with 64-bit times. Every
 * count is checked against the bytes that are there before anything is read by it. */
#include "base/zone.h"

#include <stdlib.h>
#include <string.h>

#include "base/posix_zone.h"

#define HEADER_SIZE    44
#define CHANGES_MAX    4096
#define OFFSET_MAX_S   (26 * 3600)
#define LOCAL_REACH_MS (2 * USHER_DAY_MS) /* clocks differ from UTC by less */

struct usher_zone {
    size_t changes_count;
    int64_t *changes_s;     /* ascending */
    int32_t *offsets_s;     /* from each change on */
    int32_t first_offset_s; /* before them */
    bool has_rule;          /* behind the last change */
    struct usher_posix_zone rule;
};

struct reader {
    const unsigned char *at;
    size_t length;
    const char *why;
};

struct counts {
    size_t isut;
    size_t isstd;
    size_t leap;
    size_t change;
    size_t type;
    size_t letter;
    size_t time_size; /* 4, or 8 in a second block */
};

static uint64_t take(struct reader *reader, size_t size)
{
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++)
        number = number << 8 | reader->at[i];
    reader->at += size;
    reader->length -= size;
    return number;
}

static int64_t take_time(struct reader *reader, size_t size)
{
    uint64_t number = take(reader, size);
    return size == 8 ? (int64_t)number : (int64_t)(int32_t)(uint32_t)number;
}

static bool refuse(struct reader *reader, const char *why)
{
    reader->why = why;
    return false;
}

static size_t body_size(const struct counts *counts)
{
    return counts->change * (counts->time_size + 1) + counts->type * 6 + counts->letter +
           counts->leap * (counts->time_size + 4) + counts->isstd + counts->isut;
}

/* Header and counts of a block; its whole body is then there. */
static bool read_header(struct reader *reader, size_t time_size, struct counts *counts,
                        char *version)
{
    if (reader->length < HEADER_SIZE || memcmp(reader->at, "TZif", 4) != 0)
        return refuse(reader, "it is no TZif file");
    *version = (char)reader->at[4];
    if (*version != '\0' && (*version < '2' || *version > '4'))
        return refuse(reader, "its version is not 1 to 4");
    (void)take(reader, 8);
    (void)take(reader, 12);
    *counts = (struct counts){.time_size = time_size};
    counts->isut = (size_t)take(reader, 4);
    counts->isstd = (size_t)take(reader, 4);
    counts->leap = (size_t)take(reader, 4);
    counts->change = (size_t)take(reader, 4);
    counts->type = (size_t)take(reader, 4);
    counts->letter = (size_t)take(reader, 4);
    if (counts->change > CHANGES_MAX || counts->type > 256 || counts->letter > 4096 ||
        counts->leap > CHANGES_MAX || (counts->isut != 0 && counts->isut != counts->type) ||
        (counts->isstd != 0 && counts->isstd != counts->type))
        return refuse(reader, "its counts are out of bounds");
    if (body_size(counts) > reader->length)
        return refuse(reader, "it is cut off");
    return true;
}

static bool read_types(struct reader *reader, const struct counts *counts, int32_t offsets_s[256])
{
    for (size_t i = 0; i < counts->type; i++) {
        offsets_s[i] = (int32_t)(uint32_t)take(reader, 4);
        uint64_t is_dst = take(reader, 1);
        uint64_t letter = take(reader, 1);
        if (offsets_s[i] < -OFFSET_MAX_S || offsets_s[i] > OFFSET_MAX_S || is_dst > 1 ||
            letter >= counts->letter)
            return refuse(reader, "one of its types is out of bounds");
    }
    return true;
}

static bool read_body(struct reader *reader, const struct counts *counts, struct usher_zone *zone)
{
    unsigned char types[CHANGES_MAX];
    int32_t offsets_s[256];
    size_t rest = body_size(counts);
    const unsigned char *end = reader->at + rest;
    if (counts->type == 0 || counts->letter == 0)
        return refuse(reader, "it has no type of time");
    if (counts->leap > 0)
        return refuse(reader, "it counts leap seconds; take the zone that does not");
    zone->changes_s = calloc(counts->change + 1, sizeof(*zone->changes_s));
    zone->offsets_s = calloc(counts->change + 1, sizeof(*zone->offsets_s));
    if (!zone->changes_s || !zone->offsets_s)
        return refuse(reader, "memory is out");
    for (size_t i = 0; i < counts->change; i++) {
        zone->changes_s[i] = take_time(reader, counts->time_size);
        if (i > 0 && zone->changes_s[i] <= zone->changes_s[i - 1])
            return refuse(reader, "its changes are not in their order");
    }
    for (size_t i = 0; i < counts->change; i++) {
        types[i] = (unsigned char)take(reader, 1);
        if (types[i] >= counts->type)
            return refuse(reader, "a change leads to a type that is not there");
    }
    if (!read_types(reader, counts, offsets_s))
        return false;
    zone->changes_count = counts->change;
    zone->first_offset_s = offsets_s[0];
    for (size_t i = 0; i < counts->change; i++)
        zone->offsets_s[i] = offsets_s[types[i]];
    reader->length -= (size_t)(end - reader->at);
    reader->at = end;
    return true;
}

/* "\n" the TZ text "\n" at the end; an empty text says nothing of the time behind the table. */
static bool read_footer(struct reader *reader, struct usher_zone *zone)
{
    const unsigned char *end =
        reader->length > 1 ? memchr(reader->at + 1, '\n', reader->length - 1) : NULL;
    if (!end || reader->at[0] != '\n')
        return refuse(reader, "its footer is missing");
    struct usher_text text = {(const char *)reader->at + 1, (size_t)(end - reader->at) - 1};
    zone->has_rule = text.length > 0;
    if (zone->has_rule && !usher_posix_zone_read(text, &zone->rule))
        return refuse(reader, "the rule in its footer cannot be read");
    return true;
}

static bool read_zone(struct reader *reader, struct usher_zone *zone)
{
    struct counts counts;
    char version;
    if (!read_header(reader, 4, &counts, &version))
        return false;
    if (version == '\0')
        return read_body(reader, &counts, zone);
    reader->at += body_size(&counts);
    reader->length -= body_size(&counts);
    return read_header(reader, 8, &counts, &version) && read_body(reader, &counts, zone) &&
           read_footer(reader, zone);
}

struct usher_zone *usher_zone_read(struct usher_text bytes, const char **why)
{
    struct reader reader = {(const unsigned char *)bytes.at, bytes.length, NULL};
    struct usher_zone *zone = calloc(1, sizeof(*zone));
    if (!zone)
        reader.why = "memory is out";
    else if (bytes.length > USHER_ZONE_BYTES_MAX)
        reader.why = "it is too long";
    else if (read_zone(&reader, zone))
        return zone;
    *why = reader.why;
    usher_zone_free(zone);
    return NULL;
}

void usher_zone_free(struct usher_zone *zone)
{
    if (!zone)
        return;
    free(zone->changes_s);
    free(zone->offsets_s);
    free(zone);
}

static bool is_name_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '+' || c == '-';
}

bool usher_zone_is_name(struct usher_text name)
{
    if (name.length == 0 || name.length > USHER_ZONE_NAME_MAX || name.at[0] == '/' ||
        name.at[name.length - 1] == '/')
        return false;
    for (size_t i = 0; i < name.length; i++) {
        bool is_slash = name.at[i] == '/' && name.at[i - 1] != '/';
        if (!is_slash && !is_name_char(name.at[i]))
            return false;
    }
    return true;
}

/* How many changes are at or before `at_s`. */
static size_t count_changes(const struct usher_zone *zone, int64_t at_s)
{
    size_t low = 0;
    size_t high = zone->changes_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->changes_s[middle] <= at_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int64_t usher_zone_offset_s(const struct usher_zone *zone, int64_t at_ms)
{
    if (!zone)
        return 0;
    int64_t at_s = usher_floor_div(at_ms, 1000);
    size_t count = count_changes(zone, at_s);
    if (count == zone->changes_count && zone->has_rule)
        return usher_posix_zone_offset_s(&zone->rule, at_s);
    return count > 0 ? zone->offsets_s[count - 1] : zone->first_offset_s;
}

int64_t usher_zone_local_ms(const struct usher_zone *zone, int64_t at_ms)
{
    return at_ms + usher_zone_offset_s(zone, at_ms) * 1000;
}

size_t usher_zone_moments(const struct usher_zone *zone, int64_t local_ms, int64_t at_ms[2])
{
    /* Whatever clocks show lies between what they show two days off: the offsets of both sides of a
     * change are those of the moments before and after it. */
    int64_t before_ms = local_ms - usher_zone_offset_s(zone, local_ms - USHER_DAY_MS) * 1000;
    int64_t after_ms = local_ms - usher_zone_offset_s(zone, local_ms + USHER_DAY_MS) * 1000;
    int64_t first_ms = before_ms < after_ms ? before_ms : after_ms;
    int64_t second_ms = before_ms < after_ms ? after_ms : before_ms;
    size_t count = 0;
    if (usher_zone_local_ms(zone, first_ms) == local_ms)
        at_ms[count++] = first_ms;
    if (second_ms != first_ms && usher_zone_local_ms(zone, second_ms) == local_ms)
        at_ms[count++] = second_ms;
    return count;
}

int64_t usher_zone_moment(const struct usher_zone *zone, int64_t local_ms)
{
    int64_t found_ms[2];
    if (usher_zone_moments(zone, local_ms, found_ms) > 0)
        return found_ms[0];
    /* Clocks skip it: the first moment at which they show more. */
    int64_t low_ms = local_ms - LOCAL_REACH_MS;
    int64_t high_ms = local_ms + LOCAL_REACH_MS;
    while (low_ms < high_ms) {
        int64_t middle_ms = low_ms + (high_ms - low_ms) / 2;
        if (usher_zone_local_ms(zone, middle_ms) < local_ms)
            low_ms = middle_ms + 1;
        else
            high_ms = middle_ms;
    }
    return high_ms;
}
