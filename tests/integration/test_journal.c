/* The journal over a real Redis: starting, appending, being fenced, and Redis dying in the middle.
 */
#include <check.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "integration/journal_world.h"

static struct world world;
static struct stand_in a, b;

static void open_world(void)
{
    world_open(&world);
}

static void close_world(void)
{
    world_close(&world);
}

START_TEST(first_start_claims_an_empty_site)
{
    stand_in_lead(&a, &world);
    ck_assert(a.is_first);
    ck_assert(stand_in_is_after(&a, USHER_TEXT("")));
    ck_assert_int_eq(redis_server_ask(&world.redis, "XLEN " WORLD_KEY), 1);
    stand_in_stop(&a);
}
END_TEST

START_TEST(router_that_starts_before_redis_waits_for_it)
{
    redis_server_kill(&world.redis);
    stand_in_start(&a, &world);
    world_turn(&world, 200);
    ck_assert_int_eq(a.claims, 0);
    redis_server_start(&world.redis);
    world_wait(&world, &a.claims, 1);
    ck_assert_int_eq(a.aways, 0);
    stand_in_stop(&a);
}
END_TEST

START_TEST(recovery_hands_all_lines_back_in_order)
{
    stand_in_lead(&a, &world);
    for (int i = 0; i < 250; i++)
        stand_in_append(&a, 2);
    stand_in_lead(&b, &world);
    ck_assert(!b.is_first);
    ck_assert_uint_gt(b.epoch, a.epoch);
    ck_assert(stand_in_is_after(&b, usher_bytes_text(&a.state)));
    stand_in_stop(&a);
    stand_in_stop(&b);
}
END_TEST

START_TEST(rules_come_before_the_line_that_names_them)
{
    stand_in_lead(&a, &world);
    stand_in_load_rules(&a, "aa11");
    stand_in_append(&a, 3);
    stand_in_load_rules(&a, "bb22");
    stand_in_lead(&b, &world);
    ck_assert(usher_text_is_equal(usher_bytes_text(&b.rules), USHER_TEXT("aa11 bb22 ")));
    ck_assert(stand_in_is_after(&b, usher_bytes_text(&a.state)));
    stand_in_stop(&a);
    stand_in_stop(&b);
}
END_TEST

START_TEST(second_claimant_fences_the_first)
{
    stand_in_lead(&a, &world);
    stand_in_append(&a, 1);
    stand_in_lead(&b, &world);
    stand_in_send(&a, 1);
    world_wait(&world, &a.fences, 1);
    ck_assert_int_eq(a.appends, 1);
    ck_assert(!journal_is_idle(a.journal));
    stand_in_append(&b, 1);
    ck_assert_int_eq(b.fences, 0);
    stand_in_stop(&a);
    stand_in_stop(&b);
}
END_TEST

START_TEST(idle_leader_learns_of_its_fence_when_it_reconnects)
{
    stand_in_lead(&a, &world);
    stand_in_append(&a, 1);
    stand_in_lead(&b, &world);
    redis_server_kill(&world.redis);
    redis_server_start(&world.redis);
    world_wait(&world, &a.fences, 1);
    world_wait(&world, &b.backs, 1);
    stand_in_stop(&a);
    stand_in_stop(&b);
}
END_TEST

START_TEST(batch_outlives_the_death_of_redis)
{
    stand_in_lead(&a, &world);
    stand_in_append(&a, 2);
    redis_server_kill(&world.redis);
    stand_in_send(&a, 3);
    world_wait(&world, &a.aways, 1);
    redis_server_start(&world.redis);
    world_wait(&world, &a.backs, 1);
    ck_assert_int_eq(a.appends, 2);
    stand_in_append(&a, 1);
    stand_in_lead(&b, &world);
    ck_assert(stand_in_is_after(&b, usher_bytes_text(&a.state)));
    stand_in_stop(&a);
    stand_in_stop(&b);
}
END_TEST

START_TEST(redis_killed_over_and_over_loses_and_repeats_nothing)
{
    stand_in_lead(&a, &world);
    for (int round = 0; round < 8; round++) {
        int wanted = a.appends + 20;
        for (int i = 0; i < 19; i++)
            stand_in_append(&a, 2);
        stand_in_send(&a, 2);
        world_turn(&world, round % 4); /* the command is on its way, done, or answered */
        redis_server_kill(&world.redis);
        redis_server_start(&world.redis);
        world_wait(&world, &a.appends, wanted);
        while (!journal_is_idle(a.journal))
            world_turn(&world, 10);
    }
    stand_in_lead(&b, &world);
    ck_assert(stand_in_is_after(&b, usher_bytes_text(&a.state)));
    stand_in_stop(&a);
    stand_in_stop(&b);
}
END_TEST

