/* A link to a Kamailio: usherd connects to its evapi socket, learns of callers, and has agents'
 * phones rung. config/kamailio/ holds the other side. */
#ifndef LINK_KAMAILIO_H
#define LINK_KAMAILIO_H

#include "settings.h"

struct event_base;
struct kamailio_link;
struct router;

/* Connects whenever the router leads, again and again. `settings` and `link_settings` must stay, as
 * must the router. 0 or a negative errno, then it has logged why. */
int kamailio_link_open(struct kamailio_link **link, struct event_base *base, struct router *router,
                       const struct settings_link *link_settings, const struct settings *settings);
/* NULL is fine. */
void kamailio_link_close(struct kamailio_link *link);

#endif
