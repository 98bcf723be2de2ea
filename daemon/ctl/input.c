#include "ctl/input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CHUNK_BYTES    65536
#define BYTES_MAX      ((size_t)256 * 1024 * 1024)
#define STANDARD_INPUT "-"

const char *input_name(const char *path)
{
    return strcmp(path, STANDARD_INPUT) == 0 ? "standard input" : path;
}

static int read_stream(FILE *file, struct usher_bytes *text)
{
    char chunk[CHUNK_BYTES];
    size_t length;
    while ((length = fread(chunk, 1, sizeof(chunk), file)) > 0)
        usher_bytes_append(text, chunk, length);
    if (ferror(file))
        return errno ? -errno : -EIO;
    return text->is_full ? -EFBIG : 0;
}

bool input_read(const char *path, struct usher_bytes *text)
{
    FILE *file = strcmp(path, STANDARD_INPUT) == 0 ? stdin : fopen(path, "re");
    usher_bytes_init(text, BYTES_MAX);
    int error = file ? read_stream(file, text) : -errno;
    if (file && file != stdin)
        (void)fclose(file);
    if (error < 0)
        fprintf(stderr, "usherctl: %s cannot be read: %s\n", input_name(path), strerror(-error));
    return error == 0;
}
