/* Documents: the tree with its places, and all that is not allowed. */
#include "rules/document.h"

#include "unit/suite.h"
#include "unit/told.h"

static bool read_text(struct usher_text text, struct usher_document *document, const char **told)
{
    struct usher_problems *problems = told_new();
    bool is_whole = usher_document_read(document, text, problems);

    *told = told_lines(problems);
    ck_assert(is_whole || problems->count);
    free(problems);
    return is_whole;
}

/* What is told about a text, whether a tree came of it or not. */
static const char *told_of(struct usher_text text)
{
    struct usher_document document;
    const char *told;

    (void)read_text(text, &document, &told);
    usher_document_fini(&document);
    return told;
}

#define TOLD(literal) told_of(USHER_TEXT(literal))

START_TEST(nodes_know_their_places_in_characters)
{
    struct usher_document document;
    const struct usher_node *node;
    const char *told;

    ck_assert(
        read_text(USHER_TEXT("# comment\n\"\xd0\xb6\xd0\xb6\": {b: [1, 'two']}\nc:\n  - d: 5\n"),
                  &document, &told));
    ck_assert_str_eq(told, "");
    node = document.root->first;
    ck_assert(usher_text_is_equal(node->key, USHER_TEXT("\xd0\xb6\xd0\xb6")));
    ck_assert_uint_eq(node->key_line, 2);
    ck_assert_uint_eq(node->key_column, 1);
    ck_assert_int_eq((int)node->kind, USHER_NODE_MAP);
    ck_assert_uint_eq(node->column, 7);
    node = node->first;
    ck_assert_int_eq((int)node->kind, USHER_NODE_LIST);
    ck_assert_uint_eq(node->count, 2);
    ck_assert_uint_eq(node->first->column, 12);
    ck_assert(node->first->is_plain);
    ck_assert(!node->first->next->is_plain);
    ck_assert(usher_text_is_equal(node->first->next->text, USHER_TEXT("two")));
    node = usher_node_find(document.root, USHER_TEXT("c"));
    ck_assert_ptr_nonnull(node);
    ck_assert_uint_eq(node->first->line, 4);
    ck_assert_uint_eq(node->first->column, 5);
    ck_assert_ptr_null(usher_node_find(document.root, USHER_TEXT("x")));
    usher_document_fini(&document);
}
END_TEST

START_TEST(anchors_aliases_and_tags_are_refused_each_at_its_place)
{
    told_assert(TOLD("a: &x 1\nb: *x\nc: !!str 5\nd: &y [1]\ne: !z {f: 1}\n"),
                "f:1:4: anchors (&) are not allowed; write the value where it is needed\n"
                "f:2:4: aliases (*) are not allowed; write the value here, or quote it\n"
                "f:3:4: tags (!) are not allowed; take it out\n"
                "f:4:4: anchors (&) are not allowed; write the value where it is needed\n"
                "f:5:4: tags (!) are not allowed; take it out\n");
}
END_TEST

START_TEST(key_that_is_there_twice_is_refused_with_the_line_of_the_first)
{
    told_assert(TOLD("a: 1\nb: {c: 1, d: 2, c: 3}\n'a': 2\na: 3\n"),
                "f:2:17: the key `c` is here twice, first on line 2; keep one of them\n"
                "f:3:1: the key `a` is here twice, first on line 1; keep one of them\n"
                "f:4:1: the key `a` is here twice, first on line 3; keep one of them\n");
}
END_TEST

START_TEST(second_document_is_refused)
{
    told_assert(TOLD("---\na: 1\n"), "");
    told_assert(TOLD("a: 1\n---\nb: 2\n"),
                "f:2:1: a second document begins here; keep one, without `---` in between\n");
}
END_TEST

