/* Steps by words, over tests/world. */
#include "unit/engine_world.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/state.h"
#include "wire/codec.h"
#include "world/words.h"

enum { WORDS_SIZE = 4096 };

const char engine_center[] =
    "skills: [billing, internet, lang.uk, lang.en]\n"
    "not_ready: [lunch, training]\n"
    "tiers:\n"
    "  gold: {head_start: 30s}\n"
    "queues:\n"
    "  billing: {need: {billing: {min: 1}}}\n"
    "  internet: {need: {internet: {min: 3}}, ring: 10s, wrap_up: {time: 30s, extend: 1}}\n"
    "  small: {need: {billing: {min: 1}}, limit: {waiting: 1}}\n"
    "  language: {need: {lang.$data.lang: {min: 1, else: lang.uk}}}\n"
    "  written: {need: {internet: {min: 1}}, ring: 20s}\n"
    "  any: {}\n"
    "routes:\n"
    "  - {when: {dialled: \"100\"}, queue: billing}\n"
    "  - {when: {dialled: \"101\"}, queue: billing, tier: gold}\n"
    "  - {when: {dialled: \"200\"}, queue: internet}\n"
    "  - {when: {dialled: \"300\"}, queue: small}\n"
    "  - {when: {dialled: \"400\"}, queue: language}\n"
    "  - {when: {channel: [chat, email]}, queue: written}\n"
    "  - queue: any\n";

void engine_open_with(struct engine_world *world, const struct usher_limits *limits)
{
    world_open(&world->world, limits);
    ck_assert(world_use_rules(&world->world, usher_text_of(engine_center)));
    world_take(&world->world);
}

void engine_open(struct engine_world *world)
{
    engine_open_with(world, &ENGINE_LIMITS);
}

void engine_close(struct engine_world *world)
{
    const char *wrong = world_check_replay(&world->world);
    ck_assert_msg(!wrong, "%s", wrong);
    world_close(&world->world);
}

static void tell(struct engine_world *world, struct usher_text line)
{
    static struct usher_scratch scratch;
    struct usher_event event;
    struct usher_answer answer;
    ck_assert_msg(usher_event_decode(line, &scratch, &event, &answer), "%s", answer.message);
    const struct usher_fields *fields = &event.fields;
    struct usher_text contact = fields->contact;
    struct usher_text client = usher_contact_id_client(contact);
    if (usher_text_is_equal(client, USHER_TEXT("pbx1")))
        contact = (struct usher_text){contact.at + 5, contact.length - 5};
    /* Which search an offer is of is nothing that most tests are about. */
    struct usher_text reason =
        event.kind == USHER_EVENT_CONTACT_OFFERED ? USHER_NO_TEXT : fields->reason;
    const struct usher_text words[] = {contact, fields->agent, reason, fields->state};
    char *told = world->told;
    size_t length = strlen(told);
    length += (size_t)snprintf(told + length, sizeof(world->told) - length, "%s%s",
                               length ? ", " : "", usher_event_row(event.kind)->name);
    for (size_t i = 0; i < USHER_COUNT_OF(words); i++)
        if (words[i].length > 0)
            length += (size_t)snprintf(told + length, sizeof(world->told) - length, " %.*s",
                                       USHER_TEXT_ARGS(words[i]));
    ck_assert_uint_lt(length, sizeof(world->told));
}

static const char *tell_all(struct engine_world *world)
{
    struct usher_text lines = world_take(&world->world);
    world->told[0] = '\0';
    while (lines.length > 0) {
        const char *newline = memchr(lines.at, '\n', lines.length);
        struct usher_text line = {lines.at, (size_t)(newline - lines.at)};
        tell(world, line);
        lines.length -= line.length + 1;
        lines.at = newline + 1;
    }
    return world->told;
}

void engine_read(const struct engine_world *world, struct usher_command *command, char *room,
                 const char *text)
{
    int length = snprintf(room, WORDS_SIZE, "%s", text);
    ck_assert_int_lt(length, WORDS_SIZE);
    char *rest = room;
    char *name = strsep(&rest, " ");
    *command = (struct usher_command){.kind = usher_command_find(usher_text_of(name))};
    for (unsigned i = 1; command->kind == USHER_COMMAND_NONE && i < USHER_COMMAND_COUNT; i++)
        if (strcmp(usher_command_row((enum usher_command_kind)i)->name, name) == 0)
            command->kind = (enum usher_command_kind)i; /* an internal one */
    ck_assert_msg(command->kind != USHER_COMMAND_NONE, "there is no command %s", name);
    for (char *word; (word = strsep(&rest, " "));) {
        char *key = strsep(&word, "=");
        ck_assert_ptr_nonnull(word);
        if (strcmp(key, "id") == 0)
            command->id = usher_text_of(word);
        else
            ck_assert_msg(words_set(&command->fields, key, word, world->world.now_ms), "%s", key);
    }
}

