/* Answers: the table of errors, and messages that fit their room. */
#include "model/answer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

static const struct error_row {
    struct usher_text code;
    bool is_retriable;
    struct usher_text sentence;
} rows[USHER_ERROR_COUNT] = {[USHER_OK] = {{"", 0}, false, {"", 0}},
#define ERROR_ROW(NAME, code, retry, sentence)                                                     \
    [USHER_ERROR_##                                                                                \
        NAME] = {{(code), sizeof(code) - 1}, (retry), {(sentence), sizeof(sentence) - 1}},
                             USHER_ERRORS(ERROR_ROW)
#undef ERROR_ROW
};

static const struct error_row *row_of(enum usher_error error)
{
    assert((unsigned)error < USHER_ERROR_COUNT);
    return &rows[error];
}

struct usher_text usher_error_code(enum usher_error error)
{
    return row_of(error)->code;
}

bool usher_error_is_retriable(enum usher_error error)
{
    return row_of(error)->is_retriable;
}

struct usher_text usher_error_sentence(enum usher_error error)
{
    return row_of(error)->sentence;
}

/* How much of the first `length` bytes is left when a UTF-8 character that was cut at the end is
 * taken away. */
static size_t whole_characters(const char *text, size_t length)
{
    size_t start = length;
    while (start > 0 && length - start < 4 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
        start--;
    if (start == 0)
        return length;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    return length - (start - 1) < wanted ? start - 1 : length;
}

enum usher_error usher_answer_set(struct usher_answer *answer, enum usher_error error,
                                  const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(answer->message, sizeof(answer->message), format, arguments);
    va_end(arguments);
    if (length < 0)
        answer->message[0] = '\0';
    else if ((size_t)length >= sizeof(answer->message))
        answer->message[whole_characters(answer->message, sizeof(answer->message) - 1)] = '\0';
    answer->error = error;
    return error;
}
