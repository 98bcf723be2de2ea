#include "manual/rows.h"

#include <stdio.h>
#include <string.h>

#define PATH_SIZE   128
#define BOUNDS_SIZE 96

static bool has_words(const struct usher_schema_row *row)
{
    return row->choices != NULL && (row->type == USHER_VALUE_TEXT || row->type == USHER_VALUE_NAME);
}

/* "voice, chat or email". */
static void print_words(const char *choices)
{
    const char *last = strrchr(choices, ' ');
    for (const char *at = choices; *at != '\0'; at++) {
        if (*at != ' ')
            putchar(*at);
        else
            printf("%s", at == last ? " or " : ", ");
    }
}

/* "a duration", of "a duration such as 250ms, …". */
static void print_kind(const struct usher_schema_row *row)
{
    const char *kind = usher_value_expected(row->type);
    const char *end = strstr(kind, " such as ");
    if (end == NULL)
        end = strstr(kind, " of ");
    if (has_words(row))
        print_words(row->choices);
    else if (row->kind != NULL)
        printf("%s", row->kind);
    else
        printf("%.*s", end ? (int)(end - kind) : (int)strlen(kind), kind);
}

static bool is_number(enum usher_value_type type)
{
    return type >= USHER_VALUE_DURATION && type <= USHER_VALUE_BYTES;
}

/* What a value may be, beside its type; "" when all are lawful. */
static const char *write_bounds(const struct usher_schema_row *row, char *room, size_t size)
{
    char low[USHER_VALUE_TEXT_SIZE];
    char high[USHER_VALUE_TEXT_SIZE];
    room[0] = '\0';
    if (is_number(row->type))
        (void)snprintf(room, size, "%s to %s", usher_value_write(row->type, row->min, low),
                       usher_value_write(row->type, row->max, high));
    else if ((row->type == USHER_VALUE_TEXT || row->type == USHER_VALUE_NAME) && row->max > 0 &&
             !has_words(row))
        (void)snprintf(room, size, "at most %lld bytes", (long long)row->max);
    return room;
}

/* What holds without the key; NULL when the row does not say it. */
static const char *write_absence(const struct usher_schema_row *row,
                                 char room[USHER_VALUE_TEXT_SIZE])
{
    if (row->without != NULL)
        return row->without;
    if (row->fallback_text != NULL)
        return row->fallback_text;
    if (row->type == USHER_VALUE_BOOL)
        return row->fallback ? "true" : "false";
    return is_number(row->type) ? usher_value_write(row->type, row->fallback, room) : NULL;
}

static void print_absence(const struct usher_schema_row *row)
{
    char room[USHER_VALUE_TEXT_SIZE];
    const char *absence = write_absence(row, room);
    if (row->is_needed)
        printf(" It must be there.");
    else if (absence != NULL)
        printf(" Without it: %s.", absence);
}

const char *rows_describe(const struct usher_schema_row *row, char *room, size_t size)
{
    char bounds[BOUNDS_SIZE];
    char value[USHER_VALUE_TEXT_SIZE];
    const char *absence = row->is_needed ? NULL : write_absence(row, value);
    const char *lead = write_bounds(row, bounds, sizeof(bounds))[0] ? "; " : "";
    (void)snprintf(room, size, "%s%s%s%s%s", row->sentence, lead, bounds,
                   absence ? ". Without it: " : "", absence ? absence : "");
    return room;
}

static void print_rows(const struct usher_schema *schema)
{
    for (size_t i = 0; i < schema->count; i++) {
        const struct usher_schema_row *row = &schema->rows[i];
        char bounds[BOUNDS_SIZE];
        printf("**%s:** *", row->key);
        print_kind(row);
        const char *lead = write_bounds(row, bounds, sizeof(bounds))[0] ? ", " : "";
        printf("%s%s*\n:   %s.", lead, bounds, row->sentence);
        print_absence(row);
        printf("\n\n");
    }
}

/* `path`: where the schema's mapping stands, "queues: QUEUE". */
static void print_members(const struct usher_schema *schema, const char *path)
{
    char inner[PATH_SIZE];
    for (size_t i = 0; i < schema->count; i++) {
        const struct usher_schema_row *row = &schema->rows[i];
        if (row->members == NULL)
            continue;
        (void)snprintf(inner, sizeof(inner), "%s%s:%s%s%s", path, row->key,
                       row->type == USHER_VALUE_LIST ? " - " : " ", row->name ? row->name : "",
                       row->name ? ": " : "");
        printf("### %s\n\n", inner);
        if (row->members->note != NULL)
            printf("%s\n\n", row->members->note);
        print_rows(row->members);
        print_members(row->members, inner);
    }
}

void rows_print(const struct usher_schema *schema)
{
    print_rows(schema);
    print_members(schema, "");
}
