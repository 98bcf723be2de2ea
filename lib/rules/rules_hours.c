/* `hours` of a queue and `holidays` of the site. Each weekday is filled once; when all are there,
 * what overlaps the range before it is told. */
#include <stdlib.h>

#include "rules/compile.h"

const struct usher_schema_row usher_hours_row = {
    .type = USHER_VALUE_TEXT,
    .sentence = "`always`, `closed` or hours such as \"08:00-20:00\"",
};
const struct usher_schema_row usher_day_row = {
    .type = USHER_VALUE_ANY,
    .item = &usher_hours_row,
    .sentence = "the hours of the day, or of the days",
};

/* A week that is being read, with the place of each day for messages. */
struct week {
    struct usher_compile *compile;
    struct usher_hours *hours;
    const struct usher_node *places[7];
};

static void add_problem(struct usher_compile *compile, const struct usher_node *node,
                        const char *what, struct usher_text text, const char *advice)
{
    struct usher_text excerpt = usher_node_excerpt(text);

    usher_problems_add(compile->problems, node->line, node->column, "%s `%.*s`; %s", what,
                       USHER_TEXT_ARGS(excerpt), advice);
}

static struct usher_text trim(struct usher_text text)
{
    while (text.length > 0 && text.at[0] == ' ')
        text = (struct usher_text){text.at + 1, text.length - 1};
    while (text.length > 0 && text.at[text.length - 1] == ' ')
        text.length--;
    return text;
}

/* Cuts `text` at its first `c`: true with what is before it in `first`, without blanks at the ends;
 * of one without it all is `first`. False when nothing is left. */
static bool cut(struct usher_text *text, char c, struct usher_text *first)
{
    const char *at;

    if (!text->at)
        return false;
    at = text->length > 0 ? memchr(text->at, c, text->length) : NULL;
    *first = trim((struct usher_text){text->at, at ? (size_t)(at - text->at) : text->length});
    *text = at ? (struct usher_text){at + 1, text->length - (size_t)(at - text->at) - 1}
               : USHER_NO_TEXT;
    return true;
}

/* "20:00-08:00". */
static bool read_range(struct usher_text text, struct usher_time_range *range)
{
    struct usher_text from;
    struct usher_text until;

    if (!cut(&text, '-', &from) || !cut(&text, '-', &until) || text.at ||
        !usher_clock_read(from, &range->from) || !usher_clock_read(until, &range->until) ||
        range->from == range->until || range->from == USHER_DAY_MINUTES)
        return false;
    if (range->until < range->from)
        range->until += USHER_DAY_MINUTES;
    return true;
}

static bool add_range(struct usher_compile *compile, const struct usher_node *node,
                      struct usher_text text, struct usher_day_hours *hours)
{
    struct usher_time_range range;
    size_t place = hours->count;

    if (!read_range(text, &range)) {
        add_problem(compile, node, "no hours are called", text,
                    "write from-until, such as \"08:00-20:00\" or \"20:00-08:00\" across midnight, "
                    "`always` or `closed`");
        return false;
    }
    if (hours->count == USHER_DAY_RANGES_MAX) {
        usher_problems_add(compile->problems, node->line, node->column,
                           "a day may have %d ranges of hours; join some", USHER_DAY_RANGES_MAX);
        return false;
    }
    for (; place > 0 && hours->ranges[place - 1].from > range.from; place--)
        hours->ranges[place] = hours->ranges[place - 1];
    hours->ranges[place] = range;
    hours->count++;
    return true;
}

/* A day's hours in one text: "08:00-12:00, 13:00-17:00", `closed`, `always`. */
static bool read_text(struct usher_compile *compile, const struct usher_node *node,
                      struct usher_day_hours *hours)
{
    struct usher_text text = node->text;
    struct usher_text part;
    bool is_good = true;

    if (usher_text_is_equal(text, USHER_TEXT("closed")))
        return true;
    if (usher_text_is_equal(text, USHER_TEXT("always"))) {
        hours->ranges[hours->count++] = (struct usher_time_range){0, USHER_DAY_MINUTES};
        return true;
    }
    while (is_good && cut(&text, ',', &part))
        is_good = add_range(compile, node, part, hours);
    return is_good;
}

/* A day's hours: a text, or a list of ranges. False after a problem. */
static bool read_day(struct usher_compile *compile, const struct usher_node *node,
                     struct usher_day_hours *hours)
{
    bool is_good = true;

