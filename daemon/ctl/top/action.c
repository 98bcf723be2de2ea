/* The command has a process group of its own, so that Ctrl-C at the screen does not end it, and
 * standard output and error in one pipe. Its end is the pipe's end. */
#include "ctl/top/action.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

void action_init(struct action *action)
{
    *action = (struct action){.fd = -1};
}

void action_fini(struct action *action)
{
    if (action->fd >= 0)
        close(action->fd);
    action_init(action);
}

static int spawn(pid_t *pid, const char *command, int out)
{
    char shell[] = "/bin/sh", option[] = "-c";
    char *arguments[] = {shell, option, (char *)(uintptr_t)command, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, out, STDERR_FILENO);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                              POSIX_SPAWN_SETPGROUP);
    int error = posix_spawn(pid, shell, &files, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

bool action_start(struct action *action, const char *command)
{
    int ends[2];
    action_init(action);
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return false;
    (void)fcntl(ends[1], F_SETFL, 0); /* the command's end waits, as usual */
    int error = spawn(&action->pid, command, ends[1]);
    close(ends[1]);
    action->fd = ends[0];
    if (error != 0)
        action_fini(action);
    return error == 0;
}

static void keep(struct action *action, const char *at, size_t length)
{
    for (size_t i = 0; i < length && !action->has_line; i++) {
        if (at[i] == '\n')
            action->has_line = action->length > 0;
        else if (action->length + 1 < sizeof(action->text))
            action->text[action->length++] = at[i];
    }
    action->text[action->length] = '\0';
}

bool action_read(struct action *action, int *status)
{
    char chunk[1024];
    ssize_t count;
    int how = 0;
    while ((count = read(action->fd, chunk, sizeof(chunk))) > 0)
        keep(action, chunk, (size_t)count);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    while (waitpid(action->pid, &how, 0) < 0 && errno == EINTR)
        ;
    *status = WIFSIGNALED(how) ? 128 + WTERMSIG(how) : WEXITSTATUS(how);
    close(action->fd);
    action->fd = -1;
    action->pid = 0;
    return true;
}
