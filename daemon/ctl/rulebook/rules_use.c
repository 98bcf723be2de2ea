#include "ctl/rulebook/rules_use.h"

#include <stdio.h>
#include <string.h>

#include "ctl/rulebook/preview.h"

bool rules_is_site(const struct site *site, const char *served)
{
    if (!served[0] || strcmp(site->settings.site, served) == 0)
        return true;
    fprintf(stderr,
            "usherctl: %s is of the site %s, and this usherd serves %s; name its settings with "
            "--config FILE\n",
            site->settings.file, site->settings.site, served);
    return false;
}

static void tell(const struct options *options, enum usher_role role)
{
    struct look center;
    char room[VERSION_SHORT_SIZE];
    size_t waiting = 0;
    if (look_take(&center, options, role) != EXIT_DONE)
        return;
    for (size_t i = 0; i < center.snapshot.count; i++)
        waiting +=
            usher_text_is_equal(center.snapshot.rows[i].event.fields.state, USHER_TEXT("waiting"));
    printf("The rules %s hold from now on; %zu contact%s.\n", version_short(center.rules, room),
           waiting, waiting == 1 ? " waits" : "s wait");
    look_forget(&center);
}

enum exit_code rules_use(const struct options *options, enum usher_role role, const char *hash)
{
    struct usher_command command = {.kind = USHER_COMMAND_RULES_RELOAD};
    if (hash)
        USHER_FIELDS_SET(&command.fields, HASH, hash, usher_text_of(hash));
    enum exit_code code = perform_ask(options, role, &command, NULL);
    if (code == EXIT_DONE && !options->is_json)
        tell(options, role);
    return code;
}
