/* The router while Redis is away, with `outage: route`: it goes on, and what it told comes first
 * into the journal. */
#include <check.h>
#include <stdio.h>
#include <unistd.h>

#include "router.h"
#include "unit/router_world.h"
#include "unit/suite.h"

#define ARRIVE(id, contact)                                                                        \
    "{\"id\":\"" id "\",\"do\":\"contact.arrive\",\"contact\":\"" contact                          \
    "\",\"channel\":\"voice\"}"

static struct world world;
static struct listener pbx;
static char folder[64];

/* Leads, with a PBX. */
static void start(void)
{
    snprintf(folder, sizeof(folder), "/tmp/usher-state-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    world_open_route(&world, folder);
    world.ops->claimed(world.owner, 100, true);
    world_settle(&world);
    listener_open(&world, &pbx, USHER_ROLE_PBX, "pbx1", "");
}

static void end(void)
{
    char path[128];
    listener_leave(&world, &pbx);
    world_close(&world);
    snprintf(path, sizeof(path), "%s/name", folder);
    ck_assert_int_eq(unlink(path), 0);
    snprintf(path, sizeof(path), "%s/refused-100.jsonl", folder);
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
}

/* Redis is away: nothing can be appended. */
static void lose_redis(void)
{
    world.is_idle = false;
    world.ops->away(world.owner, true);
}

static void regain_redis(bool was_in_flight)
{
    world.is_idle = true;
    if (was_in_flight)
        world.ops->appended(world.owner, false);
    world.ops->away(world.owner, false);
}

static size_t lines_of(struct usher_text lines)
{
    size_t count = 0;
    for (size_t i = 0; i < lines.length; i++)
        count += lines.at[i] == '\n';
    return count;
}

START_TEST(leader_says_what_it_does_and_where_it_lives)
{
    start();
    ck_assert(usher_text_is_equal(world.outage, USHER_TEXT("route")));
    ck_assert_uint_eq(world.home.length, 16);
    end();
}
END_TEST

START_TEST(decisions_are_told_at_once_and_appended_when_redis_is_back)
{
    start();
    lose_redis();
    listener_say(&world, &pbx, ARRIVE("c-1", "1"));
    router_turn_end(world.router);
    ck_assert_str_eq(listener_heard(&pbx), "c-1 ok, contact.arrived");
    listener_say(&world, &pbx, ARRIVE("c-2", "2"));
    router_turn_end(world.router);
    ck_assert_str_eq(listener_heard(&pbx), "c-2 ok, contact.arrived");
    size_t before = world.appends_count;
    regain_redis(false);
    router_turn_end(world.router);
    ck_assert_uint_eq(world.appends_count, before + 1); /* both in one batch */
    ck_assert_uint_eq(world.appended_events, 2);
    ck_assert_uint_eq(lines_of(world.appended), 2);
    world_settle(&world);
    ck_assert_str_eq(listener_heard(&pbx), ""); /* nothing twice */
    end();
}
END_TEST

START_TEST(batch_in_flight_is_told_once_when_redis_goes)
{
    start();
    listener_say(&world, &pbx, ARRIVE("c-1", "1"));
    router_turn_end(world.router);
    ck_assert_str_eq(listener_heard(&pbx), "");
    lose_redis();
    listener_say(&world, &pbx, ARRIVE("c-2", "2"));
    router_turn_end(world.router);
    ck_assert_str_eq(listener_heard(&pbx), "c-1 ok, contact.arrived, c-2 ok, contact.arrived");
    regain_redis(true);
    world_settle(&world);
    ck_assert_str_eq(listener_heard(&pbx), "");
    end();
}
END_TEST

START_TEST(what_is_new_waits_behind_the_backlog_and_for_redis)
{
    start();
    lose_redis();
    listener_say(&world, &pbx, ARRIVE("c-1", "1"));
    router_turn_end(world.router);
    (void)listener_heard(&pbx);
    regain_redis(false);
    listener_say(&world, &pbx, ARRIVE("c-2", "2"));
    router_turn_end(world.router);
    ck_assert_uint_eq(world.appended_events, 1);
    ck_assert_str_eq(listener_heard(&pbx), "");
    world_append(&world, false);
    router_turn_end(world.router);
    ck_assert_str_eq(listener_heard(&pbx), "");
    world_append(&world, false);
    ck_assert_str_eq(listener_heard(&pbx), "c-2 ok, contact.arrived");
    end();
}
END_TEST

START_TEST(late_answer_of_redis_withholds_nothing)
{
    start();
    listener_say(&world, &pbx, ARRIVE("c-1", "1"));
    router_turn_end(world.router);
    world_append(&world, true);
    ck_assert_str_eq(listener_heard(&pbx), "c-1 ok, contact.arrived");
    end();
}
END_TEST

START_TEST(full_backlog_holds_and_goes_on_when_redis_is_back)
{
    static char line[8192];
    start();
    lose_redis();
    int length = snprintf(line, sizeof(line),
                          "{\"do\":\"contact.arrive\",\"contact\":"
                          "\"%%d\",\"channel\":\"voice\",\"data\":{\"a\":\"");
    memset(line + length, 'x', 4000);
    snprintf(line + length + 4000, 8, "\"}}");
    size_t told = 0;
    for (int i = 0; i < 99 && world.is_leading; i++) {
        static char numbered[8192];
        char *id = strstr(line, "%d");
        snprintf(numbered, sizeof(numbered), "%.*s%d%s", (int)(id - line), line, i, id + 2);
        world.settings.pending_bytes = 100000;
        listener_say(&world, &pbx, numbered);
        router_turn_end(world.router);
        if (pbx.heard_count == 0)
            break;
        told++;
        pbx.heard_count = 0;
    }
    ck_assert_uint_ge(told, 20);
    ck_assert_uint_le(told, 30);
    regain_redis(false);
    world_settle(&world);
    ck_assert_uint_eq(pbx.heard_count, 2);
    end();
}
END_TEST

START_TEST(fenced_router_keeps_what_it_told_in_a_file_and_nothing_else)
{
    char path[128];
    char text[4096];
    start();
    lose_redis();
    listener_say(&world, &pbx, ARRIVE("c-1", "alone"));
    router_turn_end(world.router);
    regain_redis(false);
    listener_say(&world, &pbx, ARRIVE("c-2", "untold"));
    router_turn_end(world.router);
    world.ops->fenced(world.owner);
    ck_assert(world.has_ended);
    snprintf(path, sizeof(path), "%s/refused-100.jsonl", folder);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    size_t length = fread(text, 1, sizeof(text) - 1, file);
    text[length] = '\0';
    fclose(file);
    ck_assert_uint_eq(lines_of((struct usher_text){text, length}), 1);
    ck_assert_ptr_nonnull(strstr(text, "\"pbx1/alone\""));
    end();
}
END_TEST

START_TEST(lost_journal_has_the_backlog_in_its_snapshot_and_appends_none_of_it)
{
    start();
    lose_redis();
    listener_say(&world, &pbx, ARRIVE("c-1", "1"));
    router_turn_end(world.router);
    (void)listener_heard(&pbx);
    size_t before = world.appends_count;
    struct usher_bytes saved;
    usher_bytes_init(&saved, SIZE_MAX);
    ck_assert(world.ops->line(
        world.owner, USHER_TEXT("{\"at\":1763745600000,\"n\":\"101-1\",\"ev\":\"router.started\","
                                "\"token\":\"t\",\"prev\":\"0-0\",\"version\":2,"
                                "\"outage\":\"route\"}")));
    world.ops->save(world.owner, &saved);
    world.is_idle = true;
    world.ops->lost(world.owner, 101);
    router_turn_end(world.router);
    ck_assert_uint_eq(world.appends_count, before + 1);
    ck_assert_uint_eq(world.appended_events, 1); /* journal.lost */
    world_settle(&world);
    ck_assert_str_eq(listener_heard(&pbx), "");
    usher_bytes_fini(&saved);
    end();
}
END_TEST

SUITE_MAIN("router_outage", leader_says_what_it_does_and_where_it_lives,
           decisions_are_told_at_once_and_appended_when_redis_is_back,
           batch_in_flight_is_told_once_when_redis_goes,
           what_is_new_waits_behind_the_backlog_and_for_redis,
           late_answer_of_redis_withholds_nothing,
           full_backlog_holds_and_goes_on_when_redis_is_back,
           fenced_router_keeps_what_it_told_in_a_file_and_nothing_else,
           lost_journal_has_the_backlog_in_its_snapshot_and_appends_none_of_it)
