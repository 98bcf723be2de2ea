#include "ctl/mask.h"

#include <stdlib.h>

#include "ctl/memory.h"
#include "wire/mask.h"

void mask_line(struct usher_text line, struct usher_bytes *out)
{
    char *scratch = memory_resize(NULL, line.length + 1);
    (void)!usher_mask_line(line, USHER_MASK_SHOWN, scratch, out);
    free(scratch);
}
