/* usherctl: what an operator sees and does at the command line. Its tables of commands and options
 * say what there is; the commands know the socket and the protocol, and nothing of usherd's inside,
 * but for those that go to Redis when usherd cannot. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl/commands.h"
#include "ctl/help.h"

static enum exit_code refuse_usage(const char *command)
{
    fprintf(stderr, "Try `usherctl %s%s--help`.\n", command, command[0] ? " " : "");
    return EXIT_USAGE;
}

/* Says of an option that the command, or this form of it, does not have who does. */
static enum exit_code refuse_option(const struct command *command, const struct command_form *form,
                                    uint64_t given)
{
    int id = 0;
    while (!(given & (UINT64_C(1) << id)))
        id++;
    fprintf(stderr, "usherctl: `%s%s%s` has no --%s; these have it: ", command->name,
            form->words[0] ? " " : "", form->words, option_rows[id].name);
    help_print_owners((enum option_id)id, stderr);
    fputc('\n', stderr);
    return refuse_usage(command->name);
}

static enum exit_code run(const struct command *command, struct options *options, int count,
                          char **words)
{
    const struct command_form *form = command_take(command, words, count, options);
    if (form == NULL) {
        struct usher_text nearest;
        const char *wrong = command_find_wrong(command, words, count, &nearest);
        if (wrong != NULL && nearest.at)
            fprintf(stderr, "usherctl: \"%s\" does not fit here; did you mean \"%.*s\"?\n", wrong,
                    USHER_TEXT_ARGS(nearest));
        else if (wrong != NULL)
            fprintf(stderr, "usherctl: \"%s\" does not fit here\n", wrong);
        help_print_usage(command, "usherctl: usage:", stderr);
        return refuse_usage(command->name);
    }
    uint64_t foreign = options->given & ~(form->options | OPTIONS_COMMON);
    if (foreign != 0)
        return refuse_option(command, form, foreign);
    /* These show what they would do before they say, maybe on stderr, that they did not. */
    if (form->options & OPTION_BIT(YES))
        (void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    return form->run(options, options->role != USHER_ROLE_NONE ? options->role : form->role);
}

static enum exit_code refuse_command(const char *name, struct usher_text nearest)
{
    fprintf(stderr, "usherctl: there is no command \"%s\"", name);
    if (nearest.at)
        fprintf(stderr, "; did you mean \"%.*s\"?", USHER_TEXT_ARGS(nearest));
    fputc('\n', stderr);
    return refuse_usage("");
}

static enum exit_code start(int count, char **arguments)
{
    struct options options;
    int rest = 0;
    options_init(&options);
    if (!options_read(&options, count, arguments, &rest))
        return refuse_usage("");
    if (options.is_version) {
        puts("usherctl " USHER_VERSION);
        return EXIT_DONE;
    }
    if (rest < count && strcmp(arguments[rest], "help") == 0) {
        options.is_help = true;
        rest++;
    }
    if (rest == count && options.is_help) {
        help_print(options.style, stdout);
        return EXIT_DONE;
    }
    if (rest == count) {
        fputs("usherctl: no command given\n", stderr);
        return refuse_usage("");
    }
    struct usher_text nearest;
    const struct command *command = command_find(arguments[rest], &nearest);
    if (command == NULL)
        return refuse_command(arguments[rest], nearest);
    if (options.is_help) {
        help_print_command(command, options.style, stdout);
        return EXIT_DONE;
    }
    return run(command, &options, count - rest - 1, arguments + rest + 1);
}

/* What could not be written is a failure, or a cut file would be taken for a whole one; but whoever
 * closes the pipe, such as `head`, has all that is wanted. */
static enum exit_code end(enum exit_code code)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    if (errno == EPIPE)
        return code;
    fprintf(stderr, "usherctl: standard output could not be written%s%s\n", errno ? ": " : "",
            errno ? strerror(errno) : "");
    return code != EXIT_DONE ? code : EXIT_REFUSED;
}

int main(int count, char **arguments)
{
    return (int)end(start(count, arguments));
}
