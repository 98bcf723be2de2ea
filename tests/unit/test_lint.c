/* What is lawful in rules and profiles, and surely not meant. */
#include "unit/linted.h"
#include "unit/suite.h"

#define RULES                                                                                      \
    "skills: [billing, internet, lang.uk, lang.en]\n"                                              \
    "queues:\n"                                                                                    \
    "  support:\n"                                                                                 \
    "    need:\n"                                                                                  \
    "      internet: {min: 5}\n"                                                                   \
    "      lang.$data.lang: {min: 1, else: lang.uk}\n"                                             \
    "  bills: {need: {billing: {min: 1}}}\n"                                                       \
    "routes:\n"                                                                                    \
    "  - {when: {channel: chat}, queue: bills}\n"                                                  \
    "  - queue: support\n"

/* Who makes RULES good: two for each thing. */
static void staff_well(struct world *world)
{
    staffed(world, "olena", "internet", 7, "lang.uk", 10);
    staffed(world, "taras", "internet", 5, "lang.uk", 10);
    staffed(world, "iryna", "billing", 1, "lang.uk", 10);
    staffed(world, "petro", "billing", 9, "lang.uk", 10);
    for (size_t i = 0; i < 2; i++) {
        world->skills[i][2] = (struct usher_staff_skill){USHER_TEXT("lang.en"), 3};
        world->members[i].skills_count = 3;
    }
}

START_TEST(nothing_is_found_where_all_is_well)
{
    struct world *world = world_new();
    staff_well(world);
    ck_assert_str_eq(found(world, RULES, true), "");
    ck_assert_uint_eq(world->findings->errors_count, 0);
    world_free(world);
}
END_TEST

START_TEST(need_that_nobody_meets_is_told_where_it_stands)
{
    struct world *world = world_new();
    staff_well(world);
    world->skills[0][0].level = world->skills[1][0].level = 4;
    ck_assert_str_eq(found(world, RULES, true),
                     "nobody 5:7 queue `support`: nobody can take its contacts: they need "
                     "`internet` at level 5, and the highest is 4; raise somebody's, or lower "
                     "`min`\n"
                     "idle_agent 0:0 2 agents can take the contacts of no queue: olena, taras; see "
                     "to their skills, phone and capacity\n");
    ck_assert_uint_eq(world->findings->errors_count, 1);
    world_free(world);
}
END_TEST

START_TEST(each_skill_that_data_may_name_is_looked_at)
{
    struct world *world = world_new();
    staff_well(world);
    world->members[0].skills_count = world->members[1].skills_count = 2;
    ck_assert_str_eq(found(world, RULES, true),
                     "nobody 6:7 queue `support`: nobody can take its contacts with data.lang "
                     "`en`: no agent has `lang.en`; give it to somebody\n");
    world->members[1].skills_count = 3;
    ck_assert_str_eq(found(world, RULES, true),
                     "only_one 6:7 queue `support`: taras alone can take its contacts with "
                     "data.lang `en` (internet 5, lang.en 1); let a second agent learn it\n");
    ck_assert_uint_eq(world->findings->errors_count, 0);
    world_free(world);
}
END_TEST

START_TEST(nobody_has_all_of_several_skills)
{
    struct world *world = world_new();
    staff_well(world);
    world->skills[0][1].name = world->skills[1][1].name = USHER_TEXT("lang.en");
    world->members[0].skills_count = world->members[1].skills_count = 2;
    ck_assert_ptr_nonnull(strstr(found(world, RULES, true),
                                 "nobody 3:3 queue `support`: nobody can take its contacts: no "
                                 "agent has all of internet 5, lang.uk 1, and a phone"));
    world_free(world);
}
END_TEST

START_TEST(channel_of_the_routes_counts)
{
    struct world *world = world_new();
    staff_well(world);
    world->members[2].capacity[USHER_CHANNEL_CHAT] = 0;
    world->members[3].has_phone = false;
    ck_assert_str_eq(found(world, RULES, true),
                     "only_one 7:3 queue `bills`: petro alone can take its contacts (billing 1); "
                     "let a second agent learn it\n"
                     "idle_agent 0:0 1 agent can take the contacts of no queue: iryna; see to "
                     "their skills, phone and capacity\n");
    world->members[0].has_phone = world->members[1].has_phone = false;
    world->members[2].capacity[USHER_CHANNEL_CHAT] = -1;
    ck_assert_str_eq(found(world, RULES, true),
                     "no_phone 3:3 queue `support`: none of the 2 who can take its contacts takes "
                     "calls; give them a `phone`, or name the channels in the routes\n");
    world_free(world);
}
END_TEST

