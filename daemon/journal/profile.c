/* Reading a profile's hash. Values never reach the log: they are personal data, or may be. */
#include "journal/profile.h"

#include <hiredis/hiredis.h>
#include <stdlib.h>

#include "journal/reply.h"
#include "log.h"
#include "model/channel.h"
#include "wire/json.h"

#define CAPACITY_MAX 100

struct pair {
    struct usher_text key;
    int64_t value;
};

void profile_init(struct profile *profile)
{
    *profile = (struct profile){.name = USHER_NO_TEXT};
    usher_bytes_init(&profile->skills, PROFILE_SKILLS_BYTES_MAX);
    usher_bytes_init(&profile->capacity, 1024);
}

void profile_fini(struct profile *profile)
{
    usher_bytes_fini(&profile->skills);
    usher_bytes_fini(&profile->capacity);
}

static void warn(struct usher_text agent, struct usher_text field, const char *what)
{
    char agent_value[LOG_VALUE_SIZE], field_value[LOG_VALUE_SIZE];
    log_warning("A field of a profile is left out: see to its value in Redis",
                "agent=%s field=%s expected=\"%s\"", log_value(agent, agent_value),
                log_value(field, field_value), what);
}

/* How many bytes the character at `at` takes; 0 when it is no valid UTF-8 (RFC 3629) or a control
 * character. */
static size_t character_length(const unsigned char *at, size_t left)
{
    static const uint32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = at[0] < 0x80 ? 1 : at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    uint32_t code;
    if (length == 1)
        return at[0] >= 0x20 && at[0] != 0x7f;
    if (at[0] < 0xc2 || at[0] > 0xf4 || length > left)
        return 0;
    code = at[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (at[i] & 0x3fu);
    }
    if (code < lowest[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ||
        code < 0xa0)
        return 0;
    return length;
}

static bool is_plain(struct usher_text text)
{
    const unsigned char *at = (const unsigned char *)text.at;
    size_t left = text.length;
    if (left > USHER_NAME_MAX)
        return false;
    while (left > 0) {
        size_t length = character_length(at, left);
        if (length == 0)
            return false;
        at += length;
        left -= length;
    }
    return true;
}

/* The part of `field` behind `prefix`; absent when it begins otherwise. */
static struct usher_text behind(struct usher_text field, struct usher_text prefix)
{
    if (field.length <= prefix.length || memcmp(field.at, prefix.at, prefix.length) != 0)
        return USHER_NO_TEXT;
    return (struct usher_text){field.at + prefix.length, field.length - prefix.length};
}

static int compare_pairs(const void *a, const void *b)
{
    return usher_text_compare(((const struct pair *)a)->key, ((const struct pair *)b)->key);
}

/* Writes the pairs as an object; those that do not fit into `out` are left out. */
static void write_pairs(struct pair *pairs, size_t count, struct usher_bytes *out,
                        struct usher_text agent)
{
    struct usher_json_writer writer;
    if (count > 0)
        qsort(pairs, count, sizeof(*pairs), compare_pairs);
    usher_bytes_clear(out);
    usher_json_write_start(&writer, out);
    usher_json_write_open(&writer, '{');
    for (size_t i = 0; i < count; i++) {
        /* Two bytes a byte at the worst, a comma, quotes, a colon, the number and the closing
         * bracket. */
        if (out->length + pairs[i].key.length * 2 + 12 > out->length_max) {
            warn(agent, pairs[i].key, "fewer fields");
            break;
        }
        usher_json_write_key(&writer, pairs[i].key);
        usher_json_write_int64(&writer, pairs[i].value);
    }
    usher_json_write_close(&writer, '}');
}

static void read_skill(struct pair *skills, size_t *count, struct usher_text agent,
                       struct usher_text field, struct usher_text name, struct usher_text value)
{
    int64_t level;
    if (!is_plain(name) || !usher_text_read_int64(value, &level) || level < 0 ||
        level > USHER_LEVEL_MAX) {
        warn(agent, field, "a level of 0 to 10");
        return;
    }
    if (level == 0)
        return;
    if (*count == PROFILE_SKILLS_MAX) {
        warn(agent, field, "fewer skills");
        return;
    }
    skills[(*count)++] = (struct pair){name, level};
}

static void read_capacity(struct pair *capacity, size_t *count, struct usher_text agent,
                          struct usher_text field, struct usher_text channel,
                          struct usher_text value)
{
    int64_t contacts;
    if (usher_channel_find(channel) == USHER_CHANNEL_NONE ||
        !usher_text_read_int64(value, &contacts) || contacts < 0 || contacts > CAPACITY_MAX) {
        warn(agent, field, "capacity.<channel>, 0 to 100");
        return;
    }
    capacity[(*count)++] = (struct pair){channel, contacts}; /* a hash has each field once */
}

static struct usher_text read_plain(struct usher_text agent, struct usher_text field,
                                    struct usher_text value)
{
    if (is_plain(value))
        return value;
    warn(agent, field, "at most 128 bytes of UTF-8 without control characters");
    return USHER_NO_TEXT;
}

void profile_read(struct profile *profile, struct usher_text agent, const struct redisReply *reply)
{
    struct pair skills[PROFILE_SKILLS_MAX];
    struct pair capacity[USHER_CHANNEL_COUNT];
    size_t skills_count = 0, capacity_count = 0;
    profile->name = USHER_NO_TEXT;
    profile->phone = USHER_NO_TEXT;
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i + 1 < reply->elements; i += 2) {
        struct usher_text field = journal_reply_text(reply->element[i]);
        struct usher_text value = journal_reply_text(reply->element[i + 1]);
        struct usher_text skill = behind(field, USHER_TEXT("skill."));
        struct usher_text channel = behind(field, USHER_TEXT("capacity."));
        if (skill.at)
            read_skill(skills, &skills_count, agent, field, skill, value);
        else if (channel.at)
            read_capacity(capacity, &capacity_count, agent, field, channel, value);
        else if (usher_text_is_equal(field, USHER_TEXT("name")))
            profile->name = read_plain(agent, field, value);
        else if (usher_text_is_equal(field, USHER_TEXT("phone")))
            profile->phone = read_plain(agent, field, value);
    }
    write_pairs(skills, skills_count, &profile->skills, agent);
    write_pairs(capacity, capacity_count, &profile->capacity, agent);
}
