#include "ctl/consent.h"

#include <stdio.h>
#include <unistd.h>

enum exit_code consent_ask(const struct options *options)
{
    char answer[16];
    if (options->is_yes)
        return EXIT_DONE;
    if (options->is_json || !isatty(STDIN_FILENO)) {
        fputs("usherctl: nothing was changed: without a terminal to ask at, --yes is needed\n",
              stderr);
        return EXIT_USAGE;
    }
    fputs("Do that? [y/N] ", stdout);
    (void)fflush(stdout);
    if (fgets(answer, sizeof(answer), stdin) && (answer[0] == 'y' || answer[0] == 'Y'))
        return EXIT_DONE;
    puts("Nothing was changed.");
    return EXIT_REFUSED;
}
