/* The profiles' follower over a real Redis. What it hands over is kept as text: "id name phone
 * skills capacity" a line. */
#include <check.h>
#include <event2/event.h>
#include <stdlib.h>

#include "integration/journal_world.h"
#include "journal/profiles.h"

static struct world world;
static struct profiles *profiles;
static struct usher_bytes told;
static int told_count, loads;
static size_t loaded_count;

static void on_profile(void *owner, struct usher_text agent, struct usher_text name,
                       struct usher_text phone, struct usher_text skills,
                       struct usher_text capacity)
{
    const struct usher_text parts[] = {agent, name, phone, skills, capacity};
    (void)owner;
    for (size_t i = 0; i < USHER_COUNT_OF(parts); i++) {
        usher_bytes_append_text(&told, parts[i].at ? parts[i] : USHER_TEXT("-"));
        usher_bytes_append_char(&told, i + 1 < USHER_COUNT_OF(parts) ? ' ' : '\n');
    }
    told_count++;
}

static void on_loaded(void *owner, size_t count)
{
    (void)owner;
    loads++;
    loaded_count = count;
}

static const struct profiles_ops ops = {.profile = on_profile, .loaded = on_loaded};

static void open_world(void)
{
    world_open(&world);
    usher_bytes_init(&told, 16 * 1024 * 1024);
    told_count = loads = 0;
    ck_assert_int_eq(profiles_new(&profiles, world.base, &world.settings, &ops, NULL), 0);
}

static void close_world(void)
{
    profiles_free(profiles);
    usher_bytes_fini(&told);
    world_close(&world);
}

static void follow(void)
{
    profiles_start(profiles);
    world_wait(&world, &loads, 1);
}

/* Forgets what was told, and waits for one more profile after a command. */
static void change(const char *command)
{
    usher_bytes_clear(&told);
    told_count = 0;
    redis_server_ask(&world.redis, "%s", command);
    world_wait(&world, &told_count, 1);
}

static void was_told(const char *text)
{
    char room[512];
    ck_assert(usher_text_copy(room, sizeof(room), usher_bytes_text(&told)));
    ck_assert_str_eq(room, text);
}

START_TEST(profiles_that_are_there_are_handed_over)
{
    redis_server_ask(&world.redis,
                     "HSET usher:{test}:agent:olena name Olena phone sip:olena@x skill.lang.uk 10 "
                     "skill.billing 8 skill.old 0 capacity.chat 3 email o@x");
    follow();
    ck_assert_uint_eq(loaded_count, 1);
    was_told("olena Olena sip:olena@x {\"billing\":8,\"lang.uk\":10} {\"chat\":3}\n");
}
END_TEST

START_TEST(site_without_profiles_is_loaded_too)
{
    follow();
    ck_assert_uint_eq(loaded_count, 0);
}
END_TEST

START_TEST(change_is_told_at_once)
{
    redis_server_ask(&world.redis, "HSET usher:{test}:agent:olena skill.billing 8");
    follow();
    change("HSET usher:{test}:agent:olena skill.billing 9");
    was_told("olena - - {\"billing\":9} {}\n");
    change("HSET usher:{test}:agent:taras name Taras skill.sales 3");
    was_told("taras Taras - {\"sales\":3} {}\n");
    change("HDEL usher:{test}:agent:taras skill.sales");
    was_told("taras Taras - {} {}\n");
}
END_TEST

START_TEST(wrong_fields_are_left_out)
{
    redis_server_ask(
        &world.redis,
        "HSET usher:{test}:agent:olena skill.a 11 skill.b -1 skill.c x skill.d 10 skill. 3 "
        "capacity.pigeon 1 capacity.email 101 capacity.voice 1 name \x01 phone \xff\xfe");
    follow();
    was_told("olena - - {\"d\":10} {\"voice\":1}\n");
}
END_TEST

START_TEST(wrong_keys_are_left_out)
{
    redis_server_ask(&world.redis, "HSET usher:{test}:agent:a*b skill.a 1");
    redis_server_ask(&world.redis, "SET usher:{test}:agent:text 1");
    redis_server_ask(&world.redis, "HSET usher:{other}:agent:olena skill.a 1");
    follow();
    ck_assert_uint_eq(loaded_count, 0);
}
END_TEST

START_TEST(thousands_are_loaded)
{
    struct world *w = &world;
    redis_server_ask(
        &w->redis,
        "EVAL for\ti=1,3000\tdo\tredis.call('HSET','usher:{test}:agent:a'..i,'skill.s',5)\tend 0");
    follow();
    ck_assert_uint_ge(loaded_count, 3000);
}
END_TEST

START_TEST(all_are_read_again_after_redis_came_back)
{
    redis_server_ask(&world.redis, "HSET usher:{test}:agent:olena skill.billing 8");
    follow();
    redis_server_kill(&world.redis);
    redis_server_start(&world.redis);
    redis_server_ask(&world.redis, "HSET usher:{test}:agent:olena skill.billing 9");
    world_wait(&world, &loads, 2);
    change("HSET usher:{test}:agent:olena skill.billing 10");
    was_told("olena - - {\"billing\":10} {}\n");
}
END_TEST

START_TEST(lost_listener_is_replaced)
{
    follow();
    redis_server_ask(&world.redis, "CLIENT KILL TYPE pubsub");
    world_wait(&world, &loads, 2);
    change("HSET usher:{test}:agent:olena skill.billing 10");
    was_told("olena - - {\"billing\":10} {}\n");
}
END_TEST

START_TEST(lost_reader_is_replaced)
{
    follow();
    redis_server_ask(&world.redis, "CLIENT KILL TYPE normal");
    world_wait(&world, &loads, 2);
    change("HSET usher:{test}:agent:olena skill.billing 10");
    was_told("olena - - {\"billing\":10} {}\n");
}
END_TEST

START_TEST(flush_keeps_the_agents)
{
    redis_server_ask(&world.redis, "HSET usher:{test}:agent:olena skill.billing 8");
    follow();
    usher_bytes_clear(&told);
    redis_server_ask(&world.redis, "FLUSHALL");
    world_turn(&world, 200);
    was_told("");
    change("HSET usher:{test}:agent:olena skill.billing 9");
    was_told("olena - - {\"billing\":9} {}\n");
    usher_bytes_clear(&told);
    redis_server_ask(&world.redis, "DEL usher:{test}:agent:olena");
    world_turn(&world, 200);
    was_told("");
}
END_TEST

START_TEST(probe_goes_out_and_comes_back)
{
    follow();
    world_turn(&world, 6000);
    ck_assert_int_eq(redis_server_ask(&world.redis, "HEXISTS usher:{test}:agent:~probe probe"), 1);
    ck_assert_int_eq(loads, 1);
    was_told("");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        profiles_that_are_there_are_handed_over,
        site_without_profiles_is_loaded_too,
        change_is_told_at_once,
        wrong_fields_are_left_out,
        wrong_keys_are_left_out,
        thousands_are_loaded,
        all_are_read_again_after_redis_came_back,
        lost_listener_is_replaced,
        lost_reader_is_replaced,
        flush_keeps_the_agents,
        probe_goes_out_and_comes_back,
    };
    return world_run_suite("profiles", open_world, close_world, tests, USHER_COUNT_OF(tests));
}
