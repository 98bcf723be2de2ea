/* A blocking client of the native protocol: one connection, one line after the other.
 * What went wrong stands in client->problem, a sentence or two for people: what happened, where,
 * and what to do. */
#ifndef CTL_CLIENT_H
#define CTL_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "base/text.h"
#include "model/command.h"
#include "model/event.h"
#include "wire/codec.h"

#define CLIENT_SOCKET_DEFAULT "/run/usher/usher.sock"

#define CLIENT_ADDRESS_SIZE  256
#define CLIENT_ADDRESSES_MAX 16

/* Where a usherd listens. */
struct client_address {
    bool is_tcp;
    char text[CLIENT_ADDRESS_SIZE]; /* the path of a Unix socket, or "host:port" */
};

/* The usherds of a site, in the order in which they are tried. */
struct client_addresses {
    struct client_address list[CLIENT_ADDRESSES_MAX];
    size_t count;
    const char *token; /* for TCP; NULL = none */
};

enum client_outcome {
    CLIENT_OK = 0,
    CLIENT_REFUSED, /* usherd answered with an error; `answer` has its line */
    CLIENT_LOST,    /* not connected, closed, or silent for too long */
};

struct client {
    struct client_addresses addresses;
    struct client_address address; /* the one that was tried last */
    int fd;                        /* -1 = not open */
    struct usher_bytes input;
    size_t taken;      /* bytes of the input that were handed out */
    char answer[1024]; /* the last answer's line */
    char code[32];     /* of the last error answer */
    char problem[1024];
    int64_t version; /* of the protocol, from welcome */
    char site[33];   /* from welcome; "" = an older usherd does not say */
    char rules[65];  /* the hash of those in use, from welcome; "" likewise */
    char zone[65];   /* by which the rules' hours go, likewise */
    bool is_resumed; /* the events after `after` follow; no snapshot */
    struct usher_scratch scratch;
};

/* Adds the addresses in `text`, which stand with commas between. One that is there already is left
 * out. False when one is too long, or they are too many. */
USHER_MUST_USE bool client_addresses_add(struct client_addresses *addresses, bool is_tcp,
                                         struct usher_text text);

/* The token is borrowed until client_fini. */
void client_init(struct client *client, const struct client_addresses *addresses);
void client_fini(struct client *client);

/* Whether the next client_read has a whole line already, and so does not wait. */
bool client_has_line(const struct client *client);
/* Takes what has come in: one read, which waits when nothing has. */
USHER_MUST_USE enum client_outcome client_receive(struct client *client);

/* Connects to one usherd, and says nothing yet. */
USHER_MUST_USE enum client_outcome client_connect(struct client *client,
                                                  const struct client_address *address);

/* Connects to whoever leads: tries the addresses in turn, and those that a standby names. Says
 * hello in `role` and waits for welcome, which is copied into `number`. `after` may be NULL. The
 * snapshot, or the events after `after`, come next. */
USHER_MUST_USE enum client_outcome client_open(struct client *client, enum usher_role role,
                                               const char *after, struct usher_number *number);

/* Says hello and does not wait: welcome, or a refusal, is one of the next events. */
USHER_MUST_USE enum client_outcome client_hello(struct client *client, enum usher_role role,
                                                const char *after);
/* After a refusal: whether it came from a standby. The leader's addresses that it named are then
 * added. */
bool client_is_at_standby(struct client *client);

/* The next line; borrowed until the next call. `timeout_ms` below 0 waits for ever. */
USHER_MUST_USE enum client_outcome client_read(struct client *client, int timeout_ms,
                                               struct usher_text *line);

/* Whether no line comes within the time. */
bool client_is_silent(const struct client *client, int timeout_ms);

/* The same as client_read for events, decoded as far as this program knows them: event->kind is
 * NONE for a newer router's. Answers are passed over. The texts of `event` are borrowed until the
 * next call. */
USHER_MUST_USE enum client_outcome client_read_event(struct client *client, int timeout_ms,
                                                     struct usher_text *line,
                                                     struct usher_event *event);

/* The same for the next line alone, which must be there: an answer, too, gives NONE. */
USHER_MUST_USE enum client_outcome client_take_event(struct client *client,
                                                     struct usher_event *event);
/* Asks for a sign of life, and does not wait for it. */
USHER_MUST_USE enum client_outcome client_ping(struct client *client);

/* Sends a command under an id that was never used before and waits for its answer; events are
 * passed over. */
USHER_MUST_USE enum client_outcome client_ask(struct client *client, struct usher_command *command);

#endif
