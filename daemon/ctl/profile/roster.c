#include "ctl/profile/roster.h"

#include <stdlib.h>

#include "ctl/memory.h"
#include "model/profile.h"

void roster_init(struct roster *roster)
{
    *roster = (struct roster){.count = 0};
    usher_arena_init(&roster->arena);
}

void roster_fini(struct roster *roster)
{
    for (size_t i = 0; i < roster->count; i++)
        free(roster->list[i].fields);
    free(roster->list);
    usher_arena_fini(&roster->arena);
}

struct usher_text roster_keep(struct roster *roster, struct usher_text text)
{
    struct usher_text copy;
    if (usher_arena_copy(&roster->arena, text, &copy))
        return copy;
    fputs("usherctl: memory is out\n", stderr);
    exit(EXIT_REFUSED);
}

struct roster_profile *roster_add(struct roster *roster, struct usher_text agent)
{
    if (roster->count == roster->room) {
        roster->room = roster->room ? 2 * roster->room : 64;
        roster->list = memory_resize(roster->list, roster->room * sizeof(*roster->list));
    }
    struct roster_profile *profile = &roster->list[roster->count++];
    *profile = (struct roster_profile){.agent = roster_keep(roster, agent)};
    return profile;
}

struct roster_field *roster_add_field(struct roster_profile *profile, struct usher_text name,
                                      struct usher_text value)
{
    if (profile->fields_count == profile->fields_room) {
        profile->fields_room = profile->fields_room ? 2 * profile->fields_room : 8;
        profile->fields =
            memory_resize(profile->fields, profile->fields_room * sizeof(*profile->fields));
    }
    struct roster_field *field = &profile->fields[profile->fields_count++];
    *field = (struct roster_field){.name = name, .value = value};
    return field;
}

static int compare_profiles(const void *a, const void *b)
{
    return usher_text_compare(((const struct roster_profile *)a)->agent,
                              ((const struct roster_profile *)b)->agent);
}

static int compare_fields(const void *a, const void *b)
{
    return usher_text_compare(((const struct roster_field *)a)->name,
                              ((const struct roster_field *)b)->name);
}

void roster_sort(struct roster *roster)
{
    if (roster->count > 0)
        qsort(roster->list, roster->count, sizeof(*roster->list), compare_profiles);
    for (size_t i = 0; i < roster->count; i++) {
        struct roster_profile *profile = &roster->list[i];
        if (profile->fields_count > 0)
            qsort(profile->fields, profile->fields_count, sizeof(*profile->fields), compare_fields);
    }
}

const struct roster_profile *roster_find(const struct roster *roster, struct usher_text agent)
{
    const struct roster_profile wanted = {.agent = agent};
    return roster->count > 0 ? bsearch(&wanted, roster->list, roster->count, sizeof(*roster->list),
                                       compare_profiles)
                             : NULL;
}

const struct roster_field *roster_find_field(const struct roster_profile *profile,
                                             struct usher_text name)
{
    const struct roster_field wanted = {.name = name};
    return profile->fields_count > 0 ? bsearch(&wanted, profile->fields, profile->fields_count,
                                               sizeof(*profile->fields), compare_fields)
                                     : NULL;
}

struct usher_text roster_value(const struct roster_profile *profile, const char *name)
{
    const struct roster_field *field = roster_find_field(profile, usher_text_of(name));
    return field && field->value.length > 0 ? field->value : USHER_NO_TEXT;
}

static const char *judge_name(struct usher_text name)
{
    struct usher_profile_field field = usher_profile_field_read(name, USHER_TEXT("1"));
    if (field.kind == USHER_PROFILE_SKILL && field.expected)
        return "a skill's name has at most 128 bytes, and no control characters; correct it";
    if (field.expected)
        return "there is no such channel; those are voice, chat, email and task";
    if (field.kind == USHER_PROFILE_NONE)
        return "no profile has such a field; those are name, phone, skill.NAME and "
               "capacity.CHANNEL";
    return NULL;
}

const char *roster_judge(struct usher_text name, struct usher_text value)
{
    const char *problem = judge_name(name);
    if (problem || value.length == 0)
        return problem;
    struct usher_profile_field field = usher_profile_field_read(name, value);
    if (field.kind == USHER_PROFILE_SKILL && field.expected)
        return "a level is a whole number of 0 to 10; correct it";
    if (field.kind == USHER_PROFILE_CAPACITY && field.expected)
        return "a capacity is a whole number of 0 to 100; correct it";
    if (field.expected)
        return "it has more than 128 bytes, or control characters; correct it";
    if (field.kind == USHER_PROFILE_PHONE && !usher_profile_is_sip(value))
        return "a phone is a SIP URI; write it as in sip:olena@192.0.2.17";
    return NULL;
}
