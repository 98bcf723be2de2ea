/* usherd.yaml as a whole, and the keys that are numbers and texts only. */
#include "settings.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "rules/schema.h"
#include "settings_part.h"

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)
#define KIB       INT64_C(1024)
#define MIB       (1024 * KIB)
#define GIB       (1024 * MIB)

/* Every mapping's values in one struct; the keys of each are rows of their own. */
struct top_values {
    const struct usher_node *site;
    const struct usher_node *rules;
    const struct usher_node *redis;
    const struct usher_node *listen;
    const struct usher_node *links;
    const struct usher_node *outage;
    const struct usher_node *state;
    bool standby;
    const struct usher_node *addresses;
    const struct usher_node *timing;
    const struct usher_node *journal;
    const struct usher_node *limits;
};

struct journal_values {
    int64_t keep;
    int64_t max;
    int64_t snapshot_every;
    const struct usher_node *archive;
};

struct limit_values {
    int64_t contacts;
    int64_t agents;
    int64_t classes;
    int64_t context;
    int64_t ring;
    int64_t pending;
};

#define ROW(struct_, key_, type_, ...)                                                             \
    {                                                                                              \
        .key = #key_, .type = USHER_VALUE_##type_, .offset = offsetof(struct struct_, key_),       \
        __VA_ARGS__                                                                                \
    }
/* A number that goes straight into the settings. */
#define NUMBER(key_, type_, member_, ...)                                                          \
    {                                                                                              \
        .key = key_, .type = USHER_VALUE_##type_, .offset = offsetof(struct settings, member_),    \
        __VA_ARGS__                                                                                \
    }

static const struct usher_schema_row site_row = {
    .key = "site",
    .type = USHER_VALUE_TEXT,
    .max = 32,
    .sentence = "the center's name, which is part of the keys in Redis"};

static const struct usher_schema_row timing_rows[] = {
    NUMBER("heartbeat", DURATION, timing.heartbeat_ms, .min = 100, .max = 10 * SECOND_MS,
           .fallback = SECOND_MS, .sentence = "how often usherd writes a sign of life"),
    NUMBER("lease", DURATION, timing.lease_ms, .min = 200, .max = MINUTE_MS, .fallback = 2500,
           .sentence = "how old an answer of Redis may be for its events to be published"),
    NUMBER("grace", DURATION, timing.grace_ms, .min = 100, .max = HOUR_MS,
           .fallback = 30 * SECOND_MS, .sentence = "how long the contacts of a lost PBX stay"),
    NUMBER("desk_grace", DURATION, timing.desk_grace_ms, .min = 100, .max = HOUR_MS,
           .fallback = 30 * SECOND_MS,
           .sentence = "how long an agent stays ready whose desk has lost its connection"),
    NUMBER("silent_reads", WHOLE, timing.silent_reads, .min = 2, .max = 100, .fallback = 3,
           .sentence = "after how many reads without an entry a standby takes over"),
    NUMBER("read", DURATION, timing.read_ms, .min = 20, .max = 3 * SECOND_MS, .fallback = SECOND_MS,
           .sentence = "how long a standby's read waits for an entry"),
    NUMBER("claim_jitter", DURATION, timing.claim_jitter_ms, .min = 0, .max = 5 * SECOND_MS,
           .fallback = 300, .sentence = "up to how long a standby waits before it takes over"),
};

static const struct usher_schema_row journal_rows[] = {
    ROW(journal_values, keep, DURATION, .min = MINUTE_MS, .max = 30 * DAY_MS,
        .fallback = 48 * HOUR_MS, .sentence = "how long events stay in the journal"),
    ROW(journal_values, max, BYTES, .min = MIB, .max = 1024 * GIB, .fallback = GIB,
        .sentence = "how large the journal may grow"),
    ROW(journal_values, snapshot_every, WHOLE, .min = 1, .max = 1000000000, .fallback = 100000,
        .sentence = "after how many events a snapshot is written"),
    ROW(journal_values, archive, ANY, .kind = "a path",
        .sentence = "the folder that receives what goes from the journal",
        .without = "what goes is gone"),
};

static const struct usher_schema_row limit_rows[] = {
    ROW(limit_values, contacts, WHOLE, .min = 1, .max = 1000000, .fallback = 20000,
        .sentence = "how many contacts may live at the same time"),
    ROW(limit_values, agents, WHOLE, .min = 1, .max = 1000000, .fallback = 20000,
        .sentence = "how many agents may have a profile"),
    ROW(limit_values, classes, WHOLE, .min = 1, .max = 1000, .fallback = 1000,
        .sentence = "how many kinds of contacts, by need, tier and channel, there may be"),
    ROW(limit_values, context, BYTES, .min = 64, .max = 16 * KIB, .fallback = 8 * KIB,
        .sentence = "how large the data of one contact may be"),
    ROW(limit_values, ring, BYTES, .min = 64 * KIB, .max = GIB, .fallback = 8 * MIB,
        .sentence = "how many bytes of events are kept for clients that come back"),
    ROW(limit_values, pending, BYTES, .min = MIB, .max = GIB, .fallback = 64 * MIB,
        .sentence = "how many bytes of events may wait for Redis"),
};

