/* Who was erased, and what is left of the events of before. */
#include "journal/erasures.h"

#include "unit/reply_of.h"
#include "unit/suite.h"

static struct erasures erasures_of(const char *bytes)
{
    struct erasures erasures;
    redisReply *reply = reply_of(bytes);
    ck_assert(erasures_read(&erasures, reply));
    freeReplyObject(reply);
    return erasures;
}

/* Whether the line of the event 5-`seq` says `word`. */
static bool says(const struct erasures *erasures, uint64_t seq, const char *line, const char *word)
{
    struct usher_bytes room;
    usher_bytes_init(&room, SIZE_MAX);
    struct usher_text masked =
        erasures_mask(erasures, (struct usher_number){5, seq}, usher_text_of(line), &room);
    bool is = memmem(masked.at, masked.length, word, strlen(word)) != NULL;
    usher_bytes_fini(&room);
    return is;
}

START_TEST(events_up_to_the_erasure_are_nobodys)
{
    struct erasures erasures =
        erasures_of("*4\r\n$1\r\n8\r\n$3\r\n5-9\r\n$1\r\n7\r\n$3\r\n5-4\r\n");
    const char *line = "{\"ev\":\"contact.arrived\",\"from\":\"+380\",\"customer\":\"7\"}";
    ck_assert(!says(&erasures, 3, line, "+380") && !says(&erasures, 4, line, "+380"));
    ck_assert(says(&erasures, 3, line, "contact.arrived"));
    ck_assert(says(&erasures, 5, line, "+380"));
    ck_assert(says(&erasures, 3, "{\"from\":\"+380\",\"customer\":\"77\"}", "+380"));
    ck_assert(says(&erasures, 3, "{\"from\":\"+380\"}", "+380"));
    erasures_fini(&erasures);
}
END_TEST

START_TEST(what_was_filed_is_said_behind_the_number)
{
    struct erasures erasures =
        erasures_of("*4\r\n$1\r\n7\r\n$9\r\n5-4 filed\r\n$1\r\n8\r\n$4\r\nsoon\r\n");
    char room[ERASURE_VALUE_SIZE];
    ck_assert_uint_eq(erasures.count, 1);
    const struct erasure *erasure = erasures_find(&erasures, USHER_TEXT("7"));
    ck_assert_ptr_nonnull(erasure);
    ck_assert(erasure->is_filed && erasure->n.seq == 4);
    ck_assert(usher_text_is_equal(erasure_write(erasure, room), USHER_TEXT("5-4 filed")));
    ck_assert_ptr_null(erasures_find(&erasures, USHER_TEXT("8")));
    erasures_fini(&erasures);
}
END_TEST

START_TEST(nobody_erased_changes_nothing)
{
    struct erasures erasures = erasures_of("*0\r\n");
    ck_assert(says(&erasures, 1, "{\"from\":\"+380\",\"customer\":\"7\"}", "+380"));
    erasures_fini(&erasures);
}
END_TEST

SUITE_MAIN("erasures", events_up_to_the_erasure_are_nobodys,
           what_was_filed_is_said_behind_the_number, nobody_erased_changes_nothing)
