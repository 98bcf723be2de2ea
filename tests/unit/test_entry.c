#include "journal/entry.h"

#include <hiredis/hiredis.h>
#include <string.h>

#include "unit/suite.h"

#define LINE_41 "{\"at\":1,\"n\":\"1763745500-41\",\"ev\":\"router.beat\"}\n"
#define LINE_42 "{\"at\":1,\"n\":\"1763745500-42\",\"ev\":\"a.later.version\",\"new\":[1]}\n"

/* Of [id, [name, lines]]. */
static enum entry_fault judge(const char *id, const char *name, const char *lines)
{
    redisReply replies[3];
    redisReply *pair[] = {&replies[1], &replies[2]};
    redisReply fields = {.type = REDIS_REPLY_ARRAY, .elements = 2, .element = pair};
    redisReply *both[] = {&replies[0], &fields};
    redisReply reply = {.type = REDIS_REPLY_ARRAY, .elements = 2, .element = both};
    const char *const texts[] = {id, name, lines};
    char room[3][256];
    struct journal_entry entry;
    for (size_t i = 0; i < USHER_COUNT_OF(replies); i++) {
        (void)strcpy(room[i], texts[i]);
        replies[i] =
            (redisReply){.type = REDIS_REPLY_STRING, .str = room[i], .len = strlen(texts[i])};
    }
    return entry_judge(&reply, &entry);
}

START_TEST(entry_numbered_as_its_last_event_is_a_routers)
{
    ck_assert_int_eq(judge("1763745500-41", "b", LINE_41), ENTRY_FAULT_NONE);
    ck_assert_int_eq(judge("1763745500-42", "b", LINE_41 LINE_42), ENTRY_FAULT_NONE);
}
END_TEST

START_TEST(id_that_redis_made_is_foreign)
{
    ck_assert_int_eq(judge("1763745500123-0", "b", LINE_41), ENTRY_FAULT_ID);
    ck_assert_int_eq(judge("0-41", "b", LINE_41), ENTRY_FAULT_ID);
    ck_assert_int_eq(judge("1763745500-0", "b", LINE_41), ENTRY_FAULT_ID);
}
END_TEST

START_TEST(entry_without_its_field_is_foreign)
{
    ck_assert_int_eq(judge("1763745500-41", "note", LINE_41), ENTRY_FAULT_FIELD);
}
END_TEST

START_TEST(lines_that_are_no_events_are_foreign)
{
    static const char *const lines[] = {
        "",
        "\n",
        "text",
        "text\n",
        "{}\n",
        "{\"n\":\"1763745500-41\"}\n",
        "{\"ev\":\"x\"}\n",
        "{\"ev\":\"x\",\"n\":7}\n",
        "{\"ev\":\"x\",\"n\":\"1763745500-41\"}",
        "text\n" LINE_41,
        LINE_41 "\n",
        "{\"ev\":\"x\",\"n\":\"1763745500-41\",}\n",
    };
    for (size_t i = 0; i < USHER_COUNT_OF(lines); i++)
        ck_assert_msg(judge("1763745500-41", "b", lines[i]) == ENTRY_FAULT_LINES, "%s", lines[i]);
}
END_TEST

START_TEST(number_of_another_event_is_foreign)
{
    ck_assert_int_eq(judge("1763745500-43", "b", LINE_41 LINE_42), ENTRY_FAULT_NUMBER);
}
END_TEST

SUITE_MAIN("entry", entry_numbered_as_its_last_event_is_a_routers, id_that_redis_made_is_foreign,
           entry_without_its_field_is_foreign, lines_that_are_no_events_are_foreign,
           number_of_another_event_is_foreign)
