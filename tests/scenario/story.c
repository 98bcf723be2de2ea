/* The steps of a story. A step's events must all be expected before the next step begins. */
#include "scenario/story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/codec.h"
#include "world/words.h"

void story_open(struct story *story, const char *path)
{
    memset(story, 0, sizeof(*story));
    story->path = path;
    world_open(&story->world, &USHER_LIMITS_DEFAULT);
    story->sync = usher_sync_new(1000);
}

void story_close(struct story *story)
{
    usher_zone_free(story->zone);
    usher_sync_free(story->sync);
    world_close(&story->world);
}

/* Cuts at spaces, but not within quotes or brackets. */
static size_t cut(char *line, char *words[])
{
    size_t count = 0;
    char *at = line;
    while (count < STORY_WORDS_MAX) {
        at += strspn(at, " ");
        if (*at == '\0')
            break;
        words[count++] = at;
        int depth = 0;
        bool is_quoted = false;
        for (; *at != '\0' && (*at != ' ' || depth > 0 || is_quoted); at++) {
            if (*at == '"')
                is_quoted = !is_quoted;
            else if (*at == '{' || *at == '[')
                depth++;
            else if (*at == '}' || *at == ']')
                depth--;
        }
        if (*at != '\0')
            *at++ = '\0';
    }
    return count;
}

static bool use_rules(struct story *story, struct usher_text text)
{
    if (!world_use_rules(&story->world, text))
        return story_fail(story, "the rules are not taken");
    story->events = world_take(&story->world);
    return story_skip(story, USHER_EVENT_RULES_LOADED);
}

static bool use_rules_file(struct story *story, const char *name)
{
    char path[1024];
    const char *slash = strrchr(story->path, '/');
    snprintf(path, sizeof(path), "%.*srules/%s.yaml", slash ? (int)(slash + 1 - story->path) : 0,
             story->path, name);
    FILE *file = fopen(path, "r");
    if (!file)
        return story_fail(story, "%s cannot be opened", path);
    static char text[65536];
    size_t length = fread(text, 1, sizeof(text), file);
    fclose(file);
    return use_rules(story, (struct usher_text){text, length});
}

/* agent olena billing=8 capacity.chat=3 phone=sip:olena@desk name=Olena */
static bool set_profile(struct story *story, char *words[], size_t count)
{
    char skills[2048] = "";
    char capacity[512] = "";
    struct usher_command command = {.kind = USHER_COMMAND_PROFILE_SET, .role = USHER_ROLE_ROUTER};
    struct usher_fields *fields = &command.fields;
    char phone[USHER_NAME_MAX];
    snprintf(phone, sizeof(phone), "sip:%s@desk", words[1]);
    USHER_FIELDS_SET(fields, AGENT, agent, usher_text_of(words[1]));
    USHER_FIELDS_SET(fields, NAME, name, usher_text_of(words[1]));
    USHER_FIELDS_SET(fields, PHONE, phone, usher_text_of(phone));
    for (size_t i = 2; i < count; i++) {
        char *value = strchr(words[i], '=');
        if (!value)
            return story_fail(story, "skill=level was expected, and not %s", words[i]);
        *value++ = '\0';
        if (strcmp(words[i], "phone") == 0 || strcmp(words[i], "name") == 0) {
            words_set(fields, words[i], value, 0);
            continue;
        }
        bool is_capacity = strncmp(words[i], "capacity.", 9) == 0;
        char *list = is_capacity ? capacity : skills;
        size_t room = is_capacity ? sizeof(capacity) : sizeof(skills);
        size_t length = strlen(list);
        snprintf(list + length, room - length, "%s\"%s\":%s", length > 0 ? "," : "",
                 is_capacity ? words[i] + 9 : words[i], value);
    }
    char skills_object[sizeof(skills) + 2];
    char capacity_object[sizeof(capacity) + 2];
    snprintf(skills_object, sizeof(skills_object), "{%s}", skills);
    snprintf(capacity_object, sizeof(capacity_object), "{%s}", capacity);
    USHER_FIELDS_SET(fields, SKILLS, skills, usher_text_of(skills_object));
    if (capacity[0] != '\0')
        USHER_FIELDS_SET(fields, CAPACITY, capacity, usher_text_of(capacity_object));
    if (story->agents_count == STORY_AGENTS_MAX)
        return story_fail(story, "too many agents");
    snprintf(story->agents[story->agents_count++], USHER_AGENT_ID_MAX + 1, "%s", words[1]);
    struct usher_answer answer;
    if (world_decide(&story->world, &command, &answer) != USHER_OK)
        return story_fail(story, "the profile is refused: %s", answer.message);
    story->events = world_take(&story->world);
    return story_skip(story, USHER_EVENT_AGENT_PROFILED);
}

