/* The connection is blocking and lives as long as the command. Its input keeps at most one line
 * that is not whole. */
#include "ctl/client.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "wire/json.h"

#define ANSWER_TIMEOUT_MS 10000
#define CONNECT_TIMEOUT_S 3
#define INPUT_MAX         ((size_t)1024 * 1024) /* far above the longest line */
#define DEPTH_MAX         32

static bool has_address(const struct client_addresses *addresses, bool is_tcp,
                        struct usher_text text)
{
    for (size_t i = 0; i < addresses->count; i++)
        if (addresses->list[i].is_tcp == is_tcp &&
            usher_text_is_equal(usher_text_of(addresses->list[i].text), text))
            return true;
    return false;
}

bool client_addresses_add(struct client_addresses *addresses, bool is_tcp, struct usher_text text)
{
    while (text.length > 0) {
        const char *comma = memchr(text.at, ',', text.length);
        struct usher_text one = {text.at, comma ? (size_t)(comma - text.at) : text.length};
        size_t taken = one.length + (comma ? 1 : 0);
        text = (struct usher_text){text.at + taken, text.length - taken};
        if (one.length == 0 || has_address(addresses, is_tcp, one))
            continue;
        if (addresses->count == CLIENT_ADDRESSES_MAX)
            return false;
        struct client_address *address = &addresses->list[addresses->count];
        address->is_tcp = is_tcp;
        if (!usher_text_copy(address->text, sizeof(address->text), one))
            return false;
        addresses->count++;
    }
    return true;
}

void client_init(struct client *client, const struct client_addresses *addresses)
{
    *client = (struct client){.addresses = *addresses, .fd = -1};
    usher_bytes_init(&client->input, INPUT_MAX);
}

void client_fini(struct client *client)
{
    if (client->fd >= 0)
        close(client->fd);
    usher_bytes_fini(&client->input);
}

