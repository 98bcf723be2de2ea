/* Figures to an alarm that was told just now: how full the memory is and how much of it the journal
 * takes, where Redis writes, how far it has read. They are asked for over the same connection, and
 * a line of the log is all that comes of them; who may not ask for them goes without. */
#include <hiredis/hiredis.h>

#include "journal/inside.h"
#include "log.h"

/* The value of a line `name:value` in the answer to INFO. */
static struct usher_text find_info(struct usher_text info, struct usher_text name)
{
    while (info.length > 0) {
        const char *newline = memchr(info.at, '\n', info.length);
        size_t length = newline ? (size_t)(newline - info.at) : info.length;
        size_t end = length > 0 && info.at[length - 1] == '\r' ? length - 1 : length;
        if (end > name.length && info.at[name.length] == ':' &&
            memcmp(info.at, name.at, name.length) == 0)
            return (struct usher_text){info.at + name.length + 1, end - name.length - 1};
        length += newline ? 1 : 0;
        info.at += length;
        info.length -= length;
    }
    return USHER_NO_TEXT;
}

static void on_usage(void *owner, const struct redisReply *reply)
{
    struct journal *journal = owner;
    if (reply->type == REDIS_REPLY_INTEGER)
        log_info("So much of Redis's memory is the journal's", "key=%s bytes=%lld",
                 journal->stream.at, reply->integer);
}

static void on_memory(void *owner, const struct redisReply *reply)
{
    struct usher_text info = journal_reply_text(reply);
    char used[LOG_VALUE_SIZE];
    char max[LOG_VALUE_SIZE];
    (void)owner;
    if (info.at && reply->type != REDIS_REPLY_ERROR)
        log_info("Redis's memory", "used_memory=%s maxmemory=%s",
                 log_value(find_info(info, USHER_TEXT("used_memory")), used),
                 log_value(find_info(info, USHER_TEXT("maxmemory")), max));
}

static void on_loading(void *owner, const struct redisReply *reply)
{
    struct usher_text info = journal_reply_text(reply);
    char percent[LOG_VALUE_SIZE];
    char eta[LOG_VALUE_SIZE];
    (void)owner;
    if (info.at && find_info(info, USHER_TEXT("loading_loaded_perc")).at)
        log_info("Redis's reading of its files", "percent=%s seconds_left=%s",
                 log_value(find_info(info, USHER_TEXT("loading_loaded_perc")), percent),
                 log_value(find_info(info, USHER_TEXT("loading_eta_seconds")), eta));
}

static void on_disk(void *owner, const struct redisReply *reply)
{
    struct usher_text info = journal_reply_text(reply);
    char snapshot[LOG_VALUE_SIZE];
    char file[LOG_VALUE_SIZE];
    (void)owner;
    if (info.at && reply->type != REDIS_REPLY_ERROR)
        log_info("Redis's last writes to its disk",
                 "rdb_last_bgsave_status=%s "
                 "aof_last_write_status=%s",
                 log_value(find_info(info, USHER_TEXT("rdb_last_bgsave_status")), snapshot),
                 log_value(find_info(info, USHER_TEXT("aof_last_write_status")), file));
}

static void on_folder(void *owner, const struct redisReply *reply)
{
    struct usher_text folder = journal_reply_text(journal_reply_find(reply, "dir"));
    char value[LOG_VALUE_SIZE];
    (void)owner;
    if (folder.at)
        log_info("Redis keeps its files here", "dir=%s", log_value(folder, value));
}

static void ask(struct journal *journal, struct usher_text a, struct usher_text b,
                struct usher_text c, redis_reply on_reply)
{
    const struct usher_text args[] = {a, b, c};
    if (redis_is_up(journal->redis))
        journal_command(journal, args, c.at ? 3 : 2, on_reply);
}

void journal_tell_figures(struct journal *journal, enum alarm_kind kind)
{
    if (kind == ALARM_MEMORY) {
        ask(journal, USHER_TEXT("INFO"), USHER_TEXT("memory"), USHER_NO_TEXT, on_memory);
        ask(journal, USHER_TEXT("MEMORY"), USHER_TEXT("USAGE"), journal->stream, on_usage);
    } else if (kind == ALARM_LOADING) {
        ask(journal, USHER_TEXT("INFO"), USHER_TEXT("persistence"), USHER_NO_TEXT, on_loading);
    } else if (kind == ALARM_DISK) {
        ask(journal, USHER_TEXT("INFO"), USHER_TEXT("persistence"), USHER_NO_TEXT, on_disk);
        ask(journal, USHER_TEXT("CONFIG"), USHER_TEXT("GET"), USHER_TEXT("dir"), on_folder);
    }
}