static bool is_agent(const struct story *story, const char *name)
{
    for (size_t i = 0; i < story->agents_count; i++)
        if (strcmp(story->agents[i], name) == 0)
            return true;
    return false;
}

/* Who speaks: a PBX, a desk, the boss, an admin, or usherd itself. */
static bool set_speaker(struct story *story, const char *who, struct usher_command *command)
{
    command->client = usher_text_of(who);
    if (strncmp(who, "pbx", 3) == 0)
        command->role = USHER_ROLE_PBX;
    else if (strcmp(who, "boss") == 0)
        command->role = USHER_ROLE_SUPERVISOR;
    else if (strcmp(who, "admin") == 0)
        command->role = USHER_ROLE_ADMIN;
    else if (strcmp(who, "router") == 0)
        command->role = USHER_ROLE_ROUTER;
    else if (is_agent(story, who))
        command->role = USHER_ROLE_DESK;
    else
        return story_fail(story, "nobody is called %s", who);
    if (command->role == USHER_ROLE_DESK)
        command->own_agent = command->client;
    if (command->role == USHER_ROLE_ROUTER)
        command->client = USHER_NO_TEXT;
    return true;
}

/* `contact.arrive` or, where only one command that this role may give ends so, `arrive`. */
static enum usher_command_kind find_command(const char *name, enum usher_role role)
{
    enum usher_command_kind found = usher_command_find(usher_text_of(name));
    for (unsigned kind = USHER_COMMAND_NONE + 1;
         kind < USHER_COMMAND_COUNT && found == USHER_COMMAND_NONE; kind++) {
        const struct usher_command_row *row = usher_command_row((enum usher_command_kind)kind);
        const char *dot = strchr(row->name, '.');
        if (dot && strcmp(dot + 1, name) == 0 && (row->roles & (1u << role)) &&
            strncmp(row->name, "sync", 4) != 0)
            found = (enum usher_command_kind)kind;
    }
    return found;
}

/* Bare words: the contact; then the channel, the agent, the reason or state. */
static bool set_bare(const struct story *story, struct usher_command *command, size_t place,
                     const char *word)
{
    const struct usher_command_row *row = usher_command_row(command->kind);
    usher_field_mask known = row->needed | row->optional;
    bool is_channel = usher_channel_find(usher_text_of(word)) != USHER_CHANNEL_NONE;
    if (place == 0 && known & USHER_FIELD_BIT(CONTACT) && !is_channel)
        return words_set(&command->fields, "contact", word, 0);
    if (is_channel)
        return words_set(&command->fields, "channel", word, 0);
    if (is_agent(story, word) || !(known & (USHER_FIELD_BIT(REASON) | USHER_FIELD_BIT(STATE))))
        return words_set(&command->fields, "agent", word, 0);
    return words_set(&command->fields, known & USHER_FIELD_BIT(REASON) ? "reason" : "state", word,
                     0);
}

/* A command that needs an offer and names none means the last one of its contact or agent. */
static void set_offer(const struct story *story, struct usher_command *command)
{
    char name[USHER_CONTACT_ID_MAX + 1];
    struct usher_text whose = command->fields.contact.at ? command->fields.contact
                              : command->fields.agent.at ? command->fields.agent
                                                         : command->own_agent;
    if (usher_fields_has(&command->fields, USHER_FIELD_OFFER) ||
        !(usher_command_row(command->kind)->needed & USHER_FIELD_BIT(OFFER)))
        return;
    snprintf(name, sizeof(name), "%.*s", USHER_TEXT_ARGS(whose));
    const char *number = story_offer_of(story, name);
    USHER_FIELDS_SET(&command->fields, OFFER, offer, usher_text_of(number ? number : "1-999999"));
}

/* What a desk or a supervisor calls c1 is the contact of pbx1. */
static void set_full_id(struct usher_command *command, char room[USHER_CONTACT_ID_MAX + 1])
{
    struct usher_text contact = command->fields.contact;
    if (command->role == USHER_ROLE_PBX || !contact.at || memchr(contact.at, '/', contact.length))
        return;
    snprintf(room, USHER_CONTACT_ID_MAX + 1, "pbx1/%.*s", USHER_TEXT_ARGS(contact));
    command->fields.contact = usher_text_of(room);
}

