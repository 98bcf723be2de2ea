#include "ctl/rulebook/crew.h"

#include <stdlib.h>

#include "ctl/memory.h"
#include "model/profile.h"
#include "wire/json.h"

static void *take(struct crew *crew, size_t count, size_t size)
{
    void *room = usher_arena_take(&crew->arena, count, size);
    if (room)
        return room;
    fputs("usherctl: memory is out\n", stderr);
    exit(EXIT_REFUSED);
}

static void crew_init(struct crew *crew, size_t count)
{
    *crew = (struct crew){.count = 0};
    crew->members = memory_resize(NULL, (count + 1) * sizeof(*crew->members));
    usher_arena_init(&crew->arena);
}

void crew_fini(struct crew *crew)
{
    free(crew->members);
    usher_arena_fini(&crew->arena);
}

static struct usher_staff_member *add_member(struct crew *crew, struct usher_text id)
{
    struct usher_staff_member *member = &crew->members[crew->count++];
    *member = (struct usher_staff_member){.id = id};
    for (size_t i = 0; i < USHER_CHANNEL_COUNT; i++)
        member->capacity[i] = -1;
    return member;
}

static void add_profile(struct crew *crew, const struct roster_profile *profile)
{
    struct usher_staff_member *member = add_member(crew, profile->agent);
    struct usher_staff_skill *skills = take(crew, profile->fields_count + 1, sizeof(*skills));
    for (size_t i = 0; i < profile->fields_count; i++) {
        const struct roster_field *at = &profile->fields[i];
        struct usher_profile_field field = usher_profile_field_read(at->name, at->value);
        if (field.expected || at->value.length == 0)
            continue;
        if (field.kind == USHER_PROFILE_PHONE)
            member->has_phone = true;
        else if (field.kind == USHER_PROFILE_CAPACITY)
            member->capacity[field.channel] = (int)field.number;
        else if (field.kind == USHER_PROFILE_SKILL && field.number > 0)
            skills[member->skills_count++] =
                (struct usher_staff_skill){field.key, (uint8_t)field.number};
    }
    member->skills = skills;
}

void crew_of_roster(struct crew *crew, const struct roster *roster)
{
    crew_init(crew, roster->count);
    for (size_t i = 0; i < roster->count; i++)
        add_profile(crew, &roster->list[i]);
}

/* The next member of a JSON object whose value is a whole number. */
static bool next_number(struct usher_json *json, struct usher_text *key, int64_t *number)
{
    while (usher_json_next_key(json, key)) {
        if (key->at && usher_json_read_int64(json, number))
            return true;
        usher_json_skip(json);
    }
    return false;
}

/* A key that JSON writes with an escape is read into room of the crew's. */
static bool enter(struct crew *crew, struct usher_text object, struct usher_json *json)
{
    usher_json_start(json, object, take(crew, object.length + 1, 1), object.length + 1);
    return usher_json_enter(json);
}

static void add_agent(struct crew *crew, const struct usher_fields *fields)
{
    struct usher_staff_member *member = add_member(crew, fields->agent);
    size_t room = fields->skills.length / 4 + 1; /* "a":1 and a comma are more than four bytes */
    struct usher_staff_skill *skills = take(crew, room, sizeof(*skills));
    struct usher_json json;
    struct usher_text key;
    int64_t number;
    member->has_phone = fields->phone.length > 0;
    member->skills = skills;
    if (fields->skills.at && enter(crew, fields->skills, &json)) {
        while (next_number(&json, &key, &number))
            skills[member->skills_count++] = (struct usher_staff_skill){key, (uint8_t)number};
    }
    if (fields->capacity.at && enter(crew, fields->capacity, &json)) {
        while (next_number(&json, &key, &number))
            member->capacity[usher_channel_find(key)] = (int)number;
    }
}

void crew_of_snapshot(struct crew *crew, const struct snapshot *snapshot)
{
    crew_init(crew, snapshot->count);
    for (size_t i = 0; i < snapshot->count; i++)
        if (snapshot->rows[i].event.kind == USHER_EVENT_STATE_AGENT)
            add_agent(crew, &snapshot->rows[i].event.fields);
}
