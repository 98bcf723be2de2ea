#include "journal/shelf.h"

#include "unit/suite.h"

static struct journal_shelf shelf;

static bool has(const char *hash)
{
    return journal_shelf_has(&shelf, usher_text_of(hash));
}

static void put(const char *hash)
{
    ck_assert(journal_shelf_put(&shelf, usher_text_of(hash), USHER_TEXT("text")));
}

START_TEST(least_recently_used_rules_go)
{
    journal_shelf_init(&shelf);
    put("a");
    put("b");
    put("c");
    put("d");
    journal_shelf_use(&shelf, USHER_TEXT("a"));
    put("e");
    ck_assert(has("a") && has("c") && has("d") && has("e"));
    ck_assert(!has("b"));
    journal_shelf_fini(&shelf);
}
END_TEST

START_TEST(same_rules_take_one_place)
{
    struct usher_bytes list;
    journal_shelf_init(&shelf);
    usher_bytes_init(&list, 100);
    put("a");
    put("b");
    put("a");
    journal_shelf_list(&shelf, &list);
    ck_assert(usher_text_is_equal(usher_bytes_text(&list), USHER_TEXT("a b")));
    usher_bytes_fini(&list);
    journal_shelf_fini(&shelf);
}
END_TEST

START_TEST(hash_that_is_none_is_refused)
{
    char longer[JOURNAL_HASH_MAX + 2] = "";
    for (size_t i = 0; i <= JOURNAL_HASH_MAX; i++)
        longer[i] = 'a';
    journal_shelf_init(&shelf);
    ck_assert(!journal_shelf_put(&shelf, USHER_NO_TEXT, USHER_TEXT("text")));
    ck_assert(!journal_shelf_put(&shelf, usher_text_of(longer), USHER_TEXT("text")));
    ck_assert(!has(""));
    journal_shelf_fini(&shelf);
}
END_TEST

SUITE_MAIN("shelf", least_recently_used_rules_go, same_rules_take_one_place,
           hash_that_is_none_is_refused)
