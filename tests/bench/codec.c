/* What a line costs: one typical command read, one typical event written and read, with the codec
 * and with jansson (a whole tree, as a program without a codec of its own would do it).
 *
 *   bench_codec ROUNDS
 *
 * prints a line of JSON a row: nanoseconds a line, the median of seven runs of so many. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "wire/codec.h"

enum { RUNS = 7 };

static const char command_line[] =
    "{\"id\":\"c-17\",\"do\":\"contact.arrive\",\"contact\":\"0042\",\"channel\":\"voice\","
    "\"from\":\"+380441234567\",\"to\":\"+380800500100\",\"data\":{\"contract\":\"7734120\","
    "\"lang\":\"uk\",\"topic\":\"billing\",\"note\":\"called twice today\"}}";

static const char event_line[] =
    "{\"at\":1763745600123,\"n\":\"1763745500-8841\",\"ev\":\"contact.offered\","
    "\"contact\":\"pbx1/0042\",\"offer\":\"1763745500-8841\",\"agent\":\"olena\","
    "\"channel\":\"voice\",\"queue\":\"billing\",\"tier\":\"standard\",\"accept\":\"phone\","
    "\"ring_ms\":15000,\"until_ms\":1763745617123,\"waited_ms\":1234,"
    "\"phone\":\"sip:olena@127.0.0.1\",\"bid_ms\":121000,\"late_ms\":-18766,\"match\":870,"
    "\"ground\":560,\"lend\":1060,\"idle_ms\":300000}";

static struct usher_scratch scratch;
static struct usher_event event;
static struct usher_bytes out;
static json_t *tree;

static void fail(const char *what)
{
    fprintf(stderr, "bench_codec: %s\n", what);
    exit(EXIT_FAILURE);
}

static int64_t clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void read_command(void)
{
    struct usher_command command;
    struct usher_answer answer;
    if (usher_command_decode(USHER_TEXT(command_line), &scratch, &command, &answer) != USHER_OK)
        fail("the command was not read");
}

static void read_event(void)
{
    struct usher_answer answer;
    if (!usher_event_decode(USHER_TEXT(event_line), &scratch, &event, &answer))
        fail("the event was not read");
}

static void write_event(void)
{
    usher_bytes_cut(&out, 0);
    usher_event_encode(&event, &out);
}

static void read_command_jansson(void)
{
    json_t *read = json_loadb(command_line, sizeof(command_line) - 1, JSON_REJECT_DUPLICATES, NULL);
    if (!read || !json_string_value(json_object_get(read, "contact")))
        fail("jansson did not read the command");
    json_decref(read);
}

static void read_event_jansson(void)
{
    json_t *read = json_loadb(event_line, sizeof(event_line) - 1, JSON_REJECT_DUPLICATES, NULL);
    if (!read || !json_string_value(json_object_get(read, "contact")))
        fail("jansson did not read the event");
    json_decref(read);
}

static void write_event_jansson(void)
{
    char *text = json_dumps(tree, JSON_COMPACT);
    if (!text)
        fail("jansson did not write the event");
    free(text);
}

static int compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static void measure(const char *what, const char *with, size_t bytes, void (*act)(void),
                    long rounds)
{
    int64_t runs_ns[RUNS];
    for (int run = 0; run < RUNS; run++) {
        int64_t begin_ns = clock_ns();
        for (long i = 0; i < rounds; i++)
            act();
        runs_ns[run] = (clock_ns() - begin_ns) / rounds;
    }
    qsort(runs_ns, RUNS, sizeof(runs_ns[0]), compare);
    printf("{\"what\":\"%s\",\"with\":\"%s\",\"bytes\":%zu,\"ns\":%" PRId64 "}\n", what, with,
           bytes, runs_ns[RUNS / 2]);
}

int main(int argc, char *argv[])
{
    long rounds = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
    if (rounds <= 0) {
        fprintf(stderr, "usage: %s ROUNDS\n", argv[0]);
        return 2;
    }
    usher_bytes_init(&out, 1 << 16);
    read_event();
    write_event();
    tree = json_loadb(event_line, sizeof(event_line) - 1, 0, NULL);
    measure("read a command", "usher", sizeof(command_line) - 1, read_command, rounds);
    measure("read a command", "jansson", sizeof(command_line) - 1, read_command_jansson, rounds);
    measure("read an event", "usher", sizeof(event_line) - 1, read_event, rounds);
    measure("read an event", "jansson", sizeof(event_line) - 1, read_event_jansson, rounds);
    measure("write an event", "usher", sizeof(event_line) - 1, write_event, rounds);
    measure("write an event", "jansson", sizeof(event_line) - 1, write_event_jansson, rounds);
    json_decref(tree);
    usher_bytes_fini(&out);
    return EXIT_SUCCESS;
}