START_TEST(text_that_is_no_mapping_is_refused)
{
    told_assert(TOLD(""), "f:1:1: the file is empty; write its keys\n");
    told_assert(TOLD("# nothing\n"), "f:1:1: the file is empty; write its keys\n");
    told_assert(TOLD("\n- a\n"), "f:2:1: the file must be a mapping; write `key: value` lines\n");
    told_assert(TOLD("{[a]: b}"), "f:1:2: a key must be a text, not a list or mapping; quote "
                                  "it if it is one\n");
    told_assert(TOLD("a: 1\n'': 2\n"), "f:2:1: the key is empty; write `key: value`\n");
}
END_TEST

START_TEST(bytes_that_are_no_utf8_are_refused)
{
    static const struct {
        struct usher_text text;
        const char *told;
    } cases[] = {
        {{"a: \xff", 4}, "f:1:4: the byte 0xFF here is no UTF-8; save the file as UTF-8\n"},
        {{"a: \xd0", 4}, "f:1:4: the byte 0xD0 here is no UTF-8; save the file as UTF-8\n"},
        {{"a: \xd0\xb6\xc0\x80", 7},
         "f:1:5: the byte 0xC0 here is no UTF-8; save the file as UTF-8\n"},
        {{"a\n\xed\xa0\x80", 5}, "f:2:1: the byte 0xED here is no UTF-8; save the file as UTF-8\n"},
        {{"\xff\xfe"
          "a\0",
          4},
         "f:1:1: the byte 0xFF here is no UTF-8; save the file as UTF-8\n"},
        {{"a: \xf4\x90\x80\x80", 7},
         "f:1:4: the byte 0xF4 here is no UTF-8; save the file as UTF-8\n"},
    };
    for (size_t i = 0; i < USHER_COUNT_OF(cases); i++)
        told_assert(told_of(cases[i].text), cases[i].told);
}
END_TEST

START_TEST(control_characters_are_refused_as_bytes_and_as_escapes)
{
    told_assert(TOLD("a: 1\nb: x\0y\n"),
                "f:2:5: the NUL character U+0000 here is not allowed; take it out\n");
    told_assert(TOLD("a: \x1b[1m"),
                "f:1:4: the character U+001B here is not allowed; take it out\n");
    told_assert(TOLD("a: \"x\\0y\"\nb: \"\\e\"\nc: \"\\N\"\n"),
                "f:1:4: the value has a control character in it; write one line of plain text\n"
                "f:2:4: the value has a control character in it; write one line of plain text\n"
                "f:3:4: the value has a control character in it; write one line of plain text\n");
    told_assert(TOLD("\xef\xbb\xbf"
                     "a: 1\n"),
                "");
    told_assert(TOLD("a: \xef\xbb\xbf"
                     "1\n"),
                "f:1:4: the character U+FEFF here is not allowed; take it out\n");
}
END_TEST

START_TEST(byte_order_mark_is_no_character_of_the_first_line)
{
    struct usher_document document;
    const char *told;

    ck_assert(read_text(USHER_TEXT("\xef\xbb\xbf"
                                   "a: 1\nb: 2\n"),
                        &document, &told));
    ck_assert_str_eq(told, "");
    ck_assert_uint_eq(document.root->count, 2);
    ck_assert_uint_eq(document.root->first->key_column, 1);
    ck_assert_uint_eq(document.root->first->column, 4);
    usher_document_fini(&document);
    told_assert(TOLD("\xef\xbb\xbf"
                     "a: b: c\n"),
                "f:1:5: there is a second `: ` in this line; put the value in quotes if it holds "
                "one, else begin a new line\n");
    told_assert(TOLD("\xef\xbb\xbf"
                     "a: \xff\n"),
                "f:1:4: the byte 0xFF here is no UTF-8; save the file as UTF-8\n");
    told_assert(TOLD("\xef\xbb\xbf\xef\xbb\xbf"
                     "a: 1\n"),
                "f:1:1: the character U+FEFF here is not allowed; take it out\n");
    told_assert(TOLD("\xef\xbb\xbf"), "f:1:1: the file is empty; write its keys\n");
}
END_TEST

