/* The commands of usherctl: each opens a connection, asks, prints, and closes it. */
#ifndef CTL_PERFORM_H
#define CTL_PERFORM_H

#include <stdbool.h>
#include <stdint.h>

#include "ctl/client.h"
#include "ctl/table.h"
#include "model/role.h"

/* What the process ends with. */
enum exit_code { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, EXIT_UNREACHABLE = 3 };

struct options {
    struct client_addresses addresses;
    enum usher_role role; /* NONE = the command's own */
    bool is_json;
    bool is_full;       /* personal data too */
    bool is_all;        /* heartbeats too */
    const char *after;  /* the number of an event, or NULL */
    int64_t count;      /* of events; -1 = no bound */
    const char *action; /* the command's first argument, or NULL */
    const char *config; /* usherd's settings; only `journal` reads them */
    bool is_yes;        /* does not ask */
    bool is_dry_run;
    struct table_style style;
};

/* Each prints its problem on standard error. `role` is what it asks for at hello. */
enum exit_code perform_status(const struct options *options, enum usher_role role);
enum exit_code perform_agents(const struct options *options, enum usher_role role);
enum exit_code perform_contacts(const struct options *options, enum usher_role role);
enum exit_code perform_queues(const struct options *options, enum usher_role role);
/* Follows until the connection ends or options->count events were shown. */
enum exit_code perform_events(const struct options *options, enum usher_role role);
/* `move` is ready, not-ready, sign-in or sign-out; `reason` may be NULL but for not-ready. */
enum exit_code perform_agent(const struct options *options, enum usher_role role, const char *agent,
                             const char *move, const char *reason);
enum exit_code perform_reload(const struct options *options, enum usher_role role);
/* What each usherd of the addresses is. EXIT_REFUSED when one says that it would not take over. */
enum exit_code perform_standby(const struct options *options, enum usher_role role);
enum exit_code perform_switchover(const struct options *options, enum usher_role role);
/* Finds what no router wrote into the journal; with the action "repair" removes it. EXIT_REFUSED
 * when "check" has found some. */
enum exit_code perform_journal(const struct options *options, enum usher_role role);
enum exit_code perform_drain(const struct options *options, enum usher_role role);

#endif
