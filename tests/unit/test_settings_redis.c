/* `redis` in usherd.yaml: where it is, who usherd is to it, and its replicas. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "unit/settings_world.h"
#include "unit/suite.h"

#define SECRET_PATH "/tmp/usher-settings-redis-secret"

/* A file with `text` and this mode, as "redis: {password_file: …}" names it. */
static const char *secret(const char *text, mode_t mode)
{
    static char path[64];
    FILE *file;

    (void)snprintf(path, sizeof(path), SECRET_PATH "-%ld", (long)getpid());
    (void)unlink(path);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, strlen(text), file), strlen(text));
    ck_assert_int_eq(fchmod(fileno(file), mode), 0);
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

/* The keys of `redis`, and the last one's path. */
static const char *with(const char *keys, const char *path)
{
    static char text[512];

    (void)snprintf(text, sizeof(text), END "redis: {%s%s}\n", keys, path);
    return text;
}

START_TEST(nothing_is_asked_of_a_redis_alone)
{
    struct scene *scene = good(END);

    ck_assert_str_eq(scene->settings.redis.login.user, "");
    ck_assert_str_eq(scene->settings.redis.login.password, "");
    ck_assert_uint_eq(scene->settings.redis.sentinels_count, 0);
    ck_assert_str_eq(scene->settings.redis.master, "");
    ck_assert_int_eq(scene->settings.redis.wait_replicas, 0);
    ck_assert_int_eq((int)scene->settings.redis.replicas, SETTINGS_REPLICAS_STRICT);
    ck_assert_int_eq(scene->settings.redis.replica_timeout_ms, 500);
    scene_free(scene);
}
END_TEST

START_TEST(sentinels_are_read)
{
    struct scene *scene = good(END "redis:\n  sentinels: ['10.0.0.1:26379', '[::1]:1', s.local:2]\n"
                                   "  master: main\n");

    ck_assert_uint_eq(scene->settings.redis.sentinels_count, 3);
    ck_assert_str_eq(scene->settings.redis.sentinels[0].host, "10.0.0.1");
    ck_assert_uint_eq(scene->settings.redis.sentinels[0].port, 26379);
    ck_assert_str_eq(scene->settings.redis.sentinels[1].host, "::1");
    ck_assert_str_eq(scene->settings.redis.sentinels[2].host, "s.local");
    ck_assert_str_eq(scene->settings.redis.master, "main");
    scene_free(scene);
}
END_TEST

START_TEST(password_is_the_one_line_of_its_file)
{
    const char *path = secret("s3cret word\n", 0640);
    struct scene *scene = good(with("user: usherd, password_file: ", path));

    ck_assert_str_eq(scene->settings.redis.login.user, "usherd");
    ck_assert_str_eq(scene->settings.redis.login.password, "s3cret word");
    scene_free(scene);
    path = secret("x\r\n", 0400);
    scene = good(with("sentinels: ['h:1'], master: m, sentinel_password_file: ", path));
    ck_assert_str_eq(scene->settings.redis.login.password, "");
    ck_assert_str_eq(scene->settings.redis.sentinel_login.user, "");
    ck_assert_str_eq(scene->settings.redis.sentinel_login.password, "x");
    scene_free(scene);
    ck_assert_int_eq(unlink(path), 0);
}
END_TEST

START_TEST(replicas_are_read)
{
    struct scene *scene =
        good(END "redis: {wait_replicas: 2, replicas: best, replica_timeout: 1s}\n");

    ck_assert_int_eq(scene->settings.redis.wait_replicas, 2);
    ck_assert_int_eq((int)scene->settings.redis.replicas, SETTINGS_REPLICAS_BEST);
    ck_assert_int_eq(scene->settings.redis.replica_timeout_ms, 1000);
    scene_free(scene);
}
END_TEST

static void assert_name(const char *keys, const char *expected)
{
    struct scene *scene = good(with(keys, ""));
    const char *name = settings_redis_name(&scene->settings);

    ck_assert_str_eq(name ? name : "none", expected);
    scene_free(scene);
}

START_TEST(names_that_are_looked_up_are_known)
{
    assert_name("port: 1", "none");
    assert_name("socket: /redis.sock", "none");
    assert_name("host: localhost", "none");
    assert_name("host: '::1'", "none");
    assert_name("host: redis.example", "redis.example");
    assert_name("sentinels: ['10.0.0.1:1', '[::1]:1', 'localhost:1'], master: m", "none");
    assert_name("sentinels: ['10.0.0.1:1', 's.example:1'], master: m", "s.example");
}
END_TEST