    *hours = (struct usher_day_hours){.count = 0};
    if (node->kind == USHER_NODE_SCALAR)
        return read_text(compile, node, hours);
    if (node->kind == USHER_NODE_NONE)
        return false;
    if (node->kind == USHER_NODE_MAP) {
        usher_problems_add(compile->problems, node->line, node->column,
                           "the hours of a day are a text such as \"08:00-20:00\" or a list of "
                           "them, not a mapping; name the days one level up");
        return false;
    }
    usher_node_for_each (member, node) {
        if (member->kind == USHER_NODE_SCALAR)
            is_good = add_range(compile, member, member->text, hours) && is_good;
        else if (member->kind != USHER_NODE_NONE)
            usher_problems_add(compile->problems, member->line, member->column,
                               "a range of hours such as \"08:00-20:00\" is expected here");
        is_good = is_good && member->kind == USHER_NODE_SCALAR;
    }
    return is_good;
}

static int find_weekday(struct usher_text name)
{
    for (int i = 0; i < 7; i++)
        if (usher_text_is_equal(name, usher_text_of(usher_weekdays[i])))
            return i;
    return -1;
}

static void set_day(struct week *week, const struct usher_node *node, int day,
                    const struct usher_day_hours *hours)
{
    const struct usher_node *place = week->places[day];

    if (place) {
        struct usher_text before = usher_node_excerpt(place->key);

        usher_problems_add(week->compile->problems, node->key_line, node->key_column,
                           "%s has its hours from `%.*s` in line %zu already; name each day once",
                           usher_weekdays[day], USHER_TEXT_ARGS(before), place->key_line);
        return;
    }
    week->places[day] = node;
    week->hours->days[day] = *hours;
}

/* The days of a key: "mon-fri", "sat, sun", "fri-mon". */
static void set_days(struct week *week, const struct usher_node *node,
                     const struct usher_day_hours *hours)
{
    struct usher_text rest = node->key;
    struct usher_text part;

    while (cut(&rest, ',', &part)) {
        struct usher_text name = part;
        struct usher_text from = USHER_NO_TEXT;
        struct usher_text until = USHER_NO_TEXT;
        int first = cut(&part, '-', &from) ? find_weekday(from) : -1;
        int last = cut(&part, '-', &until) ? find_weekday(until) : first;

        if (first < 0 || last < 0 || part.at) {
            struct usher_text excerpt = usher_node_excerpt(name);

            usher_problems_add(week->compile->problems, node->key_line, node->key_column,
                               "no days are called `%.*s`; write mon, tue, wed, thu, fri, sat or "
                               "sun, such as mon-fri or \"sat,sun\"",
                               USHER_TEXT_ARGS(excerpt));
            return;
        }
        for (int day = first;; day = (day + 1) % 7) {
            set_day(week, node, day, hours);
            if (day == last)
                break;
        }
    }
}

static void refuse_overlap(struct usher_compile *compile, const struct usher_node *node,
                           const struct usher_time_range *range,
                           const struct usher_time_range *before)
{
    usher_problems_add(compile->problems, node->line, node->column,
                       "the hours from %02d:%02d overlap those from %02d:%02d until %02d:%02d; "
                       "join them or part them",
                       range->from / 60, range->from % 60, before->from / 60, before->from % 60,
                       before->until / 60 % 24, before->until % 60);
}

static bool read_day_apart(struct usher_compile *compile, const struct usher_node *node,
                           struct usher_day_hours *hours)
{
    if (!read_day(compile, node, hours))
        return false;
    for (size_t i = 1; i < hours->count; i++) {
        if (hours->ranges[i].from >= hours->ranges[i - 1].until)
            continue;
        refuse_overlap(compile, node, &hours->ranges[i], &hours->ranges[i - 1]);
        return false;
    }
    return true;
}

/* The last range of the day before may reach into a day; told once for all days of a key. */
static void check_nights(const struct week *week)
{
    const struct usher_node *told = NULL;

    for (size_t day = 0; day < 7; day++) {
        const struct usher_day_hours *hours = &week->hours->days[day];
        const struct usher_day_hours *before = &week->hours->days[(day + 6) % 7];
        const struct usher_time_range *last =
            before->count > 0 ? &before->ranges[before->count - 1] : NULL;

        if (!last || !week->places[day] || hours->count == 0 || week->places[day] == told ||
            last->until - USHER_DAY_MINUTES <= hours->ranges[0].from)
            continue;
        told = week->places[day];
        refuse_overlap(week->compile, told, &hours->ranges[0], last);
    }
}

