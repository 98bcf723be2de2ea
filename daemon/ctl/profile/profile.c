/* `usherctl profile`: the agents' profiles, which are hashes in Redis. usherd need not run; if it
 * does, it takes each change at once. */
#include <stdio.h>
#include <string.h>

#include "ctl/consent.h"
#include "ctl/input.h"
#include "ctl/perform.h"
#include "ctl/problems.h"
#include "ctl/profile/plan.h"
#include "ctl/profile/profile_show.h"
#include "ctl/rulebook/versions.h"
#include "model/limits.h"
#include "model/profile.h"

#define WARNINGS_MAX 20

static bool is_agent(const char *agent)
{
    if (strlen(agent) <= USHER_AGENT_ID_MAX && usher_text_is_id(usher_text_of(agent)))
        return true;
    fprintf(stderr,
            "usherctl: \"%s\" is no agent's id: that is 1 to 64 of A-Z a-z 0-9 . _ @ : + -\n",
            agent);
    return false;
}

static bool are_agents(const struct options *options)
{
    bool is_good = true;
    for (int i = 0; i < options->arguments_count; i++)
        is_good &= is_agent(options->arguments[i]);
    return is_good;
}

static bool is_named_before(const struct options *options, int index)
{
    for (int i = 0; i < index; i++)
        if (strcmp(options->arguments[i], options->arguments[index]) == 0)
            return true;
    return false;
}

static enum exit_code show(const struct options *options, struct site *site)
{
    struct roster roster;
    enum exit_code code = EXIT_DONE, missing = EXIT_DONE;
    roster_init(&roster);
    for (int i = 0; i < options->arguments_count && code == EXIT_DONE; i++) {
        size_t before = roster.count;
        if (is_named_before(options, i))
            continue;
        code = roster_read_agent(&roster, site, usher_text_of(options->arguments[i]));
        if (code != EXIT_DONE || roster.count > before)
            continue;
        fprintf(stderr, "usherctl: there is no profile of %s\n", options->arguments[i]);
        missing = EXIT_REFUSED;
    }
    if (options->arguments_count == 0)
        code = roster_read_site(&roster, site);
    if (code == EXIT_DONE && strcmp(options->action, "export") == 0)
        profile_export(&roster);
    else if (code == EXIT_DONE)
        profile_show(&roster, options);
    roster_fini(&roster);
    return code == EXIT_DONE ? missing : code;
}

static bool was_told(const struct plan *plan, size_t end, struct usher_text name)
{
    for (size_t i = 0; i < end; i++)
        if (plan->list[i].now.at && usher_text_is_equal(plan->list[i].name, name))
            return true;
    return false;
}

/* A skill that the rules do not declare does no harm, and no good. */
static void warn(const struct plan *plan, struct site *site)
{
    struct usher_rules *rules = versions_read_rules(site);
    size_t told = 0;
    for (size_t i = 0; rules && i < plan->count && told < WARNINGS_MAX; i++) {
        const struct plan_change *change = &plan->list[i];
        struct usher_profile_field field = usher_profile_field_read(change->name, USHER_TEXT("1"));
        struct usher_text skill = field.key;
        if (!change->now.at || field.kind != USHER_PROFILE_SKILL ||
            usher_rules_find_skill(rules, skill) != SIZE_MAX || was_told(plan, i, change->name))
            continue;
        struct usher_text near = usher_rules_suggest_skill(rules, skill);
        fprintf(stderr, "usherctl: warning: the rules do not declare the skill `%.*s`%s%.*s%s\n",
                USHER_TEXT_ARGS(skill), near.at ? "; did you mean `" : "; no queue can need it",
                USHER_TEXT_ARGS(near), near.at ? "`?" : "");
        told++;
    }
    usher_rules_free(rules);
}

/* Shows the plan, asks if that is wanted, and writes. */
static enum exit_code carry_out(const struct plan *plan, const struct roster *present,
                                struct site *site, const struct options *options, bool asks)
{
    enum exit_code code = EXIT_DONE;
    plan_show(plan, present, options);
    warn(plan, site);
    if (options->is_dry_run || plan->count == 0) {
        if (!options->is_json)
            puts(plan->count == 0 ? "Nothing is to be changed."
                                  : "Nothing was changed (--dry-run).");
        return EXIT_DONE;
    }
    if (asks)
        code = consent_ask(options);
    if (code == EXIT_DONE)
        code = plan_write(plan, site);
    if (code == EXIT_DONE && !options->is_json)
        puts("Written; usherd takes it at once.");
    return code;
}

