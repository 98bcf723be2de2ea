/* Netstrings (D. J. Bernstein, 1997): "5:hello," - the length in decimal, a colon, the body, a
 * comma. */
#ifndef LINK_NETSTRING_H
#define LINK_NETSTRING_H

#include <stddef.h>

#include "base/bytes.h"
#include "base/text.h"

#define NETSTRING_BODY_MAX ((size_t)32 * 1024)

enum netstring_result {
    NETSTRING_WHOLE = 0,
    NETSTRING_PART,   /* more bytes are needed */
    NETSTRING_BROKEN, /* no netstring, or a body above the bound: nothing can be read from here on
                       */
};

/* Reads the netstring with which `bytes` begin. WHOLE: `body` is borrowed from `bytes`, and `taken`
 * bytes are done with. Else both are unchanged. */
USHER_MUST_USE enum netstring_result netstring_read(struct usher_text bytes,
                                                    struct usher_text *body, size_t *taken);

/* Appends `body`, which must not be above the bound, as a netstring. */
void netstring_write(struct usher_text body, struct usher_bytes *out);

#endif
