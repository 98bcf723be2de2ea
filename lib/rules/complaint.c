/* libyaml notices a mistake where it can go on no longer, which is often behind the place where it
 * was made: so the line, and the one before, are looked at again. */
#include "rules/complaint.h"

#include <string.h>

#define EXCERPT_MAX 40

/* A complaint with the line of the text it is about. */
struct view {
    const struct usher_complaint *complaint;
    struct usher_text text;
    struct usher_problems *problems;
    struct usher_text line; /* that of the problem, without its end */
};

static struct usher_text line_at(struct usher_text text, size_t number)
{
    struct usher_text line = {text.at, 0};
    const char *end = text.at + text.length;

    for (; number > 1 && line.at < end; number--) {
        const char *newline = memchr(line.at, '\n', (size_t)(end - line.at));
        line.at = newline ? newline + 1 : end;
    }
    while (line.at + line.length < end && line.at[line.length] != '\n' &&
           line.at[line.length] != '\r')
        line.length++;
    return line;
}

/* The rest of `line` from a column, which counts characters. */
static struct usher_text rest_at(struct usher_text line, size_t column)
{
    while (line.length > 0 && (column > 1 || ((unsigned char)line.at[0] & 0xC0) == 0x80)) {
        column -= ((unsigned char)line.at[0] & 0xC0) != 0x80;
        line.at++;
        line.length--;
    }
    return line;
}

static size_t indent_of(struct usher_text line)
{
    size_t count = 0;

    while (count < line.length && line.at[count] == ' ')
        count++;
    return count;
}

/* The line without what is around its content: indentation, dashes, a comment, blanks. */
static struct usher_text content_of(struct usher_text line)
{
    size_t start = indent_of(line);

    while (start + 1 < line.length && line.at[start] == '-' && line.at[start + 1] == ' ')
        start += 1 + indent_of((struct usher_text){line.at + start + 1, line.length - start - 1});
    line = (struct usher_text){line.at + start, line.length - start};
    for (size_t i = 0; i < line.length; i++) {
        if (line.at[i] == '#' && (i == 0 || line.at[i - 1] == ' '))
            line.length = i;
    }
    while (line.length > 0 && line.at[line.length - 1] == ' ')
        line.length--;
    return line;
}

static struct usher_text excerpt_of(struct usher_text text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.at[i] < 0x20)
            text.length = i;
    if (text.length <= EXCERPT_MAX)
        return text;
    text.length = EXCERPT_MAX;
    while (text.length > 0 && ((unsigned char)text.at[text.length] & 0xC0) == 0x80)
        text.length--;
    return text;
}

/* Where a colon of "key: value" stands in `content`; its length when none does. */
static size_t find_colon(struct usher_text content)
{
    size_t at = 0;

    while (at < content.length &&
           (content.at[at] != ':' || (at + 1 < content.length && content.at[at + 1] != ' ')))
        at++;
    return at;
}

static bool has_part(const char *text, const char *part)
{
    return text && strstr(text, part);
}

static void tell(const struct view *view, const char *what)
{
    usher_problems_add(view->problems, view->complaint->line, view->complaint->column, "%s", what);
}

static void tell_bad_start(const struct view *view)
{
    struct usher_text rest = rest_at(view->line, view->complaint->column);

    if (rest.length > 0 && rest.at[0] == '\t')
        tell(view, "a tab stands here; YAML wants spaces: indent with two for each level");
    else if (rest.length > 0 && rest.at[0] == '%')
        tell(view, "a value cannot begin with `%`; write a percentage as in 80%, and put anything "
                   "else in quotes");
    else
        tell(view, "a value cannot begin with `@` or a backtick; put it in quotes");
}

/* The last line before `number` that has content; 0 when there is none. */
static size_t find_before(struct usher_text text, size_t number)
{
    while (--number > 0 && content_of(line_at(text, number)).length == 0)
        ;
    return number;
}

/* A line that was taken for a value, since it has no "key: value". */
static void tell_no_colon(const struct view *view, size_t number)
{
    struct usher_text line = line_at(view->text, number);
    struct usher_text content = content_of(line);
    struct usher_text excerpt = excerpt_of(content);
    const char *colon = memchr(content.at, ':', content.length);
    size_t column = (size_t)(content.at - line.at) + 1;

    if (colon) {
        struct usher_text key = {content.at, (size_t)(colon - content.at)};
        struct usher_text value = {colon + 1, content.length - key.length - 1};

        usher_problems_add(view->problems, number, column,
                           "`%.*s` has no space behind its colon; write `%.*s: %.*s`",
                           USHER_TEXT_ARGS(excerpt), USHER_TEXT_ARGS(excerpt_of(key)),
                           USHER_TEXT_ARGS(excerpt_of(value)));
    } else
        usher_problems_add(view->problems, number, column,
                           "`%.*s` has no colon; write `key: value`, or `key:` above what belongs "
                           "to it",
                           USHER_TEXT_ARGS(excerpt));
}