static const struct usher_schema timing_schema = {timing_rows, USHER_COUNT_OF(timing_rows), NULL};
static const struct usher_schema journal_schema = {journal_rows, USHER_COUNT_OF(journal_rows),
                                                   NULL};
static const struct usher_schema limit_schema = {limit_rows, USHER_COUNT_OF(limit_rows), NULL};

static const struct usher_schema_row top_rows[] = {
    ROW(top_values, site, ANY, .is_needed = true, .kind = "small letters, digits and -, at most 32",
        .sentence = "the center's name, which is part of the keys in Redis"),
    ROW(top_values, rules, ANY, .is_needed = true, .kind = "a path",
        .sentence = "the file with the routing rules"),
    ROW(top_values, redis, MAP, .sentence = "where Redis is", .members = &settings_redis_schema),
    ROW(top_values, listen, LIST, .is_needed = true, .kind = "a list of mappings",
        .sentence = "where PBXs, desks and usherctl connect", .members = &settings_listen_schema),
    ROW(top_values, links, MAP, .sentence = "the PBXs to which usherd connects", .without = "none",
        .members = &settings_link_schema, .name = "NAME"),
    ROW(top_values, outage, ANY, .kind = "route or hold",
        .sentence = "what usherd does while Redis is away: goes on from memory, or waits",
        .without = "route; hold with `standby: true` or `replicas: strict`"),
    ROW(top_values, state, ANY, .kind = "a path",
        .sentence = "the folder for what is not kept in Redis",
        .without = "what systemd gives, else /var/lib/usher"),
    ROW(top_values, standby, BOOL,
        .sentence = "whether usherd follows a leader and takes over when it is gone"),
    ROW(top_values, addresses, LIST, .kind = "a list of addresses",
        .sentence = "how clients reach this usherd", .without = "where it listens"),
    ROW(top_values, timing, MAP, .sentence = "how long usherd waits for what",
        .members = &timing_schema),
    ROW(top_values, journal, MAP, .sentence = "how much of the journal is kept",
        .members = &journal_schema),
    ROW(top_values, limits, MAP, .sentence = "how much usherd takes room for",
        .members = &limit_schema),
};

const struct usher_schema settings_schema = {top_rows, USHER_COUNT_OF(top_rows), NULL};

static void read_site(struct settings_part *part, const struct usher_node *node)
{
    struct usher_text site = USHER_NO_TEXT;
    bool is_good;

    if (!node || !usher_schema_read_value(&site_row, node, &site, part->problems))
        return;
    is_good = usher_text_copy(part->settings->site, sizeof(part->settings->site), site);
    for (size_t i = 0; i < site.length; i++) {
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", site.at[i]))
            is_good = false;
    }
    if (is_good)
        return;
    part->settings->site[0] = '\0';
    usher_problems_add(part->problems, node->line, node->column,
                       "`site` is `%.*s`; write small letters, digits and - only",
                       USHER_TEXT_ARGS(site));
}

static void read_timing(struct settings_part *part, const struct usher_node *node)
{
    struct settings *settings = part->settings;

    usher_schema_default(&timing_schema, settings);
    if (!node)
        return;
    usher_schema_read(&timing_schema, node, settings, part->problems);
    if (settings->timing.lease_ms <= settings->timing.heartbeat_ms)
        usher_problems_add(part->problems, node->line, node->column,
                           "`lease` must be longer than `heartbeat`; two and a half heartbeats "
                           "are good");
}

static void read_journal(struct settings_part *part, const struct usher_node *node)
{
    struct settings *settings = part->settings;
    struct journal_values values;

    usher_schema_default(&journal_schema, &values);
    if (node)
        usher_schema_read(&journal_schema, node, &values, part->problems);
    settings->journal.keep_ms = values.keep;
    settings->journal.max_bytes = values.max;
    settings->journal.snapshot_every = values.snapshot_every;
    if (values.archive)
        (void)settings_read_path(part, values.archive, settings->journal.archive,
                                 sizeof(settings->journal.archive));
}

static void read_limits(struct settings_part *part, const struct usher_node *node)
{
    struct settings *settings = part->settings;
    struct limit_values values;

    usher_schema_default(&limit_schema, &values);
    if (node)
        usher_schema_read(&limit_schema, node, &values, part->problems);
    settings->limits = USHER_LIMITS_DEFAULT;
    settings->limits.contacts = (size_t)values.contacts;
    settings->limits.agents = (size_t)values.agents;
    settings->limits.classes = (size_t)values.classes;
    settings->limits.context_bytes = (size_t)values.context;
    settings->ring_bytes = values.ring;
    settings->pending_bytes = values.pending;
}