static bool set_words(struct story *story, struct usher_command *command, char *words[],
                      size_t count)
{
    size_t bare_count = 0;
    for (size_t i = 0; i < count; i++) {
        char *value = words[i][0] == '{' ? NULL : strchr(words[i], '=');
        bool is_set = true;
        if (!value) {
            is_set = set_bare(story, command, bare_count++, words[i]);
        } else {
            *value++ = '\0';
            const char *bound = value[0] == '$' ? story_offer_of(story, value) : NULL;
            if (strcmp(words[i], "id") == 0)
                command->id = usher_text_of(value);
            else
                is_set = words_set(&command->fields, words[i], bound ? bound : value,
                                   story->world.now_ms);
        }
        if (!is_set)
            return story_fail(story, "the command has no field %s", words[i]);
    }
    set_offer(story, command);
    return true;
}

/* The command goes over the wire and back, as a client's would; what is remembered of a customer is
 * usherd's to add. */
static enum usher_error over_the_wire(struct usher_command *command, struct usher_bytes *line,
                                      struct usher_answer *answer)
{
    static struct usher_scratch scratch;
    struct usher_command read = {
        .client = command->client, .role = command->role, .own_agent = command->own_agent};
    usher_command_encode(command, line);
    enum usher_error error = usher_command_decode(usher_bytes_text(line), &scratch, &read, answer);
    if (usher_fields_has(&command->fields, USHER_FIELD_MEMORY))
        USHER_FIELDS_SET(&read.fields, MEMORY, memory, command->fields.memory);
    if (usher_fields_has(&command->fields, USHER_FIELD_LAST_AGENT))
        USHER_FIELDS_SET(&read.fields, LAST_AGENT, last_agent, command->fields.last_agent);
    *command = read;
    return error;
}

static enum usher_error give(struct story *story, struct usher_command *command,
                             struct usher_answer *answer)
{
    struct world *world = &story->world;
    if (command->kind == USHER_COMMAND_SYNC_BEGIN) {
        usher_sync_begin(story->sync);
        return USHER_OK;
    }
    if (command->kind == USHER_COMMAND_SYNC_CONTACT)
        return usher_sync_add(story->sync, command, answer);
    if (command->kind == USHER_COMMAND_SYNC_END)
        return world_finish_sync(world, story->sync, command->client, command->fields.count,
                                 answer);
    /* As the router does: a known id gets the first answer again. */
    if (command->id.at && usher_engine_has_done(world->engine, command->client, command->id))
        return USHER_OK;
    return world_decide(world, command, answer);
}

/* pbx1: arrive c1 voice to=100 */
static bool speak(struct story *story, char *words[], size_t count)
{
    struct usher_command command = {.kind = USHER_COMMAND_NONE};
    struct usher_answer answer = {0};
    words[0][strlen(words[0]) - 1] = '\0';
    if (count < 2 || !set_speaker(story, words[0], &command))
        return story->what[0] ? false : story_fail(story, "a command was expected");
    char contact[USHER_CONTACT_ID_MAX + 1];
    struct usher_bytes line;
    usher_bytes_init(&line, USHER_LINE_MAX);
    if (words[1][0] == '{') {
        static struct usher_scratch scratch;
        story->error = usher_command_decode(usher_text_of(words[1]), &scratch, &command, &answer);
    } else {
        command.kind = find_command(words[1], command.role);
        if (command.kind == USHER_COMMAND_NONE ||
            !set_words(story, &command, words + 2, count - 2)) {
            usher_bytes_fini(&line);
            return story->what[0] ? false : story_fail(story, "no command is called %s", words[1]);
        }
        set_full_id(&command, contact);
        if (command.role != USHER_ROLE_ROUTER)
            story->error = over_the_wire(&command, &line, &answer);
    }
    if (story->error == USHER_OK)
        story->error = give(story, &command, &answer);
    snprintf(story->message, sizeof(story->message), "%s", answer.message);
    story->events = world_take(&story->world);
    usher_bytes_fini(&line);
    return true;
}

