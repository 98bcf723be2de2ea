/* Prints the words of the protocol as a dictionary for libFuzzer, from the tables of the code. */
#include <inttypes.h>

#include "fuzz/fuzz.h"
#include "model/answer.h"
#include "model/command.h"
#include "model/event.h"

#define PRINT_FIELD(NAME, member, TYPE, bound, sentence)                                           \
    printf("\"\\\"" #member "\\\":\"\n\"%" PRId64 "\"\n", (int64_t)(bound));

int main(void)
{
    static const char *const words[] = {
        "{\\\"do\\\":",  "\\\"ev\\\":",   "\\\"at\\\":",  "\\\"n\\\":",      "\\\"id\\\":",
        "\\\"voice\\\"", "\\\"email\\\"", "\\\"chat\\\"", "\\\"waiting\\\"", "\\\"talking\\\"",
        "\\\"busy\\\"",  "\\\\u0000",     "\\\\ud800",    "\\xef\\xbf\\xbf", "9223372036854775807"};
    for (int kind = 1; kind < USHER_COMMAND_COUNT; kind++)
        printf("\"\\\"%s\\\"\"\n", usher_command_row((enum usher_command_kind)kind)->name);
    for (int kind = 1; kind < USHER_EVENT_COUNT; kind++)
        printf("\"\\\"%s\\\"\"\n", usher_event_row((enum usher_event_kind)kind)->name);
    USHER_FIELDS(PRINT_FIELD)
    for (size_t i = 0; i < USHER_COUNT_OF(words); i++)
        printf("\"%s\"\n", words[i]);
    return 0;
}
