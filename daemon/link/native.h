/* The native protocol: its listeners and their sessions. PROTOCOL.md says what is spoken. */
#ifndef LINK_NATIVE_H
#define LINK_NATIVE_H

#include "settings.h"

struct event_base;
struct native;
struct passed;
struct router;

/* Opens all listeners of the settings, which must stay, as must the router; those that were passed
 * are taken. 0 or a negative errno, then it has logged why. */
int native_open(struct native **native, struct event_base *base, struct router *router,
                const struct settings *settings, struct passed *passed);
/* Who connects to a socket that was passed waits until native_serve, and after native_rest for the
 * next usherd: so nobody is turned away by a router that does not lead yet, or no more. */
void native_serve(struct native *native);
void native_rest(struct native *native);
/* Tells each client that the router stops, and closes. NULL is fine. */
void native_close(struct native *native);

#endif
