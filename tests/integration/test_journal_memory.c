/* The journal over a real Redis: snapshots, trimming, and a Redis that forgets. */
#include <check.h>
#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "integration/journal_world.h"
#include "journal/folder.h"

#define SNAPSHOTS "KEYS usher:{test}:snapshot:*"
#define RULES     "rules1"

static struct world world;
static struct stand_in a, b;

static void open_world(void)
{
    world_open(&world);
    world.settings.journal.snapshot_every = 100;
}

static void close_world(void)
{
    world_close(&world);
}

/* A leader with rules. */
static void lead_with_rules(void)
{
    stand_in_lead(&a, &world);
    stand_in_load_rules(&a, RULES);
}

/* Appends some 200 events and has a snapshot written behind them. */
static void append_and_save(void)
{
    char newest[USHER_NUMBER_SIZE], command[160];
    for (int i = 0; i < 100; i++)
        stand_in_append(&a, 2);
    journal_consider_snapshot(a.journal, USHER_TEXT(RULES));
    (void)usher_number_write((struct usher_number){a.epoch, a.seq}, newest);
    (void)snprintf(command, sizeof(command), "HLEN usher:{test}:snapshot:%s", newest);
    for (int i = 0; i < 200 && redis_server_ask(&world.redis, "%s", command) != 4; i++)
        world_turn(&world, 20);
    ck_assert_int_eq(redis_server_ask(&world.redis, "%s", command), 4);
    world_turn(&world, 200); /* the child deletes and trims */
}

static void recovers(int snapshots)
{
    stand_in_lead(&b, &world);
    ck_assert_int_eq(b.snapshots, snapshots);
    ck_assert(stand_in_is_after(&b, usher_bytes_text(&a.state)));
}

START_TEST(recovery_begins_with_the_newest_snapshot)
{
    lead_with_rules();
    append_and_save();
    stand_in_append(&a, 5);
    recovers(1);
    ck_assert(usher_text_is_equal(usher_bytes_text(&b.rules), USHER_TEXT(RULES " ")));
    stand_in_stop(&a);
    stand_in_stop(&b);
}
END_TEST

START_TEST(no_snapshot_is_written_before_its_time)
{
    lead_with_rules();
    stand_in_append(&a, 50);
    journal_consider_snapshot(a.journal, USHER_TEXT(RULES));
    world_turn(&world, 100);
    ck_assert_int_eq(redis_server_ask(&world.redis, SNAPSHOTS), 0);
    stand_in_stop(&a);
}
END_TEST

START_TEST(two_snapshots_are_kept_and_the_journal_behind_them_is_trimmed)
{
    world.settings.journal.keep_ms = 0;
    lead_with_rules();
    for (int i = 0; i < 5; i++)
        append_and_save();
    ck_assert_int_eq(redis_server_ask(&world.redis, SNAPSHOTS), 2);
    ck_assert_int_lt(redis_server_ask(&world.redis, "XLEN " WORLD_KEY), 250);
    recovers(1);
    stand_in_stop(&a);
    stand_in_stop(&b);
}
END_TEST

START_TEST(what_is_younger_than_keep_stays)
{
    lead_with_rules();
    for (int i = 0; i < 3; i++)
        append_and_save();
    ck_assert_int_eq(redis_server_ask(&world.redis, "XLEN " WORLD_KEY), 302);
    stand_in_stop(&a);
}
END_TEST

START_TEST(what_is_above_max_goes_though_it_is_young)
{
    world.settings.journal.max_bytes = 1000;
    lead_with_rules();
    for (int i = 0; i < 3; i++)
        append_and_save();
    ck_assert_int_lt(redis_server_ask(&world.redis, "XLEN " WORLD_KEY), 250);
    recovers(1);
    stand_in_stop(&a);
    stand_in_stop(&b);
}
END_TEST

