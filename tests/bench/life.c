/* Life cycles over the native protocol: a PBX that has contacts arrive, answers each offer and ends
 * the talk at once, as one busy client on a Unix socket. Either so many at the same time as fast as
 * it goes, or so many arrivals a second.
 *
 *   bench_life SOCKET CLIENT SECONDS at-once COUNT
 *   bench_life SOCKET CLIENT SECONDS a-second COUNT */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "wire/json.h"

#define CONTACTS_MAX (1 << 20)
#define BUFFER_SIZE  (1 << 20)
#define WAIT_NS      10000000

static struct bench {
    int socket;
    const char *client;
    int64_t arrived_ns[CONTACTS_MAX]; /* by contact; 0 = not under way */
    int64_t waits_ns[CONTACTS_MAX];   /* arrive to offered */
    size_t waits_count;
    size_t arrived_count;
    size_t done_count;
    size_t errors_count;
    struct usher_bytes out;
    char in[BUFFER_SIZE];
    size_t in_length;
} bench;

static int64_t clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void fail(const char *what)
{
    fprintf(stderr, "bench_life: %s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

static void send_line(const char *line)
{
    usher_bytes_append(&bench.out, line, strlen(line));
}

/* Customers call again and again. */
#define CUSTOMERS 10000

static void arrive(void)
{
    char line[256];
    size_t number = bench.arrived_count++;
    if (number == CONTACTS_MAX)
        fail("too many contacts");
    snprintf(line, sizeof(line),
             "{\"id\":\"a%zu\",\"do\":\"contact.arrive\",\"contact\":\"%zu\",\"channel\":\"voice\","
             "\"from\":\"+38044%07zu\","
             "\"to\":\"100\"}\n",
             number, number, number % CUSTOMERS);
    bench.arrived_ns[number] = clock_ns();
    send_line(line);
}

/* The number of "client/number". */
static size_t number_of(struct usher_text contact)
{
    const char *slash = memchr(contact.at, '/', contact.length);
    int64_t number;
    if (!slash)
        return CONTACTS_MAX;
    size_t start = (size_t)(slash + 1 - contact.at);
    struct usher_text digits = {slash + 1, contact.length - start};
    return usher_text_read_int64(digits, &number) && number >= 0 ? (size_t)number : CONTACTS_MAX;
}

static void on_offered(struct usher_text line, size_t number)
{
    char answer[512];
    char room[64];
    struct usher_text offer;
    if (number >= CONTACTS_MAX ||
        !usher_json_find_text(line, USHER_TEXT("offer"), room, sizeof(room), &offer))
        return;
    bench.waits_ns[bench.waits_count++ % CONTACTS_MAX] = clock_ns() - bench.arrived_ns[number];
    snprintf(answer, sizeof(answer),
             "{\"id\":\"b%zu\",\"do\":\"contact.answer\",\"contact\":\"%zu\",\"offer\":\"%.*s\"}\n"
             "{\"id\":\"c%zu\",\"do\":\"contact.end\",\"contact\":\"%zu\"}\n",
             number, number, USHER_TEXT_ARGS(offer), number, number);
    send_line(answer);
}

/* Returns 1 when a contact is done. */
static size_t on_line(struct usher_text line)
{
    char contact_room[256];
    char event_room[64];
    struct usher_text contact;
    struct usher_text event;
    if (!usher_json_find_text(line, USHER_TEXT("ev"), event_room, sizeof(event_room), &event)) {
        struct usher_text error = usher_json_find(line, USHER_TEXT("error"));
        if (error.at && bench.errors_count++ < 5)
            fprintf(stderr, "bench_life: %.*s\n", USHER_TEXT_ARGS(line));
        return 0;
    }
    if (!usher_json_find_text(line, USHER_TEXT("contact"), contact_room, sizeof(contact_room),
                              &contact))
        return 0;
    if (usher_text_is_equal(event, USHER_TEXT("contact.offered")))
        on_offered(line, number_of(contact));
    return usher_text_is_equal(event, USHER_TEXT("contact.done")) ||
           usher_text_is_equal(event, USHER_TEXT("contact.abandoned"));
}

static size_t read_lines(void)
{
    ssize_t got =
        recv(bench.socket, bench.in + bench.in_length, BUFFER_SIZE - bench.in_length, MSG_DONTWAIT);
    if (got == 0)
        fail("usherd has closed the connection");
    if (got < 0 && errno != EAGAIN && errno != EINTR)
        fail("recv");
    bench.in_length += got > 0 ? (size_t)got : 0;
    char *at = bench.in;
    char *end = bench.in + bench.in_length;
    size_t done_count = 0;
    for (;;) {
        char *newline = memchr(at, '\n', (size_t)(end - at));
        if (!newline)
            break;
        done_count += on_line((struct usher_text){at, (size_t)(newline - at)});
        at = newline + 1;
    }
    bench.in_length = (size_t)(end - at);
    memmove(bench.in, at, bench.in_length);
    return done_count;
}

static void write_lines(void)
{
    struct usher_text rest = usher_bytes_text(&bench.out);
    ssize_t sent =
        rest.length > 0 ? send(bench.socket, rest.at, rest.length, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;
    if (sent < 0 && errno != EAGAIN && errno != EINTR)
        fail("send");
    if (sent <= 0)
        return;
    memmove(bench.out.at, bench.out.at + sent, rest.length - (size_t)sent);
    usher_bytes_cut(&bench.out, rest.length - (size_t)sent);
}

/* Sleeps until there is something to do: a generator that turned round and round would keep a core
 * from usherd and Redis for a whole time slice now and then. */
static void wait_for(int64_t nanoseconds)
{
    struct timespec rest = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    struct pollfd poll_for = {bench.socket,
                              (short)(bench.out.length > 0 ? POLLIN | POLLOUT : POLLIN), 0};
    if (nanoseconds > 0)
        ppoll(&poll_for, 1, &rest, NULL);
}

static void open_session(const char *path)
{
    char line[128];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    bench.socket = socket(AF_UNIX, SOCK_STREAM, 0);
    if (bench.socket < 0 || connect(bench.socket, (struct sockaddr *)&address, sizeof(address)) < 0)
        fail(path);
    usher_bytes_init(&bench.out, (size_t)1 << 26);
    snprintf(line, sizeof(line),
             "{\"id\":\"h\",\"do\":\"hello\",\"role\":\"pbx\",\"client\":\"%s\"}\n", bench.client);
    send_line(line);
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static void print_results(double seconds)
{
    size_t count = bench.waits_count;
    qsort(bench.waits_ns, count, sizeof(bench.waits_ns[0]), compare);
    printf("%zu %.0f %zu", bench.done_count, (double)bench.done_count / seconds,
           bench.errors_count);
    static const size_t per_mille[] = {500, 900, 990, 999};
    for (size_t i = 0; i < USHER_COUNT_OF(per_mille); i++)
        printf(" %.3f",
               count > 0 ? (double)bench.waits_ns[(count - 1) * per_mille[i] / 1000] / 1e6 : 0.0);
    printf(" %.3f\n", count > 0 ? (double)bench.waits_ns[count - 1] / 1e6 : 0.0);
}

/* How long until the next contact is to arrive. */
static int64_t until_next(bool is_paced, size_t count, int64_t elapsed_ns)
{
    if (!is_paced)
        return WAIT_NS;
    return (int64_t)((double)(bench.arrived_count + 1) * 1e9 / (double)count) - elapsed_ns;
}

/* How many contacts should have arrived by now. */
static size_t wanted(bool is_paced, size_t count, int64_t elapsed_ns)
{
    if (!is_paced)
        return bench.done_count + count;
    return (size_t)((double)elapsed_ns / 1e9 * (double)count);
}

int main(int argc, char *argv[])
{
    if (argc != 6) {
        fprintf(stderr, "usage: %s SOCKET CLIENT SECONDS at-once|a-second COUNT\n", argv[0]);
        return 2;
    }
    bench.client = argv[2];
    int64_t length_ns = (int64_t)(strtod(argv[3], NULL) * 1e9);
    bool is_paced = strcmp(argv[4], "a-second") == 0;
    size_t count = strtoul(argv[5], NULL, 10);
    prctl(PR_SET_TIMERSLACK, 1000UL); /* else each sleep is up to 50 us longer */
    open_session(argv[1]);
    int64_t begin_ns = clock_ns();
    int64_t now_ns = begin_ns;
    while (now_ns - begin_ns < length_ns) {
        while (bench.arrived_count < wanted(is_paced, count, now_ns - begin_ns))
            arrive();
        write_lines();
        wait_for(until_next(is_paced, count, now_ns - begin_ns));
        bench.done_count += read_lines();
        now_ns = clock_ns();
    }
    double seconds = (double)(now_ns - begin_ns) / 1e9;
    size_t measured_count = bench.done_count;
    /* What is under way comes to its end. */
    for (int64_t end_ns = now_ns + 5000000000;
         bench.done_count < bench.arrived_count && clock_ns() < end_ns;) {
        write_lines();
        wait_for(WAIT_NS);
        bench.done_count += read_lines();
    }
    if (bench.done_count < bench.arrived_count)
        fprintf(stderr, "bench_life: %zu contacts did not come to an end\n",
                bench.arrived_count - bench.done_count);
    bool is_whole = bench.done_count == bench.arrived_count && bench.errors_count == 0;
    bench.done_count = measured_count;
    print_results(seconds);
    return is_whole ? EXIT_SUCCESS : EXIT_FAILURE;
}
