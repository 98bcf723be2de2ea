/* `usherctl rollback` and `usherctl rules`: back to rules that were in use before, and which those
 * are. The rules' file is put back as well, since a restart and the next reload read it: what is in
 * the file and what is in use never differ. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/consent.h"
#include "ctl/memory.h"
#include "ctl/past/moment.h"
#include "ctl/perform.h"
#include "ctl/problems.h"
#include "ctl/rulebook/preview.h"
#include "ctl/rulebook/replace.h"
#include "ctl/rulebook/rules_use.h"
#include "file.h"
#include "wire/json.h"

#define TEXT_BYTES_MAX ((size_t)4 * 1024 * 1024)

struct rollback {
    const struct options *options;
    enum usher_role role;
    struct site *site;
    struct look center;
    char hash[VERSION_HASH_SIZE]; /* of the rules to go back to */
    struct usher_bytes text;
    struct usher_rules *rules;
};

static enum exit_code refuse_hash(const char *wanted)
{
    fprintf(stderr,
            "usherctl: %s is the beginning of no version, or of several; give 4 digits or more of "
            "one that `usherctl rules` lists\n",
            wanted);
    return EXIT_REFUSED;
}

/* The version that is meant, into `hash`. */
static enum exit_code choose(struct rollback *rollback)
{
    const char *wanted =
        rollback->options->arguments_count > 0 ? rollback->options->arguments[0] : NULL;
    const struct version *found = NULL;
    struct versions versions;
    enum exit_code code = versions_read(&versions, rollback->site, rollback->center.rules);
    if (code != EXIT_DONE)
        return code;
    if (wanted && strlen(wanted) == VERSION_HASH_SIZE - 1)
        (void)snprintf(rollback->hash, sizeof(rollback->hash), "%s", wanted);
    else if (wanted)
        found = versions_find(&versions, wanted);
    for (size_t i = 0; i < versions.count && !wanted && !found; i++)
        if (strcmp(versions.list[i].hash, rollback->center.rules) != 0)
            found = &versions.list[i];
    if (found)
        memcpy(rollback->hash, found->hash, sizeof(rollback->hash));
    versions_fini(&versions);
    if (rollback->hash[0])
        return EXIT_DONE;
    if (wanted)
        return refuse_hash(wanted);
    fputs("usherctl: no rules are known but those in use; `usherctl rules` lists them\n", stderr);
    return EXIT_REFUSED;
}

static enum exit_code read_rules(struct rollback *rollback)
{
    struct usher_problems *problems = memory_resize(NULL, sizeof(*problems));
    char room[VERSION_SHORT_SIZE];
    usher_problems_init(problems);
    enum exit_code code = versions_read_text(rollback->site, rollback->hash, &rollback->text);
    if (code == EXIT_DONE)
        rollback->rules =
            usher_rules_read(usher_bytes_text(&rollback->text), rollback->hash, problems);
    if (code == EXIT_DONE && !rollback->rules) {
        problems_tell(problems, version_short(rollback->hash, room));
        fputs("usherctl: this version of usherd does not take those rules any more\n", stderr);
        code = EXIT_REFUSED;
    }
    free(problems);
    return code;
}

/* The hash of the file as it is; "" when it cannot be read. */
static void read_file_hash(const struct site *site, char hash[FILE_SHA256_SIZE])
{
    struct usher_bytes text;
    hash[0] = '\0';
    usher_bytes_init(&text, TEXT_BYTES_MAX);
    if (file_read_text(site->settings.rules, TEXT_BYTES_MAX, &text) < 0 ||
        file_sha256(usher_bytes_text(&text), hash) < 0)
        hash[0] = '\0';
    usher_bytes_fini(&text);
}

/* Puts the text into the file; `kept` is where the other one is then, "" when it was in the file
 * already. */
static enum exit_code write_file(const struct rollback *rollback, char kept[SETTINGS_PATH_MAX])
{
    char hash[FILE_SHA256_SIZE], suffix[VERSION_SHORT_SIZE + 1], room[VERSION_SHORT_SIZE];
    const char *path = rollback->site->settings.rules;
    kept[0] = '\0';
    read_file_hash(rollback->site, hash);
    if (strcmp(hash, rollback->hash) == 0)
        return EXIT_DONE;
    (void)snprintf(suffix, sizeof(suffix), ".%s", version_short(hash, room));
    int error =
        replace_file(path, usher_bytes_text(&rollback->text), suffix, kept, SETTINGS_PATH_MAX);
    if (error == 0)
        return EXIT_DONE;
    fprintf(stderr, "usherctl: nothing was changed: %s cannot be written: %s; ", path,
            strerror(-error));
    if (error == -ENOENT)
        fprintf(stderr, "put the text there with usherctl rules %s >%s, and then reload\n",
                version_short(rollback->hash, room), path);
    else
        fputs("run this as who may write it and its folder\n", stderr);
    return EXIT_REFUSED;
}

