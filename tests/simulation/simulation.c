/* The simulation: random commands, clock steps, late and missing answers; after every step every
 * invariant is checked against a model that knows nothing but the events.
 *
 *   simulation [--seed FIRST] [--seeds COUNT] [--steps COUNT] [--trace] [--must-fail]
 *
 * --trace prints each step and what came of it. With --must-fail (a build with a planted defect) it
 * is a success when some seed fails. USHER_SEEDS overrides --seeds. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "simulation/actor.h"

struct options {
    uint64_t seed;
    uint64_t seeds_count;
    unsigned steps_count;
    bool must_fail;
    bool has_trace;
};

static struct options options = {.seed = 1, .seeds_count = 100, .steps_count = 400};
static const char *program;
static uint64_t present_seed;
static unsigned present_step;

struct totals {
    uint64_t events_count;
    uint64_t offers_count;
    uint64_t contested_count;
};

static void tell_failure(const char *done, const char *what)
{
    printf("%s  seed %llu, step %u, after %s\n      %s\n      again: %s --seed %llu --seeds 1 "
           "--steps %u\n",
           options.must_fail ? "found" : "FAIL", (unsigned long long)present_seed, present_step,
           done, what, program, (unsigned long long)present_seed, options.steps_count);
}

/* An assert has failed: that, too, is a find. */
static void on_abort(int number)
{
    (void)number;
    tell_failure("the present step", "an assertion does not hold");
    printf(options.must_fail ? "1 passed, 0 failed\n" : "0 passed, 1 failed\n");
    fflush(stdout);
    _exit(options.must_fail ? EXIT_SUCCESS : EXIT_FAILURE);
}

static bool check_step(struct actor *actor, struct model *model)
{
    size_t before = actor->world->taken;
    struct usher_text lines = world_take(actor->world);
    if (options.has_trace && (lines.length > 0 || actor->had_error))
        printf("%u %s\n%.*s", present_step, actor->done, USHER_TEXT_ARGS(lines));
    if (actor->had_error && actor->world->taken != before) {
        tell_failure(actor->done, "a refused command has caused events");
        return false;
    }
    if (!model_take(model, lines) || !model_check(model)) {
        tell_failure(actor->done, model->what);
        return false;
    }
    if (!chance_is(&actor->chance, 1))
        return true;
    const char *wrong = world_check_replay(actor->world);
    if (wrong)
        tell_failure(actor->done, wrong);
    return wrong == NULL;
}

static bool run_steps(struct actor *actor, struct model *model)
{
    if (!actor_begin(actor)) {
        tell_failure("the beginning", model->what);
        return false;
    }
    for (present_step = 1; present_step <= options.steps_count; present_step++) {
        actor->had_error = false;
        actor_wait(actor);
        if (!check_step(actor, model))
            return false;
        if (!actor_act(actor)) {
            tell_failure(actor->done, "the world broke");
            return false;
        }
        if (!check_step(actor, model))
            return false;
    }
    const char *wrong = world_check_replay(actor->world);
    if (wrong)
        tell_failure("the end", wrong);
    return wrong == NULL;
}

static bool run_seed(uint64_t seed, struct totals *totals)
{
    static struct model model;
    struct usher_limits limits = {.contacts = 60,
                                  .agents = 12,
                                  .classes = 100,
                                  .clients = 32,
                                  .ended = 128,
                                  .context_bytes = 4096};
    struct world world;
    world_open(&world, &limits);
    model_open(&model, &world);
    struct actor actor = {
        .chance = {.state = seed}, .world = &world, .model = &model, .sync = usher_sync_new(1000)};
    present_seed = seed;
    bool is_good = run_steps(&actor, &model);
    totals->events_count += model.events_count;
    totals->offers_count += model.offers_count;
    totals->contested_count += model.contested_count;
    usher_sync_free(actor.sync);
    model_close(&model);
    world_close(&world);
    return is_good;
}

static bool read_options(int argc, char *argv[])
{
    for (int i = 1; i < argc; i++) {
        bool has_value = i + 1 < argc;
        if (strcmp(argv[i], "--must-fail") == 0)
            options.must_fail = true;
        else if (strcmp(argv[i], "--trace") == 0)
            options.has_trace = true;
        else if (strcmp(argv[i], "--seed") == 0 && has_value)
            options.seed = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--seeds") == 0 && has_value)
            options.seeds_count = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--steps") == 0 && has_value)
            options.steps_count = (unsigned)strtoul(argv[++i], NULL, 10);
        else
            return false;
    }
    const char *seeds = getenv("USHER_SEEDS");
    if (seeds && !options.must_fail)
        options.seeds_count = strtoull(seeds, NULL, 10);
    return true;
}

int main(int argc, char *argv[])
{
    program = argv[0];
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGABRT, on_abort);
    if (!read_options(argc, argv)) {
        fprintf(
            stderr,
            "usage: %s [--seed FIRST] [--seeds COUNT] [--steps COUNT] [--trace] [--must-fail]\n",
            program);
        return 2;
    }
    struct totals totals = {0};
    bool is_good = true;
    for (uint64_t i = 0; i < options.seeds_count && is_good; i++)
        is_good = run_seed(options.seed + i, &totals);
    if (is_good)
        printf("%s  %llu seeds of %u steps: %llu events, %llu offers, %llu of them with a choice\n",
               options.must_fail ? "FAIL" : "ok  ", (unsigned long long)options.seeds_count,
               options.steps_count, (unsigned long long)totals.events_count,
               (unsigned long long)totals.offers_count, (unsigned long long)totals.contested_count);
    if (is_good == options.must_fail) {
        if (options.must_fail)
            printf("      the planted defect was not found\n");
        printf("0 passed, 1 failed\n");
        return EXIT_FAILURE;
    }
    printf("1 passed, 0 failed\n");
    return EXIT_SUCCESS;
}