/* The number of the first line that was filed; the folder is then removed. */
static uint64_t take_first_filed(const char *folder)
{
    char name[FOLDER_NAME_SIZE], path[SETTINGS_PATH_MAX + FOLDER_NAME_SIZE];
    struct folder_list list;
    struct usher_bytes text;
    struct usher_number n;
    ck_assert_int_eq(folder_list(&list, folder, "test"), 0);
    ck_assert_uint_eq(list.days_count, 1);
    folder_name_day("test", list.days[0], name);
    folder_list_fini(&list);
    usher_bytes_init(&text, (size_t)1024 * 1024);
    ck_assert_int_eq(folder_read(folder, name, &text), 0);
    char *newline = memchr(text.at, '\n', text.length);
    ck_assert(folder_read_number((struct usher_text){text.at, (size_t)(newline - text.at)}, &n));
    usher_bytes_fini(&text);
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    ck_assert_int_eq(unlink(path), 0);
    (void)snprintf(path, sizeof(path), "%s/.journal-test.lock", folder);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(rmdir(folder), 0);
    return n.seq;
}

START_TEST(nothing_is_trimmed_before_it_is_filed)
{
    char *folder = world.settings.journal.archive;
    world.settings.journal.keep_ms = 0;
    (void)snprintf(folder, SETTINGS_PATH_MAX, "/tmp/usher-archive-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(rmdir(folder), 0);
    lead_with_rules();
    for (int i = 0; i < 4; i++)
        append_and_save();
    ck_assert_int_eq(redis_server_ask(&world.redis, "XLEN " WORLD_KEY), 402);
    ck_assert_int_eq(redis_server_ask(&world.redis, SNAPSHOTS), 4);
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    append_and_save();
    ck_assert_int_lt(redis_server_ask(&world.redis, "XLEN " WORLD_KEY), 250);
    ck_assert_int_eq(redis_server_ask(&world.redis, SNAPSHOTS), 2);
    ck_assert_uint_eq(take_first_filed(folder), 1);
    recovers(1);
    stand_in_stop(&a);
    stand_in_stop(&b);
}
END_TEST

START_TEST(damaged_snapshot_gives_way_to_the_older_one)
{
    world.settings.journal.keep_ms = 0;
    lead_with_rules();
    append_and_save();
    append_and_save();
    redis_server_ask(&world.redis, "HSET usher:{test}:snapshot:%u-%llu bytes damaged",
                     (unsigned)a.epoch, (unsigned long long)a.seq);
    recovers(1);
    stand_in_stop(&a);
    stand_in_stop(&b);
}
END_TEST

START_TEST(snapshot_of_a_newer_form_stops_the_start)
{
    lead_with_rules();
    append_and_save();
    redis_server_ask(&world.redis, "HSET usher:{test}:snapshot:%u-%llu format 2", (unsigned)a.epoch,
                     (unsigned long long)a.seq);
    stand_in_start(&b, &world);
    world_wait(&world, &b.failures, 1);
    stand_in_stop(&a);
    stand_in_stop(&b);
}
END_TEST

START_TEST(flushed_journal_is_written_anew)
{
    uint32_t epoch;
    lead_with_rules();
    stand_in_append(&a, 10);
    epoch = a.epoch;
    redis_server_ask(&world.redis, "FLUSHALL");
    stand_in_send(&a, 1);
    world_wait(&world, &a.losses, 1);
    ck_assert_uint_gt(a.epoch, epoch);
    ck_assert_int_eq(a.aways, 1);
    ck_assert_int_eq(a.backs, 1);
    stand_in_append(&a, 2);
    recovers(1);
    ck_assert(usher_text_is_equal(usher_bytes_text(&b.rules), USHER_TEXT(RULES " ")));
    stand_in_stop(&a);
    stand_in_stop(&b);
}
END_TEST

START_TEST(redis_that_dies_while_the_journal_is_written_anew_gets_it_all)
{
    lead_with_rules();
    for (int round = 0; round < 8; round++) {
        redis_server_ask(&world.redis, "FLUSHALL");
        stand_in_send(&a, 1);
        world_turn(&world, round % 4);
        redis_server_kill(&world.redis);
        redis_server_start(&world.redis);
        world_wait(&world, &a.losses, round + 1);
        world_wait(&world, &a.backs, a.aways);
        stand_in_append(&a, 1);
    }
    recovers(1);
    stand_in_stop(&a);
    stand_in_stop(&b);
}
END_TEST

START_TEST(journal_lost_while_redis_was_away_is_written_anew)
{
    lead_with_rules();
    redis_server_kill(&world.redis);
    world.redis.is_durable = false;
    redis_server_start(&world.redis);
    world_wait(&world, &a.losses, 1);
    stand_in_append(&a, 1);
    stand_in_stop(&a);
}
END_TEST

START_TEST(snapshot_without_a_journal_is_enough_to_start)
{
    lead_with_rules();
    append_and_save();
    stand_in_stop(&a);
    redis_server_ask(&world.redis, "DEL " WORLD_KEY);
    stand_in_lead(&b, &world);
    ck_assert_int_eq(b.snapshots, 1);
    ck_assert(!b.is_first);
    ck_assert_int_eq(b.losses, 0);
    ck_assert_int_eq(redis_server_ask(&world.redis, "XLEN " WORLD_KEY), 1);
    stand_in_append(&b, 1);
    stand_in_stop(&b);
}
END_TEST

/* Turns the loop until Redis has listed the keys; its answer is not read yet. */
static void wait_listed(void)
{
    char stats[8192];
    do {
        (void)event_base_loop(world.base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
        redis_server_ask_text(&world.redis, stats, sizeof(stats), "INFO commandstats");
    } while (!strstr(stats, "cmdstat_scan:"));
}

START_TEST(snapshots_that_a_leader_replaces_during_the_start_are_looked_for_again)
{
    unsigned long long older, newer;
    world.settings.journal.keep_ms = 0;
    lead_with_rules();
    for (int i = 0; i < 4; i++)
        append_and_save();
    older = a.seq;
    append_and_save();
    newer = a.seq;
    ck_assert_int_lt(redis_server_ask(&world.redis, "XLEN " WORLD_KEY), 250);
    redis_server_ask(&world.redis, "RENAME usher:{test}:snapshot:%u-%llu aside", a.epoch, newer);
    redis_server_ask(&world.redis, "CONFIG RESETSTAT");
    stand_in_start(&b, &world);
    wait_listed();
    redis_server_ask(&world.redis, "RENAME aside usher:{test}:snapshot:%u-%llu", a.epoch, newer);
    redis_server_ask(&world.redis, "DEL usher:{test}:snapshot:%u-%llu", a.epoch, older);
    world_wait(&world, &b.claims, 1);
    ck_assert_int_eq(b.snapshots, 1);
    ck_assert(stand_in_is_after(&b, usher_bytes_text(&a.state)));
    stand_in_stop(&a);
    stand_in_stop(&b);
}
END_TEST

/* By a FLUSHALL and the leader of then, whose new snapshot this one does not know. */
START_TEST(journal_written_anew_during_the_start_is_read_anew)
{
    lead_with_rules();
    append_and_save();
    stand_in_append(&a, 1);
    stand_in_start(&b, &world);
    world_wait(&world, &b.snapshots, 1);
    redis_server_ask(&world.redis, "DEL " WORLD_KEY);
    redis_server_ask(&world.redis,
                     "XADD " WORLD_KEY
                     " %u-1 b {\"at\":1763745600999,\"n\":\"%u-1\",\"ev\":\"journal.lost\"}\n",
                     (unsigned)a.epoch + 1, (unsigned)a.epoch + 1);
    world_wait(&world, &b.claims, 1);
    ck_assert_int_eq(b.forgets, 1);
    ck_assert_uint_eq(b.epoch, a.epoch + 2);
    stand_in_stop(&a);
    stand_in_stop(&b);
}
END_TEST

/* As a failover to a replica that lags would. */
static void lose_last_entries(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        redis_server_ask(&world.redis, "XDEL " WORLD_KEY " %u-%u", (unsigned)a.epoch,
                         (unsigned)a.seq - i);
    redis_server_ask(&world.redis, "XSETID " WORLD_KEY " %u-%u", (unsigned)a.epoch,
                     (unsigned)a.seq - count);
}

START_TEST(what_redis_lost_of_the_end_is_appended_again)
{
    lead_with_rules();
    for (int i = 0; i < 5; i++)
        stand_in_append(&a, 1);
    lose_last_entries(3);
    redis_server_ask(&world.redis, "CLIENT KILL TYPE normal");
    world_wait(&world, &a.backs, 1);
    ck_assert_int_eq(redis_server_ask(&world.redis, "XLEN " WORLD_KEY), 7);
    stand_in_append(&a, 1);
    recovers(0);
    stand_in_stop(&a);
    stand_in_stop(&b);
}
END_TEST

START_TEST(rules_that_redis_lost_with_the_end_are_stored_again)
{
    lead_with_rules();
    stand_in_append(&a, 1);
    stand_in_load_rules(&a, "rules2");
    lose_last_entries(1);
    redis_server_ask(&world.redis, "DEL usher:{test}:rules:rules2");
    redis_server_ask(&world.redis, "CLIENT KILL TYPE normal");
    world_wait(&world, &a.backs, 1);
    recovers(0);
    ck_assert(usher_text_is_equal(usher_bytes_text(&b.rules), USHER_TEXT(RULES " rules2 ")));
    stand_in_stop(&a);
    stand_in_stop(&b);
}
END_TEST

START_TEST(rules_that_no_batch_names_yet_are_stored_again)
{
    lead_with_rules();
    redis_server_ask(&world.redis, "DEL usher:{test}:rules:" RULES);
    redis_server_ask(&world.redis, "CLIENT KILL TYPE normal");
    world_wait(&world, &a.backs, 1);
    ck_assert_int_eq(redis_server_ask(&world.redis, "EXISTS usher:{test}:rules:" RULES), 1);
    stand_in_stop(&a);
}
END_TEST

START_TEST(rules_whose_batch_is_in_flight_are_stored_again)
{
    lead_with_rules();
    redis_server_ask(&world.redis, "DEL usher:{test}:rules:" RULES);
    redis_server_ask(&world.redis, "CONFIG SET maxmemory 1");
    stand_in_send(&a, 1);
    world_wait(&world, &a.aways, 1);
    redis_server_ask(&world.redis, "CONFIG SET maxmemory 0");
    world_wait(&world, &a.backs, 1);
    ck_assert_int_eq(redis_server_ask(&world.redis, "EXISTS usher:{test}:rules:" RULES), 1);
    stand_in_stop(&a);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        recovery_begins_with_the_newest_snapshot,
        no_snapshot_is_written_before_its_time,
        two_snapshots_are_kept_and_the_journal_behind_them_is_trimmed,
        what_is_younger_than_keep_stays,
        what_is_above_max_goes_though_it_is_young,
        nothing_is_trimmed_before_it_is_filed,
        damaged_snapshot_gives_way_to_the_older_one,
        snapshot_of_a_newer_form_stops_the_start,
        flushed_journal_is_written_anew,
        redis_that_dies_while_the_journal_is_written_anew_gets_it_all,
        journal_lost_while_redis_was_away_is_written_anew,
        snapshot_without_a_journal_is_enough_to_start,
        snapshots_that_a_leader_replaces_during_the_start_are_looked_for_again,
        journal_written_anew_during_the_start_is_read_anew,
        what_redis_lost_of_the_end_is_appended_again,
        rules_that_redis_lost_with_the_end_are_stored_again,
        rules_that_no_batch_names_yet_are_stored_again,
        rules_whose_batch_is_in_flight_are_stored_again,
    };
    return world_run_suite("journal_memory", open_world, close_world, tests, USHER_COUNT_OF(tests));
}
