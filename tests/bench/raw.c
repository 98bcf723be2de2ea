/* What Redis and its disk cost alone: appends what stands in a journal behind an entry once more,
 * to another stream, one XADD at a time as usherd does, as fast as it goes or spread over SECONDS.
 *
 *   bench_raw SOCKET STREAM BEHIND-ID SECONDS
 *
 * prints a line of JSON: how many, their bytes, and the round trips. The other stream is deleted.
 */
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ENTRIES_MAX 200000

static struct raw {
    redisContext *redis;
    char *batches[ENTRIES_MAX];
    size_t lengths[ENTRIES_MAX];
    size_t count;
    size_t bytes;
    long long times_ns[ENTRIES_MAX];
} raw;

static void fail(const char *what)
{
    fprintf(stderr, "bench_raw: %s\n", what);
    exit(EXIT_FAILURE);
}

static long long clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000000000 + now.tv_nsec;
}

static redisReply *checked(void *reply)
{
    if (!reply || ((redisReply *)reply)->type == REDIS_REPLY_ERROR)
        fail(reply ? ((redisReply *)reply)->str : raw.redis->errstr);
    return reply;
}

/* Keeps the batch of an entry: [id, ["b", batch]]. */
static void keep(const redisReply *entry)
{
    const redisReply *batch = entry->element[1]->element[1];
    raw.batches[raw.count] = malloc(batch->len + 1);
    if (!raw.batches[raw.count])
        fail("memory is out");
    memcpy(raw.batches[raw.count], batch->str, batch->len + 1);
    raw.lengths[raw.count++] = batch->len;
    raw.bytes += batch->len;
}

static void read_journal(const char *stream, const char *behind)
{
    char from[64];
    snprintf(from, sizeof(from), "(%s", behind);
    while (raw.count < ENTRIES_MAX - 1000) {
        redisReply *reply =
            checked(redisCommand(raw.redis, "XRANGE %s %s + COUNT 1000", stream, from));
        for (size_t i = 0; i < reply->elements; i++)
            keep(reply->element[i]);
        size_t got = reply->elements;
        if (got > 0)
            snprintf(from, sizeof(from), "(%s", reply->element[got - 1]->element[0]->str);
        freeReplyObject(reply);
        if (got == 0)
            return;
    }
}

static void append_all(const char *stream, double seconds)
{
    char key[256];
    char id[32];
    snprintf(key, sizeof(key), "%s-raw", stream);
    long long begin_ns = clock_ns();
    for (size_t i = 0; i < raw.count; i++) {
        long long due_ns = begin_ns + (long long)(seconds * 1e9 / (double)raw.count * (double)i);
        long long sent_ns = clock_ns();
        if (sent_ns < due_ns) {
            struct timespec rest = {(due_ns - sent_ns) / 1000000000,
                                    (due_ns - sent_ns) % 1000000000};
            nanosleep(&rest, NULL);
            sent_ns = clock_ns();
        }
        snprintf(id, sizeof(id), "1-%zu", i + 1);
        const char *args[] = {"XADD", key, id, "b", raw.batches[i]};
        const size_t lengths[] = {4, strlen(key), strlen(id), 1, raw.lengths[i]};
        freeReplyObject(checked(redisCommandArgv(raw.redis, 5, args, lengths)));
        raw.times_ns[i] = clock_ns() - sent_ns;
    }
    double took = (double)(clock_ns() - begin_ns) / 1e9;
    printf("{\"count\":%zu,\"bytes\":%zu,\"seconds\":%.3f", raw.count, raw.bytes, took);
    freeReplyObject(checked(redisCommand(raw.redis, "UNLINK %s", key)));
}

static int compare(const void *a, const void *b)
{
    long long left = *(const long long *)a;
    long long right = *(const long long *)b;
    return (left > right) - (left < right);
}

static double part_ms(size_t per_mille)
{
    return raw.count > 0 ? (double)raw.times_ns[(raw.count - 1) * per_mille / 1000] / 1e6 : 0;
}

int main(int argc, char *argv[])
{
    if (argc != 5) {
        fprintf(stderr, "usage: %s SOCKET STREAM BEHIND-ID SECONDS\n", argv[0]);
        return 2;
    }
    raw.redis = redisConnectUnix(argv[1]);
    if (!raw.redis || raw.redis->err)
        fail("Redis cannot be reached");
    read_journal(argv[2], argv[3]);
    append_all(argv[2], strtod(argv[4], NULL));
    qsort(raw.times_ns, raw.count, sizeof(raw.times_ns[0]), compare);
    printf(",\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f}\n", part_ms(500), part_ms(990),
           part_ms(1000));
    for (size_t i = 0; i < raw.count; i++)
        free(raw.batches[i]);
    redisFree(raw.redis);
    return EXIT_SUCCESS;
}
