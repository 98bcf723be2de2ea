/* The simulation with its choices made by the input's bytes in the place of chance: every invariant
 * is checked after every step, and the journal must give the same state. The first two bytes are
 * the seed of rules and profiles; when all bytes are used, the run is over. */
#include "fuzz/fuzz.h"
#include "simulation/actor.h"

static void check_step(struct actor *actor)
{
    size_t before = actor->world->taken;
    struct usher_text lines = world_take(actor->world);
    FUZZ_REQUIRE(!actor->had_error || actor->world->taken == before,
                 "a refused command has caused events: %s", actor->done);
    FUZZ_REQUIRE(model_take(actor->model, lines) && model_check(actor->model), "%s: %s",
                 actor->done, actor->model->what);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct model model;
    static struct world world;
    static struct actor actor;
    const struct usher_limits limits = {
        .contacts = 12, .agents = 8, .classes = 40, .clients = 8, .ended = 8, .context_bytes = 256};
    if (size < 2)
        return 0;
    world_open(&world, &limits);
    model_open(&model, &world);
    actor = (struct actor){.chance = {.state = (uint64_t)(data[0] << 8 | data[1])},
                           .world = &world,
                           .model = &model,
                           .sync = usher_sync_new(64)};
    FUZZ_REQUIRE(actor.sync && actor_begin(&actor), "%s", model.what);
    chance_follow(&actor.chance, data + 2, size - 2);
    while (!chance_is_over(&actor.chance)) {
        actor.had_error = false;
        actor_wait(&actor);
        check_step(&actor);
        FUZZ_REQUIRE(actor_act(&actor), "%s", actor.done);
        check_step(&actor);
    }
    const char *wrong = world_check_replay(&world);
    FUZZ_REQUIRE(!wrong, "%s", wrong);
    usher_sync_free(actor.sync);
    model_close(&model);
    world_close(&world);
    return 0;
}