static enum exit_code go_back(const struct rollback *rollback)
{
    char kept[SETTINGS_PATH_MAX];
    const char *path = rollback->site->settings.rules;
    enum exit_code code = write_file(rollback, kept);
    if (code != EXIT_DONE)
        return code;
    code = rules_use(rollback->options, rollback->role, rollback->hash);
    if (code != EXIT_DONE && kept[0]) {
        int error = replace_undo(path, kept);
        fprintf(stderr, "usherctl: %s is %s%s\n", path,
                error == 0 ? "as it was" : "changed; the former text is in ",
                error == 0 ? "" : kept);
    }
    if (code == EXIT_DONE && !rollback->options->is_json && kept[0])
        printf("%s holds them, so a restart does not change that; what it held is in %s\n", path,
               kept);
    return code;
}

static enum exit_code work(struct rollback *rollback)
{
    const struct options *options = rollback->options;
    char room[VERSION_SHORT_SIZE], hash[FILE_SHA256_SIZE];
    enum exit_code code = choose(rollback);
    if (code == EXIT_DONE)
        code = read_rules(rollback);
    if (code != EXIT_DONE)
        return code;
    read_file_hash(rollback->site, hash);
    bool is_in_use = strcmp(rollback->hash, rollback->center.rules) == 0;
    if (is_in_use && strcmp(rollback->hash, hash) == 0) {
        if (!options->is_json)
            printf("The rules %s are in use, and in the file: there is nothing to do.\n",
                   version_short(rollback->hash, room));
        return EXIT_DONE;
    }
    if (is_in_use && !options->is_json)
        printf("The rules %s are in use already; they are put into the file alone.\n",
               version_short(rollback->hash, room));
    if (!is_in_use)
        code = preview_show(&rollback->center, rollback->site, rollback->rules,
                            usher_bytes_text(&rollback->text), rollback->hash, options);
    if (code == EXIT_DONE && !options->is_json && strcmp(rollback->hash, hash) != 0)
        printf("%s is put back as well; what it holds now is kept beside it.\n",
               rollback->site->settings.rules);
    if (code == EXIT_DONE && options->is_dry_run) {
        if (!options->is_json)
            puts("Nothing was changed (--dry-run).");
        return EXIT_DONE;
    }
    if (code == EXIT_DONE)
        code = consent_ask(options);
    return code == EXIT_DONE ? go_back(rollback) : code;
}

enum exit_code perform_rollback(const struct options *options, enum usher_role role)
{
    struct rollback rollback = {.options = options, .role = role};
    enum exit_code code = EXIT_USAGE;
    usher_bytes_init(&rollback.text, TEXT_BYTES_MAX);
    rollback.site = site_read(options->config);
    if (rollback.site)
        code = site_dial(rollback.site);
    if (rollback.site && code == EXIT_DONE)
        code = look_take(&rollback.center, options, role);
    if (rollback.site && code == EXIT_DONE) {
        code = rules_is_site(rollback.site, rollback.center.site) ? work(&rollback) : EXIT_USAGE;
        look_forget(&rollback.center);
    }
    usher_rules_free(rollback.rules);
    usher_bytes_fini(&rollback.text);
    site_free(rollback.site);
    return code;
}

/* `usherctl rules`. */

static const char *write_time(int64_t ms, char room[MOMENT_SIZE])
{
    return ms > 0 ? moment_write(ms, room) : "not known";
}

