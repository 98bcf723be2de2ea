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
    struct preview_center center;
    char room[VERSION_SHORT_SIZE];
    size_t waiting = 0;
    if (preview_look(&center, options, role) != EXIT_DONE)
        return;
    for (size_t i = 0; i < center.snapshot.count; i++)
        waiting +=
            usher_text_is_equal(center.snapshot.rows[i].event.fields.state, USHER_TEXT("waiting"));
    printf("The rules %s hold from now on; %zu contact%s.\n", version_short(center.rules, room),
           waiting, waiting == 1 ? " waits" : "s wait");
    preview_forget(&center);
}

enum exit_code rules_use(const struct options *options, enum usher_role role, const char *hash)
{
    struct client client;
    struct usher_number number;
    struct usher_command command = {.kind = USHER_COMMAND_RULES_RELOAD};
    if (hash)
        USHER_FIELDS_SET(&command.fields, HASH, hash, usher_text_of(hash));
    client_init(&client, &options->addresses);
    enum client_outcome outcome = client_open(&client, role, NULL, &number);
    bool is_open = outcome == CLIENT_OK;
    if (is_open)
        outcome = client_ask(&client, &command);
    if (is_open && outcome != CLIENT_LOST && options->is_json)
        puts(client.answer);
    if (outcome != CLIENT_OK)
        fprintf(stderr, "usherctl: %s\n", client.problem);
    client_fini(&client);
    if (outcome == CLIENT_OK && !options->is_json)
        tell(options, role);
    return outcome == CLIENT_OK        ? EXIT_DONE
           : outcome == CLIENT_REFUSED ? EXIT_REFUSED
                                       : EXIT_UNREACHABLE;
}