START_TEST(batch_that_redis_had_already_is_not_appended_twice)
{
    redisContext *redis;
    stand_in_lead(&a, &world);
    redis_server_kill(&world.redis);
    stand_in_send(&a, 1);
    world_wait(&world, &a.aways, 1);
    redis_server_start(&world.redis);
    /* As if Redis had done the command, and the answer had been lost. */
    redis = redis_server_connect(&world.redis);
    freeReplyObject(redisCommand(redis, "XADD " WORLD_KEY " %u-2 b %b", (unsigned)a.epoch,
                                 a.batch.at, a.batch.length));
    redisFree(redis);
    world_wait(&world, &a.appends, 1);
    ck_assert_int_eq(a.fences, 0);
    ck_assert_int_eq(redis_server_ask(&world.redis, "XLEN " WORLD_KEY), 2);
    stand_in_stop(&a);
}
END_TEST

/* An entry as a router would write it. */
static void add_event(unsigned epoch, unsigned seq)
{
    char line[128];
    redisContext *redis = redis_server_connect(&world.redis);
    int length =
        snprintf(line, sizeof(line), "{\"ev\":\"router.beat\",\"n\":\"%u-%u\"}\n", epoch, seq);
    freeReplyObject(
        redisCommand(redis, "XADD " WORLD_KEY " %u-%u b %b", epoch, seq, line, (size_t)length));
    redisFree(redis);
}

START_TEST(same_number_with_other_bytes_is_a_fence)
{
    stand_in_lead(&a, &world);
    redis_server_kill(&world.redis);
    stand_in_send(&a, 1);
    world_wait(&world, &a.aways, 1);
    redis_server_start(&world.redis);
    add_event(a.epoch, 2);
    world_wait(&world, &a.fences, 1);
    ck_assert_int_eq(a.appends, 0);
    stand_in_stop(&a);
}
END_TEST

START_TEST(redis_out_of_memory_is_away_and_the_batch_stays)
{
    stand_in_lead(&a, &world);
    redis_server_ask(&world.redis, "CONFIG SET maxmemory 1");
    stand_in_send(&a, 1);
    world_wait(&world, &a.aways, 1);
    world_turn(&world, 300);
    ck_assert_int_eq(a.appends, 0);
    ck_assert_int_eq(a.backs, 0);
    redis_server_ask(&world.redis, "CONFIG SET maxmemory 0");
    world_wait(&world, &a.backs, 1);
    ck_assert_int_eq(a.appends, 1);
    ck_assert_int_eq(redis_server_ask(&world.redis, "XLEN " WORLD_KEY), 2);
    stand_in_stop(&a);
}
END_TEST

START_TEST(answer_after_the_lease_is_late)
{
    world.settings.timing.lease_ms = 100;
    stand_in_lead(&a, &world);
    (void)kill(world.redis.pid, SIGSTOP);
    stand_in_send(&a, 1);
    world_turn(&world, 300);
    (void)kill(world.redis.pid, SIGCONT);
    world_wait(&world, &a.appends, 1);
    ck_assert_int_eq(a.late_appends, 1);
    stand_in_append(&a, 1);
    ck_assert_int_eq(a.late_appends, 1);
    stand_in_stop(&a);
}
END_TEST

START_TEST(redis_that_hangs_is_given_up_and_found_again)
{
    stand_in_lead(&a, &world);
    (void)kill(world.redis.pid, SIGSTOP);
    stand_in_send(&a, 1);
    world_wait(&world, &a.aways, 1);
    (void)kill(world.redis.pid, SIGCONT);
    world_wait(&world, &a.backs, 1);
    ck_assert_int_eq(a.appends, 1);
    ck_assert_int_eq(redis_server_ask(&world.redis, "XLEN " WORLD_KEY), 2);
    stand_in_stop(&a);
}
END_TEST

START_TEST(redis_that_keeps_nothing_is_refused)
{
    redis_server_kill(&world.redis);
    world.redis.is_durable = false;
    redis_server_start(&world.redis);
    stand_in_start(&a, &world);
    world_wait(&world, &a.failures, 1);
    ck_assert_int_eq(redis_server_ask(&world.redis, "EXISTS " WORLD_KEY), 0);
    stand_in_stop(&a);
}
END_TEST

START_TEST(redis_that_keeps_nothing_is_taken_when_loss_is_accepted)
{
    redis_server_kill(&world.redis);
    world.redis.is_durable = false;
    redis_server_start(&world.redis);
    world.settings.redis.accept_loss = true;
    stand_in_lead(&a, &world);
    stand_in_stop(&a);
}
END_TEST

START_TEST(redis_that_evicts_is_refused)
{
    redis_server_ask(&world.redis, "CONFIG SET maxmemory-policy allkeys-lru");
    stand_in_start(&a, &world);
    world_wait(&world, &a.failures, 1);
    stand_in_stop(&a);
}
END_TEST

START_TEST(acl_without_config_does_not_stop_the_start)
{
    redis_server_ask(&world.redis, "ACL SETUSER default -config");
    stand_in_lead(&a, &world);
    stand_in_stop(&a);
}
END_TEST

/* Deletes the last entry, and sets the stream's last id to that of the one before. */
static void repair(void)
{
    redisContext *redis = redis_server_connect(&world.redis);
    redisReply *last = redisCommand(redis, "XREVRANGE " WORLD_KEY " + - COUNT 2");
    ck_assert_uint_eq(last->elements, 2);
    freeReplyObject(
        redisCommand(redis, "XDEL " WORLD_KEY " %s", last->element[0]->element[0]->str));
    freeReplyObject(
        redisCommand(redis, "XSETID " WORLD_KEY " %s", last->element[1]->element[0]->str));
    freeReplyObject(last);
    redisFree(redis);
}

