/* Invariant: each command comes here as it would from a session: read from a line, of a role that
 * may give it, and not one that was done before. */
#include "fuzz/center.h"

#include <string.h>

#include "fuzz/fuzz.h"

#define LINE_ROOM 4096
#define PASS_MAX  INT64_C(100000000000) /* some three years */

const struct usher_limits center_limits = {
    .contacts = 12, .agents = 4, .classes = 10, .clients = 5, .ended = 8, .context_bytes = 64};

static const char *const rules[] = {
    "skills: [billing, internet, lang.uk, lang.en]\nnot_ready: [lunch]\n"
    "tiers: {gold: {head_start: 30s}, standard: {}}\n"
    "queues:\n"
    "  billing: {promise: {answer_within: 20s, gold: 5s}, need: {billing: {min: 3}}, ring: 15s}\n"
    "  internet: {need: {internet: {min: 2, weight: 3}}, ring: 10s, wrap_up: 30s}\n"
    "  language: {need: {lang.$data.lang: {min: 1, else: lang.uk}}, limit: {waiting: 2}}\n"
    "  any: {ring: 20s, forecast: {per_hour: 60, handle: 3m}}\n"
    "routes:\n"
    "  - {when: {dialled: \"100\"}, queue: billing}\n"
    "  - {when: {dialled: \"101\"}, queue: billing, tier: gold}\n"
    "  - {when: {dialled: \"2*\"}, queue: internet}\n"
    "  - {when: {data.lang: [uk, en]}, queue: language}\n"
    "  - {queue: any}\n",
    "skills: [billing, lang.uk]\nnot_ready: [lunch, training]\n"
    "bid: {lend_worth: 0s, overtaking: false, second_promise: off}\n"
    "queues:\n"
    "  any: {need: {billing: {min: 1}}, wrap_up: 5s}\n"
    "  internet: {ring: 5s}\n"
    "routes:\n"
    "  - {when: {channel: [chat, email]}, queue: internet}\n"
    "  - {queue: any}\n",
};

static const struct {
    const char *skills;
    const char *phone;
    const char *capacity;
} profiles[] = {
    {"{\"billing\":5,\"lang.uk\":10}", "sip:olena@desk", NULL},
    {"{\"internet\":7,\"billing\":1}", "sip:petro@desk", NULL},
    {"{\"internet\":1,\"lang.en\":3,\"lang.uk\":1}", NULL, "{\"chat\":2,\"email\":1}"},
    {"{}", "sip:anna@desk", "{\"voice\":0}"},
};

static const struct {
    const char *name;
    enum usher_role role;
} clients[] = {
    {"pbx1", USHER_ROLE_PBX},   {"pbx2", USHER_ROLE_PBX},  {"olena", USHER_ROLE_DESK},
    {"petro", USHER_ROLE_DESK}, {"anna", USHER_ROLE_DESK}, {"boss", USHER_ROLE_SUPERVISOR},
};

/* What the router keeps for itself or for the list of calls. */
static bool is_engines(enum usher_command_kind kind)
{
    switch ((int)kind) {
    case USHER_COMMAND_HELLO:
    case USHER_COMMAND_PING:
    case USHER_COMMAND_SYNC_BEGIN:
    case USHER_COMMAND_SYNC_CONTACT:
    case USHER_COMMAND_SYNC_END:
    case USHER_COMMAND_RULES_RELOAD:
    case USHER_COMMAND_ROUTER_DRAIN:
    case USHER_COMMAND_ROUTER_SWITCHOVER:
    case USHER_COMMAND_ROUTER_DESCRIBE:
        return false;
    default:
        return true;
    }
}

struct usher_text center_rules(size_t index)
{
    return usher_text_of(rules[index % USHER_COUNT_OF(rules)]);
}

void center_shelve(struct usher_engine *engine, struct usher_text hash)
{
    static struct usher_problems problems;
    char name[65];
    if (usher_engine_has_rules(engine, hash) || !usher_text_copy(name, sizeof(name), hash))
        return;
    usher_problems_init(&problems);
    struct usher_rules *read = usher_rules_read(center_rules(0), name, &problems);
    FUZZ_REQUIRE(read, "the center's rules: %s", problems.list[0].what);
    usher_engine_shelve(engine, read);
}