START_TEST(one_agent_alone_is_told_where_no_skill_is_needed)
{
    struct world *world = world_new();
    staffed(world, "olena", "billing", 1, "", 0);
    ck_assert_str_eq(found(world,
                           "skills: [billing]\nqueues: {all: {}, bills: {need: {billing: {}}}}\n"
                           "routes: [{when: {channel: chat}, queue: bills}, {queue: all}]\n",
                           true),
                     "only_one 2:10 queue `all`: olena alone can take its contacts, which need no "
                     "skill; add an agent, or see to the others' `phone` and `capacity`\n"
                     "only_one 2:19 queue `bills`: olena alone can take its contacts (billing 1); "
                     "let a second agent learn it\n");
    world_free(world);
}
END_TEST

START_TEST(error_is_kept_where_warnings_fill_the_list)
{
    struct world *world = world_new();
    char text[8192];
    size_t length = (size_t)snprintf(text, sizeof(text), "skills: [billing");
    for (unsigned i = 0; i < USHER_FINDINGS_MAX + 20; i++)
        length += (size_t)snprintf(text + length, sizeof(text) - length, ", s%u", i);
    (void)snprintf(text + length, sizeof(text) - length,
                   "]\nqueues: {q: {need: {billing: {}}}}\nroutes: [{queue: q}]\n");
    struct usher_rules *rules = ruled(text);
    struct usher_document document;
    struct usher_staff staff;
    struct usher_problems *problems = told_new();
    ck_assert(usher_document_read(&document, usher_text_of(text), problems));
    ck_assert(usher_staff_init(&staff, rules, world->members, world->count));
    usher_lint(rules, &document, &staff, world->findings);
    size_t errors = 0;
    for (size_t i = 0; i < USHER_FINDINGS_MAX; i++)
        errors += usher_finding_is_error(world->findings->list[i].kind);
    ck_assert_uint_eq(world->findings->count, USHER_FINDINGS_MAX + 21);
    ck_assert_uint_eq(errors, 1);
    usher_staff_fini(&staff);
    usher_document_fini(&document);
    usher_rules_free(rules);
    free(problems);
    world_free(world);
}
END_TEST

START_TEST(skills_that_one_side_does_not_know_are_told)
{
    static const char rules[] = "skills: [billing, sales]\nqueues:\n  q: {need: {billing: {}}}\n"
                                "  r: {need: {billing: {}}}\nroutes: [{queue: q}]\n";
    struct world *world = world_new();
    staffed(world, "a", "billing", 1, "biling", 2);
    staffed(world, "b", "billing", 1, "chess", 9);
    staffed(world, "c", "chess", 1, "billing", 9);
    ck_assert_str_eq(found(world, rules, true),
                     "unused_skill 1:19 skill `sales`: no queue needs it; let one need it, or take "
                     "it out\n"
                     "unreached_queue 4:3 queue `r`: no route leads to it; add one, or take it "
                     "out\n"
                     "undeclared_skill 0:0 skill `biling`: a has it, and the rules do not declare "
                     "it; did you mean `billing`?\n"
                     "undeclared_skill 0:0 skill `chess`: b and 1 more have it, and the rules do "
                     "not declare it; add it to `skills`, or take it from the profiles\n");
    world_free(world);
}
END_TEST

START_TEST(without_profiles_the_rules_alone_are_looked_at)
{
    struct world *world = world_new();
    ck_assert_str_eq(found(world, RULES, false), "");
    ck_assert_ptr_nonnull(strstr(found(world, RULES, true), "nobody can take its contacts"));
    world_free(world);
}
END_TEST

START_TEST(step_that_lets_nobody_in_is_told_and_one_that_does_counts)
{
    static const char rules[] =
        "skills: [internet, billing, lang.uk, lang.en]\nqueues:\n"
        "  a:\n    need: {internet: {min: 9}}\n    relax:\n      - {after: 20s, internet: {min: "
        "8}}\n      - {after: 40s, internet: {min: 5}}\n"
        "  b:\n    need: {billing: {min: 9}, lang.$data.lang: {}}\n    relax:\n      - {after: "
        "20s, "
        "billing: {min: 0}}\nroutes: [{when: {data.x: b}, queue: b}, {queue: a}]\n";
    struct world *world = world_new();
    staff_well(world);
    ck_assert_str_eq(found(world, rules, true),
                     "idle_step 6:9 queue `a`: step 1 of `relax` lets in no agent whom the ones "
                     "before do not; lower its `min`, or take it out\n");
    world_free(world);
}
END_TEST

SUITE_MAIN("lint", step_that_lets_nobody_in_is_told_and_one_that_does_counts,
           nothing_is_found_where_all_is_well, need_that_nobody_meets_is_told_where_it_stands,
           each_skill_that_data_may_name_is_looked_at, nobody_has_all_of_several_skills,
           channel_of_the_routes_counts, one_agent_alone_is_told_where_no_skill_is_needed,
           error_is_kept_where_warnings_fill_the_list, skills_that_one_side_does_not_know_are_told,
           without_profiles_the_rules_alone_are_looked_at)
