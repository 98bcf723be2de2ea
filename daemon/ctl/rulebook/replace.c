#include "ctl/rulebook/replace.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

/* Who may read the file must not change: usherd runs as another user than whoever comes here. */
static int take_after(int fd, const struct stat *status)
{
    struct stat now;
    if (fstat(fd, &now) != 0)
        return -errno;
    if ((now.st_uid != status->st_uid || now.st_gid != status->st_gid) &&
        fchown(fd, status->st_uid, status->st_gid) != 0)
        return -errno;
    return fchmod(fd, status->st_mode & 07777) == 0 ? 0 : -errno;
}

static int sync_folder(const char *path)
{
    char folder[PATH_MAX];
    (void)snprintf(folder, sizeof(folder), "%s", path);
    FILE *file = fopen(dirname(folder), "re");
    if (!file)
        return -errno;
    int result = fsync(fileno(file)) == 0 ? 0 : -errno;
    (void)fclose(file);
    return result;
}

/* The text goes into a file beside it, which then takes its name. */
static int put(const char *path, struct usher_text text, const struct stat *status,
               const char *kept)
{
    char made[PATH_MAX];
    if (snprintf(made, sizeof(made), "%s.new-XXXXXX", path) >= (int)sizeof(made))
        return -ENAMETOOLONG;
    int fd = mkstemp(made);
    if (fd < 0)
        return -errno;
    int result = take_after(fd, status);
    if (result == 0)
        result = file_write_all(fd, text);
    if (result == 0 && fsync(fd) != 0)
        result = -errno;
    (void)close(fd);
    if (result == 0 && link(path, kept) != 0 && errno != EEXIST)
        result = -errno;
    if (result == 0 && rename(made, path) != 0)
        result = -errno;
    if (result < 0)
        (void)unlink(made);
    return result < 0 ? result : sync_folder(path);
}

int replace_file(const char *path, struct usher_text text, const char *suffix, char *kept,
                 size_t kept_size)
{
    struct stat status;
    char *real = realpath(path, NULL);
    if (!real)
        return -errno;
    int result = stat(real, &status) == 0 ? 0 : -errno;
    if (result == 0 && snprintf(kept, kept_size, "%s%s", real, suffix) >= (int)kept_size)
        result = -ENAMETOOLONG;
    if (result == 0)
        result = put(real, text, &status, kept);
    free(real);
    return result;
}

int replace_undo(const char *path, const char *kept)
{
    char *real = realpath(path, NULL);
    if (!real)
        return -errno;
    int result = rename(kept, real) == 0 ? sync_folder(real) : -errno;
    free(real);
    return result;
}
