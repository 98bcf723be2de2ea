/* The state folder. Its file `name` holds the name and carries the lock, which the kernel lets go
 * when the process is gone, however it went. */
#include "home.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "file.h"
#include "log.h"

void home_init(struct home *home)
{
    *home = (struct home){.folder = -1, .lock = -1};
}

void home_fini(struct home *home)
{
    if (home->lock >= 0)
        (void)close(home->lock);
    if (home->folder >= 0)
        (void)close(home->folder);
    home_init(home);
}

/* A name that was cut short by a crash is no name. */
static bool read_name(struct home *home)
{
    char text[HOME_NAME_LENGTH + 2] = "";
    ssize_t length = pread(home->lock, text, sizeof(text) - 1, 0);
    if (length != HOME_NAME_LENGTH + 1 || text[HOME_NAME_LENGTH] != '\n' ||
        strspn(text, "0123456789abcdef") != HOME_NAME_LENGTH)
        return false;
    memcpy(home->name, text, HOME_NAME_LENGTH);
    return true;
}

static int make_name(struct home *home)
{
    char text[HOME_NAME_LENGTH + 2];
    uint64_t chance;
    if (getrandom(&chance, sizeof(chance), 0) != (ssize_t)sizeof(chance))
        return -EIO;
    (void)snprintf(text, sizeof(text), "%016" PRIx64 "\n", chance);
    if (ftruncate(home->lock, 0) < 0)
        return -errno;
    memcpy(home->name, text, HOME_NAME_LENGTH);
    int error = file_write_all(home->lock, usher_text_of(text));
    return error == 0 && fsync(home->lock) < 0 ? -errno : error;
}

static int hold(struct home *home, const char *path)
{
    home->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (home->folder < 0)
        return -errno;
    home->lock = openat(home->folder, "name", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (home->lock < 0)
        return -errno;
    if (flock(home->lock, LOCK_EX | LOCK_NB) < 0)
        return errno == EWOULDBLOCK ? -EBUSY : -errno;
    return read_name(home) ? 0 : make_name(home);
}

int home_hold(struct home *home, const char *path)
{
    int error = hold(home, path);
    if (error == 0)
        return 0;
    if (error == -EBUSY)
        log_error("Another usherd has this state folder. Each needs one of its own: name another "
                  "in `state`",
                  "state=%s", path);
    else
        log_error("To go on while Redis is away usherd needs its state folder, and cannot use it. "
                  "Make the folder for usherd's user, name another in `state`, or set `outage: "
                  "hold`",
                  "state=%s error=\"%s\"", path, strerror(-error));
    home_fini(home);
    return error;
}

void home_refused_name(uint32_t epoch, char name[HOME_REFUSED_NAME_SIZE])
{
    (void)snprintf(name, HOME_REFUSED_NAME_SIZE, "refused-%" PRIu32 ".jsonl", epoch);
}

void home_refused_open(struct home_refused *refused, const struct home *home, uint32_t epoch)
{
    const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
    *refused = (struct home_refused){.folder = home->folder};
    home_refused_name(epoch, refused->name);
    refused->file = openat(refused->folder, refused->name, flags, 0600);
    if (refused->file < 0)
        refused->error = -errno;
}

void home_refused_write(struct home_refused *refused, struct usher_text lines)
{
    if (refused->error == 0)
        refused->error = file_write_all(refused->file, lines);
}

int home_refused_close(struct home_refused *refused)
{
    if (refused->error == 0 && (fsync(refused->file) < 0 || fsync(refused->folder) < 0))
        refused->error = -errno;
    if (refused->file >= 0)
        (void)close(refused->file);
    refused->file = -1;
    return refused->error;
}