START_TEST(broken_syntax_is_told_with_what_to_do)
{
    told_assert(TOLD("a:\n\tb: 1\n"),
                "f:2:1: a tab stands here; YAML wants spaces: indent with two for each level\n");
    told_assert(TOLD("a: b: c\n"),
                "f:1:5: there is a second `: ` in this line; put the value in quotes if it holds "
                "one, else begin a new line\n");
    told_assert(TOLD("a: \"b\nc: 1\n"), "f:1:4: the quote that opens here is not closed; add one "
                                        "at the end of the value\n");
    told_assert(TOLD("a: {b: 1\nc: 2\n"), "f:1:4: the bracket `{` that opens here is not closed; "
                                          "add `}` behind its last member\n");
    told_assert(TOLD("%YAM 1\na: 1\n"), "f:1:1: a line that begins with `%` has a meaning of its "
                                        "own in YAML; take it out\n");
    told_assert(TOLD("ключ ключ\nа: б\n"),
                "f:1:1: `ключ ключ` has no colon; write `key: value`, or `key:` above what belongs "
                "to it\n");
    told_assert(TOLD("a: |x\n  b\n"),
                "f:1:5: this is no YAML (did not find expected comment or line break); check "
                "brackets, quotes and indentation\n");
}
END_TEST

START_TEST(depth_of_sixteen_is_read_and_seventeen_refused)
{
    told_assert(TOLD("a: [[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]"), "");
    told_assert(TOLD("a: [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]"),
                "f:1:19: lists and mappings lie deeper than 16 levels; close a bracket, or "
                "indent less\n");
}
END_TEST

/* libyaml alone takes seconds for these; the suite's own time limit would end them. */
START_TEST(a_mebibyte_of_brackets_is_refused_at_the_seventeenth)
{
    static const char *const patterns[] = {"[", "{a: ", "- ", "[\n", "? - ", "{a: ["};
    struct usher_text text = {malloc(USHER_DOCUMENT_BYTES_MAX), 0};

    ck_assert_ptr_nonnull(text.at);
    for (size_t i = 0; i < USHER_COUNT_OF(patterns); i++) {
        size_t length = strlen(patterns[i]);

        for (size_t at = 0; at + length <= USHER_DOCUMENT_BYTES_MAX; at += length)
            memcpy((char *)text.at + at, patterns[i], length);
        text.length = USHER_DOCUMENT_BYTES_MAX / length * length;
        for (size_t round = 0; round < 100; round++)
            ck_assert_str_ne(told_of(text), "");
    }
    free((char *)text.at);
}
END_TEST

START_TEST(text_above_a_mebibyte_is_refused)
{
    struct usher_text text = {calloc(1, USHER_DOCUMENT_BYTES_MAX + 1),
                              USHER_DOCUMENT_BYTES_MAX + 1};

    ck_assert_ptr_nonnull(text.at);
    memset((char *)text.at, '\n', text.length);
    told_assert(told_of(text), "f:1:1: the file is larger than 1 MiB; make it smaller\n");
    text.length--;
    told_assert(told_of(text), "f:1:1: the file is empty; write its keys\n");
    free((char *)text.at);
}
END_TEST

SUITE_MAIN("document", nodes_know_their_places_in_characters,
           anchors_aliases_and_tags_are_refused_each_at_its_place,
           key_that_is_there_twice_is_refused_with_the_line_of_the_first,
           second_document_is_refused, text_that_is_no_mapping_is_refused,
           bytes_that_are_no_utf8_are_refused,
           control_characters_are_refused_as_bytes_and_as_escapes,
           byte_order_mark_is_no_character_of_the_first_line, broken_syntax_is_told_with_what_to_do,
           depth_of_sixteen_is_read_and_seventeen_refused,
           a_mebibyte_of_brackets_is_refused_at_the_seventeenth, text_above_a_mebibyte_is_refused)
