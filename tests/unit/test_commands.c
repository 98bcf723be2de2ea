/* usherctl's table of commands: what each row must be, and how the words of a line find their form.
 */
#include <check.h>
#include <ctype.h>
#include <string.h>

#include "ctl/commands.h"
#include "unit/suite.h"

#define WORDS_MAX   8
#define COLUMNS_MAX 58

/* What a line of words is taken for. */
struct taken {
    char line[128];
    char *words[WORDS_MAX];
    struct options options;
    const struct command_form *form;
};

static void take(struct taken *taken, const char *line)
{
    struct usher_text nearest;
    int count = 0;
    memset(taken, 0, sizeof(*taken));
    ck_assert(strlen(line) < sizeof(taken->line));
    strcpy(taken->line, line);
    for (char *word = strtok(taken->line, " "); word; word = strtok(NULL, " "))
        taken->words[count++] = word;
    const struct command *command = command_find(taken->words[0], &nearest);
    ck_assert_ptr_nonnull(command);
    taken->form = command_take(command, taken->words + 1, count - 1, &taken->options);
}

START_TEST(each_row_has_what_help_and_manual_need)
{
    const struct command *command;
    for (size_t i = 0; (command = command_at(i)) != NULL; i++) {
        ck_assert_msg(islower((unsigned char)command->sentence[0]), "%s", command->name);
        ck_assert_msg(strlen(command->sentence) <= COLUMNS_MAX, "%s", command->name);
        ck_assert_msg(command->sentence[strlen(command->sentence) - 1] != '.', "%s", command->name);
        ck_assert_msg(command_forms_count(command) > 0, "%s", command->name);
        ck_assert_msg(command->examples[0].line != NULL, "%s has no example", command->name);
        for (size_t k = 0; k < command_forms_count(command); k++) {
            ck_assert_msg(command->forms[k].run != NULL, "%s", command->name);
            ck_assert_msg(!(command->forms[k].options & OPTIONS_COMMON), "%s", command->name);
        }
    }
}
END_TEST

START_TEST(each_option_is_of_use_to_a_command)
{
    const struct command *command;
    uint64_t used = OPTIONS_COMMON;
    for (size_t i = 0; (command = command_at(i)) != NULL; i++)
        for (size_t k = 0; k < command_forms_count(command); k++)
            used |= command->forms[k].options;
    for (int i = 0; i < OPTIONS_COUNT; i++) {
        ck_assert_ptr_nonnull(option_rows[i].name);
        ck_assert(option_rows[i].read != NULL);
        ck_assert_msg(used & (UINT64_C(1) << i), "no command has --%s", option_rows[i].name);
    }
}
END_TEST

START_TEST(words_of_the_form_are_the_action_and_the_others_arguments)
{
    struct taken taken;
    take(&taken, "agent olena not-ready lunch");
    ck_assert_str_eq(taken.form->words, "AGENT not-ready REASON");
    ck_assert_str_eq(taken.options.action, "not-ready");
    ck_assert_int_eq(taken.options.arguments_count, 2);
    ck_assert_str_eq(taken.options.arguments[0], "olena");
    ck_assert_str_eq(taken.options.arguments[1], "lunch");
}
END_TEST

START_TEST(a_command_alone_has_neither)
{
    struct taken taken;
    take(&taken, "status");
    ck_assert_str_eq(taken.form->words, "");
    ck_assert_ptr_null(taken.options.action);
    ck_assert_int_eq(taken.options.arguments_count, 0);
}
END_TEST

START_TEST(words_too_few_too_many_or_wrong_fit_no_form)
{
    static const char *const lines[] = {"agent olena",       "agent olena ready lunch",
                                        "agent olena dance", "agent olena not-ready",
                                        "journal",           "status now"};
    struct taken taken;
    for (size_t i = 0; i < USHER_COUNT_OF(lines); i++) {
        take(&taken, lines[i]);
        ck_assert_msg(taken.form == NULL, "%s", lines[i]);
    }
}
END_TEST

START_TEST(first_word_that_does_not_fit_is_told_with_what_was_meant)
{
    static const struct {
        const char *line;
        const char *wrong;
        const char *nearest;
    } rows[] = {
        {"agent olena not-redy lunch", "not-redy", "not-ready"},
        {"agent olena redy", "redy", "ready"},
        {"journal shwo", "shwo", "show"},
        {"journal foo", "foo", NULL},
        {"agent olena ready lunch", "lunch", NULL},
        {"agent olena not-ready", NULL, NULL},
        {"agent olena", NULL, NULL},
    };
    for (size_t i = 0; i < USHER_COUNT_OF(rows); i++) {
        char room[128];
        char *words[8];
        int count = 0;
        struct usher_text nearest;
        (void)snprintf(room, sizeof(room), "%s", rows[i].line);
        char *rest = room;
        const struct command *command = command_find(strsep(&rest, " "), &nearest);
        while (rest)
            words[count++] = strsep(&rest, " ");
        const char *wrong = command_find_wrong(command, words, count, &nearest);
        ck_assert_pstr_eq(wrong, rows[i].wrong);
        ck_assert(rows[i].nearest ? usher_text_is_equal(nearest, usher_text_of(rows[i].nearest))
                                  : !nearest.at);
    }
}
END_TEST

START_TEST(optional_words_may_be_absent_and_repeated_ones_many)
{
    struct taken taken;
    take(&taken, "profile show");
    ck_assert_int_eq(taken.options.arguments_count, 0);
    take(&taken, "profile show olena taras anna");
    ck_assert_int_eq(taken.options.arguments_count, 3);
    ck_assert_str_eq(taken.options.arguments[2], "anna");
    take(&taken, "profile set olena skill.billing=8 phone=");
    ck_assert_str_eq(taken.options.action, "set");
    ck_assert_str_eq(taken.options.arguments[2], "phone=");
}
END_TEST

START_TEST(a_wrong_name_is_told_the_nearest)
{
    struct usher_text nearest;
    ck_assert_ptr_null(command_find("agnts", &nearest));
    ck_assert(usher_text_is_equal(nearest, USHER_TEXT("agents")));
    ck_assert_ptr_null(command_find("xyzzyxyzzy", &nearest));
    ck_assert_ptr_null(nearest.at);
}
END_TEST

SUITE_MAIN("commands", each_row_has_what_help_and_manual_need, each_option_is_of_use_to_a_command,
           words_of_the_form_are_the_action_and_the_others_arguments, a_command_alone_has_neither,
           words_too_few_too_many_or_wrong_fit_no_form,
           first_word_that_does_not_fit_is_told_with_what_was_meant,
           optional_words_may_be_absent_and_repeated_ones_many, a_wrong_name_is_told_the_nearest)