/* Remembers the offers in what the last step wrote. */
static void note_offers(struct center *center)
{
    struct usher_text lines = world_take(&center->world);
    struct usher_text line;
    while (fuzz_next_line(&lines, &line)) {
        struct usher_event event;
        struct usher_answer answer;
        FUZZ_REQUIRE(usher_event_decode(line, &center->scratch, &event, &answer), "%s: %.*s",
                     answer.message, USHER_TEXT_ARGS(line));
        if (event.kind != USHER_EVENT_CONTACT_OFFERED)
            continue;
        struct center_offer *offer = &center->offers[center->offers_count++ % CENTER_OFFERS];
        FUZZ_REQUIRE(
            usher_text_copy(offer->contact, sizeof(offer->contact), event.fields.contact) &&
                usher_text_copy(offer->number, sizeof(offer->number), event.fields.offer),
            "%.*s", USHER_TEXT_ARGS(line));
    }
}

static const char *offer_of(const struct center *center, struct usher_text name)
{
    size_t kept = center->offers_count < CENTER_OFFERS ? center->offers_count : CENTER_OFFERS;
    for (size_t i = 0; i < kept; i++) {
        const struct center_offer *offer =
            &center->offers[(center->offers_count - 1 - i) % CENTER_OFFERS];
        size_t length = strlen(offer->contact);
        if (name.length > 0 && name.length <= length &&
            memcmp(offer->contact + length - name.length, name.at, name.length) == 0)
            return offer->number;
    }
    return "1-1";
}

/* Puts the numbers of offers in the place of `$c1`. */
static struct usher_text fill_in(const struct center *center, struct usher_text line,
                                 char room[LINE_ROOM])
{
    size_t length = 0;
    for (size_t i = 0; i < line.length && length < LINE_ROOM - USHER_NUMBER_SIZE; i++) {
        struct usher_text name = {line.at + i + 1, 0};
        if (line.at[i] != '$') {
            room[length++] = line.at[i];
            continue;
        }
        while (i + 1 + name.length < line.length &&
               usher_text_is_id((struct usher_text){name.at + name.length, 1}))
            name.length++;
        i += name.length;
        const char *number = offer_of(center, name);
        memcpy(room + length, number, strlen(number));
        length += strlen(number);
    }
    return (struct usher_text){room, length};
}

static void decide(struct center *center, const struct usher_command *command)
{
    struct usher_answer answer;
    if (command->client.at && command->id.at &&
        usher_engine_has_done(center->world.engine, command->client, command->id))
        return;
    size_t before = center->world.journal.length;
    enum usher_error error = world_decide(&center->world, command, &answer);
    FUZZ_REQUIRE(error == USHER_OK || center->world.journal.length == before,
                 "a refused command has caused events");
    FUZZ_REQUIRE(error == USHER_OK || answer.message[0] != '\0', "refused without words");
}

static void give_line(struct center *center, size_t client, struct usher_text line)
{
    struct usher_command command = {0};
    struct usher_answer answer;
    if (usher_command_decode(line, &center->scratch, &command, &answer) != USHER_OK ||
        !(usher_command_row(command.kind)->roles >> clients[client].role & 1))
        return;
    command.role = clients[client].role;
    command.client = usher_text_of(clients[client].name);
    if (command.role == USHER_ROLE_DESK)
        command.own_agent = command.client;
    if (command.kind == USHER_COMMAND_SYNC_BEGIN)
        usher_sync_begin(center->sync);
    else if (command.kind == USHER_COMMAND_SYNC_CONTACT)
        (void)usher_sync_add(center->sync, &command, &answer);
    else if (command.kind == USHER_COMMAND_SYNC_END)
        (void)world_finish_sync(&center->world, center->sync, command.client, command.fields.count,
                                &answer);
    else if (is_engines(command.kind))
        decide(center, &command);
}

static void set_profile(struct center *center, struct usher_text agent, size_t index)
{
    struct usher_command command = {.kind = USHER_COMMAND_PROFILE_SET, .role = USHER_ROLE_ROUTER};
    index %= USHER_COUNT_OF(profiles);
    if (!usher_text_is_id(agent) || agent.length > USHER_AGENT_ID_MAX)
        return;
    USHER_FIELDS_SET(&command.fields, AGENT, agent, agent);
    USHER_FIELDS_SET(&command.fields, SKILLS, skills, usher_text_of(profiles[index].skills));
    if (profiles[index].phone)
        USHER_FIELDS_SET(&command.fields, PHONE, phone, usher_text_of(profiles[index].phone));
    if (profiles[index].capacity)
        USHER_FIELDS_SET(&command.fields, CAPACITY, capacity,
                         usher_text_of(profiles[index].capacity));
    decide(center, &command);
}

/* Cuts a word off `rest`. */
static struct usher_text next_word(struct usher_text *rest)
{
    const char *space = memchr(rest->at, ' ', rest->length);
    struct usher_text word = {rest->at, space ? (size_t)(space - rest->at) : rest->length};
    size_t taken = word.length + (space ? 1 : 0);
    rest->at += taken;
    rest->length -= taken;
    return word;
}