/* FIELD=VALUE into `profile`. */
static bool add_assignment(struct roster *roster, struct roster_profile *profile, const char *word)
{
    const char *sign = strchr(word, '=');
    if (!sign) {
        fprintf(stderr,
                "usherctl: \"%s\" is no FIELD=VALUE; write skill.billing=8, or skill.billing= to "
                "remove it\n",
                word);
        return false;
    }
    struct usher_text name = {word, (size_t)(sign - word)};
    struct usher_text value = usher_text_of(sign + 1);
    const char *problem = roster_judge(name, value);
    for (size_t i = 0; i < profile->fields_count && !problem; i++)
        if (usher_text_is_equal(profile->fields[i].name, name))
            problem = "this field is named twice; take one out";
    if (problem) {
        fprintf(stderr, "usherctl: %s: %s\n", word, problem);
        return false;
    }
    (void)roster_add_field(profile, roster_keep(roster, name), roster_keep(roster, value));
    return true;
}

static enum exit_code write_one(const struct options *options, struct site *site,
                                const struct roster *wanted)
{
    struct roster present;
    struct plan plan;
    roster_init(&present);
    enum exit_code code = roster_read_agent(&present, site, wanted->list[0].agent);
    if (code == EXIT_DONE) {
        bool is_new = present.count == 0;
        plan_init(&plan, wanted, &present);
        if (is_new && plan.count > 0 && !options->is_json)
            printf("%s has no profile yet, and is a new agent: an agent stays once it is known.\n",
                   options->arguments[0]);
        code = carry_out(&plan, &present, site, options, is_new);
        plan_fini(&plan);
    }
    roster_fini(&present);
    return code;
}

static enum exit_code set(const struct options *options, struct site *site)
{
    struct roster wanted;
    enum exit_code code = EXIT_USAGE;
    bool is_good = is_agent(options->arguments[0]);
    roster_init(&wanted);
    struct roster_profile *profile = roster_add(&wanted, usher_text_of(options->arguments[0]));
    for (int i = 1; i < options->arguments_count; i++)
        is_good &= add_assignment(&wanted, profile, options->arguments[i]);
    roster_sort(&wanted);
    if (is_good)
        code = site_dial(site);
    if (is_good && code == EXIT_DONE)
        code = write_one(options, site, &wanted);
    else if (!is_good)
        fputs("usherctl: nothing was changed\n", stderr);
    roster_fini(&wanted);
    return code;
}

bool profile_read_file(const char *path, struct roster *roster)
{
    struct usher_bytes text;
    struct usher_problems problems;
    usher_problems_init(&problems);
    bool is_read = input_read(path, &text);
    if (is_read)
        roster_read_csv(roster, usher_bytes_text(&text), &problems);
    usher_bytes_fini(&text);
    problems_tell(&problems, input_name(path));
    if (roster->passed_over[0] && problems.count == 0)
        fprintf(stderr,
                "usherctl: %s: these columns are none of a profile's, and are passed over: %s\n",
                input_name(path), roster->passed_over);
    return is_read && problems.count == 0;
}

static void print_summary(const struct options *options, const struct plan *plan, size_t count)
{
    if (options->is_json)
        printf("{\"agents\":%zu,\"new\":%zu,\"changed\":%zu,\"same\":%zu,\"not_in_file\":%zu}\n",
               count, plan->new_count, plan->changed_count, plan->same_count, plan->other_count);
    else
        printf("%s: %zu agent%s: %zu new, %zu changed, %zu as they are%s\n",
               input_name(options->arguments[0]), count, count == 1 ? "" : "s", plan->new_count,
               plan->changed_count, plan->same_count, plan->count > 0 ? ":" : "");
    if (plan->other_count > 0 && !options->is_json)
        printf("%zu agent%s not in the file and stay%s as before.\n", plan->other_count,
               plan->other_count == 1 ? " is" : "s are", plan->other_count == 1 ? "s" : "");
}

static enum exit_code write_all(const struct options *options, struct site *site,
                                const struct roster *wanted)
{
    struct roster present;
    struct plan plan;
    roster_init(&present);
    enum exit_code code = roster_read_site(&present, site);
    if (code == EXIT_DONE) {
        plan_init(&plan, wanted, &present);
        print_summary(options, &plan, wanted->count);
        code = carry_out(&plan, &present, site, options, true);
        plan_fini(&plan);
    }
    roster_fini(&present);
    return code;
}

static enum exit_code import(const struct options *options, struct site *site)
{
    struct roster wanted;
    enum exit_code code = EXIT_REFUSED;
    roster_init(&wanted);
    if (!profile_read_file(options->arguments[0], &wanted)) {
        fputs("usherctl: nothing was changed\n", stderr);
    } else {
        code = site_dial(site);
        if (code == EXIT_DONE)
            code = write_all(options, site, &wanted);
    }
    roster_fini(&wanted);
    return code;
}

enum exit_code perform_profile(const struct options *options, enum usher_role role)
{
    (void)role;
    struct site *site = site_read(options->config);
    enum exit_code code = EXIT_USAGE;
    if (site && strcmp(options->action, "set") == 0)
        code = set(options, site);
    else if (site && strcmp(options->action, "import") == 0)
        code = import(options, site);
    else if (site && are_agents(options) && (code = site_dial(site)) == EXIT_DONE)
        code = show(options, site);
    site_free(site);
    return code;
}
