/* Prints the tables of daemon/link/PROTOCOL.md from the code's own tables. protocol_document.py
 * compares them with the page, and writes them into it. */
#include <stdio.h>

#include "link/session.h"
#include "model/answer.h"
#include "model/command.h"
#include "model/event.h"
#include "model/fields.h"
#include "model/limits.h"
#include "model/role.h"

struct field_row {
    const char *name;
    const char *type;
    long long bound;
    const char *sentence;
};

#define FIELD_TYPE_TEXT "text"
#define FIELD_TYPE_RAW  "object"
#define FIELD_TYPE_INT  "number"
static const struct field_row fields[USHER_FIELDS_COUNT] = {
#define FIELD_ROW(NAME, member, TYPE, bound, sentence)                                             \
    {#member, FIELD_TYPE_##TYPE, (long long)(bound), sentence},
    USHER_FIELDS(FIELD_ROW)
#undef FIELD_ROW
};

static void begin(const char *name, const char *columns, int count)
{
    printf("<!-- table: %s -->\n%s\n", name, columns);
    for (int i = 0; i < count; i++)
        printf("| --- ");
    printf("|\n");
}

static void end(void)
{
    printf("<!-- end -->\n");
}

/* `a`, `b`; by_bits are told once in the text. */
static void print_fields(usher_field_mask bits)
{
    const char *comma = "";
    for (int i = 0; i < USHER_FIELDS_COUNT; i++) {
        if (!(bits >> i & 1))
            continue;
        printf("%s`%s`", comma, fields[i].name);
        comma = ", ";
    }
    printf(" | ");
}

static void print_roles(unsigned bits)
{
    const char *comma = "";
    for (enum usher_role role = USHER_ROLE_NONE; role < USHER_ROLE_COUNT; role++) {
        if (!(bits >> role & 1))
            continue;
        printf("%s%.*s", comma, USHER_TEXT_ARGS(usher_role_name(role)));
        comma = ", ";
    }
    printf(" | ");
}

static void print_commands(void)
{
    begin("commands", "| command | needs | may have | roles | what it says |", 5);
    for (enum usher_command_kind kind = 1; kind < USHER_COMMAND_COUNT; kind++) {
        const struct usher_command_row *row = usher_command_row(kind);
        if (usher_command_is_internal(kind))
            continue;
        printf("| `%s` | ", row->name);
        print_fields(row->needed);
        print_fields(row->optional);
        print_roles(row->roles);
        printf("%s |\n", row->sentence);
    }
    end();
}

static void print_events(const char *name, bool is_journaled)
{
    begin(name, "| event | has | may have | what has become true |", 4);
    for (enum usher_event_kind kind = 1; kind < USHER_EVENT_COUNT; kind++) {
        const struct usher_event_row *row = usher_event_row(kind);
        if (row->is_journaled != is_journaled)
            continue;
        printf("| `%s` | ", row->name);
        print_fields(row->needed);
        print_fields(row->optional);
        printf("%s |\n", row->sentence);
    }
    end();
}

static void print_errors(void)
{
    begin("errors", "| code | `retry` | what it means |", 3);
    for (enum usher_error error = 1; error < USHER_ERROR_COUNT; error++)
        printf("| `%.*s` | %s | %.*s |\n", USHER_TEXT_ARGS(usher_error_code(error)),
               usher_error_is_retriable(error) ? "true" : "false",
               USHER_TEXT_ARGS(usher_error_sentence(error)));
    end();
}

static void print_fields_table(void)
{
    begin("fields", "| field | type | bound | what it is |", 4);
    for (int i = 0; i < USHER_FIELDS_COUNT; i++) {
        const struct field_row *row = &fields[i];
        bool is_number = row->type[0] == 'n';
        printf("| `%s` | %s | ", row->name, row->type);
        if (!is_number)
            printf("%lld bytes", row->bound);
        else if (row->bound < 0)
            printf("%lld to %lld", row->bound, -row->bound);
        else
            printf("0 to %lld", row->bound);
        printf(" | %s |\n", row->sentence);
    }
    end();
}

static void print_limits(void)
{
    begin("limits", "| what | how much | beyond it |", 3);
    printf(
        "| a line, without its newline | %d bytes | `too_long`, and the connection is closed |\n",
        USHER_LINE_MAX);
    printf("| objects within objects of a line | %d levels | `bad_json` |\n", USHER_DEPTH_MAX);
    printf("| a contact's own id | %d bytes of `[A-Za-z0-9._@:+-]` | `bad_field` |\n",
           USHER_CONTACT_OWN_ID_MAX);
    printf("| a client's name | %d bytes of `[A-Za-z0-9._@:+-]` | `bad_field` |\n",
           USHER_CLIENT_NAME_MAX);
    printf("| an agent's id | %d bytes of `[A-Za-z0-9._@:+-]` | `bad_field` |\n",
           USHER_AGENT_ID_MAX);
    printf("| the time for `hello` | %d s | `hello_first`, and the connection is closed |\n",
           SESSION_GREETING_MS / 1000);
    printf("| lines of one client in one turn of the router | %d | the others come first, then the "
           "rest |\n",
           SESSION_LINES_MAX);
    printf("| bytes waiting for a slow reader, beside its snapshot | %zu | `slow_consumer` as the "
           "last line |\n",
           SESSION_OUTPUT_MAX);
    printf(
        "| silence of a client that has sent `ping` before | %d s | the connection is closed |\n",
        SESSION_SILENCE_MS / 1000);
    printf("| live contacts (`limits.contacts`) | %zu | `limit` |\n",
           USHER_LIMITS_DEFAULT.contacts);
    printf("| `data` of one contact (`limits.context`) | %zu bytes | `limit` |\n",
           USHER_LIMITS_DEFAULT.context_bytes);
    end();
}

int main(void)
{
    print_commands();
    print_events("events", true);
    print_events("session-events", false);
    print_errors();
    print_fields_table();
    print_limits();
    return 0;
}
