/* What systemd is told: a datagram to the socket that NOTIFY_SOCKET names; nothing when it is not
 * set. */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <stdint.h>

struct event_base;
struct notify;

/* Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID. `notify` is never NULL on 0; -ENOMEM. When
 * systemd wants a watchdog, signs of life go out at half its time, from the loop and nowhere else:
 * a loop that hangs dies. */
int notify_new(struct notify **notify, struct event_base *base);
void notify_free(struct notify *notify);

void notify_ready(struct notify *notify);
void notify_reloading(struct notify *notify);
void notify_stopping(struct notify *notify);
/* What `systemctl status` shows in one line. The same text as before is not sent again. */
void notify_status(struct notify *notify, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
