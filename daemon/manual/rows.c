#include "manual/rows.h"

#include <stdio.h>
#include <string.h>

#define PATH_SIZE 128

/* "a duration", of "a duration such as 250ms, …". */
static void print_kind(const struct usher_schema_row *row)
{
    const char *kind = usher_value_expected(row->type);
    const char *end = strstr(kind, " such as ");
    if (end == NULL)
        end = strstr(kind, " of ");
    if (row->kind != NULL)
        printf("%s", row->kind);
    else
        printf("%.*s", end ? (int)(end - kind) : (int)strlen(kind), kind);
}

static bool is_number(enum usher_value_type type)
{
    return type >= USHER_VALUE_DURATION && type <= USHER_VALUE_BYTES;
}

/* What a value may be, beside its type. */
static void print_bounds(const struct usher_schema_row *row)
{
    char low[USHER_VALUE_TEXT_SIZE];
    char high[USHER_VALUE_TEXT_SIZE];
    if (is_number(row->type))
        printf(", %s to %s", usher_value_write(row->type, row->min, low),
               usher_value_write(row->type, row->max, high));
    else if ((row->type == USHER_VALUE_TEXT || row->type == USHER_VALUE_NAME) && row->max > 0)
        printf(", at most %lld bytes", (long long)row->max);
}

static void print_absence(const struct usher_schema_row *row)
{
    char value[USHER_VALUE_TEXT_SIZE];
    if (row->is_needed)
        printf(" It must be there.");
    else if (row->without != NULL)
        printf(" Without it: %s.", row->without);
    else if (row->fallback_text != NULL)
        printf(" Without it: %s.", row->fallback_text);
    else if (row->type == USHER_VALUE_BOOL)
        printf(" Without it: %s.", row->fallback ? "true" : "false");
    else if (is_number(row->type))
        printf(" Without it: %s.", usher_value_write(row->type, row->fallback, value));
}

static void print_rows(const struct usher_schema *schema)
{
    for (size_t i = 0; i < schema->count; i++) {
        const struct usher_schema_row *row = &schema->rows[i];
        printf("**%s:** *", row->key);
        print_kind(row);
        print_bounds(row);
        printf("*\n:   %s.", row->sentence);
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
