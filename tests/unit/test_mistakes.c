/* The mistakes that people make in a rules file, each with all that is told of it: the place, what
 * is wrong, and what to do. */
#include "unit/ruled.h"
#include "unit/suite.h"

struct mistake {
    const char *name;
    const char *text;
    size_t length;
    const char *told;
};

static const struct mistake mistakes[] = {
    {"a key that is indented less than its neighbours",
     "queues:\n"
     "  support:\n"
     "    ring: 15s\n"
     "   wrap_up: 30s\n"
     "routes:\n"
     "  - queue: support\n",
     76,
     "f:4:4: this line is indented by 3 spaces, unlike all that it could stand beside; give it the "
     "indentation of its neighbours\n"},
    {"a key that is indented more than its neighbours",
     "queues:\n"
     "  support:\n"
     "    ring: 15s\n"
     "      wrap_up: 30s\n"
     "routes:\n"
     "  - queue: support\n",
     79,
     "f:4:7: this line is indented deeper than `ring: 15s` above it, which has its value already; "
     "indent both alike\n"},
    {"a key of the file that is indented",
     "skills: [a]\n"
     " queues:\n"
     "  support: {}\n"
     "routes:\n"
     "  - queue: support\n",
     62,
     "f:2:2: this line is indented by 1 space, unlike all that it could stand beside; give it the "
     "indentation of its neighbours\n"},
    {"members at the level of their mapping",
     "queues:\n"
     "  support:\n"
     "    forecast:\n"
     "    per_hour: 120\n"
     "routes:\n"
     "  - queue: support\n",
     78,
     "f:3:5: `forecast` has no value; it must be a mapping of keys to values, indented below it, "
     "or {}: how many contacts are expected, until the real numbers are known\n"
     "f:4:5: `per_hour` does not belong here but into `forecast`; indent it below that\n"},
    {"keys that are misspelled",
     "queues:\n"
     "  support:\n"
     "    wrapup: 20s\n"
     "    rnig: 15s\n"
     "routes:\n"
     "  - queue: support\n",
     76,
     "f:3:5: unknown key `wrapup`; did you mean `wrap_up`?\n"
     "f:4:5: unknown key `rnig`; did you mean `ring`?\n"},
    {"a key a level too high",
     "queues:\n"
     "  support:\n"
     "    answer_within: 20s\n"
     "routes:\n"
     "  - queue: support\n",
     69, "f:3:5: `answer_within` does not belong here but into `promise`; indent it below that\n"},
    {"a key with a capital",
     "Queues:\n"
     "  support: {}\n"
     "routes:\n"
     "  - queue: support\n",
     49,
     "f:1:1: `queues` is missing; add it: the queues, by name\n"
     "f:1:1: unknown key `Queues`; did you mean `queues`?\n"},
    {"a key that is there twice",
     "queues:\n"
     "  support: {ring: 15s}\n"
     "  support: {ring: 20s}\n"
     "routes:\n"
     "  - queue: support\n",
     81, "f:3:3: the key `support` is here twice, first on line 2; keep one of them\n"},
    {"a tab in the indentation",
     "queues:\n"
     "\tsupport: {}\n"
     "routes:\n"
     "  - queue: support\n",
     48, "f:2:1: a tab stands here; YAML wants spaces: indent with two for each level\n"},
    {"no colon behind the name of a mapping",
     "queues:\n"
     "  support\n"
     "    ring: 15s\n"
     "routes:\n"
     "  - queue: support\n",
     59, "f:2:3: `support` has no colon; write `key: value`, or `key:` above what belongs to it\n"},
    {"no colon between key and value",
     "queues:\n"
     "  support:\n"
     "    ring 15s\n"
     "    wrap_up: 30s\n"
     "routes:\n"
     "  - queue: support\n",
     76,
     "f:3:5: `ring 15s` has no colon; write `key: value`, or `key:` above what belongs to it\n"},
    {"no space behind a colon",
     "queues:\n"
     "  support:\n"
     "    ring:15s\n"
     "    wrap_up: 3s\n"
     "routes:\n"
     "  - queue: support\n",
     75, "f:3:5: `ring:15s` has no space behind its colon; write `ring: 15s`\n"},
    {"no space behind a colon in brackets",
     "queues:\n"
     "  support: {ring:15s, wrap_up: 30s}\n"
     "routes:\n"
     "  - queue: support\n",
     71, "f:2:13: unknown key `ring:15s`; put a space behind the colon\n"},
    {"no space behind a dash",
     "queues:\n"
     "  support: {}\n"
     "routes:\n"
     "  -queue: support\n",
     48,
     "f:4:3: `routes` is a mapping; it must be a list: which contact goes to which queue, the last "
     "route without `when`; put a space behind each dash\n"},
    {"a unit that there is not",
     "queues:\n"
     "  support: {ring: 15sec}\n"
     "routes:\n"
     "  - queue: support\n",
     60,
     "f:2:19: `ring` is `15sec`; it must be a duration such as 250ms, 15s, 5m, 4h or 2d: how long "
     "an agent's phone rings\n"},
    {"a duration without a unit",
     "queues:\n"
     "  support: {ring: 15}\n"
     "routes:\n"
     "  - queue: support\n",
     57,
     "f:2:19: `ring` is `15`; it must be a duration such as 250ms, 15s, 5m, 4h or 2d: how long an "
     "agent's phone rings\n"},
    {"more than a hundred percent",
     "queues:\n"
     "  support: {promise: {target: 120%}}\n"
     "routes:\n"
     "  - queue: support\n",
     72,
     "f:2:31: `target` is `120%`; it must be 1% to 100%: how many of a hundred contacts are to be "
     "answered in time\n"},
    {"the sign before the number",
     "queues:\n"
     "  support: {promise: {target: %80}}\n"
     "routes:\n"
     "  - queue: support\n",
     71,
     "f:2:31: a value cannot begin with `%`; write a percentage as in 80%, and put anything else "
     "in quotes\n"},
    {"a negative time",
     "queues:\n"
     "  support: {ring: -15s}\n"
     "routes:\n"
     "  - queue: support\n",
     59, "f:2:19: `ring` is `-15s`; it must be 1s to 10m: how long an agent's phone rings\n"},
    {"a decimal comma",
     "bid: {fairness: 0,15}\n"
     "queues:\n"
     "  support: {}\n"
     "routes:\n"
     "  - queue: support\n",
     71, "f:1:19: unknown key `15`; a decimal point is written as in 0.15\n"},
    {"a number in quotes",
     "skills: [internet]\n"
     "queues:\n"
     "  support: {need: {internet: {min: \"5\"}}}\n"
     "routes:\n"
     "  - queue: support\n",
     96,
     "f:3:36: `min` is `5`; it must be written without quotes: the lowest level that an agent must "
     "have; 10 is the highest there is\n"},
    {"yes in place of true",
     "bid: {overtaking: yes}\n"
     "queues:\n"
     "  support: {}\n"
     "routes:\n"
     "  - queue: support\n",
     72,
     "f:1:19: `overtaking` is `yes`; it must be true or false: whether a contact on time may pass "
     "a late one\n"},
    {"a level above 10",
     "skills: [internet]\n"
     "queues:\n"
     "  support: {need: {internet: {min: 11}}}\n"
     "routes:\n"
     "  - queue: support\n",
     95,
     "f:3:36: `min` is `11`; it must be 1 to 10: the lowest level that an agent must have; 10 is "
     "the highest there is\n"},
    {"a level in place of a mapping",
     "skills: [internet]\n"
     "queues:\n"
     "  support: {need: {internet: 5}}\n"
     "routes:\n"
     "  - queue: support\n",
     87, "f:3:30: `internet` is `5`; it must be a mapping of keys to values, such as {min: 5}\n"},
    {"a list in place of a mapping",
     "skills: [internet]\n"
     "queues:\n"
     "  support: {need: [internet]}\n"
     "routes:\n"
     "  - queue: support\n",
     84,
     "f:3:19: `need` is a list; it must be a mapping of keys to values: the skills that its "
     "contacts need, such as internet: {min: 5}; write `name: \xe2\x80\xa6` lines without "
     "dashes\n"},
    {"a word in place of a mapping",
     "queues:\n"
     "  support: {closed: wait}\n"
     "routes:\n"
     "  - queue: support\n",
     61,
     "f:2:21: `closed` is `wait`; it must be a mapping of keys to values: what becomes of contacts "
     "while it is closed, such as {then: wait}\n"},
    {"a key of the PBX's data without its beginning",
     "queues:\n"
     "  support: {}\n"
     "routes:\n"
     "  - when: {city: Sumy}\n"
     "    queue: support\n"
     "  - queue: support\n",
     91,
     "f:4:12: unknown key `city`; did you mean `data.city`? Known here: channel, dialled, from, "
     "switch, repeat, not, data.KEY, customer.KEY\n"},
    {"a list in place of the queues",
     "queues:\n"
     "  - support: {}\n"
     "routes:\n"
     "  - queue: support\n",
     51,
     "f:2:3: `queues` is a list; it must be a mapping of keys to values: the queues, by name; "
     "write `name: \xe2\x80\xa6` lines without dashes\n"},
    {"a mapping in place of the routes",
     "queues:\n"
     "  support: {}\n"
     "routes:\n"
     "  queue: support\n",
     47,
     "f:4:3: `routes` is a mapping; it must be a list: which contact goes to which queue, the last "
     "route without `when`; put `- ` before each member\n"},
    {"a queue without a value",
     "queues:\n"
     "  support:\n"
     "routes:\n"
     "  - queue: support\n",
     46,
     "f:2:3: `support` has no value; it must be a mapping of keys to values, indented below it, or "
     "{}\n"},
    {"a queue that is not declared",
     "queues:\n"
     "  support: {}\n"
     "routes:\n"
     "  - queue: suport\n",
     48,
     "f:4:12: queue `suport` is not declared; did you mean `support`? If not, add it to "
     "`queues`\n"},
    {"a tier that is not declared",
     "tiers: {gold: {}}\n"
     "queues:\n"
     "  support: {}\n"
     "routes:\n"
     "  - queue: support\n"
     "    tier: Gold\n",
     82, "f:6:11: tier `Gold` is not declared; did you mean `gold`? If not, add it to `tiers`\n"},
    {"a skill that is not declared",
     "skills: [internet]\n"
     "queues:\n"
     "  support: {need: {internt: {}}}\n"
     "routes:\n"
     "  - queue: support\n",
     87,
     "f:3:20: skill `internt` is not declared; did you mean `internet`? If not, add it to `skills` "
     "at the top\n"},
    {"a route that is never reached",
     "queues: {support: {}, sales: {}}\n"
     "routes:\n"
     "  - queue: support\n"
     "  - when: {channel: chat}\n"
     "    queue: sales\n",
     103,
     "f:4:5: this route is never reached: the one on line 3 has no `when` and takes all; move it "
     "up or take it out\n"},
    {"a last route with a condition",
     "queues:\n"
     "  support: {}\n"
     "routes:\n"
     "  - when: {channel: voice}\n"
     "    queue: support\n",
     76,
     "f:4:5: the last route has a `when`, so that some contacts would find no queue; add a route "
     "without `when` behind it\n"},
    {"a route whose keys are not below each other",
     "queues:\n"
     "  support: {}\n"
     "routes:\n"
     "  when: {channel: voice}\n"
     "    queue: support\n",
     74,
     "f:5:5: this line is indented by 4 spaces, unlike all that it could stand beside; give it the "
     "indentation of its neighbours\n"},
    {"a route's key left of its dash's text",
     "queues:\n"
     "  support: {}\n"
     "routes:\n"
     "  - when: {channel: voice}\n"
     "  queue: support\n"
     "  - queue: support\n",
     93,
     "f:5:3: this line stands in a list, whose members begin with `- `; put `- ` before it, or "
     "indent it as the member above that it belongs to\n"},
    {"a queue like one that is like another",
     "queues:\n"
     "  a: {}\n"
     "  b: {like: a}\n"
     "  c: {like: b}\n"
     "routes:\n"
     "  - queue: a\n",
     67,
     "f:4:13: `b` is itself like `a`, and `like` goes one level only; name a queue without "
     "`like`\n"},
    {"an anchor and its alias",
     "queues:\n"
     "  support: &s {ring: 15s}\n"
     "  sales: *s\n"
     "routes:\n"
     "  - queue: support\n",
     73,
     "f:2:12: anchors (&) are not allowed; write the value where it is needed\n"
     "f:3:10: aliases (*) are not allowed; write the value here, or quote it\n"},
    {"a tag",
     "queues:\n"
     "  support: {ring: !!str 15s}\n"
     "routes:\n"
     "  - queue: support\n",
     64, "f:2:19: tags (!) are not allowed; take it out\n"},
    {"an hour that the day does not have",
     "queues:\n"
     "  support: {hours: {mon-fri: \"08:00-25:00\"}}\n"
     "routes:\n"
     "  - queue: support\n",
     80,
     "f:2:30: no hours are called `08:00-25:00`; write from-until, such as \"08:00-20:00\" or "
     "\"20:00-08:00\" across midnight, `always` or `closed`\n"},
    {"a word that is none of two",
     "queues:\n"
     "  support: {wrap_up: {time: 30s, disposition: yes}}\n"
     "routes:\n"
     "  - queue: support\n",
     87,
     "f:2:47: `disposition` is `yes`; it must be required or optional: whether the agent must say "
     "how "
     "the contact ended\n"},
    {"a bracket that is not closed",
     "skills: [internet, billing\n"
     "queues:\n"
     "  support: {}\n"
     "routes:\n"
     "  - queue: support\n",
     76, "f:1:9: the bracket `[` that opens here is not closed; add `]` behind its last member\n"},
    {"a bracket too many",
     "skills: [internet]]\n"
     "queues:\n"
     "  support: {}\n"
     "routes:\n"
     "  - queue: support\n",
     69, "f:1:19: `]` closes a bracket that is not open; take it out\n"},
    {"no comma between members",
     "queues:\n"
     "  support: {ring: 15s wrap_up: 30s}\n"
     "routes:\n"
     "  - queue: support\n",
     71,
     "f:2:30: a comma or `}` is missing before this; a value that holds `: ` or a comma goes in "
     "quotes\n"},
    {"a quote that is not closed",
     "queues:\n"
     "  support: {}\n"
     "routes:\n"
     "  - when: {dialled: \"+380441234567}\n"
     "    queue: support\n"
     "  - queue: support\n",
     104, "f:4:21: the quote that opens here is not closed; add one at the end of the value\n"},
    {"typographic quotes",
     "queues:\n"
     "  support: {}\n"
     "routes:\n"
     "  - when: {dialled: \xe2\x80\x9c+38044\xe2\x80\x9d}\n"
     "    queue: support\n"
     "  - queue: support\n",
     102, "f:4:21: this begins with a typographic quote; write straight ones: \"...\"\n"},
    {"a no-break space",
     "queues:\n"
     "  support:\n"
     "    ring:\xc2\xa0"
     "15s\n"
     "routes:\n"
     "  - queue: support\n",
     61, "f:3:10: this is a no-break space, which only looks like one; type a plain one\n"},
    {"a star without quotes",
     "queues:\n"
     "  support: {}\n"
     "routes:\n"
     "  - when: {dialled: *}\n"
     "    queue: support\n"
     "  - queue: support\n",
     91, "f:4:21: `*` has a meaning of its own in YAML; put the value in quotes: \"*\"\n"},
    {"a value that begins with @",
     "queues:\n"
     "  support: {}\n"
     "routes:\n"
     "  - when: {from: @x}\n"
     "    queue: support\n"
     "  - queue: support\n",
     89, "f:4:18: a value cannot begin with `@` or a backtick; put it in quotes\n"},
    {"a colon in a value",
     "queues:\n"
     "  support: {}\n"
     "routes:\n"
     "  - when:\n"
     "      data.note: a: b\n"
     "    queue: support\n"
     "  - queue: support\n",
     100,
     "f:5:19: there is a second `: ` in this line; put the value in quotes if it holds one, else "
     "begin a new line\n"},
    {"a backslash in double quotes",
     "queues:\n"
     "  support: {}\n"
     "routes:\n"
     "  - when: {from: \"\\d\"}\n"
     "    queue: support\n"
     "  - queue: support\n",
     91,
     "f:4:19: a backslash in double quotes must be followed by one of the letters that it escapes; "
     "put the value in single quotes\n"},
    {"a file in Latin-1",
     "# M\xfcller\n"
     "queues:\n"
     "  support: {}\n",
     31, "f:1:4: the byte 0xFC here is no UTF-8; save the file as UTF-8\n"},
    {"a file in UTF-16",
     "\xff\xfeq\0u\0e\0u\0e\0s\0:\0\n\0 \0 \0s\0u\0p\0p\0o\0r\0t\0:\0 \0{\0}\0\n\0", 46,
     "f:1:1: the byte 0xFF here is no UTF-8; save the file as UTF-8\n"},
    {"two documents",
     "queues:\n"
     "  support: {}\n"
     "---\n"
     "routes:\n"
     "  - queue: support\n",
     53, "f:3:1: a second document begins here; keep one, without `---` in between\n"},
    {"no queues",
     "routes:\n"
     "  - queue: support\n",
     27, "f:1:1: `queues` is missing; add it: the queues, by name\n"},
    {"an empty file", "", 0, "f:1:1: the file is empty; write its keys\n"},
};

START_TEST(each_mistake_is_told_with_its_place_and_what_to_do)
{
    const struct mistake *mistake = &mistakes[_i];
    struct usher_problems *problems = told_new();
    struct usher_text text = {mistake->text, mistake->length};
    struct usher_rules *rules = usher_rules_read(text, "feed", problems);

    ck_assert_msg(rules == NULL, "%s", mistake->name);
    ck_assert_msg(strcmp(told_lines(problems), mistake->told) == 0, "%s: told %s", mistake->name,
                  told_lines(problems));
    free(problems);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mistakes");
    TCase *tcase = tcase_create("mistakes");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(tcase, each_mistake_is_told_with_its_place_and_what_to_do, 0,
                        (int)USHER_COUNT_OF(mistakes));
    suite_add_tcase(suite, tcase);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
