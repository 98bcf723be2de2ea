/* The removal is a transaction that Redis carries out only if nobody has touched the journal since
 * its end was read, so that nothing that a router wrote can be deleted, and no id set back behind
 * one. */
#include "journal/foreign.h"

#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journal/dial.h"

#define READ_ENTRIES "50" /* of up to 256 KiB each: Redis must not stand still over the answer */
#define TRIES_MAX    20

void foreign_init(struct foreign *foreign)
{
    memset(foreign, 0, sizeof(*foreign));
}

void foreign_fini(struct foreign *foreign)
{
    free(foreign->list);
    foreign_init(foreign);
}

/* Asks; an answer that is an error becomes `result`, and none at all too. */
static redisReply *ask(redisContext *redis, const struct usher_text *args, size_t count,
                       enum foreign_result *result, char why[FOREIGN_WHY_MAX])
{
    redisReply *reply = dial_ask(redis, args, count);
    struct usher_text text = journal_reply_text(reply);
    *result = FOREIGN_DONE;
    if (!reply) {
        (void)snprintf(why, FOREIGN_WHY_MAX, "%s", dial_why(redis));
        *result = FOREIGN_UNREACHABLE;
    } else if (reply->type == REDIS_REPLY_ERROR &&
               journal_reply_classify(reply) != JOURNAL_REPLY_LOST) {
        (void)snprintf(why, FOREIGN_WHY_MAX, "%.*s: %.*s", USHER_TEXT_ARGS(args[0]),
                       USHER_TEXT_ARGS(text));
        *result = FOREIGN_REFUSED;
    }
    if (*result == FOREIGN_DONE)
        return reply;
    freeReplyObject(reply);
    return NULL;
}

static void copy_name(char room[FOREIGN_NAME_SIZE], struct usher_text name)
{
    size_t length = name.length < FOREIGN_NAME_SIZE ? name.length : FOREIGN_NAME_SIZE - 1;
    memcpy(room, name.at, length);
    for (size_t i = 0; i < length; i++) {
        if (room[i] <= ' ' || room[i] > '~')
            room[i] = '?';
    }
    room[length] = '\0';
}

/* Redis makes ids of milliseconds; a person may have taken seconds. */
static int64_t time_of_id(const char *id)
{
    int64_t part = strtoll(id, NULL, 10);
    if (part >= INT64_C(100000000000) && part < INT64_C(10000000000000))
        return part;
    return part >= INT64_C(1000000000) && part < INT64_C(10000000000) ? part * 1000 : 0;
}

/* Room for one more. */
static bool grow(struct foreign *foreign)
{
    size_t room = foreign->room > 0 ? foreign->room * 2 : 16;
    struct foreign_entry *list;
    if (foreign->count < foreign->room)
        return true;
    list = realloc(foreign->list, room * sizeof(*list));
    if (!list)
        return false;
    foreign->list = list;
    foreign->room = room;
    return true;
}

static bool note(struct foreign *foreign, const redisReply *reply, enum entry_fault fault)
{
    const struct redisReply *fields = journal_reply_element(reply, 1);
    struct foreign_entry *entry;
    if (!grow(foreign))
        return false;
    entry = &foreign->list[foreign->count];
    *entry = (struct foreign_entry){.fault = fault};
    if (!usher_text_copy(entry->id, sizeof(entry->id),
                         journal_reply_text(journal_reply_element(reply, 0))))
        return true;
    foreign->count++;
    entry->at_ms = time_of_id(entry->id);
    for (size_t i = 0; fields && i + 1 < fields->elements; i += 2) {
        struct foreign_field *field;
        if (entry->fields_count++ >= FOREIGN_FIELDS_MAX)
            continue;
        field = &entry->fields[entry->fields_count - 1];
        copy_name(field->name, journal_reply_text(fields->element[i]));
        field->bytes = journal_reply_text(fields->element[i + 1]).length;
    }
    return true;
}

