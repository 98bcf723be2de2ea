/* The native protocol: its listeners and their sessions. PROTOCOL.md says what is spoken. */
#ifndef LINK_NATIVE_H
#define LINK_NATIVE_H

#include "settings.h"

struct event_base;
struct native;
struct router;

/* Opens all listeners of the settings, which must stay, as must the router. 0 or a negative errno,
 * then it has logged why. */
int native_open(struct native **native, struct event_base *base, struct router *router,
                const struct settings *settings);
/* Tells each client that the router stops, and closes. NULL is fine. */
void native_close(struct native *native);

#endif
