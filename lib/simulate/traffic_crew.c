/* `agents`: one, or several who are alike. */
#include <stdio.h>
#include <string.h>

#include "simulate/traffic_read.h"

#define HOUR_MS   INT64_C(3600000)
#define MINUTE_MS INT64_C(60000)
#define DAY_MS    (24 * HOUR_MS)

#define GUESS_SIZE 32

struct crew_values {
    int64_t count;
    const struct usher_node *skills;
    const struct usher_node *capacity;
    struct usher_text shift;
    int64_t breaks;
    int64_t break_length;
    int64_t answers_after;
    int64_t answers_within;
    int64_t misses;
    int64_t declines;
    int64_t returns_after;
};

static const struct usher_schema_row level_row = {
    .key = "a level", .type = USHER_VALUE_WHOLE, .min = 1, .max = USHER_LEVEL_MAX};
static const struct usher_schema_row capacity_row = {
    .key = "a capacity", .type = USHER_VALUE_WHOLE, .max = 100};

static const struct usher_schema_row crew_rows[] = {
    USHER_SCHEMA_ROW(crew_values, count, WHOLE, .min = 1, .max = 10000, .fallback = 1,
                     .sentence = "how many there are"),
    USHER_SCHEMA_ROW(crew_values, skills, MAP, .own = &level_row,
                     .sentence = "what they know, and how well: {billing: 8, lang.uk: 10}",
                     .without = "nothing"),
    USHER_SCHEMA_ROW(crew_values, capacity, MAP, .own = &capacity_row,
                     .sentence = "how many contacts of a channel they take at the same time",
                     .without = "what `channels` of the rules says"),
    USHER_SCHEMA_ROW(crew_values, shift, TEXT, .max = 32,
                     .sentence =
                         "when they are there, each day: \"08:00-16:30\", or \"22:00-06:00\" "
                         "over midnight; for a fixed lunch hour write two crews",
                     .without = "all day, until the last customer is served"),
    USHER_SCHEMA_ROW(crew_values, breaks, WHOLE, .max = 20,
                     .sentence = "how many breaks a shift has, at times that vary"),
    USHER_SCHEMA_ROW(crew_values, break_length, DURATION, .min = 1000, .max = 8 * HOUR_MS,
                     .fallback = 15 * MINUTE_MS, .sentence = "how long each is"),
    USHER_SCHEMA_ROW(crew_values, answers_after, DURATION, .max = 600000,
                     .sentence = "how long the phone rings at least"),
    USHER_SCHEMA_ROW(crew_values, answers_within, DURATION, .max = 600000,
                     .sentence = "how long it rings at most, when it is answered",
                     .without = "`answers_after`"),
    USHER_SCHEMA_ROW(crew_values, misses, PERCENT, .max = 100,
                     .sentence = "the share of offers that nobody answers"),
    USHER_SCHEMA_ROW(crew_values, declines, PERCENT, .max = 100,
                     .sentence = "the share of offers that are declined; who declines stays ready, "
                                 "and is not asked again for the same contact for a minute"),
    USHER_SCHEMA_ROW(crew_values, returns_after, DURATION, .max = 8 * HOUR_MS, .fallback = 60000,
                     .sentence = "after how long an agent is ready again whom a missed offer made "
                                 "not ready"),
};

const struct usher_schema usher_traffic_crew_schema = {crew_rows, USHER_COUNT_OF(crew_rows), NULL};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "08:00" to milliseconds from midnight; -1 when it is none. */
static int64_t read_clock(struct usher_text text)
{
    int64_t hours;
    int64_t minutes;
    if (text.length != 5 || text.at[2] != ':')
        return -1;
    hours = (text.at[0] - '0') * 10 + (text.at[1] - '0');
    minutes = (text.at[3] - '0') * 10 + (text.at[4] - '0');
    for (size_t i = 0; i < 5; i++)
        if (i != 2 && !is_digit(text.at[i]))
            return -1;
    int64_t clock_ms = hours * HOUR_MS + minutes * MINUTE_MS;
    return clock_ms > 24 * HOUR_MS || minutes > 59 ? -1 : clock_ms;
}

/* Reads "9", "9:00" or "09:00", and moves `*at` behind it. -1 when it is none. */
static int64_t guess_clock(struct usher_text text, size_t *at)
{
    int64_t numbers[2] = {0, 0};
    size_t begins = *at;
    for (size_t i = 0; i < 2; i++) {
        while (*at < text.length && *at < begins + 2 && is_digit(text.at[*at]))
            numbers[i] = numbers[i] * 10 + (text.at[(*at)++] - '0');
        if (*at == begins)
            return -1;
        if (i > 0 || *at == text.length || text.at[*at] != ':')
            break;
        begins = ++*at;
    }
    int64_t clock_ms = numbers[0] * HOUR_MS + numbers[1] * MINUTE_MS;
    return clock_ms > DAY_MS || numbers[1] > 59 ? -1 : clock_ms;
}

