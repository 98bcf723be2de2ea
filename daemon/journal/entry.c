/* Only what every router of every version keeps to is asked of an entry: each line is an object,
 * and the last one says `ev` and its number. So what a newer usherd wrote is never taken for a
 * stranger's. */
#include "journal/entry.h"

#include <hiredis/hiredis.h>
#include <string.h>

#include "wire/json.h"

#define DEPTH_MAX 32

static const char *const fault_texts[ENTRY_FAULT_COUNT] = {
    [ENTRY_FAULT_NONE] = "none",
    [ENTRY_FAULT_ID] = "its id is no number of a router",
    [ENTRY_FAULT_FIELD] = "it has no field b",
    [ENTRY_FAULT_LINES] = "its field b does not hold events",
    [ENTRY_FAULT_NUMBER] = "its id is not the number of its last event",
};

const char *entry_fault_text(enum entry_fault fault)
{
    return fault_texts[fault];
}

/* All lines but the last begin and end as an object does; the last one is left in `lines`. */
static bool skip_to_last(struct usher_text *lines)
{
    const char *newline;
    while ((newline = memchr(lines->at, '\n', lines->length)) != NULL) {
        size_t length = (size_t)(newline - lines->at);
        if (length < 2 || lines->at[0] != '{' || newline[-1] != '}')
            return false;
        if (length + 1 == lines->length) {
            lines->length = length;
            return true;
        }
        lines->at += length + 1;
        lines->length -= length + 1;
    }
    return false;
}

static enum entry_fault judge_lines(const struct journal_entry *entry)
{
    struct usher_text line = entry->lines;
    struct usher_json_problem problem;
    struct usher_number n;
    char room[USHER_NUMBER_SIZE];
    struct usher_text number = usher_number_write(entry->id, room);
    struct usher_text raw;
    if (!skip_to_last(&line) || !usher_json_check(line, DEPTH_MAX, &problem) ||
        !usher_json_find(line, USHER_TEXT("ev")).at)
        return ENTRY_FAULT_LINES;
    raw = usher_json_find(line, USHER_TEXT("n"));
    if (raw.length < 2)
        return ENTRY_FAULT_LINES;
    raw = (struct usher_text){raw.at + 1, raw.length - 2};
    if (!usher_number_read(raw, &n))
        return ENTRY_FAULT_LINES;
    return usher_text_is_equal(raw, number) ? ENTRY_FAULT_NONE : ENTRY_FAULT_NUMBER;
}

enum entry_fault entry_judge(const struct redisReply *reply, struct journal_entry *entry)
{
    if (!journal_reply_entry(reply, entry) || entry->id.epoch == 0 || entry->id.seq == 0)
        return ENTRY_FAULT_ID;
    if (!entry->lines.at)
        return ENTRY_FAULT_FIELD;
    return judge_lines(entry);
}

int64_t entry_time(const struct journal_entry *entry)
{
    struct usher_text line = entry->lines;
    int64_t at_ms;
    if (!skip_to_last(&line) ||
        !usher_text_read_int64(usher_json_find(line, USHER_TEXT("at")), &at_ms))
        return -1;
    return at_ms;
}

void entry_end_read(const struct redisReply *reply, struct entry_end *end)
{
    const struct redisReply *last = journal_reply_find(reply, "last-entry");
    *end = (struct entry_end){.has_stream = reply->type == REDIS_REPLY_ARRAY};
    end->given = journal_reply_text(journal_reply_find(reply, "last-generated-id"));
    end->has_last = journal_reply_element(last, 0) != NULL;
    if (!end->has_last) {
        end->has_trace = end->given.at && !usher_text_is_equal(end->given, USHER_TEXT("0-0"));
        return;
    }
    end->fault = entry_judge(last, &end->last);
    end->id = journal_reply_text(last->element[0]);
    end->has_trace = !usher_text_is_equal(end->id, end->given);
}