static struct usher_text saved(const struct engine_world *world, struct usher_bytes *bytes)
{
    usher_bytes_init(bytes, 1 << 24);
    usher_engine_save(world->world.engine, bytes);
    return usher_bytes_text(bytes);
}

static const char *give(struct engine_world *world, enum usher_role role, const char *client,
                        const char *agent, const char *text)
{
    char room[WORDS_SIZE];
    struct usher_command command;
    struct usher_bytes before;
    struct usher_bytes then;
    engine_read(world, &command, room, text);
    command.role = role;
    command.client = usher_text_of(client);
    command.own_agent = usher_text_of(agent);
    saved(world, &before);
    int64_t deadline_ms = usher_engine_next_deadline_ms(world->world.engine);
    enum usher_error error = world_decide(&world->world, &command, &world->answer);
    ck_assert_int_eq(error, world->answer.error);
    const char *told = tell_all(world);
    if (error != USHER_OK) {
        ck_assert_str_eq(told, "");
        ck_assert_str_ne(world->answer.message, "");
        ck_assert(usher_text_is_equal(usher_bytes_text(&before), saved(world, &then)));
        ck_assert_int_eq(deadline_ms, usher_engine_next_deadline_ms(world->world.engine));
        usher_bytes_fini(&then);
        told = usher_error_code(error).at;
    }
    usher_bytes_fini(&before);
    return told;
}

/* Formats the arguments behind `format` into `text`. */
#define FORMAT(text, format)                                                                       \
    do {                                                                                           \
        va_list arguments;                                                                         \
        va_start(arguments, format);                                                               \
        int length = vsnprintf(text, sizeof(text), format, arguments);                             \
        va_end(arguments);                                                                         \
        ck_assert_int_lt(length, (int)sizeof(text));                                               \
    } while (false)

const char *pbx(struct engine_world *world, const char *format, ...)
{
    char text[WORDS_SIZE];
    FORMAT(text, format);
    return give(world, USHER_ROLE_PBX, "pbx1", NULL, text);
}

const char *pbx_of(struct engine_world *world, const char *client, const char *format, ...)
{
    char text[WORDS_SIZE];
    FORMAT(text, format);
    return give(world, USHER_ROLE_PBX, client, NULL, text);
}

const char *desk(struct engine_world *world, const char *agent, const char *format, ...)
{
    char text[WORDS_SIZE];
    char client[USHER_CLIENT_NAME_MAX + 1];
    FORMAT(text, format);
    (void)snprintf(client, sizeof(client), "desk.%s", agent);
    return give(world, USHER_ROLE_DESK, client, agent, text);
}

const char *boss(struct engine_world *world, const char *format, ...)
{
    char text[WORDS_SIZE];
    FORMAT(text, format);
    return give(world, USHER_ROLE_SUPERVISOR, "boss", NULL, text);
}

const char *router(struct engine_world *world, const char *format, ...)
{
    char text[WORDS_SIZE];
    FORMAT(text, format);
    return give(world, USHER_ROLE_ROUTER, NULL, NULL, text);
}

const char *after(struct engine_world *world, int64_t ms)
{
    world_pass_to(&world->world, world->world.now_ms + ms);
    return tell_all(world);
}

const char *after_outage(struct engine_world *world, int64_t ms)
{
    world_pass_outage(&world->world, world->world.now_ms + ms);
    return tell_all(world);
}

void engine_agent(struct engine_world *world, const char *id, const char *skills)
{
    char json[512] = "{";
    size_t length = 1;
    for (const char *at = skills; *at; at += *at == ',') {
        size_t name = strcspn(at, "=");
        size_t level = strcspn(at, ",") - name - 1;
        length += (size_t)snprintf(json + length, sizeof(json) - length, "%s\"%.*s\":%.*s",
                                   length > 1 ? "," : "", (int)name, at, (int)level, at + name + 1);
        at += name + 1 + level;
    }
    (void)snprintf(json + length, sizeof(json) - length, "}");
    router(world, "profile.set agent=%s phone=sip:%s skills=%s", id, id, json);
    desk(world, id, "agent.ready");
    ck_assert_int_eq(world->answer.error, USHER_OK);
}

struct usher_contact *engine_contact(const struct engine_world *world, const char *contact)
{
    char id[USHER_CONTACT_ID_MAX + 1];
    (void)snprintf(id, sizeof(id), "pbx1/%s", contact);
    return usher_engine_contact(world->world.engine, usher_text_of(id));
}

const char *offer_of(const struct engine_world *world, const char *contact)
{
    static char rooms[4][USHER_NUMBER_SIZE];
    static size_t next;
    char *room = rooms[next++ % 4];
    const struct usher_contact *found = engine_contact(world, contact);
    ck_assert_ptr_nonnull(found);
    return usher_number_write(found->offer, room).at;
}

bool engine_apply(struct engine_world *world, const char *line)
{
    return usher_engine_apply_line(world->world.engine, usher_text_of(line), &world->answer);
}
