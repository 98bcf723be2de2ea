/* A rules.yaml: the text is read as a document and as rules. What has problems says where; what has
 * none means the same when it is read again, and serves an engine. */
#include "rules/rules.h"
#include "fuzz/fuzz.h"
#include "fuzz/said.h"
#include "rules/compare.h"
#include "rules/document.h"
#include "wire/json.h"
#include "world/world.h"

#define WRITTEN_MAX ((size_t)1 << 26)

static struct usher_problems problems;

static void check_problems(struct usher_text text)
{
    struct usher_bytes out;
    size_t lines_count = 2; /* the parser has an end behind the last one */
    for (size_t i = 0; i < text.length; i++)
        lines_count += text.at[i] == '\n' || text.at[i] == '\r' || (unsigned char)text.at[i] > 0x7f;
    for (size_t i = 0; i < problems.count && i < USHER_PROBLEMS_MAX; i++) {
        const struct usher_problem *problem = &problems.list[i];
        FUZZ_REQUIRE(problem->line >= 1 && problem->line <= lines_count && problem->column >= 1 &&
                         problem->column <= text.length + 1,
                     "%zu:%zu: %s", problem->line, problem->column, problem->what);
        FUZZ_REQUIRE(problem->what[0] != '\0' && !strpbrk(problem->what, "\n\r\t\033"), "%s",
                     problem->what);
    }
    usher_bytes_init(&out, WRITTEN_MAX);
    usher_problems_write(&problems, "rules.yaml", &out);
    FUZZ_REQUIRE(out.length > 0, "no words");
    usher_bytes_fini(&out);
}

/* Routes, needs and promises, for contacts of all kinds. */
static void use(const struct usher_rules *rules)
{
    static const char *const contexts[] = {"{}", "{\"lang\":\"uk\",\"topic\":\"a\",\"n\":7}",
                                           "{\"lang\":\"\",\"topic\":[],\"n\":-1}"};
    for (size_t i = 0; i < USHER_COUNT_OF(contexts); i++) {
        struct usher_text data = usher_text_of(contexts[i]);
        const struct usher_facts facts = {.channel = USHER_CHANNEL_VOICE,
                                          .from = USHER_TEXT("+38"),
                                          .to = USHER_TEXT("100"),
                                          .data = data,
                                          .customer = data,
                                          .is_repeat = i == 1,
                                          .switches = i};
        const struct usher_route *route = usher_rules_route(rules, &facts);
        if (route)
            FUZZ_REQUIRE(route->queue < rules->queues_count && route->tier < rules->tiers_count,
                         "a route");
        for (size_t queue = 0; queue < rules->queues_count; queue++) {
            struct usher_need needs[USHER_NEEDS_MAX];
            size_t count = usher_rules_needs(rules, queue, &facts, needs);
            FUZZ_REQUIRE(count <= USHER_NEEDS_MAX, "%zu needs", count);
            for (size_t j = 0; j < count; j++)
                FUZZ_REQUIRE(needs[j].skill < rules->skills_count && needs[j].min >= 1 &&
                                 needs[j].min <= USHER_LEVEL_MAX && needs[j].weight >= 1 &&
                                 (j == 0 || needs[j].skill > needs[j - 1].skill),
                             "need %zu", j);
            FUZZ_REQUIRE(usher_rules_promise_ms(rules, queue, 0, USHER_CHANNEL_EMAIL) >= 0,
                         "a promise");
        }
    }
}

static void decide(struct world *world, enum usher_role role, struct usher_command *command)
{
    struct usher_answer answer;
    command->role = role;
    command->client = USHER_TEXT("pbx1");
    command->own_agent = role == USHER_ROLE_DESK ? USHER_TEXT("olena") : USHER_NO_TEXT;
    (void)world_decide(world, command, &answer);
}