static void tell_second_colon(const struct view *view)
{
    size_t number = view->complaint->line;
    size_t before = find_before(view->text, number);
    struct usher_text content = content_of(view->line);
    struct usher_text above = content_of(line_at(view->text, before ? before : number));
    struct usher_text excerpt = excerpt_of(above);
    size_t start = (size_t)(content.at - view->line.at);
    struct usher_text rest = rest_at(view->line, view->complaint->column);

    if (start + find_colon(content) < (size_t)(rest.at - view->line.at))
        tell(view, "there is a second `: ` in this line; put the value in quotes if it holds one, "
                   "else begin a new line");
    else if (before && find_colon(above) == above.length)
        tell_no_colon(view, before);
    else
        usher_problems_add(view->problems, number, start + 1,
                           "this line is indented deeper than `%.*s` above it, which has its value "
                           "already; indent both alike",
                           USHER_TEXT_ARGS(excerpt));
}

static void tell_no_key(const struct view *view)
{
    struct usher_text rest = rest_at(view->line, view->complaint->column);
    size_t indent = indent_of(view->line);

    if (rest.length > 0 && (rest.at[0] == ']' || rest.at[0] == '}'))
        usher_problems_add(view->problems, view->complaint->line, view->complaint->column,
                           "`%c` closes a bracket that is not open; take it out", rest.at[0]);
    else if (rest.at == view->line.at + indent)
        usher_problems_add(view->problems, view->complaint->line, view->complaint->column,
                           "this line is indented by %zu space%s, unlike all that it could stand "
                           "beside; give it the indentation of its neighbours",
                           indent, indent == 1 ? "" : "s");
    else
        tell(view, "a key is expected here; write `key: value`, each key in a line of its own");
}

static void tell_bracket(const struct view *view)
{
    const struct usher_complaint *complaint = view->complaint;
    bool is_list = has_part(complaint->context, "sequence");
    char opening = is_list ? '[' : '{';
    char closing = is_list ? ']' : '}';

    if (complaint->line > complaint->context_line)
        usher_problems_add(view->problems, complaint->context_line, complaint->context_column,
                           "the bracket `%c` that opens here is not closed; add `%c` behind its "
                           "last member",
                           opening, closing);
    else
        usher_problems_add(view->problems, complaint->line, complaint->column,
                           "a comma or `%c` is missing before this; a value that holds `: ` or a "
                           "comma goes in quotes",
                           closing);
}

static void tell_quote(const struct view *view)
{
    usher_problems_add(view->problems, view->complaint->context_line,
                       view->complaint->context_column,
                       "the quote that opens here is not closed; add one at the end of the value");
}

static void tell_star(const struct view *view)
{
    const struct usher_complaint *complaint = view->complaint;
    char mark = has_part(complaint->context, "alias") ? '*' : '&';

    usher_problems_add(view->problems, complaint->context_line, complaint->context_column,
                       "`%c` has a meaning of its own in YAML; put the value in quotes: \"%c\"",
                       mark, mark);
}

static void tell_key_without_colon(const struct view *view)
{
    tell_no_colon(view, view->complaint->context_line);
}

static void tell_no_dash(const struct view *view)
{
    tell(view, "this line stands in a list, whose members begin with `- `; put `- ` before it, or "
               "indent it as the member above that it belongs to");
}

static void tell_escape(const struct view *view)
{
    tell(view, "a backslash in double quotes must be followed by one of the letters that it "
               "escapes; put the value in single quotes");
}

static void tell_second_root(const struct view *view)
{
    tell(view, "the file must be one mapping; write all of its keys at the same indentation");
}

static void tell_directive(const struct view *view)
{
    usher_problems_add(
        view->problems, view->complaint->context_line, view->complaint->context_column,
        "a line that begins with `%%` has a meaning of its own in YAML; take it out");
}

static const struct {
    const char *context; /* a part of it; "" = any */
    const char *what;    /* likewise */
    void (*tell)(const struct view *view);
} rows[] = {
    {"", "cannot start any token", tell_bad_start},
    {"", "mapping values are not allowed", tell_second_colon},
    {"block mapping", "expected key", tell_no_key},
    {"block collection", "expected '-'", tell_no_dash},
    {"flow sequence", "expected ',' or", tell_bracket},
    {"flow mapping", "expected ',' or", tell_bracket},
    {"quoted scalar", "end of stream", tell_quote},
    {"quoted scalar", "document indicator", tell_quote},
    {"quoted scalar", "escape", tell_escape},
    {"an alias", "expected alphabetic", tell_star},
    {"an anchor", "expected alphabetic", tell_star},
    {"simple key", "could not find expected ':'", tell_key_without_colon},
    {"", "document start", tell_second_root},
    {"directive", "", tell_directive},
};

void usher_complaint_tell(const struct usher_complaint *complaint, struct usher_text text,
                          struct usher_problems *problems)
{
    const struct view view = {complaint, text, problems, line_at(text, complaint->line)};
    const char *context = complaint->context ? complaint->context : "";

    for (size_t i = 0; i < USHER_COUNT_OF(rows); i++) {
        if (!has_part(context, rows[i].context) || !has_part(complaint->what, rows[i].what))
            continue;
        rows[i].tell(&view);
        return;
    }
    usher_problems_add(problems, complaint->line, complaint->column,
                       "this is no YAML (%s); check brackets, quotes and indentation",
                       complaint->what);
}
