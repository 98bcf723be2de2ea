/* The service: builds everything from the settings, and runs the loop until its end. */
#ifndef SERVICE_H
#define SERVICE_H

#include <stdbool.h>

enum service_exit {
    SERVICE_EXIT_OK = 0,
    SERVICE_EXIT_FAILED = 1, /* it could not go on; the log says why */
    SERVICE_EXIT_USAGE = 2,
    SERVICE_EXIT_CONFIG = 3, /* usherd.yaml, the rules or the state folder have problems */
    SERVICE_EXIT_BIND = 4,   /* a listener or link could not be opened */
    SERVICE_EXIT_LED = 5,    /* somebody leads, or may, whom this one must not replace or follow */
};

/* Serves with the settings at `config` until a drain or a failure; returns the process's exit code.
 * Once in a process. `is_taking_over`: the last leader is known to be dead (outage: route). */
enum service_exit service_run(const char *config, const char *version, bool is_taking_over);

#endif