static void set_profile(struct world *world, const struct usher_rules *rules)
{
    struct usher_command command = {.kind = USHER_COMMAND_PROFILE_SET};
    struct usher_json_writer writer;
    struct usher_bytes skills;
    usher_bytes_init(&skills, USHER_LINE_MAX);
    usher_json_write_start(&writer, &skills);
    usher_json_write_open(&writer, '{');
    for (size_t i = 0; i < rules->skills_count && i < 8; i++) {
        usher_json_write_key(&writer, rules->skills[i]);
        usher_json_write_int64(&writer, 1 + (int64_t)i);
    }
    usher_json_write_close(&writer, '}');
    USHER_FIELDS_SET(&command.fields, AGENT, agent, USHER_TEXT("olena"));
    USHER_FIELDS_SET(&command.fields, PHONE, phone, USHER_TEXT("sip:olena"));
    USHER_FIELDS_SET(&command.fields, SKILLS, skills, usher_bytes_text(&skills));
    decide(world, USHER_ROLE_ROUTER, &command);
    usher_bytes_fini(&skills);
}

/* A few contacts and an agent under these rules. */
static void serve(struct usher_text text, const struct usher_rules *rules)
{
    static struct world world;
    static const char *const contacts[] = {"1", "2", "3", "4"};
    const struct usher_limits limits = {
        .contacts = 4, .agents = 2, .classes = 8, .clients = 4, .ended = 4, .context_bytes = 64};
    world_open(&world, &limits);
    if (world_use_rules(&world, text)) {
        struct usher_command ready = {.kind = USHER_COMMAND_AGENT_READY};
        set_profile(&world, rules);
        for (size_t i = 0; i < USHER_COUNT_OF(contacts); i++) {
            struct usher_command arrive = {.kind = USHER_COMMAND_CONTACT_ARRIVE};
            enum usher_channel channel = i % 2 == 0 ? USHER_CHANNEL_VOICE : USHER_CHANNEL_EMAIL;
            USHER_FIELDS_SET(&arrive.fields, CONTACT, contact, usher_text_of(contacts[i]));
            USHER_FIELDS_SET(&arrive.fields, CHANNEL, channel, usher_channel_name(channel));
            USHER_FIELDS_SET(&arrive.fields, TO, to, usher_text_of(contacts[i]));
            decide(&world, USHER_ROLE_PBX, &arrive);
        }
        decide(&world, USHER_ROLE_DESK, &ready);
        world_jump_to(&world, world.now_ms + 3600000);
        decide(&world, USHER_ROLE_DESK, &ready);
        const char *wrong = world_check_replay(&world);
        FUZZ_REQUIRE(!wrong, "%s", wrong);
    }
    world_close(&world);
}

static void check_again(struct usher_text text, const struct usher_rules *rules)
{
    static struct usher_changes changes;
    struct usher_bytes once;
    struct usher_bytes twice;
    struct usher_rules *again = usher_rules_read(text, "0", &problems);
    FUZZ_REQUIRE(again, "the second reading has problems");
    usher_bytes_init(&once, WRITTEN_MAX);
    usher_bytes_init(&twice, WRITTEN_MAX);
    said_rules(&once, rules);
    said_rules(&twice, again);
    FUZZ_REQUIRE(usher_text_is_equal(usher_bytes_text(&once), usher_bytes_text(&twice)),
                 "the second reading differs");
    usher_rules_compare(rules, again, &changes);
    FUZZ_REQUIRE(changes.count == 0, "%zu changes: %s", changes.count, changes.list[0].key);
    usher_bytes_fini(&once);
    usher_bytes_fini(&twice);
    usher_rules_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct usher_text text = fuzz_text(data, size);
    struct usher_document document;
    usher_problems_init(&problems);
    if (!usher_document_read(&document, text, &problems) || problems.count > 0)
        check_problems(text);
    usher_document_fini(&document);

    usher_problems_init(&problems);
    struct usher_rules *rules = usher_rules_read(text, "0", &problems);
    FUZZ_REQUIRE((rules == NULL) == (problems.count > 0), "%zu problems", problems.count);
    if (!rules) {
        check_problems(text);
        return 0;
    }
    check_again(text, rules);
    use(rules);
    serve(text, rules);
    usher_rules_free(rules);
    return 0;
}
