/* The checksum is SipHash over all that stands before it, with a seed of its own: it keeps
 * accidents out, not a forger. */
#include "unit/snapshot_world.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "engine/state.h"

void snapshot_open_rich(struct engine_world *world)
{
    struct usher_limits limits = ENGINE_LIMITS;
    limits.agents = 12;
    limits.clients = 16;
    engine_open_with(world, &limits);
    router(world, "link.regain client=pbx1 instance=one");
    engine_agent(world, "olena", "billing=5");
    engine_agent(world, "petro", "internet=5");
    engine_agent(world, "anna", "lang.uk=5");
    engine_agent(world, "maria", "lang.en=5");
    engine_agent(world, "ivan", "internet=2");
    router(world, "profile.set agent=out name=O skills={\"billing\":3} capacity={\"chat\":2}");
    engine_agent(world, "away", "internet=9");
    desk(world, "away", "agent.not_ready reason=lunch id=d-1");
    pbx(world, "contact.arrive contact=ended channel=voice");
    pbx(world, "contact.abandon contact=ended");
    pbx(world, "contact.arrive contact=ended2 channel=voice to=100");
    pbx(world, "contact.fail contact=ended2 offer=%s reason=busy", offer_of(world, "ended2"));
    pbx(world, "contact.abandon contact=ended2");
    after(world, 31000);
    pbx(world, "contact.arrive contact=talking channel=voice to=100 id=c-1 from=+38 data={\"a\":1} "
               "customer=44-07 case_id=pbx1/first");
    pbx(world, "contact.answer contact=talking offer=%s", offer_of(world, "talking"));
    boss(world, "contact.note contact=pbx1/talking note=x");
    pbx(world, "contact.arrive contact=held channel=voice to=200");
    pbx(world, "contact.answer contact=held offer=%s", offer_of(world, "held"));
    pbx(world, "contact.hold contact=held");
    pbx(world, "contact.arrive contact=offered channel=voice to=400");
    pbx(world, "contact.arrive contact=ringing channel=voice to=400 data={\"lang\":\"en\"}");
    pbx(world, "contact.ring contact=ringing offer=%s", offer_of(world, "ringing"));
    pbx(world, "contact.arrive contact=chat channel=chat");
    desk(world, "ivan", "offer.decline offer=%s id=d-2", offer_of(world, "chat"));
    pbx(world, "contact.arrive contact=waiting channel=voice to=100 since_ms=@-9s");
    pbx(world, "contact.arrive contact=declined channel=voice to=400");
    desk(world, "anna", "offer.decline offer=%s", offer_of(world, "offered"));
    pbx_of(world, "pbx2", "contact.arrive contact=lost channel=voice to=100 id=c-1");
    router(world, "link.lose client=pbx2 until_ms=+45s");
    desk(world, "away", "agent.ready");
    pbx(world, "contact.arrive contact=wrapping channel=voice to=200");
    pbx(world, "contact.answer contact=wrapping agent=away offer=%s", offer_of(world, "wrapping"));
    pbx(world, "contact.end contact=wrapping");
    desk(world, "away", "contact.extend contact=pbx1/wrapping");
    desk(world, "petro", "agent.sign_out mode=after");
    router(world, "desk.regain agent=anna");
    router(world, "desk.regain agent=maria");
    router(world, "desk.lose agent=maria until_ms=+50s");
    ck_assert_int_eq(engine_contact(world, "wrapping")->extended_count, 1);
    ck_assert_int_eq(engine_contact(world, "wrapping")->state, USHER_CONTACT_WRAPPING);
}

struct usher_engine *snapshot_engine(const struct engine_world *world,
                                     const struct usher_limits *limits)
{
    struct usher_hash_seed seed = {5, 6};
    struct usher_engine *engine = usher_engine_new(limits, seed);
    ck_assert_ptr_nonnull(engine);
    for (size_t i = 0; i < world->world.rules_count; i++)
        usher_engine_shelve(
            engine, world_read_rules(&world->world, usher_text_of(world->world.rules[i].hash)));
    return engine;
}

void snapshot_save(const struct usher_engine *engine, struct usher_bytes *saved)
{
    usher_bytes_init(saved, 1 << 24);
    usher_engine_save(engine, saved);
}

bool snapshot_load(struct usher_engine *engine, const struct usher_bytes *saved,
                   struct usher_answer *answer)
{
    char *copy = malloc(saved->length + 1);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, saved->at, saved->length);
    *answer = (struct usher_answer){.error = USHER_OK};
    bool is_loaded = usher_engine_load(engine, (struct usher_text){copy, saved->length}, answer);
    free(copy);
    return is_loaded;
}

void snapshot_go_on(struct engine_world *world, struct usher_engine *other, int64_t ms,
                    size_t events_min)
{
    struct usher_engine *engine = world->world.engine;
    usher_outbox_clear(usher_engine_outbox(engine));
    for (int64_t passed_ms = 0; passed_ms <= ms; passed_ms += 500) {
        usher_engine_pass_time(other, world->world.now_ms + passed_ms);
        usher_engine_pass_time(engine, world->world.now_ms + passed_ms);
        ck_assert_int_eq(usher_engine_next_deadline_ms(other),
                         usher_engine_next_deadline_ms(engine));
    }
    const struct usher_outbox *wanted = usher_engine_outbox(engine);
    const struct usher_outbox *decided = usher_engine_outbox(other);
    ck_assert_uint_ge(wanted->count, events_min);
    ck_assert(
        usher_text_is_equal(usher_bytes_text(&wanted->lines), usher_bytes_text(&decided->lines)));
}

void snapshot_seal(struct usher_bytes *saved)
{
    struct usher_hash_seed seed = {0x736e617073686f74u, 0x636865636b73756du};
    uint64_t check = usher_hash(seed, saved->at, saved->length - sizeof(check));
    for (size_t i = 0; i < sizeof(check); i++)
        saved->at[saved->length - sizeof(check) + i] = (char)(check >> (8 * i));
}
