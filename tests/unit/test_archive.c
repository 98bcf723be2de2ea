/* The archive: what was written is read back, and anything else is refused. */
#include <check.h>
#include <string.h>

#include "engine/archive.h"
#include "unit/random.h"
#include "unit/suite.h"

struct values {
    uint64_t u64;
    int64_t i64;
    uint32_t u32;
    size_t count;
    char room[8];
    struct usher_text text;
    struct usher_text empty;
    struct usher_text absent;
};

static void walk(struct usher_archive *archive, struct values *values)
{
    usher_archive_u64(archive, &values->u64);
    usher_archive_i64(archive, &values->i64);
    usher_archive_u32(archive, &values->u32);
    usher_archive_count(archive, &values->count, 10);
    usher_archive_chars(archive, values->room, sizeof(values->room));
    usher_archive_text(archive, &values->text);
    usher_archive_text(archive, &values->empty);
    usher_archive_text(archive, &values->absent);
}

static void save(struct usher_bytes *bytes)
{
    struct values values = {.u64 = UINT64_MAX,
                            .i64 = INT64_MIN,
                            .u32 = UINT32_MAX,
                            .count = 10,
                            .room = "seven..",
                            .text = USHER_TEXT("a text"),
                            .empty = USHER_TEXT("")};
    struct usher_archive archive = {.out = bytes};
    usher_bytes_init(bytes, 1000);
    walk(&archive, &values);
}

static struct usher_archive load_of(const char *at, size_t length)
{
    return (struct usher_archive){.at = at, .end = at + length};
}

START_TEST(what_was_written_is_read_back)
{
    struct usher_bytes bytes;
    save(&bytes);
    struct usher_archive archive = load_of(bytes.at, bytes.length);
    struct values values = {.absent = USHER_TEXT("was there")};
    walk(&archive, &values);
    ck_assert(!archive.is_bad);
    ck_assert_ptr_eq(archive.at, archive.end);
    ck_assert_uint_eq(values.u64, UINT64_MAX);
    ck_assert_int_eq(values.i64, INT64_MIN);
    ck_assert_uint_eq(values.u32, UINT32_MAX);
    ck_assert_uint_eq(values.count, 10);
    ck_assert_str_eq(values.room, "seven..");
    ck_assert(usher_text_is_equal(values.text, USHER_TEXT("a text")));
    ck_assert_ptr_nonnull(values.empty.at);
    ck_assert_uint_eq(values.empty.length, 0);
    ck_assert_ptr_null(values.absent.at);
    usher_bytes_fini(&bytes);
}
END_TEST

START_TEST(numbers_are_eight_bytes_little_end_first)
{
    struct usher_bytes bytes;
    struct usher_archive archive = {.out = &bytes};
    uint32_t number = 0x01020304;
    usher_bytes_init(&bytes, 1000);
    usher_archive_u32(&archive, &number);
    ck_assert_uint_eq(bytes.length, 8);
    ck_assert_mem_eq(bytes.at, "\4\3\2\1\0\0\0\0", 8);
    usher_bytes_fini(&bytes);
}
END_TEST

START_TEST(archive_that_is_cut_anywhere_is_bad_and_reads_zeros_from_there)
{
    struct usher_bytes bytes;
    save(&bytes);
    for (size_t length = 0; length < bytes.length; length++) {
        char *copy = malloc(length + 1); /* of its own, so that a byte too far is seen */
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, bytes.at, length);
        struct usher_archive archive = load_of(copy, length);
        struct values values = {.u64 = 5};
        uint64_t further = 7;
        walk(&archive, &values);
        ck_assert(archive.is_bad);
        usher_archive_u64(&archive, &further);
        ck_assert_uint_eq(further, 0);
        if (length < 8)
            ck_assert_uint_eq(values.u64, 0);
        free(copy);
    }
    usher_bytes_fini(&bytes);
}
END_TEST

static void save_number(struct usher_bytes *bytes, uint64_t number)
{
    struct usher_archive archive = {.out = bytes};
    usher_bytes_init(bytes, 1000);
    usher_archive_u64(&archive, &number);
}

