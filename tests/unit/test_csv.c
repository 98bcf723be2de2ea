/* CSV as spreadsheets write it. */
#include "ctl/profile/csv.h"

#include "unit/suite.h"

/* All cells of `text`: | between cells, a newline behind each row. Problems follow. */
static const char *read_all(const char *text, char room[1024])
{
    struct usher_problems problems;
    struct usher_bytes out;
    struct csv csv;
    usher_problems_init(&problems);
    usher_bytes_init(&out, 1023);
    csv_init(&csv, usher_text_of(text), &problems);
    while (csv_next(&csv)) {
        for (size_t i = 0; i < csv.count; i++) {
            if (i > 0)
                usher_bytes_append_char(&out, '|');
            usher_bytes_append_text(&out, csv.cells[i].text);
        }
        usher_bytes_append_char(&out, '\n');
    }
    csv_fini(&csv);
    usher_problems_write(&problems, "f", &out);
    ck_assert(usher_text_copy(room, 1024, usher_bytes_text(&out)));
    usher_bytes_fini(&out);
    return room;
}

#define ASSERT_READ(text, wanted)                                                                  \
    do {                                                                                           \
        char room[1024];                                                                           \
        ck_assert_str_eq(read_all(text, room), wanted);                                            \
    } while (0)

START_TEST(rows_end_with_lf_or_crlf_or_the_text)
{
    ASSERT_READ("id,name\nolena,Olena\r\ntaras,Taras", "id|name\nolena|Olena\ntaras|Taras\n");
    ASSERT_READ("id,name\rolena,Olena\r\rtaras,\"Taras\rM\"\r",
                "id|name\nolena|Olena\ntaras|Taras\rM\n");
    ASSERT_READ("id\r\"", "id\nf:2:1: this quote is never closed; put a \" at the cell's end\n");
}
END_TEST

START_TEST(separator_is_what_the_first_row_has_most_of)
{
    ASSERT_READ("id;name\no;\"a, b\"\n", "id|name\no|a, b\n");
    ASSERT_READ("id\tname\no\tx,y;z\n", "id|name\no|x,y;z\n");
    ASSERT_READ("id,\"a;b;c\"\n1,2\n", "id|a;b;c\n1|2\n");
    ASSERT_READ("id\nolena\n", "id\nolena\n");
}
END_TEST

START_TEST(quotes_hold_separators_line_ends_and_quotes)
{
    ASSERT_READ("a,\"b,\"\"c\"\"\nd\" ,e\n", "a|b,\"c\"\nd|e\n");
    ASSERT_READ("\"\",\"\"\"\"\nx,y\n", "|\"\nx|y\n");
}
END_TEST

START_TEST(mark_spaces_and_empty_rows_are_passed_over)
{
    ASSERT_READ("\xef\xbb\xbfid, name \n\r\n,,\n  \nolena ,\n", "id|name\nolena|\n");
    ASSERT_READ("", "");
    ASSERT_READ("\xef\xbb\xbf", "");
}
END_TEST

START_TEST(problems_of_quotes_are_told_with_their_place)
{
    ASSERT_READ("id,name\no,\"O\"x\n",
                "id|name\no|O\nf:2:6: text stands behind a closing quote; write a quote inside a "
                "quoted cell twice\n");
    ASSERT_READ("id,name\nо,\"O\nx,y\n", "id|name\nо|O\nx,y\nf:2:3: this quote is never closed; "
                                         "put a \" at the cell's end\n");
}
END_TEST

START_TEST(cells_know_their_line_and_column_in_characters)
{
    struct usher_problems problems;
    struct csv csv;
    usher_problems_init(&problems);
    csv_init(&csv, USHER_TEXT("їжак,\"a\nb\",c\n\nd,e"), &problems);
    ck_assert(csv_next(&csv));
    ck_assert_uint_eq(csv.cells[1].column, 6);
    ck_assert_uint_eq(csv.cells[2].line, 2);
    ck_assert_uint_eq(csv.cells[2].column, 4);
    ck_assert(csv_next(&csv));
    ck_assert_uint_eq(csv.cells[1].line, 4);
    ck_assert_uint_eq(csv.cells[1].column, 3);
    ck_assert(!csv_next(&csv));
    csv_fini(&csv);
}
END_TEST

SUITE_MAIN("csv", rows_end_with_lf_or_crlf_or_the_text, separator_is_what_the_first_row_has_most_of,
           quotes_hold_separators_line_ends_and_quotes, mark_spaces_and_empty_rows_are_passed_over,
           problems_of_quotes_are_told_with_their_place,
           cells_know_their_line_and_column_in_characters)
