#include "ctl/problems.h"

#include <stdint.h>
#include <stdio.h>

void problems_tell(const struct usher_problems *problems, const char *file)
{
    struct usher_bytes out;
    usher_bytes_init(&out, SIZE_MAX);
    usher_problems_write(problems, file, &out);
    struct usher_text text = usher_bytes_text(&out);
    (void)fwrite(text.at, 1, text.length, stderr);
    usher_bytes_fini(&out);
}
