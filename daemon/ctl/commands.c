/* The groups of commands, and how the words of the command line find their form. */
#include "ctl/commands.h"

#include <ctype.h>
#include <string.h>

#include "rules/suggest.h"

const struct command_group *const command_groups[COMMAND_GROUPS_COUNT] = {
    &commands_look, &commands_act, &commands_rules, &commands_journal};

const struct command *command_at(size_t n)
{
    for (size_t i = 0; i < COMMAND_GROUPS_COUNT; i++) {
        if (n < command_groups[i]->count)
            return &command_groups[i]->commands[n];
        n -= command_groups[i]->count;
    }
    return NULL;
}

const struct command *command_find(const char *name, struct usher_text *nearest)
{
    const struct command *command;
    struct usher_suggestion suggestion;
    usher_suggestion_start(&suggestion, usher_text_of(name));
    for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
        if (strcmp(command->name, name) == 0)
            return command;
        usher_suggestion_offer(&suggestion, usher_text_of(command->name));
    }
    *nearest = suggestion.best;
    return NULL;
}

size_t command_forms_count(const struct command *command)
{
    size_t count = 0;
    while (count < COMMAND_FORMS_MAX && command->forms[count].words != NULL)
        count++;
    return count;
}

const char *command_word_read(const char *at, struct command_word *word)
{
    size_t length = strcspn(at, " ");
    const char *next = at + length + (at[length] != '\0');
    word->is_optional = at[0] == '[';
    if (word->is_optional) {
        at++;
        length -= 2;
    }
    word->is_repeated = length > 3 && memcmp(at + length - 3, "...", 3) == 0;
    if (word->is_repeated)
        length -= 3;
    word->is_placeholder = isupper((unsigned char)at[0]) != 0;
    word->name = (struct usher_text){at, length};
    return next;
}

static bool form_fits(const struct command_form *form, char **words, int count)
{
    struct command_word word;
    int at = 0;
    for (const char *rest = form->words; rest[0] != '\0';) {
        rest = command_word_read(rest, &word);
        if (at == count && !word.is_optional)
            return false;
        if (at == count)
            continue;
        if (!word.is_placeholder && !usher_text_is_equal(word.name, usher_text_of(words[at])))
            return false;
        at = word.is_repeated ? count : at + 1;
    }
    return at == count;
}

/* `words` fit `form`. */
static void take_words(const struct command_form *form, char **words, int count,
                       struct options *options)
{
    struct command_word word;
    int at = 0;
    options->action = NULL;
    options->arguments = words;
    options->arguments_count = 0;
    for (const char *rest = form->words; rest[0] != '\0' && at < count;) {
        rest = command_word_read(rest, &word);
        if (!word.is_placeholder) {
            options->action = words[at++];
            continue;
        }
        int end = word.is_repeated ? count : at + 1;
        while (at < end)
            words[options->arguments_count++] = words[at++];
    }
}

/* Whether `text` stands for itself at the beginning of a form, so that it is nothing else there. */
static bool is_keyword(const struct command *command, const char *text)
{
    struct command_word word;
    for (size_t i = 0; i < command_forms_count(command); i++) {
        (void)command_word_read(command->forms[i].words, &word);
        if (!word.is_placeholder && usher_text_is_equal(word.name, usher_text_of(text)))
            return true;
    }
    return false;
}

const struct command_form *command_take(const struct command *command, char **words, int count,
                                        struct options *options)
{
    for (size_t i = 0; i < command_forms_count(command); i++) {
        struct command_word first;
        if (!form_fits(&command->forms[i], words, count))
            continue;
        (void)command_word_read(command->forms[i].words, &first);
        if (count > 0 && first.is_placeholder && is_keyword(command, words[0]))
            continue;
        take_words(&command->forms[i], words, count, options);
        return &command->forms[i];
    }
    return NULL;
}

/* How many of the words fit the form from its beginning on; `expected` is what it has next, if that
 * stands for itself. */
static int count_fitting(const struct command_form *form, char **words, int count,
                         struct usher_text *expected)
{
    struct command_word word;
    int at = 0;
    *expected = USHER_NO_TEXT;
    for (const char *rest = form->words; rest[0] != '\0';) {
        rest = command_word_read(rest, &word);
        *expected = word.is_placeholder ? USHER_NO_TEXT : word.name;
        if (at == count)
            return at;
        if (!word.is_placeholder && !usher_text_is_equal(word.name, usher_text_of(words[at])))
            return at;
        at = word.is_repeated ? count : at + 1;
        *expected = USHER_NO_TEXT;
    }
    return at;
}

const char *command_find_wrong(const struct command *command, char **words, int count,
                               struct usher_text *nearest)
{
    struct usher_suggestion suggestion;
    struct usher_text expected;
    int best = 0;
    for (size_t i = 0; i < command_forms_count(command); i++) {
        int fitting = count_fitting(&command->forms[i], words, count, &expected);
        if (fitting > best)
            best = fitting;
    }
    *nearest = USHER_NO_TEXT;
    if (best >= count)
        return NULL;
    usher_suggestion_start(&suggestion, usher_text_of(words[best]));
    for (size_t i = 0; i < command_forms_count(command); i++)
        if (count_fitting(&command->forms[i], words, count, &expected) == best && expected.at)
            usher_suggestion_offer(&suggestion, expected);
    *nearest = suggestion.best;
    return words[best];
}