static void print_version(const struct version *version, bool is_in_use, bool is_in_file)
{
    struct usher_bytes out;
    struct usher_json_writer writer;
    usher_bytes_init(&out, 1024);
    usher_json_write_start(&writer, &out);
    usher_json_write_open(&writer, '{');
    usher_json_write_key(&writer, USHER_TEXT("hash"));
    usher_json_write_text(&writer, usher_text_of(version->hash));
    if (version->loaded_ms > 0) {
        usher_json_write_key(&writer, USHER_TEXT("loaded"));
        usher_json_write_int64(&writer, version->loaded_ms);
    }
    usher_json_write_key(&writer, USHER_TEXT("in_use"));
    usher_json_write_bool(&writer, is_in_use);
    usher_json_write_key(&writer, USHER_TEXT("in_file"));
    usher_json_write_bool(&writer, is_in_file);
    usher_json_write_close(&writer, '}');
    printf("%.*s\n", USHER_TEXT_ARGS(usher_bytes_text(&out)));
    usher_bytes_fini(&out);
}

static void list_versions(const struct versions *versions, const struct site *site,
                          const char *in_use, const struct options *options)
{
    static const struct table_column columns[] = {
        {"RULES", false, false}, {"TAKEN INTO USE", false, false}, {"", false, false}};
    char hash[FILE_SHA256_SIZE], room[MOMENT_SIZE], digits[VERSION_SHORT_SIZE];
    struct table *table = table_new(columns, USHER_COUNT_OF(columns));
    read_file_hash(site, hash);
    for (size_t i = 0; i < versions->count; i++) {
        const struct version *version = &versions->list[i];
        bool is_in_use = strcmp(version->hash, in_use) == 0;
        bool is_in_file = strcmp(version->hash, hash) == 0;
        if (options->is_json)
            print_version(version, is_in_use, is_in_file);
        table_add(table, is_in_use ? TABLE_GREEN : TABLE_PLAIN, "%s",
                  version_short(version->hash, digits));
        table_add(table, TABLE_PLAIN, "%s", write_time(version->loaded_ms, room));
        table_add(table, TABLE_PLAIN, "%s%s%s", is_in_use ? "in use" : "",
                  is_in_use && is_in_file ? ", " : "", is_in_file ? "in the file" : "");
    }
    if (!options->is_json && versions->count > 0)
        table_print(table, options->style, stdout);
    else if (!options->is_json)
        puts("usherd has taken no rules into use yet.");
    table_free(table);
}

static enum exit_code print_text(struct site *site, const struct versions *versions,
                                 const char *wanted)
{
    const struct version *version = versions_find(versions, wanted);
    struct usher_bytes text;
    if (!version && strlen(wanted) != VERSION_HASH_SIZE - 1)
        return refuse_hash(wanted);
    usher_bytes_init(&text, TEXT_BYTES_MAX);
    enum exit_code code = versions_read_text(site, version ? version->hash : wanted, &text);
    if (code == EXIT_DONE)
        (void)fwrite(usher_bytes_text(&text).at, 1, text.length, stdout);
    usher_bytes_fini(&text);
    return code;
}

/* The reasons of a break, as the rules in use have them. */
static enum exit_code list_reasons(struct site *site, const struct options *options)
{
    struct usher_rules *rules = versions_read_rules(site);
    for (size_t i = 0; rules && i < rules->not_ready_count; i++)
        printf(options->is_json ? "{\"reason\":\"%.*s\"}\n" : "%.*s\n",
               USHER_TEXT_ARGS(rules->not_ready[i]));
    if (!rules)
        fputs("usherctl: no rules can be read; `usherd --check-config` says why\n", stderr);
    enum exit_code code = rules ? EXIT_DONE : EXIT_REFUSED;
    usher_rules_free(rules);
    return code;
}

enum exit_code perform_rules(const struct options *options, enum usher_role role)
{
    struct look center = {.site = ""};
    struct versions versions;
    struct site *site = site_read(options->config);
    enum exit_code code = site ? site_dial(site) : EXIT_USAGE;
    if (code == EXIT_DONE && options->action) {
        code = list_reasons(site, options);
        site_free(site);
        return code;
    }
    if (code == EXIT_DONE && look_take(&center, options, role) == EXIT_DONE)
        look_forget(&center);
    if (code == EXIT_DONE && !rules_is_site(site, center.site))
        code = EXIT_USAGE;
    if (code == EXIT_DONE)
        code = versions_read(&versions, site, center.rules);
    if (code == EXIT_DONE) {
        if (options->arguments_count > 0)
            code = print_text(site, &versions, options->arguments[0]);
        else
            list_versions(&versions, site, center.rules, options);
        versions_fini(&versions);
    }
    site_free(site);
    return code;
}
