#include "ctl/look.h"

#include <string.h>

enum exit_code look_take(struct look *look, const struct options *options, enum usher_role role)
{
    struct client client;
    *look = (struct look){.site = ""};
    client_init(&client, &options->addresses);
    enum client_outcome outcome = client_open(&client, role, NULL, &look->number);
    if (outcome == CLIENT_OK)
        outcome = snapshot_read(&look->snapshot, &client);
    memcpy(look->address, client.address.text, sizeof(look->address));
    memcpy(look->site, client.site, sizeof(look->site));
    memcpy(look->rules, client.rules, sizeof(look->rules));
    memcpy(look->zone, client.zone, sizeof(look->zone));
    enum exit_code code = outcome == CLIENT_OK ? EXIT_DONE : perform_fail(&client, outcome);
    client_fini(&client);
    return code;
}

void look_forget(struct look *look)
{
    snapshot_fini(&look->snapshot);
}
