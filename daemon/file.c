/* Opened without waiting, so that a pipe in a file's place is told and not waited for. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES 16384

static int read_all(int fd, size_t max, struct usher_bytes *text)
{
    char chunk[CHUNK_BYTES];

    for (;;) {
        ssize_t length = read(fd, chunk, sizeof(chunk));

        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            return -errno;
        if (length == 0)
            return 0;
        if (text->length + (size_t)length > max)
            return -EFBIG;
        usher_bytes_append(text, chunk, (size_t)length);
        if (text->is_full)
            return -ENOMEM;
    }
}

/* `forbidden`: permissions that the file must not give. */
static int read_file(const char *path, mode_t forbidden, size_t max, struct usher_bytes *text)
{
    struct stat status;
    int result;
    int fd;

    usher_bytes_clear(text);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return -errno;
    if (fstat(fd, &status) != 0)
        result = -errno;
    else if (S_ISDIR(status.st_mode))
        result = -EISDIR;
    else if (!S_ISREG(status.st_mode))
        result = -EINVAL;
    else if (status.st_mode & forbidden)
        result = -EPERM;
    else
        result = read_all(fd, max, text);
    (void)close(fd);
    return result;
}

int file_read_text(const char *path, size_t max, struct usher_bytes *text)
{
    return read_file(path, 0, max, text);
}

int file_read_secret(const char *path, size_t max, struct usher_bytes *text)
{
    return read_file(path, S_IRWXO | S_IWGRP, max, text);
}

int file_sha256(struct usher_text text, char hex[FILE_SHA256_SIZE])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;

    if (!EVP_Digest(text.at ? text.at : "", text.length, digest, &length, EVP_sha256(), NULL))
        return -ENOMEM;
    for (size_t i = 0; i < length; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", (unsigned int)digest[i]);
    return 0;
}

int file_write_all(int file, struct usher_text text)
{
    while (text.length > 0) {
        ssize_t written = write(file, text.at, text.length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -errno;
        text.at += written;
        text.length -= (size_t)written;
    }
    return 0;
}