/* Reads the ids at the stream's end. */
static enum foreign_result read_end(struct foreign *foreign, redisContext *redis,
                                    struct usher_text key, int64_t *added,
                                    char why[FOREIGN_WHY_MAX])
{
    const struct usher_text args[] = {USHER_TEXT("XINFO"), USHER_TEXT("STREAM"), key};
    enum foreign_result result;
    struct entry_end end;
    const struct redisReply *number;
    redisReply *reply = ask(redis, args, USHER_COUNT_OF(args), &result, why);
    if (!reply)
        return result;
    entry_end_read(reply, &end);
    foreign->has_stream = end.has_stream;
    number = journal_reply_find(reply, "length");
    foreign->entries_count = number ? number->integer : 0;
    number = journal_reply_find(reply, "entries-added");
    *added = number ? number->integer : 0;
    if (!usher_text_copy(foreign->given, sizeof(foreign->given), end.given))
        foreign->given[0] = '\0';
    foreign->has_trace = end.has_last
                             ? end.has_trace
                             : end.has_stream && !usher_text_is_equal(end.given, USHER_TEXT("0-0"));
    freeReplyObject(reply);
    return FOREIGN_DONE;
}

/* Judges the next entries; `from` goes behind them, and is "" at the end. */
static enum foreign_result find_some(struct foreign *foreign, redisContext *redis,
                                     struct usher_text key, char from[FOREIGN_ID_SIZE + 1],
                                     char why[FOREIGN_WHY_MAX])
{
    const struct usher_text args[] = {USHER_TEXT("XRANGE"), key,
                                      usher_text_of(from),  USHER_TEXT("+"),
                                      USHER_TEXT("COUNT"),  USHER_TEXT(READ_ENTRIES)};
    enum foreign_result result;
    redisReply *reply = ask(redis, args, USHER_COUNT_OF(args), &result, why);
    if (!reply)
        return result;
    from[0] = '\0';
    for (size_t i = 0; i < reply->elements && result == FOREIGN_DONE; i++) {
        struct journal_entry entry;
        enum entry_fault fault = entry_judge(reply->element[i], &entry);
        (void)snprintf(from, FOREIGN_ID_SIZE + 1, "(%s", reply->element[i]->element[0]->str);
        if (fault == ENTRY_FAULT_NONE)
            foreign->last = entry.id;
        else if (!note(foreign, reply->element[i], fault))
            result = FOREIGN_REFUSED;
    }
    if (result != FOREIGN_DONE)
        (void)snprintf(why, FOREIGN_WHY_MAX, "memory is out");
    freeReplyObject(reply);
    return result;
}

enum foreign_result foreign_find(struct foreign *foreign, struct redisContext *redis,
                                 struct usher_text key, char why[FOREIGN_WHY_MAX])
{
    char from[FOREIGN_ID_SIZE + 1] = "-";
    enum foreign_result result = FOREIGN_DONE;
    int64_t added;
    foreign_fini(foreign);
    while (from[0] && result == FOREIGN_DONE)
        result = find_some(foreign, redis, key, from, why);
    return result == FOREIGN_DONE ? read_end(foreign, redis, key, &added, why) : result;
}

/* The last entry of a router, as it is now. */
static enum foreign_result find_last(redisContext *redis, struct usher_text key,
                                     struct usher_number *last, char why[FOREIGN_WHY_MAX])
{
    char to[FOREIGN_ID_SIZE + 1] = "+";
    size_t elements;
    *last = (struct usher_number){0, 0};
    do {
        const struct usher_text args[] = {USHER_TEXT("XREVRANGE"), key,
                                          usher_text_of(to),       USHER_TEXT("-"),
                                          USHER_TEXT("COUNT"),     USHER_TEXT(READ_ENTRIES)};
        enum foreign_result result;
        redisReply *reply = ask(redis, args, USHER_COUNT_OF(args), &result, why);
        if (!reply)
            return result;
        elements = reply->elements;
        for (size_t i = 0; i < elements && last->epoch == 0; i++) {
            struct journal_entry entry;
            if (entry_judge(reply->element[i], &entry) == ENTRY_FAULT_NONE)
                *last = entry.id;
        }
        if (elements > 0)
            (void)snprintf(to, sizeof(to), "(%s", reply->element[elements - 1]->element[0]->str);
        freeReplyObject(reply);
    } while (elements > 0 && last->epoch == 0);
    return FOREIGN_DONE;
}

