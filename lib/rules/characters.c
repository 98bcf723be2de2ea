/* libyaml tells of bad bytes without line and column, and guesses UTF-16: so this looks first. */
#include "rules/characters.h"

#include <stdint.h>

/* The length of the character at `at`, of which `left` bytes are there, and its code; 0 when it is
 * no UTF-8: too short, too long a form, a surrogate, or above U+10FFFF. */
static size_t character_read(const unsigned char *at, size_t left, uint32_t *code)
{
    static const uint32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = at[0] < 0x80             ? 1
                    : (at[0] & 0xE0) == 0xC0 ? 2
                    : (at[0] & 0xF0) == 0xE0 ? 3
                    : (at[0] & 0xF8) == 0xF0 ? 4
                                             : 0;

    if (length == 0 || length > left)
        return 0;
    *code = length == 1 ? at[0] : at[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
        *code = *code << 6 | (at[i] & 0x3F);
    }
    if (*code < lowest[length] || *code > 0x10FFFF || (*code >= 0xD800 && *code <= 0xDFFF))
        return 0;
    return length;
}

static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0);
}

/* A byte order mark is allowed as the very first character; it takes up no column. */
static bool is_allowed(uint32_t code, bool is_first)
{
    if (code == '\t' || code == '\n' || code == '\r' || code == 0x85)
        return true;
    if (code == 0xFEFF)
        return is_first;
    return !is_control(code) && code != 0xFFFE && code != 0xFFFF;
}

bool usher_characters_check(struct usher_text text, struct usher_problems *problems)
{
    const unsigned char *bytes = (const unsigned char *)text.at;
    size_t line = 1;
    size_t column = 1;

    for (size_t i = 0; i < text.length;) {
        uint32_t code = 0;
        size_t length = character_read(bytes + i, text.length - i, &code);

        if (length == 0) {
            usher_problems_add(problems, line, column,
                               "the byte 0x%02X here is no UTF-8; save the file as UTF-8",
                               (unsigned int)bytes[i]);
            return false;
        }
        if (!is_allowed(code, i == 0)) {
            usher_problems_add(problems, line, column,
                               "the %s U+%04X here is not allowed; take it out",
                               code ? "character" : "NUL character", (unsigned int)code);
            return false;
        }
        column += code != 0xFEFF;
        if (code == '\n') {
            line++;
            column = 1;
        }
        i += length;
    }
    return true;
}

bool usher_characters_has_control(struct usher_text text)
{
    const unsigned char *bytes = (const unsigned char *)text.at;

    for (size_t i = 0; i < text.length;) {
        uint32_t code = 0;
        size_t length = character_read(bytes + i, text.length - i, &code);

        if (length == 0 || is_control(code))
            return true;
        i += length;
    }
    return false;
}
