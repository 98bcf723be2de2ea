/* `usherctl reload`: shows what the rules' file would change, asks, and lets usherd take it. The
 * hash goes along, so that usherd takes nothing that was not shown. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/consent.h"
#include "ctl/memory.h"
#include "ctl/perform.h"
#include "ctl/problems.h"
#include "ctl/rulebook/preview.h"
#include "ctl/rulebook/rules_use.h"
#include "ruleset.h"

/* The file of the settings. EXIT_USAGE when it cannot be read here, EXIT_REFUSED when it is wrong;
 * that was said then. */
static enum exit_code read_file(const struct site *site, struct ruleset *ruleset)
{
    struct usher_problems *problems = memory_resize(NULL, sizeof(*problems));
    usher_problems_init(problems);
    int error = ruleset_read(ruleset, site->settings.rules, problems);
    problems_tell(problems, site->settings.rules);
    bool is_wrong = problems->count > 0;
    if (error < 0 && !is_wrong)
        fprintf(stderr, "usherctl: %s cannot be read: %s\n", site->settings.rules,
                strerror(-error));
    if (error < 0 && is_wrong)
        fputs("usherctl: the rules in use stay\n", stderr);
    free(problems);
    return error == 0 ? EXIT_DONE : is_wrong ? EXIT_REFUSED : EXIT_USAGE;
}

/* Without a look: what may be wrong with that was said. */
static enum exit_code go_blind(const struct options *options, enum usher_role role)
{
    if (!options->is_yes || options->is_dry_run) {
        fputs("usherctl: nothing was changed: what a reload would change cannot be shown; --yes "
              "reloads without\n",
              stderr);
        return EXIT_USAGE;
    }
    fputs("usherctl: so it is not shown what changes\n", stderr);
    return rules_use(options, role, NULL);
}

static enum exit_code ask_and_use(const struct options *options, enum usher_role role,
                                  const char *hash)
{
    if (options->is_dry_run) {
        if (!options->is_json)
            puts("Nothing was changed (--dry-run).");
        return EXIT_DONE;
    }
    enum exit_code code = consent_ask(options);
    return code == EXIT_DONE ? rules_use(options, role, hash) : code;
}

static enum exit_code reload(const struct options *options, enum usher_role role, struct site *site,
                             const struct ruleset *ruleset)
{
    struct look center;
    char room[VERSION_SHORT_SIZE];
    enum exit_code code = look_take(&center, options, role);
    if (code != EXIT_DONE)
        return code;
    bool is_known = rules_is_site(site, center.site) && center.rules[0];
    if (is_known && strcmp(center.rules, ruleset->hash) == 0) {
        if (!options->is_json)
            printf("%s is as it is in use (rules %s); of usherd.yaml, `outage` is taken anew.\n",
                   site->settings.rules, version_short(ruleset->hash, room));
    } else if (is_known) {
        code = site_dial(site);
        if (code == EXIT_DONE)
            code = preview_show(&center, site, ruleset->rules, usher_bytes_text(&ruleset->text),
                                ruleset->hash, options);
    }
    look_forget(&center);
    if (!is_known || code != EXIT_DONE)
        return go_blind(options, role);
    return ask_and_use(options, role, ruleset->hash);
}

enum exit_code perform_reload(const struct options *options, enum usher_role role)
{
    struct site *site = site_read(options->config);
    struct ruleset ruleset = {.rules = NULL};
    enum exit_code code = site ? read_file(site, &ruleset) : EXIT_USAGE;
    if (code == EXIT_USAGE)
        code = go_blind(options, role);
    else if (code == EXIT_DONE)
        code = reload(options, role, site, &ruleset);
    ruleset_fini(&ruleset);
    site_free(site);
    return code;
}