static int64_t read_time(struct usher_text text)
{
    int64_t ms;
    return usher_text_read_int64(text, &ms) && ms > 0 ? ms % PASS_MAX : 0;
}

/* A command of usherd's own about the client or contact `subject`. */
static void give_own(struct center *center, enum usher_command_kind kind, struct usher_text subject,
                     struct usher_text rest)
{
    struct usher_command command = {.kind = kind, .role = USHER_ROLE_ROUTER};
    bool is_client = usher_text_is_id(subject) && subject.length <= USHER_CLIENT_NAME_MAX;
    if (kind == USHER_COMMAND_CONTACT_VANISH) {
        if (subject.length > USHER_CONTACT_ID_MAX)
            return;
        USHER_FIELDS_SET(&command.fields, CONTACT, contact, subject);
    } else if (kind != USHER_COMMAND_ROUTER_BEAT && is_client) {
        USHER_FIELDS_SET(&command.fields, CLIENT, client, subject);
    } else if (kind == USHER_COMMAND_LINK_REGAIN) {
        return;
    }
    if (kind == USHER_COMMAND_LINK_LOSE)
        USHER_FIELDS_SET(&command.fields, UNTIL_MS, until_ms,
                         center->world.now_ms + read_time(rest));
    else if (kind == USHER_COMMAND_LINK_REGAIN && usher_text_is_id(rest) && rest.length <= 64)
        USHER_FIELDS_SET(&command.fields, INSTANCE, instance, rest);
    decide(center, &command);
}

static void do_word(struct center *center, struct usher_text word, struct usher_text rest)
{
    struct usher_text subject = next_word(&rest);
    size_t index = rest.length > 0 ? (unsigned char)rest.at[0] : 0;
    if (usher_text_is_equal(word, USHER_TEXT("profile")))
        set_profile(center, subject, index);
    else if (usher_text_is_equal(word, USHER_TEXT("rules")))
        FUZZ_REQUIRE(world_use_rules(&center->world,
                                     center_rules(subject.length > 0 ? (size_t)subject.at[0] : 0)),
                     "the center's rules");
    else if (usher_text_is_equal(word, USHER_TEXT("beat")))
        give_own(center, USHER_COMMAND_ROUTER_BEAT, USHER_NO_TEXT, USHER_NO_TEXT);
    else if (usher_text_is_equal(word, USHER_TEXT("lose")))
        give_own(center, USHER_COMMAND_LINK_LOSE, subject, rest);
    else if (usher_text_is_equal(word, USHER_TEXT("back")))
        give_own(center, USHER_COMMAND_LINK_REGAIN, subject, rest);
    else if (usher_text_is_equal(word, USHER_TEXT("vanish")))
        give_own(center, USHER_COMMAND_CONTACT_VANISH, subject, rest);
    else if (usher_text_is_equal(word, USHER_TEXT("restart")))
        FUZZ_REQUIRE(world_restart(&center->world), "the journal cannot be followed");
}

void center_do(struct center *center, struct usher_text line)
{
    char room[LINE_ROOM];
    struct usher_text rest = line;
    struct usher_text word = next_word(&rest);
    size_t client = 0;
    if (word.length == 0)
        return;
    struct usher_text number = {word.at + 1, word.length - 1};
    while (client < USHER_COUNT_OF(clients) &&
           !usher_text_is_equal(word, usher_text_of(clients[client].name)))
        client++;
    if (word.at[0] == '+')
        world_jump_to(&center->world, center->world.now_ms + read_time(number));
    else if (word.at[0] == '~')
        world_pass_outage(&center->world, center->world.now_ms + read_time(number));
    else if (client < USHER_COUNT_OF(clients))
        give_line(center, client, fill_in(center, rest, room));
    else
        do_word(center, word, rest);
    note_offers(center);
}

void center_open(struct center *center)
{
    memset(center, 0, sizeof(*center));
    world_open(&center->world, &center_limits);
    center->sync = usher_sync_new(16);
    FUZZ_REQUIRE(center->sync, "memory is out");
    FUZZ_REQUIRE(world_use_rules(&center->world, center_rules(0)), "the center's rules");
    set_profile(center, USHER_TEXT("olena"), 0);
    set_profile(center, USHER_TEXT("petro"), 1);
    set_profile(center, USHER_TEXT("anna"), 2);
}

void center_close(struct center *center)
{
    usher_sync_free(center->sync);
    world_close(&center->world);
}
