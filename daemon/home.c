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

static int write_all(int file, struct usher_text text)
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
    return fsync(file) < 0 ? -errno : 0;
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
    return write_all(home->lock, usher_text_of(text));
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

int home_keep_refused(const struct home *home, uint32_t epoch, struct usher_text lines)
{
    char name[32];
    (void)snprintf(name, sizeof(name), "refused-%" PRIu32 ".jsonl", epoch);
    int file =
        openat(home->folder, name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    int error = file < 0 ? -errno : write_all(file, lines);
    if (file >= 0)
        (void)close(file);
    if (error == 0)
        error = fsync(home->folder) < 0 ? -errno : 0;
    if (error < 0)
        log_error("What Redis did not take could not be written into the state folder",
                  "file=%s bytes=%zu error=\"%s\"", name, lines.length, strerror(-error));
    return error;
}