/* One word, or a command of the transaction; its answer is only whether it was taken. */
static enum foreign_result order(redisContext *redis, const struct usher_text *args, size_t count,
                                 char why[FOREIGN_WHY_MAX])
{
    enum foreign_result result;
    freeReplyObject(ask(redis, args, count, &result, why));
    return result;
}

static enum foreign_result order_set_id(redisContext *redis, struct usher_text key,
                                        struct usher_number last, int64_t added,
                                        char why[FOREIGN_WHY_MAX])
{
    char id[USHER_NUMBER_SIZE];
    char digits[32];
    struct usher_text number = usher_number_write(last, id);
    (void)snprintf(digits, sizeof(digits), "%" PRId64, added);
    /* Redis keeps the highest id that was deleted, too, which would be above the last one. */
    const struct usher_text args[] = {USHER_TEXT("XSETID"),
                                      key,
                                      number,
                                      USHER_TEXT("ENTRIESADDED"),
                                      usher_text_of(digits),
                                      USHER_TEXT("MAXDELETEDID"),
                                      number};
    return order(redis, args, last.epoch != 0 ? USHER_COUNT_OF(args) : 3, why);
}

static enum foreign_result carry_out(redisContext *redis, char why[FOREIGN_WHY_MAX])
{
    const struct usher_text args[] = {USHER_TEXT("EXEC")};
    enum foreign_result result;
    redisReply *reply = ask(redis, args, 1, &result, why);
    if (!reply)
        return result;
    if (reply->type == REDIS_REPLY_NIL) {
        (void)snprintf(why, FOREIGN_WHY_MAX, "the journal changes all the time");
        result = FOREIGN_BUSY;
    }
    for (size_t i = 0; result == FOREIGN_DONE && i < reply->elements; i++) {
        if (reply->element[i]->type != REDIS_REPLY_ERROR)
            continue;
        (void)snprintf(why, FOREIGN_WHY_MAX, "%.*s",
                       USHER_TEXT_ARGS(journal_reply_text(reply->element[i])));
        result = FOREIGN_REFUSED;
    }
    freeReplyObject(reply);
    return result;
}

static enum foreign_result try_once(const struct foreign *found, redisContext *redis,
                                    struct usher_text key, char why[FOREIGN_WHY_MAX])
{
    const struct usher_text watch[] = {USHER_TEXT("WATCH"), key};
    const struct usher_text multi[] = {USHER_TEXT("MULTI")};
    struct foreign now = {.has_stream = false};
    struct usher_number last = {0, 0};
    char number[USHER_NUMBER_SIZE];
    int64_t added = 0;
    enum foreign_result result = order(redis, watch, 2, why);
    if (result == FOREIGN_DONE)
        result = read_end(&now, redis, key, &added, why);
    if (result == FOREIGN_DONE)
        result = find_last(redis, key, &last, why);
    if (result == FOREIGN_DONE)
        result = order(redis, multi, 1, why);
    for (size_t i = 0; result == FOREIGN_DONE && i < found->count; i++) {
        const struct usher_text args[] = {USHER_TEXT("XDEL"), key,
                                          usher_text_of(found->list[i].id)};
        result = order(redis, args, USHER_COUNT_OF(args), why);
    }
    if (result == FOREIGN_DONE &&
        !usher_text_is_equal(usher_number_write(last, number), usher_text_of(now.given)))
        result = order_set_id(redis, key, last, added, why);
    return result == FOREIGN_DONE ? carry_out(redis, why) : result;
}

enum foreign_result foreign_remove(const struct foreign *foreign, struct redisContext *redis,
                                   struct usher_text key, char why[FOREIGN_WHY_MAX])
{
    enum foreign_result result = FOREIGN_BUSY;
    for (int i = 0; i < TRIES_MAX && result == FOREIGN_BUSY; i++)
        result = try_once(foreign, redis, key, why);
    return result;
}