/* "2026-10-25 03:30 Europe/Kyiv", "2026-10-25 08:00" or "08:00", which is the next one. */
static bool read_date(struct story *story, char *words[], size_t count, int64_t *at_ms)
{
    struct usher_date date;
    int minutes;
    int64_t today = usher_floor_div(
        usher_zone_local_ms(story->zone, story->world.now_ms + story->world.civil_offset_ms),
        USHER_DAY_MS);
    if (usher_clock_read(usher_text_of(words[1]), &minutes)) {
        for (int64_t days = today; days <= today + 1; days++) {
            int64_t local_ms = days * USHER_DAY_MS + minutes * USHER_MINUTE_MS;
            *at_ms = usher_zone_moment(story->zone, local_ms) - story->world.civil_offset_ms;
            if (*at_ms > story->world.now_ms)
                return true;
        }
        return false;
    }
    if (count < 3 || !usher_date_read(usher_text_of(words[1]), false, &date) ||
        !usher_clock_read(usher_text_of(words[2]), &minutes))
        return false;
    if (count > 3) {
        usher_zone_free(story->zone);
        story->zone = world_read_zone(words[3]);
    }
    *at_ms = usher_zone_moment(story->zone,
                               usher_date_days(date) * USHER_DAY_MS + minutes * USHER_MINUTE_MS) -
             story->world.civil_offset_ms;
    return true;
}

/* clock -1h: the machine's clock is set, and no time passes. */
static bool set_clock(struct story *story, const char *word)
{
    struct world *world = &story->world;
    int64_t by_ms;
    if ((word[0] != '+' && word[0] != '-') || !words_read_number(word + 1, 0, &by_ms))
        return story_fail(story, "a time like +1h or -1h was expected");
    world_set_civil(world,
                    world->now_ms + world->civil_offset_ms + (word[0] == '+' ? by_ms : -by_ms));
    world_jump_to(world, world->now_ms);
    story->events = world_take(world);
    return true;
}

/* at +5s: so much later; `late` fires the deadlines in between only then. */
static bool move_time(struct story *story, char *words[], size_t count)
{
    int64_t at_ms;
    if (count < 2 ||
        (!read_date(story, words, count, &at_ms) &&
         !words_read_number(words[1], story->world.now_ms, &at_ms)) ||
        at_ms < story->world.now_ms)
        return story_fail(story, "a time like +5s, 08:00 or 2026-10-25 08:00 was expected");
    if (count > 2 && strcmp(words[2], "late") == 0)
        world_jump_to(&story->world, at_ms);
    else
        world_pass_to(&story->world, at_ms);
    story->events = world_take(&story->world);
    return true;
}

static bool restart(struct story *story)
{
    if (!world_restart(&story->world))
        return story_fail(story, "the journal cannot be applied");
    story->events = world_take(&story->world);
    return story_skip(story, USHER_EVENT_ROUTER_STARTED);
}

static bool take_step(struct story *story, char *words[], size_t count)
{
    if (strcmp(words[0], "rules") == 0 && count == 2)
        return use_rules_file(story, words[1]);
    if (strcmp(words[0], "rules") == 0) {
        story->has_rules_text = true;
        story->rules_text[0] = '\0';
        return true;
    }
    if (strcmp(words[0], "agent") == 0 && count >= 2)
        return set_profile(story, words, count);
    if (strcmp(words[0], "at") == 0)
        return move_time(story, words, count);
    if (strcmp(words[0], "clock") == 0 && count == 2)
        return set_clock(story, words[1]);
    if (strcmp(words[0], "restart") == 0)
        return restart(story);
    if (words[0][strlen(words[0]) - 1] == ':')
        return speak(story, words, count);
    if (count >= 3 && strcmp(words[1], "is") == 0)
        return story_expect_state(story, words, count);
    return story_fail(story, "no step begins with %s", words[0]);
}

bool story_step(struct story *story, char *line)
{
    char *words[STORY_WORDS_MAX];
    if (story->has_rules_text && line[0] == '|') {
        size_t length = strlen(story->rules_text);
        snprintf(story->rules_text + length, sizeof(story->rules_text) - length, "%s\n",
                 line[1] == ' ' ? line + 2 : line + 1);
        return true;
    }
    if (story->has_rules_text) {
        story->has_rules_text = false;
        if (!use_rules(story, usher_text_of(story->rules_text)))
            return false;
    }
    bool is_indented = line[0] == ' ';
    if (line[strspn(line, " ")] == '#' || line[strspn(line, " ")] == '\0')
        return true;
    size_t count = cut(line, words);
    if (is_indented)
        return story_expect(story, words, count);
    return story_expect_no_more(story) && take_step(story, words, count);
}

bool story_end(struct story *story)
{
    if (!story_expect_no_more(story))
        return false;
    const char *wrong = world_check_replay(&story->world);
    return wrong ? story_fail(story, "%s", wrong) : true;
}