START_TEST(places_that_exclude_each_other_are_told)
{
    told_assert(told_of(END "redis: {sentinels: ['h:1'], host: a, port: 1}\n"),
                "f:4:9: `sentinels` need `master`: the name that `sentinel monitor` gives it in "
                "sentinel.conf\n"
                "f:4:29: `host` has no place beside `sentinels`, which say where the master is; "
                "take one of them out\n"
                "f:4:38: `port` has no place beside `sentinels`, which say where the master is; "
                "take one of them out\n");
    told_assert(told_of(END "redis: {master: m, socket: a}\n"),
                "f:4:9: `master` is for Sentinel; add `sentinels`, a list of hosts and ports\n");
}
END_TEST

START_TEST(bad_sentinels_are_told)
{
    told_assert(told_of(END "redis: {master: m, sentinels: []}\n"),
                "f:4:31: `sentinels` has 0 members; 1 to 8 are possible\n");
    told_assert(told_of(END "redis: {master: m, sentinels: [a, 'a:0', [b]]}\n"),
                "f:4:32: `a` is no sentinel; write a host and a port, such as \"10.0.0.1:26379\"\n"
                "f:4:35: `a:0` is no sentinel; write a host and a port, such as "
                "\"10.0.0.1:26379\"\n"
                "f:4:42: `sentinels` is a list; it must be a text: the sentinels that know which "
                "Redis is the master\n");
}
END_TEST

START_TEST(bad_passwords_are_told)
{
    char path[64];
    char expected[512];

    told_assert(told_of(END "redis: {user: a}\n"),
                "f:4:9: `user` needs `password_file`: a file with the password alone\n");
    (void)snprintf(path, sizeof(path), "%s", secret("a\n", 0644));
    (void)snprintf(expected, sizeof(expected),
                   "f:4:25: the password's file `%s` can be read or written by others; chmod 0640, "
                   "or 0600, is right\n",
                   path);
    told_assert(told_of(with("password_file:  ", path)), expected);
    (void)snprintf(expected, sizeof(expected),
                   "f:4:24: the password's file `%s` must have one line of 1 to 512 bytes, and "
                   "nothing else\n",
                   path);
    (void)secret("\n", 0600);
    told_assert(told_of(with("password_file: ", path)), expected);
    (void)secret("a\nb\n", 0600);
    told_assert(told_of(with("password_file: ", path)), expected);
    ck_assert_int_eq(unlink(path), 0);
    (void)snprintf(expected, sizeof(expected),
                   "f:4:24: the password's file `%s` cannot be read: No such file or directory\n",
                   path);
    told_assert(told_of(with("password_file: ", path)), expected);
    told_assert(told_of(END "redis: {password_file: }\n"),
                "f:4:9: `password_file` has no value; it must be a value: the file with the user's "
                "password\n");
}
END_TEST

START_TEST(bad_replicas_are_told)
{
    told_assert(told_of(END "redis: {wait_replicas: 9, replicas: some}\n"),
                "f:4:24: `wait_replicas` is `9`; it must be 0 to 8: how many replicas must have a "
                "change before it is published\n"
                "f:4:37: `replicas` is `some`; write strict, which holds everything up while "
                "replicas are missing, or best, which goes on without them\n");
    told_assert(told_of(END "redis: {replicas: best}\n"),
                "f:4:9: `replicas` means nothing without `wait_replicas`; add it, 1 or more\n");
    told_assert(told_of(END "redis: {wait_replicas: 1, replica_timeout: 1251ms}\n"),
                "f:4:44: `replica_timeout` is 1251 ms; it may be at most half of `lease` inside "
                "`timing`, here 1250 ms: an answer that comes later finds nobody waiting\n");
    told_assert(told_of(END "redis: {wait_replicas: 1}\n"
                            "timing: {heartbeat: 200ms, lease: 600ms}\n"),
                "f:4:8: `replica_timeout` is 500 ms; it may be at most half of `lease` inside "
                "`timing`, here 300 ms: an answer that comes later finds nobody waiting\n");
}
END_TEST

SUITE_MAIN("settings_redis", nothing_is_asked_of_a_redis_alone, sentinels_are_read,
           password_is_the_one_line_of_its_file, replicas_are_read,
           names_that_are_looked_up_are_known, places_that_exclude_each_other_are_told,
           bad_sentinels_are_told, bad_passwords_are_told, bad_replicas_are_told)
