/* Reading a profile's hash. Values never reach the log: they are personal data, or may be. */
#include "journal/profile.h"

#include <hiredis/hiredis.h>
#include <stdlib.h>

#include "journal/reply.h"
#include "log.h"
#include "model/profile.h"
#include "wire/json.h"

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

static void add_skill(struct pair *skills, size_t *count, struct usher_text agent,
                      struct usher_text name, const struct usher_profile_field *field)
{
    if (*count == PROFILE_SKILLS_MAX)
        warn(agent, name, "fewer skills");
    else
        skills[(*count)++] = (struct pair){field->key, field->number};
}

void profile_read(struct profile *profile, struct usher_text agent, const struct redisReply *reply)
{
    struct pair skills[PROFILE_SKILLS_MAX];
    struct pair capacity[USHER_CHANNEL_COUNT];
    size_t skills_count = 0, capacity_count = 0;
    profile->name = USHER_NO_TEXT;
    profile->phone = USHER_NO_TEXT;
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i + 1 < reply->elements; i += 2) {
        struct usher_text name = journal_reply_text(reply->element[i]);
        struct usher_text value = journal_reply_text(reply->element[i + 1]);
        struct usher_profile_field field = usher_profile_field_read(name, value);
        if (field.expected)
            warn(agent, name, field.expected);
        else if (field.kind == USHER_PROFILE_SKILL && field.number > 0)
            add_skill(skills, &skills_count, agent, name, &field);
        else if (field.kind == USHER_PROFILE_CAPACITY) /* a hash has each field once */
            capacity[capacity_count++] = (struct pair){field.key, field.number};
        else if (field.kind == USHER_PROFILE_NAME)
            profile->name = value;
        else if (field.kind == USHER_PROFILE_PHONE)
            profile->phone = value;
    }
    write_pairs(skills, skills_count, &profile->skills, agent);
    write_pairs(capacity, capacity_count, &profile->capacity, agent);
}