const struct usher_hours *usher_compile_hours(struct usher_compile *compile,
                                              const struct usher_node *node)
{
    struct usher_day_hours day;
    struct week week = {.compile = compile};

    if (!node || node->kind == USHER_NODE_NONE)
        return NULL;
    week.hours = usher_compile_take(compile, 1, sizeof(*week.hours));
    if (!week.hours)
        return NULL;
    if (node->kind != USHER_NODE_MAP) {
        if (read_day_apart(compile, node, &day)) {
            for (int i = 0; i < 7; i++)
                set_day(&week, node, i, &day);
        }
    } else {
        usher_node_for_each (member, node) {
            if (read_day_apart(compile, member, &day))
                set_days(&week, member, &day);
        }
    }
    check_nights(&week);
    return week.hours;
}

static bool is_same_date(struct usher_date a, struct usher_date b)
{
    return a.day == b.day && a.month == b.month && a.year == b.year;
}

static bool read_date(struct usher_compile *compile, struct usher_text text, size_t line,
                      size_t column, struct usher_holiday *holiday)
{
    struct usher_text excerpt = usher_node_excerpt(text);
    const struct usher_holidays *holidays = &compile->rules->holidays;

    if (!usher_date_read(text, true, &holiday->date)) {
        usher_problems_add(compile->problems, line, column,
                           "no date is called `%.*s`; write 2026-12-25, or 12-25 for each year",
                           USHER_TEXT_ARGS(excerpt));
        return false;
    }
    for (size_t i = 0; i < holidays->count; i++) {
        if (!is_same_date(holidays->list[i].date, holiday->date))
            continue;
        usher_problems_add(compile->problems, line, column,
                           "`%.*s` is in this list twice; take one out", USHER_TEXT_ARGS(excerpt));
        return false;
    }
    return true;
}

void usher_compile_holidays(struct usher_compile *compile, const struct usher_node *node)
{
    struct usher_holidays *holidays = &compile->rules->holidays;
    struct usher_holiday *list;

    if (!node || node->kind == USHER_NODE_NONE)
        return;
    if (node->kind == USHER_NODE_SCALAR || node->count > USHER_HOLIDAYS_MAX) {
        usher_problems_add(compile->problems, node->line, node->column,
                           "`holidays` is a mapping of at most %d dates to `closed` or hours, or a "
                           "list of dates that are closed",
                           USHER_HOLIDAYS_MAX);
        return;
    }
    list = usher_compile_take(compile, node->count + 1, sizeof(*list));
    if (!list)
        return;
    holidays->list = list;
    usher_node_for_each (member, node) {
        bool is_key = node->kind == USHER_NODE_MAP;
        struct usher_holiday *holiday = &list[holidays->count];

        if (!is_key && member->kind != USHER_NODE_SCALAR) {
            if (member->kind != USHER_NODE_NONE)
                usher_problems_add(compile->problems, member->line, member->column,
                                   "a date such as 2026-12-25 is expected here");
            continue;
        }
        if (read_date(compile, is_key ? member->key : member->text,
                      is_key ? member->key_line : member->line,
                      is_key ? member->key_column : member->column, holiday) &&
            (!is_key || read_day_apart(compile, member, &holiday->hours)))
            holidays->count++;
    }
}

static bool read_zone(const struct usher_node *node, struct usher_rules_zone *zone)
{
    if (node->kind != USHER_NODE_SCALAR || !usher_zone_is_name(node->text) ||
        !usher_text_copy(zone->name, sizeof(zone->name), node->text))
        return false;
    zone->line = node->line;
    zone->column = node->column;
    return true;
}

void usher_compile_timezone(struct usher_compile *compile, const struct usher_node *node)
{
    struct usher_rules_zone *zone = &compile->rules->timezone;

    *zone = (struct usher_rules_zone){.name = "UTC"};
    if (node && node->kind != USHER_NODE_NONE && !read_zone(node, zone))
        usher_problems_add(compile->problems, node->line, node->column,
                           "`timezone` is the name of a zone, such as Europe/Kyiv or UTC");
}

bool usher_rules_find_zone(struct usher_text text, struct usher_rules_zone *zone)
{
    static const struct usher_text key = {"timezone", 8};
    struct usher_problems *problems = malloc(sizeof(*problems));
    struct usher_document document;
    bool is_found = false;

    if (!problems)
        return false;
    usher_problems_init(problems);
    if (usher_document_read(&document, text, problems)) {
        const struct usher_node *node = usher_node_find(document.root, key);
        is_found = node && read_zone(node, zone);
    }
    usher_document_fini(&document);
    free(problems);
    return is_found;
}
