/* Signals are blocked but while terminal_wait waits, so none is missed between a look and a wait.
 */
#include "ctl/top/terminal.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/compiler.h"

#define FDS_MAX  8
#define KEYS_MAX 64

static const char enter[] = "\033[?1049h\033[?25l\033[2J";
static const char leave[] = "\033[0m\033[?25h\033[?1049l";

/* What a signal handler and the end of the process must find. */
static struct {
    bool is_open;
    struct termios before;
    sigset_t mask_before;
    volatile sig_atomic_t has_end, has_resize, has_stop, has_child;
    char keys[KEYS_MAX]; /* read and not taken yet */
    size_t keys_count;
} terminal;

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP, SIGCHLD};

bool terminal_is_there(void)
{
    const char *name = getenv("TERM");
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && name != NULL && name[0] &&
           strcmp(name, "dumb") != 0;
}

bool terminal_is_utf8(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < USHER_COUNT_OF(variables); i++) {
        const char *value = getenv(variables[i]);
        if (value == NULL || value[0] == '\0')
            continue;
        const char *dot = strchr(value, '.');
        return dot && (strncasecmp(dot, ".utf-8", 6) == 0 || strncasecmp(dot, ".utf8", 5) == 0);
    }
    return true;
}

static void on_signal(int number)
{
    if (number == SIGWINCH)
        terminal.has_resize = 1;
    else if (number == SIGTSTP)
        terminal.has_stop = 1;
    else if (number == SIGCHLD)
        terminal.has_child = 1;
    else
        terminal.has_end = 1;
}

void terminal_write(struct usher_text text)
{
    while (text.length > 0) {
        ssize_t count = write(STDOUT_FILENO, text.at, text.length);
        if (count < 0 && errno != EINTR && errno != EAGAIN)
            return; /* the terminal is gone; SIGHUP follows */
        if (count > 0)
            text = (struct usher_text){text.at + count, text.length - (size_t)count};
    }
}

static bool take_over(void)
{
    struct termios raw = terminal.before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_iflag &= ~(tcflag_t)(IXON | ICRNL);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) != 0)
        return false;
    terminal_write(USHER_TEXT(enter));
    return true;
}

static void give_back(void)
{
    terminal_write(USHER_TEXT(leave));
    (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal.before);
}

bool terminal_open(void)
{
    assert(!terminal.is_open);
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t blocked;
    sigemptyset(&action.sa_mask);
    sigemptyset(&blocked);
    if (tcgetattr(STDIN_FILENO, &terminal.before) != 0 || !take_over())
        return false;
    for (size_t i = 0; i < USHER_COUNT_OF(signals); i++) {
        sigaddset(&blocked, signals[i]);
        (void)sigaction(signals[i], &action, NULL);
    }
    (void)sigprocmask(SIG_BLOCK, &blocked, &terminal.mask_before);
    terminal.is_open = true;
    (void)atexit(terminal_close);
    return true;
}

void terminal_close(void)
{
    if (!terminal.is_open)
        return;
    terminal.is_open = false;
    give_back();
    for (size_t i = 0; i < USHER_COUNT_OF(signals); i++)
        (void)signal(signals[i], SIG_DFL);
    (void)sigprocmask(SIG_SETMASK, &terminal.mask_before, NULL);
}

void terminal_size(int *width, int *height)
{
    struct winsize size;
    bool is_known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row;
    *width = is_known ? size.ws_col : 80;
    *height = is_known ? size.ws_row : 24;
}

/* Ctrl-Z: gives the terminal back and stops; goes on here when somebody lets it go on. */
static void stop(void)
{
    give_back();
    (void)raise(SIGSTOP);
    (void)take_over();
    terminal.has_resize = 1;
}

struct terminal_signals terminal_take_signals(void)
{
    if (terminal.has_stop) {
        terminal.has_stop = 0;
        stop();
    }
    struct terminal_signals found = {terminal.has_end != 0, terminal.has_resize != 0,
                                     terminal.has_child != 0};
    terminal.has_resize = 0;
    terminal.has_child = 0;
    return found;
}

static void read_keys(void)
{
    ssize_t count = read(STDIN_FILENO, terminal.keys + terminal.keys_count,
                         sizeof(terminal.keys) - terminal.keys_count);
    if (count > 0)
        terminal.keys_count += (size_t)count;
}

void terminal_wait(const int *fds, size_t fds_count, int timeout_ms)
{
    struct pollfd waiting[FDS_MAX + 1] = {{.fd = STDIN_FILENO, .events = POLLIN}};
    struct timespec timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};
    assert(fds_count <= FDS_MAX);
    for (size_t i = 0; i < fds_count; i++)
        waiting[i + 1] = (struct pollfd){.fd = fds[i], .events = POLLIN};
    if (ppoll(waiting, fds_count + 1, &timeout, &terminal.mask_before) <= 0)
        return;
    if (waiting[0].revents & (POLLHUP | POLLERR))
        terminal.has_end = 1;
    else if (waiting[0].revents & POLLIN)
        read_keys();
}

static void drop_keys(size_t count)
{
    terminal.keys_count -= count;
    memmove(terminal.keys, terminal.keys + count, terminal.keys_count);
}

/* The length of the sequence of a key that is no character: ESC [ parameters, and a letter or ~. */
static size_t sequence_length(void)
{
    size_t at = 2;
    while (at < terminal.keys_count && (terminal.keys[at] < '@' || terminal.keys[at] > '~'))
        at++;
    return at < terminal.keys_count ? at + 1 : terminal.keys_count;
}

int terminal_take_key(void)
{
    static const struct {
        const char *sequence;
        int key;
    } sequences[] = {
        {"\033[A", TERMINAL_UP},   {"\033OA", TERMINAL_UP},       {"\033[B", TERMINAL_DOWN},
        {"\033OB", TERMINAL_DOWN}, {"\033[5~", TERMINAL_PAGE_UP}, {"\033[6~", TERMINAL_PAGE_DOWN},
    };
    if (terminal.keys_count == 0)
        return TERMINAL_NONE;
    char first = terminal.keys[0];
    bool is_sequence = first == TERMINAL_ESCAPE && terminal.keys_count > 1 &&
                       (terminal.keys[1] == '[' || terminal.keys[1] == 'O');
    if (!is_sequence) {
        drop_keys(1);
        return (unsigned char)first;
    }
    size_t length = sequence_length();
    int key = TERMINAL_OTHER;
    for (size_t i = 0; i < USHER_COUNT_OF(sequences); i++)
        if (strlen(sequences[i].sequence) == length &&
            memcmp(sequences[i].sequence, terminal.keys, length) == 0)
            key = sequences[i].key;
    drop_keys(length);
    return key;
}