START_TEST(start_waits_until_an_entry_by_hand_is_removed)
{
    stand_in_lead(&a, &world);
    stand_in_append(&a, 2);
    redis_server_ask(&world.redis, "XADD " WORLD_KEY " * note hello");
    stand_in_start(&b, &world);
    world_turn(&world, 300);
    ck_assert_int_eq(b.claims + b.failures, 0);
    repair();
    world_wait(&world, &b.claims, 1);
    ck_assert(stand_in_is_after(&b, usher_bytes_text(&a.state)));
    stand_in_stop(&a);
    stand_in_stop(&b);
}
END_TEST

/* The leader's next batch is so large that its number is above that entry's. */
START_TEST(start_waits_until_an_entry_in_the_middle_is_removed)
{
    stand_in_lead(&a, &world);
    stand_in_append(&a, 2);
    redis_server_ask(&world.redis, "XADD " WORLD_KEY " %u-5 note hello", (unsigned)a.epoch);
    stand_in_append(&a, 10);
    stand_in_start(&b, &world);
    world_turn(&world, 300);
    ck_assert_int_eq(b.claims + b.failures, 0);
    redis_server_ask(&world.redis, "XDEL " WORLD_KEY " %u-5", (unsigned)a.epoch);
    world_wait(&world, &b.claims, 1);
    ck_assert(stand_in_is_after(&b, usher_bytes_text(&a.state)));
    stand_in_stop(&a);
    stand_in_stop(&b);
}
END_TEST

START_TEST(leader_holds_until_an_entry_by_hand_is_removed)
{
    stand_in_lead(&a, &world);
    stand_in_append(&a, 2);
    redis_server_ask(&world.redis, "XADD " WORLD_KEY " * note hello");
    stand_in_send(&a, 1);
    world_wait(&world, &a.aways, 1);
    world_turn(&world, 300);
    ck_assert_int_eq(a.appends, 1);
    repair();
    world_wait(&world, &a.backs, 1);
    ck_assert_int_eq(a.appends, 2);
    ck_assert_int_eq(a.fences + a.failures + a.losses, 0);
    stand_in_append(&a, 1);
    stand_in_stop(&a);
}
END_TEST

START_TEST(leader_holds_until_an_entry_with_a_good_id_and_no_event_is_removed)
{
    stand_in_lead(&a, &world);
    redis_server_ask(&world.redis, "XADD " WORLD_KEY " 2000000000-1 b text");
    stand_in_send(&a, 1);
    world_wait(&world, &a.aways, 1);
    repair();
    world_wait(&world, &a.backs, 1);
    ck_assert_int_eq(a.fences + a.failures + a.losses, 0);
    stand_in_stop(&a);
}
END_TEST

START_TEST(leader_holds_until_the_trace_of_a_deleted_entry_is_removed)
{
    stand_in_lead(&a, &world);
    stand_in_append(&a, 2);
    redis_server_ask(&world.redis, "XADD " WORLD_KEY " 1900000000000-0 note hello");
    redis_server_ask(&world.redis, "XDEL " WORLD_KEY " 1900000000000-0");
    stand_in_send(&a, 1);
    world_wait(&world, &a.aways, 1);
    world_turn(&world, 300);
    ck_assert_int_eq(a.appends, 1);
    redis_server_ask(&world.redis, "XSETID " WORLD_KEY " %u-3", (unsigned)a.epoch);
    world_wait(&world, &a.backs, 1);
    ck_assert_int_eq(a.appends, 2);
    stand_in_stop(&a);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        first_start_claims_an_empty_site,
        router_that_starts_before_redis_waits_for_it,
        recovery_hands_all_lines_back_in_order,
        rules_come_before_the_line_that_names_them,
        second_claimant_fences_the_first,
        idle_leader_learns_of_its_fence_when_it_reconnects,
        batch_outlives_the_death_of_redis,
        redis_killed_over_and_over_loses_and_repeats_nothing,
        batch_that_redis_had_already_is_not_appended_twice,
        same_number_with_other_bytes_is_a_fence,
        redis_out_of_memory_is_away_and_the_batch_stays,
        answer_after_the_lease_is_late,
        redis_that_hangs_is_given_up_and_found_again,
        redis_that_keeps_nothing_is_refused,
        redis_that_keeps_nothing_is_taken_when_loss_is_accepted,
        redis_that_evicts_is_refused,
        acl_without_config_does_not_stop_the_start,
        start_waits_until_an_entry_by_hand_is_removed,
        start_waits_until_an_entry_in_the_middle_is_removed,
        leader_holds_until_an_entry_by_hand_is_removed,
        leader_holds_until_an_entry_with_a_good_id_and_no_event_is_removed,
        leader_holds_until_the_trace_of_a_deleted_entry_is_removed,
    };
    return world_run_suite("journal", open_world, close_world, tests, USHER_COUNT_OF(tests));
}
