/* Time zones from the bytes of a TZif file (RFC 8536, version 1 to 4; tzdata has them below
 * /usr/share/zoneinfo): what clocks show at a moment, and at which moment they show a time. Beyond
 * its table the file's footer, a POSIX TZ text, holds for ever. Whoever has the bytes hands them
 * in. A zone never changes; everywhere NULL is UTC. */
#ifndef USHER_BASE_ZONE_H
#define USHER_BASE_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/civil.h"
#include "base/text.h"

#define USHER_ZONE_NAME_MAX  64
#define USHER_ZONE_BYTES_MAX 65536 /* tzdata's longest has 3.5 KB */

struct usher_zone;

/* Reads a zone. NULL, with the reason in `why` (a fixed text), for bytes that are no TZif file,
 * damaged, longer than USHER_ZONE_BYTES_MAX or with leap seconds, and when memory is out. Nothing
 * of `bytes` is kept. */
struct usher_zone *usher_zone_read(struct usher_text bytes, const char **why);
void usher_zone_free(struct usher_zone *zone);

/* Whether `name` may be the name of a zone, such as Europe/Kyiv: letters, digits and _ + - in parts
 * between slashes, and thus no path out of a folder of zones. */
bool usher_zone_is_name(struct usher_text name);

/* How far clocks are ahead of UTC at `at_ms`, in seconds. */
int64_t usher_zone_offset_s(const struct usher_zone *zone, int64_t at_ms);
/* What clocks show at `at_ms`. */
int64_t usher_zone_local_ms(const struct usher_zone *zone, int64_t at_ms);
/* The moments at which clocks show `local_ms`, the earlier first: one, none when they skip it, two
 * when they are put back over it. Returns how many. */
size_t usher_zone_moments(const struct usher_zone *zone, int64_t local_ms, int64_t at_ms[2]);
/* The one moment that people mean: of two the first; of a time that clocks skip, when they skip it.
 */
int64_t usher_zone_moment(const struct usher_zone *zone, int64_t local_ms);

#endif