START_TEST(number_out_of_bounds_is_bad_and_zero)
{
    struct usher_bytes bytes;
    save_number(&bytes, (uint64_t)UINT32_MAX + 1);
    struct usher_archive archive = load_of(bytes.at, bytes.length);
    uint32_t number = 5;
    usher_archive_u32(&archive, &number);
    ck_assert(archive.is_bad);
    ck_assert_uint_eq(number, 0);
    archive = load_of(bytes.at, bytes.length);
    size_t count = 5;
    usher_archive_count(&archive, &count, UINT32_MAX);
    ck_assert(archive.is_bad);
    ck_assert_uint_eq(count, 0);
    usher_bytes_fini(&bytes);
}
END_TEST

START_TEST(text_that_claims_more_than_is_there_is_bad)
{
    static const uint64_t lengths[] = {2, 100, UINT64_MAX, UINT64_MAX - 1};
    for (size_t i = 0; i < USHER_COUNT_OF(lengths); i++) {
        struct usher_bytes bytes;
        save_number(&bytes, lengths[i]);
        struct usher_archive archive = load_of(bytes.at, bytes.length);
        struct usher_text text = USHER_TEXT("before");
        usher_archive_text(&archive, &text);
        ck_assert(archive.is_bad);
        ck_assert_ptr_null(text.at);
        usher_bytes_fini(&bytes);
    }
}
END_TEST

START_TEST(text_too_long_for_its_room_and_an_absent_one_are_bad)
{
    struct usher_bytes bytes;
    struct usher_archive archive = {.out = &bytes};
    struct usher_text text = USHER_TEXT("eight...");
    char room[8] = "before";
    usher_bytes_init(&bytes, 1000);
    usher_archive_text(&archive, &text);
    archive = load_of(bytes.at, bytes.length);
    usher_archive_text(&archive, &text); /* to the very end */
    ck_assert(!archive.is_bad);
    ck_assert(usher_text_is_equal(text, USHER_TEXT("eight...")));
    archive = load_of(bytes.at, bytes.length);
    usher_archive_chars(&archive, room, sizeof(room));
    ck_assert(archive.is_bad);
    ck_assert_str_eq(room, "");
    usher_bytes_fini(&bytes);
    save_number(&bytes, 0);
    archive = load_of(bytes.at, bytes.length);
    usher_archive_chars(&archive, room, sizeof(room));
    ck_assert(archive.is_bad);
    usher_bytes_fini(&bytes);
}
END_TEST

START_TEST(text_with_a_nul_is_bad)
{
    struct usher_bytes bytes;
    struct usher_archive archive = {.out = &bytes};
    struct usher_text text = {"ab\0c", 4};
    usher_bytes_init(&bytes, 1000);
    usher_archive_text(&archive, &text);
    archive = load_of(bytes.at, bytes.length);
    usher_archive_text(&archive, &text);
    ck_assert(archive.is_bad);
    ck_assert_ptr_null(text.at);
    usher_bytes_fini(&bytes);
}
END_TEST

START_TEST(any_bytes_are_read_without_harm)
{
    uint64_t state = 1;
    for (int round = 0; round < 20000; round++) {
        size_t length = random_below(&state, 100);
        char *bytes = malloc(length + 1);
        ck_assert_ptr_nonnull(bytes);
        for (size_t i = 0; i < length; i++) /* small numbers are likely lengths */
            bytes[i] = random_below(&state, 3) ? 0 : (char)random_below(&state, 256);
        struct usher_archive archive = load_of(bytes, length);
        struct values values = {0};
        walk(&archive, &values);
        ck_assert_uint_le(values.count, 10);
        ck_assert_uint_lt(strlen(values.room), sizeof(values.room));
        ck_assert(archive.at <= archive.end);
        free(bytes);
    }
}
END_TEST

SUITE_MAIN("archive", what_was_written_is_read_back, numbers_are_eight_bytes_little_end_first,
           archive_that_is_cut_anywhere_is_bad_and_reads_zeros_from_there,
           number_out_of_bounds_is_bad_and_zero, text_that_claims_more_than_is_there_is_bad,
           text_too_long_for_its_room_and_an_absent_one_are_bad, text_with_a_nul_is_bad,
           any_bytes_are_read_without_harm)