static enum client_outcome lose(struct client *client, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static enum client_outcome lose(struct client *client, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(client->problem, sizeof(client->problem), format, arguments);
    va_end(arguments);
    return CLIENT_LOST;
}

static enum client_outcome connect_unix(struct client *client)
{
    const char *path = client->address.text;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof(address.sun_path))
        return lose(client, "The path %s is too long for a socket (%zu bytes at most).", path,
                    sizeof(address.sun_path) - 1);
    memcpy(address.sun_path, path, strlen(path) + 1);
    client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->fd < 0)
        return lose(client, "Cannot open a socket: %s.", strerror(errno));
    if (connect(client->fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return CLIENT_OK;
    switch (errno) {
    case ENOENT:
        return lose(client,
                    "Cannot connect to %s: there is no such socket.\n"
                    "Is usherd running? Its `listen: unix:` names its socket; give it with "
                    "--socket PATH or $USHER_SOCKET.",
                    path);
    case ECONNREFUSED:
        return lose(client,
                    "Cannot connect to %s: nobody listens there.\n"
                    "usherd has stopped, or listens elsewhere: give its socket with --socket PATH "
                    "or $USHER_SOCKET.",
                    path);
    case EACCES:
        return lose(client,
                    "Cannot connect to %s: permission denied.\n"
                    "The socket's `mode` and owner keep this user out: run as usherd's user, in "
                    "its group, or as root.",
                    path);
    default:
        return lose(
            client,
            "Cannot connect to %s: %s.\nGive usherd's socket with --socket PATH or $USHER_SOCKET.",
            path, strerror(errno));
    }
}

/* Splits "host:port" or "[host]:port". */
static bool split_address(const char *tcp, char host[256], char port[16])
{
    const char *colon = strrchr(tcp, ':');
    if (colon == NULL || colon == tcp || colon[1] == '\0' || strlen(colon + 1) >= 16)
        return false;
    size_t length = (size_t)(colon - tcp);
    if (tcp[0] == '[' && tcp[length - 1] == ']') {
        tcp++;
        length -= 2;
    }
    if (length == 0 || length >= 256)
        return false;
    memcpy(host, tcp, length);
    host[length] = '\0';
    memcpy(port, colon + 1, strlen(colon + 1) + 1);
    return true;
}

static enum client_outcome connect_tcp(struct client *client)
{
    char host[256], port[16];
    if (!split_address(client->address.text, host, port))
        return lose(client,
                    "%s is no address: give --tcp HOST:PORT, for example --tcp 127.0.0.1:7411.",
                    client->address.text);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    int error = getaddrinfo(host, port, &hints, &found);
    if (error != 0)
        return lose(client, "Cannot look up %s: %s.", client->address.text, gai_strerror(error));
    int reason = 0;
    const struct timeval patience = {CONNECT_TIMEOUT_S, 0}; /* a host that is gone says nothing */
    for (struct addrinfo *one = found; one != NULL; one = one->ai_next) {
        client->fd = socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (client->fd >= 0)
            (void)setsockopt(client->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
        if (client->fd >= 0 && connect(client->fd, one->ai_addr, one->ai_addrlen) == 0)
            break;
        reason = errno == EINPROGRESS ? ETIMEDOUT : errno;
        if (client->fd >= 0)
            close(client->fd);
        client->fd = -1;
    }
    freeaddrinfo(found);
    if (client->fd < 0)
        return lose(client,
                    "Cannot connect to %s: %s.\nIs usherd running, and does its `listen: tcp:` "
                    "name this address?",
                    client->address.text, strerror(reason));
    return CLIENT_OK;
}

static enum client_outcome send_line(struct client *client, const struct usher_command *command)
{
    struct usher_bytes line;
    usher_bytes_init(&line, (size_t)2 * USHER_LINE_MAX);
    usher_command_encode(command, &line);
    usher_bytes_append_char(&line, '\n');
    enum client_outcome outcome = CLIENT_OK;
    if (line.is_full)
        outcome = lose(client, "The command is too long.");
    for (size_t sent = 0; outcome == CLIENT_OK && sent < line.length;) {
        ssize_t count = send(client->fd, line.at + sent, line.length - sent, MSG_NOSIGNAL);
        if (count > 0)
            sent += (size_t)count;
        else if (errno != EINTR)
            outcome = lose(client, "The connection to usherd was lost: %s.", strerror(errno));
    }
    usher_bytes_fini(&line);
    return outcome;
}

static enum client_outcome receive(struct client *client, int timeout_ms)
{
    struct pollfd waiting = {.fd = client->fd, .events = POLLIN};
    int ready = poll(&waiting, 1, timeout_ms);
    if (ready < 0 && errno == EINTR)
        return CLIENT_OK;
    if (ready == 0)
        return lose(client, "usherd did not answer within %d s; does it hang, or is Redis away?",
                    timeout_ms / 1000);
    char chunk[16384];
    ssize_t count = recv(client->fd, chunk, sizeof(chunk), 0);
    if (count < 0 && errno == EINTR)
        return CLIENT_OK;
    if (count < 0)
        return lose(client, "The connection to usherd was lost: %s.", strerror(errno));
    if (count == 0)
        return lose(client, "usherd closed the connection.");
    usher_bytes_append(&client->input, chunk, (size_t)count);
    if (client->input.is_full)
        return lose(client,
                    "A line from usherd is longer than %zu bytes: is it usherd that listens there?",
                    INPUT_MAX);
    return CLIENT_OK;
}

bool client_has_line(const struct client *client)
{
    const struct usher_bytes *input = &client->input;
    return input->length > client->taken &&
           memchr(input->at + client->taken, '\n', input->length - client->taken) != NULL;
}

/* Moves what was not handed out yet to the front; returns its length. */
static size_t make_room(struct client *client)
{
    size_t rest = client->input.length - client->taken;
    if (client->input.at != NULL && client->taken > 0) {
        memmove(client->input.at, client->input.at + client->taken, rest);
        usher_bytes_cut(&client->input, rest);
        client->taken = 0;
    }
    return rest;
}

enum client_outcome client_receive(struct client *client)
{
    make_room(client);
    return receive(client, -1);
}

enum client_outcome client_read(struct client *client, int timeout_ms, struct usher_text *line)
{
    size_t seen = client->taken; /* no newline stands before it */
    for (;;) {
        char *at = client->input.at;
        size_t length = client->input.length;
        char *newline = at != NULL && length > seen ? memchr(at + seen, '\n', length - seen) : NULL;
        if (newline != NULL) {
            *line = (struct usher_text){at + client->taken, (size_t)(newline - at) - client->taken};
            client->taken += line->length + 1;
            return CLIENT_OK;
        }
        seen = make_room(client);
        enum client_outcome outcome = receive(client, timeout_ms);
        if (outcome != CLIENT_OK)
            return outcome;
    }
}

bool client_is_silent(const struct client *client, int timeout_ms)
{
    struct pollfd waiting = {.fd = client->fd, .events = POLLIN};
    const char *at = client->input.at;
    if (at && memchr(at + client->taken, '\n', client->input.length - client->taken))
        return false;
    return poll(&waiting, 1, timeout_ms) == 0;
}

/* Whether `line` answers a command; an error answer goes into code and problem. */
static bool read_answer(struct client *client, struct usher_text line, enum client_outcome *outcome)
{
    struct usher_json_problem problem;
    if (!usher_json_check(line, DEPTH_MAX, &problem) ||
        usher_json_find(line, USHER_TEXT("re")).at == NULL)
        return false;
    snprintf(client->answer, sizeof(client->answer), "%.*s", USHER_TEXT_ARGS(line));
    struct usher_text error = usher_json_find(line, USHER_TEXT("error"));
    *outcome = CLIENT_OK;
    if (error.at == NULL)
        return true;
    *outcome = CLIENT_REFUSED;
    struct usher_text code, message;
    char code_room[64], message_room[512];
    if (!usher_json_find_text(error, USHER_TEXT("code"), code_room, sizeof(code_room), &code))
        code = USHER_TEXT("unknown");
    if (!usher_json_find_text(error, USHER_TEXT("message"), message_room, sizeof(message_room),
                              &message))
        message = USHER_TEXT("The answer is an error without a message.");
    snprintf(client->code, sizeof(client->code), "%.*s", USHER_TEXT_ARGS(code));
    snprintf(client->problem, sizeof(client->problem), "%.*s (%.*s)", USHER_TEXT_ARGS(message),
             USHER_TEXT_ARGS(code));
    return true;
}

enum client_outcome client_read_event(struct client *client, int timeout_ms,
                                      struct usher_text *line, struct usher_event *event)
{
    for (;;) {
        enum client_outcome outcome = client_read(client, timeout_ms, line);
        if (outcome != CLIENT_OK)
            return outcome;
        if (read_answer(client, *line, &outcome)) {
            if (outcome != CLIENT_OK)
                return outcome;
            continue;
        }
        struct usher_answer answer;
        if (!usher_event_decode(*line, &client->scratch, event, &answer))
            *event = (struct usher_event){.kind = USHER_EVENT_NONE};
        return CLIENT_OK;
    }
}

enum client_outcome client_take_event(struct client *client, struct usher_event *event)
{
    struct usher_text line;
    struct usher_answer answer;
    enum client_outcome outcome = client_read(client, 0, &line);
    *event = (struct usher_event){.kind = USHER_EVENT_NONE};
    if (outcome != CLIENT_OK || read_answer(client, line, &outcome))
        return outcome;
    if (!usher_event_decode(line, &client->scratch, event, &answer))
        *event = (struct usher_event){.kind = USHER_EVENT_NONE};
    return CLIENT_OK;
}

enum client_outcome client_ping(struct client *client)
{
    struct usher_command ping = {.kind = USHER_COMMAND_PING};
    return send_line(client, &ping);
}

/* The role and the user's name as parts of the client's, so that the journal tells who did it. A
 * client's name stands for one role. */
static void name_client(enum usher_role role, char name[USHER_CLIENT_NAME_MAX + 1])
{
    const struct passwd *user = getpwuid(getuid());
    struct usher_text text = usher_text_of(user ? user->pw_name : NULL);
    snprintf(name, USHER_CLIENT_NAME_MAX + 1, "usherctl-%s", usher_role_name(role).at);
    if (!usher_text_is_id(text))
        return;
    size_t length = strlen(name);
    snprintf(name + length, USHER_CLIENT_NAME_MAX + 1 - length, "-%.*s", USHER_TEXT_ARGS(text));
}

enum client_outcome client_connect(struct client *client, const struct client_address *address)
{
    if (client->fd >= 0)
        close(client->fd);
    client->fd = -1;
    client->address = *address;
    client->taken = 0;
    client->code[0] = '\0';
    usher_bytes_clear(&client->input);
    return client->address.is_tcp ? connect_tcp(client) : connect_unix(client);
}

static void keep(char *room, size_t size, struct usher_text text)
{
    room[0] = '\0';
    if (text.at)
        (void)!usher_text_copy(room, size, text);
}

enum client_outcome client_hello(struct client *client, enum usher_role role, const char *after)
{
    char name[USHER_CLIENT_NAME_MAX + 1];
    name_client(role, name);
    struct usher_command hello = {.kind = USHER_COMMAND_HELLO, .id = USHER_TEXT("hello")};
    USHER_FIELDS_SET(&hello.fields, ROLE, role, usher_role_name(role));
    if (client->address.is_tcp && client->addresses.token)
        USHER_FIELDS_SET(&hello.fields, TOKEN, token, usher_text_of(client->addresses.token));
    if (!client->address.is_tcp)
        USHER_FIELDS_SET(&hello.fields, CLIENT, client, usher_text_of(name));
    if (after)
        USHER_FIELDS_SET(&hello.fields, AFTER, after, usher_text_of(after));
    return send_line(client, &hello);
}

static enum client_outcome greet(struct client *client, enum usher_role role, const char *after,
                                 struct usher_number *number)
{
    enum client_outcome outcome = client_hello(client, role, after);
    while (outcome == CLIENT_OK) {
        struct usher_text line;
        struct usher_event event;
        outcome = client_read_event(client, ANSWER_TIMEOUT_MS, &line, &event);
        if (outcome == CLIENT_OK && event.kind == USHER_EVENT_WELCOME) {
            client->version = event.fields.version;
            client->is_resumed = event.fields.resumed != 0;
            keep(client->site, sizeof(client->site), event.fields.site);
            keep(client->rules, sizeof(client->rules), event.fields.hash);
            keep(client->zone, sizeof(client->zone), event.fields.zone);
            *number = event.n;
            break;
        }
    }
    return outcome;
}

/* The addresses at the end of a refusal by a standby are tried, too. */
static void take_hint(struct client *client)
{
    static const char mark[] = "leader: ";
    const char *at = strstr(client->problem, mark);
    if (!at)
        return;
    at += strlen(mark);
    struct usher_text rest = {at, strcspn(at, " ")};
    while (rest.length > 0) {
        const char *comma = memchr(rest.at, ',', rest.length);
        struct usher_text one = {rest.at, comma ? (size_t)(comma - rest.at) : rest.length};
        size_t taken = one.length + (comma ? 1 : 0);
        if (one.length > 0 && !usher_text_is_equal(one, USHER_TEXT("unknown")))
            (void)!client_addresses_add(&client->addresses, one.at[0] != '/', one);
        rest = (struct usher_text){rest.at + taken, rest.length - taken};
    }
}

bool client_is_at_standby(struct client *client)
{
    bool is_standby = strcmp(client->code, "not_leader") == 0;
    if (is_standby)
        take_hint(client);
    return is_standby;
}

enum client_outcome client_open(struct client *client, enum usher_role role, const char *after,
                                struct usher_number *number)
{
    char problem[sizeof(client->problem)] = "";
    enum client_outcome told = CLIENT_LOST;
    for (size_t i = 0; i < client->addresses.count; i++) {
        enum client_outcome outcome = client_connect(client, &client->addresses.list[i]);
        if (outcome == CLIENT_OK)
            outcome = greet(client, role, after, number);
        bool is_standby = outcome == CLIENT_REFUSED && client_is_at_standby(client);
        if (outcome == CLIENT_OK || (outcome == CLIENT_REFUSED && !is_standby))
            return outcome;
        /* What a standby says counts more than that somebody cannot be reached. */
        if (!problem[0] || (is_standby && told == CLIENT_LOST)) {
            memcpy(problem, client->problem, sizeof(problem));
            told = outcome;
        }
    }
    memcpy(client->problem, problem, sizeof(problem));
    return told;
}

enum client_outcome client_ask(struct client *client, struct usher_command *command)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    char id[64];
    snprintf(id, sizeof(id), "%lld.%09ld-%ld", (long long)now.tv_sec, now.tv_nsec, (long)getpid());
    command->id = usher_text_of(id);
    enum client_outcome outcome = send_line(client, command);
    while (outcome == CLIENT_OK) {
        struct usher_text line;
        outcome = client_read(client, ANSWER_TIMEOUT_MS, &line);
        if (outcome == CLIENT_OK && read_answer(client, line, &outcome)) {
            char re[64];
            struct usher_text found;
            if (outcome == CLIENT_OK &&
                (!usher_json_find_text(line, USHER_TEXT("re"), re, sizeof(re), &found) ||
                 !usher_text_is_equal(found, command->id)))
                continue; /* the answer to hello */
            return outcome;
        }
    }
    return outcome;
}