/* What "9:00 – 17:00" must be written as; an example where nobody knows what is meant. */
static const char *guess_shift(struct usher_text text, char room[GUESS_SIZE])
{
    size_t at = 0;
    int64_t begins_ms = guess_clock(text, &at);
    size_t between = at;
    while (at < text.length && strchr(" -\xE2\x80\x88\x92\x93\x94", text.at[at]) != NULL)
        at++;
    int64_t ends_ms = at > between ? guess_clock(text, &at) : -1;
    if (begins_ms < 0 || ends_ms < 0 || at < text.length)
        return "08:00-16:30";
    (void)snprintf(room, GUESS_SIZE, "%02d:%02d-%02d:%02d", (int)(begins_ms / HOUR_MS),
                   (int)(begins_ms % HOUR_MS / MINUTE_MS), (int)(ends_ms / HOUR_MS),
                   (int)(ends_ms % HOUR_MS / MINUTE_MS));
    return room;
}

/* The shift that runs when the day begins, else the first one of the day. */
static void place_shift(struct usher_traffic_reader *reader, const struct usher_node *node,
                        int64_t begins_ms, int64_t length_ms, struct usher_traffic_crew *crew)
{
    const struct usher_traffic *traffic = &reader->owner->traffic;
    int64_t closes_ms = traffic->starts_ms + traffic->day_ms;
    crew->begins_ms = begins_ms - traffic->starts_ms;
    if (crew->begins_ms + length_ms <= 0)
        crew->begins_ms += DAY_MS;
    else if (crew->begins_ms + length_ms > DAY_MS)
        crew->begins_ms -= DAY_MS;
    crew->ends_ms = crew->begins_ms + length_ms;
    if (crew->begins_ms >= traffic->day_ms)
        usher_problems_add(reader->problems, node->line, node->column,
                           "the shift lies outside the day from %02d:%02d to %02d:%02d; see "
                           "`starts` and `day`",
                           (int)(traffic->starts_ms / HOUR_MS),
                           (int)(traffic->starts_ms % HOUR_MS / MINUTE_MS),
                           (int)(closes_ms / HOUR_MS % 24), (int)(closes_ms % HOUR_MS / MINUTE_MS));
}

static void read_shift(struct usher_traffic_reader *reader, const struct usher_node *node,
                       struct usher_text shift, struct usher_traffic_crew *crew)
{
    crew->ends_ms = INT64_MAX;
    if (!shift.at)
        return;
    int64_t begins_ms = -1;
    int64_t ends_ms = -1;
    if (shift.length == 11 && shift.at[5] == '-') {
        begins_ms = read_clock((struct usher_text){shift.at, 5});
        ends_ms = read_clock((struct usher_text){shift.at + 6, 5});
    }
    if (begins_ms < 0 || ends_ms < 0) {
        struct usher_text excerpt = usher_node_excerpt(shift);
        char room[GUESS_SIZE];
        usher_problems_add(reader->problems, node->line, node->column,
                           "`shift` is \"%.*s\"; write it as \"%s\"", USHER_TEXT_ARGS(excerpt),
                           guess_shift(shift, room));
        return;
    }
    int64_t length_ms = ends_ms - begins_ms + (ends_ms < begins_ms ? DAY_MS : 0);
    if (length_ms == 0)
        usher_problems_add(reader->problems, node->line, node->column,
                           "the shift ends when it begins; who has no `shift` is there all day");
    else
        place_shift(reader, node, begins_ms, length_ms, crew);
}

void usher_traffic_read_crew(struct usher_traffic_reader *reader, const struct usher_node *node,
                             const struct usher_node *usual, struct usher_traffic_crew *crew)
{
    struct crew_values values;
    struct crew_values before;
    usher_traffic_read_keys(reader, &usher_traffic_crew_schema, node, usual, &values, &before);
    const struct usher_traffic_share *capacities = NULL;
    size_t capacities_count =
        usher_traffic_read_shares(reader, values.capacity, &capacity_row, &capacities);
    const struct usher_node *shift = usher_node_find(node, USHER_TEXT("shift"));
    crew->count = (size_t)values.count;
    crew->levels_count =
        usher_traffic_read_shares(reader, values.skills, &level_row, &crew->levels);
    crew->skills = crew->levels_count > 0
                       ? usher_traffic_object(reader, crew->levels, crew->levels_count)
                       : USHER_TEXT("{}");
    crew->capacity = usher_traffic_object(reader, capacities, capacities_count);
    crew->breaks = values.breaks;
    crew->break_ms = values.break_length;
    crew->answers_ms[0] = values.answers_after;
    crew->answers_ms[1] =
        values.answers_within > values.answers_after ? values.answers_within : values.answers_after;
    crew->misses = (double)values.misses / 100;
    crew->declines = (double)values.declines / 100;
    crew->returns_ms = values.returns_after;
    read_shift(reader, shift ? shift : node, values.shift, crew);
}