static void read_top(struct settings_part *part, const struct usher_node *root)
{
    struct top_values values;

    usher_schema_default(&settings_schema, &values);
    usher_schema_read(&settings_schema, root, &values, part->problems);
    read_site(part, values.site);
    if (values.rules)
        (void)settings_read_path(part, values.rules, part->settings->rules,
                                 sizeof(part->settings->rules));
    settings_read_redis(part, values.redis);
    settings_read_listen(part, values.listen);
    settings_read_links(part, values.links);
    settings_read_addresses(part, values.addresses);
    part->settings->is_standby = values.standby;
    settings_read_outage(part, values.outage, values.state);
    read_timing(part, values.timing);
    settings_check_redis(part, values.redis);
    settings_check_standby(part, values.timing);
    read_journal(part, values.journal);
    read_limits(part, values.limits);
}

/* The absolute folder of the file at `path`, as it is named and not as links resolve, so that it
 * may be switched later. */
static int find_folder(const char *path, char folder[SETTINGS_PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    int parent_length = slash ? (int)(slash - path) : 0;
    char here[SETTINGS_PATH_MAX] = "";
    int length;

    if (path[0] != '/' && !getcwd(here, sizeof(here)))
        return errno == ERANGE ? -ENAMETOOLONG : -errno;
    if (here[0] && parent_length)
        length = snprintf(folder, SETTINGS_PATH_MAX, "%s/%.*s", here, parent_length, path);
    else
        length = snprintf(folder, SETTINGS_PATH_MAX, "%s%.*s", here, parent_length, path);
    return length < SETTINGS_PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int name_file(struct settings *settings, const char *folder, const char *path)
{
    const char *slash = strrchr(path, '/');
    int length =
        snprintf(settings->file, sizeof(settings->file), "%s/%s", folder, slash ? slash + 1 : path);

    return length > 0 && (size_t)length < sizeof(settings->file) ? 0 : -ENAMETOOLONG;
}

bool settings_read_path(struct settings_part *part, const struct usher_node *node, char *room,
                        size_t size)
{
    const struct usher_schema_row row = {
        .key = "path", .type = USHER_VALUE_TEXT, .max = (int64_t)size - 1};
    struct usher_text path;
    int length;

    if (!usher_schema_read_value(&row, node, &path, part->problems))
        return false;
    while (path.length > 2 && path.at[0] == '.' && path.at[1] == '/')
        path = (struct usher_text){path.at + 2, path.length - 2};
    if (path.at[0] == '/')
        length = snprintf(room, size, "%.*s", USHER_TEXT_ARGS(path));
    else
        length = snprintf(room, size, "%s/%.*s", part->folder, USHER_TEXT_ARGS(path));
    if (length >= 0 && (size_t)length < size)
        return true;
    usher_problems_add(part->problems, node->line, node->column,
                       "the path is %d bytes long with its folder; at most %zu are possible",
                       length, size - 1);
    room[0] = '\0';
    return false;
}

bool settings_split_address(struct usher_text address, char *host, size_t size, uint16_t *port)
{
    const char *colon = memrchr(address.at, ':', address.length);
    struct usher_text name = {address.at, colon ? (size_t)(colon - address.at) : 0};
    struct usher_text digits = {address.at + name.length + 1, address.length - name.length - 1};
    bool has_brackets = name.length > 2 && name.at[0] == '[' && name.at[name.length - 1] == ']';
    int64_t number;

    if (name.length == 0 || !usher_text_read_int64(digits, &number) || number < 0 ||
        number > UINT16_MAX)
        return false;
    if (has_brackets)
        name = (struct usher_text){name.at + 1, name.length - 2};
    else if (memchr(name.at, ':', name.length))
        return false;
    *port = (uint16_t)number;
    return usher_text_copy(host, size, name);
}

int settings_read(struct settings *settings, const char *path, struct usher_problems *problems)
{
    char folder[SETTINGS_PATH_MAX];
    struct settings_part part = {.settings = settings, .folder = folder, .problems = problems};
    struct usher_document document;
    struct usher_bytes text;
    size_t problems_before = problems->count;
    int result;

    memset(settings, 0, sizeof(*settings));
    result = find_folder(path, folder);
    if (result == 0)
        result = name_file(settings, folder, path);
    if (result < 0)
        return result;
    usher_bytes_init(&text, USHER_DOCUMENT_BYTES_MAX);
    result = file_read_text(path, USHER_DOCUMENT_BYTES_MAX, &text);
    if (result == 0) {
        if (usher_document_read(&document, usher_bytes_text(&text), problems))
            read_top(&part, document.root);
        usher_document_fini(&document);
    }
    usher_bytes_fini(&text);
    if (result < 0 || problems->count == problems_before)
        return result;
    usher_problems_sort(problems);
    return -EINVAL;
}
