/* A private redis-server for a test: its own folder, a Unix socket, an append-only file synced
 * always. It dies with the test. */
#ifndef INTEGRATION_REDIS_SERVER_H
#define INTEGRATION_REDIS_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

struct redisContext;

struct redis_server {
    char folder[64];
    char socket[96];
    bool is_durable; /* appendonly yes */
    pid_t pid;       /* 0 = not running */
};

/* Makes the folder; starts nothing. */
void redis_server_init(struct redis_server *server);
/* Ends the server and removes the folder. */
void redis_server_fini(struct redis_server *server);
/* Starts it over what the folder holds, and waits until it answers. */
void redis_server_start(struct redis_server *server);
void redis_server_kill(struct redis_server *server);

/* A number or a text's length that a command gives; -1 for nil; the test fails at an error.
 * printf's format and what it allows. */
long long redis_server_ask(struct redis_server *server, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The text that a command gives, cut into `room`. */
void redis_server_ask_text(struct redis_server *server, char *room, size_t room_size,
                           const char *command);
/* A connection of the test's own; to be freed by redisFree. */
struct redisContext *redis_server_connect(struct redis_server *server);

#endif
