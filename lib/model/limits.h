/* How much of everything the engine takes room for at its creation. */
#ifndef USHER_MODEL_LIMITS_H
#define USHER_MODEL_LIMITS_H

#include <stddef.h>

#define USHER_AGENT_ID_MAX       64  /* bytes; [A-Za-z0-9._@:+-] */
#define USHER_CLIENT_NAME_MAX    32  /* bytes; [A-Za-z0-9._@:+-] */
#define USHER_CONTACT_OWN_ID_MAX 128 /* bytes; the part after the client's name */
#define USHER_CONTACT_ID_MAX                                                                       \
    (USHER_CLIENT_NAME_MAX + 1 + USHER_CONTACT_OWN_ID_MAX) /* <client>/<id> */
#define USHER_NAME_MAX                                                                             \
    128 /* bytes of an agent's name, a phone, a queue's, a skill's, a tier's name */
#define USHER_CUSTOMER_MAX 128   /* bytes of the key of a customer */
#define USHER_LINE_MAX     16384 /* bytes of a line of the protocol, without its newline */
#define USHER_DEPTH_MAX    8     /* levels of a line of the protocol */
#define USHER_ATTEMPTS_MAX 100   /* to reach one customer */
#define USHER_LEVEL_MAX    10    /* the highest level of a skill */

struct usher_limits {
    size_t contacts;      /* live at the same time */
    size_t agents;        /* with a profile */
    size_t classes;       /* requirement classes under one set of rules */
    size_t clients;       /* PBXs and desks that are remembered */
    size_t ended;         /* ids of ended contacts that are remembered, for an hour at most */
    size_t context_bytes; /* of `data` of one contact */
};

#define USHER_LIMITS_DEFAULT                                                                       \
    ((struct usher_limits){.contacts = 20000,                                                      \
                           .agents = 20000,                                                        \
                           .classes = 1000,                                                        \
                           .clients = 16384,                                                       \
                           .ended = 65536,                                                         \
                           .context_bytes = 8192})

#endif
